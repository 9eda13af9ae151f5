"""The one flow: reports in, a scored, aligned bitext out. Shards are files, so that a build that was stopped goes on."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..data import files, progress, records
from ..data.core import Document, DocumentPair, Rejected
from ..data.errors import SongnguError, UsageError, choose
from ..data.languages import base, canonical
from .engines import ENGINES, engine
from .pairing import PairSettings
from .stages import AlignTask, ReadTask, align_shard, read_shard, shared_encoder, stored
from .workspace import Workspace, digest_of, opened, state_of

_SHARD_FILES, _SHARD_BYTES = 500, 32 << 20
_SHARD_PAIRS = 200
_PACKAGES = ("songngu", "torch", "transformers", "numpy", "nltk", "trafilatura")


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """How `build` works. Languages are BCP-47; empty ones are the two that most reports are in, in alphabetical order.

    `min_confidence` is for the exports: `beads.jsonl` keeps every bead. `workers` is a number of processes for reading.
    """

    source: str = ""
    target: str = ""
    formats: tuple[str, ...] = ("tsv", "jsonl", "moses", "tmx")
    encoder: str = "builtin"
    engine: str = "local"
    workers: int = 1
    min_confidence: float = 0.5
    resume: bool = False
    force: bool = False
    pair: PairSettings = field(default_factory=PairSettings)

    def __post_init__(self) -> None:
        if not 0 <= self.min_confidence <= 1:
            raise UsageError(f"a confidence is a probability in [0, 1], not {self.min_confidence}")
        if self.engine not in ENGINES:
            raise choose("engine", self.engine, tuple(ENGINES))
        if self.resume and self.force:
            raise UsageError("--resume goes on with what is there and --force starts anew; give one of them")
        if bool(self.source) != bool(self.target):
            raise UsageError("give both languages, --source and --target, or neither")
        if self.source and base(self.source) == base(self.target):
            raise UsageError(f"source and target are both {base(self.source)}; a bitext needs two languages")


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build wrote: the folder, its files by name, what was counted, and seconds by stage."""

    out: Path
    files: tuple[str, ...]
    source_language: str
    target_language: str
    counts: Mapping[str, int]
    timings: Mapping[str, float]


def build(paths: Iterable[Path | str] | Path | str, out: Path | str, **settings: Any) -> BuildResult:
    """Turn reports into an aligned, scored bitext in the folder `out`; settings are the fields of `BuildSettings`.

    Inputs or records that cannot be used are in `rejected.jsonl` with the reason; they never stop the build.

    Raises:
        UsageError: unknown settings, an `out` that holds something else, no input, or only one language.
        SongnguError: `out` cannot be written. Finished shards stay and `resume=True` goes on from them.
    """
    from ..data.settings import settings as checked

    chosen = checked(BuildSettings, settings, where="build")
    _check_formats(chosen.formats)
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    return _Build([Path(p) for p in given], Path(out), chosen).run()


def _check_formats(formats: Sequence[str]) -> None:
    from ..data.formats import parse

    parse(formats)  # a typo must show now and not after a night of work


