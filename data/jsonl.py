"""JSON Lines: one segment a line, with the names of `beads.jsonl` and the languages, dates and origins beside them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import files
from .core import Corpus, Segment
from .errors import SongnguError, UsageError
from .formats import Again, Format, Reading, Sink, Target, lines
from .languages import canonical

SUFFIXES = (".jsonl", ".json", ".ndjson")
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_decode = json.JSONDecoder().raw_decode
_OPTIONAL = (
    "source_date",
    "target_date",
    "source_url",
    "target_url",
    "provenance",
    "split",
)
_TEXTS = ("source_text", "target_text")


def parse(line: str) -> Any:
    """The value of a line of JSON: `json.loads` without its search for white space, which takes a fifth of its time.

    Raises:
        ValueError: not JSON.
    """
    try:
        value, end = _decode(line)
    except ValueError:
        return json.loads(line)  # white space before it, or the error
    return value if line[end:].isspace() or end == len(line) else json.loads(line)


def values(lines: Iterable[str], where: str) -> Iterator[tuple[Any, str]]:
    """The value of every line with its place (`beads.jsonl, line 3`); empty lines are skipped.

    Raises:
        SongnguError: a line that is not JSON.
    """
    for number, line in enumerate(lines, 1):
        if line and not line.isspace():
            at = f"{where}, line {number}"
            try:
                value = parse(line)
            except (ValueError, RecursionError) as error:
                raise SongnguError(f"{at}: not JSON ({_flaw(error)})") from error
            yield value, at


def _flaw(error: Exception) -> str:
    return f"{error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"


def objects(lines: Iterable[str], where: str) -> Iterator[tuple[dict[str, Any], str]]:
    """As `values`, for records that must be objects."""
    for value, at in values(lines, where):
        if not isinstance(value, dict):
            raise SongnguError(f"{at}: expected an object, not {json.dumps(value, ensure_ascii=False)[:40]}")
        yield value, at


def record(segment: Segment) -> dict[str, Any]:
    """The segment as a JSON object; unknown dates, URLs and the like are left out."""
    s = segment
    known: dict[str, Any] = {
        "source": s.source,
        "target": s.target,
        "source_sentences": list(s.source_sentences),
        "target_sentences": list(s.target_sentences),
        "source_text": s.source_text,
        "target_text": s.target_text,
        "shape": s.shape,
        "score": s.score,
        "confidence": s.confidence,
    }
    for name in _OPTIONAL:
        if (value := getattr(s, name)) is not None:
            known[name] = value
    if s.extra:
        known["extra"] = dict(s.extra)
    return known


def segment_of(values: Mapping[str, Any]) -> Segment:
    """The segment of a JSON object with our field names.

    Raises:
        ValueError: a text is missing or a value has another type.
    """
    get = values.get
    source, target = get("source_text"), get("target_text")
    if not (isinstance(source, str) and isinstance(target, str)):
        raise ValueError("no source_text and target_text")
    try:
        return Segment(
            source,
            target,
            get("source") or "",
            get("target") or "",
            tuple(get("source_sentences") or ()),
            tuple(get("target_sentences") or ()),
            get("score"),
            get("confidence"),
            get("source_date"),
            get("target_date"),
            get("source_url"),
            get("target_url"),
            get("provenance"),
            get("split"),
            get("extra") or {},
        )
    except TypeError as error:
        raise ValueError(str(error)) from error


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.jsonl`."""
    languages = {"source_language": target.source_language, "target_language": target.target_language}
    encode = _ENCODER.encode
    with lines(target, ".jsonl") as write:
        yield lambda batch: write(line_of(encode(record(s) | languages)) for s in batch)


def line_of(encoded: str) -> str:
    """A JSON text as a line: the separators that JSON allows in strings but other programs break lines at are escaped."""
    if encoded.splitlines() != [encoded]:
        for separator in "\x85\u2028\u2029":
            encoded = encoded.replace(separator, f"\\u{ord(separator):04x}")
    return encoded + "\n"


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in a JSONL file: ours, `beads.jsonl`, or objects that have the languages as keys (also in `translation`)."""
    source, target = options.languages(path, _languages)
    return Corpus(source, target, Again(lambda: _rows(path, options, source, target)), (str(path),))


def _languages(path: Path) -> tuple[str | None, str | None]:
    with files.open_text(path) as stream:
        try:
            first = json.loads(stream.readline())
        except ValueError:
            return None, None
    if not isinstance(first, dict):
        return None, None
    source, target = first.get("source_language"), first.get("target_language")
    if source and target:
        return canonical(str(source)), canonical(str(target))
    keys = [key for key in first.get("translation", first) if _is_tag(key)]
    return (canonical(keys[0]), canonical(keys[1])) if len(keys) == 2 else (None, None)


def _is_tag(key: str) -> bool:
    try:
        return len(key.split("-", maxsplit=1)[0]) in (2, 3) and bool(canonical(key))
    except UsageError:
        return False


def _rows(path: Path, options: Reading, source: str, target: str) -> Iterator[Segment]:
    with files.open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                yield _segment(parse(line), source, target)
            except ValueError as error:
                options.reject(path, number, str(error))


def _segment(values: Any, source: str, target: str) -> Segment:
    if not isinstance(values, dict):
        raise ValueError("not a JSON object")
    if "source_text" not in values:
        texts = {canonical(key): text for key, text in values.get("translation", values).items() if _is_tag(key)}
        if source in texts and target in texts:
            values = {**values, "source_text": texts[source], "target_text": texts[target]}
        elif isinstance(values.get("source"), str) and isinstance(values.get("target"), str):
            # as most tools name them; beside source_text these are document ids
            values = {"source_text": values["source"], "target_text": values["target"]}
        else:
            raise ValueError(f"no source_text and target_text, nor {source} and {target}, nor source and target")
    return segment_of(values)


FORMAT = Format(
    "jsonl",
    "JSON Lines with every field",
    writing,
    lambda target: (target.path(".jsonl"),),
    (".jsonl", ".ndjson"),
    reading,
)
