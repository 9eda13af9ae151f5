"""Cleaning: which blocks of a page are the report, and for what reason the others are not.

Three layers decide: the page's markup (`pages`), the habits of news sites as the language tables know them (here and in
`teasers`), and the site's own repetition over a batch of documents (`sites`). Reasons are a closed vocabulary (`REASONS`);
nothing is removed without one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .blocks import Block, is_closed, is_headline, is_question, is_sentences
from .core import Dropped
from .dates import without_dates
from .habits import Habits, habits, key, labelled, opened_by
from .identification import identify
from .languages import base
from .teasers import without_teasers

REASONS = (
    "caption", "credit", "byline", "dateline", "agency tag", "teasers", "related link", "share", "tags", "copyright",
    "navigation", "comments", "newsletter", "date line", "pull quote", "foreign language", "site repetition", "undecodable",
)  # fmt: skip

# Patterns look at a block's first or last characters only, so that a line of megabytes costs no more than a short one.
_WINDOW = 240
_LONGEST_CAPTION = 400
_LONGEST_LABEL = 300
_LONGEST_LINE = 120
_FOREIGN_LENGTH = 60
_FOREIGN_SURE = 0.95
_SMALL_WORDS = 0.4
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
    items, stamps = _opened([block for block in blocks if block.text])
    items, title = _titled(items, title, found)
    items = [part for item in items for part in _without_ending(_judged(item, title, found), found)]
    items = _captions_above_credits(items)
    items = without_teasers(_named(_scraps_above(items), found), found)
    items = _fragments_below(_named(items, found))
    items = _foreign(_pull_quotes(items), language)
    paragraphs, dropped = _cut(items, found)
    stamps += [item.text for item in items if item.why in ("date line", "byline")]
    stamps += [piece.text for piece in dropped if piece.why == "dateline"]
    return Cleaned(tuple(paragraphs), tuple(dropped), title, tuple(stamps))


# ---- the beginning ---------------------------------------------------------------------------------------------------


def _opened(items: list[Block]) -> tuple[list[Block], list[str]]:
    # Flattened pages may begin with the page's date on the first block's line: " date 2019-09 Le vice-ministre …"
    if items and (stamp := _STAMP.match(items[0].text)):
        head, rest = items[0].text[: stamp.end()].strip(), items[0].text[stamp.end() :].strip()
        first = [Block(head, why="date line")] + ([replace(items[0], text=rest)] if rest else [])
        return first + items[1:], [stamp[1]]
    return items, []


def _titled(items: list[Block], title: str | None, found: Habits) -> tuple[list[Block], str | None]:
    """The blocks without the headline, which is the one given or else the first line that looks like one."""
    live = [i for i, item in enumerate(items) if not item.why]
    if title:
        same = [i for i in live[:8] if key(items[i].text) == key(title)]
        return [item for i, item in enumerate(items) if i not in same[:1]], title
    for n, i in enumerate(live[:6]):
        item = items[i]
        if _judged(item, None, found).why or _is_byline(item.text, found) or len(item.text.split()) < 3:
            continue
        if n + 1 < len(live) and is_headline(item.text) and not found.opening.match(item.text[:_WINDOW]):
            return items[:i] + items[i + 1 :], item.text
        break
    return items, None


# ---- single blocks ---------------------------------------------------------------------------------------------------


def _judged(item: Block, title: str | None, found: Habits) -> Block:
    """The block with the reason for which the site's habits rule it out, if they do.

    A label tells more than the place where the page has it: "Facebook" in a bar of dates is still a button.
    """
    why = _line_reason(item.text, found) if len(item.text) <= _LONGEST_LABEL else None
    if item.why:
        # The heading of a list that the page has already set apart must not drag along what follows.
        why = "related link" if why == "teasers" else why
        return replace(item, why=why or item.why) if item.why != "caption" else item
    return replace(item, why=why or _caption(item.text, title, found))


def _line_reason(text: str, found: Habits) -> str | None:
    if len(text) > _LONGEST_LINE and is_closed(text):
        return "copyright" if found.phrases and found.phrases.search(text) else None
    if why := labelled(text, found) or opened_by(text, found):
        return why
    if _is_date_line(text, found):
        return "date line"
    if found.agency_line.fullmatch(text):
        return "agency tag"
    if len(text) <= 120 and found.byline.fullmatch(text):
        return "byline"
    if found.phrases and found.phrases.search(text):
        return "copyright"
    return "copyright" if found.rights.match(text) else None


def _is_date_line(text: str, found: Habits) -> bool:
    if len(text) > 120 or not any(c.isdigit() for c in text):
        return False
    left = found.date_label.sub(" ", _CLOCK.sub(" ", without_dates(text)))
    return not re.search(r"\w{2}", left)


def _caption(text: str, title: str | None, found: Habits) -> str | None:
    if title and key(text) == key(title):
        return "navigation"  # the headline said again
    if found.counter and len(text) <= 2 * _LONGEST_CAPTION and found.counter.search(text):
        return "caption"
    if len(text) > _LONGEST_CAPTION + _WINDOW:
        return None
    start = _credit_start(text, found)
    if start is None:
        told = found.scene and len(text) <= _LONGEST_CAPTION and not is_closed(text) and found.scene.search(text)
        return "caption" if told else None
    if not re.search(r"\w", text[:start]):
        return "credit"
    if found.name_line.fullmatch(text):
        return None  # a name and a source without a picture: a byline, if it stands where one does
    return "caption" if start <= _LONGEST_CAPTION else None


def _credit_start(text: str, found: Habits) -> int | None:
    offset = max(0, len(text) - _WINDOW)
    tail = text[offset:].casefold()
    # the search is slow, and most blocks have no sign of a credit
    if any(sign in tail for sign in found.credit_signs) and (credit := found.credit.search(text, offset)):
        return credit.start()
    source = found.source_credit.search(text, offset)
    if source and not is_closed(text[: source.start()]) and source.start() <= _WINDOW:
        return source.start()
    return None


def _without_ending(item: Block, found: Habits) -> list[Block]:
    """The block, and behind it the agency's tag with which a report ends."""
    match = (
        None
        if item.why or len(item.text.split()) < 6
        else found.ending.search(item.text, max(0, len(item.text) - _WINDOW))
    )
    if not match:
        return [item]
    text = item.text[: match.start()].rstrip()
    if not is_closed(text):
        if "/" not in match[0] and len(text.split()) < 15:
            return [item]
        text += "." if "." in match[0] else ""
    return [replace(item, text=text), Block(match[0].strip(), why="agency tag")]


