"""Filters on clean bitext with injected faults: F1 of keep and drop, by preset and beside OpusFilter and bicleaner-hardrules.

    python -m benchmarks.filtering --shared ../shared --peers PATH/TO/VENV

`--peers` is a virtual environment with `opusfilter` and `bicleaner-hardrules`; each is left out where it is not installed.
OpusFilter runs the filters of its `opusfilter-autogen` with their defaults; hardrules runs all rules that need no download.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from songngu.data.core import Corpus, Segment
from songngu.data.filters import PRESETS, FilterSettings, judge

from benchmarks import noise

KINDS = (noise.CLEAN, *noise.FAULTS)
OPUSFILTER = """
import sys
from opusfilter import filters
from opusfilter.autogen import DefaultParameterFilters
pairs = [line.rstrip("\\n").split("\\t") for line in open(sys.argv[1], encoding="utf-8")]
found = DefaultParameterFilters(langs=["fr", "vi"], scripts=["Latin", "Latin"])
found.set_filter_thresholds()
import opusfilter.lid
chosen = []
for config in found._filters:
    (name, options), = config.items()
    chosen.append((getattr(filters, name, None) or getattr(opusfilter.lid, name))(**options))
for pair in pairs:
    print(int(all(x.accept(next(iter(x.score([pair])))) for x in chosen)))
"""


@dataclass(frozen=True, slots=True)
class Result:
    """Decisions (True: kept) of one system, summed by kind of segment."""

    name: str
    kept: dict[str, int]
    total: dict[str, int]

    def f1(self) -> tuple[float, float]:
        """F1 of keep and of drop."""
        clean = self.kept[noise.CLEAN]
        bad = sum(self.kept.values()) - clean
        lost = self.total[noise.CLEAN] - clean
        dropped = sum(self.total.values()) - self.total[noise.CLEAN] - bad
        return 2 * clean / (2 * clean + bad + lost), 2 * dropped / (2 * dropped + bad + lost)


def result(name: str, segments: Sequence[Segment], kept: Sequence[bool]) -> Result:
    """The sums of one system's decisions."""
    assert len(segments) == len(kept), f"{name}: {len(kept)} decisions for {len(segments)} segments"
    of_kind = {kind: [k for s, k in zip(segments, kept, strict=True) if s.extra["kind"] == kind] for kind in KINDS}
    return Result(name, {k: sum(v) for k, v in of_kind.items()}, {k: len(v) for k, v in of_kind.items()})


def ours(segments: Sequence[Segment], *, model: bool) -> list[Result]:
    """Each preset's decisions, with or without the built-in encoder."""
    corpus = Corpus("fr", "vi", segments)
    options = {}
    if model:
        from songngu import encoder
        from songngu.models.meaning import Cosines

        loaded = encoder("builtin")
        options = {"similarity": Cosines(loaded, "fr", "vi"), "subwords": loaded.count_subwords}  # type: ignore[attr-defined]
    label = "" if model else ", no model"
    found = {preset: list(judge(corpus, FilterSettings(preset), **options)) for preset in PRESETS}
    return [result(f"ours, {preset}{label}", segments, [v.kept for v in found[preset]]) for preset in PRESETS]


def peers(segments: Sequence[Segment], venv: Path) -> list[Result]:
    """The decisions of the peers that are installed in the virtual environment."""
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "pairs.tsv"
        table.write_text("".join(f"{s.source_text}\t{s.target_text}\n" for s in segments), encoding="utf-8")
        commands = {
            "OpusFilter, defaults": [venv / "bin" / "python", "-c", OPUSFILTER, table],
            "bicleaner-hardrules, without language id": [
                venv / "bin" / "bicleaner-hardrules", table, "-", "-s", "fr", "-t", "vi", "--scol", "1", "--tcol", "2",
                "--disable_lang_ident", "--disable_lm_filter", "--disable_porn_removal", "--score_only",
            ],
        }  # fmt: skip
        for name, command in commands.items():
            done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
            rows = done.stdout.split()
            if done.returncode or len(rows) != len(segments):
                print(f"{name}: not run ({done.stderr.strip().splitlines()[-1:]})", file=sys.stderr)
                continue
            found.append(result(name, segments, [float(row) > 0 for row in rows]))
    return found


def table(results: Sequence[Result]) -> str:
    """A Markdown table: F1 of keep and drop, and the share of each kind that was kept."""
    heads = ["", "keep F1", "drop F1", *(f"{kind} kept" for kind in KINDS)]
    rows = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for found in results:
        shares = [f"{100 * found.kept[k] / max(1, found.total[k]):.1f} %" for k in KINDS]
        rows.append("| " + " | ".join([found.name, *(f"{value:.3f}" for value in found.f1()), *shares]) + " |")
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="folder with the evaluation and training data"
    )
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    segments = list(noise.noisy(noise.documents(args.shared), args.seed))
    results = ours(segments, model=True) + ours(segments, model=False)
    print(table(results + (peers(segments, args.peers) if args.peers else [])))


if __name__ == "__main__":
    main()
