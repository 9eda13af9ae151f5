"""Candidates: the nearest neighbours within the window, whatever the blocks, against a plain reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from songngu.align import candidates as module
from songngu.align.candidates import Side, candidates, days


def side(rng: np.random.Generator, count: int, *, span: int, undated: float) -> Side:
    heads = rng.normal(size=(count, 8)).astype(np.float32)
    heads /= np.linalg.norm(heads, axis=1, keepdims=True)
    first = rng.integers(738_000, 738_000 + span, size=count)
    last = first + np.where(rng.random(count) < 0.2, 30, 0)
    unknown = rng.random(count) < undated
    return Side(heads, np.where(unknown, -(10**7), first), np.where(unknown, 10**7, last))


def plainly(source: Side, target: Side, window: int, neighbours: int) -> set[tuple[int, int]]:
    gap = np.maximum(source.first[:, None] - target.last[None, :], target.first[None, :] - source.last[:, None])
    similarity = np.where(gap <= window, source.heads @ target.heads.T, -np.inf)
    found = set()
    for i, row in enumerate(similarity):
        found |= {(i, int(j)) for j in np.argsort(-row)[:neighbours] if np.isfinite(row[j])}
    for j, column in enumerate(similarity.T):
        found |= {(int(i), j) for i in np.argsort(-column)[:neighbours] if np.isfinite(column[i])}
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([1, 5, 60]),
    st.sampled_from([0, 2, 400]),
)
def test_blocks_find_what_a_plain_search_finds(seed, n, m, span, window):
    rng = np.random.default_rng(seed)
    source, target = side(rng, n, span=span, undated=0.2), side(rng, m, span=span, undated=0.2)
    i, j = candidates(source, target, window=window, neighbours=3)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == plainly(source, target, window, 3)
    assert len(i) == len(set(zip(i.tolist(), j.tolist(), strict=True)))


def test_many_blocks_find_the_same(monkeypatch):
    rng = np.random.default_rng(3)
    source, target = side(rng, 300, span=40, undated=0.1), side(rng, 280, span=40, undated=0.1)
    expected = candidates(source, target, window=2, neighbours=4)
    monkeypatch.setattr(module, "_BLOCK", 7)
    found = candidates(source, target, window=2, neighbours=4)
    assert np.array_equal(found[0], expected[0])
    assert np.array_equal(found[1], expected[1])


def test_the_approximate_search_finds_nearly_the_same_within_the_window(monkeypatch):
    pytest.importorskip("faiss", reason="the extra songngu[faiss] is not installed")
    rng = np.random.default_rng(5)
    source, target = side(rng, 1200, span=4, undated=0.5), side(rng, 1500, span=4, undated=0.5)
    exact = set(zip(*(x.tolist() for x in candidates(source, target, window=3, neighbours=5)), strict=True))
    monkeypatch.setattr(module, "_EXACT", 0)
    found = set(zip(*(x.tolist() for x in candidates(source, target, window=3, neighbours=5)), strict=True))
    assert len(exact & found) > 0.85 * len(exact)
    for i, j in found:
        assert max(source.first[i] - target.last[j], target.first[j] - source.last[i]) <= 3


def test_nothing_within_the_window():
    rng = np.random.default_rng(1)
    source, target = side(rng, 3, span=1, undated=0), side(rng, 3, span=1, undated=0)
    far = Side(target.heads, target.first + 100, target.last + 100)
    i, j = candidates(source, far, window=3, neighbours=5)
    assert len(i) == len(j) == 0


@pytest.mark.parametrize(
    ("date", "length"),
    [("2024-05-01", 0), ("2024-02", 28), ("2024", 365), ("2024-02-31", 28)],
)
def test_days_of_a_date(date, length):
    first, last = days(date)
    assert last - first == length


@pytest.mark.parametrize("date", [None, "XXXX-12-21", "XXXX"])
def test_an_unknown_year_may_be_any_day(date):
    first, last = days(date)
    assert last - first > 10**6
