"""Time and memory of pairing an archive, for `benchmarks/pairing.py --size`.

The reports are made up: sentences from the templates, 3 to 40 a report, a hundred reports a day and language, seven events in ten told in
both languages. The vectors are synthetic (a table of random directions, one for the sentence's meaning and one for its event), since
encoding millions of sentences takes hours that say nothing about pairing; the time of making them is not counted. So time and memory
are real, precision and recall are not: they only show that the true pairs were among the candidates.
"""

from __future__ import annotations

import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
from songngu.align.candidates import candidates
from songngu.align.pairing import PairSettings, pair
from songngu.align.pairing_vectors import Vectors
from songngu.data.core import Document, Sentence

from benchmarks.templates import KINDS, event, facts

A_DAY = 100
FULL = 100_000  # reports a side up to which whole pairing is timed, too; it takes CPU-minutes


class Synthetic:
    """An encoder that reads a sentence's meaning and event from the mark at its end."""

    dimension = 384
    signature = "synthetic"

    def __init__(self) -> None:
        self._table = np.random.default_rng(1).normal(size=(65_536, self.dimension)).astype(np.float32) / np.sqrt(
            self.dimension
        )
        self.seconds = 0.0

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:  # noqa: ARG002 the protocol's
        start = time.process_time()
        marks = [re.search(r"zs(\d+)e(\d+)x(\d+)$", s) for s in sentences]
        keys = np.array([[int(g) for g in m.groups()] if m else (7, 7, 7) for m in marks]).reshape(-1, 3) % len(
            self._table
        )
        rows = 0.75 * self._table[keys[:, 0]] + 0.5 * self._table[keys[:, 1]] + 0.35 * self._table[keys[:, 2]]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self.seconds += time.process_time() - start
        return rows


def archive(count: int, language: str, side: int) -> Iterator[Document]:
    """`count` reports of one language; report n tells event n, or one of its own where the other language does not tell it."""
    for n in range(count):
        both = random.Random(n).random() < 0.7
        rng = random.Random(n if both else f"{n} {side}")
        told = event(rng.choice(list(KINDS)), date(2020, 1, 1) + timedelta(days=n // A_DAY), facts(rng))
        lines = (told.fr, told.vi)[side]
        own = random.Random(2 * n + side)
        size = own.randrange(3, 41)
        shared = sorted(own.sample(range(len(lines)), min(len(lines), max(3, size // 2))))
        text, spans = "", []
        for k in range(size):
            meaning, wording = (shared[k] if k < len(shared) else 100 + 50 * side + k), own.randrange(10**6)
            line = f"{lines[shared[k % len(shared)]]} zs{n * 211 + meaning}e{n if both else 10**7 + 2 * n + side}x{wording}"
            spans.append(Sentence(len(text), len(text) + len(line)))
            text += line + "\n"
        yield Document(f"{language}{n}", text, language=language, sentences=tuple(spans), date=told.day.isoformat())


def sizes(counts: Sequence[int]) -> None:
    """One process a size, so that each has its own peak of memory."""
    print(
        "| reports a side | sentences | documents in memory | candidate CPU s | candidates | peak GiB | whole pairing CPU s |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for count in counts:
        subprocess.run([sys.executable, "-m", "benchmarks.pairing_size", str(count)], check=True)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    count, settings, coder = int(sys.argv[1]), PairSettings(), Synthetic()
    documents = [*archive(count, "fr", 0), *archive(count, "vi", 1)]
    sentences, loaded = sum(len(d.sentences) for d in documents), peak()
    ours = Vectors(documents[:count], "fr", coder, head=settings.head)
    theirs = Vectors(documents[count:], "vi", coder, head=settings.head)
    start = time.process_time()
    i, _ = candidates(ours.side, theirs.side, window=settings.window, neighbours=settings.neighbours)
    seconds, whole = time.process_time() - start, "–"
    if count <= FULL:
        coder.seconds, start = 0.0, time.process_time()
        pairs = pair(documents, source_language="fr", target_language="vi", encoder=coder)
        right = sum(p.source[2:] == p.target[2:] for p in pairs)
        whole = f"{time.process_time() - start - coder.seconds:.0f} ({right} of {len(pairs)} pairs right)"
    print(
        f"| {count:,} | {sentences:,} | {loaded:.2f} GiB | {seconds:.1f} | {len(i):,} | {peak():.2f} | {whole} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
