"""Sentence vectors for pairing: the head of every report first, the rest only where a candidate asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..data.core import Document
from ..models.similarity import centre, centred, reference_mean, unit
from .candidates import days
from .pairing_evidence import Profile
from .pairing_facts import facts

if TYPE_CHECKING:
    import numpy as np

    from ..models.encoders import Encoder

# So many of the batch's own sentences weigh as much as the reference sentences in a language's mean vector: a folder about one
# subject must not lose the subject with the mean.
_PRIOR = 100.0


class Vectors:
    """The centred sentence vectors of the reports of one language."""

    def __init__(self, documents: Sequence[Document], language: str, encoder: Encoder, *, head: int) -> None:
        import numpy as np

        self._encoder, self._language, self._head = encoder, language, head
        heads = [self._head_texts(d) for d in documents]
        texts = sorted({t for texts in heads for t in texts})
        rows = encoder.encode(texts, language)
        self._mean = centre(rows, reference_mean(encoder, language), _PRIOR)
        at = dict(zip(texts, centred(rows, self._mean), strict=True))
        self.heads = unit(np.stack([np.sum([at[t] for t in texts], axis=0) for texts in heads]))

    def _head_texts(self, document: Document) -> tuple[str, ...]:
        title = (document.title,) if document.title else ()
        return (*title, *document.sentence_texts[: self._head])

    def profiles(self, documents: Sequence[Document], numbers: Iterable[int]) -> dict[int, Profile]:
        """The profiles of the documents with these numbers; only their sentences are encoded."""
        import numpy as np

        wanted = sorted(set(numbers))
        texts = sorted({t for n in wanted for t in documents[n].sentence_texts})
        rows = centred(self._encoder.encode(texts, self._language), self._mean) if texts else ()
        at = dict(zip(texts, rows, strict=True))
        return {
            n: _profile(documents[n], np.stack([at[t] for t in documents[n].sentence_texts]), self.heads[n])
            for n in wanted
        }


def _profile(document: Document, vectors: np.ndarray, head: np.ndarray) -> Profile:
    import numpy as np

    weights = np.array([s.end - s.start for s in document.sentences], dtype=np.float32)
    first, last = days(document.date)
    return Profile(document.id, vectors, weights / weights.sum(), head, first, last, facts(document))
