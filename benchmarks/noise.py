"""Makes noisy bitext out of clean bitext, with the kind of each fault, so that filters can be judged.

    python -m benchmarks.noise --shared ../shared --out /tmp/noisy.jsonl

Each clean pair stays once; half as many faulty pairs are added for each kind where the data allows it, seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from songngu.data.core import Segment

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Line:
    """A clean pair with the same sentence in another language, its document and its place there."""

    source: str
    target: str
    other: str
    document: str
    place: int


def ntrex(folder: Path) -> list[list[Line]]:
    """The documents of NTREX dev; the other language is English."""
    records = [json.loads(line) for line in (folder / "ntrex" / "ntrex-dev.jsonl").open(encoding="utf-8")]
    return [
        [Line(fr, vi, en, d["doc_id"], i) for i, (fr, vi, en) in enumerate(zip(d["fr"], d["vi"], d["en"], strict=True))]
        for d in records
    ]


def flores(folder: Path) -> list[list[Line]]:
    """FLORES dev, where neighbouring lines come from one article, in pieces of three lines."""
    sides = [
        (folder / "flores" / f"flores101-dev.{code}").read_text(encoding="utf-8").splitlines()
        for code in ("fr", "vi", "en")
    ]
    lines = [Line(a, b, c, f"flores{i // 3}", i % 3) for i, (a, b, c) in enumerate(zip(*sides, strict=True))]
    return [lines[i : i + 3] for i in range(0, len(lines), 3)]


def documents(shared: Path) -> list[list[Line]]:
    """All clean documents: NTREX dev, then FLORES dev."""
    folder = shared / "data" / "eval"
    return ntrex(folder) + flores(folder)


Fault = Callable[[random.Random, list[Line], int, list[str]], tuple[str, str] | None]


def _by_one(rng: random.Random, document: list[Line], i: int, _: list[str]) -> tuple[str, str] | None:
    places = [j for j in (i - 1, i + 1) if 0 <= j < len(document)]
    return (document[i].source, document[rng.choice(places)].target) if places else None


def _same_document(rng: random.Random, document: list[Line], i: int, _: list[str]) -> tuple[str, str] | None:
    places = [j for j in range(len(document)) if abs(i - j) > 1]
    return (document[i].source, document[rng.choice(places)].target) if places else None


def _half(rng: random.Random, document: list[Line], i: int, _: list[str]) -> tuple[str, str] | None:
    sides = [document[i].source, document[i].target]
    side = rng.randrange(2)
    words = sides[side].split()
    if len(words) < 4:
        return None
    half = len(words) // 2
    sides[side] = " ".join(words[:half] if rng.random() < 0.5 else words[half:])
    return sides[0], sides[1]


def _wrong_language(rng: random.Random, document: list[Line], i: int, _: list[str]) -> tuple[str, str] | None:
    line = document[i]
    if line.other in (line.source, line.target):
        return None
    return (line.source, line.other) if rng.random() < 0.5 else (line.other, line.target)


def _number(rng: random.Random, document: list[Line], i: int, _: list[str]) -> tuple[str, str] | None:
    line = document[i]
    shared = set(re.findall(r"\d+", line.source)) & set(re.findall(r"\d+", line.target))
    if not shared:
        return None
    old = rng.choice(sorted(shared))
    place = rng.randrange(len(old))
    digit = rng.choice([d for d in "123456789" if d != old[place]])
    new = old[:place] + digit + old[place + 1 :]
    return line.source, re.sub(rf"(?<!\d){old}(?!\d)", new, line.target, count=1)


def _gibberish(rng: random.Random, document: list[Line], i: int, words: list[str]) -> tuple[str, str] | None:
    source, target = document[i].source, document[i].target
    kind = rng.randrange(3)
    if kind == 0:  # a decoder in a loop
        start = target.split()
        place = rng.randrange(max(1, len(start) - 3))
        return source, " ".join(start[: place + 1] + start[place : place + rng.randint(1, 4)] * rng.randint(4, 10))
    if kind == 1:  # text read in the wrong encoding
        return source, target.encode("utf-8").decode("latin-1")
    return source, " ".join(rng.choices(words, k=len(target.split())))  # words at random


def _copy(rng: random.Random, document: list[Line], i: int, _: list[str]) -> tuple[str, str] | None:
    line = document[i]
    return (line.source, line.source) if rng.random() < 0.5 else (line.target, line.target)


FAULTS: dict[str, Fault] = {
    "misaligned by one": _by_one,
    "same document": _same_document,
    "truncated half": _half,
    "wrong language": _wrong_language,
    "number changed": _number,
    "gibberish": _gibberish,
    "untranslated copy": _copy,
}


def noisy(clean: list[list[Line]], seed: int = 0, share: float = 0.5) -> Iterator[Segment]:
    """Every clean pair, then one faulty pair with probability `share`; `extra["kind"]` says which."""
    rng = random.Random(seed)
    words = [word for document in clean for line in document for word in line.target.split()]
    for document in clean:
        for i, line in enumerate(document):
            yield _segment(line, line.source, line.target, CLEAN)
            if rng.random() >= share:
                continue
            # few sentences have a number to change, so that these get that fault every other time
            kind = (
                "number changed"
                if rng.random() < 0.5 and _number(rng, document, i, words)
                else rng.choice(list(FAULTS))
            )
            made = FAULTS[kind](rng, document, i, words)
            if made and made != (line.source, line.target):
                yield _segment(line, *made, kind)


def _segment(line: Line, source: str, target: str, kind: str) -> Segment:
    ids = f"{line.document}.source", f"{line.document}.target"
    return Segment(source, target, *ids, (line.place,), (line.place,), extra={"kind": kind})


def main() -> None:
    """Write the noisy bitext as JSON Lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="folder with the evaluation and training data"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8") as stream:
        for segment in noisy(documents(args.shared), args.seed):
            fields = {
                "source_text": segment.source_text,
                "target_text": segment.target_text,
                "kind": segment.extra["kind"],
            }
            stream.write(json.dumps(fields, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
