"""Decontamination: no segment of a training corpus may share a side, or a long run of words, with a test set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from . import files
from .core import Segment
from .errors import SongnguError
from .formats import read_bitext, readable
from .selection import Again, Stream, key, words

NGRAM = 10  # words or syllables in a row that chance and set phrases rarely share


def decontaminated(marked: Stream, tests: Iterable[Path], *, ngram: int = NGRAM) -> Stream:
    """Leaves out segments that share a side or `ngram` words in a row with a line of the test files; the reason says which.

    Test files are bitexts or plain text with a segment a line, in any language.

    Raises:
        SongnguError: a test file cannot be read.
    """
    paths = tuple(tests)
    known = cache(lambda: _Known(paths, ngram))
    return Again(lambda: ((segment, why or known().match(segment)) for segment, why in marked))


class _Known:
    def __init__(self, paths: tuple[Path, ...], ngram: int) -> None:
        self._ngram = ngram
        self._whole: dict[int, str] = {}
        self._runs: dict[int, str] = {}
        for path in paths:
            for number, text in _texts(path):
                where = f"{path.name}, line {number}"
                self._whole.setdefault(key(text), where)
                for run in self._grams(text):
                    self._runs.setdefault(run, where)

    def match(self, segment: Segment) -> str | None:
        """Why the segment is contaminated, or None."""
        for side, text in (("source", segment.source_text), ("target", segment.target_text)):
            if where := self._whole.get(key(text)):
                return f"{side} is in a test set ({where})"
            for run in self._grams(text):
                if where := self._runs.get(run):
                    return f"{side} shares {self._ngram} words with a test set ({where})"
        return None

    def _grams(self, text: str) -> Iterator[int]:
        found = words(text)
        for i in range(len(found) - self._ngram + 1):
            yield hash(tuple(found[i : i + self._ngram]))


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """The texts of a test file with their line or row numbers."""
    known = readable()
    if files.suffix(path) in {*known} - {"", ".txt", ".tsv"}:
        for number, segment in enumerate(read_bitext(path), 1):
            yield number, segment.source_text
            yield number, segment.target_text
        return
    try:
        with files.open_text(path) as stream:
            for number, line in enumerate(stream, 1):
                yield from ((number, cell) for cell in line.rstrip("\r\n").split("\t")[:2] if cell.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise SongnguError(f"cannot read {path}: {error}") from error
