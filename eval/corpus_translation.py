"""How well models translate an aligned corpus, and how much of what they lose is the alignment's fault.

The source sides of the beads are translated and scored against the target sides, at several confidence thresholds. A
wrong bead lowers every model's score. How far: the score over all beads against that over the sure ones, weighted to
the same lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..data.core import Corpus, Segment
from ..data.errors import SongnguError
from .translation import MetricScore, TranslationScore, length_buckets, score_translation

if TYPE_CHECKING:
    import numpy as np

    from ..models.translators import Translator

THRESHOLDS = (0.0, 0.5, 0.7, 0.9, 0.95)
# A difference between fewer sure beads than this is noise.
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Threshold:
    """A system's scores over the beads that are at least so sure, by metric; `share` is of all beads, `right` their
    mean confidence."""

    confidence: float
    count: int
    share: float
    right: float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Misalignment:
    """What wrong beads take from one metric: the score of sure beads, weighted to all beads' lengths, less the score of
    all.

    `interval` is its 95 % interval by bootstrap over the beads.
    """

    lost: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class SystemScore:
    """One system on the corpus: scores over all beads, by threshold, and what misalignment takes, by metric."""

    name: str
    signature: str
    scores: TranslationScore
    thresholds: tuple[Threshold, ...]
    misalignment: Mapping[str, Misalignment]


@dataclass(frozen=True, slots=True)
class CorpusTranslation:
    """All systems, the two baselines first; `count` beads were scored, of which `sure` have the highest threshold or
    more."""

    source_language: str
    target_language: str
    count: int
    sure: int
    expected_wrong: float
    systems: Mapping[str, SystemScore]
    labels: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The scores as JSON takes them."""
        from dataclasses import asdict

        systems = {
            name: {
                "signature": system.signature,
                **system.scores.as_dict(),
                "thresholds": [asdict(threshold) for threshold in system.thresholds],
                "misalignment": {metric: asdict(lost) for metric, lost in system.misalignment.items()},
            }
            for name, system in self.systems.items()
        }
        facts = ("source_language", "target_language", "count", "sure", "expected_wrong", "notes")
        return {**{fact: getattr(self, fact) for fact in facts}, "systems": systems}


def score_corpus_translation(
    corpus: Corpus,
    models: Mapping[str, Translator],
    *,
    reverse: bool = False,
    thresholds: Sequence[float] = THRESHOLDS,
    metrics: Sequence[str] = ("bleu", "chrf", "ter"),
    tokenizer: str = "13a",
    limit: int | None = None,
    samples: int = 1000,
    seed: int = 12345,
) -> CorpusTranslation:
    """The models' scores on a corpus, after the baselines `copy` (the source as it is) and `gloss` (word for word).

    Args:
        corpus: aligned text; rows without a confidence count as sure.
        models: translators by the name that tables call them.
        reverse: translate the target sides, and score against the source sides.
        thresholds: confidences from which on beads are scored together.
        metrics, tokenizer, samples, seed: as in `score_translation`.
        limit: score the first so many beads only.

    Raises:
        SongnguError: the corpus is empty, or a model cannot translate it.
    """
    rows = [_turned(s) if reverse else s for s in islice(corpus, limit) if s.source_text and s.target_text]
    if not rows:
        raise SongnguError("the corpus has no aligned text to translate")
    languages = (corpus.source_language, corpus.target_language)
    languages = (languages[1], languages[0]) if reverse else languages
    translators = {**_baselines(*languages), **models}
    translated, notes = _translated(rows, translators, languages)
    kept = [n for n in range(len(rows)) if all(texts[n] is not None for texts in translated.values())]
    if not kept:
        raise SongnguError("no bead of the corpus is translated by every system")
    rows = [rows[n] for n in kept]
    systems = {}
    for name, texts in translated.items():
        scores = score_translation(
            [texts[n] or "" for n in kept],
            [row.target_text for row in rows],
            sources=[row.source_text for row in rows],
            metrics=metrics,
            tokenizer=tokenizer,
            samples=samples,
            seed=seed,
        )
        systems[name] = _system(name, translators[name].signature, scores, rows, thresholds, seed)
    confidences = _confidences(rows)
    sure = sum(c >= max(thresholds) for c in confidences)
    wrong = 1 - sum(confidences) / len(rows)
    return CorpusTranslation(*languages, len(rows), sure, wrong, systems, _labels(rows), tuple(notes))


def _confidences(rows: Sequence[Segment]) -> list[float]:
    return [1.0 if row.confidence is None else row.confidence for row in rows]


