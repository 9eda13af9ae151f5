"""How long a translation is: the normal ratio of lengths of a language pair, learned from data.

The logarithm of the ratio is about normal (Gale and Church 1993 have the same for the difference), and short texts spread more. The
figures stand in `data/tables/<source>/filters.toml`, written by `benchmarks/learn_filters.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .languages import base, table


@dataclass(frozen=True, slots=True)
class Norm:
    """Mean of log(source/target) and its variance, `spread + noise / (source + target)`."""

    mean: float
    spread: float
    noise: float

    def deviation(self, source: int, target: int) -> float:
        """How many standard deviations a pair of lengths lies from the mean; positive if the source is long."""
        ratio = math.log((source + 1) / (target + 1))
        return (ratio - self.mean) / math.sqrt(self.spread + self.noise / (source + target + 1))


# For pairs without a table: wide enough for any two languages in one script.
UNKNOWN = Norm(0.0, 0.12, 8.0)


@cache
def norm(source_language: str, target_language: str, unit: str) -> Norm:
    """The norm of a language pair in `characters` or `subwords`, from its table or the opposite direction's."""
    forward = pair_table(source_language, target_language).get(unit)
    if forward:
        return Norm(**forward)
    backward = pair_table(target_language, source_language).get(unit)
    return Norm(**{**backward, "mean": -backward["mean"]}) if backward else UNKNOWN


def pair_table(source_language: str, target_language: str) -> Mapping[str, Any]:
    """What is known of a language pair for filtering; empty for an unknown pair."""
    return (table(source_language, "filters") or {}).get(base(target_language), {})
