"""Sentence aligners, ours and those of others, behind one signature: a case and our encoder in, beads out.

Nothing of theirs is part of this repository. Each runs where it can be imported, or from a checkout that is named:

    vecalign    github.com/thompsonb/vecalign, built in place (python setup.py build_ext --inplace)   --vecalign FOLDER
    bertalign   github.com/bfsujason/bertalign; FAISS where it is installed, else an exact top-k      --bertalign FOLDER
    SentAlign   github.com/steinst/SentAlign                                                          --sentalign FOLDER
    hunalign    github.com/danielvarga/hunalign, built (make in src/hunalign)                         --hunalign BINARY
    sentweave   PyPI; vecalign's algorithm in memory, run where vecalign is not there
    Gale-Church nltk

Figures in README.md are of vecalign 2.0.0 (f372627), bertalign 56f2ab5, SentAlign b86f165 and hunalign 2fbcbc9.

All get the vectors of one encoder, as they come, and run with their defaults: vecalign beads of n + m ≤ 4 from overlaps of up to 4
lines; bertalign n + m ≤ 5, overlaps of up to 4 lines, margin and length penalty. A second row of bertalign gets centred vectors,
with which it was found to do better. So does SentAlign (up to 4 lines a side), whose cut-off is made for LaBSE, where strangers score
near 0: .1 has the best mean of hard, Text+Berg and comparable (its own .4 is far behind). hunalign gets words split from punctuation
and no dictionary, with -realign.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from songngu.align.alignment import align
from songngu.models.caching import CachingEncoder
from songngu.models.encoders import Encoder

from benchmarks.alignment_sets import Case, Key

System = Callable[[Case, Encoder], list[Key]]
OURS = "songngu"
UNREAD = "songngu, unread"
_OVERLAPS = 4
_SENTALIGN_CUT = 0.1
_SENTALIGN_NODES = 4_000_000  # larger texts it cuts at anchors first, which is not run here


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Where the peers that are not installed lie; what is None is left out."""

    vecalign: Path | None = None
    bertalign: Path | None = None
    sentalign: Path | None = None
    hunalign: Path | None = None


class Counting(CachingEncoder):
    """The encoder, with a memory for vectors and words and a count of the different strings asked for; `read_again` counts those
    whose sub-words were asked for."""

    def __init__(self, inner: Encoder) -> None:
        super().__init__(inner, capacity=1_000_000)
        self.asked: set[str] = set()
        self.read_again = 0

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        self.asked.update(sentences)
        return super().encode(sentences, language)

    def encode_with_words(self, sentences: Sequence[str], layer: int, reduce: Any) -> tuple[np.ndarray, list[Any]]:
        self.asked.update(sentences)
        return super().encode_with_words(sentences, layer, reduce)

    def read(self, texts: Sequence[str], layers: Sequence[int]) -> Any:
        self.read_again += len(texts)
        inner: Any = self._inner
        return inner.read(texts, layers)


def systems(checkouts: Checkouts | None = None) -> dict[str, System]:
    """Ours, and with `checkouts` the peers that can be run; standard error tells which are left out."""
    own: dict[str, System] = {OURS: ours, UNREAD: partial(ours, read=False)}
    if checkouts is None:
        return own
    found = {
        "vecalign": _vecalign(checkouts.vecalign),
        "sentweave": _sentweave if importlib.util.find_spec("sentweave") else None,
        "bertalign": _bertalign(checkouts.bertalign, centre=False),
        "bertalign, centred": _bertalign(checkouts.bertalign, centre=True),
        "SentAlign, centred": _sentalign(checkouts.sentalign),
        "hunalign": _hunalign(checkouts.hunalign),
        "Gale-Church": gale_church,
        "mutual 1:1": mutual,
    }
    if checkouts.vecalign:
        del found["sentweave"]
    for name in (name for name, system in found.items() if system is None):
        print(f"{name} is left out: neither installed nor given by an option", file=sys.stderr)
    return own | {name: system for name, system in found.items() if system is not None}


def ours(case: Case, coder: Encoder, *, read: bool = True) -> list[Key]:
    """songngu with its defaults, or without reading doubtful beads."""
    source, target = case.languages
    beads = align(case.source, case.target, source_language=source, target_language=target, encoder=coder, read=read)
    return [(b.source, b.target) for b in beads]


