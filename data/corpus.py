"""Opening a corpus: a folder that `songngu build` wrote, an exported dataset, or any bitext file that can be read."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import files, hf
from .core import Corpus, Segment
from .errors import SongnguError
from .formats import Again, OnRejected, Reading, read_bitext, readable
from .jsonl import objects, parse
from .languages import canonical

BEADS, DOCUMENTS, MANIFEST = "beads.jsonl", "documents.jsonl", "manifest.json"


def open_corpus(
    path: Path | str,
    *,
    source_language: str | None = None,
    target_language: str | None = None,
    rejected: OnRejected | None = None,
) -> Corpus:
    """A corpus that streams a build folder's beads, an exported folder or a bitext file; it can be iterated again.

    Text without a partner (null beads) is not part of it. Memory holds no more than ids, dates and URLs of the documents.

    Raises:
        SongnguError: there is nothing to read. UsageError: the languages are neither given nor told by the files.
    """
    path = Path(path)
    options = Reading(
        canonical(source_language) if source_language else None,
        canonical(target_language) if target_language else None,
        rejected,
    )
    beads = find(path, BEADS) if path.is_dir() else None
    if beads is not None:
        return _build_folder(path, beads, options)
    if (path / "dataset_dict.json").is_file() or (path / "dataset_info.json").is_file():
        return hf.reading(path, options)
    found = _exported(path) if path.is_dir() else [path]
    parts = [
        read_bitext(part, source_language=source_language, target_language=target_language, rejected=rejected)
        for part in found
    ]
    if path.is_dir():
        parts[0] = replace(parts[0], signature=str(manifest(path).get("signature") or ""))
    if len(parts) == 1:
        return parts[0]
    return replace(parts[0], segments=Again(lambda: itertools.chain.from_iterable(parts)), provenance=(str(path),))


def find(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder, compressed or not, if it is there."""
    candidates = (folder / f"{name}{end}" for end in ("", *files.COMPRESSED))
    return next((path for path in candidates if path.is_file()), None)


def _exported(folder: Path) -> list[Path]:
    """The files of the richest form in the folder: all splits and shards of it."""
    known = readable()
    for suffix in (".jsonl", ".parquet", *known):
        named = [p for p in sorted(folder.iterdir()) if files.suffix(p) == suffix and suffix and p.is_file()]
        found = [p for p in named if not p.name.startswith((".", "rejected.")) and ".chat." not in p.name]
        if found:
            return found
    raise SongnguError(
        f"{folder} is no corpus: it has neither {BEADS} nor a bitext file ({', '.join(filter(None, known))})"
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """What a segment takes over from its document."""

    language: str
    date: str | None
    url: str | None


def origins(folder: Path) -> dict[str, Origin]:
    """Language, date and URL of each document of a build folder, by id."""
    path = find(folder, DOCUMENTS)
    if path is None:
        return {}
    shared: dict[tuple[str, str | None, str | None], Origin] = {}
    found: dict[str, Origin] = {}
    for values in json_lines(path, until="sentences"):
        key = str(values.get("lang") or ""), values.get("date"), values.get("url")
        # most documents have no URL and share their date with others, so that this saves most of the memory
        found[str(values["id"])] = shared.setdefault(key, Origin(*key))
    return found


def json_lines(path: Path, *, until: str | None = None) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file that we wrote; of long ones only the fields before the list `until`.

    Raises:
        SongnguError: a line is not a JSON object; the message names it.
    """
    with files.open_text(path) as stream:
        lines = stream if until is None else (_before(line, f', "{until}": [') for line in stream)
        for record, _ in objects(lines, str(path)):
            yield record


def _before(line: str, field: str) -> str:
    # inside a string the quotation mark would have a backslash before it
    cut = line.find(field)
    return line if cut < 0 else line[:cut] + "}"


def manifest(folder: Path) -> dict[str, Any]:
    """The content of the folder's `manifest.json`, or nothing where it has none."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise SongnguError(f"cannot read {path}: {error}") from error
    return found if isinstance(found, dict) else {}


def _build_folder(folder: Path, beads: Path, options: Reading) -> Corpus:
    about, known = manifest(folder), origins(folder)
    source, target = _languages(folder, beads, about, known, options)
    signature = str(about.get("signature") or "")
    return Corpus(source, target, Again(lambda: _segments(beads, known, options)), (str(folder),), signature)


def _languages(
    folder: Path, beads: Path, about: Mapping[str, Any], known: Mapping[str, Origin], options: Reading
) -> tuple[str, str]:
    settings = about.get("settings")
    places = [about, settings if isinstance(settings, dict) else {}, next(json_lines(beads), {})]
    found = []
    for side, given in (("source", options.source_language), ("target", options.target_language)):
        values = [place.get(f"{side}_language") for place in places]
        document = known.get(str(places[-1].get(side)))
        values.append(document.language if document else None)
        found.append(given or next((canonical(str(value)) for value in values if value), None))
    return replace(options, source_language=found[0], target_language=found[1]).languages(folder)


def _segments(beads: Path, known: Mapping[str, Origin], options: Reading) -> Iterator[Segment]:
    nowhere = Origin("", None, None)
    get = known.get
    with files.open_text(beads) as stream:
        for number, line in enumerate(stream, 1):
            try:
                values = parse(line)
                # a bead with an empty side is text without a partner
                if values.get("source_text") and values.get("target_text"):
                    yield _segment(values, get(values["source"], nowhere), get(values["target"], nowhere))
            except (ValueError, TypeError, AttributeError, KeyError) as error:
                options.reject(beads, number, f"no bead: {error!r}")


def _segment(values: dict[str, Any], source: Origin, target: Origin) -> Segment:
    get = values.get
    return Segment(
        values["source_text"],
        values["target_text"],
        values["source"],
        values["target"],
        tuple(get("source_sentences") or ()),
        tuple(get("target_sentences") or ()),
        get("score"),
        get("confidence"),
        source.date,
        target.date,
        source.url,
        target.url,
    )
