"""Where a sentence may end, and what the rules say there.

`points` yields every place to decide on, from left to right; each knows the words around it. `holds` is the rules' verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .splittables import CASELESS_TERMINALS, Rules

_AFTER = re.compile(r"(\s*)([\"'«“‘‹„»”’*(\[{¿¡]*\s?)([-–—•·*]+\s*)?([\"'«“‘‹„(\[]*\s?)((?:[^\W\d_]+['’]?|\d+)?)")
_BEFORE = re.compile(r"\S+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[-‐]?)?(?:[^\W\d_]\.)*[^\W\d_]")
_LABEL = re.compile(r"(?:\d{1,3}|[^\W\d_]|[IVXLivxl]{1,5})(?:\.\d{1,2})*")
_WEB = re.compile(r"[/@=&_\\]|www|\.\w+\.", re.I)
_SUFFIXES = frozenset("com net org info vn fr eu gov edu io js php html htm exe pdf doc txt".split())
_WINDOW = 48
_BREAKS_NOT = frozenset(",;:")


@dataclass(slots=True)
class Point:
    """A place where a sentence may end at `end` and the next begin at `start`.

    `mark` holds the terminals and what closes after them; `word` stands before them, `next` after them; `opening` is what
    opens before `next` (quotes, brackets, a dash).
    """

    at: int
    end: int
    start: int
    mark: str
    word: str
    before: str
    opening: str
    next: str
    glued: bool


def points(text: str, start: int, end: int, rules: Rules) -> Iterator[Point]:
    """Every place in text[start:end] where punctuation may end a sentence, but for the end itself."""
    quotes = counted = 0
    counted = start
    for match in rules.point.finditer(text, start, end):
        stop = match.end()
        quotes += text.count('"', counted, stop)
        counted = stop
        after = _AFTER.match(text, stop, end)
        assert after is not None
        # a straight quote after a space closes what an odd number of quotes has opened
        space, opening = after.group(1), after.group(2)
        if space and opening[:1] == '"' and opening != '"' + opening.lstrip('"') and quotes % 2:
            stop = after.start(2) + 1
            quotes, counted = quotes + 1, stop
            after = _AFTER.match(text, stop, end)
            assert after is not None
            space = after.group(1)
        if after.end() == end and not after.group(5) and stop + len(space) == end:
            return
        before, word = _words_before(text, match.start(), start)
        yield Point(
            at=match.start(),
            end=stop,
            start=stop + len(space),
            mark=text[match.start() : stop],
            word=word,
            before=before,
            opening=text[stop + len(space) : after.start(5)],
            next=after.group(5) or text[after.end() : after.end() + 1],
            glued=not space,
        )


def _words_before(text: str, at: int, start: int) -> tuple[str, str]:
    pieces = text[max(start, at - _WINDOW) : at].rsplit(None, 2)
    if not pieces or text[at - 1].isspace():
        return (pieces[-1] if pieces else ""), ""
    word = pieces[-1].lstrip("\"'«“‘‹„([{-–—*")
    cut = max(word.rfind("'"), word.rfind("’"))
    return (pieces[-2] if len(pieces) > 1 else ""), word[cut + 1 :]


def holds(point: Point, text: str, last: int, rules: Rules, cased: bool) -> bool:
    """Whether the rules end a sentence at the point; `last` is where the sentence began.

    `cased` tells whether sentences in this text begin with capitals at all (transcripts and chats often do not).
    """
    head = point.opening[:1] or point.next[:1]
    if not point.next and not point.opening:
        return False
    if head in _BREAKS_NOT or text[point.at - 1 : point.at] in ("(", "[") or point.at == last:
        return False
    if point.glued:
        return _glued(point, text, rules)
    first = point.next[:1]
    if first.islower() and (cased or not _plain(point, rules)):
        return False
    if _inside_brackets(point, text, last):
        return False
    if "." in point.mark and set(point.mark[:2]) & {"."} and _stop_is_inner(point, text, last, rules):
        return False
    return True


def _plain(point: Point, rules: Rules) -> bool:
    """Whether a full stop before a small letter may end a sentence of a text without capitals."""
    return not (point.mark[0] == "." and point.mark != "..." and rules.is_abbreviation(point.word))


def _glued(point: Point, text: str, rules: Rules) -> bool:
    """Whether a space is missing after the mark (`Nam.Theo`), as against a web address, a number or an abbreviation."""
    if point.mark[0] in CASELESS_TERMINALS:
        return True
    first = point.next[:1]
    left, right = text[max(0, point.at - _WINDOW) : point.at], text[point.end : point.end + _WINDOW]
    run = (left.rsplit(None, 1) or [""])[-1] + point.mark + (right.split(None, 1) or [""])[0]
    if not first.isupper() or _WEB.search(run) or not point.word[-1:].isalpha():
        return False
    if point.mark[0] != ".":
        return len(point.word) > 1
    if len(point.word) < 2 or rules.is_abbreviation(point.word) or point.next.lower() in _SUFFIXES:
        return False
    if not any(c.islower() for c in point.word) and point.next.lower() not in rules.starters:
        return False
    return len(point.next) > 1 and point.next[1:].islower()


def _inside_brackets(point: Point, text: str, last: int) -> bool:
    """Whether the mark closes a remark in brackets that began in mid-sentence: `un livre (épuisé !) Paris`."""
    if point.mark[-1] not in ")]":
        return False
    opened = text.rfind("(" if point.mark[-1] == ")" else "[", last, point.at)
    return opened > last and text[last:opened].strip() != ""


def _stop_is_inner(point: Point, text: str, last: int, rules: Rules) -> bool:
    """Whether a full stop belongs to an abbreviation, an initial, an ordinal or the label of a list."""
    if point.mark[:3] == "..." or point.mark[:2] == "..":
        return False
    word, following = point.word, point.next
    if not word:
        return False
    if _LABEL.fullmatch(word) and not text[last : point.at - len(word)].strip("\"'«“([ \u00a0"):
        return True
    number = following[:1].isdigit()
    if word.isdigit():
        return rules.ordinal_stop and not number and following.lower() not in rules.starters and len(word) < 3
    starter = following.lower().rstrip("'’") in rules.starters or following.lower().replace("’", "'") in rules.starters
    pair = f"{point.before} {word}"
    if rules.listed(word, rules.maybe_last) or rules.listed(pair, rules.maybe_last):
        return not (starter or point.opening or number)
    if number:
        return rules.listed(word, rules.before_number) or rules.listed(pair, rules.before_number)
    if rules.listed(word, rules.before_word) or rules.listed(pair, rules.before_word):
        return True
    if len(word) > 1 and "." in word and _INITIALS.fullmatch(word):
        return not starter
    if len(word) == 1 and word.isupper():
        name_before = point.before[:1].isupper() and point.before[-1:] not in ".!?"
        return not starter or name_before or point.before[-1:] == "."
    return False
