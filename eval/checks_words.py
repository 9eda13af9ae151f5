"""Checks of what is missing or added, by the words that have no counterpart on the other side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..data.agreement import names_disagree, numbers_disagree, written_in_digits
from ..models.gaps import Gap
from .findings import Case, Finding

_FEWEST = 2  # words in a gap
_LIKELY = 0.3  # chance from which on what the gap tells is looked at,
_FACT = 3.0  # and by how much a number or a name that only it has raises the odds


def read_words(cases: Sequence[Case], encoder: Any) -> None:
    """Let each case know both its sides' words, which omissions, additions and negations are told by."""
    from ..models.gaps import sides

    told = [case for case in cases if case.source and case.target and case.source != case.target]
    if not told:
        return
    found = sides(
        [case.source for case in told],
        [case.target for case in told],
        source_language=told[0].languages["source"],
        target_language=told[0].languages["target"],
        encoder=encoder,
    )
    for case, pair in zip(told, found, strict=True):
        case.words = pair


def gaps(case: Case) -> Iterator[Finding]:
    """The findings `omission` (source words without a translation) and `addition` (target words without a source)."""
    from ..models.gaps import gaps_of

    if case.words is None:
        return
    dropped, added = gaps_of(case.words, (case.languages["source"], case.languages["target"]))
    yield from _side(case, "source", dropped)
    yield from _side(case, "target", added)


def _side(case: Case, side: str, gap: Gap | None) -> Iterator[Finding]:
    if gap is None:
        return
    text = case.text(side)[gap.start : gap.end]
    if len(text.split()) >= _FEWEST:
        kind, said = ("omission", "has no translation") if side == "source" else ("addition", "is not in the source")
        chance = gap.chance if gap.chance < _LIKELY or not _alone(case, side, gap) else _surer(gap.chance)
        severity = "error" if chance >= 0.7 else "warning"
        yield case.finding(kind, severity, side, f"“{text}” {said}", chance, span=(gap.start, gap.end))


def _alone(case: Case, side: str, gap: Gap) -> bool:
    """Whether the gap tells a number in digits or a name that the other side does not have."""
    source, target = case.facts["source"], case.facts["target"]
    numbers, names = numbers_disagree(source, target), names_disagree(source, target)
    kept = (numbers.missing, names.missing) if side == "source" else (numbers.added, names.added)
    facts = case.facts[side]
    told = [*(q for q in kept[0] if written_in_digits(q, facts)), *(n for n in kept[1] if n.kind != "acronym")]
    return any(gap.start <= item.start < gap.end for item in told)


def _surer(chance: float) -> float:
    odds = chance / (1 - chance) * _FACT if chance < 1 else float("inf")
    return 1 - 1 / (1 + odds)