class _Build:
    """One run: the settings, the clock, and what was counted so far."""

    def __init__(self, paths: list[Path], out: Path, settings: BuildSettings) -> None:
        self._paths, self._out, self._settings = paths, out, settings
        self._timings: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self._rejected: list[Rejected] = []

    def run(self) -> BuildResult:
        from ..data.reading import expand

        inputs = expand(self._paths, rejected=self._rejected.append)
        if not inputs:
            reasons = "; ".join(f"{r.path}: {r.why}" for r in self._rejected[:3]) or "the folder is empty"
            raise SongnguError(f"no report to read in {', '.join(map(str, self._paths))} ({reasons})")
        state = state_of(inputs, self._lasting_settings())
        with opened(self._out, state, resume=self._settings.resume, force=self._settings.force) as space:
            with self._timed("read"):
                documents = self._read(space, inputs)
            source, target = self._languages(documents)
            used = self._of_languages(documents, source, target)
            with self._timed("pair"):
                pairs = self._pair(space, used, source, target)
            with self._timed("align"):
                self._align(space, used, pairs)
            with self._timed("write"):
                written = self._write(space, documents, pairs, source, target)
            result = BuildResult(self._out, tuple(written), source, target, dict(self._counts), self._timings)
            self._finish(space, result, digest_of(state))
        return result

    def _lasting_settings(self) -> dict[str, Any]:
        """The settings that shards depend on; the others may change between a build and its resumption."""
        passing = {"formats", "engine", "workers", "min_confidence", "resume", "force"}
        return {key: value for key, value in asdict(self._settings).items() if key not in passing}

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self._timings[stage] = round(time.perf_counter() - start, 3)

    def _read(self, space: Workspace, inputs: Sequence[Path]) -> dict[str, Document]:
        """All documents by id, in the order of the inputs. What one shard cannot see is settled here: ids, copies."""
        from ..data.duplicates import once

        tasks = [
            ReadTask(tuple(group), space.shard("documents", k), space.shard("rejected", k), self._given_languages())
            for k, group in enumerate(_groups(inputs))
        ]
        missing = [task for task in tasks if not task.rejected.is_file()]
        run = engine(self._settings.engine, min(self._settings.workers, len(missing)))
        for _ in progress.track(run(read_shard, missing), "read", len(missing)):
            pass
        for task in tasks:
            self._rejected += map(records.rejected_of, stored(task.rejected))
        # what cleaning dropped stays on disk: it is half of a report, and only the last step wants it
        found = (document.with_(dropped=()) for document in self._stored(space))
        unique = once(found, rejected=self._rejected.append)
        documents = {document.id: document for document in unique}
        self._counts["documents"] = len(documents)
        return documents

    def _stored(self, space: Workspace) -> Iterator[Document]:
        """The documents of all shards in order, copies too, each with an id of its own."""
        from ..data.reading import with_unique_ids

        shards = sorted(space.folder.glob("documents-*.jsonl"))
        return with_unique_ids(records.document_of(record) for shard in shards for record in stored(shard))

    def _given_languages(self) -> tuple[str, ...]:
        return (canonical(self._settings.source), canonical(self._settings.target)) if self._settings.source else ()

    def _languages(self, documents: Mapping[str, Document]) -> tuple[str, str]:
        if self._settings.source:
            return canonical(self._settings.source), canonical(self._settings.target)
        spoken = Counter(base(d.language) for d in documents.values() if d.language)
        most = sorted(sorted(spoken, key=lambda code: (-spoken[code], code))[:2])
        return (most[0], most[1]) if len(most) == 2 else ([*most, ""][0], "")

    def _of_languages(self, documents: Mapping[str, Document], source: str, target: str) -> dict[str, Document]:
        wanted = {base(code) for code in (source, target) if code}
        used: dict[str, Document] = {}
        for document in documents.values():
            code = base(document.language) if document.language else "unknown"
            if code not in wanted:
                names = " nor ".join(sorted(wanted)) or "known"
                self._reject(document, f"language {code} is neither {names}")
            elif not document.sentences:
                self._reject(document, "no sentences")
            else:
                used[document.id] = document
                self._counts[f"documents_{code}"] += 1
        return used

    def _reject(self, document: Document, why: str) -> None:
        self._rejected.append(Rejected(why, document.path, document.id))

    def _pair(self, space: Workspace, used: Mapping[str, Document], source: str, target: str) -> list[DocumentPair]:
        path = space.shard("pairs", 0)
        if not path.is_file():
            found = self._new_pairs(used, source, target) if target else []
            records.write_lines(path, map(records.pair_record, found))
        pairs = [records.pair_of(record) for record in stored(path)]
        partnered = {name for pair in pairs for name in (pair.source, pair.target)}
        for document in used.values():
            if document.id not in partnered:
                self._reject(
                    document, f"no report of the same event in {_other(document, source, target) or 'another language'}"
                )
        self._counts["pairs"] = len(pairs)
        return pairs

    def _new_pairs(self, used: Mapping[str, Document], source: str, target: str) -> list[DocumentPair]:
        from .pairing import pair

        coder = shared_encoder(self._settings.encoder)
        return pair(
            used.values(), source_language=source, target_language=target, encoder=coder, settings=self._settings.pair
        )

    def _align(self, space: Workspace, used: Mapping[str, Document], pairs: Sequence[DocumentPair]) -> None:
        groups = [pairs[at : at + _SHARD_PAIRS] for at in range(0, len(pairs), _SHARD_PAIRS)]
        tasks = (
            AlignTask(
                tuple((p, used[p.source], used[p.target]) for p in group),
                space.shard("beads", k),
                self._settings.encoder,
            )
            for k, group in enumerate(groups)
            if not space.shard("beads", k).is_file()
        )
        # the encoder already runs on all cores, so that more processes would only take turns
        run = engine(self._settings.engine, 1)
        for _ in progress.track(run(align_shard, tasks), "align", len(groups)):
            pass

    def _write(
        self,
        space: Workspace,
        documents: Mapping[str, Document],
        pairs: Sequence[DocumentPair],
        source: str,
        target: str,
    ) -> list[str]:
        out = self._out
        beads = (record for shard in sorted(space.folder.glob("beads-*.jsonl")) for record in stored(shard))
        kept = (records.document_record(d) for d in self._stored(space) if d.id in documents)
        records.write_lines(out / "documents.jsonl", kept)
        records.write_lines(out / "pairs.jsonl", map(records.pair_record, pairs))
        records.write_lines(out / "beads.jsonl", self._counted(beads))
        records.write_lines(out / "rejected.jsonl", map(records.rejected_record, self._rejected))
        self._counts["rejected"] = len(self._rejected)
        names = ["documents.jsonl", "pairs.jsonl", "beads.jsonl", "rejected.jsonl"]
        return names + self._export(source, target)

    def _counted(self, beads: Iterable[dict]) -> Iterator[dict]:
        for bead in beads:
            full = bool(bead["source_sentences"] and bead["target_sentences"])
            self._counts["beads" if full else "null_beads"] += 1
            self._counts["beads_exported"] += full and (bead["confidence"] or 0) >= self._settings.min_confidence
            yield bead

    def _export(self, source: str, target: str) -> list[str]:
        from ..data.core import Corpus
        from ..data.corpus import open_corpus
        from ..data.formats import write

        if not target:
            return []
        corpus = open_corpus(self._out, source_language=source, target_language=target)
        good = (s for s in corpus if (s.confidence or 0) >= self._settings.min_confidence)
        chosen = Corpus(source, target, good, corpus.provenance, self._signature(source, target))
        return [path.name for path in write(chosen, self._out, self._settings.formats)]

    def _signature(self, source: str, target: str) -> str:
        name = shared_encoder(self._settings.encoder).signature if self._counts["pairs"] else "enc:none"
        return f"songngu:{version('songngu')}|{source}-{target}|{name}|min:{self._settings.min_confidence}"

    def _finish(self, space: Workspace, result: BuildResult, digest: str) -> None:
        """The manifest says that the corpus is complete, so it comes last but for the report that quotes it."""
        import json

        about = {
            "signature": self._signature(result.source_language, result.target_language)
            if result.target_language
            else "",
            "source_language": result.source_language,
            "target_language": result.target_language,
            "state": digest,
            "settings": asdict(self._settings),
            "versions": _versions(),
            "counts": dict(result.counts),
            "timings": dict(result.timings),
            "shards": sorted(path.name for path in space.folder.glob("*.jsonl")),
            "files": [*result.files, "report.html"],
        }
        with files.writing(self._out / "manifest.json") as stream:
            json.dump(about, stream, ensure_ascii=False, indent=1)
        space.remove()


def _other(document: Document, source: str, target: str) -> str:
    return target if base(document.language) == base(source) else source


def _groups(inputs: Sequence[Path]) -> Iterator[list[Path]]:
    """The inputs in their order, in groups of limited number and size."""
    group: list[Path] = []
    size = 0
    for path in inputs:
        group.append(path)
        size += path.stat().st_size if path.is_file() else 0
        if len(group) >= _SHARD_FILES or size >= _SHARD_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
