"""Duplicates: exact after normalisation or near, of the pair or of one side. The copy with the highest confidence stays.

Of copies with the same confidence the first stays, so that the result depends on the corpus alone. Near duplicates are found with
MinHash over both sides.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .errors import choose
from .selection import Again, Marked, Stream, key

Side = Literal["pair", "source", "target", "either"]
SIDES: tuple[Side, ...] = ("pair", "source", "target", "either")


@dataclass(frozen=True, slots=True)
class DeduplicationSettings:
    """What counts as a copy: equal pairs, or equal sources, targets or either; and from which similarity a pair is nearly one."""

    sides: Side = "pair"
    near: float | None = None

    def __post_init__(self) -> None:
        if self.sides not in SIDES:
            raise choose("side", self.sides, SIDES)


def deduplicated(marked: Stream, settings: DeduplicationSettings | None = None) -> Stream:
    """Leaves out all but one of equal segments; the reason names the number of the copy that stays (from 1).

    The stream is read once before the first segment comes out; memory holds 30 bytes a segment, and 600 for near duplicates.
    """
    options = settings or DeduplicationSettings()
    plan = cache(lambda: _plan(marked, options))

    def rows() -> Iterator[Marked]:
        copies = plan()
        for number, (segment, why) in enumerate(marked):
            yield segment, why or copies.get(number)

    return Again(rows)


def _plan(marked: Stream, options: DeduplicationSettings) -> dict[int, str]:
    """The reason for each segment that goes, by its place in the stream."""
    places, sources, targets, sure = array("q"), array("Q"), array("Q"), array("d")
    for place, (segment, why) in enumerate(marked):
        if why is None:
            places.append(place)
            sources.append(key(segment.source_text))
            targets.append(key(segment.target_text))
            sure.append(1.0 if segment.confidence is None else segment.confidence)
    order = sorted(range(len(places)), key=lambda i: (-sure[i], i))
    copies: dict[int, str] = {}
    seen: dict[object, int] = {}
    for i in order:
        keys = _keys(sources[i], targets[i], options.sides)
        first = next((seen[k] for k in keys if k in seen), None)
        if first is None:
            seen.update(dict.fromkeys(keys, i))
        else:
            copies[places[i]] = f"copy of segment {places[first] + 1}"
    if options.near is not None:
        copies |= _near(marked, copies, options.near)
    return copies


def _keys(source: int, target: int, sides: Side) -> list[object]:
    if sides == "pair":
        return [(source, target)]
    return [(side, k) for side, k in (("s", source), ("t", target)) if sides == "either" or sides[0] == side]


def _near(marked: Stream, gone: dict[int, str], threshold: float) -> dict[int, str]:
    from .minhash import groups, signatures

    places: list[int] = []
    sure: list[float] = []

    def texts() -> Iterator[str]:
        for place, (segment, why) in enumerate(marked):
            if why is None and place not in gone:
                places.append(place)
                sure.append(1.0 if segment.confidence is None else segment.confidence)
                yield f"{segment.source_text} {segment.target_text}"

    found: dict[int, str] = {}
    for group in groups(signatures(texts()), threshold):
        best = min(group, key=lambda i: (-sure[i], i))
        found |= {places[i]: f"nearly a copy of segment {places[best] + 1}" for i in group if i != best}
    return found
