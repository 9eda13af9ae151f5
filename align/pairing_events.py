"""Events: clusters of the reports of both languages, for archives where several reports tell one event."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Two reports that were not even candidates, or only just no pair, count so much against a cluster; a sure pair counts no more for it.
_NOT_COMPARED, _SURE = -3.0, 6.0


@dataclass(frozen=True, slots=True)
class Event:
    """The reports of one event: ids by language, sorted, at least one each.

    `confidence` is the mean probability that a source and a target report of it tell the same event.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    confidence: float


def events(odds: Mapping[tuple[str, str], float], *, floor: float = 0.0) -> list[Event]:
    """Clusters from the log-odds of (source id, target id): average linkage over the pairs of different languages.

    Two clusters are joined, the likeliest pair first, where the mean log-odds of the pairs between them is above `floor`. A report in
    no pair above it is in no event. Linkage by the mean keeps a round-up from tying its events together.
    """
    home: dict[tuple[str, str], int] = {}
    members: dict[int, tuple[list[str], list[str]]] = {}
    for pair in sorted((p for p in odds if odds[p] > floor), key=lambda p: (-odds[p], p)):
        one, other = (_home(("s", pair[0]), home, members), _home(("t", pair[1]), home, members))
        if one != other and _mean(members[one], members[other], odds) > floor:
            for side in (0, 1):
                members[one][side].extend(members[other][side])
                home.update({("st"[side], name): one for name in members[other][side]})
            del members[other]
    found = [(sorted(source), sorted(target)) for source, target in members.values() if source and target]
    return [Event(tuple(s), tuple(t), _confidence(s, t, odds)) for s, t in sorted(found)]


def _home(
    report: tuple[str, str], home: dict[tuple[str, str], int], members: dict[int, tuple[list[str], list[str]]]
) -> int:
    if report not in home:
        home[report] = len(home)
        members[home[report]] = ([report[1]], []) if report[0] == "s" else ([], [report[1]])
    return home[report]


def _mean(
    one: tuple[list[str], list[str]], other: tuple[list[str], list[str]], odds: Mapping[tuple[str, str], float]
) -> float:
    """Mean log-odds of the pairs between two clusters."""
    pairs = [(s, t) for a, b in ((one, other), (other, one)) for s in a[0] for t in b[1]]
    return _average([max(-_SURE, min(_SURE, odds.get(pair, _NOT_COMPARED))) for pair in pairs])


def _confidence(source: Sequence[str], target: Sequence[str], odds: Mapping[tuple[str, str], float]) -> float:
    return _average([1 / (1 + math.exp(-odds.get((s, t), _NOT_COMPARED))) for s in source for t in target])


def _average(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else _NOT_COMPARED


def by_report(found: Sequence[Event]) -> dict[str, set[str]]:
    """For every source report the target reports of its event."""
    partners: dict[str, set[str]] = defaultdict(set)
    for event in found:
        for name in event.source:
            partners[name].update(event.target)
    return partners
