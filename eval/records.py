"""Reading what is to be scored: lines of a file, and JSON Lines records with the place that names them in errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..data.errors import SongnguError
from ..data.files import opened

__all__ = ["JSON_LINES", "jsonl", "objects", "opened"]

JSON_LINES = (".jsonl", ".json", ".ndjson")


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
