"""Pairing: which report of one language tells the same event as which report of the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..data.core import Document, DocumentPair
from ..data.errors import SongnguError, choose
from ..data.languages import base
from ..models.caching import CachingEncoder
from .candidates import candidates
from .pairing_assignment import assign, standing
from .pairing_events import Event, by_report
from .pairing_events import events as clusters
from .pairing_evidence import Evidence, words
from .pairing_model import among_rivals, least_odds, odds_of, parameters, probability
from .pairing_scoring import Scored, fact_weights, score
from .pairing_vectors import Vectors
from .splitting import split_document

if TYPE_CHECKING:
    from ..models.encoders import Encoder

_SURE = 10.0  # log-odds; surer against a pair is no different
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
    neighbours: int = 20
    head: int = 4
    lead: float = 0.15
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

    Documents without sentences are split first; those of other languages are left out. The result does not depend on the
    documents' order. `score` is the log-odds of the evidence.

    Raises:
        SongnguError: two documents have the same id.
    """
    chosen = settings or PairSettings()
    floor = odds_of(chosen.min_confidence)
    compared = _compared(
        documents, (source_language, target_language), encoder, chosen, keep=min(floor, least_odds(floor))
    )
    if chosen.mode == "one-to-one":
        return [
            DocumentPair(c.source, c.target, c.odds, probability(c.sure), c.why) for c in _one_to_one(compared, floor)
        ]
    return [DocumentPair(c.source, c.target, c.odds, probability(c.odds), c.why) for c in _events(compared, floor)]


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
    floor = odds_of(chosen.min_confidence)
    compared = _compared(documents, (source_language, target_language), encoder, chosen, keep=min(floor, -_SURE))
    return _clusters(compared, floor)


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
    return _compared(
        documents, (source_language, target_language), encoder, settings or PairSettings(), keep=float("-inf")
    )


def _compared(
    documents: Iterable[Document],
    languages: tuple[str, str],
    encoder: Encoder | None,
    chosen: PairSettings,
    *,
    keep: float,
) -> list[Comparison]:
    """The candidates whose evidence reaches log-odds of `keep`, by source and target id."""
    known = _unique(documents)
    source, target = ([d for d in known if d.language and base(d.language) == base(language)] for language in languages)
    if not source or not target:
        return []
    coder = _remembering(encoder)
    ours = Vectors(source, languages[0], coder, head=chosen.head)
    theirs = Vectors(target, languages[1], coder, head=chosen.head)
    i, j = candidates(ours.side, theirs.side, window=chosen.window, neighbours=chosen.neighbours)
    weights = fact_weights(source, target)
    scored = score(ours, theirs, i, j, weights, lead=chosen.lead, keep=keep)
    return sorted(_ranked(source, target, scored), key=lambda c: (c.source, c.target))


def _remembering(encoder: Encoder | None) -> CachingEncoder:
    if encoder is None:
        from ..models.encoders import encoder as load

        encoder = load()
    return encoder if isinstance(encoder, CachingEncoder) else CachingEncoder(encoder)


def _ranked(source: Sequence[Document], target: Sequence[Document], scored: Scored) -> Iterator[Comparison]:
    """The comparisons that were kept, with their standing among all rivals."""
    if not scored.kept:
        return
    gap = standing(scored.i, scored.j, scored.odds, cap=parameters()["rivals"]["cap"])
    sure = among_rivals(scored.odds, gap)
    for k, (found, shared) in scored.kept.items():
        yield Comparison(
            source[scored.i[k]].id,
            target[scored.j[k]].id,
            found,
            float(scored.odds[k]),
            words(found, shared, float(gap[k])),
            float(sure[k]),
            float(gap[k]),
        )


def _one_to_one(compared: Sequence[Comparison], floor: float) -> list[Comparison]:
    """The assignment with the largest sum of log-odds above the floor."""
    import numpy as np

    sources = {name: n for n, name in enumerate(sorted({c.source for c in compared}))}
    targets = {name: n for n, name in enumerate(sorted({c.target for c in compared}))}
    i = np.array([sources[c.source] for c in compared], dtype=np.int64)
    j = np.array([targets[c.target] for c in compared], dtype=np.int64)
    gain = np.array([c.sure for c in compared]) - floor
    return [compared[k] for k in assign(i, j, gain, sizes=(len(sources), len(targets)))]


def _events(compared: Sequence[Comparison], floor: float) -> list[Comparison]:
    """The pairs of source and target reports that stand in one event."""
    partners = by_report(_clusters(compared, floor))
    return [c for c in compared if c.target in partners.get(c.source, ())]


def _clusters(compared: Sequence[Comparison], floor: float) -> list[Event]:
    return clusters({(c.source, c.target): c.odds for c in compared}, floor=floor)


def _unique(documents: Iterable[Document]) -> list[Document]:
    """The documents, by id, those without sentences split; empty ones are left out."""
    known: dict[str, Document] = {}
    for document in documents:
        if document.id in known:
            raise SongnguError(f"two documents have the id {document.id!r}; pairing needs ids that differ")
        known[document.id] = document
    split = (d if d.sentences else split_document(d) for _, d in sorted(known.items()))
    return [document for document in split if document.sentences]
