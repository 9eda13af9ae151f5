"""Fit the aligner's weights on damaged texts made from parallel sentences, and write `align/alignment.json`.

    python -m benchmarks.fit_alignment ../shared/data/train/pairs.fr-vi.tsv [--documents 400]
    python -m benchmarks.fit_alignment --free                     the weights for reports that retell each other alone

The pairs (`source, target, origin` a line, in running order within an origin) become documents of 6 to 36 lines in which sentences are
joined, missing on one side, moved, or strangers; how much of each differs from document to document. The weights maximise the
likelihood of the true path (a conditional random field, L-BFGS). Origins are software help and web prose under
MPL-2.0, CC-BY, MIT/GPL; no news, and none of the sets that the aligner is measured on. The weights `free` start from these and are
fitted on reports that retell each other (`benchmarks/retold`, those that networks learn from, in all languages).
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from songngu.align import lattice as grid
from songngu.align import paths
from songngu.align.alignment import blocks_worth_encoding, contiguous
from songngu.align.decoding import Candidates, candidates, estimate
from songngu.align.evidence import EVIDENCE, SHAPE_CLASS, WORDS
from songngu.align.joining import FEATURES, joins
from songngu.align.problem import Problem, problem, side, with_blocks
from songngu.align.weights import COSTS as COSTS_OF_PATHS
from songngu.align.weights import Weights, weights
from songngu.models.caching import CachingEncoder
from songngu.models.calibration import Logistic, save
from songngu.models.calibration import fit as fit_logistic
from songngu.models.encoders import Encoder, encoder
from songngu.models.wordspace import encoded

from benchmarks import train_wordspace
from benchmarks.alignment_sets import Case, retold

ORIGINS = ("lohelp", "react-docs", "debian-www", "mozilla-www", "tatoeba")
ALIGN = Path(__file__).parent.parent / "align"
START = (-2, -3, -4, -4, -4, -5, 10, 0, -4, 4, -4, -1, 0, -1, 0.3, -0.1, 0, 0, 0, 0, 0, 0, 0, 0)
COSTS = (-1.5, -0.3, -2.0, 0.0)  # open, extend, jump, alone
# Set by hand, on news and on our own samples: these texts hardly have names, dates or figures, and help pages move less than news.
SHARED_TOKENS, MISSING_TOKENS, MORE_JUMPS = 0.5, -0.4, 1.0
# Words that are each other's best match: fitted with the rest they get 8.4, and what that takes from other evidence is missed in
# literature. So they are added to the other evidence by hand (8 to 16 do alike on news); at USUAL a bead is as likely as before.
MUTUAL, USUAL = 8.0, 0.1
PULL = 2e-4  # quadratic, towards the start

Bead = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Text:
    source: list[str]
    target: list[str]
    beads: list[Bead]


def read(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The pairs of each origin in running order, without those that the space of words was trained on."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        source, target, origin = line.split("\t")
        if len(source.split()) >= 5:
            found.setdefault(origin, []).append((source, target))
    for origin, seen in train_wordspace.read(path).items():
        if seen and origin in found:
            found[origin] = found[origin][found[origin].index(seen[-1]) + 1 :]
    return found


def texts(pairs: dict[str, list[tuple[str, str]]], count: int, seed: int, *, whole: bool = True) -> list[Text]:
    """Damaged documents; `whole` ones have only beads of neighbouring sentences."""
    rng, made = random.Random(seed), []
    while len(made) < count:
        lines, pool = pairs[rng.choice(ORIGINS)], pairs[rng.choice(ORIGINS)]
        size = rng.randint(6, 36)
        start = rng.randrange(len(lines) - size)
        text = damaged(lines[start : start + size], pool, rng, whole=whole)
        if text:
            made.append(text)
    return made


def damaged(
    lines: Sequence[tuple[str, str]], pool: Sequence[tuple[str, str]], rng: random.Random, *, whole: bool
) -> Text | None:
    missing, merging = rng.choice([0, 0.03, 0.06, 0.12, 0.25, 0.4, 0.5]), rng.choice([0, 0.1, 0.2, 0.35, 0.5])
    strangers, moves = rng.choice([0, 0.03, 0.06, 0.1]), rng.choice([0, 0, 0, 1, 1, 2])
    where: list[str] = []
    while len(where) < len(lines):
        alone = rng.random() < missing
        run = 1 if not alone or rng.random() < 0.7 else rng.randint(2, 5)
        where += [rng.choice(("source", "target")) if alone else "both"] * run
    orders = [[i for i in range(len(lines)) if where[i] in ("both", role)] for role in ("source", "target")]
    for _ in range(moves):
        orders[1] = moved(orders[1], rng)
    sides, groups, stranger = ([], []), ([], []), -1
    for k in (0, 1):
        for group in merged(orders[k], rng, merging * rng.random() * 2):
            if rng.random() < strangers:
                groups[k].append([stranger])
                sides[k].append(rng.choice(pool)[k])
                stranger -= 1
            groups[k].append(group)
            sides[k].append(" ".join(lines[i][k] for i in group))
    beads = components(*groups)
    together = all(b - a == 1 for bead in beads for part in bead for a, b in pairwise(part))
    return Text(sides[0], sides[1], beads) if together == whole and sides[0] and sides[1] else None


def moved(order: list[int], rng: random.Random) -> list[int]:
    if len(order) < 4:
        return order
    size = rng.randint(1, min(4, len(order) - 1))
    at = rng.randrange(len(order) - size + 1)
    block, rest = order[at : at + size], order[:at] + order[at + size :]
    to = rng.randrange(len(rest) + 1)
    return rest[:to] + block + rest[to:]


def merged(order: list[int], rng: random.Random, rate: float) -> list[list[int]]:
    groups: list[list[int]] = []
    for line in order:
        if groups and len(groups[-1]) < 3 and groups[-1][-1] == line - 1 and rng.random() < rate:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def components(source: list[list[int]], target: list[list[int]]) -> list[Bead]:
    where = {line: len(source) + j for j, group in enumerate(target) for line in group}
    parent = list(range(len(source) + len(target)))

    def root(k: int) -> int:
        while parent[k] != k:
            k = parent[k]
        return k

    for i, group in enumerate(source):
        for line in group:
            if line in where:
                parent[root(i)] = root(where[line])
    parts: dict[int, Bead] = {}
    for k in range(len(parent)):
        part = parts.setdefault(root(k), ([], []))
        part[k >= len(source)].append(k if k < len(source) else k - len(source))
    return [bead for bead in parts.values() if bead[0] and bead[1]]


@dataclass(frozen=True)
class Example:
    """One text with all candidates' evidence and the candidates of the true path in source order."""

    problem: Problem
    found: Candidates
    starts: np.ndarray
    path: list[int]
    lone: tuple[np.ndarray, np.ndarray]
    gold: np.ndarray  # summed evidence of the true beads


