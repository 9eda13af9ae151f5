"""Whether two texts tell the same numbers, dates and names: what stands on one side has an answer on the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any, Generic, TypeVar

from .dates import DateMention, mentions
from .languages import base
from .names import Name, is_ordinary, is_syllabic, key, names
from .quantities import Quantity, agree, is_measured, quantities
from .text import caseless, fold

T = TypeVar("T")
_ALIKE = 0.75  # a name in another spelling: Kiev/Kyiv, Gorbatchev/Gorbachev
_MOST = 0.7  # of a name's letters: Nguyễn Quốc Huy is not Lê Quốc Huy
_SMALL = 12  # numbers up to here are often told in other words (both, a dozen)
# What a measure without a unit may be of one with a unit: an inch is 2.54 of something, most likely centimetres
_FACTORS = {
    "in": (2.54,), "cm": (2.54, 30.48), "ft": (3.281, 30.48), "m": (3.281, 1.094), "mi": (1.609,), "km": (1.609, 1.852), "nmi": (1.852,),
    "mi-h": (1.609,), "km-h": (1.609,), "lb": (2.205,), "kg": (2.205,), "ha": (2.471,), "l": (3.785,), "mm": (25.4,),
}  # fmt: skip
_DEGREES = {"celsius", "fahrenheit", "degree"}
_ROUNDED = 0.1  # what rounding may change of a measure,
_NEAREST = 0.5  # or half of its last digit where it is small
# a game's score, the digits inside a code (SS19, AF1234)
_SCORE = re.compile(r"(?<![\w.,/–-])(\d{1,3})[-–](\d{1,3})(?![\w/–-]|[.,]\d)")
_CODE = re.compile(r"(?<!\w)(?=\w*[A-ZĐ])(?=\w*\d)[^\W_]{3,}(?!\w)")


@dataclass(frozen=True, slots=True)
class Disagreement(Generic[T]):
    """What has no answer: on the source side only, on the target side only, and pairs that contradict each other."""

    missing: tuple[T, ...]
    added: tuple[T, ...]
    contradicting: tuple[tuple[T, T], ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything disagrees."""
        return bool(self.missing or self.added or self.contradicting)


class Facts:
    """The dates, numbers and names of one text, and all its numbers (those inside dates too)."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language
        self.dates: list[DateMention] = mentions(text, language)
        spans = [(date.start, date.end) for date in self.dates]
        self.quantities: list[Quantity] = quantities(text, language, skip=spans)
        self.all_quantities: list[Quantity] = quantities(text, language)
        self.day_spans = days = calendar_spans(text, language, "days")
        # a day's name is no country's: Chủ Nhật
        self.names: list[Name] = [
            n for n in names(text, language) if not any(a < n.end and n.start < b for a, b in days)
        ]
        self.folded = key(text)
        words = re.findall(r"[^\W_]+", text)
        self.words = frozenset(fold(word) for word in words)
        self.capitals = frozenset(fold(word) for word in words if word[0].isupper())
        self.capitalised = frozenset(word for word in self.capitals if len(word) > 3)
        self.figures = re.findall(r"\d+", re.sub(r"(?<=\d)[ .,:h\u00a0\u202f]{1,3}(?=\d)", "", text))
        self.months = _named_parts(text, language, "months") | {int(m) for d in self.dates for m in _months(d)}
        self.weekdays = _named_parts(text, language, "days")


def numbers_disagree(source: Facts, target: Facts) -> Disagreement[Quantity]:
    """The numbers without an answer; contradicting are equal values with other units.

    A number that stands twice on one side and once on the other counts where another one went: 3 and 3 for 2 and 3.
    """
    rest, spare = _match(source.quantities, target.quantities)
    units = tuple((a, b) for a in rest for b in spare if _same_value(a, b) and a.unit and b.unit)
    rest = [q for q in rest if not any(q is a for a, _ in units)]
    spare = [q for q in spare if not any(q is b for _, b in units)]
    rest, spare = _unconverted(rest, spare, target), _unconverted(spare, rest, source)
    missing = [q for q in rest if _demanded(q, source) and not _answered(q, source, target)]
    added = [q for q in spare if _demanded(q, target) and not _answered(q, target, source)]
    if missing and not added:
        added = _once_more(missing, spare, target, source)
    elif added and not missing:
        missing = _once_more(added, rest, source, target)
    return Disagreement(tuple(missing), tuple(added), units)


def _once_more(lone: Sequence[Quantity], others: Sequence[Quantity], here: Facts, there: Facts) -> list[Quantity]:
    """Of the other side's numbers without a partner, one of the same sort that only stands there once too often."""
    shared = {q.value for q in there.quantities} & {q.value for q in here.quantities}
    found = (q for q in others if _demanded(q, here) and q.value in shared and any(_of_a_sort(q, one) for one in lone))
    return list(found)[:1]


