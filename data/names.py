"""Names in running text, with a key that is the same in every language: people, places, organisations, acronyms.

The only place that knows that Corée du Sud, sud-coréenne and Hàn Quốc are one country, or ONU and Liên hợp quốc one organisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from .languages import base, table, tables
from .phrases import by_first_word
from .text import fold

_WORD = re.compile(r"[^\W\d_]+(?:[-‑][^\W\d_]+)*|[^\W_]+")
_HYPHEN = re.compile("[-‑]")
_PIECE = re.compile(r"[^\W_]+")  # entries are found by the first piece of a compound (États-Unis)
_ACRONYM = re.compile(r"(?=[^\W_]*[^\W\d_])[^\W_]{2,}(?:[-‑]\d+)?\+?")
_ROMAN = re.compile(r"[IVXLC]+")
_ROMAN_ORDINAL = re.compile(r"[IVXLC]{2,}[a-zè]{0,3}")
_SHORT = re.compile(r"(?<!\w)[^\W\d_]{1,2}$")
# What may precede the first word of a sentence: an end mark or line break, then opening quotes, brackets or dashes.
_OPENING = " \t\u00a0\u202f\"'’‘«“”„([*•–—-"
_ENDS = ".!?…:;\n|"
# CLDR's codes that are organisations or no place at all
_NOT_PLACES = {"UN": "UN", "EU": "EU", "EZ": None, "ZZ": None, "QO": None, "XA": None, "XB": None, "001": None}


@dataclass(frozen=True, slots=True)
class Name:
    """One name: its offsets, a key that other languages share, and its kind.

    `kind` is territory (the key is a CLDR code: KR, 150), place, organisation, acronym or name. A `weak` one may be an ordinary word
    that only stands at the start of a sentence.
    """

    start: int
    end: int
    key: str
    kind: str
    weak: bool = False


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    capital: bool
    opens: bool


def names(text: str, language: str) -> list[Name]:
    """The names of a text in order, without overlaps.

    In a language without a table these are runs of capitalised words, acronyms and CLDR's territories.
    """
    return list(_reader(base(language)).read(text))


def is_ordinary(word: str, language: str) -> bool:
    """Whether a word with a capital is one that the language's table lists as no name: Président, Nord, Tổng."""
    return _reader(base(language)).is_ordinary(word)


@cache
def _place_keys() -> frozenset[str]:
    """The keys of all tables' places: Nghe An in French is the place that Vietnamese calls Nghệ An."""
    return frozenset(place for known in tables("names").values() for place in known.get("places", {}))


@cache
def _syllables() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(known["syllable"]) for known in tables("names").values() if "syllable" in known)


def is_syllabic(name: str) -> bool:
    """Whether every word of a name may be a syllable of a language that writes in syllables, accents or not: Quang Ngai."""
    words = re.findall(r"[^\W_]+", name.casefold())
    return any(all(syllable.fullmatch(word) for word in words) for syllable in _syllables())


@cache
def family_names() -> frozenset[str]:
    """The folded family names of all languages that have a table of them, where names are made of a few syllables."""
    return frozenset(
        fold(name) for known in tables("names").values() for name in known.get("families", ()) if len(name) > 3
    )


def key(name: str) -> str:
    """A name without diacritics, case, spaces and marks: `Nguyễn Chí Vịnh` and `Nguyen Chi Vinh` become equal."""
    return re.sub(r"[\W_]", "", fold(name))


def parts(name: str) -> tuple[str, ...]:
    """The folded words of a name: `Nguyễn Chí Vịnh` → nguyen, chi, vinh."""
    return tuple(fold(word) for word in re.findall(r"[^\W_]+", name))


@cache
def _reader(code: str) -> _Reader:
    return _Reader(code, table(code, "names") or {})


