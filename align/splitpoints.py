"""Where a sentence may end, and what the rules say there.

`points` yields every place to decide on, from left to right; each knows the words around it. `holds` is the rules' verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .splittables import CASELESS_TERMINALS, Rules

_AFTER = re.compile(r"(\s*)([\"'«“‘‹„»”’*(\[{¿¡]*\s?)([-–—•·*]+\s*)?([\"'«“‘‹„(\[]*\s?)((?:[^\W\d_]+['’]?|\d+)?)")
# a straight quote between two spaces, where one is open
_CLOSING_QUOTE = re.compile(r"[ \u00a0\u202f]\"(?=\s|$)")
# a full stop within a quotation, or one more after a bracket, is no abbreviation's
_CLOSED = re.compile('\\.["»”’]|[)\\]][.!?…]')
_LETTERS = re.compile(r"\b[A-ZĐ],?\s\w+\s[A-ZĐ]$")
_PARTS = re.compile(r"[.\-‐ ]+")
_ROMAN = re.compile(r"[IVXLC]{2,}|[IVX]")
_LABEL = re.compile(r"(?:\d{1,3}|[^\W\d_]|[IVXLivxl]{1,5})(?:\.\d{1,2})*")
_WEB = re.compile(r"[/@=&_\\]|www|\.\w+\.", re.I)
_SUFFIXES = frozenset(
    ("com", "net", "org", "info", "vn", "fr", "eu", "gov", "edu", "io", "js", "php", "html", "exe", "pdf", "doc", "txt")
)
_ITEM = re.compile(r"\(?[a-zđ0-9]{1,2}\)\s")
_DASHES = frozenset("-–—")
_WINDOW = 48
# A bracket that opens farther back than this is not looked for, so that time stays linear.
_FARTHEST = 1000
_BREAKS_NOT = frozenset(",;:")
_OPENING = "\"'«“‘‹„([{-–—•·* \u00a0\u202f\n\t"
_OPENS = re.compile(f"[{re.escape(_OPENING)}]*")


@dataclass(slots=True)
class Point:
    """A place where a sentence may end at `end` and the next begin at `start`.

    `mark` holds the terminals and what closes after them; `word` stands before them, `next` after them; `opening` is what
    opens before `next` (quotes, brackets, a dash). `glued`: no space parts them; `labelled`: an item of a list follows.
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
    labelled: bool


def points(text: str, start: int, end: int, rules: Rules) -> Iterator[Point]:
    """Every place in text[start:end] where punctuation may end a sentence, but for the end itself."""
    quoted, seen = False, start
    for match in rules.point.finditer(text, start, end):
        stop = match.end()
        quoted, seen = _is_quoted(text, seen, stop, quoted) and '"' not in match.group(), stop
        closing = _CLOSING_QUOTE.match(text, stop, end) if quoted else None
        if closing:
            quoted, seen = False, closing.end()
            stop = closing.end()
        after = _AFTER.match(text, stop, end)
        assert after is not None
        space = after.end(1)
        if space == end:
            return
        before, word = _words_before(text, match.start(), start)
        yield Point(
            at=match.start(),
            end=stop,
            start=space,
            mark=text[match.start() : stop],
            word=word,
            before=before,
            opening=text[space : after.start(5)],
            next=after.group(5) or text[after.end() : after.end() + 1],
            glued=space == stop,
            labelled=_ITEM.match(text, space, end) is not None,
        )


def _is_quoted(text: str, start: int, end: int, quoted: bool) -> bool:
    """Whether a straight quotation is open at `end`, given whether one was at `start`.

    A quote with a space on one side only says itself whether it opens or closes; any other does what the last one did not.
    """
    at = text.find('"', start, end)
    while at >= 0:
        left, right = (
            text[at - 1 : at].strip(_OPENING) == "",
            text[at + 1 : at + 2].strip(" \u00a0\u202f\n.,;:!?…)]") == "",
        )
        quoted = left if left != right else not quoted
        at = text.find('"', at + 1, end)
    return quoted


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
    if not _possible(point, text, last):
        return False
    if point.glued:
        return _space_is_missing(point, text, rules)
    if point.next[:1].islower():
        return _ends_before_small(point, rules, cased)
    if _inside_brackets(point, text, last) or _is_attributed(point, rules):
        return False
    if point.mark[0] == "!" and point.word in rules.brands:
        return _starts(point.next, rules)
    if point.mark[0] == "…" or point.mark[:2] == "..":
        return not point.next[:1].isdigit()
    return point.mark[0] != "." or not _stop_is_inner(point, text, last, rules)


def _possible(point: Point, text: str, last: int) -> bool:
    head = point.opening[:1] or point.next[:1]
    if not head or {head, point.next[:1]} & _BREAKS_NOT or _only_opens(text, last, point.at):
        return False
    if text[point.at - 1] in "([" and point.mark[-1] in ")]":  # (?), (!), [...]
        return False
    # a single full stop that stands apart belongs to what is before it; three dots open the next sentence
    return head not in ".!?" or text.startswith("..", point.start)


def _only_opens(text: str, start: int, end: int) -> bool:
    """Whether nothing but spaces and what opens a sentence stands between two offsets."""
    found = _OPENS.match(text, start, end)
    return found is not None and found.end() == end


