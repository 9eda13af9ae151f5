"""The JSON form of documents, pairs, beads and rejected inputs: the lines of the files that `build` writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import files
from .core import Alignment, Document, DocumentPair, Dropped, Rejected, Sentence


def document_record(document: Document) -> dict[str, Any]:
    """The line of `documents.jsonl`: sentences with their text and offsets, and everything that was dropped."""
    texts = document.sentence_texts
    return {
        "id": document.id,
        "path": document.path,
        "lang": document.language,
        "date": document.date,
        "title": document.title,
        "url": document.url,
        "site": document.site,
        "sentences": [
            {"start": s.start, "end": s.end, "paragraph": s.paragraph, "text": text}
            for s, text in zip(document.sentences, texts, strict=True)
        ],
        "dropped": [{"text": d.text, "why": d.why} for d in document.dropped],
    }


def whole_record(document: Document) -> dict[str, Any]:
    """A line from which `document_of` makes the same document again: the whole text, sentences as offsets."""
    record = document_record(document)
    record["text"] = document.text
    record["sentences"] = [[s.start, s.end, s.paragraph] for s in document.sentences]
    return record


def document_of(record: Mapping[str, Any]) -> Document:
    """The document of a `whole_record`."""
    return Document(
        id=record["id"],
        text=record["text"],
        language=record["lang"],
        sentences=tuple(Sentence(*offsets) for offsets in record["sentences"]),
        title=record["title"],
        date=record["date"],
        url=record["url"],
        site=record["site"],
        path=record["path"],
        dropped=tuple(Dropped(d["text"], d["why"]) for d in record["dropped"]),
    )


def pair_record(pair: DocumentPair) -> dict[str, Any]:
    """The line of `pairs.jsonl`."""
    return {
        "source": pair.source,
        "target": pair.target,
        "score": round(pair.score, 4),
        "confidence": round(pair.confidence, 4),
        "why": list(pair.why),
    }


def pair_of(record: Mapping[str, Any]) -> DocumentPair:
    """The pair of a line of `pairs.jsonl`."""
    return DocumentPair(
        record["source"], record["target"], record["score"], record["confidence"], tuple(record.get("why", ()))
    )


def bead_records(alignment: Alignment, source: Document, target: Document) -> Iterator[dict[str, Any]]:
    """The lines of `beads.jsonl` of one pair, null beads too; sentences of a bead are joined by a space."""
    ours, theirs = source.sentence_texts, target.sentence_texts
    for bead in alignment.beads:
        yield {
            "source": source.id,
            "target": target.id,
            "source_sentences": list(bead.source),
            "target_sentences": list(bead.target),
            "source_text": joined(ours, bead.source),
            "target_text": joined(theirs, bead.target),
            "shape": bead.shape,
            "score": round(bead.score, 4),
            "confidence": None if bead.confidence is None else round(bead.confidence, 4),
        }


def joined(texts: Sequence[str], indices: Iterable[int]) -> str:
    """The sentences of one side of a bead as one line of text."""
    return " ".join(" ".join(texts[i].split()) for i in indices)


def rejected_record(rejected: Rejected) -> dict[str, Any]:
    """The line of `rejected.jsonl`: a path, an id or both, and the reason."""
    origin = {"path": rejected.path, "id": rejected.id}
    return {**{key: value for key, value in origin.items() if value is not None}, "why": rejected.why}


def rejected_of(record: Mapping[str, Any]) -> Rejected:
    """The rejected input of a line of `rejected.jsonl`."""
    return Rejected(record["why"], record.get("path"), record.get("id"))


def write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> int:
    """Write JSON Lines that appear under their name only when complete; return how many."""
    count = 0
    with files.writing(path) as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count
