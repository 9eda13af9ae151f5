"""Cleaning: which blocks of a page are the report, and for what reason the others are not.

Three layers decide: the page's markup (`pages`), the habits of news sites as the language tables know them (here), and the
site's own repetition over a batch of documents (`repetition`). Reasons are a closed vocabulary (`REASONS`); nothing is
removed without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .blocks import Block, is_closed
from .core import Dropped
from .habits import Habits, habits, key, labelled
from .identification import identify
from .languages import base
from .teasers import without_teasers

REASONS = (
    "caption", "credit", "byline", "dateline", "agency tag", "teasers", "related link", "share", "tags", "copyright",
    "navigation", "comments", "newsletter", "date line", "foreign language", "site repetition",
)  # fmt: skip

# Patterns look at a block's first or last characters only, so that a line of megabytes costs no more than a short one.
_WINDOW = 240
_LONGEST_CAPTION = 400
_LONGEST_LABEL = 300
_FOREIGN_LENGTH = 60
_FOREIGN_SURE = 0.95
_STAMP = re.compile(r"\W{0,3}date\s*:?\s*(\d{4}(?:-\d{2}){1,2})\b[\s:–—-]*", re.I)
_CLOCK = re.compile(r"\d{1,4}(?:\s?[/.:hHg-]\s?\d{1,4})*(?:er|th|st|nd|rd)?")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The paragraphs of the report, its headline, what was removed (in page order), and lines that told dates."""

    paragraphs: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    title: str | None = None
    stamps: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The report, with an empty line between paragraphs."""
        return "\n\n".join(self.paragraphs)


def clean(blocks: Iterable[Block], language: str = "", *, title: str | None = None) -> Cleaned:
    """The report among the blocks of a page.

    Args:
        blocks: the page from top to bottom; those with a `why` are out already.
        language: the report's language; "" applies the habits of all languages.
        title: the headline, where the page or record tells it apart from the text.
    """
    found = habits(language)
    items, stamps = _opened(list(blocks))
    items, title = _titled(items, title, found)
    items = [item if item.why else replace(item, why=_reason(item, title, found)) for item in items]
    items = _bylines(_foreign(without_teasers(items, found), language), found)
    paragraphs, dropped = _cut(items, found)
    stamps += [item.text for item in items if item.why in ("date line", "byline")]
    stamps += [piece.text for piece in dropped if piece.why == "dateline"]
    return Cleaned(tuple(paragraphs), tuple(dropped), title, tuple(stamps))


def _opened(items: list[Block]) -> tuple[list[Block], list[str]]:
    # Flattened pages may begin with the page's date on the first block's line: " date 2019-09 Le vice-ministre …"
    if items and (stamp := _STAMP.match(items[0].text)):
        head, rest = items[0].text[: stamp.end()].strip(), items[0].text[stamp.end() :].strip()
        first = [Block(head, why="date line")] + ([replace(items[0], text=rest)] if rest else [])
        return first + items[1:], [stamp[1]]
    return items, []


def is_headline(text: str) -> bool:
    """Whether a line could be a headline: short, without a full stop, and not in lower case."""
    words = text.split()
    closed = is_closed(text) and text.rstrip(" »”\"’')]")[-1:] not in "?!"
    return 3 <= len(words) <= 40 and len(text) <= 250 and not closed and not text[0].islower()


def _titled(items: list[Block], title: str | None, found: Habits) -> tuple[list[Block], str | None]:
    live = [i for i, item in enumerate(items) if not item.why]
    if title:
        same = [i for i in live[:8] if key(items[i].text) == key(title)]
        return [item for i, item in enumerate(items) if i not in same[:1]], title
    for n, i in enumerate(live[:6]):
        item = items[i]
        if _reason(item, None, found) or _is_byline(item, found):
            continue
        follows = n + 1 < len(live)
        if follows and is_headline(item.text) and not found.opening.match(item.text[:_WINDOW]):
            return items[:i] + items[i + 1 :], item.text
        break
    return items, None


def _reason(item: Block, title: str | None, found: Habits) -> str | None:
    """The reason for which the site's habits rule a block out, or None."""
    text = item.text
    if len(text) <= _LONGEST_LABEL:
        if why := labelled(text, found):
            return why
        for why, pattern in found.openers:
            if pattern.match(text) and not (is_closed(text) and len(text) > _WINDOW):
                return why
        if _is_date_line(text, found):
            return "date line"
        if found.phrases and found.phrases.search(text):
            return "copyright"
        if "©" in text and not found.credit.search(text):
            return "copyright"
    return _caption(text, title, found)


