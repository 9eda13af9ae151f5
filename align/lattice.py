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
# Which bias a shape has: one for 1-1, 1-2, 1-3, longer 1-n, 2-2, and what is larger than that.
SHAPE_CLASS = np.array([0, 1, 1, 2, 2, 4, 3, 3, 5, 5, 3, 3, 5], dtype=np.int64)
EVIDENCE = (
    "one_one one_two one_three one_many two_two larger similarity similarity_squared neighbours without_edge with_neighbour "
    "length length_squared competitor shared_tokens missing_tokens level"
).split()


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

    def turned(self) -> Lattice:
        """The lattice with source and target exchanged."""
        lengths = self.high - self.low
        rows = np.repeat(np.arange(self.n + 1), np.diff(self.row))
        i = np.repeat(rows, lengths)
        j = np.arange(self.size) - np.repeat(self.first - self.low, lengths)
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
def block_norms(vectors, weights):
    """Norm of the weighted sum of the 1 … 5 vectors from each sentence on; 0 where the text ends before."""
    n, d = vectors.shape
    norms = np.zeros((n, 6), dtype=np.float32)
    total = np.zeros(d, dtype=np.float32)
    for i in range(n):
        total[:] = 0
        for a in range(1, 6):
            if i + a > n:
                break
            square = np.float32(0)
            for c in range(d):
                total[c] += weights[i + a - 1] * vectors[i + a - 1, c]
                square += total[c] * total[c]
            norms[i, a] = np.sqrt(square)
    return norms


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


@numba.njit(cache=True)
def _cosine(lattice, cosine, numbers, i, j, a, b):
    # −2 where the lattice has no such place or the shape is not used
    if i < 0 or j < 0 or a < 1 or b < 1 or numbers[a, b] < 0:
        return np.float32(-2)
    node = _node(lattice, i, j)
    if node < 0:
        return np.float32(-2)
    value = cosine[node, numbers[a, b]]
    return value if value > -1 else np.float32(-2)


@numba.njit(cache=True)
def _neighbours(lattice, cosine, numbers, n, m, i, j, a, b):
    # mean cosine of each block to the sentences next to the other block
    total, count = 0.0, 0
    for place in range(4):
        value = np.float32(-2)
        if place == 0:
            value = _cosine(lattice, cosine, numbers, i, j - 1, a, 1)
        elif place == 1 and j + b < m:
            value = _cosine(lattice, cosine, numbers, i, j + b, a, 1)
        elif place == 2:
            value = _cosine(lattice, cosine, numbers, i - 1, j, 1, b)
        elif place == 3 and i + a < n:
            value = _cosine(lattice, cosine, numbers, i + a, j, 1, b)
        if value > -2:
            total += value
            count += 1
    return total / count if count else 0.0


@numba.njit(cache=True)
def _without_edge(lattice, cosine, numbers, i, j, a, b, here):
    # how much the weakest edge sentence adds to the bead's similarity; below 0 where the bead swallows a sentence
    least = np.float32(1)
    if a > 1:
        for start in (i, i + 1):
            value = _cosine(lattice, cosine, numbers, start, j, a - 1, b)
            if value > -2:
                least = min(least, here - value)
    if b > 1:
        for start in (j, j + 1):
            value = _cosine(lattice, cosine, numbers, i, start, a, b - 1)
            if value > -2:
                least = min(least, here - value)
    return least if least < 1 else np.float32(0)


@numba.njit(cache=True)
def _with_neighbour(lattice, cosine, numbers, n, m, i, j, a, b, here):
    # how much the best neighbouring sentence would add
    most = np.float32(-0.3)
    for start in (i - 1, i):
        if start >= 0 and start + a + 1 <= n:
            most = max(most, _cosine(lattice, cosine, numbers, start, j, a + 1, b) - here)
    for start in (j - 1, j):
        if start >= 0 and start + b + 1 <= m:
            most = max(most, _cosine(lattice, cosine, numbers, i, start, a, b + 1) - here)
    return most


@numba.njit(cache=True)
def best_two(lattice, n, m, dot):
    """For each source and each target sentence: its best and second best inner product, and where the best is."""
    row, low, high, first = lattice
    source = np.full((n, 3), -1.0, dtype=np.float32)
    target = np.full((m, 3), -1.0, dtype=np.float32)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                value = dot[first[k] + j - low[k]]
                if value > source[i, 0]:
                    source[i, 1] = source[i, 0]
                    source[i, 0] = value
                    source[i, 2] = j
                elif value > source[i, 1]:
                    source[i, 1] = value
                if value > target[j, 0]:
                    target[j, 1] = target[j, 0]
                    target[j, 0] = value
                    target[j, 2] = i
                elif value > target[j, 1]:
                    target[j, 1] = value
    return source, target


