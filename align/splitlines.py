"""Lines and paragraphs: which line breaks end a paragraph, and which only wrap it."""

from __future__ import annotations

import re
from itertools import pairwise

_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_ENDS = re.compile(r"[.!?…。！？:;][\"'»”’)\]]*\s*$")
_ITEM = re.compile(r"\s*(?:[-–—•·*▪●]\s|\(?\d{1,3}[.)/]\s|\(?[a-zA-Zđ]\)\s|[a-zđ]\.\s)")
_WIDEST_WRAP = 130
_NARROWEST_WRAP = 30
_TAIL = 40


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The paragraphs as offsets, none empty: lines, or runs of lines where the text is hard-wrapped."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if not m.group().isspace()]
    if len(lines) < 2:
        return lines
    width, cased = wrap_width(text, lines), _is_cased(text, lines)
    joined = [lines[0]]
    for here, there in pairwise(lines):
        if _continues(text, here, there, width, cased=cased):
            joined[-1] = (joined[-1][0], there[1])
        else:
            joined.append(there)
    return joined


def wrap_width(text: str, lines: list[tuple[int, int]]) -> int | None:
    """The width at which the text is hard-wrapped, or None where each line is a paragraph.

    In wrapped text hardly any line could have held the next one's first word, and many lines end in mid-sentence.
    """
    neighbours = [(a, b) for a, b in pairwise(lines) if not _blank_between(text, a, b)]
    width = max(b - a for a, b in lines)
    if len(neighbours) < 2 or not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return None
    full = [pair for pair in neighbours if _is_full(text, *pair, width)]
    inner = [there for here, there in full if not _ends(text, here)]
    small = sum(_first(text, there).islower() for there in inner)
    wrapped = 2 * len(full) >= len(neighbours) and 2 * len(inner) >= len(full) and 3 * small >= len(inner)
    return width if wrapped else None


def _continues(text: str, here: tuple[int, int], there: tuple[int, int], width: int | None, *, cased: bool) -> bool:
    """Whether a line runs on into the next one."""
    if _blank_between(text, here, there) or _ITEM.match(text, there[0]):
        return False
    if width is not None and _is_full(text, here, there, width):
        return True
    # a stray break in mid-sentence: no end before it, a small letter after it
    last = text[here[0] : here[1]].rstrip()[-1:]
    open_end = last == "," or (last.isalpha() and here[1] - here[0] >= _NARROWEST_WRAP)
    return cased and open_end and _first(text, there).islower()


def _is_cased(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether lines after a finished sentence begin with capitals, as they do not in chats and transcripts."""
    firsts = [_first(text, there) for here, there in pairwise(lines) if _ends(text, here)]
    return 2 * sum(c.islower() for c in firsts) <= len(firsts)


def _ends(text: str, line: tuple[int, int]) -> bool:
    return _ENDS.search(text, max(line[0], line[1] - _TAIL), line[1]) is not None


def _first(text: str, line: tuple[int, int]) -> str:
    return text[line[0] : line[1]].lstrip()[:1]


def _is_full(text: str, here: tuple[int, int], there: tuple[int, int], width: int) -> bool:
    word = text[there[0] : there[1]].split(None, 1)[0]
    return here[1] - here[0] + 1 + len(word) > width * 0.94


def _blank_between(text: str, here: tuple[int, int], there: tuple[int, int]) -> bool:
    """Whether an empty line, or anything but one line break, stands between two lines."""
    gap = text[here[1] : there[0]]
    return gap.replace("\r\n", "\n").strip(" \t\u00a0\u202f\u3000") not in ("\n", "\r", "\x85", "\u2028")
