"""The assignment is the best one there is, and rivals are weighed as they should."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from songngu.align.pairing_assignment import assign, standing

_CELLS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.floats(-5, 5).filter(lambda x: abs(x) > 1e-3), max_size=8
)


def arrays(cells: dict[tuple[int, int], float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = sorted(cells)
    return (
        np.array([k[0] for k in keys], dtype=np.int64),
        np.array([k[1] for k in keys], dtype=np.int64),
        np.array([cells[k] for k in keys], dtype=np.float64),
    )


def best_sum(cells: dict[tuple[int, int], float]) -> float:
    best = 0.0
    for size in range(1, 5):
        for chosen in combinations(cells, size):
            if len({i for i, _ in chosen}) == len({j for _, j in chosen}) == size:
                best = max(best, sum(cells[c] for c in chosen))
    return best


@settings(max_examples=80, deadline=None)
@given(_CELLS)
def test_the_assignment_is_the_best(cells):
    i, j, gain = arrays(cells)
    chosen = assign(i, j, gain, sizes=(4, 4))
    assert len({int(i[k]) for k in chosen}) == len({int(j[k]) for k in chosen}) == len(chosen)
    assert all(gain[k] > 0 for k in chosen)
    assert np.isclose(sum(gain[k] for k in chosen), best_sum(cells), atol=1e-6)


def test_an_only_candidate_has_no_standing():
    assert standing(np.array([0]), np.array([0]), np.array([3.0]), cap=5).tolist() == [0.0]


def test_standing_is_the_gap_to_the_best_rival_of_either_report():
    #      t0    t1
    # s0   4.0   1.0
    # s1   2.0   3.0
    i, j, odds = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([4.0, 1.0, 2.0, 3.0])
    gaps = standing(i, j, odds, cap=5)
    assert gaps.tolist() == [(4 - 2) / 2, (1 - 4) / 2, (2 - 4) / 2, (3 - 2) / 2]  # one rival counts half
    assert standing(i, j, odds * 100, cap=5).tolist() == [2.5, -2.5, -2.5, 2.5]
