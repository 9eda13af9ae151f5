"""How each language writes dates: one pattern a language, made from CLDR's names and `tables/<language>/dates.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .languages import table, tables

YEAR = r"(?:1[89]|20)\d\d"
_ISO = r"(?P<iso>(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?![\d-])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
# What may not follow a number: another digit, a per cent sign, or the rest of a decimal or of a longer row of numbers.
_STOP = r"(?![\d%]|\s%|[.,/-]\d)"


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language's dates as one pattern, and the numbers behind its names.

    The pattern's groups are named by what they hold and the number of their form: a first day, d last day, n month as a
    number, m month as a word, y year, w weekday, r relative day, lb/la "last" before or after, nb/na "next"; `iso` is whole.
    """

    pattern: re.Pattern[str]
    between: re.Pattern[str]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    relative: Mapping[str, int]


def plain(name: str) -> str:
    """A name as the grammars' keys have it: lower case, single spaces, no final full stop."""
    return re.sub(r"\s+", " ", name.replace("’", "'")).casefold().rstrip(".")


def _either(words: Iterable[str]) -> str:
    # the longest first; any white space and both apostrophes
    ordered = sorted({w for w in words if w}, key=lambda w: (-len(w), w))
    parts = (re.escape(w).replace(r"\ ", r"\s+").replace("'", "['’]") for w in ordered)
    return "(?:" + "|".join(parts) + ")" if ordered else r"(?!)"


@cache
def _names(language: str, kind: str) -> Mapping[str, int]:
    """CLDR's names of months (from 1) or weekdays (Monday is 0), and the table's own, in lower case."""
    from babel import Locale, UnknownLocaleError

    found: dict[str, int] = {}
    try:
        locale = Locale.parse(language)
        sets = (locale.months if kind == "months" else locale.days)["format"]
        for width in ("wide", "abbreviated"):
            # names with a number in them ("Tháng 9", "Th 2") are read as numbers behind a word
            found |= {plain(n): i for i, n in sets[width].items() if not re.search(r"\d", n) and len(plain(n)) > 2}
    except (UnknownLocaleError, ValueError):
        pass  # a language CLDR does not know has what its table gives
    return found | {plain(n): i for n, i in (table(language, "dates") or {}).get(kind, {}).items()}


@cache
def grammar(language: str) -> Grammar:
    """The grammar of a language; one of ISO dates alone if there is no table for it."""
    known = table(language, "dates") if language else None
    if known is None:
        return Grammar(re.compile(rf"(?<![\w-]){_ISO}"), re.compile(r"(?!)"), {}, {}, {})
    months, weekdays = _names(language, "months"), _names(language, "weekdays")
    relative = {plain(word): shift for word, shift in known.get("relative", {}).items()}
    parts = _Parts.of(known, months, weekdays, relative)
    forms = "|".join(form.replace("{0}", str(i)) for i, form in enumerate(_forms(parts, known)))
    # The look-ahead lets most positions fail at once: every date begins with a digit or with a word of the grammar.
    opening = _either(_opening_words(known, months, weekdays, relative))
    pattern = re.compile(rf"(?<![\w.,/-])(?=\d|{opening})(?:{forms})", re.I)
    return Grammar(pattern, re.compile(_between(known.get("range", ())), re.I), months, weekdays, relative)


def _opening_words(known: Mapping[str, Any], *names: Mapping[str, int]) -> set[str]:
    fields = ("day_prefix", "month_prefix", "month_context", "year_context", "last_before", "next_before")
    return {w for found in names for w in found} | {w for name in fields for w in known.get(name, ())}


def _between(words: Iterable[str]) -> str:
    return rf"(?:\s*[-–—]\s*|\s+{_either(words)}\s+)"


@dataclass(frozen=True, slots=True)
class _Parts:
    """The pieces of which a language's forms are made; {0} stands for the number of the form."""

    month: str
    weekday: str
    relative: str
    span: str
    ordinal: str
    day_word: str
    month_word: str
    led: str
    first: str
    year: str

    @classmethod
    def of(
        cls, known: Mapping[str, Any], months: Iterable[str], weekdays: Iterable[str], relative: Iterable[str]
    ) -> _Parts:
        ordinal = rf"(?:{_either(known.get('ordinals', ()))})?"
        day_word, year_word = _either(known.get("day_prefix", ())), _either(known.get("year_prefix", ()))
        span = _between([*known.get("range", ()), *known.get("list", ())])
        return cls(
            month=_either(months),
            weekday=_either(weekdays),
            relative=_either(relative),
            span=span,
            ordinal=ordinal,
            day_word=day_word,
            month_word=_either(known.get("month_prefix", ())),
            led=rf"(?:(?P<w{{0}}>{_either(weekdays)})\s*[,(]?\s*)?(?:{day_word}\s+)*",
            first=rf"(?:(?P<a{{0}}>{_DAY}){ordinal}(?:\s*,\s*{_DAY}{ordinal})*{span}(?:{day_word}\s+)?)?",
            year=rf"(?:(?:\s*[/-]\s*|\.(?=\d)|,?\s*)(?:{year_word}\s+)?(?P<y{{0}}>{YEAR})(?!\d))?",
        )


