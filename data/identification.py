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
from .scripts import foreign_letters
from .text import fold, one_line

# Enough text to be sure; a longer one would only cost time.
_LONGEST = 2000
# Words behind one another are not independent; beyond so many their evidence is as good as certain.
_MOST_WORDS = 12
# A language that there are tables for is likelier to be met than any other of the hundred that the model knows.
_PRIOR = 1.0
_RANKS = 20
# The two longest blocks settle a page if they agree and are this sure; a text so sure contradicts what is said of it.
_AGREED = 0.98
# Characters that a text must have to be thought to be in another language than it is said to be in.
_CONTRADICTING = 150
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
    words = _WORD.findall(fold(sample))
    if not words:
        return "", 0.0
    known = tables("cleaning")
    ranking = _identifier().rank(sample)
    wanted = {base(tag): canonical(tag) for tag in candidates or ()}
    if wanted:
        scores = {wanted[code]: _score(code, p, words) for code, p in ranking if code in wanted}
    else:
        # what the model puts far down the list no table brings back
        scores = {code: _score(code, p, words) for n, (code, p) in enumerate(ranking) if n < _RANKS or code in known}
    if not scores:
        return "", 0.0
    best = max(scores, key=lambda code: scores[code])
    return best, 1 / sum(math.exp(score - scores[best]) for score in scores.values())


def _score(code: str, p: float, words: list[str]) -> float:
    """The logarithm of a language's probability, with what the tables add to it."""
    score = math.log(max(p, 1e-12)) + (_PRIOR if code in tables("cleaning") else 0.0)
    if code in _shapes():
        shape, having, lacking = _shapes()[code]
        seen = words[: 4 * _MOST_WORDS]
        total = sum(having if shape.fullmatch(word) else lacking for word in seen)
        score += total * min(1.0, _MOST_WORDS / len(seen))
    return score


def contradicted(text: str, language: str, others: Collection[str] = ()) -> str:
    """The language that a text surely is in although it is said to be in another one; "" where nothing speaks against that.

    Only `others` and the languages that there are tables for are thought of: near relatives are mistaken for each other too easily. A
    text in another script needs no length to be sure ("und" where its language is not known).
    """
    if foreign_letters(text, language):
        found = identify(text)[0]
        return found if found and base(found) != base(language) else "und"
    if len(text) < _CONTRADICTING:
        return ""
    found, sure = identify(text, {language, *others, *tables("cleaning")})
    return found if sure > _AGREED and base(found) != base(language) else ""


def identify_blocks(texts: Iterable[str], candidates: Collection[str] | None = None) -> tuple[str, float]:
    """The main language of a page and its share of the text: each block votes with its length.

    Menus, captions and quotations in another language do not change it.
    """
    votes: dict[str, float] = {}
    read = 0
    for count, text in enumerate(sorted(texts, key=len, reverse=True)[:6]):
        if count == 2 and len(votes) == 1 and min(votes.values()) > _AGREED * read:
            break
        language, sure = identify(text, candidates)
        if language:
            weight = min(len(text), _LONGEST)
            votes[language] = votes.get(language, 0.0) + sure * weight
            read += weight
    if not votes:
        return "", 0.0
    language = max(votes, key=lambda code: votes[code])
    return language, votes[language] / read
