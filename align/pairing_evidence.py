"""What speaks for and against two reports telling the same event, as named numbers and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from .pairing_facts import KINDS, Facts, Weights, agreeing, of_subject, shared_forms

if TYPE_CHECKING:
    import numpy as np

# Contrast at which two sentences are as likely translations as not, and how fast that changes.
_CONTRAST, _SLOPE = 0.1, 0.03
_DOUBT = 3.0  # nats; a little disagreement says little
_FAR = 7  # days; farther apart is no different


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one report: `vectors` (n, d), centred unit rows, one a sentence; `weights` float32 (n,) sum to 1.

    `head` is the unit vector of title and first sentences; `first` and `last` are the day numbers that its date may mean.
    """

    id: str
    vectors: np.ndarray
    weights: np.ndarray
    head: np.ndarray
    first: int
    last: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for one candidate, as numbers that are 0 where nothing is known.

    Similarities are centred cosines: `lead` of the heads, `body` of the mean vectors, `best` of every sentence to the one most like it,
    on average. `told` is how far the sentences that choose each other stand out from the rest, summed (log);
    `share_less` and `share_more` are the parts of both texts that have such a partner, `top` the similarity of the best three.
    `*_shared` is the weight of common facts in nats (log). `*_differ` is the weight of facts that contradict each other in sentences
    that say the same otherwise, `*_alone` that of facts that the other report lacks (on the side where it is less), both as a part
    of what speaks for and against.
    """

    lead: float
    body: float
    best: float
    told: float
    share_less: float
    share_more: float
    top: float
    name_shared: float
    number_shared: float
    date_shared: float
    name_differ: float
    number_differ: float
    date_differ: float
    name_alone: float
    number_alone: float
    date_alone: float
    days_apart: float
    undated: float
    sentence_pairs: int


FEATURES = tuple(f.name for f in fields(Evidence) if f.name != "sentence_pairs")


def evidence(source: Profile, target: Profile, weights: Weights) -> Evidence:
    """The evidence for one candidate pair."""
    import numpy as np

    ours, theirs = source.vectors.astype(np.float32), target.vectors.astype(np.float32)
    similarity = ours @ theirs.T
    rows, columns = _mutual(similarity)
    contrast = np.clip(_contrast(similarity)[rows, columns], 0.0, 1.0)
    certainty = 1.0 / (1.0 + np.exp(-(contrast - _CONTRAST) / _SLOPE))
    shares = float(source.weights[rows] @ certainty), float(target.weights[columns] @ certainty)
    gap = max(source.first - target.last, target.first - source.last, 0)
    mean_source, mean_target = source.weights @ ours, target.weights @ theirs
    length = max(float(np.linalg.norm(mean_source) * np.linalg.norm(mean_target)), 1e-9)
    matched = list(zip(rows.tolist(), columns.tolist(), certainty.tolist(), strict=True))
    return Evidence(
        lead=float(source.head @ target.head),
        body=float(mean_source @ mean_target) / length,
        best=float(source.weights @ similarity.max(axis=1) + target.weights @ similarity.max(axis=0)) / 2,
        told=math.log1p(float(contrast.sum())),
        share_less=min(shares),
        share_more=max(shares),
        top=float(np.sort(similarity[rows, columns])[-3:].mean()),
        **_compared(source.facts, target.facts, matched, weights),
        days_apart=float(min(gap, _FAR)),
        undated=float(source.first != source.last or target.first != target.last),
        sentence_pairs=int((certainty > 0.5).sum()),
    )


def _compared(
    source: Facts, target: Facts, matched: list[tuple[int, int, float]], weights: Weights
) -> dict[str, float]:
    """The features that tell how far names, numbers and dates agree, in the whole reports and in matched sentences."""
    ours, theirs = source.all, target.all
    common = ours & theirs
    differing = _differing(source, target, matched, weights)
    features = {}
    for kind in KINDS:
        shared = weights.total(agreeing(common, kind))
        alone = min(weights.total(of_subject(ours - common, kind)), weights.total(of_subject(theirs - common, kind)))
        features[f"{kind}_shared"] = math.log1p(shared)
        features[f"{kind}_alone"] = alone / (alone + shared + _DOUBT)
        features[f"{kind}_differ"] = differing[kind] / (differing[kind] + shared + _DOUBT)
    return features


def _differing(
    source: Facts, target: Facts, matched: list[tuple[int, int, float]], weights: Weights
) -> dict[str, float]:
    """For every kind of fact the weight that contradicts in matched sentences: each has one that the other report lacks."""
    ours, theirs, found = source.all, target.all, dict.fromkeys(KINDS, 0.0)
    for i, j, certainty in matched:
        only_source, only_target = source.sentences[i] - theirs, target.sentences[j] - ours
        for kind in KINDS if only_source and only_target else ():
            one, other = of_subject(only_source, kind), of_subject(only_target, kind)
            if one and other:
                found[kind] += certainty * min(weights.total(one), weights.total(other))
    return found


def _contrast(similarity: np.ndarray) -> np.ndarray:
    """How far every cell stands above the three best other cells of its row and of its column, on average."""
    return similarity - (_others(similarity) + _others(similarity.T).T) / 2


def _others(similarity: np.ndarray, k: int = 3) -> np.ndarray:
    """The mean of the `k` best other cells of each cell's row; 0, as between unrelated sentences, stands in for missing ones."""
    import numpy as np

    padded = np.concatenate([similarity, np.zeros((len(similarity), k + 1), dtype=similarity.dtype)], axis=1)
    ordered = -np.sort(np.partition(-padded, k, axis=1)[:, : k + 1], axis=1)
    best, next_best = ordered[:, :k].sum(axis=1, keepdims=True), ordered[:, k : k + 1]
    inside = similarity >= ordered[:, k - 1 : k]
    return np.where(inside, best - similarity + next_best, best) / k


