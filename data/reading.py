"""Reading reports: files and folders in, cleaned documents out, and a reason for everything that was not used."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from .blocks import Block, from_text
from .cleaning import Cleaned, clean
from .core import Document, Dropped, Rejected
from .dates import publication
from .decoding import Undecodable, decode
from .duplicates import once
from .errors import UsageError
from .files import open_bytes, stem, suffix
from .identification import identify, identify_blocks
from .languages import base, canonical
from .sites import without_repetition
from .text import normalise, one_line

PAGES = (".html", ".htm", ".xhtml")
TEXTS = (".txt", ".text")
RECORDS = (".jsonl", ".ndjson")
READABLE = (*TEXTS, *PAGES, *RECORDS)
_SURE = 0.8

Reject = Callable[[Rejected], None]


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """How reports are read.

    Attributes:
        max_bytes: the largest file or record after decompression; what is larger is rejected, so that a compressed bomb
            cannot fill the memory.
        min_words: documents with fewer words after cleaning are rejected.
        clean: whether to remove what is not the report.
        site_repetition: whether to remove blocks that many documents of one site share.
        near_duplicates: the similarity (Jaccard, 0 to 1) from which a report in the same language is a copy of an earlier
            one and is rejected; 0 keeps them all.
        zone: the newsroom's time zone (IANA), into which time stamps are converted before the day is taken; "" takes the
            day as stamped.
    """

    max_bytes: int = 32 * 2**20
    min_words: int = 4
    clean: bool = True
    site_repetition: bool = True
    near_duplicates: float = 0.8
    zone: str = ""


@dataclass(frozen=True, slots=True)
class _Record:
    """One report as it came in."""

    path: str
    id: str
    text: str
    is_page: bool = False
    language: str | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    flaw: str | None = None


class _Unusable(Exception):  # noqa: N818 it is a verdict that becomes a `Rejected`, not an error of the caller
    """Input that cannot be used; the message is the reason."""


def read(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    rejected: Reject | None = None,
    languages: Collection[str] | None = None,
    settings: ReadingSettings | None = None,
) -> Iterator[Document]:
    """Cleaned documents, in a fixed order (folders are walked by name), with language, date and title where they can be found.

    A few hundred documents are in memory at a time (a site's repetition shows only among many). Ids are unique: a second
    document with an id that is taken gets `id~2`, and so on. Nothing is lost silently and no input raises: what is not
    used goes to `rejected`, near-duplicates of an earlier report too.

    Args:
        paths: files or folders: `.txt`, `.html`, `.jsonl` (fields id, text or html, lang, date, url, title), each also `.gz`
            or `.zst`; `-` is standard input. Hidden files are skipped.
        rejected: called once for every file or record that is not used.
        languages: keep documents in these languages only; a document that does not say its language gets one of them
            unless it is clearly in another.
        settings: limits; see `ReadingSettings`.

    Raises:
        UsageError: `languages` holds something that is not a language tag, or the settings a time zone that does not exist.
    """
    options = settings or ReadingSettings()
    _check_zone(options.zone)
    report: Reject = rejected or (lambda _: None)
    wanted = tuple(canonical(tag) for tag in languages or ())
    listed = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    documents = _read(listed, report, wanted, options)
    if options.clean and options.site_repetition:
        documents = _told(without_repetition(documents), report, options)
    if options.near_duplicates:
        documents = once(documents, threshold=options.near_duplicates, rejected=report)
    return documents


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        _ = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"{name!r} is not a time zone; use an IANA name, e.g. Asia/Ho_Chi_Minh") from error


def expand(paths: Iterable[str | os.PathLike[str]], *, rejected: Reject | None = None) -> list[Path]:
    """The files that `read` would read below these paths, in its order; for sharing the work out."""
    return list(_files(paths, rejected or (lambda _: None)))


def with_unique_ids(documents: Iterable[Document]) -> Iterator[Document]:
    """The documents of several `read` calls, with `~2`, `~3`, … after ids that are taken."""
    taken: dict[str, int] = {}
    return (document.with_(id=_free(document.id, taken)) for document in documents)


def _told(documents: Iterable[Document], report: Reject, options: ReadingSettings) -> Iterator[Document]:
    """The documents that still tell something."""
    for document in documents:
        if len(document.text.split()) < options.min_words:
            report(Rejected("nothing left but what the site repeats", path=document.path, id=document.id))
        else:
            yield document


def _read(
    paths: Iterable[Any], report: Reject, languages: tuple[str, ...], options: ReadingSettings
) -> Iterator[Document]:
    taken: dict[str, int] = {}
    for path in _files(paths, report):
        for found in _records(path, options):
            if isinstance(found, Rejected):
                report(found)
                continue
            try:
                document = _document(found, languages, options)
            except _Unusable as reason:
                report(Rejected(str(reason), path=found.path, id=found.id))
                continue
            except Exception as error:  # one report that nobody foresaw must not end a run of thousands
                report(Rejected(f"cannot be understood: {type(error).__name__}: {error}", path=found.path, id=found.id))
                continue
            yield document.with_(id=_free(document.id, taken))


def _free(name: str, taken: dict[str, int]) -> str:
    """The id itself, or with the first `~number` that nobody has."""
    free = name
    while free in taken:
        taken[name] += 1
        free = f"{name}~{taken[name]}"
    taken[free] = 1
    return free


# ---- files -----------------------------------------------------------------------------------------------------------


def _files(paths: Iterable[Any], report: Reject) -> Iterator[Path]:
    """Every readable file below the paths, each once, in order of name; links are followed, but never in circles."""
    seen: set[tuple[int, int]] = set()
    for path in map(Path, paths):
        if str(path) == "-":
            yield path
            continue
        try:
            status = path.stat()
        except OSError as error:
            report(Rejected(f"cannot be read: {error.strerror}", path=str(path)))
            continue
        if not path.is_dir():
            if _is_new(status, seen):
                yield path
            continue
        yield from _below(path, seen, report)


def _is_new(status: os.stat_result, seen: set[tuple[int, int]]) -> bool:
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _below(folder: Path, seen: set[tuple[int, int]], report: Reject) -> Iterator[Path]:
    try:
        if not _is_new(folder.stat(), seen):
            return
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        report(Rejected(f"folder cannot be read: {error.strerror}", path=str(folder)))
        return
    for entry in entries:
        try:
            status = entry.stat()
        except OSError as error:
            report(Rejected(f"cannot be read: {error.strerror}", path=str(entry)))
            continue
        if entry.is_dir():
            yield from _below(entry, seen, report)
        elif suffix(entry) not in READABLE:
            report(
                Rejected(
                    f"unknown suffix {suffix(entry) or '(none)'!r}; readable are {', '.join(READABLE)}", path=str(entry)
                )
            )
        elif not entry.is_file():
            report(Rejected("not a regular file", path=str(entry)))
        elif _is_new(status, seen):
            yield entry


# ---- records ---------------------------------------------------------------------------------------------------------


def _records(path: Path, options: ReadingSettings) -> Iterator[_Record | Rejected]:
    """The reports in a file; whatever goes wrong ends it with one reason, after the records that came before."""
    try:
        if suffix(path) in RECORDS:
            yield from _lines(path, options)
        else:
            yield _whole(path, options)
    except _Unusable as reason:
        yield Rejected(str(reason), path=str(path))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        yield Rejected(f"broken compressed file: {error}", path=str(path))
    except OSError as error:
        yield Rejected(f"cannot be read: {error.strerror or error}", path=str(path))
    except Exception as error:  # zstandard's error class exists only where zstandard is loaded
        if type(error).__module__.partition(".")[0] != "zstandard":
            raise
        yield Rejected(f"broken compressed file: {error}", path=str(path))


def _whole(path: Path, options: ReadingSettings) -> _Record:
    with open_bytes(path) as stream:
        data = stream.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise _Unusable(f"larger than {options.max_bytes / 2**20:.0f} MiB (setting max_bytes)")
    if not data.strip():
        raise _Unusable("empty file")
    text, flaw = _decoded(data)
    name = "stdin" if str(path) == "-" else stem(path)
    return _Record(str(path), name, text, is_page=suffix(path) in PAGES or _is_markup(text), flaw=flaw)


def _decoded(data: bytes) -> tuple[str, str | None]:
    try:
        text, encoding = decode(data)
    except Undecodable as error:
        raise _Unusable(str(error)) from error
    return text, "bytes that are not UTF-8" if encoding.endswith("with errors") else None


def _is_markup(text: str) -> bool:
    head = text[:500].lstrip("\ufeff \t\r\n").casefold()
    return head.startswith(("<!doctype html", "<html")) or (head.startswith("<?xml") and "<html" in head)


def _lines(path: Path, options: ReadingSettings) -> Iterator[_Record | Rejected]:
    number = 0
    with open_bytes(path) as stream:
        for number, line in enumerate(_bounded_lines(stream, options.max_bytes), 1):
            if line is None:
                yield Rejected(
                    f"line {number}: larger than {options.max_bytes / 2**20:.0f} MiB (setting max_bytes)",
                    path=str(path),
                )
                continue
            if not line.strip():
                continue
            try:
                yield _record(path, number, line)
            except _Unusable as reason:
                yield Rejected(f"line {number}: {reason}", path=str(path))
    if not number:
        raise _Unusable("empty file")


def _bounded_lines(stream: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """The stream's lines, with None for one that is longer than the limit; never more than a line in memory."""
    head = stream.readline(limit + 1)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        # Line ends are not bytes there: take the file as a whole.
        data = head + stream.read(limit + 1 - len(head))
        if len(data) > limit:
            yield None
            return
        yield from (line.encode() for line in _decoded(data)[0].split("\n"))
        return
    for line in chain([head], iter(lambda: stream.readline(limit + 1), b"")):
        if len(line) <= limit:
            if line:
                yield line
            continue
        yield None
        rest = line
        skipped = 0
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(limit)
            skipped += len(rest)
            if skipped > 64 * limit:
                raise _Unusable("the rest is not read: no line end in sight")


def _record(path: Path, number: int, line: bytes) -> _Record:
    text, flaw = _decoded(line)
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Unusable(f"half-written or broken JSON ({getattr(error, 'msg', error)})") from error
    if not isinstance(fields, dict):
        raise _Unusable("not a JSON object")
    body, is_page = fields.get("text"), False
    if not isinstance(body, str) or not body.strip():
        body, is_page = fields.get("html"), True
    if not isinstance(body, str) or not body.strip():
        raise _Unusable(f"no text and no html in the record{_named(fields)}")
    name = _field(fields, "id") or f"{stem(path)}-{number}"
    language = _field(fields, "lang") or _field(fields, "language")
    return _Record(
        str(path),
        name,
        body,
        is_page,
        language,
        _field(fields, "title"),
        _field(fields, "date"),
        _field(fields, "url"),
        flaw,
    )


def _field(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return one_line(normalise(str(value))) or None


def _named(fields: dict[str, Any]) -> str:
    name = _field(fields, "id")
    return f" {name!r}" if name else ""


# ---- documents -------------------------------------------------------------------------------------------------------


def _document(record: _Record, languages: tuple[str, ...], options: ReadingSettings) -> Document:
    text = normalise(record.text)
    if record.is_page:
        from .pages import parse

        try:
            page = parse(text)
        except ValueError as error:
            raise _Unusable(str(error)) from error
        blocks, title = list(page.blocks), record.title or page.title
        date, url, said = record.date or page.date, record.url or page.url, record.language or page.language
    else:
        blocks, title = list(from_text(text)), record.title
        date, url, said = record.date, record.url, record.language
    if not any(block.text for block in blocks):
        raise _Unusable("no text in it")
    language = _language(said, blocks, languages, trusted=record.language is not None)
    cleaned = clean(blocks, language, title=title) if options.clean else _uncleaned(blocks, title)
    words = len(cleaned.text.split())
    if words < options.min_words:
        raise _Unusable(
            "nothing left after cleaning"
            if cleaned.dropped and not words
            else f"only {words} word{'s' * (words != 1)} of text"
        )
    flaw = (Dropped(record.flaw, "undecodable"),) if record.flaw else ()
    return Document(
        id=record.id,
        text=cleaned.text.replace("\ufffd", ""),
        language=language,
        title=cleaned.title,
        date=publication(
            cleaned.text, language, record=date, url=url, stamps=cleaned.stamps, zone=options.zone or None
        ),
        url=url,
        site=_site(url),
        path=record.path,
        dropped=cleaned.dropped + flaw,
    )


def _uncleaned(blocks: list[Block], title: str | None) -> Cleaned:
    return Cleaned(tuple(block.text for block in blocks if block.text), (), title)


def _language(said: str | None, blocks: list[Block], languages: tuple[str, ...], *, trusted: bool) -> str:
    """The document's language: as the record says, else as its text and its page say."""
    if said:
        try:
            tag = canonical(said)
        except UsageError:
            tag = ""
        if tag and trusted:
            return _wanted(tag, languages)
    found, sure = identify_blocks([block.text for block in blocks if not block.why] or [block.text for block in blocks])
    known = bool(found) and base(found) in {base(tag) for tag in languages}
    if languages and not known and sure < _SURE:
        found, sure = identify(" ".join(block.text for block in blocks), languages)
    if not found and languages:
        raise _Unusable(f"in no language that can be told, not one of {', '.join(languages)}")
    return _wanted(found, languages) if found else ""


def _wanted(tag: str, languages: tuple[str, ...]) -> str:
    if not languages:
        return tag
    for language in languages:
        if base(language) == base(tag):
            return tag
    raise _Unusable(f"language {tag}, not one of {', '.join(languages)}")


def _site(url: str | None) -> str | None:
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
