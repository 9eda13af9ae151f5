"""Pairing reports: precision, recall and calibration beside simpler systems, what encoding heads first saves, and size.

    python -m benchmarks.pairing --shared ../shared                  quality on comparable and look-alike reports
    python -m benchmarks.pairing --shared ../shared --heads          what encoding heads first saves and loses
    python -m benchmarks.pairing --size 10000 50000 100000           time and memory (synthetic vectors, see below)

Comparable reports are made by `tools/make_comparable.py` of the shared folder, look-alikes by `benchmarks/make_lookalikes.py`, both from
ntrex-dev, which the model was not fitted on. The peers get the best threshold known for every single set; we get none.
Precision counts a pair of two reports of one event as right; recall is against the most pairs a one-to-one assignment can hold.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from songngu import encoder
from songngu.align.pairing import PairSettings, events, pair
from songngu.data.core import Document
from songngu.models.caching import CachingEncoder
from songngu.models.similarity import centre, centred, reference_mean

from benchmarks.make_lookalikes import Report, lookalikes
from benchmarks.train_pairing import document


@dataclass(frozen=True, slots=True)
class Gold:
    """Reports with the event of each; `sides` are the two languages."""

    name: str
    documents: list[Document]
    events: dict[str, str]
    sides: tuple[str, str]

    @property
    def matchable(self) -> int:
        """How many true pairs a one-to-one assignment can hold."""
        count = Counter((self.events[d.id], d.language) for d in self.documents)
        return sum(min(count[e, self.sides[0]], count[e, self.sides[1]]) for e in set(self.events.values()))

    def right(self, source: str, target: str) -> bool:
        """Whether two reports tell the same event."""
        return self.events[source] == self.events[target]


@dataclass(frozen=True, slots=True)
class Result:
    """Precision, recall, F1, and the confidence of every pair with whether it is right."""

    precision: float
    recall: float
    f1: float
    confidences: tuple[tuple[float, bool], ...] = ()


def comparable(shared: Path, seed: int, sides: tuple[str, str] = ("fr", "vi")) -> Gold:
    """What `tools/make_comparable.py` makes of ntrex-dev."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            shared / "tools/make_comparable.py",
            shared / "data/eval/ntrex/ntrex-dev.jsonl",
            folder,
        ]
        subprocess.run([*command, "--seed", str(seed), "--sides", *sides], check=True, capture_output=True)
        reports = [
            Report(path.stem, side, None, tuple(path.read_text(encoding="utf-8").splitlines()), path.stem, "comparable")
            for side in sides
            for path in sorted((Path(folder) / side).glob("*.txt"))
        ]
        events = {r.id: r.event for r in reports}
        for line in (Path(folder) / "pairs.tsv").read_text(encoding="utf-8").splitlines():
            one, other = line.split("\t")
            events[other] = events[one]
    return Gold(f"comparable {'-'.join(sides)} {seed}", [document(r) for r in reports], events, sides)


def alike(shared: Path, seed: int, sides: tuple[str, str] = ("fr", "vi"), *, only: str = "") -> Gold:
    """What `benchmarks/make_lookalikes.py` makes of ntrex-dev and of the templates that training has not seen."""
    from benchmarks.templates import KINDS, TRAINING_KINDS

    lines = (shared / "data/eval/ntrex/ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [] if only == "templates" else [json.loads(line) for line in lines]
    count = 0 if only == "documents" or sides != ("fr", "vi") else 40
    unseen = tuple(kind for kind in KINDS if kind not in TRAINING_KINDS)
    reports = lookalikes(documents, random.Random(seed), sides=sides, templates=count, kinds=unseen)
    name = f"look-alikes {only + ' ' if only else ''}{'-'.join(sides)} {seed}"
    return Gold(name, [document(r) for r in reports], {r.id: r.event for r in reports}, sides)


def scored(gold: Gold, pairs: Iterable[tuple[str, str, float]]) -> Result:
    found = [(confidence, gold.right(source, target)) for source, target, confidence in pairs]
    right = sum(ok for _, ok in found)
    precision, recall = right / max(len(found), 1), right / max(gold.matchable, 1)
    return Result(precision, recall, 2 * precision * recall / max(precision + recall, 1e-9), tuple(found))


def ours(gold: Gold, coder: CachingEncoder, **settings: object) -> Result:
    found = pair(
        gold.documents,
        source_language=gold.sides[0],
        target_language=gold.sides[1],
        encoder=coder,
        settings=PairSettings(**settings),  # type: ignore[arg-type]
    )
    return scored(gold, ((p.source, p.target, p.confidence) for p in found))


def as_events(gold: Gold, coder: CachingEncoder) -> tuple[Result, float]:
    """Precision and recall of the clusters' pairs of reports, many-to-many, and the calibration error of the clusters."""
    found = events(gold.documents, source_language=gold.sides[0], target_language=gold.sides[1], encoder=coder)
    pairs = [(s, t, e.confidence) for e in found for s in e.source for t in e.target]
    right = sum(gold.right(s, t) for s, t, _ in pairs)
    count = Counter((gold.events[d.id], d.language) for d in gold.documents)
    true = sum(count[e, gold.sides[0]] * count[e, gold.sides[1]] for e in set(gold.events.values()))
    error = expected_calibration_error([(c, gold.right(s, t)) for s, t, c in pairs])
    precision, recall = right / max(len(pairs), 1), right / max(true, 1)
    return Result(precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)), error