def _labels(rows: Sequence[Segment]) -> dict[str, tuple[str, ...]]:
    return {
        "document": tuple(f"{row.source} – {row.target}" for row in rows),
        "source": tuple(" – ".join(_site(url) for url in (row.source_url, row.target_url)) for row in rows),
        "length": tuple(length_buckets([row.source_text for row in rows])),
    }


def _site(url: str | None) -> str:
    return (urlsplit(url or "").hostname or "unknown").removeprefix("www.")


def _turned(s: Segment) -> Segment:
    return Segment(
        s.target_text,
        s.source_text,
        s.target,
        s.source,
        confidence=s.confidence,
        source_url=s.target_url,
        target_url=s.source_url,
    )


class _Copy:
    """The source as its own translation: what a system must beat."""

    signature = "copy"

    def translate(self, sentences: Sequence[str], **_: str) -> list[str]:
        return list(sentences)


def _baselines(source_language: str, target_language: str) -> dict[str, Any]:
    from ..data.errors import UsageError
    from ..models.gloss import Gloss

    try:
        return {"copy": _Copy(), "gloss": Gloss(source_language, target_language)}
    except UsageError:  # no lexicon for these languages
        return {"copy": _Copy()}


def _translated(
    rows: Sequence[Segment], systems: Mapping[str, Any], languages: tuple[str, str]
) -> tuple[dict[str, list[str | None]], list[str]]:
    """Every system's translations, None where it has none, and notes about those."""
    from ..models.precomputed import Precomputed
    from ..models.translating import translate

    translated: dict[str, list[str | None]] = {}
    notes = []
    for name, model in systems.items():
        sources = [row.source_text for row in rows]
        if isinstance(model, Precomputed):
            translated[name] = _looked_up(model, sources, languages)
            missing = translated[name].count(None)
            if missing:
                notes.append(
                    f"{name} has no translation of {missing} of {len(rows)} beads; no system is scored on these"
                )
        elif name in ("copy", "gloss"):
            texts = model.translate(sources, source_language=languages[0], target_language=languages[1])
            translated[name] = list(texts)
        else:
            translated[name] = list(
                translate(sources, source_language=languages[0], target_language=languages[1], model=model)
            )
    return translated, notes


def _looked_up(model: Any, sources: Iterable[str], languages: tuple[str, str]) -> list[str | None]:
    found: list[str | None] = []
    for source in sources:
        try:
            found += model.translate([source], source_language=languages[0], target_language=languages[1])
        except SongnguError:  # this sentence is not in the file; the caller counts and names it
            found.append(None)
    return found


def _system(
    name: str, signature: str, scores: TranslationScore, rows: Sequence[Segment], thresholds: Sequence[float], seed: int
) -> SystemScore:
    import numpy as np

    sure = np.array(_confidences(rows))
    buckets = length_buckets([row.source_text for row in rows])
    return SystemScore(
        name,
        signature,
        scores,
        tuple(_threshold(scores, sure, least) for least in sorted(thresholds) if (sure >= least).any()),
        {
            metric: lost
            for metric, s in scores.metrics.items()
            if (lost := _lost(s, sure, buckets, max(thresholds), seed))
        },
    )


def _threshold(scores: TranslationScore, sure: np.ndarray, least: float) -> Threshold:
    chosen = sure >= least
    values = {name: float(s.metric.scores(s.statistics[chosen].sum(0)[None])[0]) for name, s in scores.metrics.items()}
    return Threshold(least, int(chosen.sum()), float(chosen.mean()), float(sure[chosen].mean()), values)


def _lost(score: MetricScore, sure: np.ndarray, buckets: Sequence[str], least: float, seed: int) -> Misalignment | None:
    """Score of the sure beads with every length bucket weighted as among all beads, less the score of all beads."""
    import numpy as np

    from .significance import interval

    chosen = sure >= least
    if chosen.sum() < _ENOUGH or chosen.all():
        return None
    names = np.unique(np.array(buckets), return_inverse=True)[1]

    def difference(times: np.ndarray) -> float:
        weights = np.zeros(len(times))
        for bucket in range(names.max() + 1):
            here = names == bucket
            inside = times[here & chosen].sum()
            if inside:
                weights[here & chosen] = times[here & chosen] * (times[here].sum() / inside)
        sums = np.stack([weights @ score.statistics, times @ score.statistics])
        both = score.metric.scores(np.round(sums, 6))
        return float(both[0] - both[1])

    generator = np.random.default_rng(seed)
    count = len(sure)
    resampled = [
        difference(np.bincount(generator.integers(count, size=count), minlength=count).astype(float))
        for _ in range(300)
    ]
    return Misalignment(difference(np.ones(count)), interval(np.array(resampled)))