def _of_a_sort(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit and one.kind == other.kind


def scores_disagree(source: Facts, target: Facts) -> tuple[str, str] | None:
    """Two games' scores that differ, where both sides tell as many: 1-0 and 7-0."""
    return _lone(_scores(source.text), _scores(target.text))


def codes_disagree(source: Facts, target: Facts) -> tuple[str, str] | None:
    """Two codes whose digits stand nowhere on the other side: AF1234 and AF1243; the letters may be translated (PE19, SS19)."""
    one, other = (
        {match.group(): re.findall(r"\d+", match.group()) for match in _CODE.finditer(facts.text)}
        for facts in (source, target)
    )
    return _lone(
        {code: code for code, digits in one.items() if not any(d in target.text for d in digits)},
        {code: code for code, digits in other.items() if not any(d in source.text for d in digits)},
    )


def _scores(text: str) -> dict[Any, str]:
    return {tuple(sorted((int(m[1]), int(m[2])))): m.group() for m in _SCORE.finditer(text)}


def _lone(one: dict[Any, str], other: dict[Any, str]) -> tuple[str, str] | None:
    """What each side has alone, where both have as many and differ in one."""
    here, there = [one[k] for k in one if k not in other], [other[k] for k in other if k not in one]
    return (here[0], there[0]) if len(one) == len(other) and here and there else None


def rough_disagree(source: Facts, target: Facts) -> tuple[Quantity, Quantity] | None:
    """Two orders of magnitude that differ, the only ones on their sides: hundreds and thousands."""
    sides = [[q for q in facts.quantities if q.kind == "rough"] for facts in (source, target)]
    if not (len(sides[0]) == len(sides[1]) == 1) or sides[0][0].value == sides[1][0].value:
        return None
    one, other = sides[0][0], sides[1][0]
    told = any(_same_value(one, q) for q in target.quantities) or any(_same_value(other, q) for q in source.quantities)
    return None if told else (one, other)


def ordinals_disagree(source: Facts, target: Facts) -> tuple[Quantity, Quantity] | None:
    """Two ordinals that differ, the only ones that the other side does not tell: deuxième and thứ ba. What may be a weekday (thứ ba) is one
    where the other side names it."""
    one, other = _lone_ordinals(source, target), _lone_ordinals(target, source)
    return (one[0], other[0]) if len(one) == len(other) == 1 else None


def _lone_ordinals(here: Facts, there: Facts) -> list[Quantity]:
    told = {value for q in there.all_quantities for value in (q.value, *q.alternatives)}
    lone = (q for q in here.quantities if q.kind == "ordinal" and q.value >= 2 and q.value not in told)
    return [q for q in lone if not _named_parts(here.text[q.start : q.end], here.language, "days") & there.weekdays]


def _unconverted(these: Sequence[Quantity], others: Sequence[Quantity], there: Facts) -> list[Quantity]:
    """The quantities that are no conversion of one on the other side: 64 km and 40 dặm, 25 cm and 10 (inch)."""
    # a measure may be given beside its conversion, which the other side has alone: 800 km/h (497 mph)
    measured = [q for q in there.quantities if is_measured(q)]
    return [
        q
        for q in these
        if not any(_converted(q, other) for other in others)
        and not (is_measured(q) and any(_converted(q, other) for other in measured))
    ]


def _converted(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers are one measure in two units, as far as rounding allows; one of the units may not be named."""
    if _DEGREES & {one.unit, other.unit} and {one.unit, other.unit} <= {*_DEGREES, None}:
        small, large = sorted((float(one.value), float(other.value)))
        return abs((large - 32) / 1.8 - small) <= 1.5
    if one.unit == other.unit:
        return False
    if one.unit and other.unit:
        (a, measure), (b, same) = one.key, other.key
        return measure == same and measure is not None and _rounded(float(a), float(b), one, other)
    unit = one.unit or other.unit or ""
    small, large = sorted((float(one.value), float(other.value)))
    return any(_rounded(small * factor, large, one, other) for factor in _FACTORS.get(unit, ()))


def _rounded(a: float, b: float, one: Quantity, other: Quantity) -> bool:
    smallest = min(abs(float(q.value)) for q in (one, other))
    return bool(a and b and smallest) and abs(a / b - 1) <= max(_ROUNDED, min(_NEAREST / smallest, 0.25))


def _match(source: Sequence[Quantity], target: Sequence[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """What is left on each side when quantities that agree are paired, those that are surely numbers first."""
    rest, spare = [], list(target)
    for quantity in sorted(source, key=lambda q: q.weak):
        fitting = sorted((q for q in spare if agree(quantity, q)), key=lambda q: q.weak != quantity.weak)
        if fitting:
            spare.remove(fitting[0])
        else:
            rest.append(quantity)
    return sorted(rest, key=lambda q: q.start), spare


def _same_value(one: Quantity, other: Quantity) -> bool:
    return bool({one.value, *one.alternatives} & {other.value, *other.alternatives})


def _demanded(quantity: Quantity, facts: Facts) -> bool:
    """Whether a number is one that a translation has to tell: not a word that may be something else."""
    return not quantity.weak and not (quantity.value in (0, 1) and not facts.text[quantity.start].isdigit())


def _answered(quantity: Quantity, here: Facts, there: Facts) -> bool:
    """Whether a number stands on the other side in another guise: inside a date, twice, ordinal, in another notation."""
    if any(_same_value(quantity, other) for other in there.all_quantities):
        return True
    if _figure_stands(quantity, here, there):
        return True
    others = [other for other in there.all_quantities if not other.weak or other.kind == "time"]
    return any(_same_year(quantity, other) or _same_hour(quantity, other) for other in others)


def _figure_stands(quantity: Quantity, here: Facts, there: Facts) -> bool:
    """Whether the same digits stand on the other side: a telephone or case number in other groups, a time with another mark."""
    text = here.text[quantity.start : quantity.end]
    figure = re.sub(r"\D", "", text).lstrip("0")
    plain = (
        quantity.kind == "time"
        or (quantity.unit == "hour" and len(figure) >= 3)
        or (len(figure) >= 3 and not any(c.isalpha() for c in text) and quantity.value == int(quantity.value))
    )
    if not figure or not plain:
        return False
    return any(figure == f.lstrip("0") or (len(f) > 5 and figure in f) for f in there.figures)


def _same_year(one: Quantity, other: Quantity) -> bool:
    """Whether one is the short form of the other: les années 80, 1950-53."""
    short, full = sorted((one.value, other.value))
    return 10 <= short < 100 and 1900 <= full < 2100 and full % 100 == short


def _same_hour(one: Quantity, other: Quantity) -> bool:
    """Whether two times of day differ by the half of the day alone: 17 h 30 and 5.30 in the afternoon, 14 h and 2 giờ."""
    if one.unit == other.unit == "hour" and max(one.value, other.value) <= 24:
        return abs(one.value - other.value) in (0, 12)
    if "time" not in (one.kind, other.kind):
        return False
    readings = [
        {q.value, int(q.value) + q.value % 1 * 100 / 60} if q.kind != "time" else {q.value} for q in (one, other)
    ]
    return any(abs(a - b) in (0, 12) for a in readings[0] for b in readings[1])


def written_in_digits(quantity: Quantity, facts: Facts) -> bool:
    """Whether a number is in digits, which a translator rarely leaves out or changes."""
    return any(c.isdigit() for c in facts.text[quantity.start : quantity.end])


def is_small_word(quantity: Quantity, facts: Facts) -> bool:
    """Whether a number is a small one in words: deux, ba, a dozen."""
    return quantity.value <= _SMALL and not written_in_digits(quantity, facts)


def _named_parts(text: str, language: str, what: str) -> frozenset[int]:
    """The months or weekdays that a text names, as numbers, by CLDR's names of them."""
    pattern, known = _calendar(base(language), what)
    return frozenset(known[caseless(match.group())] for match in pattern.finditer(text))


@cache
def _calendar(code: str, what: str) -> tuple[re.Pattern[str], dict[str, int]]:
    from babel import Locale, UnknownLocaleError

    try:
        named = getattr(Locale.parse(code), what)["format"]["wide"]
    except (UnknownLocaleError, ValueError):
        named = {}
    known = {caseless(name): number for number, name in named.items()}
    longest = sorted(map(re.escape, known), key=len, reverse=True)
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(longest) or '(?!)'})(?!\w)"), known


