"""How sure a bead is: its chance on the path model, corrected by what judged alignments say of such beads.

`confidence.json` holds one map for beads and one for sentences left alone; `benchmarks/calibrate_alignment.py` fits them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.core import Bead
from ..models.calibration import Logistic, load, log_odds

if TYPE_CHECKING:
    import numpy as np

FITTED = Path(__file__).with_name("confidence.json")
FEATURES = ("chance", "evidence", "paired", "sentences", "in_order", "chance_paired")
WORD_FEATURES = (
    "words_ahead",
    "words_lost",
    "words_lost_more",
    "words_weakest",
    "words_covered",
    "words_near",
    "words_mutual",
    "joined",
)
# Confidence below which a bead of two sentences is not made (looked at: own samples and retold news, .2 and .15; .8 and .9), where at most
# this share of the sentences is in beads: in parallel texts most beads of such a confidence are right
_LEAST, _PARALLEL = 0.15, 0.9
_EXTREME = 3e-4  # chances are told apart down to this
FEATURES_ALONE = ("chance", "paired")


@dataclass(frozen=True, slots=True)
class Found:
    """The beads of two texts before calibration: those with both sides and those without, with the path model's chance as confidence.

    `words` is what the words say of the former (k, len(WORD_FEATURES)), or None where the encoder has no words; `read` whether each
    was read, and what the reading says (k, 1 + len(reading.FEATURES)), or None where nothing reads; `trusted`, from 0 to 1, how much
    that is to be believed.
    """

    beads: Sequence[Bead]
    alone: Sequence[Bead]
    words: np.ndarray | None
    read: np.ndarray | None = None
    trusted: float = 1.0

    @property
    def kind(self) -> str:
        """The name of the map for the full beads."""
        return "plain" if self.words is None else "words" if self.read is None else "read"

    @property
    def features(self) -> np.ndarray:
        """(k, number of features) of the full beads."""
        import numpy as np

        paired = self.paired
        ends = {(b.source[-1] + 1, b.target[-1] + 1) for b in self.beads}
        starts = {(b.source[0], b.target[0]) for b in self.beads}
        columns = (
            [log_odds(b.confidence or 0.0, _EXTREME) for b in self.beads],
            [min(b.score, 20.0) / 10 for b in self.beads],
            [paired] * len(self.beads),
            [len(b.source) + len(b.target) - 2 for b in self.beads],
            [
                ((b.source[0], b.target[0]) in ends) + ((b.source[-1] + 1, b.target[-1] + 1) in starts)
                for b in self.beads
            ],
        )
        found = np.column_stack(columns).astype(np.float64)
        found = np.column_stack([found, found[:, 0] * paired])
        return np.hstack([found, *(part for part in (self.words, self.read) if part is not None)])

    @property
    def features_alone(self) -> np.ndarray:
        """(k, len(FEATURES_ALONE)) of the null beads."""
        import numpy as np

        paired = self.paired
        rows = [(log_odds(b.confidence or 0.0, _EXTREME), paired) for b in self.alone]
        return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES_ALONE))

    @property
    def paired(self) -> float:
        """Which share of the sentences is in full beads."""
        sizes = [sum(len(b.source) + len(b.target) for b in beads) for beads in (self.beads, self.alone)]
        return sizes[0] / max(1, sum(sizes))


@cache
def _maps() -> dict[str, Logistic]:
    return load(FITTED)


def confidences(found: Found, maps: Mapping[str, Logistic]) -> tuple[np.ndarray, np.ndarray]:
    """The chance that a careful reader accepts each full bead, and each null bead."""
    sure = maps[found.kind].probabilities(found.features)
    if found.read is not None and found.trusted < 1:
        unread = replace(found, read=None)
        sure = found.trusted * sure + (1 - found.trusted) * maps[unread.kind].probabilities(unread.features)
    return sure, maps["alone"].probabilities(found.features_alone)


def calibrated(found: Found) -> list[Bead]:
    """All beads, ordered by first source sentence, with the chance that a careful reader accepts them as confidence."""
    sure, sure_alone = confidences(found, _maps())
    beads = zip((*found.beads, *found.alone), (*sure, *sure_alone), strict=True)
    after = max((b.source[-1] for b in found.beads), default=0) + len(found.alone) + 1
    made = [Bead(b.source, b.target, b.score, round(float(p), 4)) for b, p in beads]
    if found.paired <= _PARALLEL:
        made = [x for b in made for x in _believed(b)]
    return sorted(made, key=lambda b: (b.source or (after,), b.target))


def _believed(bead: Bead) -> list[Bead]:
    """The bead; or, where two sentences most likely do not belong together, each alone. Larger beads that are unlikely mostly have a
    sentence too many or too few, and stay."""
    if bead.shape != "1-1" or (bead.confidence or 0.0) >= _LEAST:
        return [bead]
    apart = round(1 - (bead.confidence or 0.0), 4)
    return [Bead(bead.source, (), confidence=apart), Bead((), bead.target, confidence=apart)]
