"""Bitext formats: a registry, one pass over a corpus that writes several of them, and reading any of them back.

A format is one module here (`tsv.py`, `tmx.py`, …) that offers `FORMAT`; other packages add theirs with an entry point of the
group `songngu.formats` whose object is a `Format`.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module, metadata
from pathlib import Path

from . import files
from .core import Corpus, Rejected, Segment
from .errors import SongnguError, UsageError, choose
from .languages import canonical
from .progress import Progress

# The module of each built-in format; a module is imported when its format is used.
BUILT_IN = {
    "tsv": "tsv",
    "jsonl": "jsonl",
    "moses": "moses",
    "tmx": "tmx",
    "xliff": "xliff",
    "xliff12": "xliff:FORMAT_OLD",
    "parquet": "parquet",
    "hf": "hf",
    "chat": "chat",
    "xlsx": "xlsx",
    "tei": "tei",
}
GROUP = "songngu.formats"
SPLITS = ("train", "validation", "test")
_BATCH = 1000
_WRITTEN = 100  # segments written at once: what fits a processor's cache is a fifth faster than a thousand

Sink = Callable[[Sequence[Segment]], object]
OnRejected = Callable[[Rejected], object]


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export goes, and what a header needs to know of the corpus. `split` is None for a corpus without splits."""

    folder: Path
    name: str
    source_language: str
    target_language: str
    compression: str = ""
    split: str | None = None
    signature: str = ""

    def path(self, suffix: str) -> Path:
        """The path of a file of this target: `bitext.tsv`, `bitext.train.tsv.gz`; `-` in the folder `-`, standard output."""
        if str(self.folder) == "-":
            return self.folder
        part = f".{self.split}" if self.split else ""
        return self.folder / f"{self.name}{part}{suffix}{self.compression}"


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a bitext and, where it can hold one, to read it.

    `writing` opens the target's files and takes batches of segments until its block ends, when the files appear under their
    names. `files` are the paths that it writes. A format that `holds_splits` gets the whole corpus in one target;
    the others get one target a split. `compressible` formats may be followed by `.gz` or `.zst`.
    """

    name: str
    summary: str
    writing: Callable[[Target], AbstractContextManager[Sink]]
    files: Callable[[Target], tuple[Path, ...]]
    suffixes: tuple[str, ...] = ()
    reading: Callable[[Path, Reading], Corpus] | None = None
    holds_splits: bool = False
    compressible: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a bitext: its languages where the file does not say them, and where unusable rows are told.

    Without `rejected` the first unusable row is an error.
    """

    source_language: str | None = None
    target_language: str | None = None
    rejected: OnRejected | None = None

    def languages(self, path: Path, told: Callable[[Path], Sequence[str | None]] | None = None) -> tuple[str, str]:
        """Both languages as given, or as `told(path)` reads them in the file; the error asks for those that are missing."""
        source, target = self.source_language, self.target_language
        if told and not (source and target):
            found = told(path)
            source, target = source or found[0], target or found[1]
        if not (source and target):
            raise UsageError(f"{path} does not say which languages it holds; give both (--source fr --target vi)")
        return source, target

    def reject(self, path: Path, line: int, why: str) -> None:
        """Tell that one row cannot be used, or raise where nobody listens."""
        if self.rejected is None:
            raise SongnguError(f"{path}, line {line}: {why}")
        self.rejected(Rejected(why=f"line {line}: {why}", path=str(path)))


@cache
def names() -> tuple[str, ...]:
    """The names of all formats: built-in ones first, then those of other packages."""
    others = (point.name for point in metadata.entry_points(group=GROUP))
    return tuple(dict.fromkeys((*BUILT_IN, *others)))


