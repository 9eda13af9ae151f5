"""Translation metrics as statistics per segment that are summed and then scored: sacrebleu's, and plain string
distances.

Every metric is a `Metric`; `METRICS` names the built-in ones, and a package may offer others under the entry point
group `songngu.metrics` (a name and a function without arguments that returns a `Metric`).

On tokens: BLEU and TER count tokens, and sacrebleu's default tokeniser (13a) parts at spaces and punctuation.
Vietnamese puts a space between syllables, so these are syllables there; that is what published Vietnamese BLEU scores
use. Do not segment words first (scores rise and compare with nothing), and do not compare BLEU of French with BLEU of
Vietnamese. chrF needs no tokens and is the better single number for both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..data.errors import SongnguError, UsageError, choose

if TYPE_CHECKING:
    import numpy as np

TOKENIZERS = ("13a", "intl", "char", "none", "zh")
_ENTRY_POINTS = "songngu.metrics"


class Metric(Protocol):
    """What every metric offers. References come as streams: `references[r][n]` is segment n's reference r."""

    @property
    def name(self) -> str:
        """What tables call it, e.g. chrF2."""
        ...

    @property
    def higher_is_better(self) -> bool:
        """False for error rates."""
        ...

    @property
    def signature(self) -> str:
        """Everything that makes the number repeatable; complete after `statistics`."""
        ...

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None
    ) -> np.ndarray:
        """Float array (segments, k) that may be summed over segments."""
        ...

    def scores(self, sums: np.ndarray) -> np.ndarray:
        """Scores (m,) of summed statistics (m, k)."""
        ...

    def segment_scores(self, statistics: np.ndarray) -> np.ndarray:
        """Scores (segments,) of single segments."""
        ...


class Sacrebleu:
    """A metric of sacrebleu; `sentence` is the variant for single segments where they want other settings."""

    def __init__(self, name: str, metric: Any, sentence: Any = None, *, higher_is_better: bool = True) -> None:
        self.name, self._metric, self._sentence = name, metric, sentence or metric
        self.higher_is_better = higher_is_better

    @property
    def signature(self) -> str:
        """sacrebleu's signature."""
        return f"{self.name}|{self._metric.get_signature()}"

    def statistics(
        self,
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str]],
        sources: Sequence[str] | None = None,  # noqa: ARG002 the protocol's
    ) -> np.ndarray:
        """sacrebleu's sufficient statistics of every segment."""
        import numpy as np

        if not references:
            raise UsageError(f"{self.name} needs references")

        return np.array(self._metric._extract_corpus_statistics(hypotheses, references), dtype=float)

    def scores(self, sums: np.ndarray) -> np.ndarray:
        """Corpus scores, as sacrebleu computes them."""
        return _scored(self._metric, sums)

    def segment_scores(self, statistics: np.ndarray) -> np.ndarray:
        """Sentence scores, as sacrebleu computes them."""
        return _scored(self._sentence, statistics)


def _scored(metric: Any, rows: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.array([metric._compute_score_from_stats(row.tolist()).score for row in rows], dtype=float)


class Average:
    """A metric whose corpus score is a weighted mean of segment values: statistics are (value × weight, weight)."""

    def __init__(
        self,
        name: str,
        values: Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[str] | None], Iterable[tuple[float, float]]],
        *,
        signature: str = "",
        higher_is_better: bool = True,
    ) -> None:
        self.name, self._values, self.higher_is_better = name, values, higher_is_better
        self._signature = signature

    @property
    def signature(self) -> str:
        """The name, what it depends on, and our version."""
        from .. import __version__

        return "|".join(filter(None, [self.name, self._signature, f"songngu:{__version__}"]))

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None = None
    ) -> np.ndarray:
        """Weighted values and weights (segments, 2)."""
        import numpy as np

        rows = [(value * weight, weight) for value, weight in self._values(hypotheses, references, sources)]
        return np.array(rows, dtype=float).reshape(-1, 2)

    def scores(self, sums: np.ndarray) -> np.ndarray:
        """Weighted means."""
        import numpy as np

        return sums[:, 0] / np.maximum(sums[:, 1], 1e-12)

    def segment_scores(self, statistics: np.ndarray) -> np.ndarray:
        """Segment values."""
        return self.scores(statistics)


def edit_distance(a: str, b: str) -> int:
    """The least number of characters to insert, delete or replace (Levenshtein)."""
    if len(a) < len(b):
        a, b = b, a
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def _exact(hypotheses: Sequence[str], references: Sequence[Sequence[str]], _: object) -> Iterable[tuple[float, float]]:
    if not references:
        raise UsageError("exact needs references")
    return ((100.0 * any(h == r for r in refs), 1.0) for h, *refs in zip(hypotheses, *references, strict=True))


