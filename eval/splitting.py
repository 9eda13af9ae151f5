"""How right a sentence splitter is: precision, recall and F1 of boundaries.

A boundary is an offset among the characters that are not white space, so spacing does not matter; a document's end is
not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data import files
from ..data.errors import SongnguError
from ..data.files import opened
from ..data.jsonl import SUFFIXES as JSON_LINES
from ..data.jsonl import objects
from .counts import Prf, f1_of_counts, prf

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class SplitScore:
    """The boundaries' score, pooled over documents; `documents` counts those whose boundaries are all right, and
    all."""

    boundaries: Prf
    right_documents: int
    documents: int
    signature: str

    def __str__(self) -> str:
        return f"split F1 {self.boundaries.f1:.3f}|{self.signature}"

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON takes it."""
        return asdict(self)


def score_split(
    gold: Iterable[Sequence[str]] | Path | str,
    found: Iterable[Sequence[str]] | Path | str,
    *,
    samples: int = 1000,
    seed: int = 12345,
    name: str = "",
) -> SplitScore:
    """The score of found sentences against gold sentences, one sequence of sentences a document, in the same order.

    A path is a JSON Lines file of `{text, sentences}` (sentences are texts, or `{start, end}` offsets), or plain text
    with one sentence a line, which is compared as one document; then a gold's documents are joined, too.

    Raises:
        SongnguError: the documents' numbers or characters differ; the message says where first.
    """
    gold_documents, found_documents = _documents(gold), _documents(found)
    if len(found_documents) == 1 and len(gold_documents) > 1:
        found_documents = _cut(found_documents[0], [_size(document) for document in gold_documents])
    if len(gold_documents) != len(found_documents):
        raise SongnguError(
            f"the gold has {len(gold_documents)} documents, the other has {len(found_documents)}; they need the same, in the same order"
        )
    rows = [_counts(n, g, f) for n, (g, f) in enumerate(zip(gold_documents, found_documents, strict=True), 1)]
    interval = _interval(rows, samples, seed) if samples and rows else None
    return SplitScore(
        prf(*(sum(column) for column in zip(*rows, strict=True)), interval=interval) if rows else prf(0, 0, 0, 0),
        sum(row[0] == row[1] == row[3] for row in rows),
        len(rows),
        _signature(len(rows), samples, seed, name),
    )


def boundaries(sentences: Iterable[str]) -> tuple[set[int], int]:
    """Offsets after every sentence but the last, among the characters that are not white space, and the text's length
    in these."""
    total, found = 0, set[int]()
    for sentence in sentences:
        total += _length(sentence)
        found.add(total)
    return found - {0, total}, total


def _length(text: str) -> int:
    return sum(not c.isspace() for c in text)


def _size(sentences: Sequence[str]) -> int:
    return sum(_length(sentence) for sentence in sentences)


def _counts(number: int, gold: Sequence[str], found: Sequence[str]) -> tuple[int, int, int, int]:
    true, size = boundaries(gold)
    mine, other = boundaries(found)
    if size != other:
        raise SongnguError(f"document {number}: the texts differ: {_difference(gold, found)}")
    return len(true & mine), len(mine), len(true & mine), len(true)


def _difference(gold: Sequence[str], found: Sequence[str]) -> str:
    both = ("".join("".join(sentences).split()) for sentences in (gold, found))
    for n, (a, b) in enumerate(zip_longest(*both, fillvalue="")):
        if a != b:
            return f"character {n} is {a or 'the end'!r} in the gold and {b or 'the end'!r} in the other (white space left out)"
    return "in white space only"


def _cut(sentences: Sequence[str], sizes: Sequence[int]) -> list[list[str]]:
    """One run of sentences cut at the documents' ends; a sentence over an end becomes two, as the end is not
    counted."""
    text, ends = "".join("".join(s.split()) for s in sentences), sorted(boundaries(sentences)[0])
    if len(text) != sum(sizes):
        raise SongnguError(
            f"the texts differ: {sum(sizes)} characters in the gold, {len(text)} in the other (white space left out)"
        )
    documents, start = [], 0
    for size in sizes:
        marks = [start, *(end for end in ends if start < end < start + size), start + size]
        documents.append([text[a:b] for a, b in pairwise(marks)])
        start += size
    return documents


def _documents(source: Iterable[Sequence[str]] | Path | str) -> list[list[str]]:
    if not isinstance(source, (str, Path)):
        return [list(sentences) for sentences in source]
    path = Path(source)
    with opened(path) as lines:
        if files.suffix(path) in JSON_LINES:
            return [_sentences(record, where) for record, where in objects(lines, str(path))]
        return [[line.rstrip("\r\n") for line in lines]]


def sentences_by_id(path: Path) -> dict[str, list[str]]:
    """Every document's sentences by its id, from a JSON Lines file of `{id, sentences}` such as `documents.jsonl`."""
    with opened(path) as lines:
        return {str(record.get("id")): _sentences(record, where) for record, where in objects(lines, str(path))}


def _sentences(record: Mapping[str, Any], where: str) -> list[str]:
    sentences = record.get("sentences")
    if not isinstance(sentences, list):
        raise SongnguError(f"{where}: expected sentences (a list of texts or of offsets)")
    return [_sentence(sentence, record, where) for sentence in sentences]


def _sentence(sentence: Any, record: Mapping[str, Any], where: str) -> str:
    if isinstance(sentence, str):
        return sentence
    if isinstance(sentence, dict) and isinstance(sentence.get("text"), str):
        return sentence["text"]
    offsets = (sentence.get("start"), sentence.get("end")) if isinstance(sentence, dict) else sentence
    try:
        start, end = offsets
        return record["text"][start:end]
    except (TypeError, ValueError, KeyError) as error:
        raise SongnguError(f"{where}: a sentence is a text or offsets into text, not {sentence!r}") from error


def _interval(rows: Sequence[Sequence[int]], samples: int, seed: int) -> tuple[float, float]:
    import numpy as np

    from .significance import bootstrap, interval

    statistics: np.ndarray = np.array(rows, dtype=float)
    return interval(bootstrap(statistics, f1_of_counts, samples=samples, seed=seed))


def _signature(documents: int, samples: int, seed: int, name: str) -> str:
    from .. import __version__

    parts = [f"gold:{name}" if name else "", f"docs:{documents}", "offsets:non-space"]
    parts += [f"bs:{samples}", f"seed:{seed}"] if samples else []
    return "|".join([*filter(None, parts), f"v:{__version__}"])
