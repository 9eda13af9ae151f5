"""Which reports could tell the same event: the nearest neighbours within a date window, exact and in bounded memory."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# A block is so many reports against all that its dates allow; 2,048 rows keep the product in a few hundred megabytes.
_BLOCK = 2048
# Beyond so many comparisons (an undated archive of 45,000 and 45,000 reports: three CPU-minutes) an approximate index is used
# where it is installed.
_EXACT = 2_000_000_000
_UNKNOWN = (-(10**7), 10**7)


@dataclass(frozen=True, slots=True)
class Side:
    """The reports of one language: `heads` is float32 (n, d) with unit rows, `first` and `last` int64 (n,) day numbers.

    A report dated to the day has first = last; one dated to a month spans it; one without a date spans all time.
    """

    heads: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.first)


def days(edtf: str | None) -> tuple[int, int]:
    """First and last day number that a date may mean; a missing date or an unknown year may mean any day."""
    if edtf is None or edtf.startswith("XXXX"):
        return _UNKNOWN
    year, month, day = (*map(int, edtf.split("-")), 0, 0)[:3]
    if day:
        try:
            ordinal = date(year, month, day).toordinal()
        except ValueError:  # a 31 February: the month may still be right
            return days(edtf[:7])
        return ordinal, ordinal
    if month:
        return date(year, month, 1).toordinal(), date(year, month, calendar.monthrange(year, month)[1]).toordinal()
    return (date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()) if year else _UNKNOWN


def candidates(source: Side, target: Side, *, window: int, neighbours: int) -> tuple[np.ndarray, np.ndarray]:
    """Index arrays (i, j), sorted and without repetition, of the pairs worth a closer look.

    Every report brings its `neighbours` nearest ones of the other side among those whose dates may lie at most `window`
    days apart. Time is one matrix product over what the dates allow, so it grows with n for a steady number of reports a day. Only
    for huge archives without dates, and where FAISS is installed (`pip install songngu[faiss]`), the search is approximate.
    """
    import numpy as np

    huge = _comparisons(source, target, window) > _EXACT and find_spec("faiss") is not None
    search = _approximate if huge else _nearest
    forward = list(search(source, target, window=window, neighbours=neighbours))
    backward = [(j, i) for i, j in search(target, source, window=window, neighbours=neighbours)]
    if not forward and not backward:
        empty = np.empty(0, dtype=np.int64)
        return empty, empty
    both = np.concatenate([np.stack(pair, axis=1) for pair in (*forward, *backward)])
    found = np.unique(both, axis=0)
    return found[:, 0], found[:, 1]


def _comparisons(source: Side, target: Side, window: int) -> int:
    """How many pairs the dates allow."""
    import numpy as np

    begun = np.searchsorted(np.sort(target.first), source.last + window, side="right")
    over = np.searchsorted(np.sort(target.last), source.first - window, side="left")
    return int((begun - over).sum())


def _approximate(
    source: Side, target: Side, *, window: int, neighbours: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Index pairs (i, j) from an inverted file of the targets' heads (Johnson et al. 2021), then kept to the window."""
    import faiss  # pyright: ignore[reportMissingImports] an extra
    import numpy as np

    cells = max(1, int(4 * len(target) ** 0.5))
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(target.heads.shape[1]), target.heads.shape[1], cells, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.min_points_per_centroid = 1  # it would warn on standard error
    index.train(np.ascontiguousarray(target.heads[:: max(1, len(target) // (64 * cells))]))
    index.add(np.ascontiguousarray(target.heads))
    index.nprobe = max(16, cells // 32)
    for start in range(0, len(source), _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, len(source)))
        similarity, where = index.search(np.ascontiguousarray(source.heads[rows]), 4 * neighbours)
        gap = np.maximum(
            source.first[rows][:, None] - target.last[where], target.first[where] - source.last[rows][:, None]
        )
        similarity[(gap > window) | (where < 0)] = -np.inf
        best, columns = _keep(similarity, where, neighbours)
        found = np.isfinite(best)
        yield np.broadcast_to(rows[:, None], best.shape)[found], columns[found]


def _nearest(source: Side, target: Side, *, window: int, neighbours: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Index pairs (i, j), a block of sources at a time."""
    import numpy as np

    loose = np.flatnonzero(target.first != target.last)
    exact = np.flatnonzero(target.first == target.last)
    exact = exact[np.argsort(target.first[exact], kind="stable")]
    for rows in _blocks(source, window):
        earliest, latest = source.first[rows].min() - window, source.last[rows].max() + window
        low = np.searchsorted(target.first[exact], earliest, side="left")
        high = np.searchsorted(target.first[exact], latest, side="right")
        columns = np.concatenate([exact[low:high], loose])
        if len(columns):
            yield _top(source, target, rows, columns, window=window, neighbours=neighbours)


def _blocks(side: Side, window: int) -> Iterator[np.ndarray]:
    """Index arrays of reports that are near in time, so that a block meets few reports outside its window."""
    import numpy as np

    order = np.lexsort((side.last, side.first))
    start = 0
    while start < len(order):
        stop = min(start + _BLOCK, len(order))
        near = side.last[order[start:stop]] <= side.last[order[start]] + max(window, 1)
        stop = start + max(1, int(np.argmin(near)) if not near.all() else len(near))
        yield order[start:stop]
        start = stop


def _top(
    source: Side, target: Side, rows: np.ndarray, columns: np.ndarray, *, window: int, neighbours: int
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest columns of every row among those in its window, as pairs of indices."""
    import numpy as np

    best = np.full((len(rows), 0), -np.inf, dtype=np.float32)
    where = np.zeros((len(rows), 0), dtype=np.int64)
    # columns in slabs, too: undated reports may meet the whole archive
    for at in range(0, len(columns), 16 * _BLOCK):
        slab = columns[at : at + 16 * _BLOCK]
        similarity = source.heads[rows] @ target.heads[slab].T
        gap = np.maximum(
            source.first[rows][:, None] - target.last[slab][None, :],
            target.first[slab][None, :] - source.last[rows][:, None],
        )
        similarity[gap > window] = -np.inf
        best, where = _keep(
            np.concatenate([best, similarity], axis=1),
            np.concatenate([where, np.broadcast_to(slab, similarity.shape)], axis=1),
            neighbours,
        )
    keep = np.isfinite(best)
    return np.broadcast_to(rows[:, None], best.shape)[keep], where[keep]


def _keep(similarity: np.ndarray, where: np.ndarray, neighbours: int) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    if similarity.shape[1] <= neighbours:
        return similarity, where
    top = np.argpartition(-similarity, neighbours - 1, axis=1)[:, :neighbours]
    return np.take_along_axis(similarity, top, axis=1), np.take_along_axis(where, top, axis=1)
