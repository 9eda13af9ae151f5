"""A view of the built-in encoder that reads each text once for all that quality estimation and checks want: sentence vectors, word
vectors, and the states that the networks begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .adapters import START
from .fluency import Fluency
from .joint import LAYERS, Adapted, Apart, built_in, reduced
from .similarity import unit

if TYPE_CHECKING:
    import numpy as np
    import torch

    from .transformer import Read, TransformerEncoder


class ReadOnce:
    """A word encoder that knows the texts it holds, and asks the encoder itself for others. With `words` alone it reads texts up to the
    middle layers only: no sentence vectors, nothing for the network that reads a text by itself."""

    def __init__(self, inner: TransformerEncoder, *, words: bool = False) -> None:
        self._inner = inner
        self._layers = (START, *LAYERS) if words else (START, *LAYERS, inner.layers)
        self._adapted = Adapted(inner)
        self._fluency = None if words else Fluency(inner)
        self._held: dict[str, Read] = {}
        self.layers, self.dimension, self.signature = inner.layers, inner.dimension, inner.signature

    def hold(self, texts: Sequence[str]) -> None:
        """Read these texts, and forget those before."""
        unique = list(dict.fromkeys(texts))
        self._held = dict(zip(unique, self._inner.read(unique, self._layers), strict=True))

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        """Unit vectors, as the encoder's."""
        import numpy as np

        rows = {text: read.vector for text in sentences if (read := self._held.get(text)) and read.vector is not None}
        others = [text for text in dict.fromkeys(sentences) if text not in rows]
        if others:
            rows.update(zip(others, self._inner.encode(others, language), strict=True))
        return np.stack([rows[text] for text in sentences]) if sentences else self._inner.encode([], language)

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
        """Offsets of sub-words and their unit vectors, as the encoder's."""
        wanted = layer or self._inner.layers
        if wanted not in self._layers or any(text not in self._held for text in sentences):
            return self._inner.encode_words(sentences, layer)
        return [_words(self._held[text], self._layers.index(wanted)) for text in sentences]

    def apart(self, sentences: Sequence[str], language: str) -> list[Apart]:
        """The texts, which must be held, as the joint network of QUALITY takes them."""
        unique = list(dict.fromkeys(sentences))
        states = self._adapted.states(self._started(unique))
        ids = [self._held[text].ids for text in unique]
        rows = zip(unique, ids, states, strict=True)
        known = {text: reduced(own, found, language, built_in()) for text, own, found in rows}
        return [known[text] for text in sentences]

    def _started(self, texts: Sequence[str]) -> list[torch.Tensor]:
        """The texts' states after the encoder's layer START."""
        return [self._held[text].states[self._layers.index(START)] for text in texts]

    def offsets(self, sentence: str) -> np.ndarray:
        """Where the sub-words (length, 2) of a text stand, which must be held."""
        return self._held[sentence].offsets

    def alone(self, sentences: Sequence[str]) -> list[tuple[float, torch.Tensor]]:
        """What `Fluency` makes of the texts, which must be held."""
        assert self._fluency is not None
        unique = list(dict.fromkeys(sentences))
        known = dict(zip(unique, self._fluency.judged(self._started(unique)), strict=True))
        return [known[text] for text in sentences]


def _words(read: Read, which: int) -> tuple[np.ndarray, np.ndarray]:
    inside = (read.offsets[:, 1] > read.offsets[:, 0]) & (read.offsets[:, 0] >= 0)
    return read.offsets[inside], unit(read.states[which].float().numpy()[inside])
