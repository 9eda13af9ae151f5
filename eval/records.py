"""Reading what is to be scored: lines of a file, and JSON Lines records with the place that names them in errors."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from ..data import files
from ..data.errors import SongnguError

JSON_LINES = (".jsonl", ".json", ".ndjson")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The file's lines; what goes wrong while they are read becomes an error that names the file.

    Raises:
        SongnguError: the file is not there, or is not UTF-8 text.
    """
    if str(path) != "-" and not path.is_file():
        raise SongnguError(f"{path}: no such file")
    try:
        with files.open_text(path) as lines:
            yield lines
    except UnicodeDecodeError as error:
        raise SongnguError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error


def jsonl(lines: Iterable[str], where: str) -> Iterator[tuple[Any, str]]:
    """Every record with its place (`beads.jsonl, line 3`); empty lines are skipped.

    Raises:
        SongnguError: a line that is not JSON.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            at = f"{where}, line {number}"
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise SongnguError(f"{at}: not JSON ({error.msg} at character {error.pos})") from error
            yield record, at


def objects(lines: Iterable[str], where: str) -> Iterator[tuple[dict[str, Any], str]]:
    """As `jsonl`, for records that must be objects."""
    for record, at in jsonl(lines, where):
        if not isinstance(record, dict):
            raise SongnguError(f"{at}: expected an object, not {json.dumps(record, ensure_ascii=False)[:40]}")
        yield record, at
