"""Segments as Arrow tables, with the texts in the Hugging Face `Translation` feature; Parquet and datasets share them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .core import Segment

if TYPE_CHECKING:
    import pyarrow

_STRINGS = ("source_date", "target_date", "source_url", "target_url", "provenance", "split")


def features(source_language: str, target_language: str) -> dict[str, Any]:
    """The columns as `datasets` describes them."""
    text, real = {"dtype": "string", "_type": "Value"}, {"dtype": "float64", "_type": "Value"}
    whole = {"feature": {"dtype": "int32", "_type": "Value"}, "_type": "Sequence"}
    return {
        "translation": {"languages": [source_language, target_language], "_type": "Translation"},
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


def schema(source_language: str, target_language: str) -> pyarrow.Schema:
    """The Arrow schema, with the features as metadata that `datasets` reads."""
    import pyarrow as pa

    kinds = {"string": pa.string(), "float64": pa.float64()}
    found = features(source_language, target_language)
    fields = [("translation", pa.struct([(source_language, pa.string()), (target_language, pa.string())]))]
    for name, feature in list(found.items())[1:]:
        fields.append((name, pa.list_(pa.int32()) if feature["_type"] == "Sequence" else kinds[feature["dtype"]]))
    about = json.dumps({"info": {"features": found}})
    return pa.schema(fields, metadata={"huggingface": about})


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