@cache
def get(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: there is none; the message lists the choices.
    """
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        return getattr(import_module(f".{module}", __package__), attribute or "FORMAT")
    for point in metadata.entry_points(group=GROUP, name=name):
        return point.load()
    raise choose("format", name, names())


def parse(names_: str | Iterable[str]) -> list[tuple[Format, str]]:
    """Formats with their compression: `"tsv.gz,tmx"` → [(tsv, ".gz"), (tmx, "")]."""
    listed = names_.split(",") if isinstance(names_, str) else names_
    parsed = [_parse_one(name.strip()) for name in listed if name.strip()]
    if not parsed:
        raise UsageError(f"no format given; choose from {', '.join(names())}")
    return list(dict.fromkeys(parsed))


def _parse_one(name: str) -> tuple[Format, str]:
    ends = [end for end in files.COMPRESSED if name.endswith(end)]
    compression = ends[0] if ends else ""
    found = get(name.removesuffix(compression))
    if compression and not found.compressible:
        raise UsageError(f"{found.name} is compressed inside; write {found.name}, not {name}")
    return found, compression


def write(corpus: Corpus, out: Path | str, formats: str | Sequence[str], *, name: str = "bitext") -> list[Path]:
    """Write the corpus in all formats in one pass and return the files' paths.

    A format may carry a compression (`tsv.gz`). Segments with a split go to files of their own (`bitext.train.tsv`).
    Memory is bounded by a batch; a file has its name only when it is complete; the same corpus gives the same bytes.

    Raises:
        UsageError: an unknown format. SongnguError: the folder cannot be written or the disk is full.
    """
    chosen = parse(formats)
    target = Target(
        Path(out), name, corpus.source_language, corpus.target_language, signature=corpus.signature
    )  # fmt: skip
    written: dict[Path, None] = {}
    with ExitStack() as stack, Progress("export", unit="seg") as progress:
        sinks = [_sink(stack, form, replace(target, compression=end), written) for form, end in chosen]
        for batch in batches(corpus, _WRITTEN):
            for sink in sinks:
                sink(batch)
            progress.advance(len(batch))
        for sink in sinks:
            sink(())
    return list(written)


def check_pipe(formats: str | Sequence[str]) -> None:
    """Make sure that the formats can be written to standard output: a single one, of one plain text file.

    Raises:
        UsageError: they cannot; the message lists those that can.
    """
    chosen = parse(formats)
    one_file = [name for name in names() if _is_one_text(get(name))]
    if len(chosen) != 1 or chosen[0][1] or chosen[0][0].name not in one_file:
        raise UsageError(f"standard output takes one format, uncompressed: {', '.join(one_file)}; else give a folder")


def _is_one_text(form: Format) -> bool:
    # what is text can be compressed from outside
    return form.compressible and len(form.files(Target(Path(), "bitext", "fr", "vi"))) == 1


def batches(segments: Iterable[Segment], size: int = _BATCH) -> Iterator[list[Segment]]:
    """The segments in lists of `size`."""
    source = iter(segments)
    while batch := list(itertools.islice(source, size)):
        yield batch


def _sink(stack: ExitStack, form: Format, target: Target, written: dict[Path, None]) -> Sink:
    """A sink that opens the target's files when the first segment of a split comes, or at the end for an empty corpus."""
    opened: dict[str | None, Sink] = {}

    def sink_for(split: str | None) -> Sink:
        if split not in opened:
            part = replace(target, split=split)
            opened[split] = stack.enter_context(form.writing(part))
            written.update(dict.fromkeys(form.files(part)))
        return opened[split]

    def take(batch: Sequence[Segment]) -> None:
        if form.holds_splits:
            sink_for(None)(batch)
            return
        for split, part in _by_split(batch):
            sink_for(split)(part)
        if not batch and not opened:
            sink_for(None)

    return take


def _by_split(batch: Sequence[Segment]) -> list[tuple[str | None, Sequence[Segment]]]:
    parts: dict[str | None, list[Segment]] = {}
    if all(segment.split is None for segment in batch):
        return [(None, batch)] if batch else []
    for segment in batch:
        parts.setdefault(segment.split, []).append(segment)
    return list(parts.items())


def read_bitext(
    path: Path | str,
    *,
    source_language: str | None = None,
    target_language: str | None = None,
    rejected: OnRejected | None = None,
) -> Corpus:
    """A corpus that streams a bitext file of any format that can be read; it can be iterated again and again.

    The suffix decides on the format; a Moses bitext is named by either file or by their common beginning. Languages are needed
    where the file does not tell them. `rejected` hears of rows that cannot be used; without it the first one is an error.

    Raises:
        UsageError: an unreadable format or missing languages. SongnguError: the file cannot be read.
    """
    path = Path(path)
    options = Reading(
        canonical(source_language) if source_language else None,
        canonical(target_language) if target_language else None,
        rejected,
    )
    reading = _reader(path)
    try:
        return reading(path, options)
    except OSError as error:
        raise SongnguError(f"cannot read {path}: {error.strerror or error}") from error


def readable() -> dict[str, Format]:
    """The formats that can be read, by suffix."""
    known = (get(name) for name in names())
    return {suffix: form for form in known if form.reading for suffix in form.suffixes}


def _reader(path: Path) -> Callable[[Path, Reading], Corpus]:
    known = readable()
    form = known.get(files.suffix(path))
    if form is None and "" in known and known[""].reading:
        form = known[""]  # Moses files have the language as their suffix
    if form is None or form.reading is None:
        listed = ", ".join(sorted(filter(None, known)))
        raise UsageError(f"{path}: no bitext format has the suffix {files.suffix(path)!r}; readable are {listed}")
    return form.reading


@dataclass(frozen=True, slots=True)
class Again:
    """An iterable that calls a generator function anew for each iteration, so that a streamed corpus can be read twice."""

    make: Callable[[], Iterator[Segment]]

    def __iter__(self) -> Iterator[Segment]:
        return self.make()


@contextlib.contextmanager
def lines(target: Target, suffix: str) -> Iterator[Callable[[Iterable[str]], object]]:
    """A function that writes lines to the target's text file with that suffix."""
    with files.writing(target.path(suffix)) as stream:
        # one write a batch is twice as fast as one a line
        yield lambda batch: stream.write("".join(batch))
