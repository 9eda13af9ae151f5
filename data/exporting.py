"""Exporting: corpora in, merged, selected, split and written in every format that is wanted, with a dataset card."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from glob import escape
from pathlib import Path
from typing import Any

from . import files, formats, jsonl
from .card import CardSettings, write_card
from .core import Corpus, Segment
from .corpus import find, json_lines
from .decontamination import NGRAM, decontaminated
from .deduplication import DeduplicationSettings, deduplicated
from .errors import SongnguError, UsageError
from .figures import Counting, Figures
from .merging import merge
from .rejects import Rejects
from .selection import Stream, at_least, kept, stream
from .splits import SplitSettings, split

JOURNAL = ".export.json"
REJECTED = "rejected.jsonl"
REVIEW = "review.jsonl"


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What is chosen, in this order: confidence, decontamination, deduplication, splits; and how it is written.

    `shard` is the number of segments a file; `card` writes README.md.
    """

    name: str = "bitext"
    min_confidence: float | None = None
    decontaminate: tuple[Path, ...] = ()
    ngram: int = NGRAM
    deduplicate: DeduplicationSettings | None = None
    split: SplitSettings | None = None
    shard: int | None = None
    card: CardSettings | None = None
    resume: bool = False

    def __post_init__(self) -> None:
        for what, value in (("shards", self.shard), ("n-grams", self.ngram)):
            if value is not None and value < 1:
                raise UsageError(f"{what} have a size of 1 or more, not {value}")
        if self.min_confidence is not None and not 0 <= self.min_confidence <= 1:
            raise UsageError(f"a least confidence is a probability in [0, 1], not {self.min_confidence:g}")

    @property
    def selects(self) -> bool:
        """Whether segments can be left out."""
        return bool(self.min_confidence is not None or self.decontaminate or self.deduplicate or self.split)


@dataclass(slots=True)
class Exported:
    """The files, how many segments they hold and how many were left out, and the figures if there is a card."""

    paths: list[Path] = field(default_factory=list)
    segments: int = 0
    removed: int = 0
    figures: Figures | None = None
    skipped: int = 0


def export(
    corpora: Sequence[Corpus],
    out: Path | str,
    wanted: str | Sequence[str],
    settings: ExportSettings | None = None,
    *,
    rejects: Rejects | None = None,
) -> Exported:
    """Write the corpora as one, in all formats, in bounded memory, and return what was written.

    What is left out, and the rows that readers told to `rejects`, stand in `rejected.jsonl` with the reason. With `resume`, shards
    (or the whole) that an earlier call with the same input and settings finished are not written again. `-` is standard output: one text
    format, as it comes, without any other file.

    Raises:
        UsageError: unknown formats, or corpora of different languages. SongnguError: unreadable input, no space.
    """
    options, out = settings or ExportSettings(), Path(out)
    formats.parse(wanted)  # a typo must not show after hours
    if str(out) == "-":
        return _piped(corpora, wanted, options)
    if options.resume:
        _clear(out, options.name)
    corpus = merge(corpora)
    result = Exported()
    counting = Counting(corpus.source_language, corpus.target_language) if options.card else None
    journal = _Journal(out, corpora, wanted, options)
    with ExitStack() as stack:
        remove = _remover(stack, out, result) if options.selects or rejects is not None else None
        segments = _counted(_selected(corpus, options, remove), result, counting)
        for number, part in _shards(segments, options.shard):
            name = options.name if number is None else f"{options.name}-{number:05d}"
            if done := journal.done(name):
                deque(part, maxlen=0)
                result.paths += done
                result.skipped += 1
                continue
            paths = formats.write(replace(corpus, segments=part), out, wanted, name=name)
            journal.add(name, paths)
            result.paths += paths
        for row in rejects or ():
            assert remove
            remove({"path": row.path, "why": row.why})
    if counting and options.card:
        result.figures = counting.result()
        left = [out / REJECTED] if result.removed else []
        result.paths += write_card(out, corpus, result.figures, [*result.paths, *left], _described(options, corpus))
    return result


def _piped(corpora: Sequence[Corpus], wanted: str | Sequence[str], options: ExportSettings) -> Exported:
    formats.check_pipe(wanted)
    if options.split or options.shard or options.resume or options.card:
        raise UsageError("splits, shards, a card and --resume need a folder, not standard output (--out FOLDER)")
    corpus, result = merge(corpora), Exported()

    def remove(_: object) -> None:
        result.removed += 1

    segments = _counted(_selected(corpus, options, remove), result, None)
    formats.write(replace(corpus, segments=segments), Path("-"), wanted)
    return result


