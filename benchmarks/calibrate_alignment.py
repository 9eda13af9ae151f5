"""Fit the maps from path chances to confidences, write `align/confidence.json`, and measure them on other documents.

    python -m benchmarks.calibrate_alignment [../shared]

Parallel, damaged and comparable texts are made of the news development set. What is measured (expected calibration error, reliability,
precision at a threshold) are maps fitted on every second document, on the other documents with other seeds and partly other
languages, both halves together; what is written are maps fitted on all documents.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from songngu.align.alignment import uncalibrated
from songngu.align.confidence import FEATURES, FEATURES_ALONE, WORD_FEATURES
from songngu.eval.calibration import calibration
from songngu.models.caching import CachingEncoder
from songngu.models.calibration import Logistic, fit, save
from songngu.models.encoders import Encoder, encoder

from benchmarks.alignment_sets import LONG, Case, made, technews

FIT = [
    (("fr", "vi"), 101),
    (("es", "vi"), 102),
    (("de", "fr"), 103),
    (("fr", "vi"), 104),
    (("en", "vi"), 105),
    (("fr", "vi"), 106),
]
TEST = [(("fr", "vi"), 201), (("en", "vi"), 202), (("de", "fr"), 203), (("fr", "vi"), 204)]

OUT = Path(__file__).parent.parent / "align" / "confidence.json"
Judged = tuple[list[np.ndarray], list[np.ndarray], list[bool], list[bool]]


class VectorsOnly:
    """An encoder without words, as others are."""

    def __init__(self, inner: Encoder) -> None:
        self._inner, self.dimension, self.signature = inner, inner.dimension, "enc:vectors-only"

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        return self._inner.encode(sentences, language)


def judged(cases: Iterable[Case], coder: Encoder) -> Judged:
    """Features of beads and null beads, and whether each was right."""
    rows: list[np.ndarray] = []
    rows_alone: list[np.ndarray] = []
    right: list[bool] = []
    right_alone: list[bool] = []
    for case in cases:
        if case.kind in LONG:
            continue
        found = uncalibrated(case.source, case.target, case.languages, coder)
        rows.append(found.features)
        rows_alone.append(found.features_alone)
        right += [(bead.source, bead.target) in case.gold for bead in found.beads]
        right_alone += [(bead.source, bead.target) in case.gold for bead in found.alone]
    return rows, rows_alone, right, right_alone


def gathered(shared: Path, sets: Sequence[tuple[tuple[str, str], int]], half: int, coder: Encoder) -> list[Judged]:
    makers = ("make_comparable", "make_hard")
    return [judged(made(shared, maker, sides, seed, half), coder) for maker in makers for sides, seed in sets]


def pooled(parts: Sequence[Judged]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows = np.concatenate([x for part in parts for x in part[0]])
    alone = np.concatenate([x for part in parts for x in part[1]])
    right = np.array([y for part in parts for y in part[2]])
    right_alone = np.array([y for part in parts for y in part[3]])
    return rows, alone, right, right_alone


def show(name: str, kind: str, folds: Sequence[tuple[dict[str, Logistic], Sequence[Judged]]]) -> None:
    """Print how well each fold's maps fit its texts."""
    read = [pooled(parts) for _, parts in folds]
    sure = np.concatenate([maps[kind].probabilities(rows) for (maps, _), (rows, *_) in zip(folds, read, strict=True)])
    sure_alone = np.concatenate(
        [maps["alone"].probabilities(alone) for (maps, _), (_, alone, *_) in zip(folds, read, strict=True)]
    )
    right, right_alone = (np.concatenate([fold[k] for fold in read]) for k in (2, 3))
    beads = calibration(zip(sure.tolist(), right.tolist(), strict=True))
    every = calibration(
        zip([*sure.tolist(), *sure_alone.tolist()], [*right.tolist(), *right_alone.tolist()], strict=True)
    )
    print(f"{name}: ECE beads {beads.ece:.3f}, with null beads {every.ece:.3f} ({len(right)} + {len(right_alone)})")
    print("  confidence at least   " + " ".join(f"{t:8.2f}" for t in (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)))
    kept = [sure >= t for t in (0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)]
    print("  precision             " + " ".join(f"{right[k].mean() if k.any() else 1:8.3f}" for k in kept))
    print("  share of right beads  " + " ".join(f"{right[k].sum() / right.sum():8.3f}" for k in kept))
    for b in beads.bins:
        print(
            f"    {b.low:.1f}-{b.high:.1f}  {b.count:5d} beads, confidence {b.confidence:.3f}, right {b.accuracy:.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    coder = CachingEncoder(encoder())
    whole: dict[str, Logistic] = {}
    for kind, chosen, names in (("plain", VectorsOnly(coder), FEATURES), ("words", coder, FEATURES + WORD_FEATURES)):
        seen = [gathered(args.shared, FIT, half, chosen) for half in (0, 1)]
        whole |= fitted(kind, names, seen)
        tests = [(fitted(kind, names, [seen[half]]), gathered(args.shared, TEST, 1 - half, chosen)) for half in (0, 1)]
        print(f"-- {kind}")
        show("comparable, not fitted on", kind, [(maps, parts[: len(TEST)]) for maps, parts in tests])
        show("parallel and damaged, not fitted on", kind, [(maps, parts[len(TEST) :]) for maps, parts in tests])
        show("all, not fitted on", kind, tests)
        show("technews blocks, not fitted on", kind, [(whole, [judged(technews(args.shared), chosen)])])
    save(args.out, whole)


def fitted(kind: str, names: Sequence[str], halves: Sequence[list[Judged]]) -> dict[str, Logistic]:
    """The map of that kind, and that of null beads, from what `gathered` gave of FIT."""
    # parallel text has more beads, nearly all of them right: comparable text must not drown in it
    parts = [part for half in halves for part in (*(4 * half[: len(FIT)]), *half[len(FIT) :])]
    rows, alone, right, right_alone = pooled(parts)
    return {kind: fit(names, rows, right), "alone": fit(FEATURES_ALONE, alone, right_alone)}


if __name__ == "__main__":
    main()