def _mutual(similarity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index arrays of the cells that are the largest of their row and of their column."""
    import numpy as np

    columns = similarity.argmax(axis=1)
    rows = np.flatnonzero(similarity.argmax(axis=0)[columns] == np.arange(len(columns)))
    return rows, columns[rows]


def shared_words(source: Profile, target: Profile, weights: Weights) -> tuple[str, ...]:
    """The most telling common facts in words, a line a kind: `same numbers: 56, 1,5 million = 1,5 triệu`."""
    by_kind: dict[str, list[str]] = {}
    for kind, one, other in shared_forms(source.facts, target.facts, weights, most=8):
        by_kind.setdefault(kind, []).append(one if one == other else f"{one} = {other}")
    return tuple(
        f"same {kind}{'s' if len(forms) > 1 else ''}: {', '.join(forms[:4])}" for kind, forms in by_kind.items()
    )


def words(found: Evidence, shared: tuple[str, ...], gap: float) -> tuple[str, ...]:
    """The evidence in words, for people: what was found, what contradicts, how far apart the dates are, and the rivals."""
    plural = "" if found.sentence_pairs == 1 else "s"
    differ = [f"{kind}s that differ in like sentences" for kind in KINDS if getattr(found, f"{kind}_differ") > 0.3]
    return (
        f"{found.sentence_pairs} sentence pair{plural} found, {found.share_more:.0%} and {found.share_less:.0%} of the texts",
        f"similarity of leads {found.lead:.2f}, of whole texts {found.body:.2f}",
        *shared,
        *differ,
        _apart(found),
        *_beside(gap),
    )


def _apart(found: Evidence) -> str:
    if found.undated:
        return "not both dated to the day"
    days = f"{found.days_apart:.0f} day{'' if found.days_apart == 1 else 's'}"
    return f"published {days} apart" if found.days_apart else "published on the same day"


def _beside(gap: float) -> tuple[str, ...]:
    if abs(gap) < 1:
        return ()
    return ("clearly ahead of all other candidates",) if gap > 0 else ("another candidate fits better",)
