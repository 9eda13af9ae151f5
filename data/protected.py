"""Spans that a translation must carry over unchanged: addresses, tags and placeholders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PATTERNS = {
    "url": r"(?:https?://|ftp://|www\.)[^\s<>\"“”«»]+",
    "email": r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
    "tag": r"</?[A-Za-z][A-Za-z0-9:_-]*(?:\s[^<>]{0,500})?/?>|&(?:[a-z]{2,8}|#\d{1,6});",
    # {0}, {name}, ${x}, {{x}}, %(name)s, %1$s, %s, %.2f: no flag that is a space, so that "20 % des" is left alone
    "placeholder": (
        r"\$?\{\{?[\w.$:-]*\}?\}|%\([\w.]+\)[#0+-]*\d*(?:\.\d+)?[a-zA-Z]"
        r"|(?<![\d%\w])%(?:\d+\$)?[#0+-]*\d*(?:\.\d+)?l{0,2}[sdiufgxXc@](?!\w)|(?<!\w)\$\w*[A-Z_]\w*(?!\w)"
    ),
}
_PROTECTED = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_CLOSING = ".,;:!?…'’)]}"


@dataclass(frozen=True, slots=True)
class Protected:
    """One span [start, end) of a text, its kind (url, email, tag, placeholder) and what stands there."""

    start: int
    end: int
    kind: str
    text: str


def protected(text: str) -> list[Protected]:
    """The spans to carry over, in order and without overlaps."""
    return list(_spans(text))


def _spans(text: str) -> Iterator[Protected]:
    for match in _PROTECTED.finditer(text):
        kind = match.lastgroup or ""
        found = _trim(match.group()) if kind == "url" else match.group()
        yield Protected(match.start(), match.start() + len(found), kind, found)


def _trim(address: str) -> str:
    # a sentence's own punctuation behind an address is not part of it, unless it closes a bracket inside it
    while address and address[-1] in _CLOSING and not (address[-1] == ")" and address.count("(") >= address.count(")")):
        address = address[:-1]
    return address
