"""Translating files line by line, in a way that a crash does not cost what was done."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data.errors import SongnguError
from ..data.files import opened, writing
from .translating import WINDOW, Translation, translate_stream
from .translators import Translator


@dataclass(frozen=True, slots=True)
class Progressed:
    """What a run did: lines in all, lines found done already, and the numbers (from 1) and flags of the lines that have any."""

    lines: int
    resumed: int
    flagged: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def suspect(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The lines that still look wrong."""
        return tuple((n, flags) for n, flags in self.flagged if Translation("", "", flags).suspect)


def lines(path: Path) -> Iterator[str]:
    """The file's lines without their ends; every line counts, empty ones too."""
    with opened(path) as stream:
        for line in stream:
            yield line.rstrip("\r\n")


def translate_file(
    source: Path, target: Path, *, source_language: str, target_language: str, model: Translator, window: int = WINDOW
) -> Progressed:
    """Translate a file, one line for each line; finished windows are kept in a journal beside the target until all is done.

    A second run with the same model and languages goes on where the first stopped. The target appears only when complete.

    Raises:
        SongnguError: the source changed between the runs, or a file cannot be read or written.
    """
    journal = target.with_name(f".{target.name}.partial.jsonl")
    header = {"signature": model.signature, "source_language": source_language, "target_language": target_language}
    done = _done(journal, header)
    remaining = _after(source, done)
    with _journal(journal, header, fresh=not done) as stream:
        found = translate_stream(
            remaining, source_language=source_language, target_language=target_language, model=model, window=window
        )
        for number, translation in enumerate(found, 1):
            stream.write(_entry(translation))
            if number % window == 0:
                stream.flush()
    return _finish(journal, target, len(done))


def _journal(path: Path, header: Mapping[str, str], *, fresh: bool) -> Any:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("w" if fresh else "a", encoding="utf-8", newline="\n")
    except OSError as error:
        raise SongnguError(f"cannot write {path}: {error.strerror}") from error
    if fresh:
        stream.write(json.dumps(header) + "\n")
    return stream


def _entry(translation: Translation) -> str:
    return json.dumps([_digest(translation.source), translation.text, translation.flags], ensure_ascii=False) + "\n"


def _digest(line: str) -> int:
    from ..data.text import normalise, one_line

    return zlib.crc32(one_line(normalise(line)).encode())


def _done(journal: Path, header: Mapping[str, str]) -> list[int]:
    """The digests of the lines that a journal of the same run holds; a last line cut off by a crash is removed from the file."""
    if not journal.is_file():
        return []
    whole = [line for line in journal.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]
    if not whole or json.loads(whole[0]) != dict(header):
        return []
    journal.write_text("".join(whole), encoding="utf-8", newline="\n")
    return [json.loads(line)[0] for line in whole[1:]]


def _after(source: Path, done: list[int]) -> Iterator[str]:
    count = 0
    for line in lines(source):
        count += 1
        if count > len(done):
            yield line
        elif _digest(line) != done[count - 1]:
            raise SongnguError(
                f"{source}: line {count} is not what it was when the translation began; delete the journal to begin anew"
            )
    if count < len(done):
        raise SongnguError(
            f"{source}: {count} lines, but {len(done)} were translated before; delete the journal to begin anew"
        )


def _finish(journal: Path, target: Path, resumed: int) -> Progressed:
    flagged: list[tuple[int, tuple[str, ...]]] = []
    count = 0
    with journal.open(encoding="utf-8") as stream, writing(target) as out:
        next(stream)
        for count, line in enumerate(stream, 1):
            _, text, flags = json.loads(line)
            out.write(text + "\n")
            if flags:
                flagged.append((count, tuple(flags)))
    journal.unlink()
    return Progressed(count, resumed, tuple(flagged))
