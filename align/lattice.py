"""The lattice: which places (i, j) of two texts are looked at, and the compiled loops that run over them.

A node (i, j) stands between sentences: i source sentences lie before it and j target sentences. The nodes of a row are one or more
intervals, so short texts are looked at whole and long ones only near the places where something was found. A bead of shape
(a, b) leads from node (i, j) to (i + a, j + b).

This module imports numba and is itself only imported inside functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

SHAPES = np.array(
    [(1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (1, 4), (4, 1), (2, 3), (3, 2), (1, 5), (5, 1), (3, 3)],
    dtype=np.int64,
)
LONGEST = 5  # sentences on one side of a bead
SHAPE_NUMBER = np.full((LONGEST + 2, LONGEST + 2), -1, dtype=np.int64)
for _number, (_a, _b) in enumerate(SHAPES):
    SHAPE_NUMBER[_a, _b] = _number


@dataclass(frozen=True, slots=True)
class Lattice:
    """The nodes of an (n + 1) × (m + 1) grid that are looked at.

    Row i has the intervals `row[i]` to `row[i + 1]`; interval k holds the columns `low[k]` to `high[k]` (exclusive), and its first
    node has the number `first[k]`.
    """

    n: int
    m: int
    row: np.ndarray
    low: np.ndarray
    high: np.ndarray
    first: np.ndarray

    @property
    def size(self) -> int:
        """The number of nodes."""
        return int(self.first[-1] + self.high[-1] - self.low[-1])

    @property
    def arrays(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """What the compiled loops take."""
        return self.row, self.low, self.high, self.first

    @property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of every node."""
        lengths = self.high - self.low
        rows = np.repeat(np.arange(self.n + 1), np.diff(self.row))
        return np.repeat(rows, lengths), np.arange(self.size) - np.repeat(self.first - self.low, lengths)

    def node(self, i: int, j: int) -> int:
        """The node at a place; −1 where the lattice has none."""
        for k in range(self.row[i], self.row[i + 1]):
            if self.low[k] <= j < self.high[k]:
                return int(self.first[k] + j - self.low[k])
        return -1

    def turned(self) -> Lattice:
        """The lattice with source and target exchanged."""
        i, j = self.places
        order = np.lexsort((i, j))
        return from_nodes(j[order], i[order], self.m, self.n)


def from_nodes(i: np.ndarray, j: np.ndarray, n: int, m: int) -> Lattice:
    """The lattice with these nodes, given in order of row and column, each once."""
    new = np.ones(len(i), dtype=bool)
    new[1:] = (i[1:] != i[:-1]) | (j[1:] != j[:-1] + 1)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(i)) - 1
    row = np.searchsorted(i[first], np.arange(n + 2)).astype(np.int64)
    return Lattice(n, m, row, j[first].astype(np.int64), j[last].astype(np.int64) + 1, first.astype(np.int64))


def whole(n: int, m: int) -> Lattice:
    """The lattice with every node."""
    rows = np.arange(n + 2, dtype=np.int64)
    low = np.zeros(n + 1, dtype=np.int64)
    return Lattice(n, m, rows, low, low + m + 1, rows[:-1] * (m + 1))


@numba.njit(cache=True, inline="always")
def _node(lattice, i, j):
    row, low, high, first = lattice
    for k in range(row[i], row[i + 1]):
        if low[k] <= j < high[k]:
            return first[k] + j - low[k]
    return -1


@numba.njit(cache=True, fastmath=True)
def dots(lattice, source, target, size):
    """Inner product of the source sentence after and the target sentence after each node; 0 at the end of a text."""
    row, low, high, first = lattice
    n, m, d = source.shape[0], target.shape[0], source.shape[1]
    found = np.zeros(size, dtype=np.float32)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                total = np.float32(0)
                for c in range(d):
                    total += source[i, c] * target[j, c]
                found[first[k] + j - low[k]] = total
    return found


@numba.njit(cache=True, fastmath=True)
def _square(vector):
    # A loop of its own: where a reduction also stores something, the compiler makes a slow and a fast loop that add in another order, and
    # which of them runs depends on where the arrays lie in memory.
    total = np.float32(0)
    for c in range(vector.shape[0]):
        total += vector[c] * vector[c]
    return total


