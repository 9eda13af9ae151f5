"""Language identification, offline."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from .languages import base, canonical
from .text import one_line

# Enough text to be sure; a longer one would only cost time.
_LONGEST = 4000


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str, candidates: Collection[str] | None = None) -> tuple[str, float]:
    """The language of a text (BCP-47) and its probability among the candidates; ("", 0.0) for text without letters.

    Args:
        text: a line, paragraph or document.
        candidates: languages to choose from; all that the model knows if None or empty.
    """
    sample = one_line(text[: 2 * _LONGEST])[:_LONGEST]
    if not any(c.isalpha() for c in sample):
        return "", 0.0
    ranking: list[tuple[str, float]] = _identifier().rank(sample)
    if candidates:
        wanted = {base(tag): canonical(tag) for tag in candidates}
        ranking = [(wanted[code], p) for code, p in ranking if code in wanted]
    total = sum(p for _, p in ranking)
    if not ranking or total <= 0:
        return "", 0.0
    code, p = max(ranking, key=lambda item: item[1])
    return code, min(1.0, p / total)


def identify_blocks(texts: Iterable[str], candidates: Collection[str] | None = None) -> tuple[str, float]:
    """The main language of a page and its share of the text: each block votes with its length.

    Menus, captions and quotations in another language do not change it.
    """
    votes: dict[str, float] = {}
    read = 0
    for text in sorted(texts, key=len, reverse=True)[:12]:
        language, sure = identify(text, candidates)
        if language:
            votes[language] = votes.get(language, 0.0) + sure * len(text)
            read += len(text)
    if not votes:
        return "", 0.0
    language = max(votes, key=lambda code: votes[code])
    return language, votes[language] / read
