"""Quality estimation without a reference: a calibrated chance that a translation is acceptable.

The evidence is named: similarity of the sentences and its margin, words without a counterpart on either side, length, numbers, dates,
names, negation, loops, copies and language. With the built-in encoder, and in the languages they were trained on, two small networks add
logits: one reads both texts together (`joint`), one each text by itself, for whether it limps (`fluency`); elsewhere the evidence must
do, and this is said. One logistic head for each family of errors weighs them, and a translation is acceptable if no head objects (a
noisy or, calibrated). All was trained by benchmarks/train_quality.py, train_fluency.py and quality.py on true translations and ones
that were damaged on purpose, so the chance speaks of errors of those kinds, not of style.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.agreement import Facts, dates_disagree, is_small_word, names_disagree, numbers_disagree
from ..data.errors import SongnguError
from ..data.identification import identify
from ..data.languages import base, canonical, table
from ..data.negation import denials, negations
from ..data.protected import protected
from ..data.repetition import loops, repetitions
from ..data.text import fold, normalise, one_line
from .calibration import sigmoid
from .coverage import Coverage, coverages
from .similarity import centred, reference_mean, reference_rows

if TYPE_CHECKING:
    import numpy as np
    import torch

    from .encoders import WordEncoder

LEVEL = 0.5  # of coverage, below which a word counts as uncovered: two of five words of true translations
AT_ONCE = 256  # pairs that are read before the first chance is given
_NEAREST = 4  # reference sentences that a margin looks at
_LENGTH_SPREAD = 1.9  # of log length ratios times the root of the length, on true news translations


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one pair; every field is a number, most are 0 for a faithful translation."""

    similarity: float
    similarity_squared: float
    margin: float
    source_gap: float
    target_gap: float
    source_gap_share: float
    target_gap_share: float
    source_gap_if_short: float
    target_gap_if_long: float
    gap_difference: float
    source_coverage: float
    target_coverage: float
    source_least: float
    target_least: float
    too_short: float
    too_long: float
    too_short_squared: float
    too_long_squared: float
    log_length: float
    numbers_changed: float
    numbers_one_sided: float
    dates_changed: float
    names_changed: float
    territories_changed: float
    names_one_sided: float
    negation: float
    negation_weak: float
    source_denial_gap: float
    target_denial_gap: float
    loop: float
    repeated: float
    copied: float
    language: float
    protected: float


@dataclass(frozen=True, slots=True)
class Assessed:
    """The evidence of a pair, and where on each side the words stand that have no counterpart: offsets in its one-line NFC text."""

    evidence: Evidence
    source_gap: tuple[int, int]
    target_gap: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Logits:
    """What the networks say of a pair: that it is right; of each side, by itself, that it is whole; and, where both networks agree on
    the place, that something on that side is wrong or missing."""

    joint: float
    source_whole: float = 0.0
    target_whole: float = 0.0
    source_wrong: float = 0.0
    source_missing: float = 0.0
    target_wrong: float = 0.0
    target_missing: float = 0.0


FEATURES = tuple(field.name for field in fields(Evidence))
LOGITS = tuple(field.name for field in fields(Logits))


@dataclass(frozen=True, slots=True)
class Head:
    """A logistic model of one family of errors."""

    weights: Mapping[str, float]
    bias: float

    def objection(self, evidence: Evidence, logits: Logits | None = None) -> float:
        """The log odds that the translation has an error of this family; `logits` are the networks'."""
        known = zip(FEATURES, astuple(evidence), strict=True)
        told = zip(LOGITS, astuple(logits) if logits else (0.0,) * len(LOGITS), strict=True)
        return self.bias + sum(self.weights.get(name, 0.0) * value for name, value in (*told, *known))


@dataclass(frozen=True, slots=True)
class Model:
    """A trained estimator: heads by family, and the calibration of their joint objection; `signature` names encoder and training.
    `together` is the estimator that knows the networks' logits as well; None where there is none."""

    heads: Mapping[str, Head]
    scale: float
    bias: float
    signature: str
    together: Model | None = None

    @property
    def name(self) -> str:
        """The signature of the best that it has."""
        return (self.together or self).signature.split("/")[0]

    def objection(self, evidence: Evidence, logits: Logits | None = None) -> float:
        """The heads' joint objection: minus the logarithm of the chance that none of them is right."""
        return sum(_softplus(head.objection(evidence, logits)) for head in self.heads.values())

    def chance(self, evidence: Evidence, logits: Logits | None = None) -> float:
        """The chance that the translation is acceptable; `logits` are the networks' where there are any."""
        if logits is not None and self.together is not None:
            return self.together._chance(evidence, logits)
        return self._chance(evidence, None)

    def _chance(self, evidence: Evidence, logits: Logits | None) -> float:
        return sigmoid(self.bias - self.scale * self.objection(evidence, logits))


