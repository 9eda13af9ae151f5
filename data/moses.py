"""Moses: two plain-text files with a segment a line, and a third that keeps documents, sentence numbers and confidence.

`bitext.ids` has a line a segment in OPUS's layout: source document, target document, source sentences, target sentences, and then the
confidence. A document ends where its id changes, and no blank lines disturb the line numbers.
Moses has no escapes, so characters that break lines become spaces and control characters are left out.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import files
from .core import Corpus, Segment
from .errors import SongnguError, UsageError
from .formats import Again, Format, Reading, Sink, Target, lines, readable
from .languages import canonical
from .tsv import escape, numbers, segment_of, unescape

_IDS = ".ids"
_ID_COLUMNS = ("source", "target", "source_sentences", "target_sentences", "confidence")
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f\ufeff]")


def plain_line(text: str) -> str:
    """The text as one line: line breaks and tabs are spaces, controls are gone, no spaces at the ends."""
    if text.isprintable():
        return text.strip(" ")
    return _CONTROLS.sub("", _BREAKS.sub(" ", text)).strip(" ")


def _ids(segment: Segment) -> str:
    s = segment
    confidence = "" if s.confidence is None else s.confidence
    source, target = numbers(s.source_sentences), numbers(s.target_sentences)
    return f"{escape(s.source)}\t{escape(s.target)}\t{source}\t{target}\t{confidence}\n"


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.fr`, `bitext.vi` and `bitext.ids`."""
    with contextlib.ExitStack() as stack:
        source, other, ids = (stack.enter_context(lines(target, suffix)) for suffix in _suffixes(target))

        def take(batch: Sequence[Segment]) -> None:
            source(plain_line(s.source_text) + "\n" for s in batch)
            other(plain_line(s.target_text) + "\n" for s in batch)
            ids(map(_ids, batch))

        yield take


def _suffixes(target: Target) -> tuple[str, str, str]:
    return f".{target.source_language}", f".{target.target_language}", _IDS


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in two parallel files, named by either of them or by their common beginning."""
    source, target, languages = _find(path, options)
    ids = _sibling(source, _IDS)
    sides = (source, target, ids)
    return Corpus(*languages, Again(lambda: _rows(sides, options)), (str(path),))


def _find(path: Path, options: Reading) -> tuple[Path, Path, tuple[str, str]]:
    if path.is_file():
        prefix, given = files.stem(path), _language(path)
    else:
        prefix, given = path.name, None
    beside = sorted(path.parent.iterdir()) if path.parent.is_dir() else []
    found = {tag: p for p in beside if files.stem(p) == prefix and (tag := _language(p))}
    source, target = options.source_language, options.target_language
    others = [tag for tag in found if tag not in (given, source, target)]
    if not source:
        source = given if given != target else (others[0] if len(others) == 1 else None)
    if not target:
        rest = [tag for tag in found if tag != source]
        target = rest[0] if len(rest) == 1 else None
    if source in found and target in found and source and target:
        return found[source], found[target], (source, target)
    listed = ", ".join(found) or "none"
    raise UsageError(
        f"{path}: a Moses bitext is two files like {prefix}.fr and {prefix}.vi (languages found here: {listed}); "
        "name one of them and give --source and --target"
    )


def _language(path: Path) -> str | None:
    suffix = files.suffix(path)
    if not suffix or suffix in {_IDS, *readable()}:  # tsv and ids are languages too
        return None
    try:
        return canonical(suffix.removeprefix("."))
    except UsageError:
        return None


def _sibling(path: Path, suffix: str) -> Path | None:
    candidates = (path.with_name(f"{files.stem(path)}{suffix}{end}") for end in ("", *files.COMPRESSED))
    return next((p for p in candidates if p.is_file()), None)


def _rows(sides: tuple[Path, Path, Path | None], options: Reading) -> Iterator[Segment]:
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(files.open_text(side)) for side in sides if side]
        rows = itertools.zip_longest(*streams)
        for number, (source, target, *ids) in enumerate(rows, 1):
            if source is None or target is None or None in ids:
                raise SongnguError(_unequal([side for side in sides if side]))
            try:
                yield _segment(source.rstrip("\r\n"), target.rstrip("\r\n"), ids[0] if ids else "")
            except ValueError as error:
                options.reject(sides[2] or sides[0], number, str(error))


def _unequal(sides: list[Path]) -> str:
    counts = []
    for side in sides:
        with files.open_text(side) as stream:
            counts.append(f"{side.name}: {sum(1 for _ in stream)} lines")
    return f"{', '.join(counts)}; parallel files need one line each (songngu align aligns them)"


def _segment(source: str, target: str, ids: str) -> Segment:
    if not ids:
        return Segment(source, target)
    cells = map(unescape, ids.rstrip("\r\n").split("\t"))
    known = dict(zip(_ID_COLUMNS, cells, strict=False))
    return segment_of({"source_text": source, "target_text": target, **known})


FORMAT = Format(
    "moses",
    "one plain-text file a language, line by line, and .ids with documents",
    writing,
    lambda target: tuple(target.path(suffix) for suffix in _suffixes(target)),
    ("",),
    reading,
)
