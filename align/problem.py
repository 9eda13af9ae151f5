"""Two texts as the aligner sees them: vectors, lengths, and the similarity of every block of one to to every block of the other.

This module imports numba (through the lattice) and is itself only imported inside functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..models.encoders import Encoder
from ..models.similarity import centre, centred, checked, reference_mean, unit
from ..models.wordspace import Words, encoded
from . import lattice as grid
from .lattice import Lattice
from .regions import regions
from .tokens import Tokens, shared_tokens
from .wordmatch import Matches, matches, nothing, packed

# Texts with so many places are looked at whole; longer ones where windows of sentences are alike.
WHOLE = 100_000
# (sentence from, number of sentences)
Block = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """One text: its sentences, centred unit vectors (n, d), what was subtracted, lengths in characters, and words if known."""

    sentences: Sequence[str]
    language: str
    vectors: np.ndarray
    mean: np.ndarray
    lengths: np.ndarray
    words: Sequence[Words] | None = None

    @property
    def sums(self) -> np.ndarray:
        """Length of the text before each sentence, and of all of it."""
        return np.concatenate([[0.0], np.cumsum(self.lengths, dtype=np.float64)])


@dataclass(frozen=True, slots=True)
class Problem:
    """Both texts, the lattice between them, the cosine of each shape's blocks at each node, and what follows from them."""

    source: Side
    target: Side
    lattice: Lattice
    cosine: np.ndarray  # (nodes, shapes)
    best: tuple[np.ndarray, np.ndarray]  # see lattice.best_two
    matches: Matches  # of the words
    tokens: Tokens  # dates, numbers and names that both texts have
    ratio: float  # log of the usual ratio of lengths
    level: float  # mean similarity of a sentence to the one most like it

    @property
    def n(self) -> int:
        """Source sentences."""
        return len(self.source.lengths)

    @property
    def m(self) -> int:
        """Target sentences."""
        return len(self.target.lengths)

    @property
    def has_words(self) -> bool:
        """Whether the encoder told the words of both texts."""
        return self.source.words is not None and self.target.words is not None


def side(sentences: Sequence[str], language: str, encoder: Encoder) -> Side:
    """The text with its vectors; a sentence without a word gets the zero vector and is like nothing.

    Raises:
        SongnguError: the encoder gave numbers that are not finite, or another number of rows.
    """
    rows, words = encoded(encoder, sentences, language)
    rows = checked(rows, len(sentences), encoder.dimension, encoder.signature)
    mean = centre(rows, reference_mean(encoder, language))
    vectors = centred(rows, mean)
    vectors[[not text.strip() for text in sentences]] = 0
    return Side(sentences, language, vectors, mean, np.array([len(t) for t in sentences], dtype=np.float32), words)


def problem(source: Side, target: Side) -> Problem:
    """The two texts compared, blocks being length-weighted sums of their sentences."""
    n, m = len(source.lengths), len(target.lengths)
    lattice = grid.whole(n, m) if (n + 1) * (m + 1) <= WHOLE else regions(source.vectors, target.vectors)
    dot = _dots(lattice, source.vectors, target.vectors)
    norms = (grid.block_norms(source.vectors, source.lengths), grid.block_norms(target.vectors, target.lengths))
    cosine = grid.cosines(lattice.arrays, n, m, dot, grid.SHAPES, source.lengths, target.lengths, *norms)
    best = grid.best_two(lattice.arrays, n, m, dot, grid.unowned(n, m))
    tokens = shared_tokens(source.sentences, target.sentences, (source.language, target.language))
    ratio, level = _length_ratio(source, target, best), _level(best)
    return Problem(source, target, lattice, cosine, best, _matches(source, target, lattice, dot), tokens, ratio, level)


def _matches(source: Side, target: Side, lattice: Lattice, dot: np.ndarray) -> Matches:
    if source.words is None or target.words is None:
        return nothing(lattice.size, lattice.n, lattice.m)
    one, other = packed(source.words), packed(target.words)
    return matches(lattice.arrays, lattice.n, lattice.m, dot, one[0], one[1], one[2], other[0], other[1], other[2])


def _dots(lattice: Lattice, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    if lattice.size < (lattice.n + 1) * (lattice.m + 1):
        return grid.dots(lattice.arrays, source, target, lattice.size)
    dot = np.zeros((lattice.n + 1, lattice.m + 1), dtype=np.float32)
    dot[:-1, :-1] = source @ target.T
    return dot.ravel()


def _level(best: tuple[np.ndarray, np.ndarray]) -> float:
    return float(np.maximum(np.concatenate([best[0][:, 0], best[1][:, 0]]), 0).mean())


def _length_ratio(source: Side, target: Side, best: tuple[np.ndarray, np.ndarray], weight: float = 5.0) -> float:
    # over mutual nearest neighbours that are alike; drawn to 0 where there are few
    at = best[0][:, 2].astype(np.int64)
    i = np.arange(len(at))
    mutual = (best[0][:, 0] > 0.4) & (best[1][at, 2] == i)
    ratios = np.log(3 + source.lengths[mutual]) - np.log(3 + target.lengths[at[mutual]])
    return float(ratios.sum() / (len(ratios) + weight))


def with_blocks(
    problem: Problem, source_blocks: Iterable[Block], target_blocks: Iterable[Block], encoder: Encoder
) -> Problem:
    """The problem with these blocks encoded as joined text instead of summed."""
    source = _block_rows(problem.source, source_blocks, encoder)
    target = _block_rows(problem.target, target_blocks, encoder)
    cosine = problem.cosine.copy()
    for shape, (a, b) in enumerate(grid.SHAPES):
        if (a > 1 or b > 1) and a in source and b in target:
            starts, rows = source[a]
            other_starts, other_rows = target[b]
            grid.override(
                problem.lattice.arrays,
                problem.m,
                cosine,
                shape,
                starts,
                rows,
                _by_start(other_starts, problem.m),
                other_rows,
            )
    return replace(problem, cosine=cosine)


def _checked(texts: Sequence[str], language: str, encoder: Encoder) -> np.ndarray:
    return checked(encoder.encode(texts, language), len(texts), encoder.dimension, encoder.signature)


def _by_start(starts: np.ndarray, count: int) -> np.ndarray:
    # row number of the block that starts at each sentence; −1 where none was encoded
    found = np.full(count + 1, -1, dtype=np.int64)
    found[starts] = np.arange(len(starts))
    return found


def _block_rows(side: Side, blocks: Iterable[Block], encoder: Encoder) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """By block length: where the blocks start, ascending, and their centred vectors. Sentences are blocks of one."""
    wanted = sorted(set(blocks))
    texts = [" ".join(side.sentences[start : start + length]) for start, length in wanted]
    rows = (
        unit(_checked(texts, side.language, encoder) - side.mean)
        if texts
        else np.zeros((0, len(side.mean)), np.float32)
    )
    found = {1: (np.arange(len(side.lengths)), side.vectors)}
    for length in sorted({length for _, length in wanted}):
        chosen = [k for k, block in enumerate(wanted) if block[1] == length]
        found[length] = (np.array([wanted[k][0] for k in chosen], dtype=np.int64), np.ascontiguousarray(rows[chosen]))
    return found
