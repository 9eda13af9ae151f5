"""What speaks for every bead: the compiled loops that turn two compared texts into evidence and log-odds.

This module imports numba and is itself only imported inside functions.
"""

from __future__ import annotations

import numba
import numpy as np

from .lattice import LONGEST
from .wordmatch import judged, mutual

# What words say of beads (see `wordmatch.judged`): the beads (k,), ascending, as node × shapes + shape, and float32 (k, 7)
Judgements = tuple[np.ndarray, np.ndarray]
# Which bias a shape of `lattice.SHAPES` has: one for 1-1, 1-2, 1-3, longer 1-n, 2-2, and what is larger than that.
SHAPE_CLASS = np.array([0, 1, 1, 2, 2, 4, 3, 3, 5, 5, 3, 3, 5], dtype=np.int64)
EVIDENCE = (
    "one_one one_two one_three one_many two_two larger similarity similarity_squared neighbours without_edge with_neighbour "
    "length length_squared competitor shared_tokens missing_tokens level "
    "words_ahead words_lost words_lost_more words_weakest words_covered words_near words_mutual"
).split()
WORDS = 17  # from here on evidence comes from the words
_ROOM = 1024  # beads that there is room for at first
_SLACK = 5.0  # log-odds that words may add; beads that need more are not looked at


def no_judgements() -> Judgements:
    """What is known of the words before the first run."""
    return np.zeros(0, np.int64), np.zeros((0, len(EVIDENCE) - WORDS), np.float32)


@numba.njit(cache=True, inline="always")
def _value(cosine, node, shape):
    # −2 where the lattice has no such place or the shape is not used
    if node < 0 or shape < 0:
        return np.float32(-2)
    value = cosine[node, shape]
    return value if value > -1 else np.float32(-2)


@numba.njit(cache=True, inline="always")
def _look_around(lattice, n, i, j, around):
    # the nodes at (i − 1 …, j − 1 …), as far as beads and their neighbours reach
    row, low, high, first = lattice
    around[:] = -1
    for p in range(max(1 - i, 0), min(around.shape[0], n - i + 2)):
        for k in range(row[i + p - 1], row[i + p]):
            for column in range(max(low[k], j - 1), min(high[k], j - 1 + around.shape[1])):
                around[p, column - j + 1] = first[k] + column - low[k]


@numba.njit(cache=True, inline="always")
def _neighbours(cosine, numbers, around, inner_rows, inner_columns, a, b):
    # mean cosine of each block to the sentences next to the other block
    total, count = 0.0, 0
    for place in range(4):
        value = np.float32(-2)
        if place == 0:
            value = _value(cosine, around[1, 0], numbers[a, 1])
        elif place == 1 and b < inner_columns:
            value = _value(cosine, around[1, 1 + b], numbers[a, 1])
        elif place == 2:
            value = _value(cosine, around[0, 1], numbers[1, b])
        elif place == 3 and a < inner_rows:
            value = _value(cosine, around[1 + a, 1], numbers[1, b])
        if value > -2:
            total += value
            count += 1
    return total / count if count else 0.0


@numba.njit(cache=True, inline="always")
def _without_edge(cosine, numbers, around, a, b, here):
    # how much the weakest edge sentence adds to the bead's similarity; below 0 where the bead swallows a sentence
    least = np.float32(1)
    for start in range(1, 3):
        if a > 1:
            value = _value(cosine, around[start, 1], numbers[a - 1, b])
            if value > -2 and here - value < least:
                least = here - value
        if b > 1:
            value = _value(cosine, around[1, start], numbers[a, b - 1])
            if value > -2 and here - value < least:
                least = here - value
    return least if least < 1 else np.float32(0)


@numba.njit(cache=True, inline="always")
def _with_neighbour(cosine, numbers, around, rows, columns, a, b, here):
    # how much the best neighbouring sentence would add, where the texts have so many rows and columns from the bead on
    most = np.float32(-0.3)
    for start in range(2):
        if start + a <= rows:
            most = max(most, _value(cosine, around[start, 1], numbers[a + 1, b]) - here)
        if start + b <= columns:
            most = max(most, _value(cosine, around[1, start], numbers[a, b + 1]) - here)
    return most


@numba.njit(cache=True, inline="always")
def competitor(best_source, best_target, i, j, a, b):
    """The best similarity that a sentence of the bead has outside it."""
    most = np.float32(-1)
    for p in range(i, i + a):
        inside = j <= best_source[p, 2] < j + b
        most = max(most, best_source[p, 1] if inside else best_source[p, 0])
    for q in range(j, j + b):
        inside = i <= best_target[q, 2] < i + a
        most = max(most, best_target[q, 1] if inside else best_target[q, 0])
    return most


@numba.njit(cache=True, inline="always")
def _has(tokens, first, last, token):
    found = False
    for q in range(first, last):
        found = found or tokens[q] == token
    return found