def _softplus(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


@cache
def model(path: Path | None = None) -> Model:
    """The trained estimator in a file; the built-in one by default."""
    place = path or resources.files(__package__ or "songngu.models") / "quality.json"
    return _model(json.loads(place.read_text(encoding="utf-8")))


def _model(record: Mapping[str, Any]) -> Model:
    heads = {name: Head(**head) for name, head in record["heads"].items()}
    together = _model(record["together"]) if record.get("together") else None
    return Model(**{**record, "heads": heads, "together": together})


def estimate_quality(
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: WordEncoder | None = None,
    estimator: Model | None = None,
) -> list[float]:
    """For each pair the chance that the translation is acceptable, in order; an empty translation of a text has none.

    Args:
        sources: sentences.
        targets: their translations, as many.
        source_language: BCP-47.
        target_language: BCP-47.
        encoder: the built-in one by default; the weights were trained with it.
        estimator: weights of one's own (benchmarks/quality.py trains them).
    """
    _check_lengths(sources, targets)
    pairs = zip(sources, targets, strict=True)
    languages = {"source_language": source_language, "target_language": target_language}
    return list(qualities(pairs, **languages, encoder=encoder, estimator=estimator))


def qualities(
    pairs: Iterable[tuple[str, str]],
    *,
    source_language: str,
    target_language: str,
    encoder: WordEncoder | None = None,
    estimator: Model | None = None,
) -> Iterator[float]:
    """The same for a stream of pairs (source, translation): AT_ONCE are held at a time."""
    if encoder is None:
        from .encoders import encoder as load

        encoder = load()  # type: ignore[assignment]
    assert encoder is not None
    chosen = estimator or model()
    judge = Judge(encoder, source_language, target_language, together=chosen.together is not None)
    stream = iter(pairs)
    while some := list(islice(stream, AT_ONCE)):
        for (source, target), (found, logits) in zip(some, judge(some), strict=True):
            empty = not target.strip() and bool(source.strip())
            yield 0.0 if empty else chosen.chance(found.evidence, logits)


class Judge:
    """Finds the evidence of pairs of two languages and, where the networks fit encoder and languages, their logits."""

    def __init__(
        self, encoder: WordEncoder, source_language: str, target_language: str, *, together: bool = True
    ) -> None:
        from .joint import fits

        self._languages = canonical(source_language), canonical(target_language)
        self._encoder: WordEncoder = encoder
        self._once = None
        if not together:
            return
        if not fits(encoder):
            _tell(f"the networks that read the texts do not fit {encoder.signature}")
        elif foreign := sorted({base(tag) for tag in self._languages} - _trained()):
            _tell(f"the networks that read the texts were not trained on {', '.join(foreign)}")
        else:
            from .once import ReadOnce

            self._encoder = self._once = ReadOnce(encoder)  # type: ignore[arg-type]

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Assessed, Logits | None]]:
        """Evidence and logits (None without the networks) of each pair."""
        left, right = ([one_line(normalise(text)) for text in side] for side in zip(*pairs, strict=True))
        if self._once is not None:
            self._once.hold([*left, *right])
        options = dict(zip(("source_language", "target_language"), self._languages, strict=True))
        found = assess(left, right, **options, encoder=self._encoder)
        return list(zip(found, self._logits(left, right), strict=True))

    def _logits(self, left: Sequence[str], right: Sequence[str]) -> Sequence[Logits | None]:
        from .joint import built_in, judged

        if self._once is None:
            return [None] * len(left)
        sides = [self._once.apart(texts, tag) for texts, tag in zip((left, right), self._languages, strict=True)]
        together = judged(list(zip(*sides, strict=True)), built_in())
        alone = zip(self._once.alone(left), self._once.alone(right), strict=True)
        return [
            Logits(float(logit), one[0], other[0], *_worst(tags[0], one[1]), *_worst(tags[1], other[1]))
            for (logit, tags), (one, other) in zip(together, alone, strict=True)
        ]


