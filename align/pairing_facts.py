"""Facts that a report states: names, numbers and dates, under keys that do not depend on the language, and how telling each is."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..data.core import Document
from ..data.dates import mentions
from ..data.names import names, parts
from ..data.quantities import Quantity, is_measured, quantities

# How often a fact of a kind is found in a report that has nothing to do with it; an archive's own counts take over as it grows.
_COMMON = {"name": 0.004, "place": 0.03, "number": 0.02, "small": 0.15, "measure": 0.02, "day": 0.03, "year": 0.1}
_PRIOR_REPORTS = 25.0
_YEARS = frozenset(range(1900, 2100))  # a bare number from here is a year: les années 1950
_SMALL = 10  # numbers up to here say little, and in words (two sides, first) next to nothing
KINDS: tuple[str, ...] = ("name", "number", "date")
_SUBJECT = {
    "name": "name",
    "place": "name",
    "number": "number",
    "small": "number",
    "measure": "measure",
    "day": "date",
    "year": "period",
}
# What can agree and what can contradict: translators convert measures, and reports have different years as background.
_AGREEING = {"name": ("name",), "number": ("number", "measure"), "date": ("date", "period")}


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one report: for every sentence its keys, and for every key how it reads in the text.

    A key is (kind, value); kinds are name, place, number, small (a number up to ten), measure (in a unit that translators convert, so
    that it may agree but cannot contradict), day and year.
    """

    sentences: tuple[frozenset[tuple[str, str]], ...]
    forms: Mapping[tuple[str, str], str]

    @property
    def all(self) -> frozenset[tuple[str, str]]:
        """Every key of the report."""
        return frozenset(self.forms)


def facts(document: Document) -> Facts:
    """The facts of a report by sentence. Words that may be no name or number are left out."""
    starts = [s.start for s in document.sentences]
    sentences: list[set[tuple[str, str]]] = [set() for _ in starts]
    forms: dict[tuple[str, str], str] = {}
    for at, key, form in _found(document):
        number = bisect_right(starts, at) - 1
        if number >= 0 and at < document.sentences[number].end:
            sentences[number].add(key)
            forms.setdefault(key, form)
    return Facts(tuple(frozenset(s) for s in sentences), forms)


def _found(document: Document) -> Iterator[tuple[int, tuple[str, str], str]]:
    """Offset, key and wording of every fact."""
    text, language = document.text, document.language
    dates = mentions(text, language, reference=document.date)
    for date in dates:
        for value in {date.value, date.end_value or date.value}:
            yield date.start, _date_key(value), text[date.start : date.end]
    for quantity in quantities(text, language, skip=[(d.start, d.end) for d in dates]):
        if not quantity.weak and not (quantity.value <= _SMALL and text[quantity.start].isalpha()):
            yield quantity.start, _number_key(quantity), text[quantity.start : quantity.end]
    for name in names(text, language):
        if name.weak:
            continue
        form = text[name.start : name.end]
        if name.kind != "name":
            yield name.start, ("place", name.key), form
            continue
        for word in parts(form):
            if len(word) > 2:
                yield name.start, ("name", word), form


def _date_key(value: str) -> tuple[str, str]:
    # months and days without the year: one side often leaves it out
    return ("day", value[5:]) if len(value) == 10 else ("year", value)


def _number_key(quantity: Quantity) -> tuple[str, str]:
    value = max((quantity.value, *quantity.alternatives))  # 1,234 and 6.30 read alike on both sides
    if quantity.unit is None and quantity.kind == "cardinal" and value in _YEARS:
        return "year", f"{value.normalize():f}"
    kind = "measure" if is_measured(quantity) else "small" if value <= _SMALL else "number"
    return kind, f"{value.normalize():f}"


class Weights:
    """How telling facts are, in nats: the rarer in the reports at hand, the more; a prior stands in where these are few."""

    def __init__(self, reports: Iterable[Facts]) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._known: dict[tuple[str, str], float] = {}
        self._reports = 0
        for report in reports:
            self._counts.update(report.all)
            self._reports += 1

    def of(self, key: tuple[str, str]) -> float:
        """The weight of one fact."""
        weight = self._known.get(key)
        if weight is None:
            expected = _PRIOR_REPORTS * _COMMON[key[0]]
            weight = -math.log(min(1.0, (self._counts[key] + expected) / (self._reports + _PRIOR_REPORTS)))
            self._known[key] = weight
        return weight

    def total(self, keys: Iterable[tuple[str, str]]) -> float:
        """The weight of several facts together."""
        return math.fsum(self.of(k) for k in keys)  # exact, so that the order of a set does not matter


def subject(key: tuple[str, str]) -> str:
    """What kind of evidence a fact is: name, number or date."""
    return {"measure": "number", "period": "date"}.get(_SUBJECT[key[0]], _SUBJECT[key[0]])


def of_subject(keys: Iterable[tuple[str, str]], kind: str) -> set[tuple[str, str]]:
    """The keys of one kind of evidence."""
    return {k for k in keys if _SUBJECT[k[0]] == kind}


def agreeing(keys: Iterable[tuple[str, str]], kind: str) -> set[tuple[str, str]]:
    """The keys that count for one kind of evidence when both reports have them: measures are numbers then, years dates."""
    return {k for k in keys if _SUBJECT[k[0]] in _AGREEING[kind]}


def shared_forms(source: Facts, target: Facts, weights: Weights, *, most: int = 4) -> Sequence[tuple[str, str, str]]:
    """The most telling common facts: (kind, wording in the source, wording in the target)."""
    common = sorted(source.all & target.all, key=lambda k: (-weights.of(k), k))
    shown: dict[tuple[str, str], tuple[str, str, str]] = {}
    for key in common:
        row = (subject(key), source.forms[key], target.forms[key])
        shown.setdefault(row[1:], row)
    return list(shown.values())[:most]
