"""Checks of what is missing or added, by the words that have no counterpart on the other side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..models.quality import Evidence, assess, model, sigmoid, turned
from .findings import Case, Finding

# The head was trained where every second translation lacked a clause; in real text one in twenty does at most.
_RARITY = 3.0
_FEWEST = 2  # words in a gap


def gaps(cases: Sequence[Case], encoder: Any) -> dict[int, list[Finding]]:
    """The findings `omission` (source words without a translation) and `addition` (target words without a source), by line."""
    told = [case for case in cases if case.source and case.target and case.source != case.target]
    if not told:
        return {}
    found = assess(
        [case.source for case in told],
        [case.target for case in told],
        source_language=told[0].languages["source"],
        target_language=told[0].languages["target"],
        encoder=encoder,
    )
    return {
        case.line: [
            *_side(case, "source", one.source_gap, one.evidence),
            *_side(case, "target", one.target_gap, turned(one.evidence)),
        ]
        for case, one in zip(told, found, strict=True)
    }


def _side(case: Case, side: str, span: tuple[int, int], evidence: Evidence) -> list[Finding]:
    text = case.text(side)[span[0] : span[1]]
    if len(text.split()) < _FEWEST:
        return []
    chance = sigmoid(model().heads["missing text"].objection(evidence) - _RARITY)
    kind, said = ("omission", "has no translation") if side == "source" else ("addition", "is not in the source")
    severity = "error" if chance >= 0.7 else "warning"
    return [case.finding(kind, severity, side, f"“{text}” {said}", chance, span=span)]
