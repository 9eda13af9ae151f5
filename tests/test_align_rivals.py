"""Rivals that are taken: numbers by hand, and a headline that the first line repeats."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from songngu.align import lattice as grid
from songngu.align.evidence import EVIDENCE
from songngu.align.rivals import freed

RIVAL = EVIDENCE.index("competitor")


def texts(similar: np.ndarray) -> Any:
    n, m = similar.shape
    lattice = grid.whole(n, m)
    cosine = np.full((lattice.size, len(grid.SHAPES)), -1, dtype=np.float32)
    for i in range(n):
        for j in range(m):
            (node,) = grid.node_numbers(lattice.arrays, np.array([i]), np.array([j]))
            cosine[node, 0] = similar[i, j]
    return SimpleNamespace(n=n, m=m, lattice=lattice, cosine=cosine)


def seen(beads: list[tuple[tuple[int, int], float, float]]) -> Any:
    """1-1 beads: place, chance, and similarity of the best rival."""
    evidence = np.zeros((len(beads), len(EVIDENCE)), dtype=np.float32)
    evidence[:, RIVAL] = [rival for *_, rival in beads]
    spans = np.array([(i, i + 1, j, j + 1) for (i, j), *_ in beads])
    return SimpleNamespace(
        found=SimpleNamespace(spans=spans, evidence=evidence), chance=np.array([c for _, c, _ in beads])
    )


# a headline (0) and a first line (1) that say the same, and a last line
SIMILAR = np.array([[0.9, 0.8, 0.1], [0.75, 0.6, 0.35], [0.0, 0.3, 0.8]], dtype=np.float32)


def test_a_line_that_surely_belongs_elsewhere_is_no_rival():
    found = seen([((0, 0), 0.99, 0.8), ((1, 1), 0.2, 0.8)])
    # what is left: line 1 is like line 2 of the other side by .35
    assert freed(texts(SIMILAR), found, -7.0) == pytest.approx([0.0, 7 * 0.45], abs=1e-5)


def test_without_any_other_line_the_rest_counts_as_unlike():
    found = seen([((0, 0), 0.99, 0.8), ((1, 1), 0.2, 0.8)])
    assert freed(texts(SIMILAR[:2, :2]), found, -7.0) == pytest.approx([0.0, 7 * 0.6], abs=1e-5)


@pytest.mark.parametrize(
    ("beads", "why"),
    [
        ([((0, 0), 0.85, 0.8), ((1, 1), 0.1, 0.8)], "the rival's own bead is in doubt"),
        ([((0, 0), 0.99, 0.8), ((1, 1), 0.2, 0.8), ((1, 2), 0.5, 0.8)], "the line may belong elsewhere"),
        ([((1, 1), 0.2, 0.8)], "nothing is sure"),
    ],
)
def test_rivals_stay_where_there_is_doubt(beads, why):
    assert freed(texts(SIMILAR), seen(beads), -7.0).tolist() == [0.0] * len(beads), why