def _clear(out: Path, name: str) -> None:
    """Remove the temporary files that a killed call left behind."""
    patterns = (f".{escape(name)}[.-]*.tmp", f".{REJECTED}.*.tmp", f".{JOURNAL}.*.tmp")
    for path in [path for pattern in patterns for path in out.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _remover(stack: ExitStack, out: Path, result: Exported) -> Callable[[dict[str, Any]], None]:
    rejected = stack.enter_context(files.writing(out / REJECTED))

    def remove(record: dict[str, Any]) -> None:
        result.removed += 1
        rejected.write(jsonl.line_of(json.dumps(record, ensure_ascii=False)))

    return remove


def _selected(
    corpus: Corpus, options: ExportSettings, remove: Callable[[dict[str, Any]], None] | None
) -> Iterator[Segment]:
    if not options.selects or remove is None:
        return iter(corpus)
    marked: Stream = stream(corpus)
    if options.min_confidence is not None:
        marked = at_least(marked, options.min_confidence)
    if options.decontaminate:
        marked = decontaminated(marked, options.decontaminate, ngram=options.ngram)
    if options.deduplicate:
        marked = deduplicated(marked, options.deduplicate)
    if options.split:
        marked = split(marked, options.split)
    return kept(marked, lambda segment, why: remove(jsonl.record(segment) | {"why": why}))


def _counted(segments: Iterator[Segment], result: Exported, counting: Counting | None) -> Iterator[Segment]:
    for segment in segments:
        result.segments += 1
        if counting:
            counting.add(segment)
        yield segment


def _shards(segments: Iterator[Segment], size: int | None) -> Iterator[tuple[int | None, Iterator[Segment]]]:
    if size is None:
        yield None, segments
        return
    for number in itertools.count():
        first = next(segments, None)
        if first is None:
            break
        yield number, itertools.chain([first], itertools.islice(segments, size - 1))


def _described(options: ExportSettings, corpus: Corpus) -> CardSettings:
    assert options.card is not None
    steps: dict[str, object] = {
        "least confidence": options.min_confidence,
        "decontaminated against": ", ".join(path.name for path in options.decontaminate) or None,
        "deduplicated": options.deduplicate and options.deduplicate.sides,
        "near-copies from similarity": options.deduplicate and options.deduplicate.near,
        "splits": options.split and ", ".join(map(str, options.split.shares)),
        "seed": options.split and options.split.seed,
    }
    known = {name: value for name, value in steps.items() if value is not None}
    review = options.card.review or review_figures([Path(name) for name in corpus.provenance])
    return replace(options.card, steps={**options.card.steps, **known}, review=review)


def review_figures(folders: Sequence[Path]) -> dict[str, float]:
    """How often reviewers confirmed and corrected beads of these corpora, by their logs; empty without any."""
    found: list[str] = []
    for folder in folders:
        path = find(folder, REVIEW) if folder.is_dir() else None
        actions: dict[tuple[str, str], list[str]] = {}
        for values in json_lines(path) if path else ():
            pair = actions.setdefault((str(values.get("source")), str(values.get("target"))), [])
            if values.get("action") != "undo":
                pair.append(str(values.get("action")))
            elif pair:
                pair.pop()
        found += [action for pair in actions.values() for action in pair]
    if not found:
        return {}
    confirmed = found.count("confirm")
    return {"confirmed": confirmed, "corrected": len(found) - confirmed, "share confirmed": confirmed / len(found)}


class _Journal:
    """What is finished, and from which input and settings: a file in the output folder, for `resume`."""

    def __init__(
        self, out: Path, corpora: Sequence[Corpus], wanted: str | Sequence[str], options: ExportSettings
    ) -> None:
        self._out, self._path = out, out / JOURNAL
        about = [asdict(replace(options, resume=False)), list(wanted), [_fingerprint(corpus) for corpus in corpora]]
        self._key = hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()
        self._done: dict[str, dict[str, int]] = self._read() if options.resume else {}

    def _read(self) -> dict[str, dict[str, int]]:
        try:
            found: Any = json.loads(self._path.read_text(encoding="utf-8")) if self._path.is_file() else {}
        except ValueError as error:
            raise SongnguError(f"{self._path} is damaged ({error}); delete it to begin anew") from error
        return found["done"] if found.get("key") == self._key else {}

    def done(self, name: str) -> list[Path]:
        """The files of a finished shard that are still there with their sizes; none if anything is amiss."""
        found = self._done.get(name, {})
        paths = [self._out / file for file in found]
        whole = all(path.exists() and _size(path) == size for path, size in zip(paths, found.values(), strict=True))
        return paths if whole else []

    def add(self, name: str, paths: Sequence[Path]) -> None:
        """Remember that a shard is finished."""
        self._done[name] = {path.name: _size(path) for path in paths}
        with files.writing(self._path) as stream:
            json.dump({"key": self._key, "done": self._done}, stream, indent=1)


def _size(path: Path) -> int:
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) if path.is_dir() else path.stat().st_size


def _fingerprint(corpus: Corpus) -> list[Any]:
    """Names, sizes and times of the files behind a corpus."""
    paths = [Path(name) for name in corpus.provenance]
    inside = [
        p for path in paths for p in (sorted(path.glob("beads.jsonl*")) if path.is_dir() else [path]) if p.is_file()
    ]
    return [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in inside]