def _edit(hypotheses: Sequence[str], references: Sequence[Sequence[str]], _: object) -> Iterable[tuple[float, float]]:
    if not references:
        raise UsageError("edit needs references")
    for hypothesis, *refs in zip(hypotheses, *references, strict=True):
        # the nearest reference; weighted by length, so that the corpus score is the share of characters left alone
        yield max((_similarity(hypothesis, r) for r in refs), key=lambda pair: pair[0])


def _similarity(a: str, b: str) -> tuple[float, float]:
    longest = max(len(a), len(b))
    return (100.0 * (1 - edit_distance(a, b) / longest), float(longest)) if longest else (100.0, 0.0)


class _SentencePieces:
    """A tokeniser for sacrebleu from a SentencePiece model file (e.g. FLORES-200's); the signature has its digest."""

    def __init__(self, path: Path) -> None:
        import sentencepiece

        self._model = sentencepiece.SentencePieceProcessor()
        try:
            self._model.Load(str(path))
        except (OSError, RuntimeError) as error:
            raise SongnguError(f"{path}: not a SentencePiece model ({str(error).strip()})") from error
        self._signature = f"spm-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}"

    def signature(self) -> str:
        """What the metric's signature says of it."""
        return self._signature

    def __call__(self, line: str) -> str:
        """The line's pieces with spaces between them."""
        return " ".join(self._model.EncodeAsPieces(line))


def _bleu(tokenizer: str) -> Metric:
    from sacrebleu.metrics.bleu import BLEU

    if tokenizer in TOKENIZERS:
        return Sacrebleu("BLEU", BLEU(tokenize=tokenizer), BLEU(tokenize=tokenizer, effective_order=True))
    path = Path(tokenizer)
    if not path.is_file():
        raise UsageError(
            f"unknown tokenizer {tokenizer!r}; choose from {', '.join(TOKENIZERS)}, or give the path of a SentencePiece model "
            "(FLORES-200's is flores200_sacrebleu_tokenizer_spm.model; nothing is fetched here)"
        )
    metric = BLEU(tokenize="none")
    metric.tokenizer = _SentencePieces(path)
    metric.tokenizer_signature = metric.tokenizer.signature()
    return Sacrebleu("BLEU", metric, BLEU(tokenize="none", effective_order=True))


def _chrf(word_order: int) -> Metric:
    from sacrebleu.metrics.chrf import CHRF

    return Sacrebleu("chrF2" + "+" * word_order, CHRF(word_order=word_order))


def _ter() -> Metric:
    from sacrebleu.metrics.ter import TER

    return Sacrebleu("TER", TER(), higher_is_better=False)


def _embedding(name: str) -> Metric:
    from .embedding import embedding

    return embedding(name or "builtin")


def _comet(name: str) -> Metric:
    from .neural import comet

    if not name:
        raise UsageError("comet needs a checkpoint on this machine: comet:FOLDER")
    return comet(name)


def _quality(name: str) -> Metric:
    from .neural import quality

    source, _, target = name.partition("-")
    if not source or not target:
        raise UsageError("quality needs the languages: quality:fr-vi")
    return quality(source, target)


# Metrics with a model, whose name may follow a colon: `embedding`, `embedding:NAME`, `comet:FOLDER`, `quality:fr-vi`.
_MODELS: dict[str, Callable[[str], Metric]] = {"embedding": _embedding, "comet": _comet, "quality": _quality}
METRICS: dict[str, Callable[[str], Metric]] = {
    "bleu": _bleu,
    "chrf": lambda _: _chrf(0),
    "chrf++": lambda _: _chrf(2),
    "ter": lambda _: _ter(),
    "exact": lambda _: Average("exact", _exact),
    "edit": lambda _: Average("edit", _edit),
}


def metric(name: str, *, tokenizer: str = "13a") -> Metric:
    """The metric of that name; `tokenizer` (BLEU's) is a name of sacrebleu or the path of a SentencePiece model.

    Raises:
        UsageError: no metric, or no tokeniser, has that name; the message lists the choices.
    """
    if name in METRICS:
        return METRICS[name](tokenizer)
    kind, _, model = name.partition(":")
    if kind in _MODELS:
        return _MODELS[kind](model)
    from importlib.metadata import entry_points

    others = {point.name: point for point in entry_points(group=_ENTRY_POINTS)}
    if name in others:
        return others[name].load()()
    raise choose("metric", name, [*METRICS, "embedding", "comet:FOLDER", "quality:fr-vi", *others])
