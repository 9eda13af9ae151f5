"""Fit what reading a doubtful bead is worth and what becomes of beads that compete (`align/reading.json`), and the maps from chances to
confidences (`align/confidence.json`), and measure them on other documents.

    python -m benchmarks.calibrate_alignment [../shared]

Parallel, damaged and comparable texts are made of the news development set; reports that retell each other are our own
(`benchmarks/retold`). What is measured (expected calibration error, reliability, precision at a threshold) are maps fitted on every second
document, on the other documents with other seeds and partly other languages, both halves together; what is written are maps fitted on
all documents. Confidence is fitted on beads that were judged by maps of other documents. The network that reads was learned from none
of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from songngu.align import judging, reading
from songngu.align.alignment import Considered, considered, decided, estimated, finished
from songngu.align.confidence import FEATURES, FEATURES_ALONE, WORD_FEATURES, Found, confidences
from songngu.align.reading import BeadReader
from songngu.eval.calibration import calibration
from songngu.models.caching import CachingEncoder
from songngu.models.calibration import Logistic, fit, load, save
from songngu.models.encoders import Encoder, encoder

from benchmarks.alignment_sets import LONG, Case, made, retold

FIT = [
    (("fr", "vi"), 101),
    (("es", "vi"), 102),
    (("de", "fr"), 103),
    (("fr", "vi"), 104),
    (("en", "vi"), 105),
    (("fr", "vi"), 106),
]
MORE = [(sides, seed + 10) for sides, seed in FIT]  # few beads are doubtful
# So much retold beads count in maps of confidence (looked at: 2 and 4; what is read looks surer in retold news than it is)
RETOLD = {"plain": 2, "words": 2, "read": 4}
PULL = 3.0  # weights of what reading is worth stay small: it is fitted on news
TEST = [(("fr", "vi"), 201), (("en", "vi"), 202), (("de", "fr"), 203), (("fr", "vi"), 204)]

ALIGN = Path(__file__).parent.parent / "align"
MAKERS = ("make_comparable", "make_hard")
READ_FEATURES = ("read", *reading.FEATURES)
# The maps of doubtful beads that were fitted on the one half, the other, and both
Worth = tuple[Logistic, Logistic, Logistic]
# Cases, and what is known of their candidates
States = list[tuple[Case, Considered]]
# What is known of beads that compete, and which of them are right
Rows = tuple[np.ndarray, np.ndarray]
# What was found in some texts, and whether full and null beads were right
Judged = tuple[list[Found], list[bool], list[bool]]


class VectorsOnly:
    """An encoder without words, as others are."""

    def __init__(self, inner: Encoder) -> None:
        self._inner, self.dimension, self.signature = inner, inner.dimension, "enc:vectors-only"

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        return self._inner.encode(sentences, language)


def judged(states: States, judges: Sequence[Logistic | None], reads: bool, coder: Encoder) -> Judged:
    """What is found in the cases, each judged by the next of the maps in turn, and whether each bead and null bead was right."""
    found: list[Found] = []
    right: list[bool] = []
    right_alone: list[bool] = []
    for number, (case, state) in enumerate(states):
        packed = decided(state, judges[number % len(judges)])
        one = finished(packed, BeadReader(coder, case.languages) if reads else None)
        found.append(one)
        right += [(bead.source, bead.target) in case.gold for bead in one.beads]
        right_alone += [(bead.source, bead.target) in case.gold for bead in one.alone]
    return found, right, right_alone


def states_of(cases: Iterable[Case], coder: Encoder, worth: Logistic | None) -> States:
    """What is known of the candidates of each text that is not long; none are read without `worth`."""
    states: States = []
    for case in cases:
        if case.kind not in LONG:
            reader = worth and BeadReader(coder, case.languages, worth)
            states.append((case, considered(case.source, case.target, case.languages, coder, reader=reader)))
    return states


def gathered(
    shared: Path, sets: Sequence[tuple[tuple[str, str], int]], half: int, coder: Encoder, worth: Logistic | None
) -> list[States]:
    """Comparable texts of every set, parallel and damaged ones of every set, and retold ones."""
    cases = [made(shared, maker, sides, seed, half) for maker in MAKERS for sides, seed in sets]
    return [states_of(some, coder, worth) for some in (*cases, retellings(half))]


def competing(states: States) -> Rows:
    """What is known of the beads of these texts that compete, and which are right."""
    right = []
    for case, state in states:
        spans = state.estimate.found.spans[state.contested].tolist()
        right += [(tuple(range(i, k)), tuple(range(j, m))) in case.gold for i, k, j, m in spans]
    return np.concatenate([state.known for _, state in states]), np.array(right, dtype=bool)


def judge(rows: Sequence[Rows]) -> Logistic:
    """The map of beads that compete."""
    known, right = (np.concatenate(part) for part in zip(*rows, strict=True))
    return fit(judging.FEATURES, known, right)


def of_half(
    shared: Path, kind: str, half: int, worth: Logistic | None
) -> tuple[list[Rows], list[Judged], list[Judged]]:
    """What the maps of that half are fitted on, and the texts of the other half that they are measured on."""
    coder = _encoder(kind)
    states, tests = gathered(shared, FIT, half, coder, worth), gathered(shared, TEST, 1 - half, coder, worth)
    if worth is None:
        seen, tried = ([judged(some, [None], False, coder) for some in part] for part in (states, tests))
        return [], seen, tried
    rows = [competing(some) for some in states]
    # every second text is judged by what the others say
    others = [judge([competing(some[1 - k :: 2]) for some in states]) for k in (0, 1)]
    seen = [judged(some, others, True, coder) for some in states]
    return rows, seen, [judged(some, [judge(rows)], True, coder) for some in tests]


def _encoder(kind: str) -> Encoder:
    coder = CachingEncoder(encoder())
    return VectorsOnly(coder) if kind == "plain" else coder


def retellings(half: int) -> list[Case]:
    return [*retold(fit=True)][half::2]


def doubtful(shared: Path, half: int) -> Rows:
    """What is known of doubtful beads after they were read (k, len(reading.WEIGHED)), and whether they are right; every second document."""
    coder = _encoder("read")
    rows, right = [], []
    sets = [made(shared, maker, sides, seed, half) for maker in MAKERS for sides, seed in (*FIT, *MORE)]
    for case in chain(*sets, retellings(half)):
        if case.kind not in LONG:
            own = BeadReader(coder, case.languages, worth=Logistic({}))
            found = estimated(case.source, case.target, case.languages, coder)[1]
            asked = reading.doubtful(found.chance)
            spans = found.found.spans[asked].tolist()
            read, known = reading.features(own, [(case.source[i:k], case.target[j:m]) for i, k, j, m in spans])
            rows.append(reading.weighed(known, found.chance[asked[read]], found.found.odds[asked[read]]))
            gold = [(tuple(range(i, k)), tuple(range(j, m))) in case.gold for i, k, j, m in spans]
            right += [gold[k] for k in read.tolist()]
    return np.concatenate(rows), np.array(right)


def pooled(parts: Sequence[Judged]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features of beads and null beads, and whether each was right."""
    rows = np.concatenate([found.features for part in parts for found in part[0]])
    alone = np.concatenate([found.features_alone for part in parts for found in part[0]])
    right, right_alone = (np.array([y for part in parts for y in part[k]]) for k in (1, 2))
    return rows, alone, right, right_alone


