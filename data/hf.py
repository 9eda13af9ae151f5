"""A Hugging Face dataset on disk: `datasets.load_from_disk("bitext.hf")` gives a `DatasetDict` with the splits.

The files are those of `DatasetDict.save_to_disk`, written as a stream and without random fingerprints, so that the same corpus gives
the same bytes. `datasets.load_dataset("bitext.hf")` works too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from .columns import batch_of, features, schema, segments_of
from .core import Corpus, Segment
from .errors import SongnguError
from .formats import Again, Format, Reading, Sink, Target
from .merging import turned

_ARROW = "data-00000-of-00001.arrow"
_ROWS = 1000  # in a record batch
_DEFAULT = "train"  # what datasets calls a dataset without splits


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes the folder `bitext.hf` with a folder a split."""
    kind = schema(target.source_language, target.target_language)
    with _folder(target.path(".hf")) as folder, ExitStack() as stack:
        writers: dict[str, Any] = {}

        def writer(split: str) -> Any:
            if split not in writers:
                writers[split] = stack.enter_context(_arrow(folder / split, kind))
            return writers[split]

        waiting: dict[str, list[Segment]] = {}

        def flush(split: str) -> None:
            writer(split).write_batch(batch_of(waiting[split], kind))
            waiting[split].clear()

        def take(batch: Sequence[Segment]) -> None:
            for segment in batch:
                rows = waiting.setdefault(segment.split or _DEFAULT, [])
                rows.append(segment)
                if len(rows) == _ROWS:
                    flush(segment.split or _DEFAULT)

        yield take
        for split in waiting or {_DEFAULT: []}:
            waiting.setdefault(split, [])
            flush(split)
        stack.close()
        _describe(folder, list(writers), target)


@contextlib.contextmanager
def _arrow(folder: Path, kind: Any) -> Iterator[Any]:
    import pyarrow as pa

    folder.mkdir()
    with pa.OSFile(str(folder / _ARROW), "wb") as raw, pa.ipc.new_stream(raw, kind) as stream:
        yield stream


def _describe(folder: Path, splits: list[str], target: Target) -> None:
    (folder / "dataset_dict.json").write_text(json.dumps({"splits": splits}), encoding="utf-8")
    for split in splits:
        with (folder / split / _ARROW).open("rb") as stream:
            fingerprint = hashlib.file_digest(stream, "sha256").hexdigest()[:16]
        state = {
            "_data_files": [{"filename": _ARROW}],
            "_fingerprint": fingerprint,
            "_format_columns": None,
            "_format_kwargs": {},
            "_format_type": None,
            "_output_all_columns": False,
            "_split": split,
        }
        about = {"citation": "", "description": "", "homepage": "", "license": ""}
        about |= {"features": features(target.source_language, target.target_language).to_dict()}
        (folder / split / "state.json").write_text(json.dumps(state, indent=2), encoding="utf-8")
        (folder / split / "dataset_info.json").write_text(json.dumps(about, indent=2), encoding="utf-8")


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `path` when the block ends well."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
        yield temporary
        temporary.chmod(0o755)
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".old", dir=path.parent))
            path.replace(old / "old")
            temporary.replace(path)
            shutil.rmtree(old)
        else:
            temporary.replace(path)
        temporary = None
    except OSError as error:
        raise SongnguError(f"cannot write {path}: {error.strerror or error}; nothing was changed there") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in a dataset on disk with a `translation` column; rows know their split.

    Raises:
        SongnguError: the folder holds no dataset, or one without translations.
    """
    from datasets import Dataset, load_from_disk

    try:
        found = load_from_disk(str(path))
    except (OSError, ValueError, KeyError) as error:
        raise SongnguError(f"{path} is no Hugging Face dataset: {error}") from error
    parts = {None: found} if isinstance(found, Dataset) else dict(found)
    names = _languages(path, next(iter(parts.values())))
    source, target = options.source_language or names[0], options.target_language or names[1]
    if {source, target} != set(names):
        raise SongnguError(f"{path} has {' and '.join(names)}, not {source} and {target}")
    return Corpus(source, target, Again(lambda: _rows(parts, swapped=source != names[0])), (str(path),))


def _languages(path: Path, part: Any) -> tuple[str, str]:
    column = part.data.schema.field("translation").type if "translation" in part.column_names else None
    names = [field.name for field in column] if column is not None else []
    if len(names) != 2:
        raise SongnguError(f"{path} has no column `translation` with two languages")
    return names[0], names[1]


def _rows(parts: Mapping[Any, Any], *, swapped: bool) -> Iterator[Segment]:
    for split, part in parts.items():
        for batch in part.with_format("arrow").iter(batch_size=1000):
            rows = [replace(s, split=s.split or split) for s in segments_of(batch)]
            yield from (map(turned, rows) if swapped else rows)


FORMAT = Format(
    "hf",
    "a Hugging Face DatasetDict on disk, with the splits",
    writing,
    lambda target: (target.path(".hf"),),
    (".hf",),
    reading,
    holds_splits=True,
    compressible=False,
)
