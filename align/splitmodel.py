"""The trained part of the splitter: sentences that end without a mark, such as a title that runs into the body.

A logistic regression over the features of `splitfeatures`, small, deterministic and trained by
`benchmarks/train_splitter.py`; its weights and word counts lie beside the language's table. A language without weights
goes by its rules alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from .. import data
from ..data.languages import base


@dataclass(frozen=True, slots=True)
class Model:
    """Common words with how often they begin sentences (0 to 9), the weights, and the log-odds from which a place is an end.

    The thresholds go by what follows: `starter` (a word that begins sentences), `word` (any other), `item` (of a list).
    """

    common: Mapping[str, int]
    weights: Mapping[str, float]
    thresholds: Mapping[str, float]

    def holds(self, features: Iterable[str], kind: str) -> bool:
        """Whether the features speak for an end before something of a kind."""
        get = self.weights.get
        return sum(get(name, 0.0) for name in features) >= self.thresholds[kind]


@cache
def model(code: str) -> Model | None:
    """The trained model of a language, or None."""
    path = resources.files(data) / "tables" / base(code) / "splitting.json"
    if not path.is_file():
        return None
    return parse(json.loads(path.read_text(encoding="utf-8")))


def parse(stored: Mapping[str, Any]) -> Model:
    """A model from what `benchmarks/train_splitter.py` stores."""
    common = {word: int(level) for level, words in stored["common"].items() for word in words.split()}
    thresholds = {kind: math.log(p / (1 - p)) for kind, p in stored["thresholds"].items()}
    return Model(common, stored["weights"], thresholds)
