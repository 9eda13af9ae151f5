"""Corrections of an alignment by hand: a log of what a reviewer did, and the beads that follow from it.

`review.jsonl` stands in the corpus folder and only grows; `beads.jsonl` is never changed. A line is
`{source, target, action, source_sentences, target_sentences, time}` with document ids and an action:

* `confirm`: this bead is right;
* `unlink`: these sentences have no partner;
* `link`: these sentences are one bead (a join, a split or a new link: whatever they were in before loses them);
* `undo`: the pair's last action that still counts did not happen.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from ..data import files
from ..data.core import Alignment, Bead, Document, DocumentPair, Sentence
from ..data.corpus import BEADS, DOCUMENTS, find, json_lines
from ..data.errors import SongnguError, UsageError
from ..data.records import bead_records

LOG = "review.jsonl"
ACTIONS = ("confirm", "unlink", "link", "undo")
Ids = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """One action of a reviewer on one pair; sentence numbers ascend."""

    source: str
    target: str
    action: str
    source_sentences: tuple[int, ...] = ()
    target_sentences: tuple[int, ...] = ()
    time: str = ""

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise UsageError(f"unknown action {self.action!r}; choose from {', '.join(ACTIONS)}")
        if self.action in ("confirm", "link") and not (self.source_sentences and self.target_sentences):
            raise UsageError(f"to {self.action}, choose at least one sentence on each side")
        if self.action == "unlink" and not (self.source_sentences or self.target_sentences):
            raise UsageError("to unlink, choose at least one sentence")

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Correction:
        """The correction of a line of the log."""
        source, target = (tuple(sorted(map(int, set(record.get(f"{s}_sentences", ()))))) for s in ("source", "target"))
        return cls(
            str(record["source"]),
            str(record["target"]),
            str(record["action"]),
            source_sentences=source,
            target_sentences=target,
            time=str(record.get("time", "")),
        )

    def record(self) -> dict[str, Any]:
        """The line of the log."""
        return {
            "source": self.source,
            "target": self.target,
            "action": self.action,
            "source_sentences": list(self.source_sentences),
            "target_sentences": list(self.target_sentences),
            "time": self.time,
        }


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A bead and what the reviewer made of it: "" (not looked at), confirmed, linked or unlinked."""

    bead: Bead
    verdict: str = ""


def apply(beads: Iterable[Bead], corrections: Iterable[Correction]) -> list[Reviewed]:
    """The beads of one pair after the corrections of that pair, in order of their first source sentence.

    A confirmed or linked bead has confidence 1. Sentences that lose their partner become null beads, one each.
    """
    state = [Reviewed(bead) for bead in beads]
    for correction in effective(corrections):
        state = _applied(state, correction)
    return sorted(state, key=lambda r: (r.bead.source or (1 << 60,), r.bead.target))


def effective(corrections: Iterable[Correction]) -> list[Correction]:
    """The corrections that count, after every undo took one away."""
    kept: list[Correction] = []
    for correction in corrections:
        if correction.action != "undo":
            kept.append(correction)
        elif kept:
            kept.pop()
    return kept


def _applied(state: Sequence[Reviewed], correction: Correction) -> list[Reviewed]:
    chosen = (set(correction.source_sentences), set(correction.target_sentences))
    new = Bead(correction.source_sentences, correction.target_sentences, confidence=1.0)
    if correction.action == "confirm":
        same = [r for r in state if (r.bead.source, r.bead.target) == (new.source, new.target)]
        score = same[0].bead.score if same else 0.0
        return [*_without(state, chosen), Reviewed(replace(new, score=score), "confirmed")]
    if correction.action == "link":
        return [*_without(state, chosen), Reviewed(new, "linked")]
    alone = [Bead((i,), ()) for i in sorted(chosen[0])] + [Bead((), (j,)) for j in sorted(chosen[1])]
    return [*_without(state, chosen), *(Reviewed(replace(bead, confidence=1.0), "unlinked") for bead in alone)]


