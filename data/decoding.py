"""Bytes to text: the encoding of a file, found without being told."""

from __future__ import annotations

import codecs
import re

from .errors import SongnguError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,80}?encoding)\s*=\s*["']?\s*([\w.:-]{3,20})""", re.I
)
_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x7fELF",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xd0\xcf\x11\xe0",
)
# Windows-1258 writes tones as marks behind the vowel: these bytes are rare letters in Western European text.
_TONES = re.compile(rb"[AEIOUYaeiouy\xc2\xca\xd4\xc3\xd5\xdd\xe2\xea\xf4\xe3\xf5\xfd][\xcc\xd2\xde\xec\xf2]")
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨ ª´§¢]|â€|Ä‘|áº|á»|Æ°|Æ¡")
_BROKEN_SHARE = 0.002
_CONTROLS = bytes(b for b in range(32) if b < 9 or b > 13)


class Undecodable(ValueError):  # noqa: N818 it reads as a verdict
    """The bytes are no text; the message says why."""


def decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding it was in.

    UTF-8 and byte-order marks come first, then what an HTML page declares, then UTF-16 without a mark, then the legacy
    encoding that fits best.

    Raises:
        Undecodable: the bytes are binary, or no encoding makes them text.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name), name
    if data.startswith(_MAGIC):
        raise Undecodable("binary file, not text")
    if wide := _wide(data):
        return _strict(data, wide), wide
    if data.count(b"\0") > 0 or _controls(data) > 0.05:
        raise Undecodable("binary file, not text")
    try:
        return _unscrambled(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    return _declared(data) or _almost_utf8(data) or _legacy(data)


def text_of(data: bytes, where: object) -> str:
    """The text of a file's bytes.

    Raises:
        SongnguError: there is no text in them; the message names the file (`where`).
    """
    try:
        return decode(data)[0]
    except Undecodable as error:
        raise SongnguError(f"{where}: {error}") from error


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise Undecodable(f"not valid {name.upper()} after its byte-order mark (byte {error.start})") from error


def _wide(data: bytes) -> str | None:
    # Text of Western letters in UTF-16 has a zero in nearly every second byte.
    head = data[:4000]
    if len(head) < 4:
        return None
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.5 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.05 else None


def _controls(data: bytes) -> float:
    head = data[:8000]
    return (len(head) - len(head.translate(None, _CONTROLS))) / max(1, len(head))


def _declared(data: bytes) -> tuple[str, str] | None:
    match = _DECLARED.search(data[:4000])
    if not match:
        return None
    name = match[1].decode("ascii").lower()
    # Browsers read Latin-1 as Windows-1252, and so pages are written.
    name = "cp1252" if name in ("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii") else name
    try:
        return data.decode(name), name
    except (LookupError, UnicodeDecodeError):
        return None


def _almost_utf8(data: bytes) -> tuple[str, str] | None:
    text = data.decode("utf-8", errors="replace")
    broken, whole = text.count("\ufffd"), sum(ord(c) > 127 for c in text)
    if whole > 4 * broken and broken <= max(2, _BROKEN_SHARE * len(text)):
        return text, "utf-8 with errors"
    return None


def _legacy(data: bytes) -> tuple[str, str]:
    high = sum(b > 127 for b in data[:200_000])
    tones = len(_TONES.findall(data[:200_000]))
    if tones > 2 and tones >= 0.1 * high:
        return data.decode("cp1258", errors="replace"), "cp1258"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000], cp_isolation=["cp1252", "cp1258", "mac_roman", "cp850", "iso8859_15"]).best()
    name = best.encoding if best is not None else "cp1252"
    # Windows-1252 writes the whole of Latin-9 but the euro sign, which others put elsewhere; prefer it when in doubt.
    if name in ("iso8859_15", "cp1258", "cp1252"):
        name = "cp1252"
    try:
        return data.decode(name), name
    except UnicodeDecodeError as error:
        raise Undecodable(f"no known encoding fits (byte {error.start} is not {name})") from error


def _unscrambled(text: str) -> str:
    """The text, repaired if it was UTF-8 read as Windows-1252 and written as UTF-8 again."""
    if len(_MOJIBAKE.findall(text[:20_000])) < 3:
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
