"""From the compared texts to beads: candidates, their probabilities, and the set of beads that is expected to be right most often.

This module imports numba (through the lattice) and is itself only imported inside functions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import lattice as grid
from . import paths
from .problem import Problem
from .weights import Weights

_LEAST_COSINE = 0.1  # beads less alike than this are never looked at
_LEAST_ODDS = -6.0
_NO_JUMPS = -1.0e9


@dataclass(frozen=True, slots=True)
class Candidates:
    """Beads that could be: node, (source from, target from, shape), evidence, log-odds; sorted by node."""

    nodes: np.ndarray
    places: np.ndarray
    evidence: np.ndarray
    odds: np.ndarray

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def shapes(self) -> np.ndarray:
        """(source sentences, target sentences) of each."""
        return grid.SHAPES[self.places[:, 2]]

    def sides(self, number: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The sentences of one."""
        i, j, shape = self.places[number].tolist()
        a, b = grid.SHAPES[shape].tolist()
        return tuple(range(i, i + a)), tuple(range(j, j + b))


def candidates(problem: Problem, weights: Weights) -> Candidates:
    """The beads whose evidence is not hopeless."""
    found = grid.evidence(
        problem.lattice.arrays,
        problem.n,
        problem.m,
        problem.cosine,
        grid.SHAPES,
        grid.SHAPE_NUMBER,
        grid.SHAPE_CLASS,
        (problem.source.sums, problem.target.sums),
        problem.ratio,
        problem.best,
        weights.vector(),
        _LEAST_COSINE,
        _LEAST_ODDS,
    )
    return Candidates(*found)


def costs(weights: Weights, m: int, *, monotone: bool) -> tuple[float, float, float]:
    """What opening a run, extending it and jumping to one of the target's places cost."""
    return weights.open, weights.extend, _NO_JUMPS if monotone else weights.jump - float(np.log(m + 1.0))


def _alone(problem: Problem, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    source, target = (weights.alone * np.maximum(best[:, 0], 0).astype(np.float64) for best in problem.best)
    return source, target


def _starts(nodes: np.ndarray, size: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.bincount(nodes, minlength=size))]).astype(np.int64)


def probabilities(
    problem: Problem, found: Candidates, weights: Weights, costs: tuple[float, float, float]
) -> np.ndarray:
    """The probability of each candidate over all paths (forward–backward)."""
    lattice = problem.lattice
    starts = _starts(found.nodes, lattice.size)
    rest = (lattice.size, starts, found.places, found.odds, grid.SHAPES, costs, *_alone(problem, weights))
    states = paths.forward(lattice.arrays, problem.n, *rest, True)
    ended = paths.backward(lattice.arrays, problem.n, problem.m, *rest)
    return paths.probabilities(
        lattice.arrays, problem.n, problem.m, found.nodes, found.places, found.odds, grid.SHAPES, states, ended
    )


def best_path(problem: Problem, found: Candidates, weights: Weights, costs: tuple[float, float, float]) -> np.ndarray:
    """The numbers of the candidates on the best path, in source order; a target sentence may be used twice."""
    lattice, n, m = problem.lattice, problem.n, problem.m
    starts = _starts(found.nodes, lattice.size)
    alone = _alone(problem, weights)
    states = paths.forward(
        lattice.arrays, n, lattice.size, starts, found.places, found.odds, grid.SHAPES, costs, *alone, False
    )
    ends = grid.end_nodes(lattice.arrays, found.places, grid.SHAPES)
    order = np.argsort(ends, kind="stable")
    order = order[np.searchsorted(ends[order], 0) :]
    end_starts = _starts(ends[order], lattice.size)
    path = paths.best_path(
        lattice.arrays, n, m, found.places, found.odds, grid.SHAPES, costs, *alone, states, order, end_starts
    )
    return path[::-1]


def without_conflicts(
    problem: Problem, found: Candidates, weights: Weights, costs: tuple[float, float, float], chance: np.ndarray
) -> list[int]:
    """The best path on which no target sentence is used twice: the less probable of two beads is forbidden, and the path found again."""
    path: np.ndarray = np.zeros(0, dtype=np.int64)
    for _ in range(50):
        path = best_path(problem, found, weights, costs)
        kept, lost = _winners(found, path, chance)
        if not lost:
            return path.tolist()
        found = _forbidden(found, kept, lost, problem.m)
    kept, _ = _winners(found, path, chance)
    return sorted(kept)


def _winners(found: Candidates, path: np.ndarray, chance: np.ndarray) -> tuple[list[int], list[int]]:
    used: set[int] = set()
    kept, lost = [], []
    for number in sorted(path.tolist(), key=lambda c: (-chance[c], c)):
        _, target = found.sides(number)
        if used.isdisjoint(target):
            used.update(target)
            kept.append(number)
        else:
            lost.append(number)
    return kept, lost


def _forbidden(found: Candidates, kept: list[int], lost: list[int], m: int) -> Candidates:
    # every candidate that meets a lost bead on the source side and wants a target sentence that a winner has
    taken = np.zeros(m + 1, dtype=np.int64)
    for number in kept:
        taken[list(found.sides(number)[1])] = 1
    before = np.concatenate([[0], np.cumsum(taken)])
    starts, shapes = found.places[:, :2], found.shapes
    wants = before[starts[:, 1] + shapes[:, 1]] > before[starts[:, 1]]
    odds = found.odds.copy()
    for number in lost:
        i, a = starts[number, 0], shapes[number, 0]
        odds[wants & (starts[:, 0] < i + a) & (starts[:, 0] + shapes[:, 0] > i)] = -1.0e6
    return replace(found, odds=odds)
