"""Language identification, offline: py3langid's naive Bayes over byte n-grams, and what language tables know besides.

A table may give the shape of a language's words (`identification.toml`); how many words of a line have it is then counted as
evidence for or against that language. `benchmarks/identification.py` compares identifiers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from .languages import base, canonical, tables
from .text import fold, one_line

# Enough text to be sure; a longer one would only cost time.
_LONGEST = 2000
# Words behind one another are not independent; beyond so many their evidence is as good as certain.
_MOST_WORDS = 12
# A language that there are tables for is likelier to be met than any other of the hundred that the model knows.
_PRIOR = 1.0
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _shapes() -> Mapping[str, tuple[re.Pattern[str], float, float]]:
    """For each language with a table: the words' shape, and the evidence of a word that has it and of one that has not."""
    return {
        code: (
            re.compile(known["shape"]),
            math.log(known["share"] / known["elsewhere"]),
            math.log((1 - known["share"]) / (1 - known["elsewhere"])),
        )
        for code, known in tables("identification").items()
    }


def identify(text: str, candidates: Collection[str] | None = None) -> tuple[str, float]:
    """The language of a text (BCP-47) and its probability among the candidates; ("", 0.0) for text without letters.

    Args:
        text: a line, paragraph or document.
        candidates: languages to choose from; all that the model knows if None or empty.
    """
    sample = one_line(text[: 2 * _LONGEST])[:_LONGEST]
    words = _WORD.findall(sample)
    if not words:
        return "", 0.0
    scores = {code: math.log(max(p, 1e-12)) for code, p in _identifier().rank(sample)}
    evidence = {code: _evidence(code, words) for code in scores}
    scores = {code: score + evidence[code] for code, score in scores.items()}
    if candidates:
        wanted = {base(tag): canonical(tag) for tag in candidates}
        scores = {wanted[code]: score for code, score in scores.items() if code in wanted}
    if not scores:
        return "", 0.0
    best = max(scores, key=lambda code: scores[code])
    return best, 1 / sum(math.exp(score - scores[best]) for score in scores.values())


def _evidence(code: str, words: list[str]) -> float:
    """What the tables add to the logarithm of a language's probability."""
    prior = _PRIOR if code in tables("cleaning") else 0.0
    if code not in _shapes():
        return prior
    shape, having, lacking = _shapes()[code]
    seen = words[: 4 * _MOST_WORDS]
    total = sum(having if shape.fullmatch(fold(word)) else lacking for word in seen)
    return prior + total * min(1.0, _MOST_WORDS / len(seen))


def identify_blocks(texts: Iterable[str], candidates: Collection[str] | None = None) -> tuple[str, float]:
    """The main language of a page and its share of the text: each block votes with its length.

    Menus, captions and quotations in another language do not change it.
    """
    votes: dict[str, float] = {}
    read = 0
    for text in sorted(texts, key=len, reverse=True)[:6]:
        language, sure = identify(text, candidates)
        if language:
            weight = min(len(text), _LONGEST)
            votes[language] = votes.get(language, 0.0) + sure * weight
            read += weight
    if not votes:
        return "", 0.0
    language = max(votes, key=lambda code: votes[code])
    return language, votes[language] / read
