"""Alignments to be scored, from whatever they come as: beads, ladders, TSV, JSON Lines, TMX, files or folders of those.

Every form becomes documents by name, each with its sure and possible beads. A line that cannot be read is an error that
names it; one that stands twice counts once and is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..data import files
from ..data.core import Bead, Segment
from ..data.errors import SongnguError, UsageError
from ..data.files import opened
from ..data.jsonl import SUFFIXES as JSON_LINES
from ..data.jsonl import values
from ..data.text import fold, one_line

# A side is sentence numbers, or overlapping pieces of text where a format has no numbers.
Side = tuple[int | str, ...]
Key = tuple[Side, Side]
Source = Iterable[Any] | Mapping[str, Iterable[Any]] | str | Path

_LADDER = re.compile(r"\s*(\[[\d,\s]*\])\s*:\s*(\[[\d,\s]*\])\s*(?::\s*(\S*)\s*)?$")
_NUMBERS = re.compile(r"\[?\s*(\d+(?:[\s,]+\d+)*)?\s*\]?$")
_NAMES = ("source_sentences", "target_sentences")
_POSSIBLE = ("p", "possible")
# Words in a piece of text: long enough that two beads rarely share one by chance.
_PIECE = 4
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Beads:
    """The beads of one document pair; `confidence` and `texts` hold those that are known."""

    sure: frozenset[Key] = frozenset()
    possible: frozenset[Key] = frozenset()
    confidence: Mapping[Key, float] = field(default_factory=dict)
    texts: Mapping[Key, tuple[str, str]] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[Key]:
        """Sure and possible beads."""
        return self.sure | self.possible


@dataclass(frozen=True, slots=True)
class Row:
    """One bead as it was read: where, the document pair's name, both sides, whether it is sure, its confidence and
    texts."""

    where: str
    document: str
    source: tuple[int, ...] | None
    target: tuple[int, ...] | None
    sure: bool = True
    confidence: float | None = None
    texts: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the rows, and every document's name (also of those without beads)."""

    rows: tuple[Row, ...]
    documents: tuple[str, ...]

    @property
    def numbered(self) -> bool:
        """Whether every bead has sentence numbers."""
        return all(row.source is not None and row.target is not None for row in self.rows)

    @property
    def has_texts(self) -> bool:
        """Whether any bead has its texts."""
        return any(row.texts is not None for row in self.rows)

    def renumbered(self, sentences: Mapping[str, Sequence[str]]) -> Reading:
        """The same beads with the numbers that their texts have among other sentences, which are given by document id.

        A sentence belongs to the bead that holds most of it, if that is half of it or more. Beads that hold none are
        left out, as what they align is not part of those sentences.

        Raises:
            SongnguError: a bead has no texts, or there are no sentences for its documents.
        """
        grouped: dict[str, list[Row]] = {}
        for row in self.rows:
            grouped.setdefault(row.document, []).append(row)
        rows = [
            new for name, some in grouped.items() for new in _renumbered(some, _sides(name, some[0].where, sentences))
        ]
        return Reading(tuple(rows), self.documents)

    def beads(self, *, by_text: bool, notes: list[str]) -> dict[str, Beads]:
        """Every document's beads, keyed by sentence numbers or by pieces of text; what stands twice goes to `notes`."""
        grouped: dict[str, dict[Key, Row]] = {name: {} for name in self.documents}
        for row in self.rows:
            key = _text_key(row) if by_text else (row.source or (), row.target or ())
            seen = grouped.setdefault(row.document, {})
            if key in seen:
                notes.append(f"{row.where}: the same bead as in {seen[key].where}; it counts once")
            seen.setdefault(key, row)
        return {name: _collect(rows) for name, rows in grouped.items()}


def _collect(rows: Mapping[Key, Row]) -> Beads:
    return Beads(
        sure=frozenset(key for key, row in rows.items() if row.sure),
        possible=frozenset(key for key, row in rows.items() if not row.sure),
        confidence={key: row.confidence for key, row in rows.items() if row.confidence is not None},
        texts={key: row.texts for key, row in rows.items() if row.texts is not None},
    )