def _worst(together: torch.Tensor, alone: torch.Tensor) -> list[float]:
    """How strongly both networks' log odds (length, 2) object at any one place, in each column; the first sub-word is a mark."""
    return (together + alone)[1:].logsumexp(0).tolist()


def _trained() -> set[str]:
    from . import fluency, joint

    return {*joint.languages()} & {*fluency.LANGUAGES}


@cache
def _tell(why: str) -> None:
    logging.getLogger("songngu").warning(
        "songngu: %s; quality is estimated from similarity, coverage and checks alone", why
    )


def assess(
    sources: Sequence[str], targets: Sequence[str], *, source_language: str, target_language: str, encoder: WordEncoder
) -> list[Assessed]:
    """The evidence for each pair, in order."""
    _check_lengths(sources, targets)
    if not sources:
        return []
    languages = canonical(source_language), canonical(target_language)
    left, right = ([one_line(normalise(text)) for text in side] for side in (sources, targets))
    cosines, margins = _similarities(encoder, left, right, *languages)
    covered = coverages(encoder, left, right, source_language=languages[0], target_language=languages[1])
    return [
        _assessed(source, target, languages, (float(cosine), float(margin)), pair)
        for source, target, cosine, margin, pair in zip(left, right, cosines, margins, covered, strict=True)
    ]


def _check_lengths(sources: Sequence[str], targets: Sequence[str]) -> None:
    if len(sources) != len(targets):
        raise SongnguError(f"{len(sources)} sources but {len(targets)} translations; each source needs one")


def _similarities(
    encoder: WordEncoder, left: Sequence[str], right: Sequence[str], source: str, target: str
) -> tuple[np.ndarray, np.ndarray]:
    """Cosine of each pair, and by how much it is above what each side has with its nearest reference sentences of the other language
    (CSLS, Lample et al. 2018, over sentences that are always the same, so that no pair depends on its neighbours)."""
    means = reference_mean(encoder, source), reference_mean(encoder, target)
    one, other = centred(encoder.encode(left, source), means[0]), centred(encoder.encode(right, target), means[1])
    cosines = (one * other).sum(axis=1)
    near = [
        _nearest(rows @ centred(reference_rows(encoder, tag), mean).T)
        for rows, tag, mean in ((one, target, means[1]), (other, source, means[0]))
    ]
    return cosines, cosines - (near[0] + near[1]) / 2


def _nearest(table: np.ndarray) -> np.ndarray:
    table.sort(axis=1)
    return table[:, -_NEAREST:].mean(axis=1)


def _assessed(
    source: str,
    target: str,
    languages: tuple[str, str],
    likeness: tuple[float, float],
    covered: tuple[Coverage, Coverage],
) -> Assessed:
    gaps = [coverage.gap(LEVEL) for coverage in covered]
    found = (
        _meaning(source, target, languages)
        | _form(source, target, languages)
        | _gaps(source, target, covered, gaps)
        | _denial_gaps(source, target, languages, covered)
    )
    z = length_z(source, target, *languages)
    short, long = min(max(-z, 0.0), 6.0), min(max(z, 0.0), 6.0)
    evidence = Evidence(
        similarity=likeness[0],
        similarity_squared=likeness[0] ** 2,
        margin=likeness[1],
        source_gap_if_short=found["source_gap"] * short,
        target_gap_if_long=found["target_gap"] * long,
        too_short=short,
        too_long=long,
        too_short_squared=short * short,
        too_long_squared=long * long,
        log_length=math.log(len(source) + 1),
        **found,
    )
    return Assessed(evidence, (gaps[0][1], gaps[0][2]), (gaps[1][1], gaps[1][2]))


def _gaps(
    source: str, target: str, covered: tuple[Coverage, Coverage], gaps: Sequence[tuple[float, int, int]]
) -> dict[str, float]:
    depths = [min(depth, 5.0) for depth, _, _ in gaps]
    return {
        "source_gap": depths[0],
        "target_gap": depths[1],
        "source_gap_share": (gaps[0][2] - gaps[0][1]) / max(len(source), 1),
        "target_gap_share": (gaps[1][2] - gaps[1][1]) / max(len(target), 1),
        "gap_difference": depths[0] - depths[1],
        "source_coverage": _mean(covered[0]),
        "target_coverage": _mean(covered[1]),
        "source_least": _least(covered[0]),
        "target_least": _least(covered[1]),
    }