# ---- blocks among others ---------------------------------------------------------------------------------------------


def _captions_above_credits(items: list[Block]) -> list[Block]:
    """A sentence right above a credit that has a line of its own is the caption, if it is short for a paragraph of the report."""
    lengths = sorted(len(item.text) for item in items if not item.why)
    longest = min(120, 0.6 * lengths[len(lengths) // 2]) if lengths else 0
    for i in range(1, len(items)):
        above = items[i - 1]
        if (
            items[i].why == "credit"
            and not above.why
            and len(above.text) <= longest
            and not re.search(r"[.!?…]\s", above.text)
        ):
            items[i - 1] = replace(above, why="caption")
    return items


def _is_byline(text: str, found: Habits) -> bool:
    return len(text) <= 120 and bool(found.byline.fullmatch(text))


def _named(items: list[Block], found: Habits) -> list[Block]:
    """Names, initials and agencies' desk codes that stand alone above or below the report are bylines."""
    first, last = _extent(items)
    for i, item in enumerate(items):
        if not item.why and not first <= i <= last and found.name_line.fullmatch(item.text):
            items[i] = replace(item, why="byline")
    return items


def _extent(items: Sequence[Block]) -> tuple[int, int]:
    """The first and last block that hold sentences (the whole, if none does)."""
    told = [
        i for i, item in enumerate(items) if not item.why and is_sentences(item.text) and not is_question(item.text)
    ]
    return (told[0], told[-1]) if told else (0, len(items) - 1)


def _scraps_above(items: list[Block]) -> list[Block]:
    """A word or two above the report's first sentence is the name of a section, not a name: navigation."""
    first, _ = _extent(items)
    for i, item in enumerate(items[:first]):
        if not item.why and len(item.text.split()) == 1 and not is_closed(item.text):
            items[i] = replace(item, why="navigation")
    return items


def _fragments_below(items: list[Block]) -> list[Block]:
    """A report does not end in fragments: short lines without a full stop below its last sentence are navigation."""
    first, last = _extent(items)
    # one longer line may be the report's last sentence without its full stop; several lines are the foot of a page
    several = len(items) - last > 2
    longest = 15 if several else 8
    for i, item in enumerate(items):
        outside = (i < first and len(item.text.split()) <= 3) or (i > last and len(item.text.split()) <= longest)
        ended = is_closed(item.text) and not (several and i > last and is_question(item.text))
        if not item.why and outside and not ended:
            items[i] = replace(item, why="navigation")
    return items


def _pull_quotes(items: list[Block]) -> list[Block]:
    """A quotation set apart that a longer paragraph has, too; a standfirst repeated by the lead stays."""
    live = [i for i, item in enumerate(items) if not item.why]
    bare = {i: re.sub(r"\W+", " ", items[i].text).strip().casefold() for i in live}
    for i in live[2:]:
        quoted = items[i].kind == "quote" or items[i].text[0] in '«"“„'
        if (
            quoted
            and 12 <= len(bare[i]) <= _WINDOW
            and any(j != i and len(bare[j]) > 1.3 * len(bare[i]) and bare[i] in bare[j] for j in live)
        ):
            items[i] = replace(items[i], why="pull quote")
    return items


def _foreign(items: list[Block], language: str) -> list[Block]:
    if not language:
        return items
    live = [i for i, item in enumerate(items) if not item.why]
    small = {i: {w for w in items[i].text[:_WINDOW].casefold().split() if len(w) < 5} for i in live}
    holders = Counter(word for words in small.values() for word in words)
    for i in live:
        text = items[i].text
        # Identifying takes longer than all else; a block that shares its small words with others is in their language.
        shared = sum(holders[word] > 2 for word in small[i]) / max(1, len(small[i]))
        if len(text) >= _FOREIGN_LENGTH and len(text.split()) > 5 and shared < _SMALL_WORDS:
            code, sure = identify(text)
            if code and code != base(language) and sure >= _FOREIGN_SURE:
                items[i] = replace(items[i], why="foreign language")
    return items


# ---- within blocks ---------------------------------------------------------------------------------------------------


def _cut(items: Sequence[Block], found: Habits) -> tuple[list[str], list[Dropped]]:
    """The paragraphs without datelines, agency tags and credits, and everything that was removed, in page order."""
    paragraphs: list[str] = []
    dropped: list[Dropped] = []
    live = [i for i, item in enumerate(items) if not item.why]
    for i, item in enumerate(items):
        if item.why:
            dropped.append(Dropped(item.text, item.why))
            continue
        text = item.text
        if i in live[:3] and (opening := found.opening.match(text[:_WINDOW])) and opening.end():
            dropped.append(Dropped(opening[0].strip(), "dateline"))
            text = text[opening.end() :].lstrip()
        text, tail = _without_credit(text, found)
        if re.search(r"\w", text):
            paragraphs.append(text)
        dropped += tail
    return paragraphs, dropped


def _without_credit(text: str, found: Habits) -> tuple[str, list[Dropped]]:
    dropped: list[Dropped] = []
    start = _credit_start(text, found)
    if start is not None:
        dropped.append(Dropped(text[start:].strip(), "credit"))
        text = text[:start].rstrip()
    return text, dropped