def peer(
    gold: Gold, coder: CachingEncoder, similarity: Callable[[list[np.ndarray], list[np.ndarray]], np.ndarray]
) -> Result:
    """Mutual best by a similarity of whole reports, at the threshold with the best F1 on this very set."""
    source = [d for d in gold.documents if d.language == gold.sides[0]]
    target = [d for d in gold.documents if d.language == gold.sides[1]]
    matrix = similarity(_centred(source, gold.sides[0], coder), _centred(target, gold.sides[1], coder))
    columns = matrix.argmax(axis=1)
    mutual = [i for i, j in enumerate(columns) if matrix[:, j].argmax() == i]
    values = sorted(float(matrix[i, columns[i]]) for i in mutual)
    results = [
        scored(gold, ((source[i].id, target[columns[i]].id, 1.0) for i in mutual if matrix[i, columns[i]] >= value))
        for value in values
    ]
    return max(results, key=lambda r: r.f1)


def _centred(documents: Sequence[Document], language: str, coder: CachingEncoder) -> list[np.ndarray]:
    rows = [coder.encode(list(d.sentence_texts), language) for d in documents]
    mean = centre(np.concatenate(rows), reference_mean(coder, language))
    return [centred(r, mean) for r in rows]


def by_means(source: list[np.ndarray], target: list[np.ndarray]) -> np.ndarray:
    one, other = (np.stack([r.mean(axis=0) for r in side]) for side in (source, target))
    one, other = (m / np.linalg.norm(m, axis=1, keepdims=True) for m in (one, other))
    return one @ other.T


def by_best_matches(source: list[np.ndarray], target: list[np.ndarray]) -> np.ndarray:
    def similarity(a: np.ndarray, b: np.ndarray) -> float:
        product = a @ b.T
        return float(product.max(axis=1).mean() + product.max(axis=0).mean()) / 2

    return np.array([[similarity(a, b) for b in target] for a in source])


def expected_calibration_error(confidences: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean distance of confidence and accuracy over ten equal bins, weighted by their pairs."""
    sums = np.zeros((bins, 2))
    for confidence, right in confidences:
        sums[min(int(confidence * bins), bins - 1)] += confidence, right
    return float(np.abs(sums[:, 0] - sums[:, 1]).sum() / max(len(confidences), 1))


def quality(shared: Path, seeds: Sequence[int]) -> None:
    coder = CachingEncoder(encoder())
    sets = [comparable(shared, s) for s in seeds] + [alike(shared, s) for s in seeds]
    sets += [alike(shared, seeds[0], only=part) for part in ("documents", "templates")]
    sets += [comparable(shared, seeds[0], s) for s in (("en", "vi"), ("de", "fr"))] + [
        alike(shared, seeds[0], ("en", "vi"))
    ]
    print("| set | reports | pairs | songngu P / R / F1 | mean vectors | best matches |\n|---|---|---|---|---|---|")
    pooled: list[tuple[float, bool]] = []
    for gold in sets:
        results = [ours(gold, coder), peer(gold, coder, by_means), peer(gold, coder, by_best_matches)]
        pooled += ours(gold, coder, min_confidence=0.02).confidences
        figures = " | ".join(f"{r.precision:.3f} / {r.recall:.3f} / {r.f1:.3f}" for r in results)
        print(f"| {gold.name} | {len(gold.documents)} | {gold.matchable} | {figures} |", flush=True)
    print("\n| clusters (events mode) | P / R / F1 of their pairs | ECE |\n|---|---|---|")
    for gold in (s for s in sets if s.name.startswith("look-alikes")):
        result, error = as_events(gold, coder)
        print(
            f"| {gold.name} | {result.precision:.3f} / {result.recall:.3f} / {result.f1:.3f} | {error:.3f} |",
            flush=True,
        )
    sure = [right for confidence, right in pooled if confidence >= 0.9]
    print(
        f"\ncalibration over all sets, pairs from .02: ECE {expected_calibration_error(pooled):.4f} ({len(pooled)} pairs); "
        f"at confidence .9 and more {np.mean(sure):.4f} are right ({len(sure)} pairs)"
    )


class Counting:
    """An encoder that counts the sentences it is asked for."""

    def __init__(self, inner: CachingEncoder) -> None:
        self._inner, self.seen = inner, set[str]()
        self.dimension, self.signature = inner.dimension, inner.signature

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        self.seen.update(sentences)
        return self._inner.encode(sentences, language)


def heads(shared: Path, seed: int) -> None:
    """How many sentences are encoded, and what is found, for head sizes and head similarities."""
    coder = CachingEncoder(encoder())
    gold = alike(shared, seed)
    total = len({text for d in gold.documents for text in d.sentence_texts})
    print("| head | neighbours | least head similarity | encoded | P | R |\n|---|---|---|---|---|---|")
    for head, neighbours, lead in (
        (4, 10, 0.0),
        (4, 10, 0.2),
        (4, 10, 0.3),
        (4, 3, 0.2),
        (2, 10, 0.2),
        (1, 10, 0.2),
        (100, 10, 0.2),
    ):
        counter = Counting(coder)
        result = ours(gold, CachingEncoder(counter), head=head, neighbours=neighbours, lead=lead)
        print(
            f"| {head} | {neighbours} | {lead} | {len(counter.seen) / total:.0%} | {result.precision:.3f} | {result.recall:.3f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--heads", action="store_true")
    parser.add_argument("--size", type=int, nargs="+", metavar="REPORTS", help="reports a side")
    args = parser.parse_args()
    if args.size:
        from benchmarks.pairing_size import sizes

        sizes(args.size)
    elif args.heads:
        heads(args.shared, args.seeds[0])
    else:
        quality(args.shared, args.seeds)


if __name__ == "__main__":
    main()
