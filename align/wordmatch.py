"""How well the words of one text are matched in the sentences of the other, and what that says of a bead.

Every word has its best cosine in each sentence that could be a partner. A bead is right where its words find their best match inside
it; a word that is matched better elsewhere, or a sentence of the bead with nothing matched, speaks against it.

This module imports numba and is itself only imported inside functions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from ..models.wordspace import Words
from .lattice import LONGEST

_KEPT = LONGEST + 1  # best sentences remembered for each word: one of them lies outside any bead
LEAST = 0.0  # cosine of sentences below which their words are not compared
FLOOR = 0.3  # cosine that a word finds by chance
_NOWHERE = np.iinfo(np.int64).min
# (starts (n + 1,), weights (k,)) of both sides, where each node's matches begin (nodes,) or −1, the matches of the source and of the
# target words, for each word its best cosines (k, _KEPT) with the sentences that have them, and which word of the target sentence each
# match of a source word is
Matches = tuple


def packed(words: Sequence[Words]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each sentence's words start (n + 1,), their vectors (k, d) and weights (k,), float32."""
    starts = np.concatenate([[0], np.cumsum([len(w.weights) for w in words])]).astype(np.int64)
    vectors = np.concatenate([w.vectors for w in words]).astype(np.float32)
    weights = np.concatenate([w.weights for w in words]).astype(np.float32)
    return starts, vectors, weights


def nothing(nodes: int, n: int, m: int) -> Matches:
    """The matches of texts whose words are not known."""
    none, at, best = np.zeros(0, np.float32), np.full(nodes, -1, np.int64), np.zeros((0, _KEPT), np.float32)
    where = np.zeros((0, _KEPT), np.int32)
    starts, other_starts = np.zeros(n + 1, np.int64), np.zeros(m + 1, np.int64)
    return starts, none, other_starts, none, at, none, at, none, best, where, best, where, np.zeros(0, np.uint16)


@numba.njit(cache=True, fastmath=True)
def matches(lattice, n, m, dot, source_starts, source, source_weights, target_starts, target, target_weights):
    """See `Matches`: every word's best cosine in every sentence that its own is like."""
    row, low, high, first = lattice
    source_at = np.full(dot.shape[0], -1, dtype=np.int64)
    target_at = np.full(dot.shape[0], -1, dtype=np.int64)
    source_count, target_count = 0, 0
    for i in range(n):
        size = source_starts[i + 1] - source_starts[i]
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                node = first[k] + j - low[k]
                other = target_starts[j + 1] - target_starts[j]
                if dot[node] >= LEAST and size > 0 and other > 0:
                    source_at[node], target_at[node] = source_count, target_count
                    source_count += size
                    target_count += other
    in_target = np.empty(source_count, dtype=np.float32)
    in_source = np.empty(target_count, dtype=np.float32)
    partner = np.empty(source_count, dtype=np.uint16)
    best_source = np.full((source.shape[0], _KEPT), FLOOR, dtype=np.float32)
    best_target = np.full((target.shape[0], _KEPT), FLOOR, dtype=np.float32)
    where_source = np.full((source.shape[0], _KEPT), -1, dtype=np.int32)
    where_target = np.full((target.shape[0], _KEPT), -1, dtype=np.int32)
    for i in range(n):
        for k in range(row[i], row[i + 1]):
            for j in range(low[k], min(high[k], m)):
                node = first[k] + j - low[k]
                if source_at[node] < 0:
                    continue
                a, b = source_at[node], target_at[node]
                for v in range(target_starts[j], target_starts[j + 1]):
                    in_source[b + v - target_starts[j]] = FLOOR
                for u in range(source_starts[i], source_starts[i + 1]):
                    most, to = np.float32(FLOOR), 0
                    for v in range(target_starts[j], target_starts[j + 1]):
                        total = np.float32(0)
                        for c in range(source.shape[1]):
                            total += source[u, c] * target[v, c]
                        if total > most:
                            most, to = total, v - target_starts[j]
                        here = b + v - target_starts[j]
                        in_source[here] = max(in_source[here], total)
                    in_target[a + u - source_starts[i]] = most
                    partner[a + u - source_starts[i]] = to
                    _remember(best_source, where_source, u, most, j)
                for v in range(target_starts[j], target_starts[j + 1]):
                    _remember(best_target, where_target, v, in_source[b + v - target_starts[j]], i)
    return (
        source_starts, source_weights, target_starts, target_weights, source_at, in_target, target_at, in_source,
        best_source, where_source, best_target, where_target, partner,
    )  # fmt: skip


@numba.njit(cache=True, inline="always")
def _remember(best, where, word, value, sentence):
    if value <= best[word, _KEPT - 1]:
        return
    place = _KEPT - 1
    while place > 0 and best[word, place - 1] < value:
        best[word, place] = best[word, place - 1]
        where[word, place] = where[word, place - 1]
        place -= 1
    best[word, place] = value
    where[word, place] = sentence


