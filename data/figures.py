"""Figures of a corpus in one pass: sizes, lengths, shapes, vocabulary growth, and confidence by origin and month."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .core import Corpus, Segment
from .selection import name_key

BINS = 10  # of the confidence histogram
LENGTHS = (1, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100)  # lower ends of the length classes, in tokens
UNKNOWN = "unknown"
# Runs of letters, marks and digits; good for every script that puts spaces between words or syllables.
_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Side:
    """Figures of one language. `growth` pairs a number of tokens with the types seen until there (Heaps' curve).

    A token is a run of letters and digits, for Vietnamese therefore a syllable; types are tokens in lower case.
    """

    language: str
    documents: int
    characters: int
    tokens: int
    types: int
    mean_tokens: float
    lengths: dict[str, int]
    growth: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Segments of one origin or month, and the mean of their confidences (None where none is known)."""

    segments: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a corpus. `confidence` counts segments in ten classes from 0 to 1; `correct` is its mean.

    The mean of calibrated confidences is an estimate of how many segments are right.
    """

    segments: int
    source: Side
    target: Side
    shapes: dict[str, int]
    confidence: tuple[int, ...]
    correct: float | None
    origins: dict[str, Group]
    months: dict[str, Group]
    splits: dict[str, int]

    def json(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return asdict(self)


def figures(corpus: Corpus) -> Figures:
    """The corpus's figures. Memory holds its vocabulary and document ids, not its segments."""
    count = Counting(corpus.source_language, corpus.target_language)
    for segment in corpus:
        count.add(segment)
    return count.result()


def origin(segment: Segment) -> str:
    """Where a segment comes from: the sites of both documents, or else the run or file."""
    sites = (urlsplit(url or "").hostname for url in (segment.source_url, segment.target_url))
    found = [site.removeprefix("www.") for site in sites if site]
    return " – ".join(dict.fromkeys(found)) or segment.provenance or UNKNOWN


def month(segment: Segment) -> str:
    """The month of the event as YYYY-MM, or the year, by the first date that is known."""
    for date in (segment.source_date, segment.target_date):
        if date and not date.startswith("X"):
            return date[:7]
    return UNKNOWN


def length_class(tokens: int) -> str:
    """The class of a length: 7 → "5–9"."""
    if tokens < LENGTHS[0]:
        return "0"
    place = max(i for i, low in enumerate(LENGTHS) if low <= tokens)
    return f"{LENGTHS[place]}–{LENGTHS[place + 1] - 1}" if place + 1 < len(LENGTHS) else f"{LENGTHS[place]}+"


@dataclass(slots=True)
class _SideCount:
    language: str
    documents: set[int] = field(default_factory=set)  # as 64-bit numbers: names of a million documents are large
    document: str = ""  # the last one; segments of a document stand together
    types: set[str] = field(default_factory=set)
    lengths: Counter[int] = field(default_factory=Counter)
    growth: list[tuple[int, int]] = field(default_factory=list)
    characters: int = 0
    tokens: int = 0
    mark: int = 100  # the next number of tokens at which the types are noted

    def add(self, text: str, document: str) -> None:
        tokens = _TOKEN.findall(text.lower())
        self.types.update(tokens)
        self.tokens += len(tokens)
        self.characters += len(text)
        self.lengths[len(tokens)] += 1
        if document and document != self.document:
            self.document = document
            self.documents.add(name_key(document))
        if self.tokens >= self.mark:
            self.growth.append((self.tokens, len(self.types)))
            self.mark = self.tokens * 5 // 4

    def result(self) -> Side:
        segments = self.lengths.total()
        classes: Counter[str] = Counter()
        for tokens in sorted(self.lengths):
            classes[length_class(tokens)] += self.lengths[tokens]
        end = (self.tokens, len(self.types))
        growth = self.growth if self.growth[-1:] == [end] else [*self.growth, end]
        mean = self.tokens / segments if segments else 0.0
        documents = len(self.documents)
        return Side(
            self.language, documents, self.characters, self.tokens, end[1], mean, dict(classes), tuple(growth)
        )  # fmt: skip


@dataclass(slots=True)
class _GroupCount:
    segments: int = 0
    known: int = 0
    total: float = 0.0

    def add(self, confidence: float | None) -> None:
        self.segments += 1
        if confidence is not None:
            self.known += 1
            self.total += confidence

    def result(self) -> Group:
        return Group(self.segments, self.total / self.known if self.known else None)


class Counting:
    """Counts segments as they pass: `add` each one, then `result`."""

    def __init__(self, source_language: str, target_language: str) -> None:
        self.source, self.target = _SideCount(source_language), _SideCount(target_language)
        self.shapes: Counter[str] = Counter()
        self.splits: Counter[str] = Counter()
        self.bins = [0] * BINS
        self.all = _GroupCount()
        self.origins: dict[str, _GroupCount] = {}
        self.months: dict[str, _GroupCount] = {}

    def add(self, segment: Segment) -> None:
        """Count one segment."""
        self.source.add(segment.source_text, segment.source)
        self.target.add(segment.target_text, segment.target)
        self.shapes[segment.shape] += 1
        if segment.split:
            self.splits[segment.split] += 1
        if segment.confidence is not None:
            self.bins[min(int(segment.confidence * BINS), BINS - 1)] += 1
        self.all.add(segment.confidence)
        self.origins.setdefault(origin(segment), _GroupCount()).add(segment.confidence)
        self.months.setdefault(month(segment), _GroupCount()).add(segment.confidence)

    def result(self) -> Figures:
        """The figures of all segments so far."""
        return Figures(
            segments=self.all.segments,
            source=self.source.result(),
            target=self.target.result(),
            shapes=dict(self.shapes.most_common()),
            confidence=tuple(self.bins),
            correct=self.all.result().confidence,
            origins=_sorted(self.origins.items(), by_size=True),
            months=_sorted(self.months.items(), by_size=False),
            splits=dict(self.splits),
        )


def _sorted(groups: Iterable[tuple[str, _GroupCount]], *, by_size: bool) -> dict[str, Group]:
    ordered = sorted(groups, key=lambda item: (-item[1].segments if by_size else 0, item[0]))
    return {name: group.result() for name, group in ordered}
