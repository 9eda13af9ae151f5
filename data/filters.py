"""Filters: what makes a segment unfit for training, each as a score and, apart from it, what is accepted.

A filter gives one number a segment, or None where it has nothing to say, and has a bound for each preset. Scores can so be
looked at and bounds tuned without running anything again. Other packages add filters with entry points of the group
`songngu.filters` whose objects are `Filter`s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Literal

from . import scoring
from .core import Corpus, Segment
from .errors import UsageError, choose
from .formats import batches
from .scoring import Context

GROUP = "songngu.filters"
PRESETS = ("strict", "balanced", "recall")
OFF = None  # a bound that accepts everything


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter. `keeps` says whether scores must be at least or at most the bound; `removes` says what it takes out.

    The bounds belong to the presets strict, balanced and recall, in this order; None switches the filter off.
    """

    name: str
    removes: str
    keeps: Literal["at least", "at most"]
    bounds: tuple[float | None, float | None, float | None]
    score: Callable[[Sequence[Segment], Context], Sequence[float | None]]

    def accepts(self, score: float | None, bound: float | None) -> bool:
        """Whether a segment with this score stays."""
        if score is None or bound is None:
            return True
        return score >= bound if self.keeps == "at least" else score <= bound

    def bound(self, preset: str) -> float | None:
        """The preset's bound."""
        return self.bounds[PRESETS.index(preset)]


# In this order, so that the cheap and plain reasons come first in reports.
BUILT_IN: tuple[Filter, ...] = (
    Filter("too_short", "sides of very few words", "at least", (3, 2, 1), scoring.fewest_words),
    Filter("too_long", "sides of very many words", "at most", (100, 150, 300), scoring.most_words),
    Filter(
        "headline", "pairs of headlines, without a full stop on either side", "at most", (0, OFF, OFF), scoring.headline
    ),
    Filter("confidence", "alignments that are likely wrong", "at least", (0.9, 0.5, 0.2), scoring.confidence),
    Filter("copy", "untranslated copies", "at most", (0.6, 0.75, 0.9), scoring.copied),
    Filter("encoding", "text decoded wrongly", "at most", (0, 0, 0), scoring.wrongly_decoded),
    Filter("alphabet", "text in another script", "at least", (0.9, 0.7, 0.5), scoring.own_alphabet),
    Filter("punctuation", "text that is mostly digits and signs", "at most", (0.3, 0.4, 0.6), scoring.signs),
    Filter("markup", "tags, code and addresses of pages", "at most", (0, 0.2, 0.5), scoring.markup),
    Filter("boilerplate", "captions, share buttons, teasers", "at most", (0, 0, OFF), scoring.boilerplate),
    Filter("repetition", "phrases that go round in circles", "at most", (2, 4, 8), scoring.repeated),
    Filter("language", "sides in another language", "at least", (0.5, 0.1, 0.01), scoring.language),
    Filter("length_ratio", "sides that do not match in characters", "at most", (2.5, 3.5, 5), scoring.character_ratio),
    Filter("subword_ratio", "sides that do not match in sub-words", "at most", (2.5, 3.5, 5), scoring.subword_ratio),
    Filter("numbers", "numbers that contradict each other", "at most", (0, 0, 1), scoring.numbers),
    Filter("meaning", "sides that do not mean the same", "at least", (0.6, 0.4, 0.1), scoring.meaning),
    Filter(
        "neighbours",
        "sides that fit a neighbouring segment better",
        "at least",
        (-0.05, -0.1, -0.25),
        scoring.neighbours,
    ),
    Filter(
        "estimate",
        "poor translations by the reference-free estimate (slow)",
        "at least",
        (OFF, OFF, OFF),
        scoring.estimate,
    ),
)


