"""Where two long texts could belong together: windows of sentences that are alike, looked at closely.

Texts in order, with holes, or shuffled by passages show in the windows; single moved sentences are looked for among those that
nothing was found for. The work grows with the text and not with its square, but for one cheap product of windows.

This module imports numba (through the lattice) and is itself only imported inside functions.
"""

from __future__ import annotations

import numpy as np

from ..models.similarity import unit
from . import lattice as grid
from .lattice import Lattice

WINDOW = 8  # sentences of a window
_STEP = 4  # sentences between windows
_MARGIN = 6  # sentences looked at around a window
_LIKELY = 3  # target windows looked at for each source window
_LONGEST_LANE = 500  # further on a jump is as good
_TIE = 1e-3  # of places that are equally alike, as a refrain's are, those at like places in their texts
_ALIKE = 0.4  # sentences that are this much alike make a region worth keeping


def regions(source: np.ndarray, target: np.ndarray) -> Lattice:
    """The lattice of the places worth looking at; unit vectors (n, d) and (m, d), centred."""
    n, m = len(source), len(target)
    tiles = _tiles(source, target)
    rough = _lattice(tiles, n, m)
    i, j = rough.places
    dot = grid.dots(rough.arrays, source, target, rough.size) - np.float32(_TIE) * np.abs(i / n - j / m).astype(
        np.float32
    )
    best = grid.best_two(rough.arrays, n, m, dot, grid.unowned(n, m))
    hits = np.concatenate([_hits(best), _stray_hits(source, target, best)])
    return _lattice(np.concatenate([_around(hits), _lanes(hits, n, m)]), n, m)


def _windows(vectors: np.ndarray) -> np.ndarray:
    sums = np.zeros((len(vectors) + 1, vectors.shape[1]), np.float32)
    for before, row, after in zip(
        sums, vectors, sums[1:], strict=False
    ):  # np.cumsum takes the columns one by one: far slower
        np.add(before, row, out=after)
    starts = np.arange(0, max(1, len(vectors) - WINDOW + _STEP), _STEP)
    return unit(sums[np.minimum(starts + WINDOW, len(vectors))] - sums[starts])


def _tiles(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(row from, row to, column from, column to) around the windows that are most alike, seen from either side."""
    one, other = _windows(source), _windows(target)
    pairs = [np.zeros((0, 2), dtype=np.int64)]
    columns_best = np.full(len(other), -2.0, dtype=np.float32)
    columns_at = np.zeros(len(other), dtype=np.int64)
    at = np.arange(len(other), dtype=np.float32) / len(other)
    for start in range(0, len(one), 1024):  # bounded memory
        alike = one[start : start + 1024] @ other.T
        place = np.arange(start, start + len(alike), dtype=np.float32) / len(one)
        alike -= _TIE * np.abs(place[:, None] - at[None, :])
        likely = min(_LIKELY, alike.shape[1])
        near = np.argpartition(-alike, likely - 1, axis=1)[:, :likely]
        rows = np.repeat(np.arange(start, start + len(alike)), likely)
        pairs.append(np.stack([rows, near.ravel()], axis=1))
        top = alike.argmax(axis=0)
        value = alike[top, np.arange(alike.shape[1])]
        better = value > columns_best
        columns_best[better], columns_at[better] = value[better], top[better] + start
    pairs.append(np.stack([columns_at, np.arange(len(other))], axis=1))
    found = np.concatenate(pairs) * _STEP
    return np.stack([found[:, 0], found[:, 0] + WINDOW, found[:, 1] - _MARGIN, found[:, 1] + WINDOW + _MARGIN], axis=1)


def _hits(best: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(i, j) of the sentences that are each other's best and alike."""
    i = np.flatnonzero(best[0][:, 0] > _ALIKE)
    j = best[0][i, 2].astype(np.int64)
    mutual = best[1][j, 2].astype(np.int64) == i
    return np.stack([i[mutual], j[mutual]], axis=1)


def _stray_hits(source: np.ndarray, target: np.ndarray, best: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The same among the sentences that have nothing like them in the tiles: lines that moved alone."""
    i = np.flatnonzero(best[0][:, 0] <= _ALIKE)
    j = np.flatnonzero(best[1][:, 0] <= _ALIKE)
    found = [np.zeros((0, 2), dtype=np.int64)]
    for start in range(0, len(i) if len(j) else 0, 1024):
        alike = source[i[start : start + 1024]] @ target[j].T
        at = alike.argmax(axis=1)
        rows = np.flatnonzero(alike[np.arange(len(at)), at] > _ALIKE)
        found.append(np.stack([i[start + rows], j[at[rows]]], axis=1))
    return np.concatenate(found)


def _around(hits: np.ndarray) -> np.ndarray:
    return np.stack(
        [hits[:, 0] - _MARGIN, hits[:, 0] + _MARGIN + 1, hits[:, 1] - _MARGIN, hits[:, 1] + _MARGIN + 1], axis=1
    )


def _lanes(hits: np.ndarray, n: int, m: int) -> np.ndarray:
    """Ways from one region to the next: down beside the last hit, then right to the next one; and both corners of the grid."""
    order = np.lexsort((hits[:, 1], hits[:, 0]))
    stops = np.concatenate([[[0, 0]], hits[order], [[n, m]]])
    here, there = stops[:-1], stops[1:]
    far = (there[:, 0] - here[:, 0] > _MARGIN) | (there[:, 1] - here[:, 1] > _MARGIN)
    here, there = here[far], there[far]
    down = np.stack([here[:, 0], there[:, 0] + 1, here[:, 1], here[:, 1] + 1], axis=1)
    right = np.stack([there[:, 0], there[:, 0] + 1, here[:, 1], there[:, 1] + 1], axis=1)
    corners = np.array([[0, 1, 0, 1], [n, n + 1, m, m + 1]])
    width = right[:, 3] - right[:, 2]
    return np.concatenate([down, right[(width > 0) & (width <= _LONGEST_LANE)], corners])


def _lattice(tiles: np.ndarray, n: int, m: int) -> Lattice:
    """The union of rectangles (row from, row to, column from, column to), ends exclusive."""
    tiles = np.stack(
        [tiles[:, 0].clip(0, n), tiles[:, 1].clip(1, n + 1), tiles[:, 2].clip(0, m), tiles[:, 3].clip(1, m + 1)], axis=1
    )
    tiles = np.unique(tiles, axis=0)
    heights = tiles[:, 1] - tiles[:, 0]
    rows = np.repeat(tiles[:, 0] - np.cumsum(heights) + heights, heights) + np.arange(heights.sum())
    low, high = np.repeat(tiles[:, 2], heights), np.repeat(tiles[:, 3], heights)
    order = np.lexsort((low, rows))
    rows, low, high = rows[order], low[order], high[order]
    # merge what touches within a row: a new interval begins where it lies beyond all before it
    reach = np.maximum.accumulate(rows * (m + 2) + high)
    new = np.ones(len(rows), dtype=bool)
    new[1:] = rows[1:] * (m + 2) + low[1:] > reach[:-1]
    start = np.flatnonzero(new)
    last = np.append(start[1:], len(rows)) - 1
    low, high = low[start], reach[last] - rows[start] * (m + 2)
    first = np.concatenate([[0], np.cumsum(high - low)[:-1]])
    row = np.searchsorted(rows[start], np.arange(n + 2))
    return Lattice(n, m, *(x.astype(np.int64) for x in (row, low, high, first)))