def example(problem: Problem, beads: list[Bead], mask: np.ndarray) -> Example | None:
    """The example, or None where a true bead has a shape that the aligner does not know."""
    nothing = Weights(dict.fromkeys(EVIDENCE, 0.0), 0, 0, 0, 0, (1.0,) * 8, 1)
    found = candidates(problem, nothing, least_cosine=0.05)
    found = replace(found, evidence=found.evidence.astype(np.float64) * mask)
    number = {place: c for c, place in enumerate(map(tuple, found.places.tolist()))}
    places = [(s[0], t[0], shape(len(s), len(t))) for s, t in sorted(beads)]
    if not all(place in number for place in places):
        return None
    path = [number[place] for place in places]
    starts = np.concatenate([[0], np.cumsum(np.bincount(found.nodes, minlength=problem.lattice.size))]).astype(np.int64)
    lone = tuple(np.maximum(best[:, 0], 0).astype(np.float64) for best in problem.best)
    return Example(problem, found, starts, path, lone, found.evidence[path].sum(axis=0))  # type: ignore[arg-type]


def shape(a: int, b: int) -> int:
    return int(grid.SHAPE_NUMBER[a, b]) if max(a, b) <= grid.LONGEST else -1


def true_weight(e: Example, odds: np.ndarray, costs: np.ndarray) -> float:
    open_, extend, jump, alone = costs
    lone = [np.concatenate([[0], np.cumsum(alone * x)]) for x in e.lone]

    def run(k: int, start: int, end: int) -> float:
        return 0.0 if end <= start else open_ + extend * (end - start - 1) + lone[k][end] - lone[k][start]

    i = j = 0
    total = float(odds[e.path].sum())
    jump = jump - np.log(e.problem.m + 1.0)
    for c in [*e.path, -1]:
        row = e.found.spans[c] if c >= 0 else (e.problem.n, e.problem.n, e.problem.m, e.problem.m)
        total += run(0, i, row[0])
        if row[2] != j:
            total += max(run(1, j, row[2]), jump) if row[2] > j else jump
        i, j = row[1], row[3]
    return total


