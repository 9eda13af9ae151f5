"""What speaks for every bead: the compiled loops that turn two compared texts into evidence and log-odds.

This module imports numba and is itself only imported inside functions.
"""

from __future__ import annotations

import numba
import numpy as np

from .lattice import _node
from .wordmatch import judged, mutual

# Which bias a shape of `lattice.SHAPES` has: one for 1-1, 1-2, 1-3, longer 1-n, 2-2, and what is larger than that.
SHAPE_CLASS = np.array([0, 1, 1, 2, 2, 4, 3, 3, 5, 5, 3, 3, 5], dtype=np.int64)
EVIDENCE = (
    "one_one one_two one_three one_many two_two larger similarity similarity_squared neighbours without_edge with_neighbour "
    "length length_squared competitor shared_tokens missing_tokens level "
    "words_ahead words_lost words_lost_more words_weakest words_covered words_near words_mutual"
).split()
WORDS = 17  # from here on evidence comes from the words
_SLACK = 5.0  # log-odds that words may add; beads that need more are not looked at


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
    lattice,
    n,
    m,
    cosine,
    shapes,
    numbers,
    classes,
    sizes,
    ratio,
    level,
    tokens,
    best,
    words,
    weights,
    least_cosine,
    least,
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
                    for c in range(WORDS):
                        total += weights[c] * line[c]
                    if total < least - _SLACK:
                        continue
                    line[17], line[18], line[19], line[20], line[21], line[22] = judged(
                        lattice, words, n, m, i, j, a, b
                    )
                    line[23] = mutual(lattice, words, i, j, a, b)
                    for c in range(WORDS, weights.shape[0]):
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