def calendar_spans(text: str, language: str, what: str) -> list[tuple[int, int]]:
    """Where a text names months or days of the week (`what` is `months` or `days`)."""
    return [match.span() for match in _calendar(base(language), what)[0].finditer(text)]


def calendar_names(language: str, what: str) -> list[str]:
    """A language's names of the months or days of the week, in lower case."""
    return list(_calendar(base(language), what)[1])


def _months(date: DateMention) -> list[str]:
    return [field for value in (date.value, date.end_value or date.value) if (field := _fields(value)[1])]


def dates_disagree(source: Facts, target: Facts) -> Disagreement[DateMention]:
    """The dates without an answer; contradicting pairs differ in year, month or day."""
    rest = [d for d in source.dates if not any(_dates_agree(d, e) for e in target.dates)]
    spare = [d for d in target.dates if not any(_dates_agree(d, e) for e in source.dates)]
    near = [(a, b) for a in rest for b in spare if _neighbours(a, b)]
    rest = [d for d in rest if any(d is a for a, _ in near) or not _told(d, target)]
    spare = [d for d in spare if any(d is b for _, b in near) or not _told(d, source)]
    pairs = near or [(a, b) for a in rest for b in spare if _shape(a) & _shape(b)]
    return Disagreement(
        tuple(d for d in rest if not any(d is a for a, _ in pairs)),
        tuple(d for d in spare if not any(d is b for _, b in pairs)),
        tuple(pairs),
    )


