"""The exact choice among overlapping beads, against trying everything."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from songngu.align import packing


def brute(spans, chance, n, m):
    alone = packing.lonely(spans, chance, n, m)
    numbers = np.flatnonzero(packing.believable(spans, chance, alone, n)).tolist()
    best = -1e9
    for size in range(len(numbers) + 1):
        for chosen in itertools.combinations(numbers, size):
            used = [x for c in chosen for x in [*range(*spans[c][:2]), *(n + j for j in range(*spans[c][2:]))]]
            if len(used) == len(set(used)):
                value = sum(packing._RIGHT * chance[c] - packing._LISTED for c in chosen)
                rest = set(range(n + m)) - set(used)
                value += sum(packing._RIGHT_ALONE * alone[x] - packing._LISTED for x in rest)
                best = max(best, value)
    return best


@st.composite
def problems(draw):
    n, m = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    spans, chance = [], []
    for _ in range(draw(st.integers(1, 7))):
        i, j = draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1))
        spans.append((i, draw(st.integers(i + 1, n)), j, draw(st.integers(j + 1, m))))
        chance.append(draw(st.integers(5, 95)) / 100)
    return np.array(spans), np.array(chance), n, m


@settings(max_examples=60, deadline=None)
@given(problems())
def test_choice_is_the_best_one(case):
    spans, chance, n, m = case
    chosen, alone = packing.pack(spans, chance, n, m)
    used = [x for c in chosen for x in [*range(*spans[c][:2]), *(n + j for j in range(*spans[c][2:]))]]
    assert len(used) == len(set(used))
    value = sum(packing._RIGHT * chance[c] - packing._LISTED for c in chosen)
    value += sum(packing._RIGHT_ALONE * alone[x] - packing._LISTED for x in set(range(n + m)) - set(used))
    assert value >= brute(spans, chance, n, m) - 1e-6


def test_a_doubtful_bead_gives_way_to_lone_sentences_but_not_to_equal_beads():
    spans = np.array([(0, 3, 0, 1), (3, 4, 1, 2), (3, 4, 2, 3), (3, 4, 3, 4)])
    chance = np.array([0.15, 0.19, 0.2, 0.2])
    alone = np.array([0.8, 0.8, 0.8, 0.1, 0.8, 0.1, 0.1, 0.1])
    assert packing.believable(spans, chance, alone, 4).tolist() == [False, True, True, True]


def test_nothing_to_choose():
    chosen, alone = packing.pack([], np.zeros(0), 2, 1)
    assert list(chosen) == []
    assert list(alone) == [1, 1, 1]


def test_of_two_beads_that_cross_the_likelier_one_stays():
    spans = np.array([[0, 1, 0, 1], [1, 2, 3, 4], [2, 3, 2, 3], [3, 4, 4, 6], [4, 5, 5, 6]])
    chance = np.array([0.9, 0.4, 0.45, 0.8, 0.3])
    assert packing.in_order(spans, chance, np.array([4, 3, 2, 1, 0])).tolist() == [0, 2, 3]
    assert packing.in_order(spans, chance, np.array([0, 1, 3])).tolist() == [0, 1, 3]
    assert packing.in_order(spans, chance, np.array([], dtype=np.int64)).tolist() == []
