"""Learn how sure a denial on one side alone is an error (models/denials.json): weights from software texts, the level from clean news.

    python -m benchmarks.train_denials ../shared [--out models/denials.json]

The weights are learned on pairs of ../shared/data/train (no XNLI, no noisy blocks) whose sides deny alike or do not, and on the same with
negations taken out and put in; the bias is set so that on clean NTREX dev pairs as many denials as --alarms says have a chance of .6 or
more. What it finds is measured by benchmarks/translation.py.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from songngu.data.negation import denials, hints
from songngu.data.text import normalise, one_line
from songngu.eval.checks_meaning import denying_side
from songngu.eval.damage import Pairs, damaged
from songngu.eval.findings import Case
from songngu.models.denials import FEATURES, evidence_of
from songngu.models.encoders import encoder
from songngu.models.gaps import sides

from benchmarks.train_gaps import TOLD, logistic, save, training_pairs
from benchmarks.translation import ntrex

_KINDS = ("negation dropped", "negation added")


def rows(pairs: Pairs, engine: Any, most: int = 0) -> Iterator[tuple[list[float], bool]]:
    """The evidence of each pair of which one side alone denies, and whether it was made so; `most` damaged ones of a kind and direction."""
    for direction in (pairs, pairs.turned()):
        clean = [(i, text, False) for i, text in enumerate(direction.targets)] if direction is pairs else []
        made = [(i, text, True) for kind in _KINDS for i, text in damaged(direction, kind)[:most]]
        yield from _evidence(direction, [*clean, *made], engine)


def _evidence(pairs: Pairs, told: list[tuple[int, str, bool]], engine: Any) -> Iterator[tuple[list[float], bool]]:
    languages = {"source": pairs.source_language, "target": pairs.target_language}
    cases = []
    for i, text, made in told:
        options = {f"{side}_language": tag for side, tag in languages.items()}
        case = Case(i, one_line(normalise(pairs.sources[i])), one_line(normalise(text)), **options)
        if side := denying_side(case):
            cases.append((case, side, made))
    texts = [[case.text(side) for case, _, _ in cases] for side in ("source", "target")]
    options = {f"{side}_language": tag for side, tag in languages.items()}
    for (_, side, made), pair in zip(cases, sides(*texts, **options, encoder=engine), strict=True):
        if pair is None:
            continue
        (one, tag), (other, other_tag) = zip(pair, languages.values(), strict=True)
        if side == "target":
            (one, tag), (other, other_tag) = (other, other_tag), (one, tag)
        if found := evidence_of(one, other, denials(one.text, tag), hints(other.text, other_tag)):
            yield [found[name] for name in FEATURES], made


def denying(pairs: Pairs) -> Pairs:
    """The pairs of which a side denies, and a tenth of the others."""
    rng = random.Random(1)
    kept = [
        (s, t)
        for s, t in zip(pairs.sources, pairs.targets, strict=True)
        if denials(s, pairs.source_language) or denials(t, pairs.target_language) or rng.random() < 0.1
    ]
    return Pairs([s for s, _ in kept], [t for _, t in kept], pairs.source_language, pairs.target_language)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("models/denials.json"))
    parser.add_argument("--most", type=int, default=12000, help="training pairs to look for denials in")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--alarms", type=int, default=5, help="denials in clean NTREX dev pairs that raise an alarm")
    args = parser.parse_args()
    engine = encoder()
    pairs = denying(training_pairs(args.shared / "data", args.most, args.seed))
    found = list(rows(pairs, engine, most=500))
    x, y = np.array([row for row, _ in found]), np.array([label for _, label in found], dtype=float)
    weights, _ = logistic(x, y)
    clean = np.sort(np.array([row for row, _ in rows(ntrex(args.shared / "data"), engine)]) @ weights)[::-1]
    level = float((clean[args.alarms - 1] + clean[args.alarms]) / 2)
    origin = (
        f"{len(found)} pairs of shared data/train of which one side denies, {int(y.sum())} of them made so, seed {args.seed}; "
        f"bias: {args.alarms} clean NTREX dev pairs at {TOLD:g}"
    )
    save(args.out, origin, FEATURES, weights, level)


if __name__ == "__main__":
    main()
