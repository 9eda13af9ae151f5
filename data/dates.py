"""Dates: the one door for finding them in text and for telling when a report was published."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMERIC = re.compile(r"\d{4}-\d{2}(?:-\d{2})?|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{1,2}/\d{1,2}|\d{1,2}/\d{4}")


def without_dates(text: str) -> str:
    """The text with a space for every date."""
    return _NUMERIC.sub(" ", text)


def publication(  # noqa: ARG001
    text: str, language: str, *, record: str | None = None, url: str | None = None, stamps: Sequence[str] = ()
) -> str | None:
    """The publication date (ISO 8601, as precise as known), or None."""
    for stamp in (record or "", *stamps):
        if match := re.search(r"\b(\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)", stamp):
            return match[1]
    return None
