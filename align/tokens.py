"""Rare tokens that two texts share: numbers and names, which stay alike in translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..data.text import fold

if TYPE_CHECKING:
    import numpy as np

# Tokens as the compiled loops take them: where each source sentence's tokens start, the tokens, the same for the target, and what
# each token is worth.
Tokens = tuple["np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray"]

_GROUPED = re.compile(r"(?<=\d)[.,'\u00a0\u202f ](?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\w+")
_LONGEST = 12  # tokens kept of a sentence, so that a table in running text costs no more than other sentences


def shared_tokens(source: Sequence[str], target: Sequence[str]) -> Tokens:
    """The capitalised words and numbers that occur on both sides, folded; a token is worth −log of the chance to meet it."""
    import numpy as np

    sides = [[_tokens(text) for text in texts] for texts in (source, target)]
    counts = [Counter(t for tokens in side for t in tokens) for side in sides]
    common = sorted(counts[0].keys() & counts[1].keys())
    number = {token: k for k, token in enumerate(common)}
    share = [np.array([(c[t] + 0.5) / (len(side) + 1) for t in common]) for c, side in zip(counts, sides, strict=True)]
    worth = -np.log(np.clip((share[0] + share[1]) / 2, 1e-9, 1.0))
    return *_packed(sides[0], number), *_packed(sides[1], number), worth


def _tokens(text: str) -> list[str]:
    found = (t for t in _TOKEN.findall(_GROUPED.sub("", text)) if t[0].isdigit() or t[0].isupper())
    return list(dict.fromkeys(fold(t) for t in found))[: 2 * _LONGEST]


def _packed(side: list[list[str]], number: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    rows = [[number[t] for t in tokens if t in number][:_LONGEST] for tokens in side]
    starts = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    return starts, np.array([t for row in rows for t in row], dtype=np.int64)
