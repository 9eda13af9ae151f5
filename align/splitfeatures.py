"""What the trained part of the splitter looks at where no punctuation stands: one list of feature names a place.

Training (`benchmarks/train_splitter.py`) and splitting share this code, so both see the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .splittables import Rules

_TOKEN = re.compile(r"\S+")
_OPEN = "\"'«“‘‹„([{-–—•·*"
_CLOSE = "\"'»”’›)]},;:.!?…%"
# what the rules did not take for an end, and what joins
_NO_END = ".!?…,;:-–—/&'’"
_STEPS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 50)
_FARTHEST = 40
_QUOTES_AND_BRACKETS = "\"'«“‘‹„([{"
_LONGEST_DATELINE = 6
_BULLETS = frozenset("-–—•·*")
# A sentence of this many words or fewer holds no title and another sentence.
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word between white space: offsets, the bare word, and its shape: `A` all capitals, `C` capital, `l`, `9`, `.`.

    `word` is what stands before an elision (`l'` of `l'État`) and `tail` what stands after it, both in lower case.
    """

    start: int
    end: int
    raw: str
    word: str
    tail: str
    shape: str


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words of text[start:end]."""
    return [_token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text, start, end)]


def _token(start: int, end: int, raw: str) -> Token:
    bare = raw.lstrip(_OPEN).rstrip(_CLOSE)
    head = bare[:1]
    if not head:
        shape = "."
    elif head.isdigit():
        shape = "9"
    elif not head.isupper():
        shape = "l" if head.isalpha() else "."
    else:
        shape = "A" if len(bare) > 1 and bare.isupper() else "C"
    lower = bare.lower().replace("’", "'")
    cut = lower.find("'") + 1
    return Token(start, end, raw, lower[:cut] if 0 < cut < 7 else lower, lower[cut:], shape)


def bucket(value: int) -> int:
    """The step that a count falls on."""
    for step in _STEPS:
        if value <= step:
            return step
    return 99


def open_places(words: Sequence[Token], first: int) -> Iterator[int]:
    """The positions after `first` where a sentence without a final mark may end: before a capital or a bullet, near the start."""
    for i in range(first + 1, min(len(words) - 1, first + _FARTHEST)):
        if words[i].shape in "CA" or words[i].raw in _BULLETS:
            yield i


def open_features(words: Sequence[Token], first: int, i: int, common: Mapping[str, int]) -> list[str]:
    """The features of the place before words[i], where the sentence began at words[first].

    `common` maps words that are mostly written small in mid-sentence to how often they begin sentences (0 to 9).
    """
    if words[i].raw in _BULLETS:
        return _bullet_features(words, first, i, common)
    left, here, before = words[first:i], words[i], words[i - 1]
    after = words[i + 1] if i + 1 < len(words) else None
    start = common.get(here.word, -1)
    tail = before.raw[-1] if not before.raw[-1].isalnum() else before.shape
    known = before.tail in common
    capitals = sum(w.shape in "CA" for w in left[1:])
    following = after.shape if after else "$"
    found = [
        f"n{bucket(i - first)}",
        f"r{bucket(len(words) - i)}",
        f"s{start}",
        f"t{tail}",
        f"p{before.shape}{known:d}",
        f"x{here.shape}{following}",
        f"s{start}t{tail}",
        f"s{start}f{following}",
        f"n{bucket(i - first)}s{start}",
        f"c{min(capitals, 4)}",
        f"c{min(capitals, 4)}n{bucket(i - first)}",
        f"a{_upper(left)}{here.shape}",
        f"b{common.get(words[first].word, -1)}{words[first].shape}",
        f"N{here.word}" if start >= 0 else "N?",
        f"P{before.tail}" if known else f"P?{before.shape}",
        f"e{words[-1].raw[-1] in '.!?…'}",
        f"k{here.raw[-1] in ',;:'}",
    ]
    if known and before.shape == "l":
        found.append(f"q{common[before.tail]}")
    found += [f"L{w.word}" for w in left[:12] if w.word in common]
    return found


def _bullet_features(words: Sequence[Token], first: int, i: int, common: Mapping[str, int]) -> list[str]:
    """The features of the place before a dash or dot that may mark an item of a list that has lost its lines."""
    before, after = words[i - 1], words[i + 1]
    tail = before.raw[-1] if not before.raw[-1].isalnum() else before.shape
    bullets = [k for k in range(first, min(len(words), first + 3 * _FARTHEST)) if words[k].raw in _BULLETS]
    following = f"{after.shape}{after.word in common:d}"
    alike = len({words[k + 1].shape == "l" for k in bullets if k + 1 < len(words)}) < 2
    behind = next((k - i for k in bullets if k > i), 0)
    return [
        f"B{words[i].raw}",
        f"Bn{bucket(i - first)}",
        f"Bb{words[first].raw in _BULLETS:d}",
        f"Bc{min(len(bullets), 5)}",
        f"Bt{tail}",
        f"Bf{following}",
        f"Bs{common.get(after.word, -1)}",
        f"Bd{bucket(behind)}",
        f"Bf{following}t{tail}",
        f"Bf{following}b{words[first].raw in _BULLETS:d}",
        f"Bf{following}c{min(len(bullets), 5)}",
        f"Bt{tail}b{words[first].raw in _BULLETS:d}",
        f"Bp{before.shape}x{after.shape}",
        f"Bu{_upper(words[first:i])}",
        f"Bm{alike:d}",
        f"Bm{alike:d}c{min(len(bullets), 5)}f{following}",
    ]


def _upper(left: Sequence[Token]) -> str:
    letters = [w for w in left if w.shape in "AClL" and len(w.word) > 1]
    return "A" if letters and all(w.shape == "A" for w in letters) else "."


def blocked(words: Sequence[Token], first: int, i: int, rules: Rules) -> bool:
    """Whether an open quote or bracket, a mark, or a word that introduces names forbids an end before words[i]."""
    before, here = words[i - 1], words[i]
    if here.raw in _BULLETS:
        return _is_mere_dash(words, first, i, rules) or _is_open(words[first:i])
    if here.raw[0] in _QUOTES_AND_BRACKETS or before.tail in rules.introducers or before.raw[-1] in _NO_END:
        return True
    if before.shape == here.shape == "A":  # capitals say nothing among capitals
        return True
    headline = here.shape == "C" and i - first > 1 and _upper(words[first:i]) == "A"
    if before.shape in "CA" and not headline and _is_name_part(words, i, rules):
        return True
    return _is_open(words[first:i])


def _is_mere_dash(words: Sequence[Token], first: int, i: int, rules: Rules) -> bool:
    """Whether a dash cannot mark an item: in a dateline (`PARIS (AFP) - Le`), between names, around a remark."""
    last, listed, small = words[i - 1].raw[-1], words[first].raw in _BULLETS, words[i + 1].shape == "l"
    if last == ",":
        return True
    if listed:  # the items of one list begin alike
        return small and words[first + 1].shape != "l"
    if any(w.raw in _BULLETS for w in words[first:i]):  # an earlier dash was none
        return True
    closing = next((k for k in range(i + 1, min(len(words) - 1, i + _FARTHEST)) if words[k].raw in _BULLETS), None)
    if closing and small != (words[closing + 1].shape == "l"):
        return True
    names = words[i - 1].shape in "CA" and words[i + 1].shape in "CA"
    if names and (i - first <= 2 or words[i + 1].word not in rules.starters):  # Lyon - Nice; Reuters - Le CAC 40
        return True
    place = last == ")" or any(w.raw[-1] == "," for w in words[first:i])
    return (place and i - first <= _LONGEST_DATELINE) or (small and last not in ".:;!?…")


def _is_open(words: Sequence[Token]) -> bool:
    """Whether a bracket or quotation has not closed."""
    joined = " ".join(w.raw for w in words)
    return any(joined.count(a) > joined.count(b) for a, b in ("()", "«»", "“”")) or joined.count('"') % 2 == 1


def _is_name_part(words: Sequence[Token], i: int, rules: Rules) -> bool:
    """Whether a word after a capitalised one goes on with its name: `Cát Bà`, `Marine Le Pen`, `Pont L'Evêque`."""
    here, after = words[i], words[i + 1]
    if here.word not in rules.starters:
        return words[i - 1].shape == "C" or here.word not in rules.common
    if here.word in rules.kin and words[i - 1].shape == "C":
        return after.shape not in "CA" or here.raw[-1] == ","
    return here.word in rules.particles and (
        here.raw[len(here.word) :][:1].isupper() if here.tail else after.shape in "CA"
    )


def open_ends(text: str, start: int, end: int, rules: Rules) -> Iterator[tuple[int, int]]:
    """The places in one sentence (by its marks) where another ends without a mark: where it ends, where the next begins."""
    words = tokens(text, start, end) if rules.trained else []
    first: int | None = 0 if len(words) > _FEWEST_WORDS else None
    while first is not None:
        first = _next_open_end(words, first, rules)
        if first is not None:
            yield words[first - 1].end, words[first].start


def _next_open_end(words: Sequence[Token], first: int, rules: Rules) -> int | None:
    trained = rules.trained
    assert trained is not None
    for i in open_places(words, first):
        if blocked(words, first, i, rules):
            continue
        kind = _kind(words, i, rules)
        if trained.holds(open_features(words, first, i, rules.common), kind):
            return i
    return None


def _kind(words: Sequence[Token], i: int, rules: Rules) -> str:
    """Which threshold holds before words[i]; a particle and a capital may be a name (`Le Monde`), as other words may."""
    here, after = words[i], words[i + 1]
    if here.raw in _BULLETS:
        return "item"
    named = here.word in rules.particles and (here.raw[len(here.word) :] or after.raw)[:1].isupper()
    return "starter" if here.word in rules.starters and not named else "word"
