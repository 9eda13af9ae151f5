"""Train, validation and test by event: no document, and no copy or near-copy of a segment, stands in two splits.

Documents that are paired, or that share a sentence, tell one event, and an event goes into one split as a whole. Which one follows from
the seed. Test takes only events that are aligned with confidence, and of these only the segments that are.
"""

from __future__ import annotations

import random
from array import array
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from .core import Segment
from .errors import UsageError
from .formats import SPLITS
from .selection import Again, Marked, Stream, key, words

# A sentence in more documents than this is a set phrase and does not make them one event; its copies are left out of test.
_SET_PHRASE = 20
_LONG = 6  # words; equal shorter sentences do not make one event


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """Shares of train, validation and test; the seed; the least confidence in test; the similarity of near-copies (None: exact only)."""

    shares: tuple[float, float, float] = (0.9, 0.05, 0.05)
    seed: int = 0
    test_confidence: float = 0.9
    near: float | None = 0.8

    def __post_init__(self) -> None:
        if len(self.shares) != 3 or min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6:
            raise UsageError(f"splits are three shares that sum to 1 (train, validation, test), not {self.shares}")


def parse_shares(text: str) -> tuple[float, float, float]:
    """Shares from a command line: "0.9,0.05,0.05"."""
    try:
        first, second, third = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--split wants three shares, e.g. 0.9,0.05,0.05, not {text!r}") from None
    return first, second, third


def split(marked: Stream, settings: SplitSettings | None = None) -> Stream:
    """Gives each segment its split; leaves out what would leak, and what is not sure enough for test.

    The stream is read once (twice with near-copies) before the first segment comes out.
    """
    options = settings or SplitSettings()
    plan = cache(lambda: _Plan(marked, options))

    def rows() -> Iterator[Marked]:
        found = plan()
        for number, (segment, why) in enumerate(marked):
            yield (segment, why) if why else found.place(number, segment)

    return Again(rows)


class Groups:
    """Things that belong together (union–find): `join(a, b)` makes one group of two."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._number: dict[Hashable, int] = {}

    def number(self, thing: Hashable) -> int:
        """The thing's own number."""
        if thing not in self._number:
            self._number[thing] = len(self._parent)
            self._parent.append(len(self._parent))
        return self._number[thing]

    def join(self, a: int, b: int) -> None:
        """Make one group of two things' groups; the smaller number stands for both."""
        low, high = sorted((self.find(a), self.find(b)))
        self._parent[high] = low

    def find(self, a: int) -> int:
        """The number that stands for the group."""
        while self._parent[a] != a:
            self._parent[a] = self._parent[self._parent[a]]
            a = self._parent[a]
        return a


class _Plan:
    def __init__(self, marked: Stream, options: SplitSettings) -> None:
        self._options = options
        groups = Groups()
        self._events = array("q")  # by place in the stream; -1 for what was left out before
        sides: dict[tuple[str, int], list[int]] = defaultdict(list)
        sure: list[float] = []
        for place, (segment, why) in enumerate(marked):
            self._events.append(-1 if why else _event(groups, place, segment))
            if why is None:
                sure.append(1.0 if segment.confidence is None else segment.confidence)
                for side, text in _sides(segment):
                    if len(words(text)) >= _LONG:
                        sides[side, key(text)].append(self._events[-1])
        for found in sides.values():
            if len(set(found)) <= _SET_PHRASE:
                for other in found[1:]:
                    groups.join(found[0], other)
        if options.near is not None:
            _join_near(marked, groups, self._events, options.near)
        self._events = array("q", (event if event < 0 else groups.find(event) for event in self._events))
        self._split = _assign([e for e in self._events if e >= 0], sure, options)
        self._taken = self._texts(marked)

    def _texts(self, marked: Stream) -> dict[tuple[str, int], int]:
        """For each side's text the first split, in the order train, validation, test, that has it."""
        taken: dict[tuple[str, int], int] = {}
        for event, (segment, _) in zip(self._events, marked, strict=True):
            if event >= 0:
                place = SPLITS.index(self._split[event])
                for side, text in _sides(segment):
                    found = side, key(text)
                    taken[found] = min(place, taken.get(found, place))
        return taken

    def place(self, number: int, segment: Segment) -> Marked:
        """The segment with its split, or with the reason for which no split takes it."""
        name = self._split[self._events[number]]
        for side, text in _sides(segment):
            first = self._taken[side, key(text)]
            if SPLITS[first] != name:
                return segment, f"{side} is in {SPLITS[first]} too, and would leak into {name}"
        least = self._options.test_confidence
        if name == "test" and segment.confidence is not None and segment.confidence < least:
            return segment, f"confidence {segment.confidence:.3g} is below {least:g}, too low for test"
        return replace(segment, split=name), None


def _sides(segment: Segment) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("source", segment.source_text), ("target", segment.target_text)


def _event(groups: Groups, place: int, segment: Segment) -> int:
    documents = [(side, name) for side, name in (("s", segment.source), ("t", segment.target)) if name]
    numbers = [groups.number(document) for document in documents] or [groups.number(place)]
    for other in numbers[1:]:
        groups.join(numbers[0], other)
    return numbers[0]


def _join_near(marked: Stream, groups: Groups, events: Sequence[int], threshold: float) -> None:
    from .minhash import groups as near_groups
    from .minhash import signatures

    for side in (0, 1):
        owners: list[int] = []

        def texts(side: int = side, owners: list[int] = owners) -> Iterator[str]:
            for event, (segment, _) in zip(events, marked, strict=True):
                text = _sides(segment)[side][1]
                if event >= 0 and len(words(text)) >= _LONG:
                    owners.append(event)
                    yield text

        for found in near_groups(signatures(texts(), permutations=64), threshold):
            if len({owners[i] for i in found}) <= _SET_PHRASE:
                for i in found[1:]:
                    groups.join(owners[found[0]], owners[i])


def _assign(events: Sequence[int], sure: Sequence[float], options: SplitSettings) -> dict[int, str]:
    """The split of each event: test and validation are filled in seeded order, train takes the rest."""
    sizes = Counter(events)
    certain = Counter(e for e, c in zip(events, sure, strict=True) if c >= options.test_confidence)
    order = sorted(sizes)
    random.Random(options.seed).shuffle(order)  # noqa: S311 no secret: anyone may repeat the split
    found: dict[int, str] = {}
    for name, share in (("test", options.shares[2]), ("validation", options.shares[1])):
        useful = certain if name == "test" else sizes
        rest = [e for e in order if e not in found and useful[e] * 2 >= sizes[e]]
        found |= dict.fromkeys(_fill(rest, useful, share * len(events)), name)
    return {event: found.get(event, "train") for event in order}


def _fill(order: Sequence[int], sizes: Counter[int], wanted: float) -> list[int]:
    """Events whose sizes sum to about `wanted`; at least one, unless nothing is wanted or only one event is left."""
    chosen: list[int] = []
    total = 0
    for event in order:
        if total < wanted and total + sizes[event] <= 1.2 * wanted:
            chosen.append(event)
            total += sizes[event]
    if not chosen and wanted > 0 and len(order) > 1:
        chosen = [min(order, key=lambda event: sizes[event])]
    return chosen
