"""One self-contained HTML page about a corpus: what was found, the pairs side by side, what was left out, and
figures."""

from __future__ import annotations

from pathlib import Path

from ..data import files
from .report_page import page
from .survey import Survey, survey

__all__ = ["SAMPLE", "Survey", "survey", "write_report"]

# Pairs shown: some hundred kB, which a browser draws at once.
SAMPLE = 60


def write_report(corpus: Path | str, out: Path | str | None = None, *, sample: int = SAMPLE, seed: int = 12345) -> Path:
    """The path of the page that was written: `report.html` in the corpus folder unless `out` says otherwise.

    `corpus` is a folder that `build` wrote, or a bitext (whose page stands beside it as NAME.report.html); it is
    streamed, and `sample` pairs are drawn evenly to be shown. The page has no
    outside resources and no time stamp: the same corpus gives the same bytes.

    Raises:
        SongnguError: the folder is no corpus, or the page cannot be written.
    """
    from .. import __version__

    folder = Path(corpus)
    path = Path(out) if out is not None else _beside(folder)
    found = survey(folder, sample=sample, seed=seed)
    with files.writing(path) as stream:
        for piece in page(found, made=f"Made by Songngu {__version__}."):
            stream.write(piece)
    return path


def _beside(corpus: Path) -> Path:
    return corpus.with_name(f"{corpus.name}.report.html") if corpus.is_file() else corpus / "report.html"
