"""The scores behind the filters: one function each, from a batch of segments to a number a segment."""

from __future__ import annotations

import math
import re
from collections import Counter as Bag
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from .core import Segment
from .languages import base, tables
from .lengths import norm, pair_table

if TYPE_CHECKING:
    import numpy as np

    from .agreement import Facts
    from .quantities import Quantity

Similarity = Callable[[Sequence[Segment]], Sequence[float]]
Vectors = Callable[[Sequence[Segment]], "tuple[np.ndarray, np.ndarray]"]
Counter = Callable[[Sequence[str]], Sequence[int]]
Scores = list[float | None]

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_FIGURE = re.compile(r"(?<!\d)[^\W\d_]*\d+(?:[.,]\d+)*")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_FINAL = re.compile(r"[.!?…。！？][\"'”’»)\]\s]*$")
# What UTF-8's bytes of accented letters and typographic signs become when they are read as Latin-1 or Windows-1252, or a lost
# character. Only first bytes are listed whose letters do not end words before a no-break space or a closing quotation mark.
_CONTINUATION = "\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018-\u2022\u02dc\u2122"
_MOJIBAKE = re.compile(f"[ÃÄÅÆ][{_CONTINUATION}]|á[º»][{_CONTINUATION}]|â(?:\u20ac|\u0080)|\ufffd")
_MARKUP = re.compile(
    r"</?[a-zA-Z][^<>]{0,200}>|&(?:[a-z]{2,8}|#\d{2,5});|https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+"
    r"|\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]|[{}][^{}]*;"
)
_REACH = 8  # segments on either side
_LONGEST_LABEL = 80  # characters; what is longer is no caption or button


@dataclass(frozen=True, slots=True)
class Context:
    """What a score may need beside the segments: languages, the functions that a model gives, and the batch's scores so far.

    `similarity` gives cosines of both sides' centred vectors, `vectors` these vectors, shapes (n, d), `subwords` numbers of sub-words
    and `estimate` the chance that the target is an acceptable translation of the source.
    """

    source_language: str
    target_language: str
    similarity: Similarity | None = None
    subwords: Counter | None = None
    vectors: Vectors | None = None
    estimate: Similarity | None = None
    known: dict[str, Sequence[float | None]] = field(default_factory=dict)


def _sides(segment: Segment) -> tuple[str, str]:
    return segment.source_text, segment.target_text


def fewest_words(batch: Sequence[Segment], _: Context) -> Scores:
    """Words of the shorter side."""
    return [min(len(text.split()) for text in _sides(s)) for s in batch]


def most_words(batch: Sequence[Segment], _: Context) -> Scores:
    """Words of the longer side."""
    return [max(len(text.split()) for text in _sides(s)) for s in batch]


def headline(batch: Sequence[Segment], _: Context) -> Scores:
    """1 where neither side ends as a sentence does."""
    return [float(not any(_FINAL.search(text) for text in _sides(s))) for s in batch]


def confidence(batch: Sequence[Segment], _: Context) -> Scores:
    """The alignment's confidence."""
    return [s.confidence for s in batch]


def copied(batch: Sequence[Segment], _: Context) -> Scores:
    """The share of the shorter side's words that the other side has too; nothing is said of fewer than three words."""
    return [_common(*_sides(s)) for s in batch]


def _common(source: str, target: str) -> float | None:
    one, two = (Bag(_LETTERS.findall(text.casefold())) for text in (source, target))
    fewest = min(one.total(), two.total())
    if fewest < 3:
        return 1.0 if source == target else None
    return (one & two).total() / fewest


def wrongly_decoded(batch: Sequence[Segment], _: Context) -> Scores:
    """How many characters are the trace of a wrong decoding."""
    return [sum(len(_MOJIBAKE.findall(text)) for text in _sides(s)) for s in batch]


def own_alphabet(batch: Sequence[Segment], context: Context) -> Scores:
    """The share of letters in the language's script, on the worse side."""
    from .scripts import own_letters

    languages = context.source_language, context.target_language
    return [min(own_letters(t, tag) for t, tag in zip(_sides(s), languages, strict=True)) for s in batch]


def signs(batch: Sequence[Segment], _: Context) -> Scores:
    """The share of characters that are neither letters, marks nor spaces, on the worse side."""
    return [max(_signs(text) for text in _sides(s)) for s in batch]


def _signs(text: str) -> float:
    # combining marks of other scripts are not alphabetic, but part of words all the same
    plain = sum(c.isalpha() or c.isspace() or "\u0300" <= c <= "\u0e7f" for c in text)
    return 1 - plain / len(text) if text else 0.0