def _forms(p: _Parts, known: Mapping[str, Any]) -> Iterator[str]:
    """The ways to write a date, those that say more first."""
    yield _ISO
    yield from _numeric(p, known)
    if known.get("month_prefix"):
        yield rf"{p.led}{p.first}(?P<d{{0}}>{_DAY})\s+{p.month_word}\s+(?P<n{{0}}>{_MONTH})(?!\d){p.year}"
        yield rf"{p.month_word}\s+(?P<n{{0}}>{_MONTH})(?!\d|[.,]\d{{1,2}}(?!\d)){p.year}"
    yield from _named(p, known)
    yield rf"{_either(known.get('year_context', ()))}\s+(?P<y{{0}}>{YEAR}){_STOP}"
    yield rf"(?P<r{{0}}>{p.relative})(?!\w)"
    before = "|".join(
        rf"(?P<{g}b{{0}}>{_either(known.get(f, ()))})" for g, f in (("l", "last_before"), ("n", "next_before"))
    )
    after = "|".join(rf"(?P<{g}a{{0}}>{_either(known.get(f, ()))})" for g, f in (("l", "last"), ("n", "next")))
    yield rf"(?:(?:{before})\s+)?(?P<w{{0}}>{p.weekday})(?!\w)(?:\s+(?:{after})(?!\w))?"


def _numeric(p: _Parts, known: Mapping[str, Any]) -> Iterator[str]:
    """3/9/2019, and without the year where the language does so: 3/9; "ngày 3-9"."""
    if separators := known.get("separators"):
        mark = rf"\s?[{re.escape(separators)}]\s?"
        yield rf"{p.led}{p.first}(?P<d{{0}}>{_DAY}){mark}(?P<n{{0}}>{_MONTH}){mark}(?P<y{{0}}>{YEAR}|[0-4]\d)(?![\d:/-]|\.\d)"
    if worded := known.get("day_separators"):
        mark = rf"\s?[{re.escape(worded)}]\s?"
        lead = rf"(?:(?P<w{{0}}>{p.weekday})\s*[,(]?\s*)?(?:{p.day_word}\s+)+"
        yield rf"{lead}{p.first}(?P<d{{0}}>{_DAY}){mark}(?P<n{{0}}>{_MONTH}){_STOP}"
    if short := known.get("short_separators"):
        no_date = rf"(?!{_either(known.get('fractions', ()))}(?!\d))"
        yield rf"{p.led}{p.first}{no_date}(?P<d{{0}}>{_DAY})[{re.escape(short)}](?P<n{{0}}>{_MONTH}){_STOP}"


def _named(p: _Parts, known: Mapping[str, Any]) -> Iterator[str]:
    """Dates with the month's name: "3 septembre 2019", "September 3-9", "en septembre"."""
    if known.get("order") == "mdy":
        days = rf"(?:(?P<a{{0}}>{_DAY}){p.ordinal}{p.span})?(?P<d{{0}}>{_DAY}){p.ordinal}(?!\d|:\d)"
        yield rf"{p.led}(?P<m{{0}}>{p.month})\.?\s+{days}{p.year}"
    link = rf"(?:\s+{_either(known.get('month_link', ()))})?"
    yield rf"{p.led}{p.first}(?P<d{{0}}>{_DAY}){p.ordinal}{link}\s*(?P<m{{0}}>{p.month})(?!\w)(?:\.(?=\s*\d))?{p.year}"
    yield rf"(?P<m{{0}}>{p.month})\.?\s+(?P<y{{0}}>{YEAR})(?!\d)"
    alone = rf"(?P<m{{0}}>{p.month})(?!\w)(?!\s+\d)"
    if known.get("month_alone"):
        yield alone
    elif contexts := known.get("month_context"):
        yield rf"{_either(contexts)}\s*{alone}"


@cache
def impossible(language: str) -> re.Pattern[str]:
    """What is written like a date but is none: tháng 14, 30/59/2019. (A thirteenth month is a salary.)"""
    prefixes = (table(language, "dates") or {}).get("month_prefix", ()) if language else ()
    month = rf"(?<!\w){_either(prefixes)}\s+(?:1[4-9]|[2-9]\d)(?![\d%]|[.,]\d)" if prefixes else "(?!)"
    numeric = rf"(?<![\w.,/-])(?:(?:3[2-9]|[4-9]\d)/\d\d?|\d\d?/(?:1[3-9]|[2-9]\d))/{YEAR}(?![\d/])"
    return re.compile(rf"{month}|{numeric}", re.I)


@cache
def any_date() -> re.Pattern[str]:
    """Dates and names of months and weekdays in any language there is a table for, for telling lines that hold nothing else."""
    names = _either(n for code in tables("dates") for kind in ("months", "weekdays") for n in _names(code, kind))
    numbers = rf"{_ISO}|{_DAY}\s?[/.-]\s?{_MONTH}(?:\s?[/.-]\s?(?:19|20)?\d\d)?|{_MONTH}[/.-](?:19|20)\d\d"
    return re.compile(rf"(?<!\w)(?:{numbers}|{names}(?!\w))", re.I)
