"""From the compared texts to the probability of every bead.

The path model is run over both texts' order, and what the texts show of themselves (how many sentences have no partner, how
often order breaks, which shapes are common) is fed back into its costs: the same setting serves literal and comparable text.

This module imports numba (through the lattice) and is itself only imported inside functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from . import lattice as grid
from . import paths
from .evidence import SHAPE_CLASS, Judgements, evidence, no_judgements
from .lattice import Lattice
from .packing import lonely, sizes
from .problem import Problem
from .weights import Weights
from .wordmatch import room

_LEAST_COSINE = 0.1  # beads less alike than this are never looked at
_LEAST_ODDS = -9.0
_NO_JUMPS = -1.0e9
_CLEAR = 0.9  # chance from which on a bead is sure
_FEW_JUMPS = 0.01  # expected jumps below which both directions give the same
_SWAPPED = np.array([grid.SHAPE_NUMBER[b, a] for a, b in grid.SHAPES])


@dataclass(frozen=True, slots=True)
class Candidates:
    """Beads that could be: node, (source from, target from, shape), evidence, log-odds; sorted by node."""

    nodes: np.ndarray
    places: np.ndarray
    evidence: np.ndarray
    odds: np.ndarray
    judgements: Judgements = field(default_factory=no_judgements)  # of the words, of beads that were left out, too

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def shapes(self) -> np.ndarray:
        """(source sentences, target sentences) of each."""
        return np.take(grid.SHAPES, self.places[:, 2], axis=0)

    @property
    def spans(self) -> np.ndarray:
        """(source from, source to, target from, target to) of each, ends exclusive."""
        starts, shapes = self.places[:, :2], self.shapes
        return np.stack([starts[:, 0], starts[:, 0] + shapes[:, 0], starts[:, 1], starts[:, 1] + shapes[:, 1]], axis=1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the path model thinks: the candidates, the chance of each, how many jumps are expected, by how much the costs were changed to
    fit these texts, and the weights that it thinks with."""

    found: Candidates
    chance: np.ndarray
    jumps: float
    change: np.ndarray
    weights: Weights


def candidates(
    problem: Problem,
    weights: Weights,
    *,
    known: Judgements | None = None,
    least_cosine: float = _LEAST_COSINE,
    least_odds: float = _LEAST_ODDS,
) -> Candidates:
    """The beads whose evidence is not hopeless; `known` are judgements of an earlier run over texts with the same words."""
    found = evidence(
        problem.lattice.arrays,
        problem.n,
        problem.m,
        problem.cosine,
        grid.SHAPES,
        grid.SHAPE_NUMBER,
        SHAPE_CLASS,
        (problem.source.sums, problem.target.sums),
        problem.ratio,
        problem.level,
        problem.tokens,
        problem.best,
        problem.matches,
        known or no_judgements(),
        room(),
        weights.vector(),
        least_cosine,
        least_odds,
    )
    return _without_blanks(Candidates(*found), problem)


def _without_blanks(found: Candidates, problem: Problem) -> Candidates:
    # a line without text belongs to nothing; a sum of vectors would take it in at no cost
    blank = [np.concatenate([[0], np.cumsum(~side.vectors.any(axis=1))]) for side in (problem.source, problem.target)]
    if not (blank[0][-1] or blank[1][-1]):
        return found
    s = found.spans
    kept = (blank[0][s[:, 1]] == blank[0][s[:, 0]]) & (blank[1][s[:, 3]] == blank[1][s[:, 2]])
    return replace(
        found, nodes=found.nodes[kept], places=found.places[kept], evidence=found.evidence[kept], odds=found.odds[kept]
    )


def estimate(
    problem: Problem, weights: Weights, *, monotone: bool, rounds: int, known: Judgements | None = None
) -> Estimate:
    """The chance of every bead, after `rounds` of fitting the costs to these texts (expectation maximisation)."""
    return _fitted(problem, candidates(problem, weights, known=known), weights, monotone=monotone, rounds=rounds)


def again(problem: Problem, seen: Estimate, more: np.ndarray, *, monotone: bool, rounds: int) -> Estimate:
    """The estimate after something was learned of the beads: `more` (k,) is added to the log-odds of its candidates."""
    return _fitted(problem, _with(seen, more), seen.weights, monotone=monotone, rounds=rounds)


def reweighed(problem: Problem, seen: Estimate, weights: Weights, *, monotone: bool, rounds: int) -> Estimate:
    """The estimate of the same candidates by other weights."""
    more = seen.found.evidence @ (weights.vector() - seen.weights.vector())
    return _fitted(problem, _with(seen, more), weights, monotone=monotone, rounds=rounds)


