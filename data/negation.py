"""Whether a sentence denies something, by the words for it in its language's `checks` table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .languages import base, table


@dataclass(frozen=True, slots=True)
class Negations:
    """How many words deny in a sentence, and whether others may (sans, thiếu, impossible, a question's own `không`)."""

    strong: int
    weak: bool


@dataclass(frozen=True, slots=True)
class _Patterns:
    strong: re.Pattern[str]
    weak: re.Pattern[str]
    harmless: re.Pattern[str]


def negations(text: str, language: str) -> Negations | None:
    """The negations of a sentence; None where the language has no table of them."""
    patterns = _patterns(base(language))
    if patterns is None:
        return None
    plain = text.replace("’", "'")
    harmless = len(patterns.harmless.findall(plain))
    rest = patterns.harmless.sub(" ", plain)
    strong = len(patterns.strong.findall(rest))
    return Negations(strong, bool(harmless) or patterns.weak.search(rest) is not None)


def denials(text: str, language: str) -> list[tuple[int, int]]:
    """Where the words stand that deny: offsets, without those in phrases that deny nothing; none where there is no table."""
    patterns = _patterns(base(language))
    if patterns is None:
        return []
    plain = text.replace("’", "'")
    harmless = [match.span() for match in patterns.harmless.finditer(plain)]
    found = (match.span() for match in patterns.strong.finditer(plain))
    return [(a, b) for a, b in found if not any(start < b and a < end for start, end in harmless)]


def hints(text: str, language: str) -> list[tuple[int, int]]:
    """Where words stand that may say what the other language says with a denial: offsets of sans, impossible, thiếu, không khí."""
    patterns = _patterns(base(language))
    if patterns is None:
        return []
    plain = text.replace("’", "'")
    return sorted(match.span() for known in (patterns.weak, patterns.harmless) for match in known.finditer(plain))


def pattern(language: str) -> re.Pattern[str] | None:
    """The words that deny in a language, or None where it has no table of them."""
    patterns = _patterns(base(language))
    return patterns.strong if patterns is not None else None


@cache
def _patterns(code: str) -> _Patterns | None:
    knowledge: Mapping[str, Any] = (table(code, "checks") or {}).get("negation", {})
    if not knowledge:
        return None
    prefixes = "|".join(re.escape(prefix) for prefix in knowledge.get("weak_prefixes", ()))
    weak = _words(knowledge.get("weak", ())) + (rf"|(?<!\w)(?:{prefixes})\w{{3,}}" if prefixes else "")
    asking = rf"(?:{_words(knowledge.get('questions', ()))})(?=[\s\"'”’»]*(?:\?|$))"
    return _Patterns(
        re.compile("(?i)" + _words(knowledge["strong"])),
        re.compile("(?i)" + weak),
        re.compile("(?i)" + _words(knowledge.get("not_negative", ())) + "|" + asking),
    )


def _words(phrases: Sequence[str]) -> str:
    longest = sorted((_phrase(phrase) for phrase in phrases), key=len, reverse=True)
    return "|".join(longest) or "(?!)"


def _phrase(phrase: str) -> str:
    # an ellipsis stands for a few words between: "ne … que"
    pieces = [re.escape(piece.strip()).replace(r"\ ", r"\s+") for piece in phrase.split("…")]
    end = "" if phrase.endswith("'") else r"(?!\w)"
    return r"(?<!\w)" + r"\s*(?:\S+\s+){0,4}?".join(pieces) + end
