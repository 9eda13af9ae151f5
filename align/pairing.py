"""Pairing: which report of one language tells the same event as which report of the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..data.core import Document, DocumentPair
from ..data.errors import SongnguError, choose
from ..data.languages import base
from ..models.caching import CachingEncoder
from .candidates import Side, candidates, days
from .pairing_assignment import assign
from .pairing_evidence import evidence, words
from .pairing_vectors import Vectors

if TYPE_CHECKING:
    import numpy as np

    from ..models.encoders import Encoder
    from .pairing_evidence import Evidence

_WEIGHTS = {"told": 5.0, "body": 8.0, "lead": 1.0, "share_more": 3.0, "days_apart": -0.5}
_BIAS = -9.0
MODES = ("one-to-one", "events")


@dataclass(frozen=True, slots=True)
class PairSettings:
    """How pairing works. `window` is in days, between publication dates; a report without a date is compared with all.

    `head` is the number of sentences (with the title) that are encoded first, to find `neighbours` candidates for every report; those
    whose heads are less alike than `lead` are not looked at.
    """

    mode: str = "one-to-one"
    window: int = 3
    neighbours: int = 10
    head: int = 4
    lead: float = 0.0
    min_confidence: float = 0.5

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise choose("pairing mode", self.mode, MODES)


def pair(
    documents: Iterable[Document],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    settings: PairSettings | None = None,
) -> list[DocumentPair]:
    """The pairs of reports that tell the same event, by source id; each with its confidence and the evidence in words.

    Documents need sentences; those of other languages are left out. The result does not depend on the documents' order.

    Raises:
        SongnguError: two documents have the same id.
    """
    chosen = settings or PairSettings()
    known = _unique(documents)
    source = [d for d in known if d.language and base(d.language) == base(source_language)]
    target = [d for d in known if d.language and base(d.language) == base(target_language)]
    if not source or not target:
        return []
    import numpy as np

    if encoder is None:
        from ..models.encoders import encoder as load

        encoder = load()
    encoder = encoder if isinstance(encoder, CachingEncoder) else CachingEncoder(encoder)
    ours = Vectors(source, source_language, encoder, head=chosen.head)
    theirs = Vectors(target, target_language, encoder, head=chosen.head)
    i, j = candidates(_side(source, ours), _side(target, theirs), window=chosen.window, neighbours=chosen.neighbours)
    near = np.einsum("ij,ij->i", ours.heads[i], theirs.heads[j]) >= chosen.lead
    i, j = i[near], j[near]
    one, two = ours.profiles(source, i.tolist()), theirs.profiles(target, j.tolist())
    found = [evidence(one[a], two[b]) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    return _decide(source, target, i, j, found, chosen)


def _decide(  # noqa: PLR0917 private, one call
    source: Sequence[Document],
    target: Sequence[Document],
    i: np.ndarray,
    j: np.ndarray,
    found: Sequence[Evidence],
    chosen: PairSettings,
) -> list[DocumentPair]:
    import numpy as np

    logits = np.array([_logit(e) for e in found])
    floor = _log_odds(chosen.min_confidence)
    picked = (
        assign(i, j, logits - floor, sizes=(len(source), len(target)))
        if chosen.mode == "one-to-one"
        else np.flatnonzero(logits > floor).tolist()
    )
    return [
        DocumentPair(
            source[i[k]].id, target[j[k]].id, float(logits[k]), _probability(float(logits[k])), words(found[k])
        )
        for k in sorted(picked, key=lambda k: (source[i[k]].id, target[j[k]].id))
    ]


def _logit(e: Evidence) -> float:
    return sum(_WEIGHTS[name] * getattr(e, name) for name in _WEIGHTS) + _BIAS


def _unique(documents: Iterable[Document]) -> list[Document]:
    """The documents that have sentences, by id."""
    known: dict[str, Document] = {}
    for document in documents:
        if document.id in known:
            raise SongnguError(f"two documents have the id {document.id!r}; pairing needs ids that differ")
        known[document.id] = document
    return [document for _, document in sorted(known.items()) if document.sentences]


def _side(documents: Sequence[Document], vectors: Vectors) -> Side:
    import numpy as np

    spans = np.array([days(d.date) for d in documents])
    return Side(heads=vectors.heads, first=spans[:, 0], last=spans[:, 1])


def _log_odds(probability: float) -> float:
    clipped = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(clipped / (1 - clipped))


def _probability(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(max(logit, -30.0), 30.0)))
