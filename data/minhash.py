"""MinHash: which of many texts are nearly the same, without comparing each with each.

A text is the set of its character n-grams (case, punctuation and white space do not count), a signature is the smallest
value of each of many hash functions over that set, and the share of equal values in two signatures estimates the Jaccard
similarity of the sets (Broder 1997). Banding finds the candidates (Leskovec, Rajaraman and Ullman, ch. 3).
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

Signatures = NDArray[np.uint32]

PERMUTATIONS = 128
SHINGLE = 7
# 25 bands of 5 values: a pair of similarity .8 is found with a probability of .9999, one of .3 is a candidate in 6 % of cases.
_ROWS = 5
_READ = 20_000  # rows of a file that are in memory at once
_CHUNK = 512  # small enough for the products to stay in the cache
_BETWEEN = re.compile(r"[\W_]+")
_BASE = np.uint64(0x9E3779B97F4A7C15)


def signatures(texts: Iterable[str], *, permutations: int = PERMUTATIONS, shingle: int = SHINGLE) -> Signatures:
    """One row of `permutations` values a text. A text without letters or digits gets a row of its own kind: all 2³²−1.

    Equal texts have equal rows on every machine and in every run. A text shorter than `shingle` counts as one shingle.
    """
    multipliers, offsets = _functions(permutations)
    rows = [_signature(_shingles(text, shingle), multipliers, offsets) for text in texts]
    return np.array(rows, dtype=np.uint32).reshape(len(rows), permutations)


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """Signatures in an open file, for more texts than memory should hold: a row by number, columns as a range."""

    file: int
    count: int
    width: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: int) -> Signatures:
        return np.frombuffer(os.pread(self.file, 4 * self.width, 4 * self.width * row), np.uint32)

    def columns(self, start: int, end: int) -> Signatures:
        """Some columns of all rows."""
        parts = [np.zeros((0, end - start), np.uint32)]
        for at in range(0, self.count, _READ):
            read = os.pread(self.file, 4 * self.width * _READ, 4 * self.width * at)
            parts.append(np.frombuffer(read, np.uint32).reshape(-1, self.width)[:, start:end].copy())
        return np.concatenate(parts)


@contextlib.contextmanager
def signatures_on_disk(
    texts: Iterable[str], *, permutations: int = PERMUTATIONS, shingle: int = SHINGLE
) -> Iterator[SignatureFile]:
    """The `signatures` of any number of texts, in a temporary file that disappears with the block."""
    count, source = 0, iter(texts)
    with tempfile.TemporaryFile() as stream:
        while len(rows := signatures(islice(source, _READ), permutations=permutations, shingle=shingle)):
            stream.write(rows.tobytes())
            count += len(rows)
        stream.flush()
        yield SignatureFile(stream.fileno(), count, permutations)


def _functions(count: int) -> tuple[Signatures, Signatures]:
    drawn = np.random.default_rng(20190903).integers(0, 2**32, size=(2, count), dtype=np.uint32)
    return drawn[0] | np.uint32(1), drawn[1]


def _shingles(text: str, size: int) -> Signatures:
    """A 32-bit hash of every run of `size` characters."""
    plain = _BETWEEN.sub(" ", text.casefold()).strip()
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if not len(codes):
        return codes.astype(np.uint32)
    size = min(size, len(codes))
    hashes = np.zeros(len(codes) - size + 1, dtype=np.uint64)
    for i in range(size):
        hashes = hashes * _BASE + codes[i : len(codes) - size + 1 + i]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    return np.unique((hashes >> np.uint64(32)).astype(np.uint32))


def _signature(hashes: Signatures, multipliers: Signatures, offsets: Signatures) -> Signatures:
    # (h xor b)·a modulo 2³² permutes hashes that are well mixed already. Chunks bound the memory for a text of any length.
    smallest = np.full(len(multipliers), 2**32 - 1, dtype=np.uint32)
    for start in range(0, len(hashes), _CHUNK):
        values = (hashes[start : start + _CHUNK, None] ^ offsets) * multipliers
        smallest = np.minimum(smallest, values.min(axis=0))
    return smallest


def similarity(a: Signatures, b: Signatures) -> float:
    """The estimated Jaccard similarity of two texts, from their rows; its standard error is at most .045 for 128 values."""
    return float(np.mean(a == b))


def _bands(rows: Signatures) -> NDArray[np.uint64]:
    """One key a band and row, shape (n, bands): rows with an equal key in a band are candidates."""
    count = rows.shape[1] // _ROWS
    return np.stack([_band(rows[:, i * _ROWS : (i + 1) * _ROWS]) for i in range(count)], axis=1)


def _band(columns: Signatures) -> NDArray[np.uint64]:
    keys = np.zeros(len(columns), dtype=np.uint64)
    for i in range(_ROWS):
        keys = keys * _BASE + columns[:, i].astype(np.uint64) + np.uint64(1)
    return keys


class Index:
    """Rows seen so far, for streams: tells for each new one which earlier row it nearly equals.

    It keeps 4 bytes a value and about 100 bytes a band and row.
    """

    def __init__(self, threshold: float = 0.8) -> None:
        self._threshold = threshold
        self._rows: list[Signatures] = []
        self._seen: dict[tuple[int, int], list[int]] = defaultdict(list)

    def find(self, row: Signatures) -> int | None:
        """The number of the most similar row added so far that reaches the threshold (the first of equals), or None."""
        candidates = sorted({i for place in self._places(row) for i in self._seen.get(place, ())})
        best, found = self._threshold, None
        for i in candidates:
            near = similarity(self._rows[i], row)
            if near > best or (near == best and found is None):
                best, found = near, i
        return found

    def add(self, row: Signatures) -> int:
        """Remember a row; its number, from 0."""
        self._rows.append(row)
        for place in self._places(row):
            self._seen[place].append(len(self._rows) - 1)
        return len(self._rows) - 1

    @staticmethod
    def _places(row: Signatures) -> Iterator[tuple[int, int]]:
        yield from enumerate(_bands(row[None, :])[0].tolist())


def groups(rows: Signatures | SignatureFile, threshold: float = 0.8) -> list[list[int]]:
    """The groups of two or more rows in which each has a neighbour that reaches the threshold; ascending in and between groups.

    Memory grows with the number of rows (some 40 bytes each beside the rows), not with the pairs: a band's bucket links each row to the
    first of the bucket it resembles.
    """
    parent = array("q", range(len(rows)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    width = rows.width if isinstance(rows, SignatureFile) else rows.shape[1]
    for start in range(0, width - _ROWS + 1, _ROWS):
        end = start + _ROWS
        band = _band(rows.columns(start, end) if isinstance(rows, SignatureFile) else rows[:, start:end])
        for bucket in _buckets(band):
            _join(bucket, rows, threshold, parent, root)
    found: dict[int, list[int]] = {}
    for i in range(len(rows)):
        if (first := root(i)) != i:
            found.setdefault(first, [first]).append(i)
    return sorted(found.values())


def _buckets(band: NDArray[np.uint64]) -> Iterator[list[int]]:
    """The rows of each key that several rows have."""
    order = np.argsort(band, kind="stable")
    edges = np.flatnonzero(np.diff(band[order])) + 1
    starts, ends = np.append(0, edges), np.append(edges, len(band))
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        yield order[start:end].tolist()


def _join(
    bucket: list[int],
    rows: Signatures | SignatureFile,
    threshold: float,
    parent: array[int],
    root: Callable[[int], int],
) -> None:
    """Unite the rows of one bucket that are similar to one of its leaders; a row similar to none becomes a leader."""
    leaders: list[int] = []
    for i in bucket:
        near = next((k for k in leaders if root(k) == root(i) or similarity(rows[k], rows[i]) >= threshold), None)
        if near is None:
            leaders.append(i)
        else:
            low, high = sorted((root(near), root(i)))
            parent[high] = low
