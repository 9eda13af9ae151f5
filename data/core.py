"""The core types: frozen, slotted records that check themselves.

They follow one document from the page to the corpus row. Text is NFC and is never rebuilt from pieces: a sentence is a
pair of offsets into its document. A confidence is always a probability; raw scores stay beside it under their own name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import pairwise
from typing import Any

# ISO 8601 dates to the day, month or year; X marks unknown digits (EDTF, ISO 8601-2): XXXX-12-21 is a 21 December.
_DATE = re.compile(r"(\d{4}|XXXX)(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Offsets of one sentence in its document's text, and the number of its paragraph (from 0)."""

    start: int
    end: int
    paragraph: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"sentence offsets must satisfy 0 <= start < end, not {self.start}, {self.end}")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text that cleaning removed, and the reason in one or a few words (`caption`, `teasers`, …)."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input or record that was not used, and the reason; it has a path, a record id, or both."""

    why: str
    path: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One report: NFC text, its sentences as offsets, and what is known of its origin.

    `language` is a BCP-47 tag or "" while unknown; `date` is ISO 8601 with day, month or year precision, and may have an
    unknown year (`XXXX-12-21`); `dropped` keeps what cleaning removed and why.
    """

    id: str
    text: str
    language: str = ""
    sentences: tuple[Sentence, ...] = ()
    title: str | None = None
    date: str | None = None
    url: str | None = None
    site: str | None = None
    path: str | None = None
    dropped: tuple[Dropped, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a document needs an id")
        if self.date is not None and not _DATE.fullmatch(self.date):
            raise ValueError(f"document {self.id}: date {self.date!r} is not YYYY, YYYY-MM, YYYY-MM-DD or XXXX-MM-DD")
        end = 0
        for number, sentence in enumerate(self.sentences):
            if sentence.start < end or sentence.end > len(self.text):
                raise ValueError(
                    f"document {self.id}: sentence {number} ({sentence.start}:{sentence.end}) overlaps the one before it "
                    f"or ends after the text ({len(self.text)} characters)"
                )
            end = sentence.end

    @property
    def sentence_texts(self) -> tuple[str, ...]:
        """The sentences' texts, in order."""
        return tuple(self.text[s.start : s.end] for s in self.sentences)

    def with_(self, **changes: Any) -> Document:
        """A copy with some fields changed."""
        return replace(self, **changes)


def _check_confidence(confidence: float | None, what: str) -> None:
    if confidence is not None and not 0.0 <= confidence <= 1.0:
        raise ValueError(f"{what}: a confidence is a probability in [0, 1], not {confidence}")


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """The ids of two reports of one event. `why` names the evidence that spoke for (or against) the pair."""

    source: str
    target: str
    score: float
    confidence: float
    why: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_confidence(self.confidence, f"pair {self.source} – {self.target}")


@dataclass(frozen=True, slots=True)
class Bead:
    """Sentences of one side that translate sentences of the other; an empty side marks untranslated text.

    `source` and `target` are sentence numbers from 0, ascending; they need not be neighbours.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    score: float = 0.0
    confidence: float | None = None

    def __post_init__(self) -> None:
        for name, side in (("source", self.source), ("target", self.target)):
            if side and (side[0] < 0 or any(a >= b for a, b in pairwise(side))):
                raise ValueError(f"bead {self.source}:{self.target}: {name} indices must be ascending and not negative")
        if not self.source and not self.target:
            raise ValueError("a bead needs at least one sentence")
        if self.confidence is not None and not 0.0 <= self.confidence <= 1.0:
            # asked here, too, since making the message takes longer than all other checks
            _check_confidence(self.confidence, f"bead {self.source}:{self.target}")

    @property
    def shape(self) -> str:
        """How many sentences stand on each side, e.g. "2-1"."""
        return f"{len(self.source)}-{len(self.target)}"

    @property
    def is_null(self) -> bool:
        """Whether one side is empty."""
        return not (self.source and self.target)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The beads of one document pair. No sentence is in two beads; beads may cross."""

    pair: DocumentPair
    beads: tuple[Bead, ...]

    def __post_init__(self) -> None:
        for side in ("source", "target"):
            seen: set[int] = set()
            for bead in self.beads:
                for i in getattr(bead, side):
                    if i in seen:
                        raise ValueError(f"document {getattr(self.pair, side)}: sentence {i} is in two beads")
                    seen.add(i)


@dataclass(frozen=True, slots=True, init=False)
class Segment:
    """One corpus row: both texts, where they come from, and how sure the alignment is.

    `provenance` names the run or file that the row came from; `extra` holds what a
    foreign bitext carried beyond these fields.
    """

    source_text: str
    target_text: str
    source: str = ""
    target: str = ""
    source_sentences: tuple[int, ...] = ()
    target_sentences: tuple[int, ...] = ()
    score: float | None = None
    confidence: float | None = None
    source_date: str | None = None
    target_date: str | None = None
    source_url: str | None = None
    target_url: str | None = None
    provenance: str | None = None
    split: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)

    # Segments are made by the million, and setting slots takes half the time of a frozen class's generated __init__.
    def __init__(  # noqa: PLR0917 the fields in their order
        self,
        source_text: str,
        target_text: str,
        source: str = "",
        target: str = "",
        source_sentences: tuple[int, ...] = (),
        target_sentences: tuple[int, ...] = (),
        score: float | None = None,
        confidence: float | None = None,
        source_date: str | None = None,
        target_date: str | None = None,
        source_url: str | None = None,
        target_url: str | None = None,
        provenance: str | None = None,
        split: str | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        if confidence is not None and not 0.0 <= confidence <= 1.0:
            _check_confidence(confidence, f"segment {source} – {target}")
        _set_source_text(self, source_text)
        _set_target_text(self, target_text)
        _set_source(self, source)
        _set_target(self, target)
        _set_source_sentences(self, source_sentences)
        _set_target_sentences(self, target_sentences)
        _set_score(self, score)
        _set_confidence(self, confidence)
        _set_source_date(self, source_date)
        _set_target_date(self, target_date)
        _set_source_url(self, source_url)
        _set_target_url(self, target_url)
        _set_provenance(self, provenance)
        _set_split(self, split)
        _set_extra(self, {} if extra is None else extra)

    @property
    def shape(self) -> str:
        """How many sentences stand on each side, e.g. "2-1"."""
        return _shape(len(self.source_sentences), len(self.target_sentences))


(
    _set_source_text,
    _set_target_text,
    _set_source,
    _set_target,
    _set_source_sentences,
    _set_target_sentences,
    _set_score,
    _set_confidence,
    _set_source_date,
    _set_target_date,
    _set_source_url,
    _set_target_url,
    _set_provenance,
    _set_split,
    _set_extra,
) = (getattr(Segment, known.name).__set__ for known in fields(Segment))


@cache
def _shape(source: int, target: int) -> str:
    return f"{source or 1}-{target or 1}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A header and an iterable of segments, not a list: it may be larger than memory.

    `provenance` says where the segments come from (one entry a run or file); `signature` makes the numbers repeatable.
    """

    source_language: str
    target_language: str
    segments: Iterable[Segment]
    provenance: tuple[str, ...] = ()
    signature: str = ""

    def __iter__(self) -> Iterator[Segment]:
        return iter(self.segments)