def _is_date_line(text: str, found: Habits) -> bool:
    from .dates import without_dates

    if len(text) > 120 or not any(c.isdigit() for c in text):
        return False
    left = found.date_label.sub(" ", _CLOCK.sub(" ", without_dates(text)))
    return not re.search(r"\w{2}", left)


def _caption(text: str, title: str | None, found: Habits) -> str | None:  # noqa: PLR0911 a decision list
    if title and text != title and text.startswith(title) and len(text) <= len(title) + _LONGEST_CAPTION:
        return "caption"
    if title and key(text) == key(title):
        return "caption"
    if found.counter and len(text) <= 2 * _LONGEST_CAPTION and found.counter.search(text):
        return "caption"
    if len(text) > _LONGEST_CAPTION + _WINDOW:
        return None
    start = _credit_start(text, found)
    if start is None:
        if found.scene and len(text) <= _LONGEST_CAPTION and not is_closed(text) and found.scene.search(text):
            return "caption"
        return None
    if not re.search(r"\w", text[:start]):
        return "credit"
    return "caption" if start <= _LONGEST_CAPTION else None


def _credit_start(text: str, found: Habits) -> int | None:
    offset = max(0, len(text) - _WINDOW)
    if credit := found.credit.search(text, offset):
        return credit.start()
    source = found.source_credit.search(text, offset)
    if source and not is_closed(text[: source.start()]) and source.start() <= _WINDOW:
        return source.start()
    return None


def _is_byline(item: Block, found: Habits) -> bool:
    return len(item.text) <= 120 and bool(found.byline.fullmatch(item.text))


def _bylines(items: list[Block], found: Habits) -> list[Block]:
    live = [i for i, item in enumerate(items) if not item.why]
    edge = {*live[:2], *live[-2:]} if len(live) > 2 else set()
    for i in live:
        if _is_byline(items[i], found) or (i in edge and _is_bare_name(items[i].text)):
            items[i] = replace(items[i], why="byline")
    return items


def _is_bare_name(text: str) -> bool:
    words = text.strip(" .-–—*").split()
    return (
        2 <= len(words) <= 4
        and len(text) <= 40
        and all(w[0].isupper() and w.isalpha() and not w.isupper() for w in words)
    )


def _foreign(items: list[Block], language: str) -> list[Block]:
    if not language:
        return items
    known = {base(language)}
    for i, item in enumerate(items):
        if item.why or len(item.text) < _FOREIGN_LENGTH:
            continue
        code, sure = identify(item.text)
        if code and code not in known and sure >= _FOREIGN_SURE:
            items[i] = replace(item, why="foreign language")
    return items


def _cut(items: Sequence[Block], found: Habits) -> tuple[list[str], list[Dropped]]:
    """The paragraphs without datelines, agency tags and credits, and everything that was removed, in page order."""
    paragraphs: list[str] = []
    dropped: list[Dropped] = []
    live = [i for i, item in enumerate(items) if not item.why]
    for i, item in enumerate(items):
        if item.why:
            dropped.append(Dropped(item.text, item.why))
            continue
        text, head = _cut_head(item.text, found) if i in live[:3] else (item.text, None)
        text, tail = _cut_tail(text, found)
        dropped += [*head] if head else []
        if re.search(r"\w", text):
            paragraphs.append(text)
        dropped += tail
    return paragraphs, dropped


def _cut_head(text: str, found: Habits) -> tuple[str, list[Dropped] | None]:
    match = found.opening.match(text[:_WINDOW])
    if not match or not match.end():
        return text, None
    why = "dateline" if any(v for k, v in match.groupdict().items() if k.startswith("place")) else "agency tag"
    return text[match.end() :].lstrip(), [Dropped(match[0].strip(), why)]


def _cut_tail(text: str, found: Habits) -> tuple[str, list[Dropped]]:
    dropped: list[Dropped] = []
    offset = max(0, len(text) - _WINDOW)
    start = _credit_start(text, found)
    if start is not None:
        dropped.append(Dropped(text[start:].strip(), "credit"))
        text = text[:start].rstrip()
    match = found.ending.search(text, offset)
    if match and match.start() > 0:
        dropped.insert(0, Dropped(match[0].strip(), "agency tag"))
        stop = "." if not is_closed(text[: match.start()]) and "." in match[0] else ""
        text = text[: match.start()].rstrip() + stop
    return text, dropped
