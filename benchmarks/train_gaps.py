"""Learn how sure a gap is (models/gaps.json): weights from software and manual text with clauses taken out, the level from clean news.

    python -m benchmarks.train_gaps ../shared [--out models/gaps.json]

The weights are learned on pairs of ../shared/data/train (no XNLI, no noisy blocks); the bias is set so that on clean NTREX dev pairs
as many gaps as --alarms says have a chance of .6 or more. What it finds is measured by benchmarks/translation.py.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from songngu.data.text import normalise, one_line
from songngu.eval.damage import Pairs, damaged
from songngu.models import gaps
from songngu.models.coverage import words
from songngu.models.encoders import encoder

from benchmarks.translation import ntrex

TOLD = 0.6  # the least confidence that `songngu check` tells


def training_pairs(data: Path, most: int, seed: int) -> Pairs:
    """Pairs of running text of 14 to 45 words, drawn at random."""
    rows = [line.split("\t") for line in (data / "train" / "pairs.fr-vi.tsv").read_text("utf-8").splitlines()]
    good = [
        row
        for row in rows
        if len(row) == 3
        and 14 <= len(row[0].split()) <= 45
        and not row[2].endswith("~")
        and "xnli" not in row[2].casefold()
        and not re.search(r"[{%<\\|=]", row[0] + row[1])
    ]
    random.Random(seed).shuffle(good)
    return Pairs([row[0] for row in good[:most]], [row[1] for row in good[:most]], "fr", "vi")


def rows(pairs: Pairs, kinds: tuple[str, ...], engine: Any) -> Iterator[tuple[list[float], bool]]:
    """The evidence of both sides of each pair, and whether the other side lacks something."""
    for direction in (pairs, pairs.turned()):
        clean = [(i, text, False) for i, text in enumerate(direction.targets)] if direction is pairs else []
        cut = [(i, text, True) for kind in kinds for i, text in damaged(direction, kind)]
        random.Random(1).shuffle(cut)
        yield from _evidence(direction, [*clean, *cut[: len(pairs.sources) // 2]], engine)


def _evidence(pairs: Pairs, told: list[tuple[int, str, bool]], engine: Any) -> Iterator[tuple[list[float], bool]]:
    sources = [one_line(normalise(pairs.sources[i])) for i, _, _ in told]
    targets = [one_line(normalise(text)) for _, text, _ in told]
    left, right = words(engine, sources, pairs.source_language), words(engine, targets, pairs.target_language)
    for (_, _, lacks), source, target, one, other in zip(told, sources, targets, left, right, strict=True):
        if len(one[0]) < 3 or len(other[0]) < 3:
            continue
        cosines = one[1] @ other[1].T
        sides = gaps.Side(source, one[0], cosines), gaps.Side(target, other[0], cosines.T)
        for (a, b), languages, label in (
            (sides, (pairs.source_language, pairs.target_language), lacks),
            (sides[::-1], (pairs.target_language, pairs.source_language), False),
        ):
            found, _ = gaps.evidence_of(a, b, *languages)
            yield [found[name] for name in gaps.FEATURES], label


def logistic(x: np.ndarray, y: np.ndarray, penalty: float = 0.01) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression with a ridge on standardised features."""
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    ridge = penalty * len(x) * np.diag([*[1.0] * x.shape[1], 0.0])
    w = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ w))
        step = np.linalg.solve(z.T @ (z * (p * (1 - p) + 1e-9)[:, None]) + ridge, z.T @ (p - y) + ridge @ w)
        w -= step
        if np.abs(step).max() < 1e-8:
            break
    weights = w[:-1] / spread
    return weights, float(w[-1] - weights @ mean)


def levelled(names: Sequence[str], weights: np.ndarray, level: float) -> dict[str, float]:
    """The weights by name, with the bias that gives a weighted sum of `level` the chance TOLD."""
    known = dict(zip(names, np.round(weights, 4).tolist(), strict=True))
    return known | {"bias": round(float(np.log(TOLD / (1 - TOLD))) - level, 4)}


def save(path: Path, origin: str, names: Sequence[str], weights: np.ndarray, level: float) -> None:
    """Write and print the `levelled` weights. Those with the network (train_checks.py), which are fitted on top of these, stay in the file
    as they are."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    record = before | {"origin": origin, "weights": levelled(names, weights, level)}
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("models/gaps.json"))
    parser.add_argument("--most", type=int, default=1500, help="training pairs")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--alarms", type=float, default=0.0045, help="share of clean sides that raise an alarm")
    args = parser.parse_args()
    engine = encoder()
    pairs = training_pairs(args.shared / "data", args.most, args.seed)
    found = list(rows(pairs, ("clause dropped", "phrase dropped"), engine))
    x, y = np.array([row for row, _ in found]), np.array([label for _, label in found], dtype=float)
    weights, bias = logistic(x, y)
    clean = np.array([row for row, _ in rows(ntrex(args.shared / "data"), (), engine)]) @ weights
    level = float(np.quantile(clean, 1 - args.alarms))
    origin = (
        f"{len(pairs.sources)} pairs of shared data/train, seed {args.seed}; "
        f"bias: {args.alarms:g} of clean NTREX dev sides at {TOLD:g}"
    )
    save(args.out, origin, gaps.FEATURES, weights, level)
    print(f"learned bias {bias:.3f}")


if __name__ == "__main__":
    main()
