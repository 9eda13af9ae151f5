"""Whether a denial on one side alone was lost or added, by the words: has the word that denies a counterpart on the other side?

`ne … pas` finds something alike where the other side says it in its own way (sans, thiếu), and nothing where it does not; what stands
around it says whether the place is translated closely at all, since a free translation may well turn a denial around. Where the network
that reads both texts knows encoder and languages it says of the word itself whether it has one. The weights (`denials.json`) are made by
benchmarks/train_denials.py, those with the network ("read") by benchmarks/train_checks.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from ..data.negation import denials, hints
from .calibration import sigmoid, weighed
from .gaps import Side

FEATURES = ("covered", "around", "beside", "several")
READ = ("plain", "odd")  # log odds: of FEATURES, and from the network
_AROUND = 3  # words on either side of a denial that tell how closely its place is translated
_FEWEST = 3  # words on each side
_NEARBY = 0.2  # of a text: how far a word may stand from where its counterpart does


def chance(side: Side, other: Side, language: str, other_language: str) -> float | None:
    """How likely it is that the other side lacks what the words say that deny on this side; None where no word tells."""
    denying = denials(side.text, language)
    evidence = evidence_of(side, other, denying, hints(other.text, other_language))
    if evidence is None:
        return None
    odds = weighed(evidence, weights())
    if (read := told(side, denying, odds)) is not None:
        odds = weighed(read, weights(read=True))
    return sigmoid(odds)


def told(side: Side, denying: Sequence[tuple[int, int]], plain: float) -> dict[str, float] | None:
    """The evidence by the names of `READ`, from the log odds of that of `FEATURES`: how strongly the network holds that a word that denies
    has no counterpart; None where it told nothing, or no word denies."""
    words = _words_at(side, denying)
    if side.odd is None or not words:
        return None
    return {"plain": plain, "odd": float(side.odd[words].max())}


def evidence_of(
    side: Side, other: Side, denying: Sequence[tuple[int, int]], hinting: Sequence[tuple[int, int]]
) -> dict[str, float] | None:
    """The evidence by the names of `FEATURES`, from where words deny here and where words there may do so in another way."""
    import numpy as np

    if min(len(side.spans), len(other.spans)) < _FEWEST:
        return None
    words = _words_at(side, denying)
    if not words:
        return None
    best = side.cosines.max(1)
    near = [k for k in range(len(best)) if k not in words and min(abs(k - word) for word in words) <= _AROUND]
    return {
        "covered": float(best[words].mean()),
        "around": float(best[near].mean()) if near else float(np.mean(best)),
        "beside": float(_beside(side, other, denying, hinting)),
        "several": float(len(denying) > 1),
    }


def _words_at(side: Side, places: Sequence[tuple[int, int]]) -> list[int]:
    return [k for k, (start, end) in enumerate(side.spans) if any(start < b and a < end for a, b in places)]


def _beside(side: Side, other: Side, denying: Sequence[tuple[int, int]], hinting: Sequence[tuple[int, int]]) -> bool:
    """Whether a word that may deny in another way stands where the denial's counterpart would."""
    return any(
        abs(start / len(side.text) - way / len(other.text)) < _NEARBY for start, _ in denying for way, _ in hinting
    )


@cache
def weights(*, read: bool = False) -> Mapping[str, float]:
    """The weight of each piece of evidence, and the bias, in log odds; `read`: of `READ` instead of `FEATURES`."""
    place = resources.files(__package__ or "songngu.models") / "denials.json"
    return json.loads(place.read_text(encoding="utf-8"))["read" if read else "weights"]