@cache
def filters() -> Mapping[str, Filter]:
    """All filters by name: built-in ones first, then those of other packages."""
    others = (point.load() for point in metadata.entry_points(group=GROUP))
    return {found.name: found for found in (*BUILT_IN, *others)}


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """Which filters run, and with which bounds: a preset, other bounds by filter name, and filters to leave out."""

    preset: str = "balanced"
    bounds: Mapping[str, float] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise choose("preset", self.preset, PRESETS)
        if not isinstance(self.bounds, Mapping) or isinstance(self.without, str):
            raise UsageError("bounds are a table of numbers by filter ([filter.bounds]), without is a list of filters")
        for name in (*self.bounds, *self.without):
            if name not in filters():
                raise choose("filter", name, filters())
        for name, bound in self.bounds.items():
            if isinstance(bound, bool) or not isinstance(bound, (int, float)) or math.isnan(bound):
                raise UsageError(f"the bound of {name} must be a number, not {bound!r}")

    def chosen(self) -> list[tuple[Filter, float]]:
        """The filters that run, with their bounds."""
        found = ((f, self.bounds.get(f.name, f.bound(self.preset))) for f in filters().values())
        return [(f, bound) for f, bound in found if bound is not None and f.name not in self.without]


def signature(settings: FilterSettings) -> str:
    """What makes a filtering repeatable: preset and changes, `filter:balanced,length_ratio=3,-headline`."""
    changes = [f"{name}={bound:g}" for name, bound in sorted(settings.bounds.items())]
    return ",".join([f"filter:{settings.preset}", *changes, *(f"-{name}" for name in sorted(settings.without))])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a segment was not accepted: the filter, the score and the bound that it missed."""

    filter: str
    score: float
    bound: float

    def __str__(self) -> str:
        side = "below" if filters()[self.filter].keeps == "at least" else "above"
        return f"{self.filter} {self.score:.3g} is {side} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A segment with all its scores and the reasons against it; it is kept if there are none."""

    segment: Segment
    scores: Mapping[str, float | None]
    reasons: tuple[Reason, ...]

    @property
    def kept(self) -> bool:
        """Whether every filter accepts the segment."""
        return not self.reasons


def judge(
    corpus: Corpus,
    settings: FilterSettings | None = None,
    *,
    similarity: scoring.Similarity | None = None,
    subwords: scoring.Counter | None = None,
    vectors: scoring.Vectors | None = None,
    estimate: scoring.Similarity | None = None,
) -> Iterator[Verdict]:
    """A verdict for each segment, in order, in bounded memory.

    What a model gives is described at `Context`; without it the filters `meaning`, `subword_ratio`, `neighbours` and `estimate` have
    nothing to say.
    """
    chosen = (settings or FilterSettings()).chosen()
    for batch in batches(corpus):
        context = Context(corpus.source_language, corpus.target_language, similarity, subwords, vectors, estimate)
        for found, _ in chosen:
            context.known[found.name] = found.score(batch, context)
        columns = [context.known[found.name] for found, _ in chosen]
        yield from (_verdict(segment, chosen, row) for segment, *row in zip(batch, *columns, strict=True))


def _verdict(segment: Segment, chosen: Iterable[tuple[Filter, float]], row: Sequence[float | None]) -> Verdict:
    scores: dict[str, float | None] = {}
    reasons: list[Reason] = []
    for (found, bound), score in zip(chosen, row, strict=True):
        scores[found.name] = score
        if score is not None and not found.accepts(score, bound):
            reasons.append(Reason(found.name, score, bound))
    return Verdict(segment, scores, tuple(reasons))


def parse_bound(text: str) -> tuple[str, float]:
    """A filter's name and bound: `length_ratio=3` → ("length_ratio", 3.0).

    Raises:
        UsageError: no such filter, or no number.
    """
    name, _, value = text.partition("=")
    if name not in filters():
        raise choose("filter", name, filters())
    try:
        return name, float(value)
    except ValueError:
        raise UsageError(f"{text!r} is no bound; write it as {name}=NUMBER") from None
