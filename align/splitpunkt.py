"""Splitting in a language that has no table: what nltk's Punkt learns from the text itself.

Kiss and Strunk (2006), "Unsupervised Multilingual Sentence Boundary Detection". Punkt finds abbreviations, words that begin
sentences, and words that are mostly written small; the points and the offsets are ours.
"""

from __future__ import annotations

import logging
import re
from functools import cache

from .splittables import Rules, neutral

# Less text than this teaches nothing; more than this teaches nothing new.
_SHORTEST, _LONGEST = 3_000, 400_000
_ABBREVIATION = re.compile(r"[^\W\d_]{1,4}(?:\.[^\W\d_]{1,3})*")


def learned(text: str, code: str) -> Rules:
    """Rules for a text in a language without a table; says once a language that there is none."""
    _tell(code)
    if len(text) < _SHORTEST:
        return neutral()
    from nltk.tokenize import punkt

    trainer = punkt.PunktTrainer()
    trainer.train(text[:_LONGEST], finalize=True)
    found = trainer.get_params()
    small = {w for w, seen in found.ortho_context.items() if seen & punkt._ORTHO_LC and not seen & punkt._ORTHO_MID_UC}
    starters = {w for w in small if found.ortho_context[w] & punkt._ORTHO_BEG_UC} | found.sent_starters
    return neutral(
        maybe_last=frozenset(w for w in found.abbrev_types if _ABBREVIATION.fullmatch(w)),
        starters=frozenset(starters),
    )


@cache
def _tell(code: str) -> None:
    logging.getLogger("songngu").warning(
        "songngu: no splitting table for %r; using neutral rules and abbreviations that Punkt finds in the text", code
    )