@numba.njit(cache=True)
def block_norms_with(vectors, weights, total):
    """`block_norms`, with room (d,) for a sum of vectors; where that lies in memory changes nothing."""
    n, d = vectors.shape
    norms = np.zeros((n, 6), dtype=np.float32)
    for i in range(n):
        total[:] = 0
        for a in range(1, 6):
            if i + a > n:
                break
            for c in range(d):
                total[c] += weights[i + a - 1] * vectors[i + a - 1, c]
            norms[i, a] = np.sqrt(_square(total))
    return norms


@numba.njit(cache=True)
def block_norms(vectors, weights):
    """Norm of the weighted sum of the 1 … 5 vectors from each sentence on; 0 where the text ends before."""
    return block_norms_with(vectors, weights, np.zeros(vectors.shape[1], dtype=np.float32))


@numba.njit(cache=True, fastmath=True)
def cosines(lattice, n, m, dot, shapes, source_weights, target_weights, source_norms, target_norms):
    """Cosine of the two blocks of every shape at every node, blocks being weighted sums of their sentences; −1 where none fits."""
    row, low, high, first = lattice
    found = np.full((dot.shape[0], shapes.shape[0]), -1, dtype=np.float32)
    partial = np.zeros((6, 6), dtype=np.float32)
    at = np.zeros(6, dtype=np.int64)
    room = np.zeros(6, dtype=np.int64)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for p in range(5):
                at[p] = -1
            for j in range(low[k], min(high[k], m)):
                here = first[k] + j - low[k]
                for p in range(min(5, n - i)):
                    # the row's interval is looked up again only where the last one ends
                    if at[p] >= 0 and room[p] > 1:
                        at[p] += 1
                        room[p] -= 1
                    else:
                        at[p] = -1
                        for other in range(row[i + p], row[i + p + 1]):
                            if low[other] <= j < high[other]:
                                at[p] = first[other] + j - low[other]
                                room[p] = high[other] - j
                                break
                    total = np.float32(0)
                    for q in range(5):
                        if at[p] >= 0 and q < room[p] and j + q < m:
                            total += source_weights[i + p] * target_weights[j + q] * dot[at[p] + q]
                        partial[p + 1, q + 1] = partial[p, q + 1] + total
                for t in range(shapes.shape[0]):
                    a, b = shapes[t, 0], shapes[t, 1]
                    if i + a <= n and j + b <= m:
                        norm = source_norms[i, a] * target_norms[j, b]
                        found[here, t] = partial[a, b] / norm if norm > 0 else 0.0
    return found


def unowned(n: int, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Owners for `best_two` where no sentence has one."""
    return np.full(n, -1, dtype=np.int64), np.full(m, -1, dtype=np.int64)


@numba.njit(cache=True, inline="always")
def _rank(best, row, value, place):
    # keep the best value of a row with its place, and the second best
    if value > best[row, 0]:
        best[row, 1] = best[row, 0]
        best[row, 0] = value
        best[row, 2] = place
    elif value > best[row, 1]:
        best[row, 1] = value


@numba.njit(cache=True)
def best_two(lattice, n, m, dot, owners):
    """For each source and each target sentence: its best and second best inner product, and where the best is.

    `owners` are the numbers of the beads that the source's and the target's sentences surely belong to, −1 where none is sure; what
    belongs to another bead is not looked at.
    """
    own_source, own_target = owners
    row, low, high, first = lattice
    source = np.full((n, 3), -1.0, dtype=np.float32)
    target = np.full((m, 3), -1.0, dtype=np.float32)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                value = dot[first[k] + j - low[k]]
                together = own_source[i] == own_target[j]
                if own_target[j] < 0 or together:
                    _rank(source, i, value, j)
                if own_source[i] < 0 or together:
                    _rank(target, j, value, i)
    return source, target


@numba.njit(cache=True, fastmath=True)
def override(lattice, m, cosine, shape, starts, source, target_rows, target):
    """Put the cosines of encoded blocks of one shape in place; `target_rows` gives the row of the block at each target sentence."""
    row, low, high, first = lattice
    for r in range(starts.shape[0]):
        i = starts[r]
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                node = first[k] + j - low[k]
                if target_rows[j] >= 0 and cosine[node, shape] > -1:
                    total = np.float32(0)
                    for c in range(source.shape[1]):
                        total += source[r, c] * target[target_rows[j], c]
                    cosine[node, shape] = total


@numba.njit(cache=True)
def node_numbers(lattice, i, j):
    """The node at each place (i, j); −1 where the lattice has none."""
    found = np.empty(i.shape[0], dtype=np.int64)
    for c in range(i.shape[0]):
        found[c] = _node(lattice, i[c], j[c])
    return found
