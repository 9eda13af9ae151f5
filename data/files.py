"""Opening and writing files: compression by suffix, and writes that are whole or not there at all."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TextIO, cast

from .errors import SongnguError

COMPRESSED = (".gz", ".zst")


def suffix(path: Path) -> str:
    """The suffix that tells the format, without compression and in lower case: `a.JSONL.gz` → `.jsonl`."""
    name = path.name.lower()
    for end in COMPRESSED:
        name = name.removesuffix(end)
    return Path(name).suffix


def stem(path: Path) -> str:
    """The file's name without format and compression suffixes: `a.b.jsonl.gz` → `a.b`."""
    name = path.name
    for end in COMPRESSED:
        if name.lower().endswith(end):
            name = name[: -len(end)]
    return Path(name).stem or name


def open_bytes(path: Path) -> IO[bytes]:
    """A binary stream of the file's uncompressed content; `-` is standard input."""
    if str(path) == "-":
        return sys.stdin.buffer
    if path.name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.name.lower().endswith(".zst"):
        import zstandard

        return zstandard.open(path, "rb")
    return path.open("rb")


def open_text(path: Path) -> TextIO:
    """A UTF-8 text stream of the file's uncompressed content (a BOM is skipped); `-` is standard input.

    Only LF and CRLF end a line, so that Unicode line separators inside a record stay inside it.
    """
    return io.TextIOWrapper(open_bytes(path), encoding="utf-8-sig", newline="\n")


@contextlib.contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """The file's lines; what goes wrong while they are read becomes an error that names the file.

    Raises:
        SongnguError: the file is not there, or is not UTF-8 text.
    """
    if str(path) != "-" and not path.is_file():
        raise SongnguError(f"{path}: no such file")
    try:
        with open_text(path) as lines:
            yield lines
    except UnicodeDecodeError as error:
        raise SongnguError(f"{path}: not UTF-8 text ({error.reason} at byte {error.start})") from error


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its name when the block ends well and disappears when it does not.

    Raises:
        SongnguError: the folder cannot be written or the disk is full; what was there before is untouched.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
        temporary = None
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise SongnguError(f"cannot write {path}: {error.strerror or error}; nothing was changed there") from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text stream to a file that appears under its name only when complete; `-` is standard output.

    The suffix decides on compression. Line breaks are LF on every system, and gzip carries no time stamp, so the same
    content gives the same bytes.
    """
    if str(path) == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    with atomic(path) as temporary, temporary.open("wb") as raw, _compressor(raw, path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n")
        yield text
        text.flush()
        text.detach()


def _compressor(raw: IO[bytes], path: Path) -> contextlib.AbstractContextManager[IO[bytes]]:
    if path.name.lower().endswith(".gz"):
        return cast("contextlib.AbstractContextManager[IO[bytes]]", gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
    if path.name.lower().endswith(".zst"):
        import zstandard

        return zstandard.ZstdCompressor(level=10).stream_writer(raw, closefd=False)
    return contextlib.nullcontext(raw)


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
