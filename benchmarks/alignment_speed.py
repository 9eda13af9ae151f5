"""How long aligners take, and how much memory: on vectors that are there already, and with encoding.

Seconds are the processor's, so that other work on the machine does not count. Every system and size gets a process of its
own, since peak memory never falls.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import re
import resource
import statistics
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from songngu.models.encoders import Encoder

from benchmarks.alignment_sets import Case, Key
from benchmarks.alignment_systems import OURS, Checkouts, Counting, System, systems

_MIB = 2**20
# time or memory of the others grows with the square of the text
_TIMED = (OURS, "vecalign", "sentweave", "bertalign")


@dataclass(frozen=True, slots=True)
class Run:
    """What one system took for one text: seconds of the processor, MiB that the peak grew, MiB of its vectors, share of the
    beads that were right."""

    seconds: float
    grown: float
    vectors: float
    right: float


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one run over a set took: seconds of the processor and of the clock, and strings that were encoded."""

    seconds: float
    wall: float
    strings: int


def timing(counts: Sequence[int], checkouts: Checkouts | None, runs: int) -> None:
    """Print for systems and sizes (lines a side) the median run without encoding, on synthetic text in order."""
    print("| aligning alone | lines a side | CPU seconds | peak memory grew by | of it vectors | beads right |")
    print("|---|---|---|---|---|---|")
    for count in counts:
        for name in (name for name in systems(checkouts) if name in _TIMED):
            done = sorted((_alone(name, count, checkouts) for _ in range(runs)), key=lambda run: run.seconds)
            run = done[len(done) // 2]
            memory = f"{run.grown:.0f} MiB | {run.vectors:.0f} MiB"
            print(f"| {name} | {count:,} | {run.seconds:.2f} | {memory} | {run.right:.3f} |", flush=True)


def _alone(name: str, count: int, checkouts: Checkouts | None) -> Run:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, name, count, checkouts).result()


def _run(name: str, count: int, checkouts: Checkouts | None) -> Run:
    with contextlib.redirect_stderr(io.StringIO()):
        system = systems(checkouts)[name]
    case, coder = synthetic(count), Synthetic()
    system(synthetic(60), coder)  # compiles
    coder.learn([*case.source, *case.target])
    coder.spent, coder.bytes = 0.0, 0
    before, start = _resident(), time.process_time()
    found = set(system(case, coder))
    spent = time.process_time() - start - coder.spent
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    return Run(spent, grown, coder.bytes / _MIB, len(found & case.gold) / len(case.gold))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / _MIB


def end_to_end(cases: Mapping[str, Sequence[Case]], checkouts: Checkouts | None, coder: Encoder, runs: int) -> None:
    """Print what systems that encode take with encoding, for each set of texts: the median of runs that take turns.

    Within a run no string is encoded twice; nothing is kept between runs. Loading the encoder and compiling do not count.
    """
    chosen = {name: system for name, system in systems(checkouts).items() if name in _TIMED}
    for system in chosen.values():
        system(synthetic(60), Synthetic())
    print("| with encoding | texts | strings encoded | CPU seconds | wall seconds | CPU, times ours |")
    print("|---|---|---|---|---|---|")
    for kind, texts in cases.items():
        done = [{name: _encoded(system, texts, coder) for name, system in chosen.items()} for _ in range(runs)]
        least = statistics.median(run[OURS].seconds for run in done)
        for name in chosen:
            cpu, wall = (statistics.median(getattr(run[name], x) for run in done) for x in ("seconds", "wall"))
            strings = done[0][name].strings
            print(f"| {name} | {kind} | {strings:,} | {cpu:.1f} | {wall:.1f} | {cpu / least:.1f} |", flush=True)


def _encoded(system: System, texts: Sequence[Case], coder: Encoder) -> Encoded:
    fresh, cpu, wall = Counting(coder), time.process_time(), time.perf_counter()
    for case in texts:
        system(case, fresh)
    return Encoded(time.process_time() - cpu, time.perf_counter() - wall, len(fresh.asked))


class Synthetic:
    """Vectors without a model: random for every word of a line, so that lines with the same words are alike.

    It is named like the built-in encoder, so that its words are compared as those are.
    """

    dimension, signature = 384, "enc:builtin-e5-small-synthetic"

    def __init__(self) -> None:
        self.spent = 0.0
        self.bytes = 0
        self._words: dict[str, np.ndarray] = {}

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:  # noqa: ARG002 the protocol's
        start = time.process_time()
        noise = np.random.default_rng(len(sentences))
        rows = np.array([self._vector(text) for text in sentences], dtype=np.float32).reshape(-1, self.dimension)
        rows += 0.03 * noise.standard_normal(rows.shape, dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self.spent += time.process_time() - start
        self.bytes += rows.nbytes
        return rows

    def encode_with_words(self, sentences: Sequence[str], layer: int, reduce: Any) -> tuple[np.ndarray, list[Any]]:
        start = time.process_time()
        words = [
            reduce(text, *found) for text, found in zip(sentences, self.encode_words(sentences, layer), strict=True)
        ]
        self.spent += time.process_time() - start
        self.bytes += sum(w.vectors.nbytes + w.weights.nbytes for w in words)
        return self.encode(sentences), words

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:  # noqa: ARG002
        found = []
        for text in sentences:
            spans = np.array([match.span() for match in re.finditer(r"\S+", text)], dtype=np.int64).reshape(-1, 2)
            found.append(
                (spans, np.array([self._word(w) for w in text.split()], np.float32).reshape(-1, self.dimension))
            )
        return found

    def learn(self, texts: Iterable[str]) -> None:
        """Make the vectors of all words, so that later neither their time nor their memory counts."""
        for text in texts:
            self._vector(text)

    def _vector(self, text: str) -> np.ndarray:
        row = np.sum([self._word(word) for word in text.split()], axis=0)
        return row / np.linalg.norm(row)

    def _word(self, word: str) -> np.ndarray:
        if word not in self._words:
            rng = np.random.default_rng(zlib.crc32(word.encode()))
            self._words[word] = rng.standard_normal(self.dimension, dtype=np.float32)
        return self._words[word]


def synthetic(count: int) -> Case:
    """A text in order of so many lines: some of them missing on the other side, some cut in two there."""
    rng = np.random.default_rng(count)
    source: list[str] = []
    target: list[str] = []
    gold: set[Key] = set()
    for k in range(count):
        line = " ".join(f"w{3 * k + c}" for c in range(3))
        draw = rng.random()
        source.append(line)
        first = len(target)
        target += [] if draw < 0.08 else line.rsplit(" ", 1) if draw < 0.16 else [line]
        gold.add(((k,), tuple(range(first, len(target)))))
    return Case("synthetic", str(count), ("fr", "vi"), source, target, gold)
