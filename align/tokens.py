"""Facts and words that two texts share: numbers, dates and names, which stay alike in translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..data.dates import mentions
from ..data.names import names
from ..data.quantities import quantities
from ..data.text import fold

if TYPE_CHECKING:
    import numpy as np

# Tokens as the compiled loops take them: where each source sentence's tokens start, the tokens, the same for the target, and what
# each token is worth.
Tokens = tuple["np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray", "np.ndarray"]
# What a date, number or name is: keys that do not depend on the language, and the words that stand in where the other text has none
# of the keys.
_Fact = tuple[tuple[str, ...], tuple[str, ...]]

_WORD = re.compile(r"\w+")
_MARKED = re.compile(r"(?<!\w)[^\Wa-z]\w*")  # words that may begin with a capital or a digit
_LONGEST = 16  # tokens kept of a sentence, so that a table in running text costs no more than other sentences


def shared_tokens(source: Sequence[str], target: Sequence[str], languages: tuple[str, str]) -> Tokens:
    """The dates, numbers, names and capitalised words that occur on both sides; one is worth −log of the chance to meet it."""
    import numpy as np

    facts = [
        [tuple(_facts(text, language)) for text in texts]
        for texts, language in zip((source, target), languages, strict=True)
    ]
    keys = [{key for sentence in side for fact in sentence for key in fact[0]} for side in facts]
    shared = keys[0] & keys[1]
    sides = [[_tokens(sentence, shared) for sentence in side] for side in facts]
    counts = [Counter(t for tokens in side for t in tokens) for side in sides]
    common = sorted(counts[0].keys() & counts[1].keys())
    number = {token: k for k, token in enumerate(common)}
    share = [np.array([(c[t] + 0.5) / (len(side) + 1) for t in common]) for c, side in zip(counts, sides, strict=True)]
    worth = -np.log(np.clip((share[0] + share[1]) / 2, 1e-9, 1.0))
    return *_packed(sides[0], number), *_packed(sides[1], number), worth


def _facts(text: str, language: str) -> Iterator[_Fact]:
    """A sentence's dates, then numbers, then names that have a key, then its other capitalised words and digits."""
    dates = mentions(text, language)
    taken = [(date.start, date.end) for date in dates]
    for date in dates:
        ends = dict.fromkeys((date.value, date.end_value or date.value))
        yield tuple(key for end in ends for key in _date_keys(end)), _words(text[date.start : date.end], digits=True)
    for quantity in quantities(text, language, skip=taken):
        value = max((quantity.value, *quantity.alternatives))  # 1,234 and 6.30 read alike on both sides
        # un, một and their like are articles more often than numbers
        if not quantity.weak and (value > 1 or text[quantity.start].isdigit()):
            taken.append((quantity.start, quantity.end))
            yield (f"{value.normalize():f}",), ()
    for name in names(text, language):
        if name.kind != "name" and not name.weak:
            taken.append((name.start, name.end))
            yield (f"name {name.key}",), _words(text[name.start : name.end])
    for match in _MARKED.finditer(text):
        word = match.group()
        if not (word[0].isupper() or word[0].isdigit()):
            continue
        if not any(start <= match.start() < end for start, end in taken):
            yield (), (fold(word),)


def _date_keys(value: str) -> Iterator[str]:
    """`2026-09-03` → its day, and its year like any number: one side often leaves the year out."""
    year, month, day = (*value.split("-"), "", "")[:3]
    if month:
        yield f"day {month}-{day}" if day else f"month {month}"
    if year and "X" not in year:
        yield year


def _words(text: str, *, digits: bool = False) -> tuple[str, ...]:
    return tuple(fold(word) for word in _WORD.findall(text) if word[0].isdigit() or not digits)


def _tokens(facts: Sequence[_Fact], common: set[str]) -> Sequence[str]:
    if not facts:
        return ()
    found = (token for keys, words in facts for token in (keys if not words or common.intersection(keys) else words))
    return list(dict.fromkeys(found))[: 2 * _LONGEST]


def _packed(side: Sequence[Sequence[str]], number: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    rows = [[number[t] for t in tokens if t in number][:_LONGEST] if tokens else () for tokens in side]
    starts = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    return starts, np.array([t for row in rows for t in row], dtype=np.int64)
