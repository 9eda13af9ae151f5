"""The stages of `build` as plain functions of one shard: each reads its input, writes one file, and returns what it counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import files, progress, records
from ..data.core import Alignment, Document, DocumentPair, Rejected

if TYPE_CHECKING:
    from ..models.encoders import Encoder


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Input files that make one shard of documents, and the two files that hold the result."""

    inputs: tuple[Path, ...]
    documents: Path
    rejected: Path
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlignTask:
    """Document pairs that make one shard of beads, and the file that holds the result."""

    pairs: tuple[tuple[DocumentPair, Document, Document], ...]
    beads: Path
    encoder: str


def read_shard(task: ReadTask) -> int:
    """Read, clean and split the task's inputs; return how many documents were kept."""
    from ..data.reading import ReadingSettings, read
    from .splitting import split_document

    rejected: list[Rejected] = []
    settings = ReadingSettings(near_duplicates=0)  # copies may stand in other shards: they are looked for among all
    found = read(list(task.inputs), rejected=rejected.append, languages=task.languages or None, settings=settings)
    count = records.write_lines(
        task.documents, (records.whole_record(split_document(d)) for d in progress.track(found, "read reports"))
    )
    # written last: a shard is done when this file is there
    records.write_lines(task.rejected, map(records.rejected_record, rejected))
    return count


def align_shard(task: AlignTask) -> int:
    """Align the task's pairs; return how many beads were found."""
    coder = shared_encoder(task.encoder)
    return records.write_lines(task.beads, _bead_records(task, coder))


def _bead_records(task: AlignTask, coder: Encoder) -> Iterator[dict]:
    from ..models.wordspace import encoded
    from .alignment import align

    for language in dict.fromkeys(d.language for _, *sides in task.pairs for d in sides):
        sides = (d for _, *both in task.pairs for d in both if d.language == language)
        # one well-filled run; what follows finds its sentences in memory
        encoded(coder, list(dict.fromkeys(text for d in sides for text in d.sentence_texts)), language)
    for pair, source, target in progress.track(task.pairs, "align pairs"):
        beads = align(
            source.sentence_texts,
            target.sentence_texts,
            source_language=source.language,
            target_language=target.language,
            encoder=coder,
        )
        yield from records.bead_records(Alignment(pair, tuple(beads)), source, target)


@cache
def shared_encoder(name: str) -> Encoder:
    """One remembering encoder a process, so that pairing and every shard of alignment share its vectors."""
    from ..models.caching import CachingEncoder
    from ..models.encoders import encoder

    return CachingEncoder(encoder(name), words=True)


def stored(path: Path) -> Iterator[dict]:
    """The records of a JSON Lines file that a stage wrote."""
    with files.open_text(path) as stream:
        for line in stream:
            yield json.loads(line)