def _neighbours(one: DateMention, other: DateMention) -> bool:
    """Whether two days differ in day or month alone, or in the order of the two: a slip rather than another date."""
    (_, month, day), (_, other_month, other_day) = _fields(one.value), _fields(other.value)
    if not (month and day and other_month and other_day) or one.end_value or other.end_value:
        return False
    return month == other_month or day == other_day or (month, day) == (other_day, other_month)


def _fields(date: str) -> tuple[str | None, ...]:
    year, month, day = (*date.split("-"), "", "")[:3]
    return (None if not year or "X" in year else year, month or None, day or None)


def _dates_agree(one: DateMention, other: DateMention) -> bool:
    starts = _day_agrees(one.value, other.value)
    if one.end_value and other.end_value:
        return starts and _day_agrees(one.end_value, other.end_value)
    ends = [_day_agrees(a, b) for a in (one.value, one.end_value) for b in (other.value, other.end_value) if a and b]
    return any(ends)


def _day_agrees(one: str, other: str) -> bool:
    return all(x is None or y is None or x == y for x, y in zip(_fields(one), _fields(other), strict=True))


def _shape(date: DateMention) -> set[int]:
    return {i for i, field in enumerate(_fields(date.value)) if field is not None}


def _told(date: DateMention, there: Facts) -> bool:
    """Whether all figures of a date stand on the other side as numbers (a date in a notation that is not read)."""
    told = {int(q.value) for q in there.all_quantities if q.value == int(q.value)}
    told |= {1900 + value for value in told if value < 100} | {int(f) for f in there.figures if len(f) == 4}  # 1930er
    places = (told, there.months | told, told)
    fields = [
        pair for value in (date.value, date.end_value) if value for pair in zip(_fields(value), places, strict=True)
    ]
    return all(int(field) in place for field, place in fields if field is not None)


def names_disagree(source: Facts, target: Facts) -> Disagreement[Name]:
    """The names without an answer, weak ones left out; a name in another spelling is an answer."""
    rest = [n for n in source.names if not n.weak and not _named(n, source, target)]
    spare = [n for n in target.names if not n.weak and not _named(n, target, source)]
    return Disagreement(tuple(_once(rest)), tuple(_once(spare)))


def _once(found: Sequence[Name]) -> list[Name]:
    return list({name.key: name for name in found}.values())


def _named(name: Name, here: Facts, there: Facts) -> bool:
    if any(name.key == other.key for other in there.names):
        return True
    text = here.text[name.start : name.end]
    folded = key(text)
    longer = any(word.startswith(folded) and word != folded for word in there.words)  # Niger in Nigeria
    if len(folded) >= 3 and folded in there.folded and not longer:
        return True
    pieces = [fold(piece) for piece in re.findall(r"[^\W_]+", text) if len(piece) > 1]
    if name.kind == "territory":  # a known one has its key; another spelling of it is another name
        return any(len(piece) >= 6 and piece in there.words for piece in pieces) or (
            bool(pieces) and set(pieces) <= there.words
        )
    if len(pieces) > 1 and is_syllabic(
        text
    ):  # syllables are few, and one letter makes another person or place of a name
        return set(pieces) <= there.capitals
    known = [p for p in pieces if p in there.words or any(_alike(p, word) for word in there.capitalised)]
    if any(len(piece) >= 6 for piece in known) or (known and sum(map(len, known)) >= _MOST * sum(map(len, pieces))):
        return True
    return any(_alike(folded, key(there.text[other.start : other.end])) for other in there.names)


def strange_capitals(here: Facts, there: Facts) -> list[tuple[int, int]]:
    """Where words with a capital stand inside the sentence that no name explains, and no number (XVIIIe), and that the other side does not
    have: a name that is not read."""
    explained = [(n.start, n.end) for n in here.names if _named(n, here, there)] + here.day_spans
    explained += [(q.start, q.end) for q in here.all_quantities if q.kind == "ordinal"]
    found = []
    for match in re.finditer(r"(?:(?<=[^\W_] )|(?<=[^\W_][,;] ))[^\W\d_]{2,}", here.text):
        inside = any(start <= match.start() < end for start, end in explained)
        word = match.group()
        # an acronym or a word that is often capitalised (Nord, Président) does not stand for a lost name
        plain = word.isupper() or is_ordinary(word, here.language)
        if word[0].isupper() and not plain and not inside and fold(word) not in there.words:
            found.append(match.span())
    return found


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
