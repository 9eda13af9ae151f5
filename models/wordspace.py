"""A space in which the words of a sentence and of its translation meet.

A sentence vector says what a sentence is about; whether each of its words has a counterpart in another sentence, it does not say.
Here every word keeps a small vector of its own: the encoder's middle layer, projected by a matrix that was trained so
that translations are told from other sentences of the same document by their words' best cosines (late interaction, Khattab and
Zaharia 2020), and a weight that says how much the word matters. `benchmarks/train_wordspace.py` makes `wordspace.safetensors`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..data.languages import base, tables
from ..data.text import normalise
from .similarity import unit

if TYPE_CHECKING:
    import numpy as np

    from .encoders import Encoder, WordEncoder

FILE = Path(__file__).with_name("wordspace.safetensors")
_WORD = re.compile(r"\S+")
_means: WeakKeyDictionary[WordEncoder, dict[tuple[str, int | None], np.ndarray]] = WeakKeyDictionary()
_ENCODER = "enc:builtin-e5-small-"  # the encoder that the space was trained on


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a sentence: float16 unit vectors (k, d), and how much each matters: float32 weights (k,), all above 0."""

    vectors: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True, slots=True)
class WordSpace:
    """Where a word's vector is taken from (the layer, counted from 1), the projection (hidden, d), and what a word's weight hangs on."""

    layer: int
    projection: np.ndarray
    importance: np.ndarray
    bias: float


@dataclass(frozen=True, slots=True)
class WordView:
    """The space seen from one language, whose mean word (hidden,) is taken out first; views of one language are equal."""

    language: str
    space: WordSpace = field(compare=False)
    mean: np.ndarray = field(compare=False)

    def __call__(self, text: str, offsets: np.ndarray, vectors: np.ndarray) -> Words:
        """The words of a text that have a letter or digit, from offsets (t, 2) and vectors (t, hidden) of its sub-words."""
        import numpy as np

        centred = unit(pooled_words(text, offsets, vectors)[1] - self.mean)
        weights = np.logaddexp(0.0, centred @ self.space.importance + self.space.bias)
        return Words(unit(centred @ self.space.projection).astype(np.float16), weights.astype(np.float32))


def word_space(encoder: Encoder) -> WordSpace | None:
    """The space of this encoder's words; None where none was trained for it."""
    known = encoder.signature.startswith(_ENCODER) and hasattr(encoder, "encode_with_words")
    return _stored() if known else None


@cache
def _stored() -> WordSpace:
    from safetensors import safe_open

    with safe_open(FILE, framework="numpy") as file:
        layer = int((file.metadata() or {})["layer"])
        projection, importance, bias = (file.get_tensor(name) for name in ("projection", "importance", "bias"))
    return WordSpace(layer, projection.astype("float32"), importance.astype("float32"), float(bias[0]))


def encoded(encoder: Any, sentences: Sequence[str], language: str) -> tuple[np.ndarray, list[Words] | None]:
    """Sentence vectors as `encoder.encode` gives them, and the words of each sentence, from one run; None where no space was trained."""
    space = word_space(encoder)
    if space is None:
        return encoder.encode(sentences, language), None
    view = WordView(base(language), space, mean_word(encoder, language, space.layer))
    return encoder.encode_with_words(sentences, space.layer, view)


def mean_word(encoder: WordEncoder, language: str, layer: int | None) -> np.ndarray:
    """The mean word vector (hidden,) of the language's reference sentences (of all languages' where it has none)."""
    import numpy as np

    known = _means.setdefault(encoder, {})
    code = base(language)
    if (code, layer) not in known:
        references = tables("reference")
        chosen = [references[code]] if code in references else list(references.values())
        sentences = [normalise(sentence) for table in chosen for sentence in table["sentences"]]
        pooled = [
            pooled_words(text, spans, vectors)[1]
            for text, (spans, vectors) in zip(sentences, encoder.encode_words(sentences, layer), strict=True)
        ]
        known[code, layer] = np.concatenate(pooled).mean(axis=0)
    return known[code, layer]


def pooled_words(text: str, offsets: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offsets (k, 2) of the words that have a letter or digit, and for each the mean (k, hidden) of its sub-words' vectors."""
    import numpy as np

    places, rows = [], []
    for match in _WORD.finditer(text):
        if any(c.isalnum() for c in match.group()):
            inside = (offsets[:, 0] < match.end()) & (offsets[:, 1] > match.start())
            if inside.any():
                places.append(match.span())
                rows.append(vectors[inside].mean(axis=0))
    if not rows:
        return np.zeros((0, 2), dtype=np.int64), np.zeros((0, vectors.shape[1]), dtype=np.float32)
    return np.array(places, dtype=np.int64), np.array(rows, dtype=np.float32)
