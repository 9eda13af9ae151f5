"""Checks of what is said: numbers, units, dates, names, negation, length, text left untranslated or in another language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ..data.agreement import Facts, dates_disagree, is_small_word, names_disagree, numbers_disagree, written_in_digits
from ..data.dates import DateMention
from ..data.identification import identify
from ..data.languages import base
from ..data.names import Name
from ..data.negation import negations
from ..data.protected import protected
from ..data.quantities import Quantity
from ..data.text import fold
from .findings import Case, Finding

_SPREAD = 1.9  # of log length ratios times the root of the length, on true news translations
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _said(facts: Facts, item: Quantity | DateMention | Name) -> str:
    return facts.text[item.start : item.end].strip()


def number(case: Case) -> Iterator[Finding]:
    """Numbers that one side tells and the other does not; surest where each side has one that the other lacks."""
    source, target = case.facts["source"], case.facts["target"]
    found = numbers_disagree(source, target)
    missing = [q for q in found.missing if not is_small_word(q, source)]
    added = [q for q in found.added if not is_small_word(q, target)]
    small = len(found.missing) + len(found.added) > len(missing) + len(added)
    if missing and added:
        message = f"{_list(source, missing)} became {_list(target, added)}"
        yield case.finding("number", "error", "target", message, 0.9, span=_span(added[0]))
    elif (missing or added) and small:
        here, there = found.missing, found.added
        if here and there:
            message = f"{_list(source, here)} became {_list(target, there)}"
            yield case.finding("number", "error", "target", message, 0.75, span=_span(there[0]))
    elif missing or added:
        yield from _one_sided(case, missing, added)
    elif found.missing and found.added:
        message = f"{_list(source, found.missing)} became {_list(target, found.added)}"
        yield case.finding("number", "error", "target", message, 0.7, span=_span(found.added[0]))


def _one_sided(case: Case, missing: list[Quantity], added: list[Quantity]) -> Iterator[Finding]:
    side, items, verb = ("source", missing, "is missing") if missing else ("target", added, "is not in the source")
    facts = case.facts[side]
    digits = [q for q in items if written_in_digits(q, facts) and len(re.sub(r"\D", "", _said(facts, q))) > 1]
    chosen = digits or items
    message = f"the number {_list(facts, chosen)} {verb}"
    confidence = 0.55 if digits else 0.4
    yield case.finding("number", "error" if digits else "warning", side, message, confidence, span=_span(chosen[0]))


def unit(case: Case) -> Iterator[Finding]:
    """Equal numbers of different things: 20 km and 20 dặm, 5 million euros and 5 triệu đô la."""
    source, target = case.facts["source"], case.facts["target"]
    for one, other in numbers_disagree(source, target).contradicting:
        message = f"“{_said(source, one)}” became “{_said(target, other)}”"
        yield case.finding("unit", "error", "target", message, 0.85, span=_span(other))


def date(case: Case) -> Iterator[Finding]:
    """Dates, months and weekdays that are not the same."""
    source, target = case.facts["source"], case.facts["target"]
    found = dates_disagree(source, target)
    for one, other in found.contradicting[:1]:
        message = f"“{_said(source, one)}” became “{_said(target, other)}”"
        yield case.finding("date", "error", "target", message, 0.9, span=_span(other))
        return
    for what, here, there in (("weekday", source.weekdays, target.weekdays), ("month", source.months, target.months)):
        if here - there and there - here:
            yield case.finding("date", "error", "target", f"another {what} than in the source", 0.85)
            return
    for one in found.missing:
        if sum(c.isdigit() for c in _said(source, one)):
            yield case.finding(
                "date", "warning", "source", f"the date “{_said(source, one)}” is missing", 0.4, span=_span(one)
            )


def name(case: Case) -> Iterator[Finding]:
    """Names that were exchanged: each side has one of the same kind that the other lacks."""
    source, target = case.facts["source"], case.facts["target"]
    found = names_disagree(source, target)
    for kinds, confidence in (
        (("territory", "place"), 0.85),
        (("organisation",), 0.8),
        (("acronym",), 0.75),
        (("name",), 0.7),
    ):
        missing = [n for n in found.missing if n.kind in kinds and _telling(n, source)]
        added = [n for n in found.added if n.kind in kinds and _telling(n, target)]
        if missing and added:
            message = f"{_list(source, missing)} became {_list(target, added)}"
            yield case.finding("name", "error", "target", message, confidence, span=_span(added[0]))
            return
    lost = [n for n in found.missing if n.kind != "acronym" and _telling(n, source)]
    if lost:
        yield case.finding("name", "warning", "source", f"{_list(source, lost)} is missing", 0.35, span=_span(lost[0]))


def _telling(name: Name, facts: Facts) -> bool:
    said = _said(facts, name)
    return len(said) >= 3 and not (name.kind == "name" and said.isupper())


def _list(facts: Facts, items: list[Quantity] | list[Name] | tuple[Quantity, ...]) -> str:
    return ", ".join(f"“{_said(facts, item)}”" for item in items)


def _span(item: Quantity | DateMention | Name) -> tuple[int, int]:
    return item.start, item.end


def negation(case: Case) -> Iterator[Finding]:
    """One side denies and the other does not."""
    source, target = (negations(case.text(side), case.languages[side]) for side in ("source", "target"))
    if source is None or target is None or bool(source.strong) == bool(target.strong):
        return
    denied, other = ("source", target) if source.strong else ("target", source)
    words = min(len(case.source.split()), 60)
    confidence = 0.4 if other.weak else max(0.85 - 0.01 * max(words - 8, 0), 0.45)
    message = f"only the {'source' if denied == 'source' else 'translation'} denies something"
    yield case.finding("negation", "error" if confidence >= 0.6 else "warning", "both", message, confidence)


def length_z(source: str, target: str, expected: float) -> float:
    """How many standard deviations a translation's length is off, positive where it is too long."""
    size = max(min(len(source), len(target)), 1)
    return math.log(max(len(target), 1) / max(len(source), 1) / expected) * math.sqrt(size) / _SPREAD