class _Reader:
    """Finds the names of one language; all that it knows comes from the language's table and CLDR."""

    def __init__(self, code: str, knowledge: Mapping[str, Any]) -> None:
        self._entries = dict(_entries(code, knowledge))
        self._phrases = by_first_word(self._entries, _PIECE, ignore_case=False)
        self._starts = frozenset(knowledge.get("starts", ()))
        self._particles = frozenset(knowledge.get("particles", ()))
        self._families = frozenset(knowledge.get("families", ()))
        self._ambiguous = frozenset(knowledge.get("usage", {}).get("ambiguous", ()))
        self._nouns = bool(knowledge.get("nouns_are_capitalised", False))
        syllable = knowledge.get("syllable")
        self._syllable = re.compile(syllable) if syllable else None

    def read(self, text: str) -> Iterator[Name]:
        """The names, in order."""
        if text.islower() and self._phrases.keys().isdisjoint(_WORD.findall(text)) and not _HYPHEN.search(text):
            return  # neither a capital nor an entry nor a compound
        tokens = list(_tokens(text))
        inside = {t.text for t in tokens if t.capital and not t.opens}
        end = -1
        for at, token in enumerate(tokens):
            if token.start < end:
                continue
            name = self._known(text, tokens, at) or self._acronym(text, tokens, at)
            if name is None and token.capital:
                name = self._run(text, tokens, at, inside)
            if name is not None:
                end = name.end
                yield name
            elif "-" in token.text:
                yield from self._within(token)

    def is_ordinary(self, word: str) -> bool:
        """Whether the word may begin with a capital without being a name."""
        return word in self._starts

    def _known(self, text: str, tokens: Sequence[_Token], at: int) -> Name | None:
        """The entry of the tables that begins at this token."""
        token = tokens[at]
        pattern = self._phrases.get(_piece(token.text))
        found = pattern.match(text, token.start) if pattern is not None else None
        if found is None:
            return None
        kind, key_ = self._entries[_plain(found.group())]
        weak = token.text in self._ambiguous and found.end() == token.end
        if weak and (self._beside_name(text, tokens, at)):
            return None
        return Name(token.start, found.end(), key_, kind, weak and token.opens)

    def _beside_name(self, text: str, tokens: Sequence[_Token], at: int) -> bool:
        """Whether a word that is also part of people's names stands among such parts: Nguyễn Thị Mỹ Linh."""
        before = tokens[at - 1] if at else None
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        return (
            before is not None
            and before.capital
            and _joined(text, before, tokens[at])
            and before.text not in self._starts
        ) or (
            after is not None
            and after.capital
            and _joined(text, tokens[at], after)
            and self._native(after.text)
            and after.text not in self._starts
            and after.text not in self._families
        )

    def _acronym(self, text: str, tokens: Sequence[_Token], at: int) -> Name | None:
        token = tokens[at]
        found = _ACRONYM.match(text, token.start) if token.text.isupper() and len(token.text) > 1 else None
        if found is None or _ROMAN.fullmatch(token.text) or self._shouted(text, tokens, at):
            return None
        return Name(token.start, found.end(), key(found.group()).upper(), "acronym")

    @staticmethod
    def _shouted(text: str, tokens: Sequence[_Token], at: int) -> bool:
        """Whether the token is part of a line in capitals rather than an acronym."""
        near = [
            t
            for t in (*tokens[max(0, at - 2) : at], *tokens[at + 1 : at + 3])
            if "\n" not in text[tokens[at].end : t.start]
        ]
        return tokens[at].text.isupper() and bool(near) and all(t.text.isupper() for t in near)

    def _run(self, text: str, tokens: Sequence[_Token], at: int, inside: set[str]) -> Name | None:
        """The name that a run of capitalised words makes, beginning at this token."""
        first = tokens[at]
        if first.text in self._starts or _ROMAN_ORDINAL.fullmatch(first.text) or self._shouted(text, tokens, at):
            return None
        run, next_ = [first], at + 1
        while (reached := self._next(text, tokens, next_, run)) is not None:
            run.append(tokens[reached])
            next_ = reached + 1
        name = text[first.start : run[-1].end]
        native = [self._native(t.text) for t in run]
        if len(run) == 1 and (native[0] or len(name) < 2):
            return None
        weak = (len(run) == 1 and first.opens and first.text not in inside) or (self._nouns and len(run) == 1)
        weak = weak or (all(native) and self._syllable is not None and first.text not in self._families)
        kind = "place" if len(run) > 1 and key(name) in _place_keys() else "name"
        return Name(first.start, run[-1].end, key(name), kind, weak)

    def _next(self, text: str, tokens: Sequence[_Token], at: int, run: Sequence[_Token]) -> int | None:
        """Where the run goes on: at the next token, or at the one after particles."""
        last = run[-1]
        while at < len(tokens) and tokens[at].text in self._particles and _joined(text, last, tokens[at]):
            last, at = tokens[at], at + 1
        if at >= len(tokens) or not tokens[at].capital or not _joined(text, last, tokens[at]):
            return None
        if run[0].text in self._families and self._native(tokens[at].text):
            # given names are words, too: Nguyễn Thị Mỹ Linh; a country after a whole name is none: Nông Dân Trung Quốc
            return None if len(run) > 1 and self._is_phrase(text, tokens, at) else at
        if tokens[at].text in self._starts or (tokens[at].text.isupper() and len(tokens[at].text) > 3):
            return None
        known = tokens[at].text not in self._ambiguous and self._known(text, tokens, at) is not None
        return None if known else at

    def _is_phrase(self, text: str, tokens: Sequence[_Token], at: int) -> bool:
        """Whether an entry of several words begins at this token."""
        known = self._known(text, tokens, at)
        return known is not None and known.end > tokens[at].end

    def _native(self, word: str) -> bool:
        """Whether a word is one of the language's own syllables and so, alone, no name."""
        return self._syllable is not None and self._syllable.fullmatch(word.casefold()) is not None

    def _within(self, token: _Token) -> Iterator[Name]:
        """Known names inside a compound: franco-vietnamien."""
        for piece in _PIECE.finditer(token.text):
            if piece.group() in self._entries:
                kind, key_ = self._entries[piece.group()]
                yield Name(token.start + piece.start(), token.start + piece.end(), key_, kind)


