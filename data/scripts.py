"""Which script a letter belongs to and which script a language is written in."""

from __future__ import annotations

import unicodedata
from functools import cache

# The first word of a letter's Unicode name, for the scripts (ISO 15924) whose code does not tell it.
_WORDS = {
    "Latn": "LATIN",
    "Cyrl": "CYRILLIC",
    "Grek": "GREEK",
    "Arab": "ARABIC",
    "Hebr": "HEBREW",
    "Deva": "DEVANAGARI",
    "Beng": "BENGALI",
    "Thai": "THAI",
    "Laoo": "LAO",
    "Khmr": "KHMER",
    "Mymr": "MYANMAR",
    "Hans": "CJK",
    "Hant": "CJK",
    "Kore": "HANGUL",
    "Jpan": "CJK HIRAGANA KATAKANA",
    "Geor": "GEORGIAN",
    "Armn": "ARMENIAN",
    "Ethi": "ETHIOPIC",
    "Taml": "TAMIL",
    "Telu": "TELUGU",
}


@cache
def scripts_of(language: str) -> frozenset[str]:
    """The scripts of a language, as letters' names call them; empty if they are not known."""
    import langcodes

    return frozenset(_WORDS.get(langcodes.Language.get(language).maximize().script or "", "").split())


@cache
def script(letter: str) -> str:
    """The script of a letter, e.g. LATIN or CYRILLIC; "" for what is no letter."""
    return unicodedata.name(letter, "").split(" ")[0].split("-")[0] if letter.isalpha() else ""


def own_letters(text: str, language: str) -> float:
    """The share of the text's letters that are in the language's script; 1 where there are no letters or the script is unknown."""
    expected = scripts_of(language)
    letters = [c for c in text if c.isalpha()]
    if not letters or not expected:
        return 1.0
    return sum(script(c) in expected for c in letters) / len(letters)


def foreign_letters(text: str, language: str) -> str:
    """Up to 30 letters in scripts that the language is not written in, if they make up a third of the text's letters."""
    if own_letters(text, language) * 3 >= 2:
        return ""
    expected = scripts_of(language)
    return "".join([c for c in text if c.isalpha() and script(c) not in expected][:30])
