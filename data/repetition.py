"""Repeated words and loops: the trace of a slip in writing, or of a decoder that cannot stop."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .text import normalise

_WORD = re.compile(r"\w+(?:['’]\w+)?", re.UNICODE)
_LONGEST_UNIT = 12  # words


@dataclass(frozen=True, slots=True)
class Repetition:
    """A span [start, end) in which `unit` words stand `times` times in a row."""

    start: int
    end: int
    unit: int
    times: int


def repetitions(text: str) -> list[Repetition]:
    """Runs of words that stand at least twice in a row, from left to right, the shortest unit first: "la la la" is one of three."""
    spans = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end].casefold() for start, end in spans]
    found: list[Repetition] = []
    i = 0
    while i < len(words):
        unit, times = _run(words, i)
        if times > 1:
            found.append(Repetition(spans[i][0], spans[i + unit * times - 1][1], unit, times))
        i += unit * times
    return found


def _run(words: Sequence[str], i: int) -> tuple[int, int]:
    for unit in range(1, min(_LONGEST_UNIT, (len(words) - i) // 2) + 1):
        times = 1
        while words[i : i + unit] == words[i + times * unit : i + (times + 1) * unit]:
            times += 1
        if times > 1:
            return unit, times
    return 1, 1


def loops(text: str) -> bool:
    """Whether the text goes round in circles: a word four times in a row, a phrase three times, or few different word triples."""
    text = normalise(text)
    if any(r.times >= (4 if r.unit == 1 else 3) or (r.unit >= 6 and r.times >= 2) for r in repetitions(text)):
        return True
    words = [match.group().casefold() for match in _WORD.finditer(text)]
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    return sum(triples.values()) >= 15 and len(triples) < 0.6 * sum(triples.values())