def _piece(word: str) -> str:
    return word.partition("-")[0].partition("‑")[0]


def _tokens(text: str) -> Iterator[_Token]:
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start()
        capital = word[0].isupper()
        yield _Token(start, match.end(), word, capital, capital and _opens(text, start))


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins here."""
    while start and text[start - 1] in _OPENING:
        start -= 1
    if not start or text[start - 1] not in _ENDS:
        return not start
    # not after an initial or a short title: M. Macron, Mr. Smith, TP. Huế
    return text[start - 1] != "." or _SHORT.search(text, max(0, start - 5), start - 1) is None


def _joined(text: str, one: _Token, other: _Token) -> bool:
    """Whether two words stand side by side in one name: a space between, or an initial's full stop or apostrophe."""
    gap = text[one.end : other.start]
    return gap in {" ", "\u00a0", "\u202f"} or (
        len(one.text) == 1 and one.capital and gap in {". ", ".", ".\u00a0", "'", "’"}
    )


def _entries(code: str, knowledge: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Every known form: its kind and key. CLDR's come first, so that the table's win."""
    for territory, name in _territories(code):
        yield _plain(name), ("territory", territory)
    for kind, subject in (("territory", "territories"), ("place", "places"), ("organisation", "organisations")):
        for key_, forms in knowledge.get(subject, {}).items():
            for form in forms:
                yield _plain(form), (kind, key_)
    for key_, patterns in knowledge.get("adjectives", {}).items():
        for pattern in patterns:
            stem, *endings = pattern.split("+")
            for form in (stem, *(stem + ending for ending in endings)):
                yield _plain(form), ("territory", key_)
                yield _plain(form[0].upper() + form[1:]), ("territory", key_)


def _territories(code: str) -> Iterator[tuple[str, str]]:
    """CLDR's names of territories in the language, both forms of `Myanmar (Birmanie)`."""
    from babel import Locale, UnknownLocaleError

    try:
        known = Locale.parse(code).territories
    except (UnknownLocaleError, ValueError):
        return
    for territory, name in known.items():
        target = _NOT_PLACES.get(territory, territory)
        for form in re.split(r"\s*[()]\s*", name) if target else ():
            if form:
                yield target, form  # type: ignore[misc]


def _plain(form: str) -> str:
    """A form as the tables write it: one kind of space, hyphen and apostrophe."""
    return re.sub(r"[ \u00a0\u202f‑-]+", " ", form).replace("’", "'")
