"""Blocks: the pieces that a page falls into before cleaning decides which of them are the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .text import one_line

# Marks that end a sentence, with what may close behind them.
_ENDS = re.compile(r"[.!?…:;][\s»”“\"’‘')\]]*$")
_WRAPPED = 40


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or caption of a page, on one line.

    `kind` is text, heading, item, caption or quote as far as the page says; `why` is the reason for which the page's own
    markup already rules the block out, or None.
    """

    text: str
    kind: str = "text"
    why: str | None = None


def is_closed(text: str) -> bool:
    """Whether the text ends like a sentence: with a full stop or the like."""
    return bool(_ENDS.search(text[-12:]))


def is_headline(text: str) -> bool:
    """Whether a line could be a headline: short, without a full stop, and not in lower case."""
    words = text.split()
    closed = is_closed(text) and text.rstrip(" »”\"’')]")[-1:] not in "?!"
    return 3 <= len(words) <= 40 and len(text) <= 250 and not closed and not text[0].islower()


def is_sentences(text: str) -> bool:
    """Whether a block reads like a paragraph of a report: more than five words, ending as sentences end."""
    return is_closed(text) and len(text.split()) > 5


def is_question(text: str) -> bool:
    """Whether a block is one short question: a headline, or the question of an interview."""
    return text.rstrip(" »”\"’')]").endswith("?") and len(text.split()) <= 20 and not re.search(r"[.!?…]\s", text[:-3])


def from_text(text: str) -> Iterator[Block]:
    """The blocks of a plain text: its lines, with hard-wrapped paragraphs put together again."""
    for paragraph in re.split(r"\n[^\S\n]*\n", text):
        lines = [one_line(line) for line in paragraph.split("\n")]
        lines = [line for line in lines if line]
        if _is_wrapped(lines):
            yield Block(" ".join(lines))
        else:
            yield from map(Block, lines)


def _is_wrapped(lines: list[str]) -> bool:
    # A paragraph wrapped at a fixed width: at least three lines, all but the last about as long as the longest one,
    # and most of the breaks inside a sentence.
    if len(lines) < 3:
        return False
    longest = max(map(len, lines))
    if not _WRAPPED <= longest <= 120 or any(len(line) < 0.75 * longest for line in lines[:-1]):
        return False
    inside = sum(not is_closed(line) for line in lines[:-1])
    continued = sum(line[0].islower() or line[0].isdigit() for line in lines[1:])
    return inside >= 0.6 * (len(lines) - 1) and continued >= 0.4 * (len(lines) - 1)
