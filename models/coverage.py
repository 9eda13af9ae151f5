"""Which words of a sentence have a counterpart in its translation, by the contextual vectors of a sentence encoder.

A word's coverage is its largest cosine with a word of the other side; a run of words with low coverage is text that was dropped (on the
source side) or added (on the target side). Middle layers tell this best: on FLORES dev (fr–vi) a dropped clause is ranked before
the true translation with AUC .95 at layer 9 of 12, .83 at the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .similarity import unit
from .wordspace import mean_word, pooled_words

if TYPE_CHECKING:
    import numpy as np

    from .encoders import WordEncoder

LAYER_SHARE = 0.75  # of the encoder's layers: 9 of 12


@dataclass(frozen=True, slots=True)
class Coverage:
    """The words of one side: `spans` int (k, 2), offsets in the text, and `values` float32 (k,), each word's best cosine."""

    spans: np.ndarray
    values: np.ndarray

    def gap(self, level: float) -> tuple[float, int, int]:
        """The run of words that lies furthest below `level`: its depth, and its offsets; depth 0 where there is none."""
        best, at, depth, start = 0.0, (0, 0), 0.0, 0
        for i, shortfall in enumerate(level - self.values):
            if depth <= 0.0:
                depth, start = 0.0, i
            depth += float(shortfall)
            if depth > best:
                best, at = depth, (start, i)
        if not best:
            return 0.0, 0, 0
        return best, int(self.spans[at[0], 0]), int(self.spans[at[1], 1])


def coverages(
    encoder: WordEncoder, sources: Sequence[str], targets: Sequence[str], *, source_language: str, target_language: str
) -> list[tuple[Coverage, Coverage]]:
    """The coverage of both sides of each pair; texts are taken as given, so that offsets are theirs (NFC is best)."""
    left = words(encoder, sources, source_language)
    right = words(encoder, targets, target_language)
    return [_covered(one, other) for one, other in zip(left, right, strict=True)]


def _covered(source: tuple[np.ndarray, np.ndarray], target: tuple[np.ndarray, np.ndarray]) -> tuple[Coverage, Coverage]:
    import numpy as np

    if not len(source[0]) or not len(target[0]):
        return Coverage(source[0], np.zeros(len(source[0]))), Coverage(target[0], np.zeros(len(target[0])))
    cosines = source[1] @ target[1].T
    return Coverage(source[0], cosines.max(1)), Coverage(target[0], cosines.max(0))


def words(encoder: WordEncoder, sentences: Sequence[str], language: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each sentence the offsets (k, 2) of its words and their centred unit vectors (k, dimension)."""
    layer = middle_layer(encoder)
    mean = mean_word(encoder, language, layer)
    found = []
    for text, (spans, vectors) in zip(sentences, encoder.encode_words(sentences, layer), strict=True):
        places, rows = pooled_words(text, spans, vectors)
        found.append((places, unit(rows - mean)))
    return found


def middle_layer(encoder: WordEncoder) -> int | None:
    """The layer to take words from; None (the last) where the encoder does not tell how many it has."""
    layers = getattr(encoder, "layers", None)
    return round(LAYER_SHARE * layers) if layers else None
