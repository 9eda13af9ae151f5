"""From scored candidates to pairs: the best one-to-one assignment that may leave reports alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def assign(i: np.ndarray, j: np.ndarray, gain: np.ndarray, *, sizes: tuple[int, int]) -> list[int]:
    """Positions of the chosen candidates (i[k], j[k]): no report twice, the sum of `gain` as large as can be.

    Candidates without a positive gain are never chosen, so a report is left alone rather than paired badly. Solved exactly as
    a sparse assignment in which every source may also take a partner of its own that gains nothing.
    """
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    useful = np.flatnonzero(gain > 0)
    if not len(useful):
        return []
    n, m = sizes
    # The solver takes no zero weights and matches every row: shift so that "alone" costs 1 and any pair less.
    cost = 1.0 - 0.999 * gain[useful] / gain[useful].max()
    rows = np.concatenate([i[useful], np.arange(n)])
    columns = np.concatenate([j[useful], m + np.arange(n)])
    weights = np.concatenate([cost, np.ones(n)])
    order = np.lexsort((columns, rows))
    matrix = coo_matrix((weights[order], (rows[order], columns[order])), shape=(n, m + n)).tocsr()
    matched = dict(zip(*(side.tolist() for side in min_weight_full_bipartite_matching(matrix)), strict=True))
    return [int(k) for k in useful if matched[int(i[k])] == int(j[k])]


def standing(i: np.ndarray, j: np.ndarray, odds: np.ndarray, *, cap: float) -> np.ndarray:
    """How far every candidate stands above the best rival of its two reports: (k,) in log-odds, at most `cap` either way.

    Drawn towards 0 where there are few rivals, and 0 where one of the reports has none: being the only candidate in a small folder
    is no evidence.
    """
    import numpy as np

    best, count = np.full(len(odds), -np.inf), np.full(len(odds), np.inf)
    for reports in (i, j):
        others, rivals = _others(reports, odds)
        best, count = np.maximum(best, others), np.minimum(count, rivals)
    known = count > 0
    gap = np.zeros(len(odds))
    gap[known] = np.clip(odds[known] - best[known], -cap, cap) * count[known] / (count[known] + 1)
    return gap


def _others(reports: np.ndarray, odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every candidate the best odds among the others of the same report, and how many there are."""
    import numpy as np

    order = np.lexsort((-odds, reports))
    starts = np.flatnonzero(np.r_[True, np.diff(reports[order]) != 0])
    sizes = np.diff(np.r_[starts, len(order)])
    first = np.repeat(odds[order[starts]], sizes)
    second = np.full(len(starts), -np.inf)
    many = sizes > 1
    second[many] = odds[order[starts[many] + 1]]
    others = np.empty(len(odds))
    others[order] = first
    others[order[starts]] = second
    rivals = np.empty(len(odds))
    rivals[order] = np.repeat(sizes, sizes) - 1
    return others, rivals
