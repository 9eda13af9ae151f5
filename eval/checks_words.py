"""Checks of what is missing or added, by the words that have no counterpart on the other side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..models.coverage import Coverage, coverages
from ..models.quality import model
from .checks_meaning import expected_ratio, length_z
from .findings import Case, Finding

# A logistic model of a dropped clause, fitted to clauses dropped from NTREX dev (benchmarks/quality.py --gaps measures
# it)
_BIAS, _DEPTH, _SHARE, _LENGTH = -5.2, 2.2, 3.0, 0.8
_FEWEST = 2  # words in a gap


def gaps(cases: Sequence[Case], encoder: Any) -> dict[int, list[Finding]]:
    """The findings `omission` (source words without a translation) and `addition` (target words without a source), by
    line."""
    told = [case for case in cases if case.source and case.target and case.source != case.target]
    if not told:
        return {}
    languages = told[0].languages
    covered = coverages(
        encoder, [c.source for c in told], [c.target for c in told],
        source_language=languages["source"], target_language=languages["target"],
    )  # fmt: skip
    level = model().level
    return {
        case.line: [*_side(case, "source", pair[0], level), *_side(case, "target", pair[1], level)]
        for case, pair in zip(told, covered, strict=True)
    }


def _side(case: Case, side: str, coverage: Coverage, level: float) -> list[Finding]:
    depth, start, end = coverage.gap(level)
    text = case.text(side)[start:end]
    if len(text.split()) < _FEWEST:
        return []
    z = length_z(case.source, case.target, expected_ratio(case))
    chance = chance_of_gap(depth, (end - start) / max(len(case.text(side)), 1), -z if side == "source" else z)
    kind, said = ("omission", "has no translation") if side == "source" else ("addition", "is not in the source")
    severity = "error" if chance >= 0.6 else "warning"
    return [case.finding(kind, severity, side, f"“{text}” {said}", chance, span=(start, end))]


def chance_of_gap(depth: float, share: float, length: float) -> float:
    """The chance that a run of uncovered words was dropped: its depth below the level, its share of the text, and by
    how many standard deviations the other side is too short."""
    z = _BIAS + _DEPTH * depth + _SHARE * share + _LENGTH * max(min(length, 5.0), -3.0)
    return 1.0 / (1.0 + math.exp(-z))