def _denial_gaps(
    source: str, target: str, languages: tuple[str, str], covered: tuple[Coverage, Coverage]
) -> dict[str, float]:
    """How far the words that deny on one side are from every word of the other, where that does not deny: it may say so otherwise
    (sans, thiếu)."""
    found = [denials(text, language) for text, language in zip((source, target), languages, strict=True)]
    return {
        "source_denial_gap": 0.0 if found[1] else _farthest(covered[0], found[0]),
        "target_denial_gap": 0.0 if found[0] else _farthest(covered[1], found[1]),
    }


def _farthest(coverage: Coverage, places: Sequence[tuple[int, int]]) -> float:
    """What the best covered word at some places lacks in coverage; 0 where no word stands."""
    values = [
        float(value)
        for (start, end), value in zip(coverage.spans, coverage.values, strict=True)
        if any(start < b and a < end for a, b in places)
    ]
    return 1.0 - max(values) if values else 0.0


def _meaning(source: str, target: str, languages: tuple[str, str]) -> dict[str, float]:
    one, other = Facts(source, languages[0]), Facts(target, languages[1])
    numbers_, dates, names_ = numbers_disagree(one, other), dates_disagree(one, other), names_disagree(one, other)
    changed = bool(numbers_.contradicting) or bool(numbers_.missing and numbers_.added)
    one_sided = [q for q in numbers_.missing if not is_small_word(q, one)] + [
        q for q in numbers_.added if not is_small_word(q, other)
    ]
    denied = _denied(source, target, languages)
    days = bool(dates.contradicting) or _crossed(one.weekdays, other.weekdays) or _crossed(one.months, other.months)
    return {
        "numbers_changed": float(changed),
        "numbers_one_sided": float(bool(one_sided) and not changed),
        "dates_changed": float(days),
        "names_changed": float(bool(names_.missing and names_.added)),
        "territories_changed": float(
            all(any(n.kind == "territory" for n in side) for side in (names_.missing, names_.added))
        ),
        "names_one_sided": float(bool(names_.missing) != bool(names_.added)),
        "negation": float(denied == "strong"),
        "negation_weak": float(denied == "weak"),
    }


def _form(source: str, target: str, languages: tuple[str, str]) -> dict[str, float]:
    return {
        "loop": float(loops(target) and not loops(source)),
        "repeated": float(len(repetitions(target)) > len(repetitions(source))),
        "copied": _copied(source, target, languages),
        "language": _foreign(target, languages),
        "protected": float(sorted(p.text for p in protected(source)) != sorted(p.text for p in protected(target))),
    }


def length_z(source: str, target: str, source_language: str, target_language: str) -> float:
    """How many standard deviations a translation's length is off what the languages' tables expect; positive where it is too long."""
    usual = [(table(tag, "checks") or {}).get("relative_length", 1.0) for tag in (source_language, target_language)]
    size = max(min(len(source), len(target)), 1)
    ratio = max(len(target), 1) / max(len(source), 1) / (usual[1] / usual[0])
    return math.log(ratio) * math.sqrt(size) / _LENGTH_SPREAD


def _mean(coverage: Coverage) -> float:
    return float(coverage.values.mean()) if len(coverage.values) else 0.0


def _least(coverage: Coverage) -> float:
    """The mean coverage of the three words that have the least."""
    lowest = sorted(float(value) for value in coverage.values)[:3]
    return sum(lowest) / len(lowest) if lowest else 0.0


def _crossed(one: frozenset[int], other: frozenset[int]) -> bool:
    return bool(one - other) and bool(other - one)


def _denied(source: str, target: str, languages: tuple[str, str]) -> str:
    one, other = negations(source, languages[0]), negations(target, languages[1])
    if one is None or other is None or bool(one.strong) == bool(other.strong):
        return ""
    return "weak" if (other if one.strong else one).weak else "strong"


def _copied(source: str, target: str, languages: tuple[str, str]) -> float:
    """The share of the target's lower-case words that stand in the source, where the languages differ."""
    if base(languages[0]) == base(languages[1]):
        return 0.0
    known = set(fold(source).split())
    words = [word for word in target.split() if word[0].islower() and len(word) > 1]
    return sum(fold(word) in known for word in words) / len(words) if words else 0.0


def _foreign(target: str, languages: tuple[str, str]) -> float:
    """How likely the target is in the source's language rather than in its own."""
    if base(languages[0]) == base(languages[1]) or sum(c.isalpha() for c in target) < 20:
        return 0.0
    code, chance = identify(target, languages)
    return chance if base(code) != base(languages[1]) else 1.0 - chance