def completed(beads: Iterable[Key], case: Case) -> list[Key]:
    """The beads with both sides, and every other line alone."""
    full = [(tuple(s), tuple(t)) for s, t in beads if s and t]
    source, target = {i for s, _ in full for i in s}, {j for _, t in full for j in t}
    alone = [((i,), ()) for i in range(len(case.source)) if i not in source]
    return [*full, *alone, *(((), (j,)) for j in range(len(case.target)) if j not in target)]


def overlaps(lines: Sequence[str], most: int) -> list[list[str]]:
    """For each number of lines up to `most` the text that ends at each line, as vecalign and bertalign make it."""
    clean = [line.strip() or "BLANK_LINE" for line in lines]
    return [
        ["PAD"] * min(k - 1, len(clean)) + [" ".join(clean[i : i + k])[:10_000] for i in range(len(clean) - k + 1)]
        for k in range(1, most + 1)
    ]


def _vectors(lines: Sequence[str], coder: Encoder, language: str, *, centre: bool = False) -> np.ndarray:
    """Vectors (overlaps, lines, dimension) of the overlaps."""
    strings = [text for layer in overlaps(lines, _OVERLAPS) for text in layer]
    found = np.asarray(coder.encode(strings, language), dtype=np.float32).reshape(_OVERLAPS, len(lines), -1)
    if centre:
        found -= found[0].mean(axis=0)
        found /= np.linalg.norm(found, axis=2, keepdims=True)
    return found


def _module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"{path} is not there; the option takes the checkout's folder")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # numba looks it up where it finds its cache
    spec.loader.exec_module(module)
    return module


def _vecalign(folder: Path | None) -> System | None:
    if folder is None:
        return None
    sys.path.insert(0, str(folder))
    from vecalign import dp_utils  # pyright: ignore[reportMissingImports] a peer

    def system(case: Case, coder: Encoder) -> list[Key]:
        np.random.seed(42)  # as its command does
        vectors = [
            _vectors(lines, coder, code) for lines, code in zip((case.source, case.target), case.languages, strict=True)
        ]
        stack = dp_utils.vecalign(
            *vectors,
            final_alignment_types=dp_utils.make_alignment_types(_OVERLAPS),
            del_percentile_frac=0.2,
            width_over2=ceil(_OVERLAPS / 2) + 5,
            max_size_full_dp=300,
            costs_sample_size=20_000,
            num_samps_for_norm=100,
        )
        return completed(stack[0]["final_alignments"], case)

    return system


def _sentweave(case: Case, coder: Encoder) -> list[Key]:
    from sentweave import align as weave  # pyright: ignore[reportMissingImports] a peer

    result = weave(case.source, case.target, encoder=coder, alignment_max_size=_OVERLAPS)
    return completed([(tuple(a.src_indices), tuple(a.tgt_indices)) for a in result.alignments], case)


def _bertalign(folder: Path | None, *, centre: bool) -> System | None:
    if folder is None:
        return None
    if "faiss" not in sys.modules and not importlib.util.find_spec("faiss"):
        sys.modules["faiss"] = SimpleNamespace(IndexFlatIP=_ExactIndex)  # pyright: ignore[reportArgumentType]
    core = _module(folder / "bertalign" / "corelib.py", "bertalign_corelib")

    def system(case: Case, coder: Encoder) -> list[Key]:
        texts, sizes = (case.source, case.target), (len(case.source), len(case.target))
        vectors = [
            _vectors(lines, coder, code, centre=centre) for lines, code in zip(texts, case.languages, strict=True)
        ]
        lengths = [
            np.array([[len(text.encode()) for text in layer] for layer in overlaps(lines, _OVERLAPS)])
            for lines in texts
        ]
        near = core.find_top_k_sents(vectors[0][0], vectors[1][0], k=3)
        width, path = core.find_first_search_path(*sizes)
        shapes = core.get_alignment_types(2)
        steps = core.first_pass_align(*sizes, width, path, shapes, *near)
        first = core.first_back_track(*sizes, steps, path, shapes)
        width, path = core.find_second_search_path(first, 5, *sizes)
        shapes, ratio = core.get_alignment_types(5), lengths[0][0].sum() / lengths[1][0].sum()
        steps = core.second_pass_align(
            *vectors, *lengths, width, path, shapes, ratio, -0.1, margin=True, len_penalty=True
        )
        return completed(core.second_back_track(*sizes, steps, path, shapes), case)

    return system


