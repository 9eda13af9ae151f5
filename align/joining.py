"""Beads whose sentences do not stand side by side: a lone sentence that says the rest of what a bead elsewhere says.

One report merges two sentences that the other tells apart. The lattice knows neighbours only, so it pairs the merged sentence with one of
both and leaves the other alone. Here every lone sentence meets the bead of the sentence that is most like it.

This module imports numba (through the lattice) and is itself only imported inside functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ..data.core import Bead
from ..models.calibration import Logistic, load, log_odds
from . import lattice as grid
from .problem import Problem
from .wordmatch import FLOOR

FITTED = Path(__file__).with_name("joining.json")  # made by benchmarks/fit_alignment.py
FEATURES = ("gain", "covered", "ahead", "similarity", "more_alike", "misfit", "better_fit", "chance", "alone")
_LIKELY = 0.9  # a join more probable than this is made: help pages, which it was fitted on, have more of them than news
_SURE = 0.5  # a bead less probable than this is no part of a larger one either
_EXTREME = 1e-3  # chances of beads are told apart down to this
_LEAST = -3.0  # the log of a chance counts no more than this
_WIDEST = 0.7  # log of a ratio of lengths; what differs more differs for other reasons
_LONGEST = grid.LONGEST  # sentences on one side of a bead


@dataclass(frozen=True, slots=True)
class Join:
    """A lone sentence (`side` 0: source, 1: target), the number of the bead that it might belong to, and features (len(FEATURES),)."""

    side: int
    sentence: int
    bead: int
    features: tuple[float, ...]


@cache
def _fitted() -> Logistic:
    return load(FITTED)["join"]


def joined(problem: Problem, beads: Sequence[Bead], alone: np.ndarray) -> tuple[list[Bead], np.ndarray]:
    """The beads with the lone sentences that more likely than not belong to them, and the log of the chance that this was right for each.

    `beads` are full ones. `alone` is the chance of each source, then each target sentence to have no partner.
    """
    found = joins(problem, beads, alone)
    result, sure = list(beads), np.zeros(len(beads))
    if found:
        chances = _fitted().probabilities(np.array([join.features for join in found]))
        for k in np.argsort(-chances, kind="stable").tolist():
            bead = found[k].bead
            result[bead], done = _with(result[bead], found[k], bool(chances[k] > _LIKELY))
            sure[bead] += math.log(max(chances[k] if done else 1 - chances[k], 1e-3))
    return result, np.maximum(sure, _LEAST)


def _with(bead: Bead, join: Join, wanted: bool) -> tuple[Bead, bool]:
    sides = [bead.source, bead.target]
    if not wanted or len(sides[join.side]) == _LONGEST:
        return bead, False
    sides[join.side] = tuple(sorted((*sides[join.side], join.sentence)))
    return Bead(sides[0], sides[1], bead.score, bead.confidence), True


def joins(problem: Problem, beads: Sequence[Bead], alone: np.ndarray) -> list[Join]:
    """Every lone sentence with the bead of the sentence most like it, where that bead is no neighbour: those were weighed before."""
    if not problem.has_words:
        return []
    return [
        join
        for side in (0, 1)
        for sentence, bead in _candidates(problem, beads, side)
        if (join := _judged(problem, beads, alone, side, sentence, bead))
    ]


def _candidates(problem: Problem, beads: Sequence[Bead], side: int) -> Iterable[tuple[int, int]]:
    own = {i for bead in beads for i in (bead.source, bead.target)[side]}
    other = {j: k for k, bead in enumerate(beads) for j in (bead.target, bead.source)[side]}
    for i in range((problem.n, problem.m)[side]):
        if i in own or problem.best[side][i, 0] <= 0:
            continue
        bead = other.get(int(problem.best[side][i, 2]))
        if bead is None or (beads[bead].confidence or 0.0) < _SURE:
            continue
        if not {i - 1, i + 1}.intersection((beads[bead].source, beads[bead].target)[side]):
            yield i, bead


def _judged(
    problem: Problem, beads: Sequence[Bead], alone: np.ndarray, side: int, sentence: int, number: int
) -> Join | None:
    bead = beads[number]
    mates, others = (bead.source, bead.target) if side == 0 else (bead.target, bead.source)
    view = _View(problem, side)
    words = [view.own_words(sentence, j) for j in others]
    if not all(len(found) for found in words):
        return None
    covered = np.maximum.reduce(words)
    weights = view.weights(sentence)
    outside = view.elsewhere(sentence, others)
    gain, total = 0.0, 0.0
    for j in others:
        inside = np.maximum.reduce([view.other_words(i, j) for i in mates])
        theirs = view.other_weights(j)
        gain += float((theirs * np.maximum(view.other_words(sentence, j) - inside, 0)).sum())
        total += float(theirs.sum())
    misfit = view.misfit((*mates, sentence), others)
    features = (
        gain / max(total, 1e-9),
        float((weights * covered).sum() / weights.sum()),
        float((weights * (covered - outside)).sum() / weights.sum()),
        float(problem.best[side][sentence, 0]),
        view.alike((*mates, sentence), others) - view.alike(mates, others),
        min(misfit, _WIDEST),
        min(max(view.misfit(mates, others) - misfit, -_WIDEST), _WIDEST),
        log_odds(bead.confidence or 0.0, _EXTREME),
        float(alone[sentence + (problem.n if side else 0)]),
    )
    return Join(side, sentence, number, features)


class _View:
    """The matches of words, seen from the side of the lone sentence."""

    def __init__(self, problem: Problem, side: int) -> None:
        found = problem.matches
        self._problem, self._side = problem, side
        self._starts, self._weights = (found[0], found[2])[side], (found[1], found[3])[side]
        self._other_starts, self._other_weights = (found[2], found[0])[side], (found[3], found[1])[side]
        self._at, self._found = (found[4], found[6])[side], (found[5], found[7])[side]
        self._other_at, self._other_found = (found[6], found[4])[side], (found[7], found[5])[side]
        self._best, self._where = (found[8], found[10])[side], (found[9], found[11])[side]

    def _node(self, i: int, j: int) -> int:
        return self._problem.lattice.node(*((i, j) if self._side == 0 else (j, i)))

    def own_words(self, i: int, j: int) -> np.ndarray:
        """How well each word of the own sentence i is matched in j of the other side; empty where they were not compared."""
        return self._matched(self._at, self._found, self._starts, self._node(i, j), i)

    def other_words(self, i: int, j: int) -> np.ndarray:
        """How well each word of j of the other side is matched in i; by chance where they were not compared."""
        found = self._matched(self._other_at, self._other_found, self._other_starts, self._node(i, j), j)
        return found if len(found) else np.full(len(self.other_weights(j)), FLOOR, np.float32)

    @staticmethod
    def _matched(at: np.ndarray, found: np.ndarray, starts: np.ndarray, node: int, sentence: int) -> np.ndarray:
        if node < 0 or at[node] < 0:
            return found[:0]
        return found[at[node] : at[node] + starts[sentence + 1] - starts[sentence]]

    def weights(self, i: int) -> np.ndarray:
        return self._weights[self._starts[i] : self._starts[i + 1]]

    def other_weights(self, j: int) -> np.ndarray:
        return self._other_weights[self._other_starts[j] : self._other_starts[j + 1]]

    def elsewhere(self, i: int, others: Sequence[int]) -> np.ndarray:
        """How well each word of i is matched outside these sentences."""
        rows = slice(self._starts[i], self._starts[i + 1])
        inside = np.logical_or.reduce([self._where[rows] == j for j in others])  # np.isin is slow for few
        return np.where(inside, FLOOR, self._best[rows]).max(axis=1)

    def alike(self, mates: Sequence[int], others: Sequence[int]) -> float:
        """Cosine of the two groups of sentences, as sums of their vectors weighted by length."""
        sides = self._problem.source, self._problem.target
        own, other = (
            (side.lengths[list(chosen), None] * side.vectors[list(chosen)]).sum(axis=0)
            for side, chosen in ((sides[self._side], mates), (sides[1 - self._side], others))
        )
        return float(own @ other / max(float(np.linalg.norm(own) * np.linalg.norm(other)), 1e-9))

    def misfit(self, mates: Sequence[int], others: Sequence[int]) -> float:
        """By how much the lengths of the two sides differ from the usual ratio, in log."""
        sides = self._problem.source, self._problem.target
        own, other = (sides[self._side].lengths[list(mates)].sum(), sides[1 - self._side].lengths[list(others)].sum())
        ratio = self._problem.ratio if self._side == 0 else -self._problem.ratio
        return abs(math.log(3 + own) - math.log(3 + other) - ratio)