def _ends_before_small(point: Point, rules: Rules, cased: bool) -> bool:
    """Whether a sentence ends though a small letter follows: a new quotation, or text that has lost its capitals."""
    wordy = (rules.before_word, rules.maybe_last, rules.often_last)  # the others are short only before a figure
    short = point.mark[0] == "." and point.mark[:2] != ".." and any(rules.listed(point.word, s) for s in wordy)
    if not cased:
        return not short or rules.listed(point.word, rules.often_last)
    if short or len(point.word) == 1:
        return False
    if point.labelled:
        return True
    quoted = point.opening.strip()[-1:]
    if quoted and (quoted == '"' or quoted in rules.openers):
        return True
    if point.mark != "." or not _starts(point.next, rules) or rules.is_abbreviation(point.word):
        return False
    if point.next in rules.small:
        return len(point.word) > 1
    return len(point.word) > 7 or (len(point.word) > 3 and point.word in rules.common)


def _starts(word: str, rules: Rules) -> bool:
    return word.lower().replace("’", "'") in rules.starters


def _space_is_missing(point: Point, text: str, rules: Rules) -> bool:
    """Whether a new sentence follows without a space (`Nam.Theo`), as against a web address, a number or an abbreviation."""
    if point.mark[0] in CASELESS_TERMINALS:
        return True
    left, right = text[max(0, point.at - _WINDOW) : point.at], text[point.end : point.end + _WINDOW]
    run = (left.rsplit(None, 1) or [""])[-1] + point.mark + (right.split(None, 1) or [""])[0]
    if not point.next[:1].isupper() or point.opening or _WEB.search(run) or not point.word:
        return False
    if point.mark[0] != ".":
        return len(point.word) > 1 and point.word[-1].isalpha()
    return _is_sentence_like(point, rules)


def _is_sentence_like(point: Point, rules: Rules) -> bool:
    """Whether the words around a full stop without a space are the last and the first of two sentences."""
    following = point.next.rstrip("'’")
    if rules.is_abbreviation(point.word) or following.lower() in _SUFFIXES or not (point.next[1:] or "a").islower():
        return False
    if _starts(point.next, rules):
        return len(point.word) > 1 or point.word.isdigit()
    return len(following) > 1 and len(point.word) > 1 and any(c.islower() for c in point.word)


def _is_attributed(point: Point, rules: Rules) -> bool:
    """Whether a dash after a quotation leads to its speaker: `"Ai?" - Lan hỏi.`"""
    return point.opening.strip() in _DASHES and (point.mark[-1] == '"' or point.mark[-1] in rules.closers)


def _inside_brackets(point: Point, text: str, last: int) -> bool:
    """Whether the mark closes a remark in brackets that began in mid-sentence: `un livre (épuisé !) Paris`."""
    if point.mark[-1] not in ")]":
        return False
    opened = text.rfind("(" if point.mark[-1] == ")" else "[", max(last, point.at - _FARTHEST), point.at)
    return opened > last and not _only_opens(text, last, opened)


def _stop_is_inner(point: Point, text: str, last: int, rules: Rules) -> bool:
    """Whether a full stop belongs to an abbreviation, an initial, an ordinal or the label of a list."""
    word = point.word
    if not word or _CLOSED.search(point.mark):
        return False
    if _LABEL.fullmatch(word) and _only_opens(text, last, point.at - len(word)):
        return True
    if word.isdigit():
        return _stop_is_in_number(point, text, last, rules)
    short, number = (word, f"{point.before} {word}"), point.next[:1].isdigit() or _ROMAN.fullmatch(point.next)
    if f"{word}. {point.next}" in rules.joints:
        return True
    if word in rules.before_word and not number:  # as written: M. is a title, m. a unit
        return True
    if any(rules.listed(w, rules.often_last) for w in short):
        return False
    if any(rules.listed(w, rules.maybe_last) for w in short):
        return not (_starts(point.next, rules) or point.opening.strip())
    if number and any(rules.listed(w, rules.before_number) for w in short):
        return True
    if any(rules.listed(w, rules.before_word) for w in short):
        return not point.next[:1].isdigit()
    return _are_initials(word) and _is_initial(point, text, rules)


def _stop_is_in_number(point: Point, text: str, last: int, rules: Rules) -> bool:
    """Whether a full stop after a figure makes an ordinal or parts thousands that a space follows (`500. 000`)."""
    following = point.next
    if not following.isdigit():
        return rules.ordinal_stop and len(point.word) < 3 and not _starts(following, rules)
    if len(following) == 3 and following[0] == "0":
        return True
    left = max(last, point.at - _FARTHEST)
    return text.rfind("(", left, point.at) > text.rfind(")", left, point.at)


def _are_initials(word: str) -> bool:
    """Whether a word is made of single capitals, as `J.-P` or `Ch.-A` before its last full stop."""
    *first, last = _PARTS.split(word)
    return len(last) == 1 and last.isupper() and all(len(p) < 3 and p.istitle() for p in first)


def _is_initial(point: Point, text: str, rules: Rules) -> bool:
    """Whether letters with full stops are someone's initials, rather than a sentence's last word (`le plan B.`)."""
    following = point.next.lower().replace("’", "'")
    if following in rules.particles:
        start = text.find(point.next, point.start) + len(point.next)
        return text[start : start + 2].strip()[:1].isupper()
    if following in rules.starters or point.before.lower() in rules.lettered:
        return False
    if _LETTERS.search(text, max(0, point.at - _WINDOW), point.at):  # A, B and C
        return False
    named = point.before[:1].isupper() or point.before.lower() in rules.introducers or not point.before
    return named or len(point.word) > 1 or following not in rules.common