def markup(batch: Sequence[Segment], _: Context) -> Scores:
    """The share of characters in tags, entities, addresses and templates, on the worse side."""
    return [max(sum(map(len, _MARKUP.findall(t))) / len(t) if t else 0.0 for t in _sides(s)) for s in batch]


def boilerplate(batch: Sequence[Segment], context: Context) -> Scores:
    """1 where a side is something that sites put around a report."""
    from .habits import habits, key

    known = habits(context.source_language), habits(context.target_language)

    def score(segment: Segment) -> float:
        for text, found in zip(_sides(segment), known, strict=True):
            if len(text) > _LONGEST_LABEL:
                continue
            if key(text) in found.labels or found.credit.match(text) or any(p.match(text) for _, p in found.openers):
                return 1.0
        return 0.0

    return [score(s) for s in batch]


def repeated(batch: Sequence[Segment], _: Context) -> Scores:
    """Words that only repeat the words right before them, in the longest such run: 4 for "la la la la la"."""
    return [max(_repeated(text) for text in _sides(s)) for s in batch]


def _repeated(text: str) -> float:
    from .repetition import repetitions

    words = text.split()
    if len(set(words)) == len(words):  # most sentences have no word twice
        return 0.0
    return max((found.unit * (found.times - 1) for found in repetitions(text)), default=0)


def language(batch: Sequence[Segment], context: Context) -> Scores:
    """The probability that a side is in its language, on the worse side; nothing is said of fewer than four words."""
    tags = context.source_language, context.target_language
    return [_language(_sides(s), tags) for s in batch]


def _language(sides: tuple[str, str], tags: tuple[str, str]) -> float | None:
    known = [_probability(text, tag) for text, tag in zip(sides, tags, strict=True) if len(text.split()) >= 4]
    return min(known) if known else None


def _probability(text: str, tag: str) -> float:
    from .identification import identify

    found, sure = identify(text)
    if found and base(found) == base(tag):
        return sure
    return identify(text, (tag, found))[1] if not found else 1 - identify(text, (tag, found))[1]


def character_ratio(batch: Sequence[Segment], context: Context) -> Scores:
    """Standard deviations between the sides' ratio in characters and the language pair's normal one."""
    usual = norm(context.source_language, context.target_language, "characters")
    return [abs(usual.deviation(len(s.source_text), len(s.target_text))) for s in batch]


def subword_ratio(batch: Sequence[Segment], context: Context) -> Scores:
    """Standard deviations between the sides' ratio in sub-words and the language pair's normal one."""
    found = _subword_deviations(batch, context)
    return [None] * len(batch) if found is None else [abs(value) for value in found]


def _subword_deviations(batch: Sequence[Segment], context: Context) -> list[float] | None:
    if context.subwords is None:
        return None
    usual = norm(context.source_language, context.target_language, "subwords")
    sources = context.subwords([s.source_text for s in batch])
    targets = context.subwords([s.target_text for s in batch])
    return [usual.deviation(*pair) for pair in zip(sources, targets, strict=True)]


def numbers(batch: Sequence[Segment], context: Context) -> Scores:
    """How many numbers and dates contradict each other: those without an answer, on the side that has fewer of them.

    A number that only one side has may be a detail that the other leaves out. Numbers in words are left to chance: "a second time".
    """
    return [_contradictions(s, context.source_language, context.target_language) for s in batch]


def _contradictions(segment: Segment, source_language: str, target_language: str) -> float:
    from .agreement import Facts, dates_disagree, numbers_disagree

    # most segments have no digit on one side
    if not all(any(c.isdigit() for c in text) for text in _sides(segment)):
        return 0.0
    source, target = Facts(segment.source_text, source_language), Facts(segment.target_text, target_language)
    figures, dates = numbers_disagree(source, target), dates_disagree(source, target)
    missing = sum(_digits(source.text, found) for found in figures.missing) + len(dates.missing)
    added = sum(_digits(target.text, found) for found in figures.added) + len(dates.added)
    return max(min(missing, added), len(dates.contradicting), _slips(source, target))


def _digits(text: str, quantity: Quantity) -> bool:
    return any(c.isdigit() for c in text[quantity.start : quantity.end])