def _without(state: Sequence[Reviewed], chosen: tuple[set[int], set[int]]) -> Iterator[Reviewed]:
    """The state without the chosen sentences. A bead that keeps both sides goes on; otherwise what is left of it stands
    alone."""
    for reviewed in state:
        bead = reviewed.bead
        source = tuple(i for i in bead.source if i not in chosen[0])
        target = tuple(j for j in bead.target if j not in chosen[1])
        if (source, target) == (bead.source, bead.target):
            yield reviewed
        elif source and target:
            yield Reviewed(replace(bead, source=source, target=target, confidence=None))
        else:
            yield from (Reviewed(Bead((i,), ())) for i in source)
            yield from (Reviewed(Bead((), (j,))) for j in target)


def corrections(folder: Path) -> dict[Ids, list[Correction]]:
    """The log's corrections by pair, in the order they were made; none where there is no log.

    Raises:
        SongnguError: a line of the log cannot be read.
    """
    by_pair: dict[Ids, list[Correction]] = defaultdict(list)
    path = folder / LOG
    for number, record in enumerate(json_lines(path) if path.is_file() else (), 1):
        try:
            correction = Correction.of(record)
        except (KeyError, TypeError, ValueError, UsageError) as error:
            raise SongnguError(f"{path}, line {number}: no correction: {error}") from error
        by_pair[correction.source, correction.target].append(correction)
    return dict(by_pair)


def append(folder: Path, correction: Correction) -> None:
    """Add one line to the log; it is on the disk when this returns."""
    import os

    with (folder / LOG).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(correction.record(), ensure_ascii=False) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def figures(folder: Path) -> dict[str, int]:
    """How many beads were confirmed, linked and unlinked by hand, and in how many pairs."""
    counts: Counter[str] = Counter()
    for made in corrections(folder).values():
        kept = effective(made)
        counts.update(correction.action for correction in kept)
        counts["pairs"] += bool(kept)
    return dict(counts)


def bead_of(record: Mapping[str, Any]) -> Bead:
    """The bead of a line of `beads.jsonl`."""
    return Bead(
        tuple(record["source_sentences"]),
        tuple(record["target_sentences"]),
        record.get("score") or 0.0,
        record.get("confidence"),
    )


def reviewed_records(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of `beads.jsonl` after the corrections, with `review` (the verdict) where a reviewer was."""
    made = corrections(folder)
    documents = _documents(folder, {name for ids in made for name in ids})
    path = find(folder, BEADS)
    if path is None:
        raise SongnguError(f"{folder}: no {BEADS} in it; review is for a folder that songngu build wrote")
    for ids, group in groupby(json_lines(path), key=lambda r: (str(r["source"]), str(r["target"]))):
        if ids not in made:
            yield from group
            continue
        state = apply(map(bead_of, group), made[ids])
        pair = DocumentPair(*ids, 0.0, 1.0)
        rows = bead_records(Alignment(pair, tuple(r.bead for r in state)), *(documents[name] for name in ids))
        for row, reviewed in zip(rows, state, strict=True):
            yield row | ({"review": reviewed.verdict} if reviewed.verdict else {})


def _documents(folder: Path, wanted: set[str]) -> dict[str, Document]:
    path = find(folder, DOCUMENTS)
    found = (record for record in json_lines(path) if str(record.get("id")) in wanted) if path and wanted else ()
    return {str(record["id"]): document(record) for record in found}


def document(record: Mapping[str, Any]) -> Document:
    """A document with the sentences of a line of `documents.jsonl`; its text is those, one a line."""
    texts = [" ".join(str(s["text"]).split()) or "–" for s in record.get("sentences", ())]
    spans, at = [], 0
    for text in texts:
        spans.append(Sentence(at, at + len(text)))
        at += len(text) + 1
    return Document(str(record["id"]), "\n".join(texts), str(record.get("lang") or ""), tuple(spans))


def write_reviewed(folder: Path, out: Path) -> int:
    """Write the beads after the corrections to the file `out`; the number of lines."""
    count = 0
    with files.writing(out) as stream:
        for record in reviewed_records(folder):
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count
