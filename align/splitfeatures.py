"""What the trained part of the splitter looks at where no punctuation stands: one list of feature names a place.

Training (`benchmarks/train_splitter.py`) and splitting share this code, so both see the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\S+")
_OPEN = "\"'«“‘‹„([{-–—•·*"
_CLOSE = "\"'»”’›)]},;:.!?…%"
# what the rules did not take for an end, and what joins
_NO_END = ".!?…,;:-–—/&'’"
_STEPS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 30, 50)
_FARTHEST = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A word between white space: offsets, the bare word, and its shape: `A` all capitals, `C` capital, `l`, `9`, `.`."""

    start: int
    end: int
    raw: str
    word: str
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
    cut = max(bare.find("'"), bare.find("’"))
    word = (bare[: cut + 1] if 0 < cut < 6 else bare).lower().replace("’", "'")
    return Token(start, end, raw, word, shape)


def bucket(value: int) -> int:
    """The step that a count falls on."""
    for step in _STEPS:
        if value <= step:
            return step
    return 99


def open_places(words: Sequence[Token], first: int) -> Iterator[int]:
    """The positions after `first` where a sentence without a final mark may end: before a capital, near the start."""
    for i in range(first + 1, min(len(words) - 1, first + _FARTHEST)):
        if words[i].shape in "CA":
            yield i


def open_features(words: Sequence[Token], first: int, i: int, common: Mapping[str, int]) -> list[str]:
    """The features of the place before words[i], where the sentence began at words[first].

    `common` maps words that are mostly written small in mid-sentence to how often they begin sentences (0 to 9).
    """
    left, here, before = words[first:i], words[i], words[i - 1]
    after = words[i + 1] if i + 1 < len(words) else None
    start = common.get(here.word, -1)
    tail = before.raw[-1] if not before.raw[-1].isalnum() else before.shape
    known = before.word in common
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
        f"P{before.word}" if known else f"P?{before.shape}",
        f"e{words[-1].raw[-1] in '.!?…'}",
        f"k{here.raw[-1] in ',;:'}",
    ]
    if before.word in common and before.shape == "l":
        found.append(f"q{common[before.word]}")
    found += [f"L{w.word}" for w in left[:12] if w.word in common]
    return found


def _upper(left: Sequence[Token]) -> str:
    letters = [w for w in left if w.shape in "AClL" and len(w.word) > 1]
    return "A" if letters and all(w.shape == "A" for w in letters) else "."


def blocked(words: Sequence[Token], first: int, i: int, introducers: frozenset[str], starters: frozenset[str]) -> bool:
    """Whether an open quote or bracket, a mark, or a word that introduces names forbids an end before words[i]."""
    before = words[i - 1]
    if words[i].raw[0] in "([{" or before.word in introducers or before.raw[-1] in _NO_END:
        return True
    if before.shape == "C" and words[i].word not in starters:  # a name of two words
        return True
    joined = " ".join(w.raw for w in words[first:i])
    return any(joined.count(a) > joined.count(b) for a, b in ("()", "«»", "“”")) or joined.count('"') % 2 == 1
