"""What `make demo` says at the end: what was found in the samples, how it scores against their gold, and what to open.

python -m benchmarks.demo CORPUS        CORPUS is what `songngu build data/samples/reports` wrote
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from songngu.eval.alignment import score_alignment
from songngu.eval.pairing import score_pairs
from songngu.eval.splitting import score_split

GOLD = Path(__file__).parent.parent / "data" / "samples" / "gold"


def records(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def kept_texts(corpus: Path) -> tuple[list[list[str]], list[list[str]], int]:
    """Gold and found sentences of the reports whose text was cleaned exactly as the gold says, and how many were not."""
    found = {d["id"]: [s["text"] for s in d["sentences"]] for d in records(corpus / "documents.jsonl")}
    same, ours, other = [], [], 0
    for report in records(GOLD / "sentences.jsonl"):
        mine = found.get(report["id"], [])
        if squeezed(mine) == squeezed(report["sentences"]):
            same.append(report["sentences"])
            ours.append(mine)
        else:
            other += 1
    return same, ours, other


def squeezed(sentences: list[str]) -> str:
    """The sentences' characters but spaces."""
    return "".join("".join(sentences).split())


def main() -> int:
    """Print the scores; exit 1 where there is no corpus to score."""
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "manifest.json").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    corpus = Path(sys.argv[1])
    counts = json.loads((corpus / "manifest.json").read_text(encoding="utf-8"))["counts"]
    gold, found, other = kept_texts(corpus)
    split = score_split(gold, found, samples=0, name="samples")
    pairs = score_pairs(GOLD / "pairs.tsv", corpus, samples=0, name="samples")
    by_hand = {report["id"]: report["sentences"] for report in records(GOLD / "sentences.jsonl")}
    beads = score_alignment(GOLD / "beads", corpus / "beads.jsonl", sentences=by_hand, samples=0, name="samples")
    print(f"\nfound   {counts['documents']} reports, {counts['pairs']} pairs of one event, {counts['beads']} beads")
    print("scored against the gold in data/samples/gold:")
    print(f"  cleaning   {len(gold)} of {len(gold) + other} reports cleaned exactly as by hand")
    print(f"  {split}\n  {pairs}\n  {beads}")
    print(f"\nopen    {corpus / 'report.html'}   (the bitext is in {corpus / 'bitext.tsv'}, .jsonl, .tmx, .fr and .vi)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
