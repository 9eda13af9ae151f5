"""What models know of segments, as the filters want it: vectors and cosines of both sides, numbers of sub-words, an estimate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..data.core import Segment
from .similarity import centre, centred, reference_mean

if TYPE_CHECKING:
    import numpy as np

    from .encoders import Encoder

# The mean of so many sentences does not move any more.
_ENOUGH = 5000


class Cosines:
    """Cosines of both sides of segments, batch by batch; vectors are centred on what was seen so far of each language.

    The vectors of the batch that was asked for last are remembered, so that `vectors` and the cosines encode it once.
    """

    def __init__(self, encoder: Encoder, source_language: str, target_language: str) -> None:
        self._encoder = encoder
        self._languages = source_language, target_language
        self._seen: list[list[np.ndarray]] = [[], []]
        self._last: tuple[Sequence[Segment], tuple[np.ndarray, np.ndarray]] | None = None

    def __call__(self, segments: Sequence[Segment]) -> list[float]:
        """One cosine a segment."""
        source, target = self.vectors(segments)
        return (source * target).sum(axis=1).tolist()

    def vectors(self, segments: Sequence[Segment]) -> tuple[np.ndarray, np.ndarray]:
        """Centred unit vectors of the sources and of the targets, shapes (n, dimension)."""
        if self._last is None or self._last[0] is not segments:
            sides = [s.source_text for s in segments], [s.target_text for s in segments]
            rows = [self._encoder.encode(texts, tag) for texts, tag in zip(sides, self._languages, strict=True)]
            source, target = (centred(found, self._mean(side, found)) for side, found in enumerate(rows))
            self._last = segments, (source, target)
        return self._last[1]

    def _mean(self, side: int, rows: np.ndarray) -> np.ndarray:
        import numpy as np

        if sum(map(len, self._seen[side])) < _ENOUGH:
            self._seen[side].append(rows)
        reference = reference_mean(self._encoder, self._languages[side])
        return centre(np.concatenate(self._seen[side]), reference)


def estimator(encoder: Any, source_language: str, target_language: str) -> Callable[[Sequence[Segment]], list[float]]:
    """A function from segments to the chances that their targets are acceptable translations of their sources."""
    from .quality import estimate_quality

    def estimate(segments: Sequence[Segment]) -> list[float]:
        sides = [s.source_text for s in segments], [s.target_text for s in segments]
        return estimate_quality(
            *sides, source_language=source_language, target_language=target_language, encoder=encoder
        )

    return estimate


def counter(encoder: Any) -> Any:
    """A function from texts to their numbers of sub-words, or None if the encoder has no tokenizer."""
    return getattr(encoder, "count_subwords", None)
