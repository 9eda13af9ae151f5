"""Lists of other articles: runs of headline, summary and photo credit at the end of a page, or boxed in its middle."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from .blocks import Block, is_closed
from .habits import Habits
from .text import fold

# A run without any heading over it must look foreign to the report: at most this share of its words is known from there.
_KNOWN = 0.45
_WORD = re.compile(r"\w+")
_WINDOW = 240


def without_teasers(items: list[Block], found: Habits) -> list[Block]:
    """The blocks, with `why` set to "teasers" on those that announce other articles."""
    items = list(items)
    for i, item in enumerate(items):
        if item.why == "teasers":
            _drop_listed(items, i + 1, found)
    ends = [
        i
        for i, item in enumerate(items)
        if not item.why and found.ending.search(item.text, max(0, len(item.text) - _WINDOW))
    ]
    if ends and _count(items[ends[-1] + 1 :], "H") and not _resumes(items, ends[-1] + 1, ended=True):
        _drop(items, ends[-1] + 1, len(items))
    start = _run(items)
    if start is not None:
        _drop(items, start, len(items))
    return items


def _shape(item: Block) -> str:
    # H headline, S sentences, C caption or credit, - anything else that is out already
    if item.why:
        return "C" if item.why in ("caption", "credit") else "T" if item.why == "teasers" else "-"
    return "S" if is_closed(item.text) and item.kind != "heading" and len(item.text.split()) > 5 else "H"


def _count(items: list[Block], shape: str) -> int:
    return sum(_shape(item) == shape for item in items)


def _drop(items: list[Block], start: int, end: int) -> None:
    for i in range(start, end):
        if items[i].why in (None, "caption", "credit", "related link"):
            items[i] = replace(items[i], why="teasers")


def _drop_listed(items: list[Block], start: int, found: Habits) -> None:
    """Drop what a heading such as "Voir plus" announces: all to the end, or up to where the report goes on."""
    ended = any(
        found.ending.search(item.text, max(0, len(item.text) - _WINDOW)) for item in items[:start] if not item.why
    )
    _drop(items, start, _resumption(items, start, ended=ended))


def _resumption(items: list[Block], start: int, *, ended: bool) -> int:
    """The index where the report goes on after a list of headlines, or the number of blocks."""
    before = _words(item.text for item in items[:start] if not item.why)
    for i in range(start, len(items)):
        if _shape(items[i]) != "S" or ended:
            continue
        run = _sentence_run(items, i)
        after_headline = i > start and _shape(items[i - 1]) == "H"
        if after_headline and run == 1:
            continue
        first = i + 1 if after_headline and _overlap(items[i].text, before) < _KNOWN else i
        if _overlap(" ".join(item.text for item in items[first : i + run]), before) >= _KNOWN * (0.6 if run > 2 else 1):
            return first
    return len(items)


def _resumes(items: list[Block], start: int, *, ended: bool) -> bool:
    return _resumption(items, start, ended=not ended) < len(items)


def _sentence_run(items: list[Block], start: int) -> int:
    end = start
    while end < len(items) and _shape(items[end]) == "S":
        end += 1
    return end - start


def _run(items: list[Block]) -> int | None:
    """Where a list of teasers without a heading begins, or None: units of caption, headline and summary up to the end."""
    seen = [i for i, item in enumerate(items) if _shape(item) in "HSCT"]
    shapes = "".join(_shape(items[i]) for i in seen)
    match = re.search(r"(?:C*H{1,2}S?C?){2,}$", shapes)
    if not match or match.start() == 0:
        return None
    units = match[0]
    start = seen[match.start()]
    pictured = units.count("C") >= units.count("H") / 2
    if not pictured and units.count("H") < 3:
        return None
    before = _words(item.text for item in items[:start] if not item.why)
    tail = " ".join(items[i].text for i in seen[match.start() :])
    return start if _overlap(tail, before) < (0.6 if pictured else _KNOWN) else None


def _words(texts: object) -> frozenset[str]:
    """What a text is about: its longer words, its names, and its pairs of words (words are short in some languages)."""
    found: set[str] = set()
    for text in texts:  # type: ignore[attr-defined]
        words = _WORD.findall(text)
        folded = [fold(w) for w in words]
        found.update(f for w, f in zip(words, folded, strict=True) if len(f) > 5 or w[:1].isupper())
        found.update(f"{a} {b}" for a, b in pairwise(folded) if len(a) + len(b) > 6)
    return frozenset(found)


def _overlap(text: str, known: frozenset[str]) -> float:
    words = _words([text])
    return len(words & known) / len(words) if words else 0.0