def room() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where `judged` keeps what it has found of the beads at one node: the second array is to be set to 0 at each new node."""
    sums = np.zeros((2, LONGEST + 1, LONGEST + 1, 7))
    sums[..., 4] = 1
    return np.zeros(LONGEST + 2, np.int64), np.zeros((2, LONGEST + 1), np.int64), sums


@numba.njit(cache=True, inline="always")
def judged(matches, n, m, i, j, a, b, around, room):
    """What the words say of a bead: (ahead, lost, lost more, weakest, covered, near), weighted means of cosines.

    `around` (from row i − 1 and column j − 1 on) are the nodes that the bead and its neighbours meet at.

    *ahead*: how much better words are matched inside than elsewhere, on the worse side; *lost*, *lost more*: how much better they are
    matched elsewhere, on the better and the worse side; *weakest*: as ahead, for the worst sentence; *covered*: how well they are
    matched, on the worse side; *near*: what the best sentence next to the bead would add.
    """
    (
        source_starts, source_weights, target_starts, target_weights, source_at, in_target, target_at, in_source,
        best_source, where_source, best_target, where_target, _,
    ) = matches  # fmt: skip
    own = source_starts, source_weights, source_at, in_target, best_source, where_source
    one = _side(own, m, i, j, a, b, 0, around, room)
    own = target_starts, target_weights, target_at, in_source, best_target, where_target
    other = _side(own, n, j, i, b, a, 1, around, room)
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
        max(one[4], other[4]),
    )


@numba.njit(cache=True, inline="always")
def _side(own, others, i, j, a, b, side, around, room):
    # means over the words of sentences i … i + a in the sentences j … j + b of the other text; the sums over fewer of them are kept
    starts, weights, at, found, best, where = own
    begins, done, sums = room  # indexed in full: a part of an array taken as an array of its own costs time
    for p in range(i + done[side, b], i + a):
        size = p - i
        ahead, lost, covered = sums[side, b, size, 0], sums[side, b, size, 1], sums[side, b, size, 2]
        total, weakest = sums[side, b, size, 3], sums[side, b, size, 4]
        before, after = sums[side, b, size, 5], sums[side, b, size, 6]
        first = starts[p]
        left, right, count = _NOWHERE, _NOWHERE, 0
        for q in range(max(j - 1, 0), min(j + b + 1, others)):
            node = around[q - j + 1, p - i + 1] if side else around[p - i + 1, q - j + 1]
            if node < 0 or at[node] < 0:
                continue
            if q < j:
                left = at[node] - first
            elif q == j + b:
                right = at[node] - first
            else:
                begins[count] = at[node] - first
                count += 1
        mine, sentence = 0.0, 0.0
        for u in range(first, starts[p + 1]):
            inside = np.float32(FLOOR)
            for k in range(count):
                inside = max(inside, found[begins[k] + u])
            outside = np.float32(FLOOR)
            for k in range(_KEPT):
                if where[u, k] < j or where[u, k] >= j + b:
                    outside = best[u, k]
                    break
            w = weights[u]
            if left != _NOWHERE:
                before += w * max(found[left + u] - inside, 0.0)
            if right != _NOWHERE:
                after += w * max(found[right + u] - inside, 0.0)
            covered += w * inside
            lost += w * max(outside - inside, 0.0)
            mine += w * (inside - outside)
            sentence += w
        ahead += mine
        total += sentence
        if sentence > 0:
            weakest = min(weakest, mine / sentence)
        size += 1
        sums[side, b, size, 0], sums[side, b, size, 1], sums[side, b, size, 2] = ahead, lost, covered
        sums[side, b, size, 3], sums[side, b, size, 4] = total, weakest
        sums[side, b, size, 5], sums[side, b, size, 6] = before, after
    done[side, b] = max(done[side, b], a)
    total = sums[side, b, a, 3]
    if total == 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    near = max(sums[side, b, a, 5], sums[side, b, a, 6])
    return (
        sums[side, b, a, 0] / total,
        sums[side, b, a, 1] / total,
        sums[side, b, a, 4],
        sums[side, b, a, 2] / total,
        near / total,
    )


@numba.njit(cache=True)
def mutual(matches, i, j, a, b, around):
    """By how much words are above chance that are each other's best match in the bead: the sum, by the geometric mean of both sides'
    numbers of words. Words of a like topic have many matches, those of a translation one each."""
    source_starts, _, target_starts, _, source_at, in_target, target_at, in_source, _, _, _, _, partner = matches
    begins = np.empty((a, b, 2), dtype=np.int64)
    for p in range(a):
        for q in range(b):
            node = around[p + 1, q + 1]
            begins[p, q, 0] = source_at[node] if node >= 0 else -1
            begins[p, q, 1] = target_at[node] if node >= 0 else -1
    total = 0.0
    for p in range(a):
        for u in range(source_starts[i + p + 1] - source_starts[i + p]):
            most, sentence, word = np.float32(FLOOR), -1, 0
            for q in range(b):
                at = begins[p, q, 0]
                if at >= 0 and in_target[at + u] > most:
                    most, sentence, word = in_target[at + u], q, np.int64(partner[at + u])
            if sentence < 0:
                continue
            wanted = True
            for other in range(a):
                at = begins[other, sentence, 1]
                if at >= 0 and in_source[at + word] > most:
                    wanted = False
            if wanted:
                total += most - FLOOR
    sizes = source_starts[i + a] - source_starts[i], target_starts[j + b] - target_starts[j]
    return total / np.sqrt(sizes[0] * sizes[1]) if min(sizes) > 0 else 0.0
