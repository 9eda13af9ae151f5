"""Sentence splitting: offsets into the text as given, which is never rebuilt.

Rules over abbreviation tables say where a sentence ends; a small trained classifier weighs the doubtful places. Lines are
evidence: paragraphs are found first, whether the text has one a line, is hard-wrapped, or has lost its lines.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ..data.core import Document, Sentence
from .splitfeatures import open_ends
from .splitlines import paragraphs
from .splitpoints import Point, holds, points
from .splitpunkt import learned
from .splittables import Rules, neutral, rules

# A text of fewer paragraphs, or of longer ones on average, has lost its lines.
_FEWEST_LINES, _LONGEST_LINE = 3, 2000
# What a reader does not see or that has a composed form: looked at in NFC, with a map back to the text as given.
_UNUSUAL = re.compile("[^\u00ad\u200b\u2060\u0300-\u036f\n\r][\u00ad\u200b\u2060\u0300-\u036f]+|[\u00ad\u200b\u2060]+")


def split(text: str, language: str | None = None) -> list[str]:
    """The sentences of a text, as substrings of it, without the white space between them.

    Args:
        text: any text; it may be NFD, hold soft hyphens, be hard-wrapped, or have lost its lines.
        language: a BCP-47 tag; None detects it.
    """
    return [text[s.start : s.end] for s in split_spans(text, language)]


def split_document(document: Document) -> Document:
    """The document with its sentences, which know their paragraphs."""
    return document.with_(sentences=tuple(split_spans(document.text, document.language or None)))


def split_spans(text: str, language: str | None = None) -> list[Sentence]:
    """The sentences of a text as offsets, ascending and never blank, with the number of their paragraph."""
    known = _known(text, language)
    shown, places = _as_read(text)
    return [
        Sentence(_original(places, start), _original(places, end), number)
        for start, end, number in sentence_spans(shown, paragraphs(shown), known)
    ]


def _known(text: str, language: str | None) -> Rules:
    if not language:
        from ..data.identification import identify

        language = identify(text)[0]
    if not language:
        return neutral()
    return rules(language) or learned(text, language)


def sentence_spans(text: str, blocks: Sequence[tuple[int, int]], known: Rules) -> Iterator[tuple[int, int, int]]:
    """The sentences of paragraphs by some rules: offsets without the white space around them, and the paragraph's number."""
    candidates = [list(points(text, start, end, known)) for start, end in blocks]
    begins = [text[start : start + 1] for start, _ in blocks[1:]]
    cased = _is_cased([*begins, *(point.next[:1] for found in candidates for point in found if not point.glued)])
    lost = _have_lost_lines(blocks)
    for number, ((start, end), found) in enumerate(zip(blocks, candidates, strict=True)):
        for first, last in _marked(text, start, end, found, known, cased=cased):
            begin = first
            for stop, following in open_ends(text, first, last, known) if lost else ():
                yield begin, stop, number
                begin = following
            yield begin, last, number


def _have_lost_lines(blocks: Sequence[tuple[int, int]]) -> bool:
    """Whether titles may run into the body: where lines exist, they have lines of their own."""
    return len(blocks) < _FEWEST_LINES or sum(b - a for a, b in blocks) > _LONGEST_LINE * len(blocks)


def _marked(
    text: str, start: int, end: int, candidates: Iterable[Point], known: Rules, *, cased: bool
) -> Iterator[tuple[int, int]]:
    """The offsets of one paragraph's sentences that end with a mark (the paragraph's end is one)."""
    last = start
    for point in candidates:
        if holds(point, text, last, known, cased):
            yield from _stripped(text, last, point.end)
            last = point.start
    yield from _stripped(text, last, end)


def _is_cased(firsts: Sequence[str]) -> bool:
    """Whether sentences begin with capitals: what follows a mark or a line break does so more often than not."""
    small, large = sum(c.islower() for c in firsts), sum(c.isupper() for c in firsts)
    return small < 3 or small <= 2 * large


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _as_read(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text in NFC without invisible characters, and the places (in it, in the text) after which offsets shift."""
    if unicodedata.is_normalized("NFC", text) and not re.search("[\u00ad\u200b\u2060]", text):
        return text, []
    pieces, places, done, length = [], [], 0, 0
    for match in _UNUSUAL.finditer(text):
        plain, composed = text[done : match.start()], _composed(match.group())
        pieces += (plain, composed)
        length += len(plain) + len(composed)
        done = match.end()
        places.append((length, done))
    pieces.append(text[done:])
    return "".join(pieces), places


def _composed(chunk: str) -> str:
    return unicodedata.normalize("NFC", re.sub("[\u00ad\u200b\u2060]", "", chunk))


def _original(places: list[tuple[int, int]], offset: int) -> int:
    """Where an offset into the text as read lies in the text as given."""
    i = bisect.bisect_right(places, (offset, 1 << 62)) - 1
    return offset if i < 0 else places[i][1] + offset - places[i][0]
