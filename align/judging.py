"""Beads that compete for a sentence are judged against each other.

The path model gives every candidate a chance, and reading changes it, one bead at a time. Whether a line too many was taken in, or one
too few, shows best where both beads are read and compared. So what is left in doubt is judged once more, by what is known of a bead and
by how far it is ahead of the best of its rivals. The map is in `reading.json` (benchmarks/calibrate_alignment.py).

This module imports numba (through the evidence) and is itself only imported inside functions.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from ..models.calibration import Logistic
from . import reading
from .evidence import EVIDENCE, WORDS
from .packing import sizes, uses

_SAID = (*EVIDENCE[WORDS:], *reading.FEATURES)
FEATURES = (
    "chance",
    "chance_paired",
    "paired",
    "sentences",
    "before",
    "evidence",
    *_SAID,
    # how far ahead of all rivals, and of those that share sentences on both sides
    "ahead_same",
    "ahead_same_near",
    "ahead_chance",
    "ahead_chance_near",
    "ahead_lost",
    "ahead_lost_near",
    "ahead_gap",
    "ahead_gap_near",
    "rivals",
)
_LEAST, _MOST = 0.01, 0.999  # chances between these are judged
_EXTREME, _EXTREME_RIVAL, _EXTREME_SUM = 3e-4, 3e-3, 0.01  # chances are told apart down to these
_FAR = 8.0  # a bead without rivals is ahead by so much of what is compared, in log-odds
_WEAKEST, _STRONGEST = -10.0, 20.0  # evidence beyond these counts as these


def contested(chance: np.ndarray) -> np.ndarray:
    """The numbers of the beads that are judged: those neither sure nor hopeless."""
    return np.flatnonzero((chance > _LEAST) & (chance <= _MOST))


def compared(
    spans: np.ndarray,
    chance: np.ndarray,
    before: np.ndarray,
    odds: np.ndarray,
    said: np.ndarray,
    paired: float,
) -> np.ndarray:
    """What is known of k contested beads of two texts (k, len(FEATURES)).

    `spans` (k, 4) as in `packing.pack`; `chance` after reading and `before` it; `odds` the log-odds of their own evidence; `said`
    (k, len(_SAID)) what the words and the reading say; `paired` the share of all sentences that is
    expected in beads.
    """
    sure = _odds(chance, _EXTREME)
    columns = [
        sure,
        sure * paired,
        np.full(len(spans), paired),
        sizes(spans) - 2.0,
        _odds(before, _EXTREME),
        np.clip(odds, _WEAKEST, _STRONGEST) / 10,
    ]
    n, m = (int(spans[:, k].max(initial=0)) for k in (1, 3))
    rivals, near = _overlapping(spans, n, m)
    same, lost, gap = (said[:, _SAID.index(name)] for name in ("same", "lost", "gap"))
    ahead = [
        _ahead(worth, which)
        for worth in (same, _odds(chance, _EXTREME_RIVAL), -_FAR * lost, -gap)
        for which in (rivals, near)
    ]
    taken = np.asarray(rivals @ chance).ravel()
    return np.column_stack([*columns, said, *ahead, _odds(taken, _EXTREME_SUM)])


def judged(chance: np.ndarray, asked: np.ndarray, known: np.ndarray, judge: Logistic, weight: float) -> np.ndarray:
    """The chance of every bead, those `asked` having been judged by what is `known` of them; `weight` (0 to 1) is what that counts."""
    found = chance.copy()
    odds = weight * _odds(judge.probabilities(known), _EXTREME) + (1 - weight) * _odds(chance[asked], _EXTREME)
    found[asked] = 1 / (1 + np.exp(-odds))
    return found


def _odds(chance: np.ndarray, least: float) -> np.ndarray:
    p = np.clip(chance, least, 1 - least)
    return np.log(p / (1 - p))


def _overlapping(spans: np.ndarray, n: int, m: int) -> tuple[csr_matrix, csr_matrix]:
    """(k, k) matrices of 0 and 1: which other beads share a sentence with each, and which share sentences on both sides."""
    own = uses(spans, n, m)
    shared = [(part @ part.T > 0).astype(np.float64) for part in (own[:n].T.tocsr(), own[n:].T.tocsr())]
    either, both = shared[0] + shared[1] > 0, shared[0].multiply(shared[1])
    parts = [csr_matrix(part, dtype=np.float64) for part in (either, both)]
    for part in parts:
        part.setdiag(0)
        part.eliminate_zeros()
    return parts[0], parts[1]


def _ahead(worth: np.ndarray, rivals: csr_matrix) -> np.ndarray:
    """By how much each bead is worth more than the best of its rivals."""
    best = np.full(len(worth), -_FAR)
    rows = np.repeat(np.arange(len(worth)), np.diff(rivals.indptr))
    np.maximum.at(best, rows, worth[rivals.indices])
    return np.clip(worth - best, -_FAR, _FAR)
