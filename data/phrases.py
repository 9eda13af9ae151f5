"""Looking up entries of several words in running text, quickly: by their first word, the longest entry first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from .text import caseless

SPACE = "[ \u00a0\u202f]"
_LETTERS = re.compile(r"[^\W\d_]+")


def alternatives(names: Iterable[str]) -> str:
    """A regular expression for any of the names, the longest first; it matches nothing where there are none.

    A space stands for any kind of space or hyphen, an apostrophe for both its forms.
    """
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return "|".join(_flexible(name) for name in ordered) or "(?!)"


def spaced(said: str) -> str:
    """The key under which an entry is known that `alternatives` has found: with spaces for hyphens, and simple marks."""
    return re.sub(r"[\s\-‑]+", " ", said).replace("’", "'")


def plain(said: str) -> str:
    """The same where case was ignored."""
    return caseless(spaced(said))


def _flexible(name: str) -> str:
    return re.sub(r"['’]", "['’]", re.escape(name)).replace(r"\ ", f"(?:{SPACE}|[-‑])")


def words(text: str) -> frozenset[str]:
    """The runs of letters in a text, case-folded."""
    return frozenset(map(str.casefold, _LETTERS.findall(text)))


class Spotted:
    """Tells cheaply that a text holds none of some phrases, so that no pattern of theirs need be looked for."""

    def __init__(self, phrases: Iterable[str]) -> None:
        needed = list(map(words, phrases))
        assert all(needed), "a phrase has letters"
        self.words = frozenset[str]().union(*needed)
        self._alone = frozenset[str]().union(*(n for n in needed if len(n) == 1))
        self._needed = tuple(n for n in needed if len(n) > 1)

    def within(self, found: Set[str]) -> bool:
        """Whether all words of one of the phrases are among those of a text."""
        return not self._alone.isdisjoint(found) or any(needed <= found for needed in self._needed)


def by_first_word(entries: Iterable[str], word: re.Pattern[str], *, ignore_case: bool) -> dict[str, re.Pattern[str]]:
    """For every first word (as `word` finds it) a pattern of the entries that begin with it.

    With `ignore_case` the keys are case-folded.
    """
    grouped: dict[str, list[str]] = {}
    for entry in entries:
        found = word.match(entry)
        if found is not None:
            first = found.group()
            grouped.setdefault(first.casefold() if ignore_case else first, []).append(entry)
    flags = re.IGNORECASE if ignore_case else 0
    return {first: re.compile(rf"(?:{alternatives(found)})(?!\w)", flags) for first, found in grouped.items()}
