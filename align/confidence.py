"""How sure a bead is: its chance on the path model, corrected by what judged alignments say of such beads.

`confidence.json` holds one map for beads and one for sentences left alone; `benchmarks/calibrate_alignment.py` fits them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.core import Bead
from ..models.calibration import Logistic, load

if TYPE_CHECKING:
    import numpy as np

FITTED = Path(__file__).with_name("confidence.json")
FEATURES = ("chance", "evidence", "paired", "sentences", "in_order")
FEATURES_ALONE = ("chance", "paired")


@cache
def _maps() -> dict[str, Logistic]:
    return load(FITTED)


def calibrated(beads: Sequence[Bead]) -> list[Bead]:
    """The beads of one pair of texts, in order, with their path chance (in `confidence`) made the chance to be accepted."""
    found = dict(zip(*_by_kind(beads), strict=True))
    sure: dict[int, float] = {}
    for kind, numbers in found.items():
        if numbers:
            rows = features(beads)[1 if kind == "alone" else 0]
            sure |= zip(numbers, _maps()[kind].probabilities(rows).tolist(), strict=True)
    return [Bead(b.source, b.target, b.score, round(sure[k], 4)) for k, b in enumerate(beads)]


def _by_kind(beads: Sequence[Bead]) -> tuple[tuple[str, str], tuple[list[int], list[int]]]:
    numbers = list(range(len(beads)))
    return ("beads", "alone"), ([k for k in numbers if not beads[k].is_null], [k for k in numbers if beads[k].is_null])


def features(beads: Sequence[Bead]) -> tuple[np.ndarray, np.ndarray]:
    """The features of the beads (n, len(FEATURES)) and of the null beads (k, len(FEATURES_ALONE)), both in order."""
    import numpy as np

    full = [b for b in beads if not b.is_null]
    alone = [b for b in beads if b.is_null]
    sentences = sum(len(b.source) + len(b.target) for b in beads)
    paired = sum(len(b.source) + len(b.target) for b in full) / max(1, sentences)
    ends = {(b.source[-1] + 1, b.target[-1] + 1) for b in full}
    starts = {(b.source[0], b.target[0]) for b in full}
    rows = [
        (
            _log_odds(b.confidence),
            min(b.score, 20.0) / 10,
            paired,
            len(b.source) + len(b.target) - 2,
            ((b.source[0], b.target[0]) in ends) + ((b.source[-1] + 1, b.target[-1] + 1) in starts),
        )
        for b in full
    ]
    rows_alone = [(_log_odds(b.confidence), paired) for b in alone]
    return (
        np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES)),
        np.array(rows_alone, dtype=np.float64).reshape(-1, len(FEATURES_ALONE)),
    )


def _log_odds(chance: float | None) -> float:
    import math

    p = min(max(chance or 0.0, 3e-4), 1 - 3e-4)
    return math.log(p / (1 - p))
