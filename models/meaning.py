"""What a sentence encoder knows of a segment: the cosine of its sides, and their numbers of sub-words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..data.core import Segment
from .similarity import centre, centred, reference_mean

if TYPE_CHECKING:
    import numpy as np

    from .encoders import Encoder

# The mean of so many sentences does not move any more.
_ENOUGH = 5000


class Cosines:
    """Cosines of both sides of segments, batch by batch; vectors are centred on what was seen so far of each language."""

    def __init__(self, encoder: Encoder, source_language: str, target_language: str) -> None:
        self._encoder = encoder
        self._languages = source_language, target_language
        self._seen: list[list[np.ndarray]] = [[], []]
        self._means: list[np.ndarray] = []

    def __call__(self, segments: Sequence[Segment]) -> list[float]:
        """One cosine a segment."""
        sides = [s.source_text for s in segments], [s.target_text for s in segments]
        rows = [self._encoder.encode(texts, tag) for texts, tag in zip(sides, self._languages, strict=True)]
        source, target = (centred(found, self._mean(side, found)) for side, found in enumerate(rows))
        return (source * target).sum(axis=1).tolist()

    def _mean(self, side: int, rows: np.ndarray) -> np.ndarray:
        import numpy as np

        if sum(map(len, self._seen[side])) < _ENOUGH:
            self._seen[side].append(rows)
        reference = reference_mean(self._encoder, self._languages[side])
        return centre(np.concatenate(self._seen[side]), reference)


def counter(encoder: Any) -> Any:
    """A function from texts to their numbers of sub-words, or None if the encoder has no tokenizer."""
    return getattr(encoder, "count_subwords", None)