def read(source: Source, *, what: str = "alignment", suffixes: Sequence[str] = (".ladder",)) -> Reading:
    """The rows of an alignment in any form.

    `source` is a file, a folder (of ladder files, or one that `build` wrote), ladder text, an iterable of `Bead`,
    (source, target) or (source, target, "possible"), or a mapping from document names to those. `what` names it in errors.

    Raises:
        SongnguError: a line that cannot be read, named by file and line number, or a file that is not there.
        UsageError: a thing or a format that is none of these.
    """
    if isinstance(source, str) and ("\n" in source or _LADDER.match(source)):
        return _reading(_ladder(source.splitlines(), what, ""))
    if isinstance(source, (str, Path)):
        return _read_path(Path(source), suffixes)
    if isinstance(source, Mapping):
        named = [(str(name), tuple(_rows(beads, f"{what} {name}", str(name)))) for name, beads in source.items()]
        return Reading(tuple(row for _, rows in named for row in rows), tuple(name for name, _ in named))
    return _reading(_rows(source, what, ""))


def _reading(rows: Iterable[Row]) -> Reading:
    kept = tuple(rows)
    return Reading(kept, tuple(dict.fromkeys(row.document for row in kept)) or ("",))


def _read_path(path: Path, suffixes: Sequence[str]) -> Reading:
    if path.is_dir():
        return _read_folder(path, suffixes)
    suffix = files.suffix(path)
    if suffix == ".tmx":
        return _reading(_segments(_corpus(path), str(path)))
    with opened(path) as lines:
        return _reading(_lines(lines, suffix, path))


def _read_folder(path: Path, suffixes: Sequence[str]) -> Reading:
    if (path / "beads.jsonl").is_file():
        return _read_path(path / "beads.jsonl", suffixes)
    found = sorted(file for file in path.iterdir() if files.suffix(file) in suffixes)
    if not found:
        kinds = " or ".join(f"*{suffix}" for suffix in suffixes)
        raise SongnguError(f"{path}: neither beads.jsonl nor {kinds} files in this folder")
    rows: list[Row] = []
    for file in found:
        with opened(file) as lines:
            rows += _ladder(lines, str(file), files.stem(file))
    return Reading(tuple(rows), tuple(files.stem(file) for file in found))


def _lines(lines: Iterable[str], suffix: str, path: Path) -> Iterator[Row]:
    where = str(path)
    if suffix in JSON_LINES:
        return _jsonl(lines, where)
    if suffix in (".tsv", ".tab"):
        return _tsv(lines, where)
    if suffix in ("", ".ladder", ".txt", ".gold"):
        return _ladder(lines, where, files.stem(path))
    choices = ".ladder, .tsv, .jsonl, .tmx or a folder"
    raise UsageError(f"{where}: {suffix} is no form of an alignment; choose from {choices}")


def _rows(beads: Iterable[Any], where: str, document: str) -> Iterator[Row]:
    for number, bead in enumerate(beads):
        at = f"{where}, bead {number}"
        if isinstance(bead, Bead):
            yield Row(at, document, bead.source, bead.target, confidence=bead.confidence)
        elif isinstance(bead, Segment):
            yield _segment_row(bead, at)
        else:
            yield _pair_row(bead, at, document)


def _pair_row(bead: Any, where: str, document: str) -> Row:
    try:
        source, target, *rest = bead
        sides = [(s,) if isinstance(s, int) else tuple(sorted({int(i) for i in s})) for s in (source, target)]
    except (TypeError, ValueError) as error:
        raise UsageError(f"{where}: expected a Bead or (source numbers, target numbers), not {bead!r}") from error
    return Row(where, document, sides[0], sides[1], not (rest and str(rest[0]).lower() in _POSSIBLE))


