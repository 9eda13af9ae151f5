"""The survey of a bitext that is no build folder (TMX, TSV, JSON Lines, an exported folder …): rows instead of
reports."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..data.core import Corpus, Segment
from ..data.corpus import open_corpus
from .survey import BINS, PairView, Survey, Words, bin_of, groups

# Rows of one block of the page.
_ROWS = 12


def survey_bitext(path: Path, *, sample: int, seed: int) -> Survey:
    """The survey of any corpus that can be opened; a sample of rows stands in blocks where pairs of reports would.

    Raises:
        SongnguError: there is nothing to read. UsageError: its languages are not known.
    """
    corpus = open_corpus(path)
    rows = _Rows(sample * _ROWS, random.Random(seed))  # noqa: S311 a sample, not a secret
    for segment in corpus:
        rows.add(segment)
    tags = (corpus.source_language, corpus.target_language)
    return Survey(
        name=path.resolve().name,
        about={"signature": corpus.signature} if corpus.signature else {},
        source_language=tags[0],
        target_language=tags[1],
        languages=tuple(replace(w.result(tag), documents=0) for tag, w in zip(tags, rows.words, strict=True)),
        documents=len(rows.documents),
        pairs=len(rows.pairs),
        beads=rows.count,
        null_beads=0,
        lone_sentences=0,
        moved_beads=0,
        bead_confidence=tuple(rows.confidence),
        pair_confidence=(0,) * BINS,
        shapes=dict(rows.shapes.most_common()),
        sites=groups(rows.sites, by_name=False),
        months=groups(rows.months, by_name=True),
        rejected=(),
        dropped=(),
        sample=tuple(_blocks(rows.kept, corpus)),
        of_reports=False,
    )


class _Rows:
    """Counts rows and keeps an even sample of them."""

    def __init__(self, size: int, rng: random.Random) -> None:
        self._size, self._rng = size, rng
        self._slots: list[tuple[int, Segment]] = []
        self.count = 0
        self.confidence = [0] * BINS
        self.words = Words(), Words()
        self.documents: set[str] = set()
        self.pairs: set[tuple[str, str]] = set()
        self.shapes: Counter[str] = Counter()
        self.sites: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
        self.months: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])

    def add(self, row: Segment) -> None:
        if row.source or row.target:
            self.documents.update((f"s/{row.source}", f"t/{row.target}"))
            self.pairs.add((row.source, row.target))
        for words, text in zip(self.words, (row.source_text, row.target_text), strict=True):
            words.add([text])
        self.shapes[row.shape] += 1
        if row.confidence is not None:
            self._judge(row, row.confidence)
        if len(self._slots) < self._size:
            self._slots.append((self.count, row))
        elif (slot := self._rng.randrange(self.count + 1)) < self._size:
            self._slots[slot] = (self.count, row)
        self.count += 1

    def _judge(self, row: Segment, confidence: float) -> None:
        self.confidence[bin_of(confidence)] += 1
        sites = " – ".join(_host(url) or "unknown" for url in (row.source_url, row.target_url))
        month = (row.source_date or row.target_date or "unknown")[:7]
        for sums, name in ((self.sites, sites), (self.months, month)):
            sums[name][0] += 1
            sums[name][1] += confidence

    @property
    def kept(self) -> list[tuple[int, Segment]]:
        """The sampled rows with their numbers from 0, in order."""
        return sorted(self._slots, key=lambda slot: slot[0])


def _host(url: str | None) -> str:
    return (urlsplit(url or "").hostname or "").removeprefix("www.")


def _blocks(rows: Sequence[tuple[int, Segment]], corpus: Corpus) -> Iterator[PairView]:
    for at in range(0, len(rows), _ROWS):
        block = [row for _, row in rows[at : at + _ROWS]]
        name = f"rows {rows[at][0] + 1} to {rows[at + len(block) - 1][0] + 1}"
        known = [row.confidence for row in block if row.confidence is not None]
        mean = sum(known) / len(known) if known else None
        beads = [
            {"source_sentences": [n], "target_sentences": [n], "shape": row.shape, "confidence": row.confidence}
            for n, row in enumerate(block)
        ]
        sides = (
            _side(name, corpus.source_language, [row.source_text for row in block]),
            _side("", corpus.target_language, [row.target_text for row in block]),
        )
        yield PairView({"source": name, "target": name, "confidence": mean}, *sides, tuple(beads))


def _side(name: str, tag: str, texts: Sequence[str]) -> dict[str, Any]:
    return {"id": name, "lang": tag, "sentences": [{"text": text} for text in texts]}