def likelihood(e: Example, t: np.ndarray) -> tuple[float, np.ndarray]:
    """Log-likelihood of the true path and its gradient; that of the four costs by differences."""
    size = len(EVIDENCE)
    odds = e.found.evidence @ t[:size]

    def value(costs: np.ndarray) -> tuple[float, tuple, tuple]:
        costs = np.minimum(costs, [0, 0, 0, np.inf])
        all_costs = (costs[0], costs[1], costs[2] - np.log(e.problem.m + 1.0))
        lone = tuple(costs[3] * x for x in e.lone)
        rest = (e.problem.lattice.size, e.starts, e.found.places, odds, grid.SHAPES, all_costs, *lone)
        states = paths.forward(e.problem.lattice.arrays, e.problem.n, *rest)
        total = paths.total_weight(e.problem.lattice.arrays, e.problem.n, e.problem.m, states)
        return true_weight(e, odds, costs) - total, states, rest

    base, states, rest = value(t[size:])
    ended, _ = paths.backward(e.problem.lattice.arrays, e.problem.n, e.problem.m, *rest)
    total = paths.total_weight(e.problem.lattice.arrays, e.problem.n, e.problem.m, states)
    chance = paths.probabilities(
        e.problem.lattice.arrays, e.found.nodes, e.found.places, odds, grid.SHAPES, states, ended, total
    )
    slopes = [(value(t[size:] + 1e-4 * unit)[0] - base) / 1e-4 for unit in np.eye(len(COSTS))]
    return base, np.concatenate([e.gold - chance @ e.found.evidence, slopes])


