"""Speed and memory of export beside plain loops in Python that read the same beads line by line.

    python -m benchmarks.exporting --segments 5000000 --formats tsv
    python -m benchmarks.exporting --segments 5000000 --select          # memory of deduplication (either side) and splits

Made-up beads are written to a temporary folder first. Times are CPU time of this process, memory is its peak.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from songngu.data.corpus import open_corpus
from songngu.data.deduplication import DeduplicationSettings
from songngu.data.exporting import ExportSettings, export
from songngu.data.splits import SplitSettings

WORDS = "le ministre a reçu hier à Hanoï une délégation thủ tướng đã tiếp đoàn đại biểu hôm qua tại hội nghị kinh tế".split()
PER_REPORT = 10


def make(folder: Path, segments: int, seed: int = 0) -> None:
    """Write beads and documents of that many segments, ten to a report; a tenth of them are copies, the others have texts of their own."""
    rng = random.Random(seed)
    source = target = "Oui."
    pieces = [" ".join(rng.choices(WORDS, k=rng.randint(3, 9))) for _ in range(4000)]
    with (folder / "beads.jsonl").open("w", encoding="utf-8") as beads:
        for i in range(segments):
            place = i % PER_REPORT
            ids = {"source": f"report-{i // PER_REPORT}.fr", "target": f"report-{i // PER_REPORT}.vi"}
            ids |= {"source_sentences": [place], "target_sentences": [place]}
            if rng.random() >= 0.1:
                source, target = (" ".join(pieces[rng.getrandbits(11)] for _ in range(4)) + "." for _ in range(2))
            bead = ids | {"source_text": source, "target_text": target, "shape": "1-1"}
            sure = {"score": round(rng.random(), 4), "confidence": round(rng.random(), 4)}
            beads.write(json.dumps(bead | sure, ensure_ascii=False) + "\n")
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as documents:
        for i in range(segments // PER_REPORT + 1):
            for code in ("fr", "vi"):
                about = {"id": f"report-{i}.{code}", "lang": code, "date": f"2019-{i % 12 + 1:02}-{i % 28 + 1:02}"}
                documents.write(json.dumps(about | {"sentences": [], "dropped": []}) + "\n")


def columns(line: str) -> str:
    """Read a bead and give the columns that it has, and the others empty: what TSV holds, without looking at it."""
    bead = json.loads(line)
    cells = [
        str(bead[name]) for name in ("source_text", "target_text", "confidence", "score", "shape", "source", "target")
    ]
    places = [" ".join(map(str, bead[name])) for name in ("source_sentences", "target_sentences")]
    return "\t".join([*cells, *places, *[""] * 7]) + "\n"


def texts(line: str) -> str:
    """Read a bead and give its texts alone."""
    bead = json.loads(line)
    return f"{bead['source_text']}\t{bead['target_text']}\n"


def copy(source: Path, out: Path, each: Callable[[str], str]) -> None:
    """The plain loop: a line at a time."""
    with source.open(encoding="utf-8") as lines, out.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(each(line))


LOOPS: dict[str, Callable[[str], str]] = {
    "loop: the same columns": columns,
    "loop: both texts": texts,
    "loop: lines as they are": lambda line: line,
}


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of the work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print all speeds, the export's share of each loop's, and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=500_000)
    parser.add_argument("--formats", default="tsv")
    parser.add_argument("--select", action="store_true", help="deduplicate and split instead of comparing with loops")
    parser.add_argument("--near", type=float, help="with --select: near-copies, too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, args.segments)
        base, beads = peak(), folder / "beads.jsonl"
        chosen, known = ExportSettings(), dict(LOOPS)
        if args.select:
            chosen = ExportSettings(
                deduplicate=DeduplicationSettings("either", args.near), split=SplitSettings(near=args.near)
            )
            known = {}
        loops = {title: timed(partial(copy, beads, folder / "copy", each)) for title, each in known.items()}
        ours = timed(lambda: export([open_corpus(folder)], folder / "out", args.formats, chosen))
        for title, seconds in loops.items():
            print(f"{title:<26}{args.segments / seconds:>10,.0f} segments/s, export {seconds / ours:.2f} of it")
        print(f"{'export':<26}{args.segments / ours:>10,.0f} segments/s, peak {peak():,.0f} MiB (before: {base:,.0f})")


def peak() -> float:
    """The largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
