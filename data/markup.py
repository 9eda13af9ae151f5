"""XML text: what may stand in it, and how the rest is written."""

import re

# Not allowed in XML 1.0, not even as a reference: most C0 controls, lone surrogates, U+FFFE and U+FFFF.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Read back as they are only when written as references: parsers turn CR into LF, some programs break lines at the others.
_REFERENCES = {c: f"&#{ord(c)};" for c in "\r\x7f\x85\u2028\u2029"}
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"} | _REFERENCES)
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;"} | _REFERENCES
)
_RARE = re.compile("[\x00-\x08\x0b-\x1f&<>\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def text(value: str) -> str:
    """The value as element content; characters that XML cannot hold are left out."""
    return ILLEGAL.sub("", value).translate(_TEXT) if _RARE.search(value) else value


def attribute(value: str) -> str:
    """The value for an attribute between double quotes; characters that XML cannot hold are left out."""
    return ILLEGAL.sub("", value).translate(_ATTRIBUTE)