def fit(examples: Sequence[Example], start: np.ndarray, anchor: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize

    def loss(t: np.ndarray) -> tuple[float, np.ndarray]:
        values = [likelihood(e, t) for e in examples]
        mean = sum(v for v, _ in values) / len(values)
        slope = np.sum([g for _, g in values], axis=0) / len(values)
        return PULL * float(((t - anchor) ** 2).sum()) - mean, 2 * PULL * (t - anchor) - slope

    result = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    print(f"{len(examples)} texts, loss {loss(start)[0]:.4f} -> {result.fun:.4f}")
    return result.x


def as_weights(t: np.ndarray, rates: Sequence[float], firmness: float) -> Weights:
    size = len(EVIDENCE)
    costs = np.minimum(t[size:], [0, 0, 0, np.inf]).round(4).tolist()
    evidence: dict[str, float] = dict(zip(map(str, EVIDENCE), t[:size].round(4).tolist(), strict=True))
    evidence |= {"shared_tokens": SHARED_TOKENS, "missing_tokens": MISSING_TOKENS}
    open_, extend, jump, alone = costs
    jump += MORE_JUMPS
    return Weights(evidence, open_, extend, jump, alone, tuple(rates), firmness)


def between(one: Weights, other: Weights) -> Weights:
    """The mean of two fits: half of what the words are worth on help pages. On news and literature that does better than all of it."""

    def mean(x: float, y: float) -> float:
        return round((x + y) / 2, 4)

    evidence = {name: mean(one.evidence[name], other.evidence.get(name, 0.0)) for name in EVIDENCE}
    evidence |= {name: round(evidence[name] - MUTUAL * USUAL, 4) for name in EVIDENCE[: int(SHAPE_CLASS.max()) + 1]}
    evidence["words_mutual"] = MUTUAL
    costs = {name: mean(getattr(one, name), getattr(other, name)) for name in ("open", "extend", "jump", "alone")}
    return replace(one, evidence=evidence, **costs)


def event_rates(made: Sequence[Text]) -> list[float]:
    counts = np.ones(int(SHAPE_CLASS.max()) + 3)
    for text in made:
        last = 0
        for s, t in sorted(text.beads):
            counts[SHAPE_CLASS[shape(len(s), len(t))]] += 1
            counts[-1] += t[0] < last
            last = t[-1] + 1
        for k, lines in enumerate((text.source, text.target)):
            paired = {i for bead in text.beads for i in bead[k]}
            counts[-2] += sum(i not in paired and (i == 0 or i - 1 in paired) for i in range(len(lines)))
    return (counts / counts.sum()).round(5).tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="?")
    parser.add_argument("--free", action="store_true", help="only the weights for reports that retell each other")
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--source", default="fr")
    parser.add_argument("--target", default="vi")
    parser.add_argument("--without", nargs="*", default=[], help="evidence to leave out, to see what it brings")
    parser.add_argument("--firmness", type=float, default=40.0)
    parser.add_argument("--out", type=Path, default=ALIGN / "alignment.json")
    args = parser.parse_args()
    coder = CachingEncoder(encoder())
    if args.free:
        write_free(args.out, coder)
        return
    made = texts(read(args.pairs), args.documents, args.seed)
    plain = fitted(made, args, coder, [*args.without, *EVIDENCE[WORDS:]])
    write(args.out, "plain", *plain)
    full = fitted(made, args, coder, [*args.without, "words_mutual"])
    write(args.out, "words", *(between(*both) for both in zip(full, plain, strict=True)))
    weights.cache_clear()
    write_free(args.out, coder)
    apart = texts(read(args.pairs), args.documents // 2, args.seed + 1, whole=False)
    save(args.out.with_name("joining.json"), {"join": fitted_joining(apart, (args.source, args.target), coder)})


def fitted(
    made: Sequence[Text], args: argparse.Namespace, coder: Encoder, without: Sequence[str]
) -> tuple[Weights, Weights]:
    mask = np.array([name not in without for name in EVIDENCE], dtype=np.float64)
    for k, language in enumerate((args.source, args.target)):
        encoded(coder, sorted({line for text in made for line in (text.source, text.target)[k]}), language)
    problems = [problem(side(t.source, args.source, coder), side(t.target, args.target, coder)) for t in made]
    anchor = np.array([*(np.array(START) * mask), *COSTS])
    rates = event_rates(made)
    known = [e for p, t in zip(problems, made, strict=True) if (e := example(p, t.beads, mask))]
    first = fit(known, anchor, anchor)
    summed = as_weights(first, rates, args.firmness)
    problems = [with_encoded(p, summed, coder) for p in problems]
    known = [e for p, t in zip(problems, made, strict=True) if (e := example(p, t.beads, mask))]
    return summed, as_weights(fit(known, first, anchor), rates, args.firmness)


def fitted_free(coder: Encoder) -> Weights:
    """The joint weights fitted on reports that retell each other."""
    before, first = weights("joint", words=True), weights("first", words=True)
    known, made = [], []
    for case in retold():
        text = Text(case.source, case.target, _apart(case))
        made.append(text)
        sides = (
            side(lines, code, coder) for lines, code in zip((text.source, text.target), case.languages, strict=True)
        )
        known.append(example(with_encoded(problem(*sides), first, coder), text.beads, np.ones(len(EVIDENCE))))
    start = np.array([*before.vector(), *(getattr(before, name) for name in COSTS_OF_PATHS)])
    t = fit([e for e in known if e], start, start).round(4).tolist()
    evidence = dict(zip(map(str, EVIDENCE), t, strict=False))
    costs = {
        name: min(0.0, x) if name != "alone" else x for name, x in zip(COSTS_OF_PATHS, t[len(EVIDENCE) :], strict=True)
    }
    return Weights(evidence, **costs, rates=tuple(event_rates(made)), firmness=before.firmness)


def _apart(case: Case) -> list[Bead]:
    """The beads of a case, also possible ones whose lines are in no sure bead."""
    found: list[Bead] = []
    seen: tuple[set[int], set[int]] = (set(), set())
    for keys in (case.gold, case.possible):
        for key in sorted(keys):
            if key[0] and key[1] and not any(lines & {*own} for lines, own in zip(seen, key, strict=True)):
                found.append((list(key[0]), list(key[1])))
                for lines, own in zip(seen, key, strict=True):
                    lines.update(own)
    return sorted(found)


def fitted_joining(made: Sequence[Text], languages: tuple[str, str], coder: Encoder) -> Logistic:
    """What tells a lone sentence that belongs to a bead elsewhere."""
    rows, right = [], []
    for text in made:
        packed = contiguous(text.source, text.target, languages, coder)
        partners = {(k, i): bead for bead in text.beads for k in (0, 1) for i in bead[k]}
        for join in joins(packed.texts, packed.beads, packed.alone):
            bead, gold = packed.beads[join.bead], partners.get((join.side, join.sentence), ([], []))
            rows.append(join.features)
            right.append(set(bead.source) <= set(gold[0]) and set(bead.target) <= set(gold[1]))
    print(f"{len(rows)} lone sentences beside a bead, {sum(right)} belong to it")
    return fit_logistic(FEATURES, np.array(rows), np.array(right), pull=0.02)  # the features are small numbers


def with_encoded(problem: Problem, weights: Weights, coder: Encoder) -> Problem:
    first = estimate(problem, weights, monotone=False, rounds=1)
    return with_blocks(problem, *blocks_worth_encoding(first, problem.n + problem.m), coder)


def write(path: Path, name: str, first: Weights, joint: Weights) -> None:
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    _written(path, known | {name: {"first": asdict(first), "joint": asdict(joint)}})
    print(f"-> {path}: {name}")


def write_free(path: Path, coder: Encoder) -> None:
    """Fit the weights of free text and write them beside those that are there."""
    known = json.loads(path.read_text(encoding="utf-8"))
    known["words"]["free"] = asdict(fitted_free(coder))
    _written(path, known)


def _written(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
