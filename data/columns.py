"""Segments as Arrow tables, with the texts in the Hugging Face `Translation` feature; Parquet and datasets share them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .core import Segment

if TYPE_CHECKING:
    import datasets
    import pyarrow

_STRINGS = ("source_date", "target_date", "source_url", "target_url", "provenance", "split")


def features(source_language: str, target_language: str) -> datasets.Features:
    """The columns as Hugging Face `datasets` describes them."""
    from datasets import Features, List, Translation, Value

    text, real, whole = Value("string"), Value("float64"), List(Value("int32"))
    return Features(
        {
            "translation": Translation(languages=[source_language, target_language]),
            "confidence": real,
            "score": real,
            "shape": text,
            "source": text,
            "target": text,
            "source_sentences": whole,
            "target_sentences": whole,
            **dict.fromkeys(_STRINGS, text),
            "extra": text,
        }
    )


def schema(source_language: str, target_language: str) -> pyarrow.Schema:
    """The Arrow schema, with the features as metadata that `datasets` reads; source before target."""
    import pyarrow as pa

    found = features(source_language, target_language).arrow_schema
    # datasets sorts the languages of a Translation; the order tells us which one is the source
    sides = pa.struct([(source_language, pa.string()), (target_language, pa.string())])
    return found.set(0, pa.field("translation", sides))


def batch_of(segments: Sequence[Segment], kind: pyarrow.Schema) -> pyarrow.RecordBatch:
    """The segments as a record batch of that schema."""
    import pyarrow as pa

    source_language, target_language = (field.name for field in kind.field(0).type)
    values: dict[str, list[Any]] = {
        "translation": [{source_language: s.source_text, target_language: s.target_text} for s in segments],
        "source_sentences": [list(s.source_sentences) for s in segments],
        "target_sentences": [list(s.target_sentences) for s in segments],
        "extra": [json.dumps(dict(s.extra), ensure_ascii=False) if s.extra else None for s in segments],
    }
    columns = [
        pa.array(values.get(field.name) or [getattr(s, field.name) for s in segments], field.type) for field in kind
    ]
    return pa.record_batch(columns, schema=kind)


def segments_of(batch: pyarrow.RecordBatch) -> list[Segment]:
    """The segments of a record batch; columns that are missing are unknown values."""
    from .jsonl import segment_of

    rows = []
    for row in batch.to_pylist():
        source, target = list(row.pop("translation").values())
        extra = json.loads(row["extra"]) if row.get("extra") else {}
        rows.append(segment_of(row | {"source_text": source, "target_text": target, "extra": extra}))
    return rows
