r"""TSV: one segment a line, both texts first, then everything else that is known, under a header line.

The header's first two names are the languages. Escapes are those of "linear TSV": `\t`, `\n`, `\r`, `\\`, and `\u2028` for the other
characters that some program takes for a line break; no quotes. `cut -f1,2` therefore gives the texts of every file.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from . import files
from .core import Corpus, Segment
from .errors import UsageError
from .formats import Again, Format, Reading, Sink, Target, lines
from .languages import canonical

COLUMNS = (
    "confidence",
    "score",
    "shape",
    "source",
    "target",
    "source_sentences",
    "target_sentences",
    "source_date",
    "target_date",
    "source_url",
    "target_url",
    "provenance",
    "split",
    "extra",
)
# the byte order mark breaks no line, but vanishes at the beginning of a file
_BREAKS = "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029\ufeff"
_TABS = len(COLUMNS) + 1
_SPECIAL = "\\" + _BREAKS.replace("\n", "").replace("\t", "")
_ESCAPES = str.maketrans(
    {"\\": "\\\\"} | {c: f"\\u{ord(c):04x}" for c in _BREAKS} | {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
)
_ESCAPED = re.compile(r"\\(u[0-9a-f]{4}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}


def escape(text: str) -> str:
    """The text as one TSV cell."""
    # splitlines() of a text without any kind of line break is the text itself; this test is much faster than a search
    if "\\" in text or "\t" in text or "\ufeff" in text or text.splitlines() != [text]:
        return text.translate(_ESCAPES)
    return text


def unescape(cell: str) -> str:
    """The text of a TSV cell; a backslash that begins no escape stands for itself."""
    return _ESCAPED.sub(_unescape_one, cell) if "\\" in cell else cell


def _unescape_one(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if len(code) == 5 else _PLAIN.get(code, match[0])


def block(batch: Sequence[Segment]) -> str:
    """The segments as lines. They are made in one go and tested for characters to escape together, because most need none."""
    none = ""
    rows = [
        (
            s.source_text,
            s.target_text,
            none if s.confidence is None else _decimal(s.confidence),
            none if s.score is None else _decimal(s.score),
            s.shape,
            s.source,
            s.target,
            _numbers(s.source_sentences),
            _numbers(s.target_sentences),
            s.source_date or none,
            s.target_date or none,
            s.source_url or none,
            s.target_url or none,
            s.provenance or none,
            s.split or none,
            json.dumps(dict(s.extra), ensure_ascii=False) if s.extra else none,
        )
        for s in batch
    ]
    text = "\n".join(map("\t".join, rows)) + "\n" * bool(rows)
    if any(c in text for c in _SPECIAL) or text.count("\t") != _TABS * len(rows) or text.count("\n") != len(rows):
        return "".join("\t".join(map(escape, cells)) + "\n" for cells in rows)
    return text


def numbers(indices: Sequence[int]) -> str:
    """Sentence numbers in one cell: "3 4"."""
    return str(indices[0]) if len(indices) == 1 else " ".join(map(str, indices))


# few different values stand in millions of rows
_numbers = lru_cache(1 << 14)(numbers)
_decimal = lru_cache(1 << 16, typed=True)(str)


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.tsv`."""
    with lines(target, ".tsv") as write:
        write(("\t".join((target.source_language, target.target_language, *COLUMNS)) + "\n",))
        yield lambda batch: write((block(batch),))


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in a TSV file: ours by its header, or any with the two texts in its first columns and no header."""
    with files.open_text(path) as stream:
        names = _header(stream.readline())
    source, target = (options.source_language, options.target_language) if names else options.languages(path)
    if names:
        source, target = source or canonical(names[0]), target or canonical(names[1])
    assert source and target
    return Corpus(source, target, Again(lambda: _rows(path, options, names)), (str(path),))


def _header(line: str) -> list[str] | None:
    names = line.rstrip("\r\n").split("\t")
    try:
        known = len(names) >= 2 and canonical(names[0]) and canonical(names[1])
    except UsageError:
        return None
    return names if known and all(name in COLUMNS for name in names[2:]) else None


def _rows(path: Path, options: Reading, names: list[str] | None) -> Iterator[Segment]:
    whole = names is not None and tuple(names[2:]) == COLUMNS
    with files.open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            if (number == 1 and names) or line in ("\n", "\r\n"):
                continue
            cells = line.removesuffix("\n").removesuffix("\r").split("\t")
            try:
                yield _own(cells) if whole and "\\" not in line else _segment(cells, names)
            except ValueError as error:
                options.reject(path, number, str(error))


def _own(cells: list[str]) -> Segment:
    """The segment of a line of ours without escapes: most lines, and several times faster."""
    source, target, sure, score, _, one, two, ones, twos, day, day2, url, url2, origin, split, extra = cells
    return Segment(
        source,
        target,
        one,
        two,
        _indices(ones),
        _indices(twos),
        float(score) if score else None,
        float(sure) if sure else None,
        day or None,
        day2 or None,
        url or None,
        url2 or None,
        origin or None,
        split or None,
        json.loads(extra) if extra else {},
    )


def _indices(cell: str) -> tuple[int, ...]:
    return (int(cell),) if cell.isdecimal() else tuple(map(int, cell.split()))


def _segment(cells: list[str], names: list[str] | None) -> Segment:
    if len(cells) < 2 or (names and len(cells) != len(names)):
        raise ValueError(f"{len(cells)} columns instead of {len(names) if names else 'two or more'}")
    if names is None:
        extra = {str(i): cell for i, cell in enumerate(cells[2:], 3) if cell}
        return Segment(cells[0], cells[1], extra=extra)
    return segment_of(dict(zip(("source_text", "target_text", *names[2:]), map(unescape, cells), strict=True)))


def segment_of(values: dict[str, str]) -> Segment:
    """A segment from cells by field name; empty cells are unknown values.

    Raises:
        ValueError: a cell that is no number, or a confidence that is no probability.
    """
    get = values.get
    return Segment(
        values["source_text"],
        values["target_text"],
        get("source", ""),
        get("target", ""),
        tuple(map(int, get("source_sentences", "").split())),
        tuple(map(int, get("target_sentences", "").split())),
        _number(get("score")),
        _number(get("confidence")),
        get("source_date") or None,
        get("target_date") or None,
        get("source_url") or None,
        get("target_url") or None,
        get("provenance") or None,
        get("split") or None,
        json.loads(values["extra"]) if get("extra") else {},
    )


def _number(cell: str | None) -> float | None:
    return float(cell) if cell else None


FORMAT = Format(
    "tsv",
    "tab-separated lines, both texts first",
    writing,
    lambda target: (target.path(".tsv"),),
    (".tsv", ".txt"),
    reading,
)
