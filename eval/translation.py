"""How good translations are against references: corpus and segment scores of several metrics, intervals, comparisons.

Statistics are computed once per segment; corpus scores, intervals, scores by group and paired tests only sum them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ..data.errors import SongnguError, UsageError
from .metrics import Metric, metric

if TYPE_CHECKING:
    import numpy as np

    from .significance import Comparison

L = TypeVar("L", bound=Hashable)

# upper ends of the length buckets, in white-space tokens (words in French, syllables in Vietnamese)
_ENDS = (5, 10, 20, 40)
LENGTHS = ("0–5 tokens", "6–10 tokens", "11–20 tokens", "21–40 tokens", "over 40 tokens")


@dataclass(frozen=True, slots=True)
class MetricScore:
    """One metric's corpus score, its 95 % interval, every segment's own score, and the signature."""

    name: str
    score: float
    interval: tuple[float, float] | None
    segments: tuple[float, ...]
    signature: str
    higher_is_better: bool
    metric: Metric = field(repr=False, compare=False)
    statistics: np.ndarray = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.signature} = {self.score:.2f}"

    def by(self, labels: Sequence[L]) -> dict[L, tuple[float, int]]:
        """The score and the number of segments of every label (a document, a source, a length bucket)."""
        import numpy as np

        order = list(dict.fromkeys(labels))
        index = {label: n for n, label in enumerate(order)}
        rows = np.array([index[label] for label in labels], dtype=int)
        sums = np.zeros((len(order), self.statistics.shape[1]))
        np.add.at(sums, rows, self.statistics)
        sizes = np.bincount(rows, minlength=len(order))
        scores = self.metric.scores(sums)
        return {label: (float(scores[n]), int(sizes[n])) for label, n in index.items()}

    def as_dict(self, *, segments: bool = False) -> dict[str, Any]:
        """The score as JSON takes it."""
        record = {
            "name": self.name,
            "score": self.score,
            "interval": self.interval,
            "signature": self.signature,
            "higher_is_better": self.higher_is_better,
        }
        return {**record, "segments": list(self.segments)} if segments else record


@dataclass(frozen=True, slots=True)
class TranslationScore:
    """Every metric's score by the name that was asked for; `notes` name empty lines and other oddities."""

    metrics: Mapping[str, MetricScore]
    count: int
    notes: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> MetricScore:
        return self.metrics[name]

    def __str__(self) -> str:
        return "\n".join(str(score) for score in self.metrics.values())

    @property
    def signature(self) -> str:
        """All metrics' signatures."""
        return "; ".join(score.signature for score in self.metrics.values())

    def as_dict(self, *, segments: bool = False) -> dict[str, Any]:
        """The scores as JSON takes them."""
        scores = {name: score.as_dict(segments=segments) for name, score in self.metrics.items()}
        return {"count": self.count, "metrics": scores, "notes": list(self.notes)}


def score_translation(
    hypotheses: Sequence[str],
    references: Sequence[str] | Sequence[Sequence[str]] | None,
    *,
    sources: Sequence[str] | None = None,
    metrics: Sequence[str | Metric] = ("bleu", "chrf", "ter"),
    tokenizer: str = "13a",
    samples: int = 1000,
    seed: int = 12345,
) -> TranslationScore:
    """The hypotheses' scores, corpus and segment level, equal to sacrebleu's where it has the metric.

    Args:
        hypotheses: one translation a segment.
        references: one reference a segment, or several streams of those, as sacrebleu takes them; None where no metric
            looks at them.
        sources: what was translated; only metrics that look at it need it.
        metrics: names (bleu, chrf, chrf++, ter, exact, edit, embedding, comet:FOLDER, quality:fr-vi, or an entry
            point's) or `Metric` objects.
        tokenizer: BLEU's: 13a, intl, char, none, zh, or the path of a SentencePiece model.
        samples: bootstrap resamples for the intervals; 0 leaves them out.
        seed: the resampling's seed.

    Raises:
        SongnguError: unequal numbers of segments, or none at all.
        UsageError: a metric or tokeniser that does not exist.
    """
    streams = _streams(references)
    _check_lengths(hypotheses, streams, sources)
    chosen = {name if isinstance(name, str) else name.name: name for name in metrics}
    scores = {}
    for name, kind in chosen.items():
        scorer = metric(kind, tokenizer=tokenizer) if isinstance(kind, str) else kind
        scores[name] = _score(scorer, scorer.statistics(hypotheses, streams, sources), samples, seed)
    return TranslationScore(scores, len(hypotheses), tuple(_notes(hypotheses, streams, sources)))


def _streams(references: Sequence[str] | Sequence[Sequence[str]] | None) -> list[Sequence[str]]:
    if references is None:
        return []
    if isinstance(references, str):
        raise UsageError("references must be a sequence of lines, not one string")
    if not references or isinstance(references[0], str):
        return [references]  # type: ignore[list-item]
    return list(references)  # type: ignore[arg-type]


