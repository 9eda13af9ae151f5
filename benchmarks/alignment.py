"""Sentence alignment beside its peers: quality on made and hand-made gold, and time without and with encoding.

    python -m benchmarks.alignment [../shared] [--sides fr-vi en-vi …] [--seed N] [--peers] [--time 1000 4000 16000]

Every system gets the same encoder. Peers are run where they can be imported: `sentweave` (vecalign's algorithm in memory) and nltk's
Gale-Church; one-to-one mining by mutual nearest neighbours (ratio margin) is built in. F1 is strict / lax with
vecalign's definitions, pooled over a set's documents.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from songngu.align.alignment import align
from songngu.data.core import Bead
from songngu.eval.alignment import score_alignment
from songngu.models.encoders import Encoder, encoder

from benchmarks.alignment_sets import LONG, Case, Key, made, technews, textberg, udhr

System = Callable[[Case, Encoder], list[Key]]
KINDS = ("textberg", "hard", "long", "moved", "shuffled", "missing", "hole", "comparable", "udhr", "technews")


class Counting:
    """The encoder, with a memory for vectors and a count of the different strings asked for."""

    def __init__(self, inner: Encoder) -> None:
        self._inner = inner
        self.dimension, self.signature = inner.dimension, inner.signature
        self._known: dict[str, np.ndarray] = {}
        self.asked: set[str] = set()

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        self.asked.update(sentences)
        new = sorted({s for s in sentences if s not in self._known})
        if new:
            self._known |= zip(new, self._inner.encode(new, language), strict=True)
        return np.array([self._known[s] for s in sentences], dtype=np.float32).reshape(-1, self.dimension)


def ours(case: Case, coder: Encoder) -> list[Key]:
    beads = align(
        case.source, case.target, source_language=case.languages[0], target_language=case.languages[1], encoder=coder
    )
    return [(b.source, b.target) for b in beads]


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


def sentweave(case: Case, coder: Encoder) -> list[Key]:
    from sentweave import align as weave  # pyright: ignore[reportMissingImports]

    result = weave(case.source, case.target, encoder=coder)
    return completed([(tuple(a.src_indices), tuple(a.tgt_indices)) for a in result.alignments], case)


def gale_church(case: Case, _coder: Encoder) -> list[Key]:
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


def completed(beads: Iterable[Key], case: Case) -> list[Key]:
    full = [(s, t) for s, t in beads if s and t]
    source, target = {i for s, _ in full for i in s}, {j for _, t in full for j in t}
    alone = [((i,), ()) for i in range(len(case.source)) if i not in source]
    return [*full, *alone, *(((), (j,)) for j in range(len(case.target)) if j not in target)]


def systems(peers: bool) -> dict[str, System]:
    found: dict[str, System] = {"songngu": ours}
    if peers:
        found |= {"mutual 1:1": mutual, "Gale-Church": gale_church}
        if importlib.util.find_spec("sentweave"):
            found["sentweave"] = sentweave
    return found


def beads(keys: Iterable[Key]) -> list[Bead]:
    return [Bead(s, t) for s, t in keys]


def quality(name: str, system: System, cases: Sequence[Case], coder: Counting) -> None:
    row = []
    for kind in KINDS:
        chosen = [case for case in cases if case.kind == kind]
        if not chosen or (name == "Gale-Church" and kind in LONG):
            continue
        gold: dict[str, list[Bead]] = {}
        found: dict[str, list[Bead]] = {}
        strings = segments = 0
        for case in chosen:
            coder.asked = set()
            gold[case.name], found[case.name] = beads(case.gold), beads(system(case, coder))
            strings += len(coder.asked)
            segments += len(set(case.source)) + len(set(case.target))
        score = score_alignment(gold, found, samples=0)
        row.append(f"{kind} {score.strict.f1:.3f}/{score.lax.f1:.3f} (x{strings / segments:.2f})")
    print(f"{name:12s} " + "  ".join(row), flush=True)


def timing(counts: Sequence[int]) -> None:
    """Seconds of the processor and growth of memory, without encoding, on synthetic text in order with some damage."""
    for count in counts:
        case, coder = synthetic(count), Synthetic()
        for name, system in (("songngu", ours), ("sentweave", sentweave)):
            if name == "sentweave" and not importlib.util.find_spec("sentweave"):
                continue
            system(synthetic(60), coder)  # compiles
            coder.spent = 0.0
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            start = time.process_time()
            found = set(system(case, coder))
            spent = time.process_time() - start - coder.spent
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
            right = len(found & case.gold) / len(case.gold)
            lines = f"{len(case.source):6d} x {len(case.target):6d} lines"
            print(
                f"{name:12s} {lines}: {spent:6.2f} CPU s, peak + {grown:.2f} GiB, beads right {right:.3f}", flush=True
            )


class Synthetic:
    """Vectors without a model: random for every word of a line, so that lines with the same words are alike."""

    dimension, signature = 384, "enc:synthetic"

    def __init__(self) -> None:
        self.spent = 0.0

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:  # noqa: ARG002 the protocol's
        start = time.process_time()
        rows = np.empty((len(sentences), self.dimension), dtype=np.float32)
        noise = np.random.default_rng(len(sentences))
        for k, text in enumerate(sentences):
            words = [int(w[1:]) for w in text.split() if w[1:].isdigit()] or [0]
            rows[k] = sum(np.random.default_rng(w).standard_normal(self.dimension, dtype=np.float32) for w in words)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rows += 0.03 * noise.standard_normal(rows.shape, dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        self.spent += time.process_time() - start
        return rows


def synthetic(count: int) -> Case:
    rng = np.random.default_rng(count)
    source: list[str] = []
    target: list[str] = []
    gold: set[Key] = set()
    for k in range(count):
        line = " ".join(f"w{3 * k + c}" for c in range(3))
        draw = rng.random()
        if draw < 0.08:
            source.append(line)
            gold.add(((len(source) - 1,), ()))
        elif draw < 0.16:
            half = line.rsplit(" ", 1)
            source.append(line)
            target += half
            gold.add(((len(source) - 1,), (len(target) - 2, len(target) - 1)))
        else:
            source.append(line)
            target.append(line)
            gold.add(((len(source) - 1,), (len(target) - 1,)))
    return Case("synthetic", str(count), ("fr", "vi"), source, target, gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--sides", nargs="*", default=["fr-vi"], metavar="A-B")
    parser.add_argument("--seed", type=int, help="another seed for the makers than their own")
    parser.add_argument("--peers", action="store_true", help="run the peers, too")
    parser.add_argument("--time", nargs="*", type=int, default=[], metavar="LINES", help="time these sizes, no quality")
    args = parser.parse_args()
    if args.time:
        timing(args.time)
        return
    coder = Counting(encoder())
    for sides in args.sides:
        source, target = sides.split("-")
        cases = [
            *made(args.shared, "make_hard", (source, target), args.seed or 2026),
            *made(args.shared, "make_comparable", (source, target), args.seed or 7),
        ]
        if sides == "fr-vi":
            cases += [*textberg(args.shared), *udhr(args.shared), *technews(args.shared)]
        print(f"{sides}: strict/lax F1 (strings encoded for each different line)")
        for name, system in systems(args.peers).items():
            quality(name, system, cases, coder)


if __name__ == "__main__":
    main()
