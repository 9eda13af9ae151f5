"""Duplicates: exact after normalisation or near, of the pair or of one side. The copy with the highest confidence stays.

Of copies with the same confidence the first stays, and one without a confidence (a translator's memory) counts as sure, so that the
result depends on the corpus alone. Near duplicates are found with
MinHash over both sides.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from .errors import UsageError, choose
from .progress import track
from .selection import Again, Marked, Stream, key

if TYPE_CHECKING:
    import numpy as np

_CHUNK = 100_000
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
        if self.near is not None and not 0 < self.near <= 1:
            raise UsageError(f"near-copies want a similarity over 0 and up to 1, not {self.near}")


def deduplicated(marked: Stream, settings: DeduplicationSettings | None = None) -> Stream:
    """Leaves out all but one of equal segments; the reason names the number of the copy that stays (from 1).

    The stream is read once before the first segment comes out. Memory holds about 100 bytes a segment, texts as 64-bit numbers; for
    near duplicates the stream is read twice, and their signatures lie in a temporary file of 512 bytes a segment.
    """
    options = settings or DeduplicationSettings()
    plan = cache(lambda: _plan(marked, options))

    def rows() -> Iterator[Marked]:
        exact, near = plan()
        for place, (segment, why) in enumerate(marked):
            yield segment, why or _reason(exact[place], near.get(place))

    return Again(rows)


def _reason(exact: int, near: int | None) -> str | None:
    if exact >= 0:
        return f"copy of segment {exact + 1}"
    return None if near is None else f"nearly a copy of segment {near + 1}"


def _plan(marked: Stream, options: DeduplicationSettings) -> tuple[array[int], dict[int, int]]:
    """For each place in the stream the place of the copy that stays (-1: none), and the same for near-copies."""
    import numpy as np

    places, sources, targets, sure = array("q"), array("Q"), array("Q"), array("d")
    count = 0
    for place, (segment, why) in enumerate(track(marked, "find copies")):
        count = place + 1
        if why is None:
            places.append(place)
            sources.append(key(segment.source_text))
            targets.append(key(segment.target_text))
            sure.append(1.0 if segment.confidence is None else segment.confidence)
    keys = [np.frombuffer(side, np.uint64) for side in (sources, targets)]
    stays = _first(_wanted(keys, options.sides), np.frombuffer(sure))
    found = np.full(count, -1, np.int64)
    rows = np.frombuffer(places, np.int64)
    gone = stays >= 0
    found[rows[gone]] = rows[stays[gone]]
    exact = array("q", found.tobytes())
    return exact, _near(marked, exact, options.near) if options.near is not None else {}


def _wanted(keys: list[np.ndarray], sides: Side) -> list[np.ndarray]:
    """The keys of which one must be equal: the pair's, one side's, or either side's."""
    import numpy as np

    if sides == "pair":
        return [keys[0] * np.uint64(0x9E3779B97F4A7C15) ^ keys[1]]
    return keys if sides == "either" else [keys[sides == "target"]]


def _first(keys: list[np.ndarray], sure: np.ndarray) -> np.ndarray:
    """For each row the surest row that stays and shares a key with it, the first of equally sure ones; -1 for rows that stay."""
    import numpy as np

    order = np.argsort(-sure, kind="stable")
    numbered = [np.unique(side, return_inverse=True)[1].astype(np.int32) for side in keys]
    holders = [
        array("q", bytes(8 * (int(side.max(initial=-1)) + 1))) for side in numbered
    ]  # 1 + the row that has the key
    stays = np.full(len(sure), -1, np.int64)
    for at in range(0, len(order), _CHUNK):  # as Python's numbers a part at a time: they are large
        rows = order[at : at + _CHUNK]
        for row, *own in zip(rows.tolist(), *(side[rows].tolist() for side in numbered), strict=True):
            first = next((held[k] for held, k in zip(holders, own, strict=True) if held[k]), 0)
            if first:
                stays[row] = first - 1
            else:
                for held, k in zip(holders, own, strict=True):
                    held[k] = row + 1
    return stays


def _near(marked: Stream, gone: array[int], threshold: float) -> dict[int, int]:
    from .minhash import groups, signatures_on_disk

    places, sure = array("q"), array("d")

    def texts() -> Iterator[str]:
        for place, (segment, why) in enumerate(track(marked, "find near-copies")):
            if why is None and gone[place] < 0:
                places.append(place)
                sure.append(1.0 if segment.confidence is None else segment.confidence)
                yield f"{segment.source_text} {segment.target_text}"

    found: dict[int, int] = {}
    with signatures_on_disk(texts()) as rows:
        for group in groups(rows, threshold):
            best = min(group, key=lambda i: (-sure[i], i))
            found |= {places[i]: places[best] for i in group if i != best}
    return found
