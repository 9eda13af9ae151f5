"""Checks of what is said: numbers, units, dates, names, negation, length, text left untranslated or in another
language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from ..data.agreement import (
    Facts,
    codes_disagree,
    dates_disagree,
    is_small_word,
    names_disagree,
    numbers_disagree,
    ordinals_disagree,
    rough_disagree,
    scores_disagree,
    strange_capitals,
)
from ..data.dates import DateMention, slips
from ..data.identification import identify
from ..data.languages import base, table, tables
from ..data.names import Name, family_names, is_syllabic, key, parts
from ..data.negation import denials, hints, negations
from ..data.protected import protected
from ..data.quantities import Quantity
from ..data.scripts import foreign_letters
from ..data.text import fold
from ..models.gloss import lexicon, words
from .findings import Case, Finding

_SPREAD = 1.9  # of log length ratios times the root of the length, on true news translations
_NEARBY = 0.2  # of a sentence: how far a word may stand from where its counterpart does
SHORT = 10  # words of a sentence in which a denial is hard to say otherwise
_STRANGE = 3.5  # log odds that a word in capitals has no counterpart, from which on it is told
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def _said(facts: Facts, item: Quantity | DateMention | Name) -> str:
    return facts.text[item.start : item.end].strip()


# How sure a number on one side alone is an error, by its digits: words and single digits are told in other ways
_ALONE = {0: 0.35, 1: 0.45, 2: 0.65, 3: 0.75}


def number(case: Case) -> Iterator[Finding]:
    """Numbers that one side tells and the other does not; surest where each side has one that the other lacks."""
    source, target = case.facts["source"], case.facts["target"]
    for one, other in filter(None, (scores_disagree(source, target), codes_disagree(source, target))):
        yield case.finding("number", "error", "target", f"“{one}” became “{other}”", 0.85)
        return
    found = numbers_disagree(source, target)
    missing, added = _telling_numbers(found.missing, source), _telling_numbers(found.added, target)
    if missing and added and _is_clock(missing[0], source) and _is_clock(added[0], target):
        return  # a date's business
    if found.missing and found.added:
        here, there = (missing, added) if missing and added else (list(found.missing), list(found.added))
        message = f"{_list(source, here)} became {_list(target, there)}"
        sure = _exchanged(case, here, there)
        yield case.finding("number", "error", "target", message, sure, span=_span(there[0]))
    elif missing or added:
        yield from _one_sided(case, missing, added)
    elif (other := rough_disagree(source, target) or ordinals_disagree(source, target)) is not None:
        message = f"{_list(source, [other[0]])} became {_list(target, [other[1]])}"
        yield case.finding("number", "error", "target", message, 0.7, span=_span(other[1]))


def _telling_numbers(found: Sequence[Quantity], facts: Facts) -> list[Quantity]:
    return [q for q in found if not is_small_word(q, facts)]


def _exchanged(case: Case, here: Sequence[Quantity], there: Sequence[Quantity]) -> float:
    """How sure an exchange of numbers is: a long sentence has several ways of counting in words (un jeune et trois autres)."""
    digits = [any(_digits(case, side, q) for q in found) for side, found in (("source", here), ("target", there))]
    small = any(
        all(is_small_word(q, case.facts[side]) for q in found) for side, found in (("source", here), ("target", there))
    )
    if not small:
        return 0.9 if all(digits) else 0.8
    return 0.75 if any(digits) or len(case.source.split()) < 25 else 0.62


def _digits(case: Case, side: str, quantity: Quantity) -> int:
    """How many digits a number is written in."""
    return sum(c.isdigit() for c in _said(case.facts[side], quantity))


def _one_sided(case: Case, missing: list[Quantity], added: list[Quantity]) -> Iterator[Finding]:
    side, items, verb = ("source", missing, "is missing") if missing else ("target", added, "is not in the source")
    longest = max(_digits(case, side, q) for q in items)
    chosen = [q for q in items if bool(_digits(case, side, q)) == bool(longest)]
    message = f"the number {_list(case.facts[side], chosen)} {verb}"
    doubtful = any(q.kind == "fraction" or q.key == (100, "percent") for q in chosen)  # entirely, whole
    confidence = _ALONE[0 if doubtful else min(longest, 3)]
    if any(table(language, "quantities") is None for language in case.languages.values()):
        confidence = min(confidence, _ALONE[1])  # numbers in words are not read there
    yield case.finding("number", "error" if longest else "warning", side, message, confidence, span=_span(chosen[0]))


def unit(case: Case) -> Iterator[Finding]:
    """Equal numbers of different things: 20 km and 20 dặm, 5 million euros and 5 triệu đô la."""
    source, target = case.facts["source"], case.facts["target"]
    for one, other in numbers_disagree(source, target).contradicting:
        if _related(one.unit or "", other.unit or "") or _said(source, one) == _said(target, other):
            continue
        message = f"“{_said(source, one)}” became “{_said(target, other)}”"
        yield case.finding("unit", "error", "target", message, 0.85, span=_span(other))


def _related(one: str, other: str) -> bool:
    """Whether two units may be one in another reading: km and km-h ("kilomet trên giờ"), km and km2
    ("km<sup>2</sup>")."""
    return one.split("-", maxsplit=1)[0].rstrip("23") == other.split("-", maxsplit=1)[0].rstrip("23")


def date(case: Case) -> Iterator[Finding]:
    """Dates, months and weekdays that are not the same."""
    source, target = case.facts["source"], case.facts["target"]
    for start, end in slips(case.target, case.languages["target"])[:1]:
        if not slips(case.source, case.languages["source"]):
            message = f"there is no such date: “{case.target[start:end]}”"
            yield case.finding("date", "error", "target", message, 0.9, span=(start, end))
            return
    found = dates_disagree(source, target)
    for one, other in found.contradicting[:1]:
        message = f"“{_said(source, one)}” became “{_said(target, other)}”"
        yield case.finding("date", "error", "target", message, 0.9, span=_span(other))
        return
    numbers = numbers_disagree(source, target)
    clock = [
        [q for q in side if _is_clock(q, facts)] for side, facts in ((numbers.missing, source), (numbers.added, target))
    ]
    if clock[0] and clock[1] and not _same_hour(clock[0][0], clock[1][0]):
        message = f"“{_said(source, clock[0][0])}” became “{_said(target, clock[1][0])}”"
        yield case.finding("date", "error", "target", message, 0.85, span=_span(clock[1][0]))
        return
    for what, here, there in (("weekday", source.weekdays, target.weekdays), ("month", source.months, target.months)):
        if here - there and there - here:
            yield case.finding("date", "error", "target", f"another {what} than in the source", 0.85)
            return
    for side, verb, dates in (("source", "is missing", found.missing), ("target", "is not in the source", found.added)):
        for one in dates:
            said = _said(case.facts[side], one)
            if any(c.isdigit() for c in said):
                # a day without a year is often told by its weekday
                sure = 0.65 if len(one.value) == 4 or "X" not in one.value else 0.55
                yield case.finding("date", "error", side, f"the date “{said}” {verb}", sure, span=_span(one))


# Names are exchanged for names of their kind, as a rule
_NAME_KINDS = (
    (("territory", "place"), 0.85),
    (("organisation",), 0.8),
    (("name",), 0.8),
    (("territory", "place", "name"), 0.55),
    (("acronym",), 0.55),
)


def _same_hour(one: Quantity, other: Quantity) -> bool:
    """Whether two times are in one hour and one of them tells no minutes."""
    return int(one.value) == int(other.value) and (one.value == int(one.value) or other.value == int(other.value))


def _is_clock(quantity: Quantity, facts: Facts) -> bool:
    """Whether a number is a time of day, an hour, or a century in Roman digits."""
    if quantity.kind == "time" or (quantity.unit == "hour" and quantity.value <= 24):
        return True
    return quantity.kind == "ordinal" and re.match(r"[IVX]{1,5}(?![A-Z])", facts.text[quantity.start :]) is not None


def name(case: Case) -> Iterator[Finding]:
    """Names that were exchanged, and names that are missing."""
    found, strange = list(_names(case)), _stranger(case)
    if strange is not None and all(finding.confidence < strange.confidence for finding in found):
        yield strange
    yield from found


def _stranger(case: Case) -> Finding | None:
    """A word in capitals that no name explains, and that the network that reads both texts holds to have no counterpart."""
    side = case.words and case.words[1]
    if not side or side.odd is None:
        return None
    known = {span: odds for span in strangers(case) if (odds := side.worst(span)) is not None and odds >= _STRANGE}
    if not known:
        return None
    message = f"“{_at(case, known)}” is no name of the source"
    sure = min(0.6 + 0.03 * (max(known.values()) - _STRANGE), 0.75)
    return case.finding("name", "error", "target", message, sure, span=next(iter(known)))


def _at(case: Case, spans: Iterable[tuple[int, int]]) -> str:
    """The words of the translation at these places."""
    return " ".join(case.target[start:end] for start, end in spans)


def strangers(case: Case) -> list[tuple[int, int]]:
    """Where words in capitals stand in the translation that no name explains."""
    return strange_capitals(case.facts["target"], case.facts["source"])


def _names(case: Case) -> Iterator[Finding]:
    """What the names tell by themselves: exchanged are those of one kind that each side has and the other lacks."""
    source, target = case.facts["source"], case.facts["target"]
    found = names_disagree(source, target)
    lost, new = ([n for n in names if _telling(n, f)] for names, f in ((found.missing, source), (found.added, target)))
    for kinds, sure in _NAME_KINDS:
        missing = [n for n in lost if n.kind in kinds and not _is_word(n, case, "source")]
        added = [n for n in new if n.kind in kinds and not _is_word(n, case, "target")]
        missing, added = _unlike(missing, added, case)
        if missing and added:
            message = f"{_list(source, missing)} became {_list(target, added)}"
            confidence = sure - _doubt(case, missing, added)
            yield case.finding("name", "error", "target", message, max(confidence, 0.3), span=_span(added[0]))
            return
    lost = [n for n in lost if n.kind != "acronym"]
    yield from _replaced(case, [n for n in lost if n.kind != "territory" and not _is_word(n, case, "source")])
    if lost:
        yield case.finding("name", "warning", "source", f"{_list(source, lost)} is missing", 0.35, span=_span(lost[0]))


def _doubt(case: Case, missing: Sequence[Name], added: Sequence[Name]) -> float:
    """What speaks against an exchange: a long sentence, which has more names and more ways of telling them; other places; regions of the
    world, which lie in each other; a Chinese name and its Vietnamese reading."""
    sides = ("source", missing), ("target", added)
    lengths = len(case.source), len(case.target)
    apart = min(abs(m.start / lengths[0] - a.start / lengths[1]) for m in missing for a in added)
    words = len(case.source.split())
    # Chinese names are told in a reading of their own: Deng Xiaoping, Đặng Tiểu Bình
    families = [any(set(parts(_said(case.facts[side], n))) & family_names() for n in names) for side, names in sides]
    doubtful = families[0] != families[1] or any(n.kind == "territory" and n.key.isdigit() for n in (*missing, *added))
    return (
        0.006 * min(max(words - 12, 0), 25)
        + (0.2 if apart > 0.4 else 0.1 if apart > 0.2 else 0.0)
        + (0.3 if doubtful else 0.0)
    )


def _unlike(missing: list[Name], added: list[Name], case: Case) -> tuple[list[Name], list[Name]]:
    """The names without those that may be one in two spellings: Dunkerque and Dunkirk, Égée and Aegean."""
    texts = [[_said(case.facts[side], n) for n in found] for side, found in (("source", missing), ("target", added))]
    alike = {(i, j) for i, a in enumerate(texts[0]) for j, b in enumerate(texts[1]) if _spelt_alike(a, b)}
    rest = [n for i, n in enumerate(missing) if n.kind != "name" or not any(i == a for a, _ in alike)]
    spare = [n for j, n in enumerate(added) if n.kind != "name" or not any(j == b for _, b in alike)]
    return rest, spare


def _spelt_alike(one: str, other: str) -> bool:
    if is_syllabic(one) and is_syllabic(other):
        return False  # syllables are few: Quang Ngai is not Quảng Nam
    one, other = key(one), key(other)
    return one[:1] == other[:1] and SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.5


def _replaced(case: Case, lost: list[Name]) -> Iterator[Finding]:
    """A name that went, where the translation has words in capitals that no name explains."""
    strange = strangers(case) if lost else []
    if strange:
        message = f"{_list(case.facts['source'], lost)} became “{_at(case, strange)}”"
        discount = 0.02 * min(max(len(case.source.split()) - 12, 0), 40)
        yield case.finding("name", "error", "target", message, max(0.65 - discount, 0.3))


def _is_word(name: Name, case: Case, side: str) -> bool:
    """Whether a name is made of ordinary words, which have translations: Croix Rouge, Président."""
    if name.kind != "name" or set(parts(_said(case.facts[side], name))) & family_names():
        return False
    other = "target" if side == "source" else "source"
    known = lexicon(case.languages[side], case.languages[other])
    said = words(_said(case.facts[side], name))
    return known is None or any(part in known.entries or part.rstrip("sx") in known.entries for part in said)


def _telling(name: Name, facts: Facts) -> bool:
    said = _said(facts, name)
    return (len(said) >= 3 or name.kind == "territory") and not (name.kind == "name" and said.isupper())


def _list(facts: Facts, items: Sequence[Quantity] | Sequence[Name]) -> str:
    return ", ".join(f"“{_said(facts, item)}”" for item in items)


def _span(item: Quantity | DateMention | Name) -> tuple[int, int]:
    return item.start, item.end


def negation(case: Case) -> Iterator[Finding]:
    """One side denies and the other does not."""
    if side := denying_side(case):
        # too little stands around a denial in a short sentence
        confidence = _denial_by_words(case, side) if len(case.source.split()) > SHORT else None
        if confidence is None:
            confidence = _denial(case, side)
        message = f"only the {'source' if side == 'source' else 'translation'} denies something"
        yield case.finding("negation", "error" if confidence >= 0.6 else "warning", "both", message, confidence)


def denying_side(case: Case) -> str | None:
    """The side that denies something, where the other does not; None for both, neither, and languages without a table."""
    source, target = (negations(case.text(side), case.languages[side]) for side in ("source", "target"))
    if source is None or target is None or bool(source.strong) == bool(target.strong):
        return None
    return "source" if source.strong else "target"


def _denial_by_words(case: Case, side: str) -> float | None:
    """How sure a denial on one side alone is an error, by whether its words have a counterpart; None where no words are known."""
    from ..models.denials import chance

    if case.words is None:
        return None
    one, other = case.words if side == "source" else case.words[::-1]
    return chance(one, other, case.languages[side], case.languages["target" if side == "source" else "source"])


def _denial(case: Case, side: str) -> float:
    """How sure a denial on one side alone is an error: less so in a long sentence, where a word nearby may deny in its way (sans, thiếu),
    and where half of a negation stands alone that has two parts (ne … pas)."""
    other = "target" if side == "source" else "source"
    here, there = case.text(side), case.text(other)
    places = [start / len(here) for start, _ in denials(here, case.languages[side])]
    ways = [start / len(there) for start, _ in hints(there, case.languages[other])]
    words = len(case.source.split())
    known = case.knowledge(side).get("negation", {})
    whole = len(places) >= known.get("parts", 1) or any(
        word in known.get("companions", ()) for word in here.casefold().split()
    )
    if any(words <= 16 or abs(place - way) < _NEARBY for place in places for way in ways):
        return 0.4
    if not whole:
        return 0.55
    if "parts" in known:  # a negation of two parts is no slip of the other language
        return 0.55 if ways else 0.82 if words <= SHORT else 0.72 if words <= 16 else 0.66
    return 0.4 if ways else 0.82 if words <= SHORT else 0.7 if words <= 16 else 0.62 if words <= 24 else 0.5


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
    if len(run) >= 2 and len(lower) >= 2 and _tell_a_language(lower) and not _is_shared(case, run):
        confidence = min(0.6 + 0.08 * len(lower), 0.95)
        message = f"left untranslated: “{' '.join(run)}”"
        yield case.finding("untranslated", "error", "target", message, confidence)


def _tell_a_language(words: list[str]) -> bool:
    """Whether words are more than units, particles of names and sounds: mm mm, de las, hip hop."""
    return len(set(words)) >= 3 or any(len(word) >= 4 or not word.isascii() for word in words)


def _plain_words(text: str) -> list[str]:
    for span in reversed(protected(text)):
        text = text[: span.start] + " " + text[span.end :]
    plain = re.sub(r"(?<!\w)\w+(?:\.\w+)+", " ", text)  # weather.com
    return [match.group().replace("’", "'") for match in _WORD.finditer(plain)]


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
    if not case.target or fold(case.source) == fold(case.target):
        return
    foreign = foreign_letters(case.target, target)
    if foreign:
        yield case.finding("wrong_language", "error", "target", f"written in another script: “{foreign}”", 0.9)
        return
    for part in dict.fromkeys((_uncapitalised(case.target), *(_uncapitalised(c) for c in _CLAUSE.split(case.target)))):
        found, chance = _other_language(part, target)
        if found:
            yield case.finding("wrong_language", "error", "target", f"reads as {found}, not {target}: “{part}”", chance)
            return


_CLAUSE = re.compile(r"[,;:.!?()«»“”\"]+")


def _uncapitalised(text: str) -> str:
    """The text without names, which are in no language, but with the first word."""
    words = text.split()
    return " ".join(word for k, word in enumerate(words) if k == 0 or not word[:1].isupper())


def _other_language(text: str, target: str) -> tuple[str, float]:
    """The language that a text is in other than the target's, and how sure that is; "" for none."""
    letters = sum(c.isalpha() for c in text)
    if letters < 15 or len(text.split()) < 4:
        return "", 0.0
    found, chance = identify(text)
    if not found or base(found) == base(target) or chance < (0.75 if letters > 24 else 0.95):
        return "", 0.0
    rival, sure = identify(text, [found, target])
    if base(rival) == base(target) or sure < 0.98 or (base(found) not in tables("checks") and sure < 0.995):
        return "", 0.0
    return found, min(0.55 + letters / 120, 0.95)
