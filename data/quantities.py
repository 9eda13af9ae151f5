"""Numbers in running text, in digits or in words, with what they count: the only place that reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from .languages import base, table
from .phrases import SPACE, Spotted, alternatives, by_first_word, plain, spaced, words
from .portions import Portions

# Units that measure the same thing: (base unit, how many of it). A fact of physics, not of a language.
_SCALES = {
    "km": ("m", Decimal(1000)),
    "cm": ("m", Decimal("0.01")),
    "mm": ("m", Decimal("0.001")),
    "mi": ("m", Decimal("1609.344")),
    "in": ("m", Decimal("0.0254")),
    "ft": ("m", Decimal("0.3048")),
    "lb": ("kg", Decimal("0.45359237")),
    "mi-h": ("km-h", Decimal("1.609344")),
    "nmi": ("m", Decimal(1852)),
    "km2": ("m2", Decimal(1_000_000)),
    "ha": ("m2", Decimal(10_000)),
    "mi2": ("m2", Decimal(2_589_988)),
    "m3": ("l", Decimal(1000)),
    "t": ("kg", Decimal(1000)),
    "g": ("kg", Decimal("0.001")),
    "W": ("MW", Decimal("0.000001")),
    "kW": ("MW", Decimal("0.001")),
    "GW": ("MW", Decimal(1000)),
    "MWh": ("kWh", Decimal(1000)),
    "minute": ("second", Decimal(60)),
    "hour": ("second", Decimal(3600)),
    "day": ("second", Decimal(86_400)),
    "week": ("second", Decimal(604_800)),
    "year": ("month", Decimal(12)),
    "decade": ("month", Decimal(120)),
    "century": ("month", Decimal(1200)),
}
_ADJACENT = re.compile(f"(?:{SPACE}|[-‑])?")
_CONVERTED = {"m", "m2", "l", "kg", "km-h", "celsius", "fahrenheit"} | {
    unit for unit, (measure, _) in _SCALES.items() if measure in {"m", "m2", "l", "kg", "km-h"}
}
_BY = re.compile(r"(?<!0)[x×]\d+(?!\w)")  # 6x9
_DIGIT = re.compile(r"(?<!\w)\d|\d[x×]\d")  # where a number in digits may begin
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number in a text: offsets (unit included), exact value, and unit (`percent`, `km`, `VND`, …) where one is named.

    `kind` is cardinal, ordinal, fraction, rough (an order of magnitude: hundreds of) or time (a time of day, in hours).
    `alternatives` are other readings of an ambiguous notation (1.234), and a fraction's percentages. A `weak` one may be another
    word altogether (French "un", Vietnamese "năm"): good enough to answer a number on the other side, not to demand one.
    """

    start: int
    end: int
    value: Decimal
    unit: str | None = None
    kind: str = "cardinal"
    weak: bool = False
    alternatives: tuple[Decimal, ...] = ()

    @property
    def key(self) -> tuple[Decimal, str | None]:
        """Value and unit in base units: equal for 2 km and 2,000 metres."""
        unit, scale = _SCALES.get(self.unit or "", (self.unit, Decimal(1)))
        return (self.value * scale).normalize(), unit

    @property
    def keys(self) -> tuple[tuple[Decimal, str | None], ...]:
        """The keys of every reading, the likeliest first."""
        unit, scale = _SCALES.get(self.unit or "", (self.unit, Decimal(1)))
        return tuple(((value * scale).normalize(), unit) for value in (self.value, *self.alternatives))


