"""Pairing: which report of one language tells the same event as which report of the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..data.core import Document, DocumentPair
from ..data.errors import SongnguError, choose
from ..data.languages import base
from ..models.caching import CachingEncoder
from .candidates import Side, candidates, days
from .pairing_assignment import assign, standing
from .pairing_events import Event, by_report
from .pairing_events import events as clusters
from .pairing_evidence import Evidence, evidence, words
from .pairing_facts import Weights
from .pairing_model import among_rivals, log_odds, odds_of, parameters, probability
from .pairing_vectors import Vectors

if TYPE_CHECKING:
    import numpy as np

    from ..models.encoders import Encoder
    from .pairing_evidence import Profile

MODES = ("one-to-one", "events")


@dataclass(frozen=True, slots=True)
class PairSettings:
    """How pairing works. `window` is in days, between publication dates; a report without a date is compared with all.

    `head` is the number of sentences (with the title) that are encoded first, to find `neighbours` candidates for every report;
    those whose heads are less alike than `lead` are not looked at. `mode` one-to-one gives every report one partner at most;
    events gives every pair of reports of one event.
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


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reports that were looked at: their ids, the evidence and its log-odds, and the evidence in words.

    `sure` are the log-odds when the other candidates of both reports are taken into account, `gap` is how far it stands above them.
    """

    source: str
    target: str
    evidence: Evidence
    odds: float
    why: tuple[str, ...]
    sure: float = 0.0
    gap: float = 0.0


def pair(
    documents: Iterable[Document],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    settings: PairSettings | None = None,
) -> list[DocumentPair]:
    """The pairs of reports that tell the same event, by source id; each with its confidence and the evidence in words.

    Documents need sentences; those of other languages are left out. The result does not depend on the documents' order. `score` is
    the log-odds of the evidence.

    Raises:
        SongnguError: two documents have the same id.
    """
    chosen = settings or PairSettings()
    compared = compare(
        documents, source_language=source_language, target_language=target_language, encoder=encoder, settings=chosen
    )
    if chosen.mode == "one-to-one":
        return [
            DocumentPair(c.source, c.target, c.odds, probability(c.sure), c.why) for c in _one_to_one(compared, chosen)
        ]
    return [DocumentPair(c.source, c.target, c.odds, probability(c.odds), c.why) for c in _events(compared, chosen)]


def events(
    documents: Iterable[Document],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    settings: PairSettings | None = None,
) -> list[Event]:
    """Clusters of the reports of both languages that tell one event, each with its confidence.

    Raises:
        SongnguError: two documents have the same id.
    """
    chosen = settings or PairSettings(mode="events")
    compared = compare(
        documents, source_language=source_language, target_language=target_language, encoder=encoder, settings=chosen
    )
    return _clusters(compared, chosen)


def compare(
    documents: Iterable[Document],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    settings: PairSettings | None = None,
) -> list[Comparison]:
    """Every candidate pair with its evidence, by source and target id.

    Raises:
        SongnguError: two documents have the same id.
    """
    chosen = settings or PairSettings()
    known = _unique(documents)
    source = [d for d in known if d.language and base(d.language) == base(source_language)]
    target = [d for d in known if d.language and base(d.language) == base(target_language)]
    if not source or not target:
        return []
    if encoder is None:
        from ..models.encoders import encoder as load

        encoder = load()
    coder = encoder if isinstance(encoder, CachingEncoder) else CachingEncoder(encoder)
    ours = Vectors(source, source_language, coder, head=chosen.head)
    theirs = Vectors(target, target_language, coder, head=chosen.head)
    i, j = _near(source, target, ours, theirs, chosen)
    one, two = ours.profiles(source, i.tolist()), theirs.profiles(target, j.tolist())
    weights = Weights(p.facts for p in (*one.values(), *two.values()))
    found = [_compared(one[a], two[b], weights) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
    return _ranked(found, i, j)


def _ranked(found: Sequence[Comparison], i: np.ndarray, j: np.ndarray) -> list[Comparison]:
    """The comparisons with their standing among rivals."""
    import numpy as np

    if not found:
        return []
    odds = np.array([c.odds for c in found], dtype=np.float64)
    gap = standing(i, j, odds, cap=parameters()["rivals"]["cap"])
    sure = among_rivals(odds, gap)
    return [
        replace(c, sure=float(s), gap=float(g), why=(*c.why, *_beside(float(g))))
        for c, s, g in zip(found, sure, gap, strict=True)
    ]


def _beside(gap: float) -> tuple[str, ...]:
    if abs(gap) < 1:
        return ()
    return ("clearly ahead of all other candidates",) if gap > 0 else ("another candidate fits better",)


def _compared(source: Profile, target: Profile, weights: Weights) -> Comparison:
    found = evidence(source, target, weights)
    return Comparison(source.id, target.id, found, log_odds(found), words(found, source, target, weights))


def _near(
    source: Sequence[Document], target: Sequence[Document], ours: Vectors, theirs: Vectors, chosen: PairSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Index pairs worth a closer look."""
    import numpy as np

    i, j = candidates(_side(source, ours), _side(target, theirs), window=chosen.window, neighbours=chosen.neighbours)
    near = np.einsum("ij,ij->i", ours.heads[i], theirs.heads[j]) >= chosen.lead
    return i[near], j[near]


def _side(documents: Sequence[Document], vectors: Vectors) -> Side:
    import numpy as np

    spans = np.array([days(d.date) for d in documents])
    return Side(heads=vectors.heads, first=spans[:, 0], last=spans[:, 1])


def _one_to_one(compared: Sequence[Comparison], chosen: PairSettings) -> list[Comparison]:
    """The assignment with the largest sum of log-odds above the floor."""
    import numpy as np

    sources = {name: n for n, name in enumerate(sorted({c.source for c in compared}))}
    targets = {name: n for n, name in enumerate(sorted({c.target for c in compared}))}
    i = np.array([sources[c.source] for c in compared], dtype=np.int64)
    j = np.array([targets[c.target] for c in compared], dtype=np.int64)
    gain = np.array([c.sure for c in compared]) - odds_of(chosen.min_confidence)
    return [compared[k] for k in assign(i, j, gain, sizes=(len(sources), len(targets)))]


def _events(compared: Sequence[Comparison], chosen: PairSettings) -> list[Comparison]:
    """The pairs of source and target reports that stand in one event."""
    partners = by_report(_clusters(compared, chosen))
    return [c for c in compared if c.target in partners.get(c.source, ())]


def _clusters(compared: Sequence[Comparison], chosen: PairSettings) -> list[Event]:
    return clusters({(c.source, c.target): c.odds for c in compared}, floor=odds_of(chosen.min_confidence))


def _unique(documents: Iterable[Document]) -> list[Document]:
    """The documents that have sentences, by id."""
    known: dict[str, Document] = {}
    for document in documents:
        if document.id in known:
            raise SongnguError(f"two documents have the id {document.id!r}; pairing needs ids that differ")
        known[document.id] = document
    return [document for _, document in sorted(known.items()) if document.sentences]
