"""Quality estimation without a reference: a calibrated chance that a translation is acceptable.

The evidence is named: similarity of the sentences, words without a counterpart on either side, length, numbers, dates, names, negation,
loops, copies and language. A logistic model weighs it; its weights (`quality.json`) were trained by benchmarks/quality.py on true
translations and ones that were damaged on purpose, so the chance speaks of errors of those kinds, not of style.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.agreement import Facts, dates_disagree, is_small_word, names_disagree, numbers_disagree
from ..data.identification import identify
from ..data.languages import base, canonical, table
from ..data.negation import negations
from ..data.protected import protected
from ..data.repetition import loops, repetitions
from ..data.text import fold, normalise, one_line
from .coverage import Coverage, coverages
from .similarity import centred, reference_mean

if TYPE_CHECKING:
    import numpy as np

    from .encoders import WordEncoder

_LENGTH_SPREAD = 1.9  # of log length ratios times the root of the length, on true news translations


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one pair; every field is a number, most are 0 for a faithful translation."""

    similarity: float
    source_gap: float
    target_gap: float
    source_coverage: float
    target_coverage: float
    too_short: float
    too_long: float
    numbers_changed: float
    numbers_one_sided: float
    dates_changed: float
    names_changed: float
    names_one_sided: float
    negation: float
    negation_weak: float
    loop: float
    repeated: float
    copied: float
    language: float
    protected: float


FEATURES = tuple(field.name for field in fields(Evidence))


@dataclass(frozen=True, slots=True)
class Model:
    """A trained estimator: `level` is the coverage below which a word counts as uncovered, `signature` names encoder and training."""

    weights: Mapping[str, float]
    bias: float
    level: float
    signature: str

    def chance(self, evidence: Evidence) -> float:
        """The chance that the translation is acceptable."""
        z = self.bias + sum(
            self.weights.get(name, 0.0) * value for name, value in zip(FEATURES, astuple(evidence), strict=True)
        )
        return 1.0 / (1.0 + math.exp(-max(min(z, 30.0), -30.0)))


@cache
def model(path: Path | None = None) -> Model:
    """The trained estimator in a file; the built-in one by default."""
    place = path or resources.files(__package__ or "songngu.models") / "quality.json"
    return Model(**json.loads(place.read_text(encoding="utf-8")))


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
    if encoder is None:
        from .encoders import encoder as load

        encoder = load()  # type: ignore[assignment]
    assert encoder is not None
    chosen = estimator or model()
    found = evidence(
        sources,
        targets,
        source_language=source_language,
        target_language=target_language,
        encoder=encoder,
        level=chosen.level,
    )
    empty = [not target.strip() and bool(source.strip()) for source, target in zip(sources, targets, strict=True)]
    return [0.0 if is_empty else chosen.chance(one) for one, is_empty in zip(found, empty, strict=True)]


def evidence(
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: WordEncoder,
    level: float,
) -> list[Evidence]:
    """The evidence for each pair, in order."""
    languages = canonical(source_language), canonical(target_language)
    left, right = ([one_line(normalise(text)) for text in side] for side in (sources, targets))
    cosines = _similarities(encoder, left, right, *languages)
    covered = coverages(encoder, left, right, source_language=languages[0], target_language=languages[1])
    return [
        _evidence(source, target, languages, float(cosine), pair, level)
        for source, target, cosine, pair in zip(left, right, cosines, covered, strict=True)
    ]


def _similarities(
    encoder: WordEncoder, left: Sequence[str], right: Sequence[str], source: str, target: str
) -> np.ndarray:
    one = centred(encoder.encode(left, source), reference_mean(encoder, source))
    other = centred(encoder.encode(right, target), reference_mean(encoder, target))
    return (one * other).sum(axis=1)


def _evidence(
    source: str,
    target: str,
    languages: tuple[str, str],
    cosine: float,
    covered: tuple[Coverage, Coverage],
    level: float,
) -> Evidence:
    one, other = Facts(source, languages[0]), Facts(target, languages[1])
    z = length_z(source, target, *languages)
    numbers_, dates, names_ = numbers_disagree(one, other), dates_disagree(one, other), names_disagree(one, other)
    denied = _denied(source, target, languages)
    changed = bool(numbers_.contradicting) or bool(numbers_.missing and numbers_.added)
    one_sided = [q for q in numbers_.missing if not is_small_word(q, one)] + [
        q for q in numbers_.added if not is_small_word(q, other)
    ]
    return Evidence(
        similarity=cosine,
        source_gap=min(covered[0].gap(level)[0], 3.0),
        target_gap=min(covered[1].gap(level)[0], 3.0),
        source_coverage=_mean(covered[0]),
        target_coverage=_mean(covered[1]),
        too_short=min(max(-z, 0.0), 6.0),
        too_long=min(max(z, 0.0), 6.0),
        numbers_changed=float(changed),
        numbers_one_sided=float(bool(one_sided) and not changed),
        dates_changed=float(
            bool(dates.contradicting) or _crossed(one.weekdays, other.weekdays) or _crossed(one.months, other.months)
        ),
        names_changed=float(bool(names_.missing and names_.added)),
        names_one_sided=float(bool(names_.missing) != bool(names_.added)),
        negation=float(denied == "strong"),
        negation_weak=float(denied == "weak"),
        loop=float(loops(target) and not loops(source)),
        repeated=float(len(repetitions(target)) > len(repetitions(source))),
        copied=_copied(source, target, languages),
        language=_foreign(target, languages),
        protected=float(sorted(p.text for p in protected(source)) != sorted(p.text for p in protected(target))),
    )


def length_z(source: str, target: str, source_language: str, target_language: str) -> float:
    """How many standard deviations a translation's length is off what the languages' tables expect; positive where it is too long."""
    usual = [(table(tag, "checks") or {}).get("relative_length", 1.0) for tag in (source_language, target_language)]
    size = max(min(len(source), len(target)), 1)
    ratio = max(len(target), 1) / max(len(source), 1) / (usual[1] / usual[0])
    return math.log(ratio) * math.sqrt(size) / _LENGTH_SPREAD


def _mean(coverage: Coverage) -> float:
    return float(coverage.values.mean()) if len(coverage.values) else 0.0


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