def agree(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities can mean the same: a common reading, and no units that contradict each other."""
    if one.unit is None or other.unit is None:
        return bool({one.value, *one.alternatives} & {other.value, *other.alternatives})
    return bool(set(one.keys) & set(other.keys))


def quantities(text: str, language: str, *, skip: Iterable[tuple[int, int]] = ()) -> list[Quantity]:
    """The quantities of a text in order, without overlaps. Spans in `skip` (dates, for instance) are passed over.

    In a language without a table only digits are read, in every notation that they allow.
    """
    reader = _reader(base(language))
    taken = sorted(skip)
    found = [q for q in reader.read(text) if not _touches(q, taken)] if taken else list(reader.read(text))
    if not found:
        return []
    ordered = reader.with_decimals(text, sorted(found, key=lambda q: q.start))
    return reader.with_ranges(text, ordered)


def is_measured(quantity: Quantity) -> bool:
    """Whether the unit is one that people convert: a length, speed, area, weight, volume or temperature."""
    return quantity.unit in _CONVERTED


def _touches(quantity: Quantity, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < quantity.end and quantity.start < end for start, end in spans)


@dataclass(frozen=True, slots=True)
class _Atom:
    """A token that takes part in numbers: digits, word, multiplier, ordinal, joiner or half."""

    start: int
    end: int
    kind: str
    value: Decimal
    word: str = ""
    alternatives: tuple[Decimal, ...] = ()


@cache
def _reader(code: str) -> _Reader:
    return _Reader(table(code, "quantities") or {"group": ",.'", "decimal": "."})


class _Reader:
    """Reads the quantities of one language; all that it knows comes from the language's table."""

    def __init__(self, knowledge: Mapping[str, Any]) -> None:
        self._table = knowledge
        self._usage: Mapping[str, list[str]] = knowledge.get("usage", {})
        self._group, self._decimal = knowledge["group"], knowledge["decimal"]
        self._lexicon = dict(_lexicon(knowledge))
        self._phrases = by_first_word(self._lexicon, re.compile(r"[^\W\d_]+"), ignore_case=True)
        self._weak = frozenset(self._usage.get("weak", ()))
        self._portions = Portions(knowledge)
        self._named_hours = Spotted(knowledge.get("named_times", ()))
        self._words = Spotted(self._phrases).words | self._named_hours.words | self._portions.words

    def read(self, text: str) -> Iterator[Quantity]:
        """The quantities, times of day, heights and fractions first, then the rest in order."""
        found, digits = words(text), _DIGIT.search(text) is not None
        if not digits and self._words.isdisjoint(found) and self._romans.search(text) is None:
            return
        spent: dict[int, int] = {}
        for quantity in self._odd(text, found, digits=digits):
            if not _touches(quantity, list(spent.items())):
                spent[quantity.start] = quantity.end
                yield quantity
        atoms = list(self._atoms(text, spent))
        at, done = 0, 0
        while at < len(atoms):
            count, quantity = self._quantity(text, atoms, at)
            at += count
            if quantity is not None and quantity.start >= done:
                done = quantity.end
                yield quantity

    def _odd(self, text: str, words: Set[str], *, digits: bool) -> Iterator[Quantity]:
        """Times of day, heights and fractions in a text with these words; they may overlap."""
        if digits:
            yield from self._times(text)
        if self._named_hours.within(words):
            yield from self._hours(text)
        if digits:
            yield from self._heights(text)
        yield from self._parts(text, words, digits=digits)

    def with_ranges(self, text: str, found: list[Quantity]) -> list[Quantity]:
        """The quantities, the first of a range with the unit that its second names: de 5 à 10 cm."""
        for at in range(len(found) - 1):
            one, other = found[at], found[at + 1]
            is_open = one.unit is None and other.unit is not None and one.kind == other.kind == "cardinal"
            if is_open and one.value < other.value and self._range.fullmatch(text, one.end, other.start):
                found[at] = replace(one, unit=other.unit)
        return found

    def with_decimals(self, text: str, found: list[Quantity]) -> list[Quantity]:
        """The quantities, two with a decimal mark in words between them as one: trois virgule cinq, ba phẩy năm."""
        if self._decimal_words is None:
            return found
        merged: list[Quantity] = []
        for quantity in found:
            before = merged[-1] if merged else None
            spoken = before is not None and self._decimal_words.fullmatch(text, before.end, quantity.start)
            if before is not None and spoken and before.kind == quantity.kind == "cardinal" and before.unit is None:
                value = _spoken(before.value, quantity.value)
                merged[-1] = self._counted(text, replace(quantity, start=before.start, value=value, weak=False))
            else:
                merged.append(quantity)
        return merged

    def _counted(self, text: str, quantity: Quantity) -> Quantity:
        """The quantity with the unit behind it, where it has none yet."""
        unit = self._unit_at(text, quantity.end) if quantity.unit is None else None
        return quantity if unit is None else replace(quantity, end=unit[0], unit=unit[1])

    def _unit_at(self, text: str, at: int) -> tuple[int, str] | None:
        """Where the unit that stands there ends, and its code."""
        after, codes, _ = self._unit_names
        unit = after.match(text, at)
        if unit is None:
            return None
        name = unit.group("unit")
        return unit.end(), codes.get(spaced(name)) or codes[plain(name)]

    @cached_property
    def _decimal_words(self) -> re.Pattern[str] | None:
        words = self._table.get("decimal_words")
        return re.compile(rf"(?i){SPACE}(?:{alternatives(words)}){SPACE}") if words else None

    @cached_property
    def _range(self) -> re.Pattern[str]:
        return re.compile(rf"{SPACE}?(?:[-–]|{alternatives(self._table.get('ranges', ()))}){SPACE}?")

    # -- tokens ---------------------------------------------------------------------------------------------------------

    def _atoms(self, text: str, spent: Mapping[int, int]) -> Iterator[_Atom]:
        """The tokens that numbers are made of, in order and without overlaps."""
        end = 0
        for match in self._token.finditer(text):
            start = match.start()
            if start < end:
                continue
            if start in spent:
                end = spent[start]
            elif (atom := self._atom(text, match)) is not None:
                end = atom.end
                yield atom

    def _atom(self, text: str, match: re.Match[str]) -> _Atom | None:
        if match.lastgroup == "digits":
            return self._digits(text, match)
        word = match.group()
        phrase = self._phrases.get(word.casefold())
        if phrase is not None and (found := phrase.match(text, match.start())) is not None:
            key = plain(found.group())
            kind, value = self._lexicon[key]
            return _Atom(match.start(), found.end(), kind, value, key)
        return self._roman(text, match) if word[0] in _ROMAN else None

    @cached_property
    def _token(self) -> re.Pattern[str]:
        group = re.escape(self._group)
        # Not inside a word or a name (G20, COVID-19), nor inside a longer figure that is no number (1.2.3)
        return re.compile(
            rf"(?:(?<!\w)|(?<=\d[x×]))(?<![^\W\d_][-‑])(?<!\d[.,])"
            rf"(?P<digits>\d{{1,3}}(?:[{group}]\d{{3}})+(?!\d)(?:[{re.escape(self._decimal)}]\d+)?|\d+(?:[.,]\d+)?)"
            rf"|(?P<word>[^\W\d_]+)"
        )

    def _digits(self, text: str, match: re.Match[str]) -> _Atom | None:
        value, alternatives = self._value(match.group())
        end = match.end()
        if self._suffix is not None and (suffix := self._suffix.match(text, end)) is not None:
            return _Atom(match.start(), suffix.end(), "ordinal", value)
        joined = end < len(text) and (text[end].isalpha() or text[end] == "_")
        if joined and not self._attached.match(text, end) and not _BY.match(text, end):
            return None  # part of a name: 4G, 2e2
        return _Atom(match.start(), end, "digits", value, alternatives=alternatives)

    def _value(self, digits: str) -> tuple[Decimal, tuple[Decimal, ...]]:
        """The value, and other values that the notation may mean."""
        marks = re.sub(r"\d", "", digits)
        grouped = Decimal(re.sub(r"\D", "", digits))
        if not marks or marks[-1] not in ".,":
            return grouped, ()
        whole, _, part = digits.rpartition(marks[-1])
        decimal = Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{part}")
        if len(marks) > 1:
            return (decimal, ()) if marks[-1] != marks[0] else (grouped, ())
        # one mark before exactly three digits is a thousands mark in one convention and a decimal mark in the other
        if not re.fullmatch(r"[1-9]\d{0,2}\D\d{3}", digits):
            return decimal, ()
        # nobody writes the zeros of 30,000 after a decimal mark, so that is the other convention's thirty thousand
        if digits.endswith("000"):
            return grouped, ()
        return (grouped, (decimal,)) if marks in self._group else (decimal, (grouped,))

    @cached_property
    def _suffix(self) -> re.Pattern[str] | None:
        suffixes = self._table.get("ordinal_suffixes")
        return re.compile(rf"(?:{alternatives(suffixes)})(?!\w)") if suffixes else None

    @cached_property
    def _attached(self) -> re.Pattern[str]:
        names = [
            *self._usage.get("after_digits", ()),
            *self._scaled[1],
            *(n for names in self._units.values() for n in names),
        ]
        return re.compile(rf"(?:{alternatives(names)})(?!\w)") if names else re.compile(r"(?!)")

    def _roman(self, text: str, match: re.Match[str]) -> _Atom | None:
        """An ordinal in Roman digits, where a suffix or the words before it say so: XXIe siècle, thế kỷ XXI."""
        # a single L or C with a suffix is a word (Le, Ces)
        found = re.fullmatch(r"([IVXLC]{2,}|[IVX])(\w*)", match.group())
        if found is None:
            return None
        letters, suffix = found.groups()
        if suffix:
            known = self._table.get("roman_suffixed", False) and suffix in self._table.get("ordinal_suffixes", ())
        else:
            before = text[max(0, match.start() - 16) : match.start()].rstrip().casefold()
            known = before.endswith(tuple(self._table.get("roman_after", ("\0",))))
        return _Atom(match.start(), match.end(), "ordinal", Decimal(_from_roman(letters))) if known else None

    @cached_property
    def _romans(self) -> re.Pattern[str]:
        """Where a number in Roman digits may stand."""
        suffixes = alternatives(self._table.get("ordinal_suffixes", ()))
        return re.compile(rf"(?<![^\W\d_])(?:[IVXLC]{{2,}}|[IVX])(?:{suffixes})?(?![^\W\d_])")

    # -- numbers --------------------------------------------------------------------------------------------------------

    def _quantity(self, text: str, atoms: Sequence[_Atom], at: int) -> tuple[int, Quantity | None]:
        """How many atoms from `at` belong together, and the quantity that they make, if any."""
        first = atoms[at]
        if first.kind == "ordinal":
            goes_on = self._usage.get("ordinals_go_on") and first.word
            count, end, value = self._grown(text, atoms, at) if goes_on else (1, first.end, first.value)
            return count, Quantity(
                first.start, end, value, kind="ordinal", weak=count == 1 and first.word in self._weak
            )
        if not self._opens(text, atoms, at):
            return 1, self._shy(text, atoms, at)
        count, end, value = self._grown(text, atoms, at)
        alternatives = (
            first.alternatives
            if count == 1
            else tuple(value / first.value * a for a in first.alternatives if first.value)
        )
        return count, self._finished(
            text,
            first,
            end,
            value,
            alternatives,
            weak=count == 1 and first.word in self._weak and not self._counts(text, first),
        )

    def _grown(self, text: str, atoms: Sequence[_Atom], at: int) -> tuple[int, int, Decimal]:
        """How many atoms make the number that begins here, where it ends, and its value."""
        first = atoms[at] if atoms[at].kind != "ordinal" else replace(atoms[at], kind="word")
        stack, count, end = [(first.value, first)], 1, first.end
        while at + count < len(atoms):
            step = self._extend(text, atoms, at + count, stack, end)
            if not step:
                break
            count += step
            end = atoms[at + count - 1].end
        return count, end, sum((v for v, _ in stack), Decimal(0))

    def _opens(self, text: str, atoms: Sequence[_Atom], at: int) -> bool:
        atom = atoms[at]
        if atom.kind == "digits":
            return True
        if atom.kind == "multiplier":
            return atom.word in self._usage.get("alone", ())
        if atom.kind != "word" or atom.word in self._usage.get("after_tens", ()):
            return False
        if atom.word not in self._usage.get("before_multiplier", ()):
            return True
        return self._multiplied(text, atoms, at) or (not _after_number(text, atoms, at) and self._counts(text, atom))

    def _counts(self, text: str, atom: _Atom) -> bool:
        """Whether what stands around a weak word says that it is a number: năm người, neuf morts; but cuối năm người dân."""
        found = self._counting.get(atom.word)
        return (
            found is not None
            and found[1].match(text, atom.end) is not None
            and found[0].search(text[max(0, atom.start - 16) : atom.start]) is None
        )

    @cached_property
    def _counting(self) -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
        """For weak words what may not stand before them, and what must stand behind them."""
        return {
            word: (
                re.compile(rf"(?i)(?<!\w)(?:{alternatives(rule.get('not_after', ()))}){SPACE}$"),
                re.compile(rf"(?i){SPACE}(?:{alternatives(rule['before'])})(?!\w)"),
            )
            for word, rule in self._table.get("counting", {}).items()
        }

    def _shy(self, text: str, atoms: Sequence[_Atom], at: int) -> Quantity | None:
        """A weak quantity for a word that is a number only now and then."""
        atom = atoms[at]
        near_digits = (
            at + 1 < len(atoms) and atoms[at + 1].kind == "digits" and _near(text, atom.end, atoms[at + 1].start)
        )
        if atom.word not in self._weak or near_digits or _after_number(text, atoms, at):
            return None
        return Quantity(atom.start, atom.end, atom.value, weak=True)

    def _multiplied(self, text: str, atoms: Sequence[_Atom], at: int) -> bool:
        return (
            at + 1 < len(atoms)
            and atoms[at + 1].kind == "multiplier"
            and _near(text, atoms[at].end, atoms[at + 1].start)
        )

    def _extend(self, text: str, atoms: Sequence[_Atom], at: int, stack: list[tuple[Decimal, _Atom]], end: int) -> int:
        """How many atoms from `at` go on with the number on the stack, which is changed accordingly."""
        atom = atoms[at]
        if atom.kind == "multiplier" and self._linked(text, end, atom.start):
            return self._multiply(atom, stack)
        if not _near(text, end, atom.start):
            return 0
        if atom.kind == "half" and stack[-1][1].kind == "multiplier":
            stack.append((stack[-1][1].value / 2, atom))
            return 1
        if atom.kind == "joiner":
            return self._joined(text, atoms, at, stack)
        return int(self._adds(text, atoms, at, stack[-1]) and self._add(atom, stack))

    def _joined(self, text: str, atoms: Sequence[_Atom], at: int, stack: list[tuple[Decimal, _Atom]]) -> int:
        """2 where a joiner and the word after it go on with the number ("et un", "linh năm")."""
        ahead = atoms[at + 1] if at + 1 < len(atoms) else None
        if ahead is None or ahead.kind != "word" or not _near(text, atoms[at].end, ahead.start):
            return 0
        return 2 if self._add(ahead, stack) else 0

    def _adds(self, text: str, atoms: Sequence[_Atom], at: int, last: tuple[Decimal, _Atom]) -> bool:
        """Whether an atom may add to what stands before it, by the language's usage."""
        atom = atoms[at]
        if atom.kind == "digits":
            return last[1].kind == "multiplier" and self._multiplied(text, atoms, at)
        if atom.word in self._usage.get("before_multiplier", ()):
            return self._multiplied(text, atoms, at)
        return atom.kind == "word" and (atom.word not in self._usage.get("after_tens", ()) or _room(last) == 10)

    @staticmethod
    def _add(atom: _Atom, stack: list[tuple[Decimal, _Atom]]) -> bool:
        fits = atom.value < _room(stack[-1])
        if fits:
            stack.append((atom.value, atom))
        return fits

    @staticmethod
    def _multiply(atom: _Atom, stack: list[tuple[Decimal, _Atom]]) -> int:
        """Multiply what stands on the stack below the multiplier's own size."""
        parts = []
        while stack and (stack[-1][0] < atom.value or stack[-1][1].kind == "digits"):
            parts.append(stack.pop()[0])
        if not parts and stack[-1][0] == atom.value:
            return 0
        # a small multiplier of its own after a larger number: mille cent
        part = sum(parts, Decimal(0)) if parts else Decimal(1)
        stack.append((part * atom.value, atom))
        return 1

    def _linked(self, text: str, end: int, start: int) -> bool:
        gap = text[end:start]
        return _near(text, end, start) or gap.strip() in {link.strip() for link in self._table.get("links", ())}

    # -- units and times ------------------------------------------------------------------------------------------------

    @cached_property
    def _units(self) -> Mapping[str, list[str]]:
        return self._table.get("units", {"percent": ["%"], "EUR": ["€"], "USD": ["$"]})

    @cached_property
    def _unit_names(self) -> tuple[re.Pattern[str], Mapping[str, str], re.Pattern[str]]:
        codes = {
            spaced(name) if len(name) <= 3 else plain(name): code
            for code, names in self._units.items()
            for name in names
        }
        short = [n for n in codes if len(n) <= 3]
        long = [n for n in codes if len(n) > 3]
        after = re.compile(
            rf"(?:{SPACE}|-)?(?:{alternatives(self._table.get('links', ()))})?"
            rf"(?P<unit>(?i:{alternatives(long)})|{alternatives(short)})(?![\w'’])(?!{SPACE}?\d)"
        )
        money = [n for n, code in codes.items() if len(code) == 3 and code.isupper() and len(n) <= 3]
        return after, codes, re.compile(rf"(?<!\w)({alternatives(money)}){SPACE}?$")

    def _finished(
        self, text: str, first: _Atom, end: int, value: Decimal, alternatives: tuple[Decimal, ...], *, weak: bool
    ) -> Quantity:
        """The quantity with the unit that follows it or the currency that stands before it."""
        _, codes, before = self._unit_names
        start = first.start
        money = before.search(text[max(0, start - 5) : start]) if first.kind == "digits" else None
        if money is not None:
            start -= len(money.group())
            return Quantity(start, end, value, codes[money.group(1)], "cardinal", weak, alternatives)
        if (scaled := self._scaled[0].match(text, end)) is not None:
            code, times = self._scaled[1][scaled["unit"]]
            return Quantity(start, scaled.end(), value * times, code, "cardinal", weak, ())
        unit = self._unit_at(text, end)
        if unit is None:
            return Quantity(start, end, value, None, "cardinal", weak, alternatives)
        end, code = unit
        if (half := self._half_more.match(text, end)) is not None:
            return Quantity(start, half.end(), value + Decimal("0.5"), code, "cardinal", weak=False)
        return Quantity(start, end, value, code, "cardinal", weak and len(code) < 3, alternatives)

    @cached_property
    def _half_more(self) -> re.Pattern[str]:
        """What adds a half behind a unit: deux ans et demi, hai năm rưỡi."""
        return re.compile(rf"(?i){SPACE}(?:{alternatives(self._table.get('halves', ()))})(?!\w)")

    @cached_property
    def _scaled(self) -> tuple[re.Pattern[str], Mapping[str, tuple[str, int]]]:
        """Units with a multiplier in them: 5 M€."""
        known = {name: (code, times) for name, (code, times) in self._table.get("scaled_units", {}).items()}
        return re.compile(rf"{SPACE}?(?P<unit>{alternatives(known)})(?!\w)"), known

    @cached_property
    def _time(self) -> re.Pattern[str]:
        hours, minutes = self._table.get("hours", ()), self._table.get("minutes", ())
        late = self._table.get("afternoon", ())
        mark = rf":|{SPACE}?(?:{alternatives(hours)}){SPACE}?" if hours else ":"
        word = rf"(?:{SPACE}?(?:{alternatives(minutes)})(?!\w))?" if minutes else ""
        named = rf"(?:{SPACE}?(?:{alternatives(hours)}))?" if hours else ""
        late_word = rf"{SPACE}?(?:{alternatives(late)})(?!\w)"
        half = rf"{named}{SPACE}?(?P<half>{alternatives(self._table.get('half_hours', ()))})(?!\w)"
        return re.compile(
            rf"(?<![\w.,:/])(?P<hour>[01]?\d|2[0-4])(?:(?:{mark})(?P<minute>[0-5]\d)(?![\d:]){word}|{half}|{named}(?={late_word}))"
            rf"(?P<late>{late_word})?"
        )

    @cached_property
    def _named_time(self) -> tuple[re.Pattern[str], Mapping[str, int]]:
        known = {plain(name): hour for name, hour in self._table.get("named_times", {}).items()}
        return re.compile(rf"(?i)(?<!\w)(?:{alternatives(known)})(?!\w)"), known

    @cached_property
    def _height(self) -> re.Pattern[str] | None:
        metres = self._table.get("metres")
        names = alternatives(metres) if metres else ""
        return (
            re.compile(
                rf"(?<![\w.,:/])(?P<metres>\d)(?:(?:{names})(?P<near>\d{{1,2}})|{SPACE}(?:{names}){SPACE}?(?P<far>\d\d))(?!\w|[.,]\d)"
            )
            if names
            else None
        )

    def _heights(self, text: str) -> Iterator[Quantity]:
        """Metres with the unit in the place of the decimal mark: 1m88, 1 m 88."""
        for match in self._height.finditer(text) if self._height else ():
            value = Decimal(f"{match['metres']}.{match['near'] or match['far']}")
            yield Quantity(match.start(), match.end(), value, "m")

    def _parts(self, text: str, words: Set[str], *, digits: bool) -> Iterator[Quantity]:
        for part in self._portions.read(text, words, digits=digits):
            kind = "rough" if part.rough else "fraction"
            yield Quantity(part.start, part.end, part.value, kind=kind, weak=part.weak, alternatives=part.percentages)

    def _times(self, text: str) -> Iterator[Quantity]:
        for match in self._time.finditer(text):
            minutes = Decimal(match["minute"] or (30 if match["half"] else 0))
            value = Decimal(match["hour"]) + minutes / 60
            late = match["late"] is not None and value < 12
            other = () if late or value >= 12 else (value + 12,)
            yield Quantity(
                match.start(), match.end(), value + 12 if late else value, "hour", "time", alternatives=other
            )

    def _hours(self, text: str) -> Iterator[Quantity]:
        pattern, known = self._named_time
        for match in pattern.finditer(text):
            value = Decimal(known[plain(match.group())])
            other = () if value else (Decimal(12), Decimal(24))
            yield Quantity(match.start(), match.end(), value, "hour", "time", weak=True, alternatives=other)


def _room(top: tuple[Decimal, _Atom]) -> Decimal:
    """What may be added to a number that ends in this: below ten after twenty, below a thousand after "deux mille"."""
    value, atom = top
    if atom.kind == "multiplier":
        return atom.value
    if atom.kind != "word" or value < 10 or value % 10:
        return Decimal(0)
    if value >= 100:
        return Decimal(1000 if value % 1000 == 0 else 100)
    return Decimal(20 if value in (60, 80) else 10)  # soixante-dix, quatre-vingt-dix


def _spoken(whole: Decimal, rest: Decimal) -> Decimal:
    """The value of whole numbers on both sides of a decimal mark: 3 and 5 are 3.5, 3 and 5 million are 3.5 million."""
    scale = next((s for s in (10**9, 10**6, 10**3) if rest >= s), 1)
    part = rest / scale
    return (whole + part / 10 ** len(str(int(part)))) * scale


def _after_number(text: str, atoms: Sequence[_Atom], at: int) -> bool:
    return at > 0 and _near(text, atoms[at - 1].end, atoms[at].start)


def _near(text: str, end: int, start: int) -> bool:
    return _ADJACENT.fullmatch(text, end, start) is not None


def _lexicon(knowledge: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, Decimal]]]:
    """Every word that takes part in numbers, in lower case and with spaces for hyphens: its kind and value."""
    for kind, subject in (("word", "words"), ("multiplier", "multipliers"), ("ordinal", "ordinals")):
        for word, value in knowledge.get(subject, {}).items():
            yield plain(word), (kind, Decimal(value))
    for word in knowledge.get("joiners", ()):
        yield plain(word), ("joiner", Decimal(0))
    for word in knowledge.get("halves", ()):
        yield plain(word), ("half", Decimal(0))
    yield from _glued(knowledge)


def _glued(knowledge: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, Decimal]]]:
    """Ones before tens in one word, where a language writes them so: einundzwanzig."""
    words, glue = knowledge.get("words", {}), knowledge.get("glue")
    for one, value in words.items() if glue else ():
        for ten, tens in words.items():
            if 1 <= value <= 9 and tens in range(20, 100, 10):
                yield f"{one}{glue}{ten}", ("word", Decimal(value + tens))


def _from_roman(letters: str) -> int:
    values = [_ROMAN[c] for c in letters]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
