"""Paths through the lattice, and how probable each bead is over all of them.

The model is a conditional random field over paths in source order (Lafferty et al. 2001) with beads, runs of untranslated sentences
(affine costs: one for opening a run, one for each further sentence), and jumps to any other place of the target text. Everything
is in log-odds against chance.

This module imports numba and is itself only imported inside functions.
"""

from __future__ import annotations

import numba
import numpy as np

from .lattice import _node

NONE = -1.0e30
_FAR = 40  # what is so much less adds nothing
_STEPS = 32  # of a table, for each unit


def _taylor() -> np.ndarray:
    """Coefficients (steps, 6) of log(1 + exp(−d)) around the middle of each step of d from 0 to _FAR; they err by 5e-15 at most."""
    middle = (np.arange(_FAR * _STEPS) + 0.5) / _STEPS
    s = 1 / (1 + np.exp(middle))
    t = s * (1 - s)
    rows = (
        np.log1p(np.exp(-middle)),
        -s,
        t / 2,
        t * (2 * s - 1) / 6,
        t * (1 - 6 * t) / 24,
        t * (2 * s - 1) * (1 - 12 * t) / 120,
    )
    return np.stack(rows, axis=1)


_TABLE = _taylor()


@numba.njit(cache=True)
def _add(x, y):
    # log(exp(x) + exp(y)); nearly all the time goes here, and the table takes half as much as two transcendental functions
    d = x - y
    if d < 0:
        x, d = y, -d
    if d >= _FAR:
        return x
    step = int(d * _STEPS)
    c = _TABLE[step]
    h = d - (step + 0.5) / _STEPS
    return x + (c[0] + h * (c[1] + h * (c[2] + h * (c[3] + h * (c[4] + h * c[5])))))


@numba.njit(cache=True)
def forward(lattice, n, size, starts, places, odds, shapes, costs, source_null, target_null):
    """Log-weight of all paths up to each node (after a bead or jump, in a source run, in a target run) and up to each row's jump.

    `starts` tells where each node's beads begin in `places` and `odds`. `costs` = (open, extend, jump), all of them ≤ 0;
    `source_null` and `target_null` are added for each sentence left alone.
    """
    row, low, high, first = lattice
    open_, extend, jump = costs
    after = np.full(size, NONE)
    in_source = np.full(size, NONE)
    in_target = np.full(size, NONE)
    rows_best = np.full(n + 1, NONE)
    after[_node(lattice, 0, 0)] = 0.0
    for i in range(n + 1):
        best = NONE
        for k in range(row[i], row[i + 1]):
            for node in range(first[k], first[k] + high[k] - low[k]):
                best = _add(best, _add(after[node], in_source[node]))
        rows_best[i] = best
        for k in range(row[i], row[i + 1]):
            through, before = NONE, NONE
            for j in range(low[k], high[k]):
                node = first[k] + j - low[k]
                if best + jump > NONE / 2:
                    after[node] = _add(after[node], best + jump)
                if j > low[k]:
                    in_target[node] = _add(through + open_, before + extend) + target_null[j - 1]
                through, before = _add(after[node], in_source[node]), in_target[node]
                here = _add(through, before)
                if here < NONE / 2:
                    continue
                for c in range(starts[node], starts[node + 1]):
                    a, b = shapes[places[c, 2], 0], shapes[places[c, 2], 1]
                    to = _node(lattice, i + a, j + b)
                    if to >= 0:
                        after[to] = _add(after[to], here + odds[c])
                if i < n:
                    to = _node(lattice, i + 1, j)
                    if to >= 0:
                        opened = _add(after[node], in_target[node]) + open_
                        in_source[to] = _add(opened, in_source[node] + extend) + source_null[i]
    return after, in_source, in_target, rows_best


@numba.njit(cache=True)
def total_weight(lattice, n, m, states):
    """The log-weight at the end of both texts."""
    end = _node(lattice, n, m)
    return _add(_add(states[0][end], states[1][end]), states[2][end])


@numba.njit(cache=True)
def backward(lattice, n, m, size, starts, places, odds, shapes, costs, source_null, target_null):
    """Log-weight of all ways to go on from each node at which a bead has just ended, and from a jump in each row."""
    row, low, high, first = lattice
    jumped = np.full(n + 1, NONE)
    open_, extend, jump = costs
    landed = np.full(size, NONE)
    ended = np.full(size, NONE)
    from_source = np.full(size, NONE)
    from_target = np.full(size, NONE)
    for i in range(n, -1, -1):
        total = NONE
        for k in range(row[i + 1] - 1, row[i] - 1, -1):
            for j in range(high[k] - 1, low[k] - 1, -1):
                node = first[k] + j - low[k]
                beads = 0.0 if i == n and j == m else NONE
                for c in range(starts[node], starts[node + 1]):
                    a, b = shapes[places[c, 2], 0], shapes[places[c, 2], 1]
                    to = _node(lattice, i + a, j + b)
                    if to >= 0:
                        beads = _add(beads, odds[c] + ended[to])
                below = _node(lattice, i + 1, j) if i < n else -1
                alone = from_source[below] + source_null[i] if below >= 0 else NONE
                beside = from_target[node + 1] + target_null[j] if j + 1 < high[k] else NONE
                landed[node] = _add(beads, _add(alone + open_, beside + open_))
                from_source[node] = _add(beads, _add(alone + extend, beside + open_))
                from_target[node] = _add(beads, _add(alone + open_, beside + extend))
                total = _add(total, landed[node])
        jumped[i] = total
        for k in range(row[i], row[i + 1]):
            for node in range(first[k], first[k] + high[k] - low[k]):
                ended[node] = _add(landed[node], jump + total)
                from_source[node] = _add(from_source[node], jump + total)
    return ended, jumped


@numba.njit(cache=True)
def probabilities(lattice, nodes, places, odds, shapes, states, ended, total):
    """The probability of each bead over all paths."""
    found = np.zeros(nodes.shape[0])
    for c in range(nodes.shape[0]):
        a, b = shapes[places[c, 2], 0], shapes[places[c, 2], 1]
        to = _node(lattice, places[c, 0] + a, places[c, 1] + b)
        if to >= 0:
            node = nodes[c]
            here = _add(_add(states[0][node], states[1][node]), states[2][node])
            found[c] = min(1.0, np.exp(here + odds[c] + ended[to] - total))
    return found
