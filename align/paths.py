"""Paths through the lattice: the best one, and how probable each bead is over all of them.

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


@numba.njit(cache=True)
def _add(x, y):
    # log(exp(x) + exp(y))
    if x < y:
        x, y = y, x
    return x if y < x - 40 else x + np.log1p(np.exp(y - x))


@numba.njit(cache=True)
def forward(lattice, n, size, starts, places, odds, shapes, costs, source_null, target_null, summed):
    """Log-weight of all paths (`summed`) or of the best path up to each node: after a bead or jump, in a source run, in a target run.

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
                here = _add(after[node], in_source[node]) if summed else max(after[node], in_source[node])
                best = _add(best, here) if summed else max(best, here)
        rows_best[i] = best
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], high[k]):
                node = first[k] + j - low[k]
                if best + jump > NONE / 2:
                    after[node] = _add(after[node], best + jump) if summed else max(after[node], best + jump)
                if j > low[k]:
                    opened = after[node - 1]
                    opened = _add(opened, in_source[node - 1]) if summed else max(opened, in_source[node - 1])
                    opened += open_
                    kept = in_target[node - 1] + extend
                    in_target[node] = (_add(opened, kept) if summed else max(opened, kept)) + target_null[j - 1]
                if summed:
                    here = _add(_add(after[node], in_source[node]), in_target[node])
                else:
                    here = max(after[node], in_source[node], in_target[node])
                if here < NONE / 2:
                    continue
                for c in range(starts[node], starts[node + 1]):
                    a, b = shapes[places[c, 2], 0], shapes[places[c, 2], 1]
                    to = _node(lattice, i + a, j + b)
                    if to >= 0:
                        after[to] = _add(after[to], here + odds[c]) if summed else max(after[to], here + odds[c])
                if i < n:
                    to = _node(lattice, i + 1, j)
                    if to >= 0:
                        opened = after[node]
                        opened = _add(opened, in_target[node]) if summed else max(opened, in_target[node])
                        opened += open_
                        kept = in_source[node] + extend
                        in_source[to] = (_add(opened, kept) if summed else max(opened, kept)) + source_null[i]
    return after, in_source, in_target, rows_best


@numba.njit(cache=True)
def total_weight(lattice, n, m, states):
    """The log-weight at the end of both texts."""
    end = _node(lattice, n, m)
    return _add(_add(states[0][end], states[1][end]), states[2][end])


@numba.njit(cache=True)
def best_path(lattice, n, m, places, odds, shapes, costs, source_null, target_null, states, ends, end_starts):
    """The numbers of the beads on the best path, last first; `ends` lists the beads by the node they lead to."""
    row, low, high, first = lattice
    open_, extend, _ = costs
    after, in_source, in_target, rows_best = states
    path = np.empty(n + m + 1, dtype=np.int64)
    count = 0
    i, j = n, m
    node = _node(lattice, i, j)
    state = 0
    if in_source[node] > after[node]:
        state = 1
    if in_target[node] > max(after[node], in_source[node]):
        state = 2
    while not (i == 0 and j == 0 and state == 0):
        if state == 1:
            before = _node(lattice, i - 1, j)
            value = in_source[node] - source_null[i - 1]
            if abs(in_source[before] + extend - value) < 1e-9:
                state = 1
            elif abs(after[before] + open_ - value) < 1e-9:
                state = 0
            else:
                state = 2
            i -= 1
            node = before
            continue
        if state == 2:
            before = node - 1
            value = in_target[node] - target_null[j - 1]
            if abs(in_target[before] + extend - value) < 1e-9:
                state = 2
            elif abs(after[before] + open_ - value) < 1e-9:
                state = 0
            else:
                state = 1
            j -= 1
            node = before
            continue
        chosen = -1
        for e in range(end_starts[node], end_starts[node + 1]):
            c = ends[e]
            a, b = shapes[places[c, 2], 0], shapes[places[c, 2], 1]
            before = _node(lattice, i - a, j - b)
            here = max(after[before], in_source[before], in_target[before])
            if abs(here + odds[c] - after[node]) < 1e-9:
                chosen = c
                break
        if chosen >= 0:
            path[count] = chosen
            count += 1
            i -= shapes[places[chosen, 2], 0]
            j -= shapes[places[chosen, 2], 1]
            node = _node(lattice, i, j)
            state = 0
            if in_source[node] > after[node]:
                state = 1
            if in_target[node] > max(after[node], in_source[node]):
                state = 2
            continue
        # a jump: the best place of this row before jumps were added
        found = False
        for k in range(row[i], row[i + 1]):
            for other in range(first[k], first[k] + high[k] - low[k]):
                if abs(in_source[other] - rows_best[i]) < 1e-9 or (
                    abs(after[other] - rows_best[i]) < 1e-9 and other != node
                ):
                    state = 1 if abs(in_source[other] - rows_best[i]) < 1e-9 else 0
                    node = other
                    j = low[k] + other - first[k]
                    found = True
                    break
            if found:
                break
        if not found:
            break
    return path[:count]


@numba.njit(cache=True)
def backward(lattice, n, m, size, starts, places, odds, shapes, costs, source_null, target_null):
    """Log-weight of all ways to go on from each node at which a bead has just ended."""
    row, low, high, first = lattice
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
        for k in range(row[i], row[i + 1]):
            for node in range(first[k], first[k] + high[k] - low[k]):
                ended[node] = _add(landed[node], jump + total)
                from_source[node] = _add(from_source[node], jump + total)
    return ended


@numba.njit(cache=True)
def probabilities(lattice, n, m, nodes, places, odds, shapes, states, ended):
    """The probability of each bead over all paths."""
    total = total_weight(lattice, n, m, states)
    found = np.zeros(nodes.shape[0])
    for c in range(nodes.shape[0]):
        a, b = shapes[places[c, 2], 0], shapes[places[c, 2], 1]
        to = _node(lattice, places[c, 0] + a, places[c, 1] + b)
        if to >= 0:
            node = nodes[c]
            here = _add(_add(states[0][node], states[1][node]), states[2][node])
            found[c] = min(1.0, np.exp(here + odds[c] + ended[to] - total))
    return found
