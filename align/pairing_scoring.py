"""Scores candidate pairs of reports block by block, so that memory is bounded by the window and not by the archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ..data import progress
from ..data.core import Document
from .pairing_evidence import Evidence, evidence, shared_words
from .pairing_facts import Weights, facts
from .pairing_model import log_odds

if TYPE_CHECKING:
    import numpy as np

    from .pairing_evidence import Profile
    from .pairing_vectors import Vectors

_SAMPLE = 2000  # reports of a language whose facts are counted to tell common ones from telling ones
_SLICE = 65_536  # candidates whose heads are compared at a time
_UNLIKE = -12.0  # log-odds of candidates that are not looked at
_BLOCK = 256  # source reports whose candidates are scored together


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates (i[k], j[k]) with the log-odds of their evidence; `kept` has evidence and common facts of the likely ones by k."""

    i: np.ndarray
    j: np.ndarray
    odds: np.ndarray
    kept: dict[int, tuple[Evidence, tuple[str, ...]]]


def fact_weights(source: Sequence[Document], target: Sequence[Document]) -> Weights:
    """How telling facts are among these reports, from an even sample of each side."""
    return Weights(facts(d) for side in (source, target) for d in side[:: max(1, len(side) // _SAMPLE)])


def score(
    ours: Vectors, theirs: Vectors, i: np.ndarray, j: np.ndarray, weights: Weights, *, lead: float, keep: float
) -> Scored:
    """All candidates scored, in order of the sources' dates; evidence is kept where the log-odds reach `keep`.

    Those whose heads are less alike than `lead` are not looked at, but count as rivals: they were there and were unlike.
    """
    import numpy as np

    order = np.lexsort((j, i, ours.side.first[i]))
    i, j = i[order], j[order]
    near = np.flatnonzero(_alike(ours, theirs, i, j) >= lead)
    odds, kept = np.full(len(i), _UNLIKE), {}
    with progress.Progress("compare", len(near)) as bar:
        for at, one, other in _profiled(ours, theirs, i[near], j[near]):
            found, k = evidence(one, other, weights), int(near[at])
            odds[k] = log_odds(found)
            if odds[k] >= keep:
                kept[k] = (found, shared_words(one, other, weights))
            bar.advance()
    return Scored(i, j, odds, kept)


def _alike(ours: Vectors, theirs: Vectors, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """The similarity of every candidate's heads, (k,), a slice at a time."""
    import numpy as np

    slices = (slice(at, at + _SLICE) for at in range(0, len(i), _SLICE))
    found = [np.einsum("ij,ij->i", ours.side.heads[i[s]], theirs.side.heads[j[s]]) for s in slices]
    return np.concatenate([*found, np.empty(0, dtype=np.float32)])


def _profiled(ours: Vectors, theirs: Vectors, i: np.ndarray, j: np.ndarray) -> Iterator[tuple[int, Profile, Profile]]:
    """Every candidate with its profiles; a target's is made once and dropped after its last candidate."""
    last_use = {target: k for k, target in enumerate(j.tolist())}
    known: dict[int, Profile] = {}
    for start, stop in _blocks(i):
        targets = sorted(set(j[start:stop].tolist()) - known.keys())
        known.update(theirs.profiles(targets))
        sources = ours.profiles(sorted(set(i[start:stop].tolist())))
        for k in range(start, stop):
            yield k, sources[int(i[k])], known[int(j[k])]
        known = {target: profile for target, profile in known.items() if last_use[target] >= stop}


def _blocks(i: np.ndarray) -> Iterator[tuple[int, int]]:
    """Ranges of candidates that hold `_BLOCK` source reports each, whole."""
    import numpy as np

    starts = np.flatnonzero(np.r_[True, i[1:] != i[:-1]]) if len(i) else np.empty(0, dtype=np.int64)
    edges = [*starts[::_BLOCK].tolist(), len(i)]
    return pairwise(edges)
