"""Sentence vectors for pairing: the head of every report first, the rest only where a candidate asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..data.core import Document
from ..models.similarity import centred, reference_mean, unit
from .candidates import Side, days
from .pairing_evidence import Profile
from .pairing_facts import facts

if TYPE_CHECKING:
    import numpy as np

    from ..models.encoders import Encoder

# So many of the batch's own sentences weigh as much as the reference sentences in a language's mean vector: a folder about one
# subject must not lose the subject with the mean.
_PRIOR = 100.0
# Heads are encoded so many reports at a time, so that only their sums stay in memory.
_BLOCK = 4096


class Vectors:
    """The reports of one language as pairing needs them. `side` has their heads, as unit rows, and their dates."""

    def __init__(self, documents: Sequence[Document], language: str, encoder: Encoder, *, head: int) -> None:
        import numpy as np

        self._documents, self._encoder, self._language, self._head = documents, encoder, language, head
        sums, sizes = (
            np.zeros((len(documents), encoder.dimension), dtype=np.float32),
            np.zeros(len(documents), np.float32),
        )
        for start in range(0, len(documents), _BLOCK):
            self._add_heads(start, sums, sizes)
        # every head weighs as many sentences as it has
        reference = reference_mean(encoder, language)
        self._mean = (sums.sum(axis=0) + _PRIOR * reference) / (sizes.sum() + _PRIOR)
        spans = np.array([days(d.date) for d in documents])
        self.side = Side(heads=unit(sums - sizes[:, None] * self._mean), first=spans[:, 0], last=spans[:, 1])

    def _add_heads(self, start: int, sums: np.ndarray, sizes: np.ndarray) -> None:
        """Encode the heads of one block of reports and add up each one's vectors."""
        heads = [self._head_texts(d) for d in self._documents[start : start + _BLOCK]]
        at = self._encoded({text for texts in heads for text in texts})
        for number, texts in enumerate(heads, start):
            for text in texts:
                sums[number] += at[text]
            sizes[number] = len(texts)

    def _head_texts(self, document: Document) -> tuple[str, ...]:
        title = (document.title,) if document.title else ()
        return (*title, *document.sentence_texts[: self._head])

    def _encoded(self, texts: set[str]) -> dict[str, np.ndarray]:
        # in the order of the texts, so that batches and so the last bits do not depend on the order of the documents
        ordered = sorted(texts)
        return dict(zip(ordered, self._encoder.encode(ordered, self._language), strict=True)) if ordered else {}

    def profiles(self, numbers: Sequence[int]) -> dict[int, Profile]:
        """The profiles of the documents with these numbers; only their sentences are encoded."""
        at = self._encoded({text for n in numbers for text in self._documents[n].sentence_texts})
        return {n: self._profile(n, at) for n in numbers}

    def _profile(self, number: int, at: dict[str, np.ndarray]) -> Profile:
        import numpy as np

        document, side = self._documents[number], self.side
        rows = centred(np.stack([at[text] for text in document.sentence_texts]), self._mean)
        weights = np.array([s.end - s.start for s in document.sentences], dtype=np.float32)
        return Profile(
            document.id,
            rows.astype(np.float16),  # half the memory, and more exact than the encoder
            weights / weights.sum(),
            side.heads[number],
            int(side.first[number]),
            int(side.last[number]),
            facts(document),
        )
