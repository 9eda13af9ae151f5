"""Translations that exist already: a "translator" that looks each sentence up in a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..data.errors import SongnguError
from ..data.files import opened, suffix
from ..data.text import normalise, one_line


class Precomputed:
    """Looks sentences up; an unknown one is an error, never a guess."""

    limit = None

    def __init__(self, name: str, found: Mapping[str, str]) -> None:
        self.name, self._found = name, found

    @property
    def signature(self) -> str:
        """The file's name and how many translations it has."""
        return f"mt:{self.name}/precomputed/{len(self._found)}"

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        """The sentences' lengths in words."""
        return [len(sentence.split()) for sentence in sentences]

    def careful(self) -> None:
        """None: there is nothing to try again."""

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:  # noqa: ARG002
        """The translations, in the order of the sentences.

        Raises:
            SongnguError: a sentence that the file does not have.
        """
        keys = [_key(sentence) for sentence in sentences]
        missing = [sentence for sentence, key in zip(sentences, keys, strict=True) if key not in self._found]
        if missing:
            raise SongnguError(
                f"{self.name} has no translation of {len(missing)} of {len(keys)} sentences, e.g. {missing[0][:80]!r}"
            )
        return [self._found[key] for key in keys]


def load(file: str) -> Precomputed:
    """The translations in a file: two columns (TSV), or JSON Lines with `source` and `translation` (or `target`).

    Raises:
        SongnguError: the file cannot be read, or a line has no two sides.
    """
    path = Path(file).expanduser()
    if not path.is_file():
        raise SongnguError(
            f"{path} is no file; precomputed: wants a TSV or JSON Lines file of sources and translations"
        )
    rows = _json_rows(path) if suffix(path) in (".jsonl", ".json") else _tsv_rows(path)
    return Precomputed(path.name, {_key(source): normalise(text) for source, text in rows})


def _key(sentence: str) -> str:
    return one_line(normalise(sentence))


def _tsv_rows(path: Path) -> Iterator[tuple[str, str]]:
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            source, tab, text = line.rstrip("\r\n").partition("\t")
            if line.strip() and not tab:
                raise SongnguError(f"{path}, line {number}: no tab between source and translation")
            if line.strip():
                yield source, text.split("\t")[0]


def _json_rows(path: Path) -> Iterator[tuple[str, str]]:
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                yield str(record["source"]), str(record["translation"] if "translation" in record else record["target"])
            except (ValueError, KeyError, TypeError) as error:
                raise SongnguError(
                    f"{path}, line {number}: no JSON object with source and translation ({error})"
                ) from error
