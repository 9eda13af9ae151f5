"""How words are matched in beads, beside the plain reading of its definition."""

import numpy as np
import pytest
from songngu.align import lattice as grid
from songngu.align.evidence import _look_around
from songngu.align.lattice import LONGEST
from songngu.align.wordmatch import FLOOR, matches, mutual, packed
from songngu.models.wordspace import Words


def unit_words(rng: np.random.Generator, count: int) -> Words:
    vectors = rng.normal(size=(count, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Words(vectors.astype(np.float16), np.ones(count, np.float32))


@pytest.fixture
def texts() -> tuple[list[Words], list[Words]]:
    rng = np.random.default_rng(5)
    return ([unit_words(rng, k) for k in (3, 5, 1, 7)], [unit_words(rng, k) for k in (4, 2, 6, 3, 5)])


def compared(source: list[Words], target: list[Words]) -> tuple:
    lattice = grid.whole(len(source), len(target)).arrays
    dot = np.zeros((len(source) + 1, len(target) + 1), np.float32)
    dot[:-1, :-1] = 1  # all sentences are alike enough for their words to be compared
    return lattice, matches(lattice, len(source), len(target), dot.ravel(), *packed(source), *packed(target))


def mutual_in(texts: tuple[list[Words], list[Words]], i: int, j: int, a: int, b: int) -> float:
    lattice, found = compared(*texts)
    around = np.empty((LONGEST + 2, LONGEST + 2), np.int64)
    _look_around(lattice, len(texts[0]), i, j, around)
    return mutual(found, i, j, a, b, around)


@pytest.mark.parametrize("bead", [(0, 0, 1, 1), (1, 2, 1, 1), (0, 1, 2, 1), (1, 0, 1, 3), (1, 1, 3, 2), (2, 4, 2, 1)])
def test_words_that_are_each_others_best_match(texts, bead) -> None:
    i, j, a, b = bead
    sides = texts[0][i : i + a], texts[1][j : j + b]
    one, other = (np.concatenate([words.vectors for words in side]).astype(np.float32) for side in sides)
    cosines = one @ other.T
    best, back = cosines.argmax(1), cosines.argmax(0)
    pairs = [cosines[u, v] - FLOOR for u, v in enumerate(best) if back[v] == u and cosines[u, v] > FLOOR]
    assert mutual_in(texts, i, j, a, b) == pytest.approx(sum(pairs) / np.sqrt(cosines.size), abs=1e-5)


def test_a_sentence_and_itself_are_as_mutual_as_can_be(texts) -> None:
    same = texts[0], texts[0]
    assert mutual_in(same, 1, 1, 1, 1) == pytest.approx(1 - FLOOR, abs=1e-3)
    assert mutual_in(same, 0, 0, 4, 4) == pytest.approx(1 - FLOOR, abs=1e-3)


def test_a_sentence_without_words_is_mutual_with_nothing(texts) -> None:
    none = Words(np.zeros((0, 8), np.float16), np.zeros(0, np.float32))
    assert mutual_in(([none, *texts[0]], texts[1]), 0, 0, 1, 1) == 0