def _check_lengths(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None
) -> None:
    if isinstance(hypotheses, str):
        raise UsageError("hypotheses must be a sequence of lines, not one string")
    sizes = {"hyp": len(hypotheses)}
    sizes |= {"ref" if len(references) == 1 else f"ref {n}": len(r) for n, r in enumerate(references, 1)}
    sizes |= {"source": len(sources)} if sources is not None else {}
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"{name}: {size} lines" for name, size in sizes.items())
        raise SongnguError(f"{listed}; every translation needs its reference on the same line")
    if not hypotheses:
        raise SongnguError("nothing to score: no lines at all")


def _notes(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None
) -> Iterator[str]:
    sides = {"hyp": hypotheses}
    sides |= {"ref" if len(references) == 1 else f"ref {n}": r for n, r in enumerate(references, 1)}
    sides |= {"source": sources} if sources is not None else {}
    for side, lines in sides.items():
        if empty := [n for n, line in enumerate(lines, 1) if not line.strip()]:
            yield f"{side}: {_some_lines(empty)} of {len(lines)} empty; scored as empty"
        if odd := [n for n, line in enumerate(lines, 1) if not unicodedata.is_normalized("NFC", line)]:
            yield f"{side}: {_some_lines(odd)} of {len(lines)} not in NFC (accents apart from letters); scored as given"


def _some_lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
    return f"line {shown}: 1 line" if len(numbers) == 1 else f"lines {shown}: {len(numbers)} lines"


def _score(scorer: Metric, statistics: np.ndarray, samples: int, seed: int) -> MetricScore:
    from .significance import bootstrap, interval

    resampled = bootstrap(statistics, scorer.scores, samples=samples, seed=seed) if samples else None
    return MetricScore(
        scorer.name,
        float(scorer.scores(statistics.sum(0)[None])[0]),
        None if resampled is None else interval(resampled),
        tuple(scorer.segment_scores(statistics).tolist()),
        scorer.signature,
        scorer.higher_is_better,
        scorer,
        statistics,
    )


@dataclass(frozen=True, slots=True)
class Example:
    """One segment that a system translates better or worse than the first one; `line` counts from 1."""

    line: int
    difference: float
    source: str | None
    reference: str | None
    baseline: str
    hypothesis: str


@dataclass(frozen=True, slots=True)
class TranslationComparison:
    """Every system's scores, and each system against the first: by metric, then by system.

    `wins` and `losses` hold the segments with the largest differences in the first metric.
    """

    systems: Mapping[str, TranslationScore]
    differences: Mapping[str, Mapping[str, Comparison]]
    wins: Mapping[str, tuple[Example, ...]]
    losses: Mapping[str, tuple[Example, ...]]


def compare_translations(
    systems: Mapping[str, Sequence[str]],
    references: Sequence[str] | Sequence[Sequence[str]] | None,
    *,
    sources: Sequence[str] | None = None,
    metrics: Sequence[str | Metric] = ("bleu", "chrf", "ter"),
    tokenizer: str = "13a",
    samples: int = 1000,
    trials: int = 10_000,
    seed: int = 12345,
    examples: int = 3,
) -> TranslationComparison:
    """Every system's scores and its difference from the first system, with paired tests (see
    `significance.compare`)."""
    scores = {}
    for system, hypotheses in systems.items():
        try:
            scores[system] = score_translation(
                hypotheses,
                references,
                sources=sources,
                metrics=metrics,
                tokenizer=tokenizer,
                samples=samples,
                seed=seed,
            )
        except SongnguError as error:
            raise type(error)(f"{system}: {error}") from error
    baseline, *others = scores
    differences = {
        name: {
            system: _compare(scores[baseline][name], scores[system][name], samples, trials, seed) for system in others
        }
        for name in scores[baseline].metrics
    }
    ranked = {system: _ranked(scores[baseline], scores[system]) for system in others}

    def show(system: str, lines: Sequence[tuple[float, int]]) -> tuple[Example, ...]:
        reference = next(iter(_streams(references)), None)
        return tuple(
            Example(
                n + 1,
                gain,
                sources[n] if sources else None,
                reference[n] if reference else None,
                systems[baseline][n],
                systems[system][n],
            )
            for gain, n in lines
        )

    return TranslationComparison(
        scores,
        differences,
        {system: show(system, [r for r in rows[::-1][:examples] if r[0] > 0]) for system, rows in ranked.items()},
        {system: show(system, [r for r in rows[:examples] if r[0] < 0]) for system, rows in ranked.items()},
    )


def _compare(baseline: MetricScore, system: MetricScore, samples: int, trials: int, seed: int) -> Comparison:
    from .significance import compare

    return compare(
        baseline.statistics,
        system.statistics,
        system.metric.scores,
        samples=samples,
        trials=trials,
        seed=seed,
        unit_score=system.metric.segment_scores,
    )


def _ranked(baseline: TranslationScore, system: TranslationScore) -> list[tuple[float, int]]:
    """(gain, segment) in the first metric, the worst first; a gain is positive where the system is better."""
    name = next(iter(baseline.metrics))
    sign = 1 if system[name].higher_is_better else -1
    pairs = zip(system[name].segments, baseline[name].segments, strict=True)
    return sorted((sign * (mine - other), n) for n, (mine, other) in enumerate(pairs))


def length_buckets(lines: Sequence[str]) -> list[str]:
    """Every line's bucket, of `LENGTHS`, by its number of white-space tokens."""
    return [LENGTHS[sum(len(line.split()) > end for end in _ENDS)] for line in lines]