class _ExactIndex:
    """What bertalign uses of FAISS's exact index."""

    def __init__(self, dimension: int) -> None:
        self._rows = np.zeros((0, dimension), dtype=np.float32)

    def add(self, rows: np.ndarray) -> None:
        self._rows = rows

    def search(self, rows: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        k = min(k, len(self._rows))
        parts = []
        for start in range(0, len(rows), 1024):
            alike = rows[start : start + 1024] @ self._rows.T
            best = np.argpartition(-alike, k - 1, axis=1)[:, :k]
            parts.append((np.take_along_axis(alike, best, axis=1), best))
        scores, numbers = (np.concatenate(side) for side in zip(*parts, strict=True))
        order = np.argsort(-scores, axis=1, kind="stable")
        return np.take_along_axis(scores, order, axis=1), np.take_along_axis(numbers, order, axis=1)


def _sentalign(folder: Path | None) -> System | None:
    if folder is None:
        return None
    core = _module(folder / "align_anchors.py", "sentalign_anchors")
    progress = SimpleNamespace(add_nodes=lambda _: None)

    def system(case: Case, coder: Encoder) -> list[Key]:
        sides = list(zip((case.source, case.target), case.languages, strict=True))
        if len(case.source) * len(case.target) > _SENTALIGN_NODES:
            raise ValueError("SentAlign cuts texts of this size at anchors, which is not run here")
        lines = [{k: line.strip() or "BLANK_LINE" for k, line in enumerate(text)} for text, _ in sides]
        rows = [dict(_named(text, _vectors(text, coder, code, centre=True))) for text, code in sides]
        anchor = ((-1, -1), (len(case.source), len(case.target)))
        _, path, _ = core.align_anchors(anchor, *lines, *rows, _SENTALIGN_CUT, _OVERLAPS, 1, 110, 80, 0.01, 2, progress)
        beads = (bead.strip("[]").split(":") for bead in path.split())
        return completed([(_numbers(s), _numbers(t)) for s, t in beads], case)

    return system


def _named(lines: Sequence[str], vectors: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    for layer, rows in zip(overlaps(lines, _OVERLAPS), vectors, strict=True):
        yield from zip(layer, rows, strict=True)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(",") if number)


def _hunalign(binary: Path | None) -> System | None:
    if binary is None:
        return None
    if not binary.is_file():
        raise SystemExit(f"{binary} is not there; --hunalign takes the program")

    def system(case: Case, coder: Encoder) -> list[Key]:  # noqa: ARG001 it has no use for vectors
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / name for name in ("null.dic", "source", "target")]
            for file, lines in zip(files, ([], case.source, case.target), strict=True):
                tokens = (" ".join(re.findall(r"\w+|[^\w\s]", line)) for line in lines)
                file.write_text("".join(f"{line}\n" for line in tokens), encoding="utf-8")
            command = [str(binary), "-utf", "-realign", *map(str, files)]
            ladder = subprocess.run(command, check=True, capture_output=True, cwd=folder, text=True).stdout
        rungs = [tuple(map(int, line.split("\t")[:2])) for line in ladder.splitlines()]
        steps = pairwise(rungs)
        return completed([(tuple(range(i, n)), tuple(range(j, m))) for (i, j), (n, m) in steps], case)

    return system


def gale_church(case: Case, coder: Encoder) -> list[Key]:  # noqa: ARG001 it knows lengths alone
    """nltk's aligner by length."""
    from nltk.translate import gale_church as gc

    links = gc.align_blocks([len(t) for t in case.source], [len(t) for t in case.target])
    groups: list[tuple[set[int], set[int]]] = []
    for i, j in sorted(links):
        if groups and (i in groups[-1][0] or j in groups[-1][1]):
            groups[-1][0].add(i)
            groups[-1][1].add(j)
        else:
            groups.append(({i}, {j}))
    return completed([(tuple(sorted(s)), tuple(sorted(t))) for s, t in groups], case)


def mutual(case: Case, coder: Encoder) -> list[Key]:
    """One-to-one mining with the ratio margin over four neighbours; everything else is left alone."""
    one, other = coder.encode(case.source), coder.encode(case.target)
    alike = one @ other.T
    k = min(4, *alike.shape)
    near = np.sort(alike, axis=1)[:, -k:].mean(axis=1)[:, None] + np.sort(alike, axis=0)[-k:].mean(axis=0)[None, :]
    margin = alike / near * 2
    at, back = margin.argmax(axis=1), margin.argmax(axis=0)
    pairs = [(i, int(j)) for i, j in enumerate(at) if back[j] == i and margin[i, j] > 1.0]
    return completed([((i,), (j,)) for i, j in pairs], case)
