"""The trained part of the splitter: sentences that end without a mark, such as a title that runs into the body.

A logistic regression over the features of `splitfeatures`, small, deterministic and trained by
`benchmarks/train_splitter.py`; its weights and word counts lie beside the language's table. A language without weights
goes by its rules alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ..data.languages import base
from .splitfeatures import blocked, open_features, open_places, tokens

# A sentence of this many words or fewer is not looked into: nothing in it can be a title and a sentence.
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Model:
    """Common words with how often they begin sentences (0 to 9), the weights, and the score from which a place is an end."""

    common: Mapping[str, int]
    weights: Mapping[str, float]
    threshold: float

    def score(self, features: list[str]) -> float:
        """The log-odds of an end."""
        get = self.weights.get
        return sum(get(name, 0.0) for name in features)


@cache
def model(code: str) -> Model | None:
    """The trained model of a language, or None."""
    path = resources.files("songngu.data") / "tables" / base(code) / "splitting.json" if code else None
    if path is None or not path.is_file():
        return None
    stored = json.loads(path.read_text(encoding="utf-8"))
    common = {word: int(level) for level, words in stored["common"].items() for word in words.split()}
    return Model(common, stored["weights"], math.log(stored["threshold"] / (1 - stored["threshold"])))


def open_ends(text: str, start: int, end: int, known: Model, introducers: frozenset[str], starters: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The places in one sentence (by its marks) where another ends without a mark: where it ends, where the next begins."""
    words = tokens(text, start, end)
    if len(words) <= _FEWEST_WORDS:
        return
    first, found = 0, True
    while found:
        found = False
        for i in open_places(words, first):
            if not blocked(words, first, i, introducers, starters) and known.score(open_features(words, first, i, known.common)) >= known.threshold:
                yield words[i - 1].end, words[i].start
                first, found = i, True
                break
