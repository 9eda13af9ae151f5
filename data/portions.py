"""Fractions and rough numbers in running text: two thirds, một nửa, 3/4, tens of thousands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from .phrases import SPACE, Spotted, alternatives, plain

_SLASH = re.compile(r"(?<![\w.,/:-])(?!24/7)([1-9]\d?)/([1-9]\d{0,2})(?![\w/]|[.,:]\d)")


@dataclass(frozen=True, slots=True)
class Part:
    """One fraction or rough number: offsets, value, and the percentages that say the same. `rough` is an order of magnitude."""

    start: int
    end: int
    value: Decimal
    percentages: tuple[Decimal, ...] = ()
    rough: bool = False
    weak: bool = False


class Portions:
    """Finds the fractions and rough numbers of one language; all that it knows comes from the language's table."""

    def __init__(self, knowledge: Mapping[str, Any]) -> None:
        self._known: Mapping[str, Any] = knowledge.get("fractions", {})
        self._words: Mapping[str, int] = {plain(w): v for w, v in knowledge.get("words", {}).items()}
        self._multipliers: Mapping[str, int] = {plain(w): v for w, v in knowledge.get("multipliers", {}).items()}
        self._named_words = Spotted([*self._known.get("parts", ()), *self._known.get("between", ())])
        self._half_words = Spotted(self._known.get("halves", ()))
        self._rough_words = Spotted(self._multipliers)
        self.words = self._named_words.words | self._half_words.words

    def read(self, text: str, words: Set[str], *, digits: bool) -> Iterator[Part]:
        """The fractions, halves and rough numbers of a text with these words; they may overlap."""
        for match in _SLASH.finditer(text) if digits else ():
            above, below = int(match[1]), int(match[2])
            if above < below:
                yield _part(match, above, below)
        for match in self._named.finditer(text) if self._named_words.within(words) else ():
            above, below = self._number(match["above"]), self._below(match["below"])
            if above < below:  # dix-huitième is no fraction
                yield _part(match, above, below)
        for match in self._half.finditer(text) if self._half_words.within(words) else ():
            yield _part(match, 1, 2, weak=True)
        for match in self._rough.finditer(text) if self._rough_words.within(words) else ():
            factors = [self._multipliers[plain(w)] for w in (match["one"], match["other"]) if w]
            yield Part(match.start(), match.end(), Decimal(_product(factors)), rough=True, weak=True)

    def _number(self, said: str) -> int:
        return int(said) if said.isdigit() else self._words[plain(said)]

    def _below(self, said: str) -> int:
        return self._parts.get(plain(said)) or self._number(said)

    @cached_property
    def _parts(self) -> Mapping[str, int]:
        return {plain(name): below for name, below in self._known.get("parts", {}).items()}

    @cached_property
    def _numbers(self) -> str:
        return rf"\d{{1,2}}|{alternatives(w for w, value in self._words.items() if 0 < value <= 20)}"

    @cached_property
    def _named(self) -> re.Pattern[str]:
        """A number, then the name of a part (deux tiers), or a word between two numbers (ba phần tư)."""
        between, parts = self._known.get("between", ()), self._parts
        forms = []
        if parts:
            forms.append(rf"(?P<above>{self._numbers})(?:{SPACE}|-)(?P<below>{alternatives(parts)})")
        elif between:
            forms.append(
                rf"(?P<above>{self._numbers}){SPACE}(?:{alternatives(between)}){SPACE}(?P<below>{self._numbers})"
            )
        return re.compile(rf"(?i)(?<![\w.,/-])(?:{'|'.join(forms) or '(?!)'}){self._not_before}")

    @cached_property
    def _half(self) -> re.Pattern[str]:
        return re.compile(rf"(?i)(?<!\w)(?:{alternatives(self._known.get('halves', ()))}){self._not_before}")

    @cached_property
    def _not_before(self) -> str:
        return rf"(?!\w)(?!{SPACE}(?:{alternatives(self._known.get('not_before', ()))})(?!\w))"

    @cached_property
    def _rough(self) -> re.Pattern[str]:
        names = alternatives(self._multipliers)
        link = alternatives(self._known.get("rough_links", (" ",)))
        return re.compile(
            rf"(?i)(?<!\w)(?:{alternatives(self._known.get('rough', ()))}){SPACE}(?P<one>{names})(?:(?:{link})(?P<other>{names}))?(?!\w)"
        )


def _part(match: re.Match[str], above: int, below: int, *, weak: bool = False) -> Part:
    share = Decimal(100 * above) / below
    percentages = dict.fromkeys((share.quantize(Decimal("0.1")), share.quantize(Decimal(1)), Decimal(int(share))))
    return Part(match.start(), match.end(), Decimal(above) / below, tuple(percentages), weak=weak)


def _product(factors: list[int]) -> int:
    product = 1
    for factor in factors:
        product *= factor
    return product
