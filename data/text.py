"""Text normalisation: the only place that decides what a character is."""

import re
import unicodedata

# C0 and C1 controls but tab and line feed; they are not allowed in XML and mean nothing in a report.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Soft hyphens and zero-width spaces are invisible hints to a renderer; joiners (U+200C/D) carry meaning in some scripts.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060]")
_SPACES = re.compile(r"\s+")
# Letters that have no canonical decomposition but differ "only by a diacritic" for a reader.
_STROKES = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i"})


def normalise(text: str) -> str:
    """The text in NFC, with LF line breaks, and without control or invisible formatting characters."""
    text = _LINE_BREAKS.sub("\n", text)
    text = _INVISIBLE.sub("", _CONTROLS.sub("", text))
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """The text with every run of white space (line breaks and no-break spaces too) as one space, and none at the ends."""
    return _SPACES.sub(" ", text).strip()


def caseless(text: str) -> str:
    """The text as a pattern that ignores case sees it: to `re.IGNORECASE`, Turkish İ and ı are i, too."""
    return text.casefold().replace("i\u0307", "i").replace("ı", "i")


def fold(text: str) -> str:
    """The text in lower case and without diacritics: `Nguyễn Chí Vịnh` and `Nguyen Chi Vinh` become equal."""
    decomposed = unicodedata.normalize("NFD", text.translate(_STROKES).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
