"""Similarity of sentence vectors: the one door for centring and cosine.

An encoder's vectors share a large common part, another one in each language; without it a true pair and a random one lie at
0.66 and 0.08 instead of 0.89 and 0.77. A text's own mean tells that part best, but a short text's own mean is its subject, so it is
mixed with the mean of reference sentences that are the same in every language (`data/tables/<language>/reference.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..data.errors import SongnguError
from ..data.languages import base, tables

if TYPE_CHECKING:
    import numpy as np

    from .encoders import Encoder

# So many of the text's own sentences weigh as much as the reference.
REFERENCE_WEIGHT = 10.0
_known: WeakKeyDictionary[Encoder, dict[str, np.ndarray]] = WeakKeyDictionary()


def unit(rows: np.ndarray) -> np.ndarray:
    """The rows with length 1 (rows of zeros stay), float32."""
    import numpy as np

    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / np.maximum(norms, 1e-9)).astype(np.float32)


def checked(rows: np.ndarray, count: int, dimension: int, signature: str) -> np.ndarray:
    """The rows as float32 (count, dimension).

    Raises:
        SongnguError: an encoder gave another shape, or numbers that are not finite; the message has the encoder's name.
    """
    import numpy as np

    rows = np.asarray(rows, dtype=np.float32)
    if rows.shape != (count, dimension):
        raise SongnguError(
            f"encoder {signature} gave an array {rows.shape} for {count} sentences, not {(count, dimension)}"
        )
    if not np.isfinite(rows).all():
        bad = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise SongnguError(
            f"encoder {signature} gave numbers that are not finite, first for sentence {bad}; it cannot be used"
        )
    return rows


def reference_mean(encoder: Encoder, language: str) -> np.ndarray:
    """Mean vector of the language's reference sentences; the mean over all languages that have some where it has none.

    Raises:
        SongnguError: the encoder gave numbers that are not finite, or another number of rows.
    """
    known = _remembered(encoder)
    code = base(language)
    if code not in known:
        known[code] = _reference(encoder, code, tables("reference"))
    return known[code]


def _remembered(encoder: Encoder) -> dict[str, np.ndarray]:
    try:
        return _known.setdefault(encoder, {})
    except TypeError:  # an encoder with __slots__ and no weak references
        return {}


def _reference(encoder: Encoder, code: str, known: Mapping) -> np.ndarray:
    import numpy as np

    means = []
    for name, table in ({code: known[code]} if code in known else known).items():
        sentences = list(table["sentences"])
        rows = checked(encoder.encode(sentences, name), len(sentences), encoder.dimension, encoder.signature)
        means.append(rows.mean(axis=0))
    return np.mean(means, axis=0).astype(np.float32)


def reference_rows(encoder: Encoder, language: str) -> np.ndarray:
    """The vectors of the language's reference sentences; of all languages that have some where it has none."""
    import numpy as np

    known, code = _remembered(encoder), base(language)
    if (name := f"{code} rows") not in known:
        tables_ = tables("reference")
        chosen = {code: tables_[code]} if code in tables_ else tables_
        known[name] = np.concatenate([encoder.encode(list(t["sentences"]), tag) for tag, t in chosen.items()])
    return known[name]


def centre(rows: np.ndarray, reference: np.ndarray, weight: float = REFERENCE_WEIGHT) -> np.ndarray:
    """What to subtract from vectors of a text with these rows: their mean, drawn towards the reference's where they are few."""
    return ((rows.sum(axis=0) + weight * reference) / (len(rows) + weight)).astype(rows.dtype)


def centred(rows: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Unit rows without the common part; their inner products are cosines."""
    return unit(rows - mean)