def _ladder(lines: Iterable[str], where: str, document: str) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LADDER.match(line)
        if match is None:
            shown = repr(line.strip()[:80])
            raise SongnguError(f"{where}, line {number}: expected [sources]:[targets] or …:score, not {shown}")
        source, target = (_numbers(match[group], f"{where}, line {number}") for group in (1, 2))
        if source or target:
            last = match[3] or ""
            yield Row(
                f"{where}, line {number}", document, source, target, last.lower() not in _POSSIBLE, _probability(last)
            )


def _probability(value: Any) -> float | None:
    # a ladder's third field may be a cost or a raw score; only a value in [0, 1] can be a confidence
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= 1 else None


def _numbers(text: str, where: str) -> tuple[int, ...]:
    match = _NUMBERS.match(text.strip())
    if match is None:
        raise SongnguError(f"{where}: expected sentence numbers such as [0, 1], not {text[:40]!r}")
    return tuple(sorted({int(number) for number in re.findall(r"\d+", match[0])}))


def _jsonl(lines: Iterable[str], where: str) -> Iterator[Row]:
    for record, at in values(lines, where):
        if isinstance(record, dict) and isinstance(record.get("beads"), list):
            for bead in record["beads"]:
                yield _record(bead, at, _document(record))
        else:
            yield _record(record, at, None)


def _document(record: Mapping[str, Any]) -> str:
    names = [str(record[key]) for key in ("source", "target") if isinstance(record.get(key), str)]
    return "-".join(names) or str(record.get("document", record.get("id", "")))


def _record(record: Any, where: str, document: str | None) -> Row:
    if isinstance(record, list):
        return _pair_row(record, where, document or "")
    if not isinstance(record, dict):
        raise SongnguError(f"{where}: expected an object with source_sentences and target_sentences")
    sides = [record.get(name, record.get(name.split("_")[0])) for name in _NAMES]
    texts = (record.get("source_text"), record.get("target_text"))
    known = all(isinstance(side, list) and all(isinstance(i, int) for i in side) for side in sides)
    both = isinstance(texts[0], str) and isinstance(texts[1], str)
    if not known and not both:
        raise SongnguError(f"{where}: expected source_sentences and target_sentences (lists of numbers) or both texts")
    return Row(
        where,
        _document(record) if document is None else document,
        tuple(sorted(set(sides[0]))) if known else None,  # type: ignore[arg-type]
        tuple(sorted(set(sides[1]))) if known else None,  # type: ignore[arg-type]
        _is_sure(record),
        _probability(record.get("confidence")),
        (texts[0], texts[1]) if both else None,  # type: ignore[arg-type]
    )


def _is_sure(record: Mapping[str, Any]) -> bool:
    """Gold marks possible beads by `sure: false`, `possible: true` or a kind, label or certainty of "possible" or
    "P"."""
    if "sure" in record:
        return record["sure"] in (True, 1, "1", "true", "S", "sure")
    if "possible" in record:
        return record["possible"] not in (True, 1, "1", "true")
    marks = (record.get(name) for name in ("kind", "label", "certainty"))
    return not any(str(mark).lower() in _POSSIBLE for mark in marks)


def _tsv(lines: Iterable[str], where: str) -> Iterator[Row]:
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        cells, at = line.rstrip("\r\n").split("\t"), f"{where}, line {number}"
        if number == 1 and (set(_NAMES) <= set(cells) or {"source_text", "target_text"} <= set(cells)):
            header = cells
        elif line.strip():
            yield _header_row(cells, header, at) if header else _bare_row(cells, at)


def _header_row(cells: Sequence[str], header: Sequence[str], where: str) -> Row:
    if len(cells) != len(header):
        raise SongnguError(f"{where}: {len(cells)} columns; the header has {len(header)}")
    record: dict[str, Any] = dict(zip(header, cells, strict=True))
    for name in _NAMES:
        if name in record:
            record[name] = list(_numbers(record[name], where))
    return _record(record, where, None)