def _with(seen: Estimate, more: np.ndarray) -> Candidates:
    found = seen.found
    return replace(found, odds=found.odds - seen.change[SHAPE_CLASS[found.places[:, 2]]] + more)


def clear(seen: Estimate) -> float:
    """Which share of the lines that have a partner surely have it, from 0 to 1: small where texts retell each other freely."""
    mass = seen.chance * sizes(seen.found.spans)
    return float((mass[seen.chance > _CLEAR].sum() + 1) / (mass.sum() + 1))


def _fitted(problem: Problem, base: Candidates, weights: Weights, *, monotone: bool, rounds: int) -> Estimate:
    change = np.zeros(len(weights.rates))
    for _ in range(rounds):
        change = _change(problem, _once(problem, base, weights, change, monotone=monotone), weights)
    return _once(problem, base, weights, change, monotone=monotone)


def _change(problem: Problem, seen: Estimate, weights: Weights) -> np.ndarray:
    """Log of how much more often each shape class, a run of lone sentences and a jump is expected here than in the texts of the fit."""
    usual = np.array(weights.rates)
    usual = usual / usual.sum()
    classes = SHAPE_CLASS[seen.found.places[:, 2]]
    counts = np.bincount(classes, weights=seen.chance, minlength=len(usual) - 2)
    alone = lonely(seen.found.spans, seen.chance, problem.n, problem.m)
    runs = sum(
        float(np.maximum(np.diff(side, prepend=0.0), 0).sum()) for side in (alone[: problem.n], alone[problem.n :])
    )
    counts = np.append(counts, [runs, seen.jumps])
    return np.log((counts + weights.firmness * usual) / (counts.sum() + weights.firmness) / usual)


def _once(problem: Problem, base: Candidates, weights: Weights, change: np.ndarray, *, monotone: bool) -> Estimate:
    found = replace(base, odds=base.odds + change[SHAPE_CLASS[base.places[:, 2]]])
    jump = _NO_JUMPS if monotone else weights.jump + change[-1]
    costs = (min(0.0, weights.open + change[-2]), weights.extend)
    lone = tuple(weights.alone * np.maximum(best[:, 0], 0).astype(np.float64) for best in problem.best)
    chance, jumps = _one_way(problem.lattice, found, costs, jump, lone)
    if jumps < _FEW_JUMPS:
        return Estimate(found, chance, jumps, change, weights)
    other, order = _turned(problem.lattice, found)
    turned, other_jumps = _one_way(other, found_in(found, other, order), costs, jump, lone[::-1])
    both = np.empty_like(chance)
    both[order] = turned
    # a path in source order may use a target sentence twice, one in target order a source sentence: only beads that both want
    return Estimate(found, np.sqrt(chance * both), (jumps + other_jumps) / 2, change, weights)


def found_in(found: Candidates, lattice: Lattice, order: np.ndarray) -> Candidates:
    """The candidates with source and target exchanged, sorted by the nodes of the exchanged lattice."""
    places = np.stack([found.places[:, 1], found.places[:, 0], _SWAPPED[found.places[:, 2]]], axis=1)[order]
    nodes = grid.node_numbers(lattice.arrays, places[:, 0], places[:, 1])
    return Candidates(nodes, np.ascontiguousarray(places), found.evidence, found.odds[order])


def _turned(lattice: Lattice, found: Candidates) -> tuple[Lattice, np.ndarray]:
    return lattice.turned(), np.lexsort((found.places[:, 2], found.places[:, 0], found.places[:, 1]))


def _one_way(
    lattice: Lattice, found: Candidates, costs: tuple[float, float], jump: float, lone: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, float]:
    """The chance of each bead over all paths in source order (forward–backward), and the expected number of jumps."""
    n, m, size = lattice.n, lattice.m, lattice.size
    starts = np.concatenate([[0], np.cumsum(np.bincount(found.nodes, minlength=size))]).astype(np.int64)
    all_costs = (*costs, jump - float(np.log(m + 1.0)))
    rest = (size, starts, found.places, found.odds, grid.SHAPES, all_costs, *lone)
    states = paths.forward(lattice.arrays, n, *rest)
    ended, jumped = paths.backward(lattice.arrays, n, m, *rest)
    total = paths.total_weight(lattice.arrays, n, m, states)
    jumps = float(np.exp(np.minimum(0.0, states[3] + all_costs[2] + jumped - total)).sum())
    chance = paths.probabilities(
        lattice.arrays, found.nodes, found.places, found.odds, grid.SHAPES, states, ended, total
    )
    return chance, jumps
