"""Merging: several runs and outside bitexts as one corpus, each segment with the run or file that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .core import Corpus, Segment
from .errors import UsageError
from .formats import Again
from .languages import base


def merge(corpora: Sequence[Corpus]) -> Corpus:
    """One corpus that streams the given ones in order, in the first one's languages; the others may have the opposite direction.

    A segment's `provenance` is its corpus's, unless it has one of its own.

    Raises:
        UsageError: nothing to merge, or another pair of languages; the message names both.
    """
    if not corpora:
        raise UsageError("there is no corpus to merge")
    first = corpora[0]
    if len(corpora) == 1:
        return first
    turns = [_is_turned(first, corpus) for corpus in corpora]

    def rows() -> Iterator[Segment]:
        for corpus, turn in zip(corpora, turns, strict=True):
            origin = ", ".join(corpus.provenance) or None
            for segment in corpus:
                here = turned(segment) if turn else segment
                yield here if here.provenance or not origin else replace(here, provenance=origin)

    origins = tuple(dict.fromkeys(name for corpus in corpora for name in corpus.provenance))
    signatures = dict.fromkeys(corpus.signature for corpus in corpora if corpus.signature)
    return Corpus(first.source_language, first.target_language, Again(rows), origins, " + ".join(signatures))


def _is_turned(first: Corpus, other: Corpus) -> bool:
    wanted = base(first.source_language), base(first.target_language)
    found = base(other.source_language), base(other.target_language)
    if found not in (wanted, wanted[::-1]):
        raise UsageError(
            f"{', '.join(other.provenance) or 'a corpus'} is {found[0]}–{found[1]}, "
            f"{', '.join(first.provenance) or 'the first one'} is {wanted[0]}–{wanted[1]}; they cannot be merged"
        )
    return found != wanted


def turned(segment: Segment) -> Segment:
    """The segment with source and target exchanged."""
    changes: dict[str, Any] = {}
    for name in ("text", "", "sentences", "date", "url"):
        one, two = (f"{side}_{name}" if name else side for side in ("source", "target"))
        changes |= {one: getattr(segment, two), two: getattr(segment, one)}
    return replace(segment, **changes)
