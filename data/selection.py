"""Choosing segments: a stream of segments, each with the reason for which it is left out, or None.

Stages (`at_least`, `deduplicated`, `decontaminated`, `split`) take a stream and give one. Nothing disappears on the way: what an earlier
stage left out passes through with its reason, so that all of it can be written down at the end. A stream can be iterated again;
stages that need to see everything first do so once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .core import Corpus, Segment

Marked = tuple[Segment, str | None]
Stream = Iterable[Marked]
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Again:
    """A stream that calls a generator function anew for each iteration."""

    make: Callable[[], Iterator[Marked]]

    def __iter__(self) -> Iterator[Marked]:
        return self.make()


def stream(corpus: Corpus) -> Stream:
    """The corpus as a stream in which nothing is left out."""
    return Again(lambda: ((segment, None) for segment in corpus))


def kept(marked: Stream, removed: Callable[[Segment, str], object] | None = None) -> Iterator[Segment]:
    """The segments that are not left out; `removed` hears of the others, with their reasons."""
    for segment, why in marked:
        if why is None:
            yield segment
        elif removed:
            removed(segment, why)


def at_least(marked: Stream, confidence: float) -> Stream:
    """Leaves out segments with a lower confidence; those without one stay."""

    def why(segment: Segment) -> str | None:
        known = segment.confidence
        return None if known is None or known >= confidence else f"confidence {known:.3g} is below {confidence:g}"

    return Again(lambda: ((s, before or why(s)) for s, before in marked))


def words(text: str) -> list[str]:
    """The words that count in a comparison: letters and digits in lower case."""
    return _WORD.findall(text.casefold())


def key(text: str) -> int:
    """A 64-bit number that two texts share when they differ in case, punctuation and white space only."""
    return words_key(words(text), text)


def words_key(found: list[str], text: str) -> int:
    """The `key` of a text whose words are known."""
    return name_key(" ".join(found) or text)


def name_key(name: str) -> int:
    """A 64-bit number that only equal texts share."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
