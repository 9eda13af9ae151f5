"""The aligner's weights: a dozen numbers a pass, fitted by a script and shipped as `alignment.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


COSTS = ("open", "extend", "jump", "alone")


@dataclass(frozen=True, slots=True)
class Weights:
    """What the evidence of a bead is worth, and what it costs to leave sentences alone or to jump, in log-odds."""

    evidence: dict[str, float]
    open: float  # the first sentence of a run without partner
    extend: float  # each further one
    jump: float  # going on at any other place of the target text, before it is shared out over all places
    alone: float  # for a lone sentence, times its best similarity to any sentence of the other side

    rates: tuple[
        float, ...
    ]  # how often each shape class, a run of lone sentences and a jump occurred in the texts of the fit
    firmness: float  # so many events of a text weigh as much as those rates

    def vector(self) -> np.ndarray:
        """The evidence's weights in the order of `evidence.EVIDENCE`."""
        import numpy as np

        from .evidence import EVIDENCE

        return np.array([self.evidence.get(name, 0.0) for name in EVIDENCE])  # the plain set has no words

    def towards(self, other: Weights, share: float) -> Weights:
        """Weights of which `share`, from 0 to 1, is the other's."""

        def mean(a: float, b: float) -> float:
            return a + (b - a) * share

        evidence = {name: mean(value, other.evidence.get(name, 0.0)) for name, value in self.evidence.items()}
        costs = {name: mean(getattr(self, name), getattr(other, name)) for name in COSTS}
        rates = tuple(mean(a, b) for a, b in zip(self.rates, other.rates, strict=True))
        return replace(self, evidence=evidence, rates=rates, **costs)


@cache
def weights(pass_: str, *, words: bool) -> Weights:
    """The weights for one pass: `first` (blocks are sums of sentence vectors), `joint` (blocks that matter are encoded), or `free` (the
    same for texts that retell each other freely).

    There is one set for texts whose words are known and one for encoders that give sentence vectors only, which has no `free`.
    """
    content = resources.files(__package__ or "songngu.align").joinpath("alignment.json").read_text(encoding="utf-8")
    return Weights(**json.loads(content)["words" if words else "plain"][pass_])
