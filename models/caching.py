"""An encoder that remembers: pairing and alignment ask for the same sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .encoders import Encoder

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")


class CachingEncoder:
    """Wraps an encoder and keeps the vectors of the sentences asked for last, at most `capacity` of them.

    With 384 dimensions 100,000 vectors take about 150 MB, and the words of as many sentences 350 MB. Results are those of the
    wrapped encoder. With `words` a sentence's words are kept from the start, so that alignment need not encode it again.
    """

    def __init__(self, inner: Encoder, capacity: int = 100_000, *, words: bool = False) -> None:
        self._inner, self._capacity, self._with_words = inner, capacity, words
        self._vectors: dict[str, np.ndarray] = {}
        self._words: dict[Any, tuple[np.ndarray, Any]] = {}

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._inner.dimension

    @property
    def signature(self) -> str:
        """The wrapped encoder's."""
        return self._inner.signature

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        """Float32 array (n, dimension) with unit rows; only sentences that are not remembered are encoded."""
        import numpy as np

        missing = [text for text in dict.fromkeys(sentences) if text not in self._vectors]
        fresh = dict(zip(missing, self._encoded(missing, language), strict=True)) if missing else {}
        rows = [fresh[text] if text in fresh else self._vectors[text] for text in sentences]
        self._remember(self._vectors, fresh)
        return np.stack(rows) if rows else np.zeros((0, self.dimension), np.float32)

    def _encoded(self, missing: list[str], language: str | None) -> np.ndarray:
        from .wordspace import encoded

        return (
            encoded(self, missing, language)[0]
            if self._with_words and language
            else self._inner.encode(missing, language)
        )

    def encode_with_words(
        self, sentences: Sequence[str], layer: int, reduce: Callable[[str, np.ndarray, np.ndarray], T]
    ) -> tuple[np.ndarray, list[T]]:
        """As the wrapped encoder's; `reduce` is part of what is remembered by, so equal ones must do the same."""
        import numpy as np

        keys = [(reduce, layer, text) for text in sentences]
        missing = [key for key in dict.fromkeys(keys) if key not in self._words]
        inner: Any = self._inner
        rows, words = inner.encode_with_words([text for *_, text in missing], layer, reduce) if missing else ([], [])
        fresh = dict(zip(missing, zip(rows, words, strict=True), strict=True))
        found = [fresh[key] if key in fresh else self._words[key] for key in keys]
        self._remember(self._words, fresh)
        self._remember(
            self._vectors, {text: row for (*_, text), (row, _) in fresh.items() if text not in self._vectors}
        )
        vectors = np.stack([row for row, _ in found]) if found else np.zeros((0, self.dimension), np.float32)
        return vectors, [reduced for _, reduced in found]

    def _remember(self, known: dict[Any, Any], fresh: dict[Any, Any]) -> None:
        # oldest first out; what is asked for twice within one shard fits many times over
        for key in list(known)[: max(0, len(known) + len(fresh) - self._capacity)]:
            del known[key]
        known.update(list(fresh.items())[: self._capacity])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)  # encode_words and whatever else the wrapped encoder offers