def show(name: str, folds: Sequence[tuple[dict[str, Logistic], Sequence[Judged]]]) -> None:
    """Print how well each fold's maps fit its texts."""
    found = [confidences(one, maps) for maps, parts in folds for part in parts for one in part[0]]
    sure, sure_alone = (np.concatenate([pair[k] for pair in found]) for k in (0, 1))
    right, right_alone = (np.array([y for _, parts in folds for part in parts for y in part[k]]) for k in (1, 2))
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
    parser.add_argument("--folder", type=Path, default=ALIGN, help="where the maps are written")
    parser.add_argument("--kinds", nargs="*", default=("plain", "words", "read"), help="of the maps these; others stay")
    parser.add_argument("--keep-reading", action="store_true", help="fit confidence alone, with reading.json as it is")
    args = parser.parse_args()
    whole: dict[str, Logistic] = load(args.folder / "confidence.json")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for kind, names in (
            ("plain", FEATURES),
            ("words", FEATURES + WORD_FEATURES),
            ("read", FEATURES + WORD_FEATURES + READ_FEATURES),
        ):
            if kind not in args.kinds:
                continue
            worth = (None, None, None)
            if kind == "read":
                worth = (reading.fitted()[0],) * 3 if args.keep_reading else worth_of(args.shared, pool)
            halves = [pool.submit(of_half, args.shared, kind, half, worth[half]) for half in (0, 1)]
            rows, seen, tests = zip(*(half.result() for half in halves), strict=True)
            whole |= fitted(kind, names, seen)
            folds = [(whole | fitted(kind, names, [seen[half]]), tests[half]) for half in (0, 1)]
            print(f"-- {kind}")
            for name, chosen in (
                ("comparable", slice(len(TEST))),
                ("parallel and damaged", slice(len(TEST), -1)),
                ("retold", slice(-1, None)),
            ):
                show(f"{name}, not fitted on", [(maps, parts[chosen]) for maps, parts in folds])
            show("all, not fitted on", folds)
            if worth[2] and not args.keep_reading:
                both = [
                    (np.concatenate(k), np.concatenate(r))
                    for k, r in (zip(*some, strict=True) for some in zip(*rows, strict=True))
                ]
                save(args.folder / "reading.json", {"doubtful": worth[2], "rivals": judge(both)})
            save(args.folder / "confidence.json", whole)


def worth_of(shared: Path, pool: ProcessPoolExecutor) -> Worth:
    """What reading is worth, fitted on one half, the other, and both."""
    halves = [*pool.map(doubtful, (shared, shared), (0, 1))]
    both = tuple(np.concatenate(part) for part in zip(*halves, strict=True))
    one, other, whole = (fit(reading.WEIGHED, rows, right, pull=PULL) for rows, right in (*halves, both))
    for maps, (rows, right) in ((one, halves[1]), (other, halves[0])):
        print(f"doubtful beads: {len(right)}, log loss {_loss(1 / (1 + np.exp(-rows[:, 0])), right):.3f} before reading, "
              f"{_loss(maps.probabilities(rows), right):.3f} after")  # fmt: skip
    return one, other, whole


def _loss(chance: np.ndarray, right: np.ndarray) -> float:
    return float(-np.log(np.where(right, chance, 1 - chance).clip(1e-4)).mean())


def fitted(kind: str, names: Sequence[str], halves: Sequence[list[Judged]]) -> dict[str, Logistic]:
    """The map of that kind, and that of null beads, from what `gathered` gave of FIT."""
    # parallel text has more beads, nearly all of them right: comparable and retold text must not drown in it
    parts = [
        part for half in halves for part in (*(4 * half[: len(FIT)]), *half[len(FIT) : -1], *(RETOLD[kind] * half[-1:]))
    ]
    rows, alone, right, right_alone = pooled(parts)
    return {kind: fit(names, rows, right), "alone": fit(FEATURES_ALONE, alone, right_alone)}


if __name__ == "__main__":
    main()
