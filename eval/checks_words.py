"""Checks of what is missing or added, by the words that have no counterpart on the other side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..models.gaps import Gap
from .findings import Case, Finding

_FEWEST = 2  # words in a gap


def gaps(cases: Sequence[Case], encoder: Any) -> dict[int, list[Finding]]:
    """The findings `omission` (source words without a translation) and `addition` (target words without a source), by line."""
    from ..models.gaps import gaps as found_gaps

    told = [case for case in cases if case.source and case.target and case.source != case.target]
    if not told:
        return {}
    found = found_gaps(
        [case.source for case in told],
        [case.target for case in told],
        source_language=told[0].languages["source"],
        target_language=told[0].languages["target"],
        encoder=encoder,
    )
    return {
        case.line: [*_side(case, "source", dropped), *_side(case, "target", added)]
        for case, (dropped, added) in zip(told, found, strict=True)
    }


def _side(case: Case, side: str, gap: Gap | None) -> Iterator[Finding]:
    if gap is None:
        return
    text = case.text(side)[gap.start : gap.end]
    if len(text.split()) >= _FEWEST:
        kind, said = ("omission", "has no translation") if side == "source" else ("addition", "is not in the source")
        severity = "error" if gap.chance >= 0.7 else "warning"
        yield case.finding(kind, severity, side, f"“{text}” {said}", gap.chance, span=(gap.start, gap.end))