def _slips(source: Facts, target: Facts) -> int:
    """How many figures differ in one digit from one that only the other side has: 1967 and 1937, 7,5 and 7,2, COVID-19 and COVID-59.

    A single digit is too little to compare, and figures of different units may be conversions.
    """
    here, there = _figures(source), _figures(target)
    ours, theirs = (
        [(f, unit) for f, unit in side.items() if f not in other] for side, other in ((here, there), (there, here))
    )
    return sum(any(_one_digit(f, g) and (not u or not v or u == v) for g, v in theirs) for f, u in ours)


def _figures(facts: Facts) -> dict[str, str | None]:
    """The figures of two signs or more, with letters right before them, each with the unit in which it is read."""
    units = {place: q.unit for q in facts.all_quantities for place in range(q.start, q.end)}
    # 09 and 9 are one figure
    found = (
        (match.group().casefold().replace(",", ".").lstrip("0"), match.end()) for match in _FIGURE.finditer(facts.text)
    )
    return {figure: units.get(end - 1) for figure, end in found if len(figure) > 1}


def _one_digit(one: str, other: str) -> bool:
    apart = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and len(apart) == 1 and all(map(str.isdigit, apart[0]))


def meaning(batch: Sequence[Segment], context: Context) -> Scores:
    """The probability that the sides translate each other, from their vectors' cosine and their lengths together.

    Half a translation lies close to its source, and a wrong sentence may have the right length; only both tell them.
    """
    if context.similarity is None:
        return [None] * len(batch)
    weights = _weights(context.source_language, context.target_language)
    usual = norm(context.source_language, context.target_language, "characters")
    subwords = _subword_deviations(batch, context) or [0.0] * len(batch)
    found: Scores = []
    for s, cosine, sub in zip(batch, context.similarity(batch), subwords, strict=True):
        values = features(float(cosine), usual.deviation(len(s.source_text), len(s.target_text)), sub)
        logit = weights["bias"] + sum(weights[name] * value for name, value in values.items())
        found.append(1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))))
    return found


def features(cosine: float, characters: float, subwords: float) -> dict[str, float]:
    """The inputs of the meaning score by name; deviations are cut at 5."""
    c, s = max(-5.0, min(5.0, characters)), max(-5.0, min(5.0, subwords))
    return {"cosine": cosine, "characters": c, "characters2": c * c, "subwords": s, "subwords2": s * s}


def estimate(batch: Sequence[Segment], context: Context) -> Scores:
    """The chance that the target is an acceptable translation of the source, by an estimate that needs no reference."""
    return [None] * len(batch) if context.estimate is None else list(context.estimate(batch))


def neighbours(batch: Sequence[Segment], context: Context) -> Scores:
    """How much closer the sides are to each other than either is to the other side of a segment near by: a difference of cosines.

    A pair that slipped by a line has its true partners next to it. Up to eight segments on either side count, of the same two documents;
    copies and segments in other languages do not.
    """
    if context.vectors is None:
        return [None] * len(batch)
    import numpy as np

    source, target = context.vectors(batch)
    best = np.full(len(batch), -np.inf)
    sides = [np.array([_sides(s)[side] for s in batch], object) for side in (0, 1)]
    documents = np.array([f"{s.source}\t{s.target}" for s in batch], object)
    sound = np.array(_sound(batch, context))
    for distance in range(1, min(_REACH, len(batch) - 1) + 1):
        one, other = slice(0, len(batch) - distance), slice(distance, len(batch))
        for here, there in ((one, other), (other, one)):
            near = (documents[here] == documents[there]) & sound[there]
            to_target = np.where(near & (sides[1][here] != sides[1][there]), (source[here] * target[there]).sum(1), -1)
            to_source = np.where(near & (sides[0][here] != sides[0][there]), (source[there] * target[here]).sum(1), -1)
            best[here] = np.maximum(best[here], np.maximum(to_target, to_source))
    own = (source * target).sum(1)
    return [float(a - b) if b > -1 else None for a, b in zip(own, best, strict=True)]


def _sound(batch: Sequence[Segment], context: Context) -> list[bool]:
    """Whether each segment is no copy and in its languages."""
    tongues = context.known.get("language") or language(batch, context)
    copies = context.known.get("copy") or copied(batch, context)
    return [(t is None or t >= 0.1) and (c is None or c <= 0.75) for t, c in zip(tongues, copies, strict=True)]


@cache
def _weights(source_language: str, target_language: str) -> Mapping[str, float]:
    for pair in ((source_language, target_language), (target_language, source_language)):
        if found := pair_table(*pair).get("meaning"):
            return found
    # what matters is the same for other pairs: the cosine of centred vectors is comparable between them
    others = (
        found["meaning"] for known in tables("filters").values() for found in known.values() if "meaning" in found
    )
    return next(iter(others))