@numba.njit(cache=True, inline="always")
def _tokens(source_tokens, target_tokens, worth, first, last, other_first, other_last):
    # information in the rare tokens that both blocks have, and in those that one has alone
    shared, missing = 0.0, 0.0
    for p in range(first, last):
        token = source_tokens[p]
        if _has(source_tokens, first, p, token):
            continue
        if _has(target_tokens, other_first, other_last, token):
            shared += worth[token]
        else:
            missing += worth[token]
    for p in range(other_first, other_last):
        token = target_tokens[p]
        if not _has(target_tokens, other_first, p, token) and not _has(source_tokens, first, last, token):
            missing += worth[token]
    return min(shared, 8.0), min(missing, 8.0)


@numba.njit(cache=True)
def _log_sizes(sums):
    # log of the length of the 1 … LONGEST sentences from each on, where the text has so many
    n = sums.shape[0] - 1
    found = np.zeros((n, LONGEST + 1))
    for i in range(n):
        for a in range(1, min(LONGEST, n - i) + 1):
            found[i, a] = np.log(3 + sums[i + a] - sums[i])
    return found


@numba.njit(cache=True)
def _grown(rows):
    # room for twice as many rows
    found = np.empty((2 * rows.shape[0],) + rows.shape[1:], dtype=rows.dtype)  # noqa: RUF005 numba knows no other way
    found[: rows.shape[0]] = rows
    return found


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
    known,
    room,
    weights,
    least_cosine,
    least,
):
    """The beads worth looking at, by node: (node, i, j, shape, evidence, log-odds), those with log-odds of `least` or more.

    `sizes` are the summed lengths of the texts' sentences in characters; `ratio` is the log of the usual length ratio. Last come the
    judgements of the words, of beads with fewer log-odds, too; those of an earlier run over the same words are `known`.
    """
    row, low, high, first = lattice
    source_sizes, target_sizes = _log_sizes(sizes[0]), _log_sizes(sizes[1])
    best_source, best_target = best
    source_starts, source_tokens, target_starts, target_tokens, worth = tokens
    nodes = np.empty(_ROOM, dtype=np.int64)
    places = np.empty((_ROOM, 3), dtype=np.int64)
    values = np.empty((_ROOM, weights.shape[0]), dtype=np.float32)
    odds = np.empty(_ROOM, dtype=np.float64)
    beads = np.empty(_ROOM, dtype=np.int64)
    judgements = np.empty((_ROOM, weights.shape[0] - WORDS), dtype=np.float32)
    count, heard, at = 0, 0, 0
    known_beads, known_judgements = known
    _, done, _ = room
    line = np.zeros(weights.shape[0], dtype=np.float32)
    around = np.empty((LONGEST + 2, LONGEST + 2), dtype=np.int64)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                node = first[k] + j - low[k]
                looked = False
                for t in range(shapes.shape[0]):
                    s = cosine[node, t]
                    if s < least_cosine:
                        continue
                    if not looked:
                        _look_around(lattice, n, i, j, around)
                        done[:] = 0
                        looked = True
                    a, b = shapes[t, 0], shapes[t, 1]
                    for c in range(WORDS):
                        line[c] = 0
                    line[classes[t]] = 1
                    line[6] = s
                    line[7] = s * s
                    line[8] = _neighbours(cosine, numbers, around, n - i, m - j, a, b)
                    line[9] = max(np.float32(-0.3), _without_edge(cosine, numbers, around, a, b, s))
                    line[10] = _with_neighbour(cosine, numbers, around, n - i, m - j, a, b, s)
                    z = min(abs(source_sizes[i, a] - target_sizes[j, b] - ratio), 2.0)
                    line[11] = z
                    line[12] = z**2
                    line[13] = competitor(best_source, best_target, i, j, a, b)
                    line[14], line[15] = _tokens(
                        source_tokens,
                        target_tokens,
                        worth,
                        source_starts[i],
                        source_starts[i + a],
                        target_starts[j],
                        target_starts[j + b],
                    )
                    line[16] = level
                    total = 0.0
                    for c in range(WORDS):
                        total += weights[c] * line[c]
                    if total < least - _SLACK:
                        continue
                    bead = node * shapes.shape[0] + t
                    while at < known_beads.shape[0] and known_beads[at] < bead:
                        at += 1
                    if at < known_beads.shape[0] and known_beads[at] == bead:
                        for c in range(WORDS, line.shape[0]):
                            line[c] = known_judgements[at, c - WORDS]
                    else:
                        line[17], line[18], line[19], line[20], line[21], line[22] = judged(
                            words, n, m, i, j, a, b, around, room
                        )
                        line[23] = mutual(words, i, j, a, b, around)
                    if heard == beads.shape[0]:
                        beads, judgements = _grown(beads), _grown(judgements)
                    beads[heard] = bead
                    heard += 1
                    for c in range(WORDS, line.shape[0]):
                        judgements[heard - 1, c - WORDS] = line[c]
                        total += weights[c] * line[c]
                    if total < least:
                        continue
                    if count == odds.shape[0]:
                        nodes, places, values, odds = _grown(nodes), _grown(places), _grown(values), _grown(odds)
                    nodes[count] = node
                    places[count, 0], places[count, 1], places[count, 2] = i, j, t
                    for c in range(line.shape[0]):
                        values[count, c] = line[c]
                    odds[count] = total
                    count += 1
    return nodes[:count], places[:count], values[:count], odds[:count], (beads[:heard], judgements[:heard])
