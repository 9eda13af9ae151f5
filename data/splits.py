"""Train, validation and test by event: no document, and no copy or near-copy of a segment, stands in two splits.

Documents that are paired, or that share a sentence, tell one event, and an event goes into one split as a whole. Which one follows from
the seed. Test takes only events that are aligned with confidence, and of these only the segments that are; those without a confidence
count as sure.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from .core import Segment
from .errors import UsageError
from .formats import SPLITS
from .progress import track
from .selection import Again, Marked, Stream, name_key, words, words_key

if TYPE_CHECKING:
    import numpy as np

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
        if not 0 <= self.test_confidence <= 1:
            raise UsageError(f"the least confidence of test is a probability in [0, 1], not {self.test_confidence:g}")


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


class _Groups:
    """Things that belong together (union–find): `join(a, b)` makes one group of two; the smaller number stands for both."""

    def __init__(self) -> None:
        self._parent = array("q")
        self._number: dict[int, int] = {}

    def new(self) -> int:
        """The number of a new thing."""
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def number(self, name: str) -> int:
        """The number of the thing with that name. Memory holds a hash of the name."""
        known = name_key(name)
        if known not in self._number:
            self._number[known] = self.new()
        return self._number[known]

    def join(self, a: int, b: int) -> None:
        """Make one group of two things' groups."""
        low, high = sorted((self.find(a), self.find(b)))
        self._parent[high] = low

    def find(self, a: int) -> int:
        """The number that stands for the group."""
        while self._parent[a] != a:
            self._parent[a] = self._parent[self._parent[a]]
            a = self._parent[a]
        return a


class _Plan:
    """Where each segment goes. Texts are 64-bit numbers here; memory holds about 100 bytes a segment, and its documents' names as such."""

    def __init__(self, marked: Stream, options: SplitSettings) -> None:
        import numpy as np

        self._options = options
        groups = _Groups()
        self._events = array("q")  # by place in the stream; -1 for what was left out before
        keys, long, sure = (array("Q"), array("Q")), (array("b"), array("b")), array("d")
        for segment, why in track(marked, "find events"):
            self._events.append(-1 if why else _event(groups, segment))
            sure.append(1.0 if segment.confidence is None else segment.confidence)
            for (_, text), key_of, is_long in zip(_sides(segment), keys, long, strict=True):
                found = words(text)
                key_of.append(words_key(found, text))
                is_long.append(len(found) >= _LONG)
        events = np.frombuffer(self._events, np.int64)
        sides = [np.frombuffer(side, np.uint64) for side in keys]
        for side, is_long in zip(sides, long, strict=True):
            _join_equal(side, (np.frombuffer(is_long, np.int8) > 0) & (events >= 0), events, groups)
        if options.near is not None:
            _join_near(marked, groups, self._events, keys, options.near)
        self._events = array("q", (event if event < 0 else groups.find(event) for event in self._events))
        events = np.frombuffer(self._events, np.int64)
        self._split = _assign(events, np.frombuffer(sure), options)
        places = np.array([SPLITS.index(name) for name in self._split.values()], np.int8)
        known = np.fromiter(self._split, np.int64, len(self._split))
        order = np.argsort(known)
        of_row = np.full(len(events), len(SPLITS), np.int8)
        inside = events >= 0
        of_row[inside] = places[order][np.searchsorted(known[order], events[inside])]
        self._first = [_first_split(side, of_row) for side in sides]

    def place(self, number: int, segment: Segment) -> Marked:
        """The segment with its split, or with the reason for which no split takes it."""
        name = self._split[self._events[number]]
        for (side, _), firsts in zip(_sides(segment), self._first, strict=True):
            first = firsts[number]
            if SPLITS[first] != name:
                return segment, f"{side} is in {SPLITS[first]} too, and would leak into {name}"
        least = self._options.test_confidence
        if name == "test" and segment.confidence is not None and segment.confidence < least:
            return segment, f"confidence {segment.confidence:.3g} is below {least:g}, too low for test"
        return replace(segment, split=name), None