def _bare_row(cells: Sequence[str], where: str) -> Row:
    """Without a header: numbers, numbers; or document, document, numbers, numbers; then perhaps S or P or a
    confidence."""
    numeric = len(cells) >= 2 and all(_NUMBERS.match(cell.strip()) for cell in cells[:2])
    at = 0 if numeric and not (len(cells) >= 4 and all(_NUMBERS.match(c.strip()) for c in cells[:4])) else 2
    if len(cells) < at + 2:
        raise SongnguError(f"{where}: expected two columns of sentence numbers, or two document ids and those")
    source, target = (_numbers(cell, where) for cell in cells[at : at + 2])
    rest = cells[at + 2] if len(cells) > at + 2 else ""
    return Row(where, "-".join(cells[:at]), source, target, rest.strip().lower() not in _POSSIBLE, _probability(rest))


def _corpus(path: Path) -> Iterable[Segment]:
    from ..data.corpus import open_corpus

    return open_corpus(path)


def _segments(segments: Iterable[Segment], where: str) -> Iterator[Row]:
    for number, segment in enumerate(segments, 1):
        yield _segment_row(segment, f"{where}, unit {number}")


def _segment_row(segment: Segment, where: str) -> Row:
    numbered = bool(segment.source_sentences or segment.target_sentences)
    return Row(
        where,
        "-".join(name for name in (segment.source, segment.target) if name),
        segment.source_sentences if numbered else None,
        segment.target_sentences if numbered else None,
        confidence=segment.confidence,
        texts=(segment.source_text, segment.target_text),
    )


def sentences_of(document: str, sentences: Mapping[str, Sequence[str]]) -> tuple[Sequence[str], Sequence[str]] | None:
    """Both documents' sentences, where a pair is named by two ids with a hyphen between them (ids may have some,
    too); None where they are not known."""
    for at, c in enumerate(document):
        if c == "-" and document[:at] in sentences and document[at + 1 :] in sentences:
            return sentences[document[:at]], sentences[document[at + 1 :]]
    return None


def _sides(document: str, where: str, sentences: Mapping[str, Sequence[str]]) -> tuple[Sequence[str], Sequence[str]]:
    if (found := sentences_of(document, sentences)) is None:
        raise SongnguError(f"{where}: no sentences are given for the documents of {document!r}")
    return found


def _renumbered(rows: Sequence[Row], sentences: tuple[Sequence[str], Sequence[str]]) -> Iterator[Row]:
    held: list[tuple[list[int], list[int]]] = [([], []) for _ in rows]
    for side, texts in enumerate(sentences):
        keys = [_text_key(row)[side] for row in rows]
        for number, text in enumerate(texts):
            pieces = set(_pieces(text))
            shares = [_share(pieces, set(key)) for key in keys]
            if shares and max(shares) >= _HALF:
                held[shares.index(max(shares))][side].append(number)
    for row, (source, target) in zip(rows, held, strict=True):
        if source or target:
            yield replace(row, source=tuple(source), target=tuple(target))


def _share(pieces: set[str], of: set[int | str]) -> float:
    if len(pieces) == 1 and not pieces & of:
        # a short sentence is one piece; inside a longer text it stands in others
        words = f" {next(iter(pieces))} "
        return float(any(words in f" {piece} " for piece in of))
    return len(pieces & of) / max(len(pieces), 1)


def _text_key(row: Row) -> Key:
    if row.texts is None:
        raise SongnguError(f"{row.where}: this bead has numbers and no texts; what it is compared with has texts")
    return _pieces(row.texts[0]), _pieces(row.texts[1])


def _pieces(text: str) -> tuple[str, ...]:
    """Overlapping runs of words, so that equal texts are equal and beads that share text share a piece."""
    words = fold(one_line(text)).split()
    if len(words) <= _PIECE:
        return (" ".join(words),) if words else ()
    return tuple(dict.fromkeys(" ".join(words[i : i + _PIECE]) for i in range(len(words) - _PIECE + 1)))
