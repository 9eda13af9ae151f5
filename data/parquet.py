"""Parquet: columns that every data tool reads; `datasets.load_dataset` of the folder finds the `Translation` feature in them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from .columns import batch_of, schema, segments_of
from .core import Corpus, Segment
from .errors import SongnguError
from .files import atomic
from .formats import Again, Format, Reading, Sink, Target
from .merging import turned

_ROWS = 20_000  # a row group: large enough to compress well, small enough for memory


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.parquet`."""
    import pyarrow.parquet as pq

    kind = schema(target.source_language, target.target_language)
    waiting: list[Segment] = []
    with atomic(target.path(".parquet")) as temporary, pq.ParquetWriter(temporary, kind, compression="zstd") as writer:

        def flush() -> None:
            writer.write_batch(batch_of(waiting, kind))
            waiting.clear()

        def take(batch: Sequence[Segment]) -> None:
            waiting.extend(batch)
            if len(waiting) >= _ROWS:
                flush()

        yield take
        flush()


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in a Parquet file with a `translation` column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        kind = pq.read_schema(path)
        names = [field.name for field in kind.field("translation").type]
    except (pa.ArrowInvalid, KeyError, TypeError) as error:
        raise SongnguError(f"{path} has no bitext: {error}") from error
    source, target = options.source_language or names[0], options.target_language or names[1]
    if {source, target} != set(names[:2]):
        raise SongnguError(f"{path} has {' and '.join(names)}, not {source} and {target}")
    return Corpus(source, target, Again(lambda: _rows(path, swapped=source != names[0])), (str(path),))


def _rows(path: Path, *, swapped: bool) -> Iterator[Segment]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1000):
            rows = segments_of(batch)
            yield from (map(turned, rows) if swapped else rows)


FORMAT = Format(
    "parquet",
    "columns, with the Hugging Face Translation feature",
    writing,
    lambda target: (target.path(".parquet"),),
    (".parquet",),
    reading,
    compressible=False,
)