def _first_split(keys: np.ndarray, of_row: np.ndarray) -> array[int]:
    """For each row the first split, in the order train, validation, test, that has its text."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0)[: len(keys)])
    least = np.minimum.reduceat(of_row[order], starts) if len(keys) else of_row
    found = np.empty(len(keys), np.int8)
    found[order] = np.repeat(least, np.diff(np.append(starts, len(keys))))
    return array("b", found.tobytes())


def _join_equal(keys: np.ndarray, wanted: np.ndarray, events: np.ndarray, groups: _Groups) -> None:
    """Make one event of those that share a text, unless it stands in so many that it is a set phrase."""
    import numpy as np

    rows = np.flatnonzero(wanted)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    edges = np.flatnonzero(np.diff(keys[rows])) + 1
    starts, ends = np.append(0, edges), np.append(edges, len(rows))
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        found = events[rows[start:end]].tolist()
        if len(set(found)) <= _SET_PHRASE:
            for other in found[1:]:
                groups.join(found[0], other)


def _sides(segment: Segment) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("source", segment.source_text), ("target", segment.target_text)


def _event(groups: _Groups, segment: Segment) -> int:
    documents = [f"{side}{name}" for side, name in (("s", segment.source), ("t", segment.target)) if name]
    numbers = [groups.number(document) for document in documents] or [groups.new()]
    for other in numbers[1:]:
        groups.join(numbers[0], other)
    return numbers[0]


def _join_near(
    marked: Stream, groups: _Groups, events: Sequence[int], keys: Sequence[array[int]], threshold: float
) -> None:
    """Make one event of those that share a nearly equal text; varieties of a set phrase count as one text from here on."""
    from .minhash import groups as near_groups
    from .minhash import signatures_on_disk

    for side, key_of in enumerate(keys):
        places = array("q")

        def texts(side: int = side, places: array[int] = places) -> Iterator[str]:
            rows = zip(events, track(marked, "find near-copies"), strict=True)
            for place, (event, (segment, _)) in enumerate(rows):
                text = _sides(segment)[side][1]
                if event >= 0 and len(words(text)) >= _LONG:
                    places.append(place)
                    yield text

        with signatures_on_disk(texts(), permutations=64) as rows:
            for found in near_groups(rows, threshold):
                rows_of = [places[i] for i in found]
                if len({events[row] for row in rows_of}) <= _SET_PHRASE:
                    for row in rows_of[1:]:
                        groups.join(events[rows_of[0]], events[row])
                else:
                    for row in rows_of[1:]:
                        key_of[row] = key_of[rows_of[0]]


def _assign(events: np.ndarray, sure: np.ndarray, options: SplitSettings) -> dict[int, str]:
    """The split of each event: test and validation are filled in seeded order, train takes the rest."""
    import numpy as np

    inside = events >= 0
    known, counts = np.unique(events[inside], return_counts=True)
    certain = np.bincount(
        np.searchsorted(known, events[inside]), weights=sure[inside] >= options.test_confidence, minlength=len(known)
    )
    sizes = dict(zip(known.tolist(), counts.tolist(), strict=True))
    useful = dict(zip(known.tolist(), certain.astype(int).tolist(), strict=True))
    order = list(sizes)
    random.Random(options.seed).shuffle(order)  # noqa: S311 no secret: anyone may repeat the split
    found: dict[int, str] = {}
    for name, share in (("test", options.shares[2]), ("validation", options.shares[1])):
        weights = useful if name == "test" else sizes
        rest = [e for e in order if e not in found and weights[e] * 2 >= sizes[e]]
        found |= dict.fromkeys(_fill(rest, weights, share * int(inside.sum())), name)
    return {event: found.get(event, "train") for event in order}


def _fill(order: Sequence[int], sizes: Mapping[int, int], wanted: float) -> list[int]:
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
