"""Speed and memory of export beside a plain copy loop that reads the same beads and writes the same columns without looking at them.

    python -m benchmarks.exporting --segments 5000000 --formats tsv

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
from pathlib import Path

from songngu.data.corpus import open_corpus
from songngu.data.exporting import export

WORDS = "le ministre a reçu hier à Hanoï une délégation thủ tướng đã tiếp đoàn đại biểu hôm qua tại hội nghị kinh tế".split()
PER_REPORT = 10


def make(folder: Path, segments: int, seed: int = 0) -> None:
    """Write beads and documents of that many segments, ten to a report."""
    rng = random.Random(seed)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(8, 40))) + "." for _ in range(1000)]
    with (folder / "beads.jsonl").open("w", encoding="utf-8") as beads:
        for i in range(segments):
            place = i % PER_REPORT
            ids = {"source": f"report-{i // PER_REPORT}.fr", "target": f"report-{i // PER_REPORT}.vi"}
            ids |= {"source_sentences": [place], "target_sentences": [place]}
            bead = ids | {"source_text": texts[i % 1000], "target_text": texts[i % 997], "shape": "1-1"}
            beads.write(json.dumps(bead | {"score": 0.5123, "confidence": 0.9123}, ensure_ascii=False) + "\n")
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as documents:
        for i in range(segments // PER_REPORT + 1):
            for code in ("fr", "vi"):
                about = {"id": f"report-{i}.{code}", "lang": code, "date": f"2019-{i % 12 + 1:02}-{i % 28 + 1:02}"}
                documents.write(json.dumps(about | {"sentences": [], "dropped": []}) + "\n")


def copy(source: Path, out: Path) -> None:
    """The plain loop: read a bead, write the columns that it has, and leave the others empty."""
    texts = ("source_text", "target_text", "confidence", "score", "shape", "source", "target")
    with source.open(encoding="utf-8") as beads, out.open("w", encoding="utf-8") as stream:
        for line in beads:
            bead = json.loads(line)
            cells = [str(bead[name]) for name in texts]
            places = [" ".join(map(str, bead[name])) for name in ("source_sentences", "target_sentences")]
            stream.write("\t".join([*cells, *places, *[""] * 7]) + "\n")


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of the work."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print both speeds, their ratio and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=500_000)
    parser.add_argument("--formats", default="tsv")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, args.segments)
        plain = timed(lambda: copy(folder / "beads.jsonl", folder / "copy.tsv"))
        ours = timed(lambda: export([open_corpus(folder)], folder / "out", args.formats))
        sizes = {path.name: path.stat().st_size for path in (folder / "out").iterdir()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"copy loop  {args.segments / plain:>10,.0f} segments/s\nexport     {args.segments / ours:>10,.0f} segments/s"
    )
    print(f"ratio      {plain / ours:>10.2f}\npeak       {peak:>10,.0f} MiB\n{sizes}")


if __name__ == "__main__":
    main()
