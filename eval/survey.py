"""What a corpus folder holds, gathered in one pass a file: figures about everything, and a sample of pairs to look at.

Memory is bounded by the sample and by a few bytes a document, never by the corpus.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..data.corpus import BEADS, DOCUMENTS, find, json_lines, manifest
from ..data.errors import SongnguError

BINS = 20
# tokens of one bar of the sentence lengths, and the last bar's start
LENGTH_STEP, LENGTH_END = 5, 80
# Vocabulary is counted this far, so that a large corpus does not fill the memory with its words.
_MOST_TOKENS = 5_000_000
_EXAMPLES = 5
_MOST_REASONS = 40
_WORD = re.compile(r"\w+(?:[-’'.,]\w+)*")


@dataclass(frozen=True, slots=True)
class Reason:
    """How often text or inputs went for one reason, and the first examples."""

    why: str
    count: int
    characters: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The aligned beads of one source or month: how many, and their mean confidence."""

    name: str
    count: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Language:
    """One language's texts: documents, sentences, tokens, different tokens, lengths and how the vocabulary grows.

    `lengths[k]` counts sentences of k·`LENGTH_STEP` tokens and more; `growth` are (tokens, types) while reading;
    `counted` says whether all tokens were counted for types.
    """

    tag: str
    documents: int
    sentences: int
    tokens: int
    types: int
    lengths: tuple[int, ...]
    growth: tuple[tuple[int, int], ...]
    counted: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """One pair with all that is needed to show it: the records of the pair, both documents and the beads."""

    pair: Mapping[str, Any]
    source: Mapping[str, Any]
    target: Mapping[str, Any]
    beads: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything a report shows of a corpus. Histograms have `BINS` equal bins of confidence in [0, 1].

    `of_reports` is False for a bitext without its reports: then beads are rows, and the sample is blocks of rows.
    """

    name: str
    about: Mapping[str, Any]
    source_language: str
    target_language: str
    languages: tuple[Language, ...]
    documents: int
    pairs: int
    beads: int
    null_beads: int
    lone_sentences: int
    moved_beads: int
    bead_confidence: tuple[int, ...]
    pair_confidence: tuple[int, ...]
    shapes: Mapping[str, int]
    sites: tuple[Group, ...]
    months: tuple[Group, ...]
    rejected: tuple[Reason, ...]
    dropped: tuple[Reason, ...]
    sample: tuple[PairView, ...] = field(repr=False)
    of_reports: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON takes them: histograms by the names of their bins, and without the sample's texts."""
        record = asdict(self)
        for language in record["languages"]:
            language["lengths"] = {_tokens(k): n for k, n in enumerate(language["lengths"])}
        for name in ("bead_confidence", "pair_confidence"):
            record[name] = {f"{k / BINS:.2f}–{(k + 1) / BINS:.2f}": n for k, n in enumerate(record[name])}
        record["sample"] = [{"source": v.pair["source"], "target": v.pair["target"]} for v in self.sample]
        return record


def _tokens(bin_: int) -> str:
    low = bin_ * LENGTH_STEP
    return f"{low}+" if low == LENGTH_END else f"{low}–{low + LENGTH_STEP - 1}"


def survey(folder: Path, *, sample: int = 50, seed: int = 12345) -> Survey:
    """The survey of a folder that `build` wrote, with `sample` pairs drawn evenly; or of any bitext that can be opened.

    Raises:
        SongnguError: the folder is not such a corpus, or a line of it cannot be read.
    """
    if folder.is_file() or (folder.is_dir() and find(folder, DOCUMENTS) is None and find(folder, BEADS) is None):
        from .survey_bitext import survey_bitext

        return survey_bitext(folder, sample=sample, seed=seed)
    _check(folder)
    about = manifest(folder)
    pairs = _Pairs(sample, random.Random(seed))  # noqa: S311 a sample, not a secret
    for record in _records(folder, "pairs.jsonl"):
        pairs.add(record)
    documents = _Documents(pairs.wanted)
    for record in _records(folder, DOCUMENTS):
        documents.add(record)
    beads = _Beads(documents, pairs)
    for ids, group in groupby(_records(folder, BEADS), key=lambda r: (str(r.get("source")), str(r.get("target")))):
        beads.add(ids, list(group))
    first = next(iter(pairs.kept), None)
    tags = [_language(about, documents, side, first) for side in ("source", "target")]
    return Survey(
        name=folder.resolve().name,
        about=about,
        source_language=tags[0],
        target_language=tags[1],
        languages=tuple(counter.result(tag) for tag, counter in sorted(documents.languages.items())),
        documents=documents.count,
        pairs=pairs.count,
        beads=sum(beads.confidence) + beads.unsure,
        null_beads=beads.nulls,
        lone_sentences=beads.lone,
        moved_beads=beads.moved,
        bead_confidence=tuple(beads.confidence),
        pair_confidence=tuple(pairs.confidence),
        shapes=dict(beads.shapes.most_common()),
        sites=groups(beads.sites, by_name=False),
        months=groups(beads.months, by_name=True),
        rejected=_reasons((r.get("why"), r.get("path") or r.get("id"), "") for r in _records(folder, "rejected.jsonl")),
        dropped=documents.dropped(),
        sample=tuple(beads.views()),
    )


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise SongnguError(f"{folder}: no such folder; a report is about a folder that songngu build wrote")
    missing = [name for name in (DOCUMENTS, "pairs.jsonl", BEADS) if find(folder, name) is None]
    if missing:
        raise SongnguError(
            f"{folder}: no {', '.join(missing)} in it; a report is about a folder that songngu build wrote"
        )


