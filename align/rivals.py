"""Rivals that are taken.

What a line is most like outside a bead speaks against the bead. But where a headline and the first line say the same, each is the
other's rival in the other text, however surely the other has found its partner. So once most beads are known, what surely belongs to
one of them is no rival of beads of lines that would be left alone.

This module imports numba (through the lattice) and is itself only imported inside functions.
"""

from __future__ import annotations

import numpy as np

from . import lattice as grid
from .decoding import Estimate
from .evidence import EVIDENCE, competitor
from .packing import lonely, sizes, sums
from .problem import Problem

_TAKEN = 0.9  # chance of a bead from which its lines are rivals of no other bead
_FREE = 0.9  # chance that the lines of a bead have no partner but each other
_UNLIKE = 0.2  # similarity of a line to the most alike of those that have nothing to do with it
_RIVAL = EVIDENCE.index("competitor")


def freed(texts: Problem, seen: Estimate, worth: float) -> np.ndarray:
    """What the log-odds of each bead (k,) gain where its rivals are taken; `worth` is the weight of a rival's similarity."""
    found, chance = seen.found, seen.chance
    more = np.zeros(len(chance))
    spans, sure = found.spans, chance > _TAKEN
    free = np.flatnonzero(~sure & _unpartnered(spans, chance, texts.n, texts.m))
    if not len(free) or not sure.any():
        return more
    owners = grid.unowned(texts.n, texts.m)
    for number, (i, i_end, j, j_end) in enumerate(spans[sure].tolist()):
        owners[0][i:i_end] = owners[1][j:j_end] = number
    dot = np.ascontiguousarray(texts.cosine[:, grid.SHAPE_NUMBER[1, 1]])
    best = grid.best_two(texts.lattice.arrays, texts.n, texts.m, dot, owners)
    for k in free.tolist():
        i, i_end, j, j_end = spans[k].tolist()
        left = max(_UNLIKE, competitor(*best, i, j, i_end - i, j_end - j))
        more[k] = max(0.0, worth * (left - float(found.evidence[k, _RIVAL])))
    return more


def _unpartnered(spans: np.ndarray, chance: np.ndarray, n: int, m: int) -> np.ndarray:
    """Whether the lines of each bead belong to no other one."""
    return sums(spans, lonely(spans, chance, n, m), n) / sizes(spans) + chance > _FREE
