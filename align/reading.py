"""Doubtful beads are read: a network looks at the two texts of a bead together.

Vectors of sentences and of words say well which lines belong together in most places. Where the path model is in doubt, the small
network of `models/joint` is asked whether the two texts say the same, and which words have no counterpart; what it says is worth what
`reading.json` tells (benchmarks/calibrate_alignment.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..data.text import normalise
from ..models import joint
from ..models.adapters import START
from ..models.calibration import Logistic, load, log_odds

FITTED = Path(__file__).with_name("reading.json")
# What is seen of a bead that was read, see `_features`; where one thing stands there several times, its weight may change on the way
FEATURES = (
    "same",
    "same_likely",
    "same_sure",
    "larger",
    "same_larger",
    "lost",
    "lost_little",
    "lost_less",
    "lost_words",
    "gap",
    "gap_less",
    "worst_line",
    "worst_line_likely",
    "worst_line_sure",
    "best_line",
)
# What the map of doubtful beads knows, see `weighed`
WEIGHED = ("chance", "chance_larger", "evidence", *FEATURES)
_LEAST, _MOST = 0.05, 0.95  # chances between these are doubtful
_REMEMBERED = 10_000  # lines of one side whose states are kept, and beads of which is known what is said of them
_LONGEST = 1024  # sub-words of a bead that is read,
_WHOLE = 500  # and of a line: the encoder leaves out what is past its window
_AT_ONCE = 512  # lines whose states are held before they are reduced: 100 kB each
_ASKED = 10  # sure beads that tell whether the network can judge these texts
_NO_TRUST, _FULL_TRUST = 0.5, 0.9  # shares of these that it must find the same
_EXTREME = 8.0  # logits beyond this count as this
_SURELY = 3.0  # log-odds from which on two texts surely say the same,
_BELONGS = 2.0  # and a line surely belongs to its bead
_GAP = 4  # sub-words in a row
_FEWEST = 0.01  # shares of lost sub-words are told apart down to this
_WEAKEST, _STRONGEST = -5.0, 10.0  # evidence beyond these counts as these

# The network's logits of a bead (judgements,), and of the sub-words of each of its lines by side
Said = tuple[np.ndarray, tuple[list[np.ndarray], list[np.ndarray]]]
Reads = Callable[[Sequence[tuple[Sequence[str], Sequence[str]]]], Sequence["Said | None"]]


class Reader(Protocol):
    """Reads beads, lines of both sides; None stands for one that it cannot read.

    `worth` is what doubt turns to after reading; `judge` what becomes of beads that compete (see `judging`), None if they are not judged.
    """

    worth: Logistic
    judge: Logistic | None

    def __call__(self, beads: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Sequence[Said | None]:
        """What is said of each bead."""
        ...


class BeadReader:
    """Reads beads of two languages with a network. The encoder reads a line once, and keeps it for other beads with it."""

    def __init__(
        self,
        encoder: Any,
        languages: tuple[str, str],
        worth: Logistic | None = None,
        judge: Logistic | None = None,
    ) -> None:
        """Without `worth` the maps are those that ship."""
        self._encoder, self._languages = encoder, languages
        self.worth, self.judge = (worth, judge) if worth is not None else fitted()
        self._known: tuple[dict[str, joint.Apart], dict[str, joint.Apart]] = {}, {}
        self._said: dict[tuple[tuple[str, ...], tuple[str, ...]], Said | None] = {}
        self._numbers = joint.built_in(joint.BEADS)
        self._layers: joint.Adapted | None = None

    def __call__(self, beads: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Said | None]:
        """What the network says of each bead; None of one that is too long."""
        keys = [(tuple(source), tuple(target)) for source, target in beads]
        if len(self._said) > _REMEMBERED:
            self._said.clear()
        new = [key for key in dict.fromkeys(keys) if key not in self._said]
        self._said.update(zip(new, self._judged(new), strict=True))
        return [self._said[key] for key in keys]

    def _judged(self, beads: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Said | None]:
        lines = [self._read({line for bead in beads for line in bead[k]}, k) for k in (0, 1)]
        parts = [[[known[line] for line in bead[k]] for k, known in enumerate(lines)] for bead in beads]
        sizes = [[len(x.ids) for side in sides for x in side] for sides in parts]
        short = [k for k, own in enumerate(sizes) if sum(own) <= _LONGEST and max(own) <= _WHOLE]
        pairs = [(joint.one_text(parts[k][0]), joint.one_text(parts[k][1])) for k in short]
        found: list[Said | None] = [None] * len(beads)
        for k, (own, tags) in zip(short, joint.judged(pairs, self._numbers), strict=True):
            rows = [
                np.split(of_side[:, 0].numpy(), np.cumsum([len(x.ids) for x in side])[:-1])
                for side, of_side in zip(parts[k], tags, strict=True)
            ]
            found[k] = own.numpy(), (rows[0], rows[1])
        return found

    def _read(self, lines: set[str], side: int) -> dict[str, joint.Apart]:
        known = self._known[side]
        new = sorted(lines - known.keys())
        if not new:
            return known
        if len(known) + len(new) > _REMEMBERED:
            known.clear()
            new = sorted(lines)
        if self._layers is None:
            self._layers = joint.Adapted(self._encoder, joint.BEADS)
        for at in range(0, len(new), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            read = self._encoder.read([normalise(line) for line in some], (START,))
            states = self._layers.states([one.states[0] for one in read])
            rows = zip(some, read, states, strict=True)
            known.update(
                {line: joint.reduced(one.ids, own, self._languages[side], self._numbers) for line, one, own in rows}
            )
        return known


def built_in(encoder: Any, languages: tuple[str, str]) -> Reader | None:
    """The reader that ships; None where it fits neither the encoder nor the languages."""
    return BeadReader(encoder, languages) if joint.knows(encoder, languages, joint.BEADS) else None


def doubtful(chance: np.ndarray) -> np.ndarray:
    """The numbers of beads whose chance is neither great nor small."""
    return np.flatnonzero((chance > _LEAST) & (chance < _MOST))


def features(reader: Reads, beads: Sequence[tuple[Sequence[str], Sequence[str]]]) -> tuple[np.ndarray, np.ndarray]:
    """Which of the beads (lines of both sides) were read, and features (k, len(FEATURES)) of these."""
    said = reader(beads)
    read = np.array([k for k, one in enumerate(said) if one is not None], dtype=np.int64)
    rows = [_features(one) for one in said if one is not None]
    return read, np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def trust(reader: Reads, beads: Sequence[tuple[Sequence[str], Sequence[str]]]) -> float:
    """How much reading counts in these texts, from 0 to 1, by how much of `beads`, which are sure without it, it finds the same.

    Reports that retell each other freely look to the network, which has seen translations, as if they said nothing the same.
    """
    places = np.linspace(0, len(beads) - 1, min(_ASKED, len(beads))).astype(int)
    _, rows = features(reader, [beads[k] for k in places])
    agreed = float(_chances(rows[:, 0]).sum() + 1) / (len(rows) + 1)
    return min(1.0, max(0.0, (agreed - _NO_TRUST) / (_FULL_TRUST - _NO_TRUST)))


def _chances(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def _features(said: Said) -> tuple[float, ...]:
    same = float(np.clip(said[0][0], -_EXTREME, _EXTREME))
    chances = [[_chances(line) for line in side] for side in said[1]]
    sides = [np.concatenate(side) for side in chances]
    larger = float(sum(map(len, chances)) > 2)
    lost = sorted(float(side.mean()) for side in sides)
    gaps = sorted(_widest(side) for side in sides)
    # of the lines of a larger bead the one that belongs to it least, and most
    lines = [[float(line.mean()) for line in side] for side in chances if len(side) > 1]
    worst, best = (larger * _odds(edge(map(edge, lines), default=0.0)) for edge in (max, min))
    return (
        same,
        max(same, 0.0),
        max(same - _SURELY, 0.0),
        larger,
        same * larger,
        lost[1],
        min(_odds(lost[1]), 0.0),
        _odds(lost[0]),
        float(np.log1p(max(int((side > 0.5).sum()) for side in sides))),
        _odds(gaps[1]),
        _odds(gaps[0]),
        worst,
        min(worst, 0.0),
        larger * min(worst + _BELONGS, 0.0),
        best,
    )


def _odds(share: float) -> float:
    return log_odds(share, _FEWEST)


def _widest(chances: np.ndarray) -> float:
    """How lost the neighbouring sub-words are that are so most."""
    size = min(_GAP, len(chances))
    return float(np.convolve(chances, np.full(size, 1 / size), "valid").max())


@cache
def fitted() -> tuple[Logistic, Logistic | None]:
    """The maps that ship: of doubtful beads, and of those that compete."""
    maps = load(FITTED)
    return maps["doubtful"], maps.get("rivals")


def change(features: np.ndarray, chance: np.ndarray, evidence: np.ndarray, worth: Logistic) -> np.ndarray:
    """What the log-odds of doubtful beads gain by being read: from features, the chance that they had before, and the log-odds of their own
    evidence."""
    seen = weighed(features, chance, evidence)
    chances = worth.probabilities(seen)
    return np.array([log_odds(float(p), 1e-4) for p in chances]) - seen[:, 0]


def weighed(features: np.ndarray, chance: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """What the map knows of each bead (k, len(WEIGHED)): the log-odds that it had before, its own evidence, and its features."""
    before = np.array([log_odds(float(p), _LEAST / 2) for p in chance])
    own = np.clip(evidence, _WEAKEST, _STRONGEST) / 5
    return np.column_stack([before, before * features[:, FEATURES.index("larger")], own, features])