def expected_ratio(case: Case) -> float:
    """The usual ratio of lengths, target to source; 1 where a language's table does not tell."""
    source, target = (case.knowledge(side).get("relative_length", 1.0) for side in ("source", "target"))
    return target / source


def length(case: Case) -> Iterator[Finding]:
    """A translation that is far longer or shorter than translations are."""
    if not case.target or not case.source or case.source == case.target:
        return
    z = length_z(case.source, case.target, expected_ratio(case))
    short = max(len(case.source), len(case.target)) < 25
    limit = 4.5 if short else 3.3
    if abs(z) > limit:
        said = "longer" if z > 0 else "shorter"
        confidence = min(0.55 + 0.1 * (abs(z) - limit), 0.95)
        severity = "error" if confidence > 0.75 else "warning"
        yield case.finding(
            "length", severity, "target", f"far {said} than translations are ({z:+.1f} standard deviations)", confidence
        )


def untranslated(case: Case) -> Iterator[Finding]:
    """Text that was copied instead of translated, as a whole or in part; and an empty translation."""
    if base(case.languages["source"]) == base(case.languages["target"]):
        return
    if not case.target or not case.source:
        if case.target != case.source:
            side = "target" if case.source else "source"
            yield case.finding("omission" if case.source else "addition", "error", side, f"the {side} is empty", 0.98)
        return
    words = _plain_words(case.source)
    if fold(case.source) == fold(case.target):
        if len(words) >= 2 and any(word[0].islower() for word in words):
            yield case.finding("untranslated", "error", "target", "the translation is a copy of the source", 0.95)
        return
    run = _copied_run(words, _plain_words(case.target))
    lower = [word for word in run if word[0].islower() and len(word) > 1]
    if len(run) >= 2 and len(lower) >= 2 and not _is_shared(case, run):
        confidence = min(0.6 + 0.08 * len(lower), 0.95)
        message = f"left untranslated: “{' '.join(run)}”"
        yield case.finding("untranslated", "error", "target", message, confidence)


def _plain_words(text: str) -> list[str]:
    for span in reversed(protected(text)):
        text = text[: span.start] + " " + text[span.end :]
    return [match.group().replace("’", "'") for match in _WORD.finditer(text)]


def _copied_run(source: list[str], target: list[str]) -> list[str]:
    """The longest run of words that stands on both sides."""
    best: list[str] = []
    places: dict[str, list[int]] = {}
    for i, word in enumerate(source):
        places.setdefault(word, []).append(i)
    for j, word in enumerate(target):
        for i in places.get(word, ()):
            k = 0
            while i + k < len(source) and j + k < len(target) and source[i + k] == target[j + k]:
                k += 1
            if k > len(best):
                best = source[i : i + k]
    return best


def _is_shared(case: Case, run: list[str]) -> bool:
    """Whether a run of words reads as the target's own, or as a third language that both sides quote."""
    text = " ".join(run)
    pair = [case.languages["source"], case.languages["target"]]
    return identify(text, pair)[0] == pair[1] or identify(text, [*pair, "en"])[0] not in pair[:1]


def wrong_language(case: Case) -> Iterator[Finding]:
    """A translation that reads as another language than it should be in."""
    target = case.languages["target"]
    letters = sum(c.isalpha() for c in case.target)
    if letters < 20 or fold(case.source) == fold(case.target):
        return
    found, chance = identify(case.target)
    if found and base(found) != base(target) and chance > 0.9:
        ours = identify(case.target, [found, target])
        if base(ours[0]) != base(target) and ours[1] > 0.95:
            confidence = min(0.5 + letters / 100, 0.95)
            yield case.finding("wrong_language", "error", "target", f"reads as {found}, not {target}", confidence)
