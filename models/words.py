"""Word alignment from an encoder's sub-word vectors: similarities as simalign has them (Jalili Sabet et al. 2020), links where both
directions agree, as in awesome-align (Dou and Neubig 2021).

The settings were chosen on every other pair of our gold and on its sentences joined by three and by six.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

# The layer whose vectors align best: its neighbours know the context but not yet the whole sentence.
LAYER = 6
_SHARPNESS = 0.08  # similarities are divided by this before a word's partners compete,
_AGREED = 0.16  # words are linked where the geometric mean of both directions' shares exceeds this
_LEAST = 0.25  # and their similarity (cosine of centred vectors) this.
_ORDER = 0.3  # what similarity loses from one end of the sentence to the other
_WORD = re.compile(r"\w+(?:[.,]\d+)*['’]?|[^\w\s]")


class WordEncoder(Protocol):
    """An encoder that also gives vectors of sub-words."""

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each sentence character offsets (k, 2) of its sub-words and their unit vectors (k, d)."""
        ...


@dataclass(frozen=True, slots=True)
class WordLink:
    """Two words of one bead that translate each other, by number, and their cosine."""

    source: int
    target: int
    score: float


def words(text: str) -> list[tuple[int, int]]:
    """Character offsets of the words and punctuation marks of a text: `l'eau` is two words, `3,5` is one."""
    return [match.span() for match in _WORD.finditer(text)]


def token_spans(text: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """Character offsets of given tokens.

    Raises:
        ValueError: a token does not follow where the one before it ended.
    """
    spans, at = [], 0
    for token in tokens:
        start = text.find(token, at)
        if start < 0 or text[at:start].strip():
            raise ValueError(f"token {token!r} does not follow at character {at} of {text!r}")
        at = start + len(token)
        spans.append((start, at))
    return spans


def align_words(
    sources: Sequence[str],
    targets: Sequence[str],
    encoder: WordEncoder,
    *,
    source_words: Sequence[Sequence[tuple[int, int]]] | None = None,
    target_words: Sequence[Sequence[tuple[int, int]]] | None = None,
    layer: int | None = LAYER,
) -> list[list[WordLink]]:
    """The word links of each pair of texts, by source then target word; words are given as offsets, or found by `words`."""
    source_words = source_words if source_words is not None else [words(text) for text in sources]
    target_words = target_words if target_words is not None else [words(text) for text in targets]
    one, other = encoder.encode_words(sources, layer), encoder.encode_words(targets, layer)
    centres = [_mean(side) for side in (one, other)]
    return [
        _links(_word_similarity((a, centres[0], spans), (b, centres[1], other_spans)))
        for a, b, spans, other_spans in zip(one, other, source_words, target_words, strict=True)
    ]


def _mean(side: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray | float:
    import numpy as np

    # of few sentences the mean is their subject, and what is left would be noise
    rows = [vectors for _, vectors in side if len(vectors)]
    count = sum(map(len, rows))
    return np.concatenate(rows).sum(axis=0) / (count + 50) if rows else 0.0


def _word_similarity(
    *sides: tuple[tuple[np.ndarray, np.ndarray], np.ndarray | float, Sequence[tuple[int, int]]],
) -> np.ndarray:
    """Cosine of every source word to every target word: the best of their sub-words."""
    import numpy as np

    (one, own_words), (other, other_words) = (_by_word(*side) for side in sides)
    counts = [len(side[2]) for side in sides]
    found = np.full((counts[0], counts[1]), -1.0, dtype=np.float32)
    if len(one) and len(other):
        np.maximum.at(found, (own_words[:, None], other_words[None, :]), one @ other.T)
    return found


def _by_word(
    encoded: tuple[np.ndarray, np.ndarray], mean: np.ndarray | float, spans: Sequence[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Centred unit vectors of the sub-words that lie in a word, and the word of each."""
    import numpy as np

    from .similarity import unit

    offsets, vectors = encoded
    if not len(offsets) or not spans:
        return np.zeros((0, 1), np.float32), np.zeros(0, dtype=np.int64)
    ends = np.array([end for _, end in spans])
    starts = np.array([start for start, _ in spans])
    # a sub-word belongs to the word in which it ends: some begin at the space before
    word = np.searchsorted(ends, offsets[:, 1])
    starts = starts[np.minimum(word, len(spans) - 1)]
    inside = np.flatnonzero((word < len(spans)) & (offsets[:, 1] > starts) & (offsets[:, 1] > offsets[:, 0]))
    return unit(vectors[inside] - mean), word[inside]


def _links(similarity: np.ndarray) -> list[WordLink]:
    """Words that choose each other among all words of the other side, which need not be one to one."""
    import numpy as np

    if not similarity.size:
        return []
    rows, columns = (np.arange(count) / count for count in similarity.shape)
    near = (similarity - _ORDER * np.abs(rows[:, None] - columns)) / _SHARPNESS
    shares = np.exp(near - near.max())
    agreed = shares / np.sqrt(shares.sum(axis=1, keepdims=True) * shares.sum(axis=0, keepdims=True))
    linked = np.argwhere((agreed > _AGREED) & (similarity > _LEAST))
    return [WordLink(int(i), int(j), round(float(similarity[i, j]), 4)) for i, j in linked]
