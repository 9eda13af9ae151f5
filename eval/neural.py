"""Metrics by learned models: COMET and its family (XCOMET, CometKiwi) through `unbabel-comet`, and our quality
estimation.

COMET is an extra and takes a checkpoint on this machine; CometKiwi and quality estimation need no references.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..data.errors import SongnguError, UsageError
from .metrics import Average


def comet(checkpoint: str) -> Average:
    """The metric of a checkpoint file (`…/checkpoints/model.ckpt`) or of the folder that holds it; nothing is fetched.

    It needs the sources; several references are scored one by one, and the best counts.

    Raises:
        SongnguError: there is no checkpoint, or unbabel-comet is not installed or cannot load it.
    """
    path = _file(Path(checkpoint).expanduser())
    try:
        from comet import load_from_checkpoint  # pyright: ignore[reportMissingImports] an extra
    except ImportError as error:
        raise SongnguError("COMET needs another package: pip install 'songngu[comet]'") from error
    try:
        model = load_from_checkpoint(str(path), local_files_only=True)
    except Exception as error:  # a checkpoint may fail in as many ways as torch, lightning and transformers have
        raise SongnguError(f"cannot load {path}: {error}") from error

    def values(
        hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None
    ) -> Iterator[tuple[float, float]]:
        if sources is None:
            raise UsageError("COMET looks at the sources, too; give them (--source FILE)")
        best = [-1e9] * len(hypotheses)
        pairs = [{"src": s, "mt": h} for s, h in zip(sources, hypotheses, strict=True)]
        for stream in references or [None]:
            rows = pairs if stream is None else [{**p, "ref": r} for p, r in zip(pairs, stream, strict=True)]
            scores = model.predict(rows, batch_size=16, gpus=0, progress_bar=False).scores
            best = [max(pair) for pair in zip(best, map(float, scores), strict=True)]
        return ((100 * score, 1.0) for score in best)

    return Average("COMET", values, signature=f"model:{path.parent.parent.name or path.stem}")


def quality(source_language: str, target_language: str) -> Average:
    """The mean chance, in percent, that a translation is acceptable, by `songngu.estimate_quality`; references are not
    used."""
    from ..models.quality import model

    def values(
        hypotheses: Sequence[str],
        references: Sequence[Sequence[str]],  # noqa: ARG001 the protocol's
        sources: Sequence[str] | None,
    ) -> Iterator[tuple[float, float]]:
        from ..models.quality import estimate_quality

        if sources is None:
            raise UsageError("quality estimation looks at the sources; give them (--source FILE)")
        chances = estimate_quality(
            sources, hypotheses, source_language=source_language, target_language=target_language
        )
        return ((100 * chance, 1.0) for chance in chances)

    signature = f"{source_language}-{target_language}|references:none|{model().name}"
    return Average("quality", values, signature=signature)


def _file(path: Path) -> Path:
    found = path / "checkpoints" / "model.ckpt" if path.is_dir() else path
    if not found.is_file():
        raise SongnguError(
            f"{found}: no such checkpoint; get one where there is a network (comet-score --model NAME keeps it) and give its folder"
        )
    return found