@numba.njit(cache=True)
def _competitor(best_source, best_target, i, j, a, b):
    # the best similarity that a sentence of the bead has outside it
    most = np.float32(-1)
    for p in range(i, i + a):
        inside = j <= best_source[p, 2] < j + b
        most = max(most, best_source[p, 1] if inside else best_source[p, 0])
    for q in range(j, j + b):
        inside = i <= best_target[q, 2] < i + a
        most = max(most, best_target[q, 1] if inside else best_target[q, 0])
    return most


@numba.njit(cache=True)
def _tokens(tokens, i, j, a, b):
    # information in the rare tokens that both blocks have, and in those that one has alone
    source_starts, source_tokens, target_starts, target_tokens, worth = tokens
    shared, missing = 0.0, 0.0
    first, last = source_starts[i], source_starts[i + a]
    other_first, other_last = target_starts[j], target_starts[j + b]
    for p in range(first, last):
        value = worth[source_tokens[p]]
        seen = False
        for q in range(first, p):
            seen = seen or source_tokens[q] == source_tokens[p]
        if seen:
            continue
        found = False
        for q in range(other_first, other_last):
            found = found or target_tokens[q] == source_tokens[p]
        if found:
            shared += value
        else:
            missing += value
    for p in range(other_first, other_last):
        seen = False
        for q in range(other_first, p):
            seen = seen or target_tokens[q] == target_tokens[p]
        for q in range(first, last):
            seen = seen or source_tokens[q] == target_tokens[p]
        if not seen:
            missing += worth[target_tokens[p]]
    return min(shared, 8.0), min(missing, 8.0)


@numba.njit(cache=True)
def evidence(
    lattice, n, m, cosine, shapes, numbers, classes, sizes, ratio, level, tokens, best, weights, least_cosine, least
):
    """The beads worth looking at, by node: (node, i, j, shape, evidence, log-odds), those with log-odds of `least` or more.

    `sizes` are the summed lengths of the texts' sentences in characters; `ratio` is the log of the usual length ratio.
    """
    row, low, high, first = lattice
    source_sizes, target_sizes = sizes
    best_source, best_target = best
    room = 1024
    nodes = np.empty(room, dtype=np.int64)
    places = np.empty((room, 3), dtype=np.int64)
    values = np.empty((room, weights.shape[0]), dtype=np.float32)
    odds = np.empty(room, dtype=np.float64)
    count = 0
    line = np.zeros(weights.shape[0], dtype=np.float32)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                node = first[k] + j - low[k]
                for t in range(shapes.shape[0]):
                    s = cosine[node, t]
                    if s < least_cosine:
                        continue
                    a, b = shapes[t, 0], shapes[t, 1]
                    line[:] = 0
                    line[classes[t]] = 1
                    line[6] = s
                    line[7] = s * s
                    line[8] = _neighbours(lattice, cosine, numbers, n, m, i, j, a, b)
                    line[9] = max(np.float32(-0.3), _without_edge(lattice, cosine, numbers, i, j, a, b, s))
                    line[10] = _with_neighbour(lattice, cosine, numbers, n, m, i, j, a, b, s)
                    z = abs(
                        np.log(3 + source_sizes[i + a] - source_sizes[i])
                        - np.log(3 + target_sizes[j + b] - target_sizes[j])
                        - ratio
                    )
                    line[11] = min(z, 2.0)
                    line[12] = min(z, 2.0) ** 2
                    line[13] = _competitor(best_source, best_target, i, j, a, b)
                    line[14], line[15] = _tokens(tokens, i, j, a, b)
                    line[16] = level
                    total = 0.0
                    for c in range(weights.shape[0]):
                        total += weights[c] * line[c]
                    if total < least:
                        continue
                    if count == room:
                        room *= 2
                        grown_nodes = np.empty(room, dtype=np.int64)
                        grown_nodes[:count] = nodes
                        nodes = grown_nodes
                        grown_places = np.empty((room, 3), dtype=np.int64)
                        grown_places[:count] = places
                        places = grown_places
                        grown_values = np.empty((room, weights.shape[0]), dtype=np.float32)
                        grown_values[:count] = values
                        values = grown_values
                        grown_odds = np.empty(room, dtype=np.float64)
                        grown_odds[:count] = odds
                        odds = grown_odds
                    nodes[count] = node
                    places[count, 0], places[count, 1], places[count, 2] = i, j, t
                    values[count] = line
                    odds[count] = total
                    count += 1
    return nodes[:count], places[:count], values[:count], odds[:count]


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