def _records(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    path = find(folder, name)
    return json_lines(path) if path else iter(())


def _language(about: Mapping[str, Any], documents: _Documents, side: str, first: tuple[str, str] | None) -> str:
    told = about.get(f"{side}_language")
    if told or first is None:
        return str(told or "")
    return documents.origins.get(first[side == "target"], ("", "", ""))[0]


def bin_of(confidence: float) -> int:
    """The number of a confidence's bin."""
    return min(int(confidence * BINS), BINS - 1)


class _Pairs:
    """Counts pairs and keeps an even sample of them (a reservoir: every pair has the same chance)."""

    def __init__(self, size: int, rng: random.Random) -> None:
        self._size, self._rng = size, rng
        self._slots: list[tuple[int, dict[str, Any]]] = []
        self.count, self.confidence = 0, [0] * BINS

    def add(self, record: dict[str, Any]) -> None:
        if isinstance(record.get("confidence"), (int, float)):
            self.confidence[bin_of(record["confidence"])] += 1
        if len(self._slots) < self._size:
            self._slots.append((self.count, record))
        elif (slot := self._rng.randrange(self.count + 1)) < self._size:
            self._slots[slot] = (self.count, record)
        self.count += 1

    @property
    def kept(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The sampled pairs by ids, in the order of the file."""
        return {(str(r["source"]), str(r["target"])): r for _, r in sorted(self._slots, key=lambda slot: slot[0])}

    @property
    def wanted(self) -> set[str]:
        """The documents of the sample."""
        return {name for ids in self.kept for name in ids}


class Words:
    """Counts one language's sentences and tokens, and its vocabulary up to a limit."""

    def __init__(self) -> None:
        self.documents = self.sentences = self.tokens = 0
        self._lengths = [0] * (LENGTH_END // LENGTH_STEP + 1)
        self._types: set[str] = set()
        self._growth: list[tuple[int, int]] = [(0, 0)]
        self._next = 16

    def add(self, sentences: Iterable[str]) -> None:
        """Count one document's sentences."""
        self.documents += 1
        for text in sentences:
            words = _WORD.findall(text)
            self.sentences += 1
            self._lengths[min(len(words) // LENGTH_STEP, len(self._lengths) - 1)] += 1
            if self.tokens < _MOST_TOKENS:
                self._types.update(word.lower() for word in words)
            self.tokens += len(words)
            if self._next <= self.tokens <= _MOST_TOKENS:
                self._growth.append((self.tokens, len(self._types)))
                self._next = max(self.tokens + 1, int(self._next * 1.3))

    def result(self, tag: str) -> Language:
        """What was counted."""
        whole = self.tokens <= _MOST_TOKENS
        last = [(self.tokens, len(self._types))] if whole and self._growth[-1][0] < self.tokens else []
        return Language(
            tag,
            self.documents,
            self.sentences,
            self.tokens,
            len(self._types),
            tuple(self._lengths),
            (*self._growth, *last),
            whole,
        )


class _Documents:
    """Counts documents and what was dropped from them; keeps the wanted ones and every one's language, site and
    month."""

    def __init__(self, wanted: set[str]) -> None:
        self._wanted = wanted
        self._dropped = _Reasons()
        self._shared: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        self.count = 0
        self.languages: dict[str, Words] = defaultdict(Words)
        self.origins: dict[str, tuple[str, str, str]] = {}
        self.kept: dict[str, dict[str, Any]] = {}

    def add(self, record: dict[str, Any]) -> None:
        name = str(record.get("id"))
        self.count += 1
        self.languages[str(record.get("lang") or "?")].add(s["text"] for s in record.get("sentences", ()))
        for dropped in record.get("dropped", ()):
            self._dropped.add(dropped.get("why"), name, dropped.get("text", ""))
        origin = (str(record.get("lang") or ""), _site(record), str(record.get("date") or "")[:7])
        self.origins[name] = self._shared.setdefault(origin, origin)
        if name in self._wanted:
            self.kept[name] = record

    def dropped(self) -> tuple[Reason, ...]:
        return self._dropped.result()


def _site(record: Mapping[str, Any]) -> str:
    host = urlsplit(str(record.get("url") or "")).hostname or ""
    return str(record.get("site") or "") or host.removeprefix("www.")


class _Beads:
    """Counts beads pair by pair and keeps those of the sample."""

    def __init__(self, documents: _Documents, pairs: _Pairs) -> None:
        self._documents, self._kept = documents, pairs.kept
        self._views: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        self.confidence = [0] * BINS
        self.unsure = self.nulls = self.lone = self.moved = 0
        self.shapes: Counter[str] = Counter()
        self.sites: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
        self.months: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])

    def add(self, ids: tuple[str, str], records: Sequence[dict[str, Any]]) -> None:
        full = [r for r in records if r.get("source_sentences") and r.get("target_sentences")]
        self.nulls += len(records) - len(full)
        self.lone += sum(map(_size, records)) - sum(map(_size, full))
        self.moved += len(moved(full))
        for record in records:
            self.shapes[str(record.get("shape"))] += 1
        for record in full:
            self._count(ids, record.get("confidence"))
        if ids in self._kept:
            self._views[ids] += records

    def _count(self, ids: tuple[str, str], confidence: float | None) -> None:
        if confidence is None:
            self.unsure += 1
            return
        self.confidence[bin_of(confidence)] += 1
        origins = [self._documents.origins.get(name, ("", "", "")) for name in ids]
        sites = " – ".join(origin[1] or "unknown" for origin in origins)
        for groups, name in ((self.sites, sites), (self.months, origins[0][2] or origins[1][2] or "unknown")):
            groups[name][0] += 1
            groups[name][1] += confidence

    def views(self) -> Iterator[PairView]:
        for ids, pair in self._kept.items():
            source, target = (self._documents.kept.get(name) for name in ids)
            if source is not None and target is not None:
                yield PairView(pair, source, target, tuple(self._views.get(ids, ())))


def _size(record: Mapping[str, Any]) -> int:
    return len(record.get("source_sentences") or ()) + len(record.get("target_sentences") or ())


def moved(beads: Sequence[Mapping[str, Any]]) -> set[int]:
    """Numbers (in the given list) of the beads that stand outside the longest run that is in order on both sides."""
    order = sorted(range(len(beads)), key=lambda n: min(beads[n]["source_sentences"]))
    places = [min(beads[n]["target_sentences"]) for n in order]
    ends: list[int] = []  # the least last place of a run of each length
    last: list[int] = []  # and the position that has it
    before: list[int | None] = []
    for at, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [at]
    kept: set[int] = set()
    at = last[-1] if last else None
    while at is not None:
        kept.add(order[at])
        at = before[at]
    return set(range(len(beads))) - kept


class _Reasons:
    """Counts by reason, with the first examples of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._characters: Counter[str] = Counter()
        self._examples: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def add(self, why: Any, where: Any, text: str) -> None:
        reason = str(why or "no reason given")
        if reason not in self._counts and len(self._counts) >= _MOST_REASONS:
            reason = "other reasons"
        self._counts[reason] += 1
        self._characters[reason] += len(text)
        if len(self._examples[reason]) < _EXAMPLES:
            self._examples[reason].append((str(where or ""), text))

    def result(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(why, count, self._characters[why], tuple(self._examples[why]))
            for why, count in self._counts.most_common()
        )


def _reasons(items: Iterable[tuple[Any, Any, str]]) -> tuple[Reason, ...]:
    reasons = _Reasons()
    for item in items:
        reasons.add(*item)
    return reasons.result()


def groups(sums: Mapping[str, Sequence[float]], *, by_name: bool) -> tuple[Group, ...]:
    """Groups of (count, sum of confidences) by name; in the order of names, or the largest first."""
    found = (Group(name, int(count), total / count) for name, (count, total) in sums.items())
    return tuple(sorted(found, key=lambda g: g.name if by_name else (-g.count, g.name)))
