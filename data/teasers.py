"""Lists of other articles: runs of headline, summary and photo credit at the end of a page, or boxed in its middle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from .blocks import Block, is_headline, is_sentences
from .habits import Habits
from .text import fold

# How much of a text's words the report knows, as a share of what its own paragraphs know of each other. On news documents
# (French, Vietnamese, English) the rest of the same report has .24–1.0 (5th to 95th percentile), other news .03–.40.
_SAME = 0.25
_OTHER = 0.25
_OTHER_PICTURED = 0.45
_LEAST = 0.35
_WINDOW = 240
_WORD = re.compile(r"\w+")
_LIST = ("teasers", "related link")


def without_teasers(items: list[Block], found: Habits) -> list[Block]:
    """The blocks, with `why` set on those that announce other articles.

    The reason is "teasers" for lists with summaries or photo credits, "related link" for bare headlines.
    """
    items = list(items)
    for i, item in enumerate(items):
        if item.why == "teasers" and _heads_list(items, i):
            # a list above the report, as some pages have, ends where the report begins
            _drop(items, i + 1, _resumption(items, i + 1) if _is_told(items, i) else _first_sentences(items, i + 1))
    end = _end_mark(items)
    if end is not None and any(_shape(item) == "H" for item in items[end + 1 :]) and _is_told(items, end):
        _drop(items, end + 1, _resumption(items, end + 1))
    start = _run(items)
    if start is not None and _is_told(items, start):
        _drop(items, start, len(items))
    return _told_apart(items, found)


def _shape(item: Block) -> str:
    """H headline, S sentences, C caption or credit, n a scrap that may be anything, - out already."""
    if item.why:
        return "C" if item.why in ("caption", "credit") else "-"
    if is_sentences(item.text) and item.kind != "heading":
        return "S"
    return "H" if is_headline(item.text) and len(item.text.split()) > 3 else "n"


def _is_told(items: list[Block], end: int) -> bool:
    """Whether the blocks before `end` can be the whole report: two paragraphs at least, and a good part of what the page says."""
    before, after = (
        [len(item.text) for item in part if _shape(item) == "S" and item.text[-1] != "?"]
        for part in (items[:end], items[end:])
    )
    return len(before) > 1 and sum(before) >= _LEAST * sum(after)


def _first_sentences(items: list[Block], start: int) -> int:
    return next((i for i in range(start, len(items)) if _shape(items[i]) == "S"), start)


def _heads_list(items: list[Block], i: int) -> bool:
    return i == 0 or items[i - 1].why != "teasers"


def _drop(items: list[Block], start: int, end: int) -> None:
    for i in range(start, end):
        if items[i].why in (None, "caption", "credit", "related link"):
            items[i] = replace(items[i], why="teasers")


def _end_mark(items: list[Block]) -> int | None:
    """The last agency's tag, if any: a report often ends there."""
    return next(
        (i for i in range(len(items) - 1, 0, -1) if items[i].why == "agency tag" and _shape(items[i - 1]) == "S"), None
    )


def _resumption(items: list[Block], start: int) -> int:
    """The index where the report goes on after a list that starts here, or the number of blocks.

    A list in the middle is a few bare headlines, and after it come paragraphs that are no summaries: more than one of
    them for each further headline, and, if the report seemed to be over, about its own subject.
    """
    first = next((i for i in range(start, len(items)) if _shape(items[i]) == "S"), None)
    if first is None or any(_shape(item) == "C" for item in items[start:first]):
        return len(items)
    # fragments below the last sentence belong to whatever ends the page
    shapes = "".join(_shape(item) for item in items[first:]).replace("-", "").rstrip("Hn")
    told, further = shapes.count("S"), shapes.count("H")
    if told < 2 * max(1, further) and not (told == 1 and first == start):
        return len(items)
    if told > 1 and _end_mark(items[:start]) is None:
        return first
    after = " ".join(item.text for item in items[first:] if _shape(item) == "S")
    return first if _kinship(after, items[:start]) >= _SAME else len(items)


def _run(items: list[Block]) -> int | None:
    """Where a list of teasers without a heading begins, or None: units of caption, headline and summary up to the end."""
    seen = [i for i, item in enumerate(items) if _shape(item) in "HSCn"]
    shapes = "".join(_shape(items[i]) for i in seen)
    # read backwards, so that the pattern is tried once
    match = re.match(r"[Cn]*(?:S?H[Cn]*)+", shapes[::-1])
    if not match or match.end() == len(shapes):
        return None
    units, start = match[0], seen[len(shapes) - match.end()]
    pictured = units.count("C") >= units.count("H") / 2
    if units.count("H") < (2 if pictured else 3):
        return None
    tail = " ".join(items[i].text for i in seen[len(shapes) - match.end() :])
    return start if _kinship(tail, items[:start]) < (_OTHER_PICTURED if pictured else _OTHER) else None


def _told_apart(items: list[Block], found: Habits) -> list[Block]:
    """Each list gets one reason: "teasers" if it has a summary or photo credit, else "related link"."""
    start = 0
    while start < len(items):
        end = start
        # what a page has set apart below a heading belongs to its list
        while end < len(items) and (items[end].why in _LIST or (end > start and _is_entry(items[end]))):
            end += 1
        group = items[start:end]
        if group:
            full = any(_tells(item, found) for item in group)
            items[start:end] = [replace(item, why="teasers" if full else "related link") for item in group]
        start = max(end, start + 1)
    return items


def _tells(item: Block, found: Habits) -> bool:
    # a summary or a photo credit, not only a headline
    return (is_sentences(item.text) and item.text[-1] == ".") or found.credit.search(item.text[-_WINDOW:]) is not None


def _is_entry(item: Block) -> bool:
    return item.why in ("navigation", "caption", "credit") and len(item.text.split()) > 3


def _words(texts: Iterable[str]) -> frozenset[str]:
    """What texts are about: their longer words, names, and pairs of words (words are short in some languages)."""
    found: set[str] = set()
    for text in texts:
        words = _WORD.findall(text)
        folded = [fold(w) for w in words]
        found.update(f for w, f in zip(words, folded, strict=True) if len(f) > 5 or w[:1].isupper())
        found.update(f"{a} {b}" for a, b in pairwise(folded) if len(a) + len(b) > 6)
    return frozenset(found)


def _kinship(text: str, items: list[Block]) -> float:
    """How much a text has in common with a report's blocks: about 1 if it could be one of them, near 0 if it is about
    something else."""
    body = [_words([item.text]) for item in items if _shape(item) == "S"]
    usual = [_known(words, [other for other in body if other is not words]) for words in body]
    return _known(_words([text]), body) / max(0.05, sum(usual) / len(usual)) if len(body) > 1 else 0.0


def _known(words: frozenset[str], others: list[frozenset[str]]) -> float:
    return len(words & frozenset().union(*others)) / len(words) if words else 0.0
