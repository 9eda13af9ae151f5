"""What the splitter knows of a language, ready for use: abbreviations, quotes and sentence starters from its table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from ..data.languages import base, table
from .splitmodel import Model, model

TERMINALS = ".!?…‥。！？؟۔।॥"
# A full stop in a script that has no capitals needs no capital after it.
CASELESS_TERMINALS = frozenset("。！？؟۔।॥")
_MOST_LANGUAGES = "mul"
SPACE = "[ \u00a0\u202f\u2009\u200b]"


@dataclass(frozen=True, slots=True)
class Rules:
    """One language's knowledge; the four sets of abbreviations hold entries without their last full stop.

    `common` are words that are mostly written small, so that a capital says "sentence" more than "name".
    """

    code: str
    before_word: frozenset[str]
    before_number: frozenset[str]
    maybe_last: frozenset[str]
    often_last: frozenset[str]
    starters: frozenset[str]
    introducers: frozenset[str]
    brands: frozenset[str]
    particles: frozenset[str]
    lettered: frozenset[str]
    kin: frozenset[str]
    small: frozenset[str]
    joints: frozenset[str]
    common: Mapping[str, int]
    trained: Model | None
    openers: str
    closers: str
    ordinal_stop: bool
    point: re.Pattern[str]

    def listed(self, word: str, entries: frozenset[str]) -> bool:
        """Whether a word is in a set: as written or, if it is more than a letter, in lower case or with one capital."""
        if word in entries or len(word) < 2:
            return word in entries
        return word.lower() in entries or (word.isupper() and word.capitalize() in entries)

    def is_abbreviation(self, word: str) -> bool:
        """Whether the word is in any of the four sets."""
        return any(
            self.listed(word, s) for s in (self.before_word, self.before_number, self.maybe_last, self.often_last)
        )


def _pattern(closers: str) -> re.Pattern[str]:
    """Terminals with the quotes, brackets and footnote marks that close after them; one match is one place to decide.

    A straight quote belongs to it when it touches the terminal on its left and nothing on its right; `./.` closes a report.
    """
    end, close = f"[{TERMINALS}]", re.escape(closers + ")]}")
    return re.compile(
        rf"{end}+(?:/\.(?!\S))?(?: \.(?: \.)+(?=\s|$))?"
        rf"(?:{SPACE}?[!?！？]+(?=[\s.…\"'{close}]|$)|{SPACE}?[{close}]|[\"'’*](?!\w)|{SPACE}\"(?={SPACE}?{end})|\[\d{{1,3}}\])*"
        rf"{end}*"
    )


def _joints(entries: Iterable[str]) -> Iterator[str]:
    """The places within abbreviations of several words: `z. B`, `av. J.-C`."""
    for entry in entries:
        words = entry.split(". ")
        yield from (f"{a}. {b}" for a, b in pairwise(words))


def _rules(code: str, known: Mapping[str, Any], trained: Model | None) -> Rules:
    short, quotes, words = known.get("abbreviations", {}), known.get("quotes", {}), known.get("words", {})
    closers = quotes.get("close", "»”’›")
    return Rules(
        code=code,
        common=trained.common if trained else {},
        trained=trained,
        before_word=frozenset(short.get("before_word", ())),
        before_number=frozenset(short.get("before_number", ())),
        maybe_last=frozenset(short.get("maybe_last", ())),
        often_last=frozenset(short.get("often_last", ())),
        starters=frozenset(words.get("starters", ())),
        introducers=frozenset(words.get("introducers", ())),
        brands=frozenset(words.get("brands", ())),
        particles=frozenset(words.get("particles", ())),
        lettered=frozenset(words.get("lettered", ())),
        kin=frozenset(words.get("kin", ())),
        small=frozenset(words.get("small", ())),
        joints=frozenset(_joints(e for entries in short.values() for e in entries)),
        openers=quotes.get("open", "«“‘‹„"),
        closers=closers,
        ordinal_stop=bool(known.get("numbers", {}).get("ordinal_stop", False)),
        point=_pattern(closers),
    )


@cache
def rules(language: str) -> Rules | None:
    """The rules of a language, or None where it has no table."""
    known = table(language, "splitting")
    if known is None:
        return None
    return _rules(base(language), known, model(language))


@cache
def neutral(*, maybe_last: frozenset[str] = frozenset(), starters: frozenset[str] = frozenset()) -> Rules:
    """Rules that hold for most languages, with abbreviations and sentence starters that were found elsewhere."""
    shared = _rules("", table(_MOST_LANGUAGES, "splitting") or {}, None)
    return replace(shared, maybe_last=shared.maybe_last | maybe_last, starters=starters)
