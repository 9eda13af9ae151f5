"""Listening to rejected rows: which there were, each once."""

from __future__ import annotations

from collections.abc import Iterator

from .core import Rejected


class Rejects:
    """Rows that could not be used, in order; `add` is the callback that readers want. A row that is read twice counts once."""

    def __init__(self) -> None:
        self._rows: dict[Rejected, None] = {}

    def add(self, rejected: Rejected) -> None:
        """Remember one row."""
        self._rows[rejected] = None

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Rejected]:
        return iter(self._rows)
