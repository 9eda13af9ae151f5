"""Train and measure quality estimation on true translations and on ones damaged on purpose.

    python benchmarks/quality.py                      # measures models/quality.json on FLORES dev: AUC by kind of error
    python benchmarks/quality.py --train --most 300   # trains on NTREX dev (both directions) and writes models/quality.json

models/quality.json is what the second writes. The set that is measured on is not trained on. AUC: how often a true translation gets a
higher chance than a damaged one, of any two sentences, and of one and the same; one standard error is about .01 to .02.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, astuple
from functools import cache
from pathlib import Path

import numpy as np
from songngu.eval.damage import KINDS, Pairs, damaged
from songngu.models.encoders import encoder
from songngu.models.quality import FEATURES, Evidence, Head, Model, assess, model

# The families of errors that have a head of their own
FAMILIES = {
    "missing text": ("clause dropped",),
    "missing word": ("word dropped",),
    "number": ("number changed",),
    "negation": ("negation dropped", "negation added"),
    "name": ("name swapped",),
    "other text": ("other sentence",),
    "form": ("untranslated", "looped"),
}


def flores(data: Path) -> Pairs:
    """FLORES dev, French and Vietnamese; consecutive lines are from one article."""
    sides = [
        (data / "eval" / "flores" / f"flores101-dev.{code}").read_text(encoding="utf-8").splitlines()
        for code in ("fr", "vi")
    ]
    return Pairs(sides[0], sides[1], "fr", "vi")


def ntrex(data: Path) -> Pairs:
    """NTREX dev in document order."""
    lines = (data / "eval" / "ntrex" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    return Pairs([s for d in documents for s in d["fr"]], [s for d in documents for s in d["vi"]], "fr", "vi")


def ted(data: Path) -> Pairs:
    """TED dev (talks), for measuring only: its licence allows research, not products."""
    sides = [
        (data / "eval" / "ted" / f"ted-dev2020.{code}").read_text(encoding="utf-8").splitlines()
        for code in ("fr", "vi")
    ]
    return Pairs(sides[0], sides[1], "fr", "vi")


SETS = {"flores": flores, "ntrex": ntrex, "ted": ted}


class Remembering:
    """The built-in encoder with a memory: the same source stands beside every damaged translation of it."""

    def __init__(self) -> None:
        self._inner = encoder()
        self.layers, self.signature, self.dimension = (
            getattr(self._inner, "layers", None),
            self._inner.signature,
            self._inner.dimension,
        )
        self._sentences: dict[str, np.ndarray] = {}
        self._words: dict[tuple[str, int | None], tuple[np.ndarray, np.ndarray]] = {}

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        new = [s for s in dict.fromkeys(sentences) if s not in self._sentences]
        self._sentences.update(zip(new, self._inner.encode(new, language), strict=True) if new else ())
        return np.stack([self._sentences[s] for s in sentences])

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
        new = [s for s in dict.fromkeys(sentences) if (s, layer) not in self._words]
        found = self._inner.encode_words(new, layer) if new else []  # type: ignore[attr-defined]
        self._words.update(
            {(s, layer): (spans, rows.astype(np.float16)) for s, (spans, rows) in zip(new, found, strict=True)}
        )
        return [(spans, rows.astype(np.float32)) for spans, rows in (self._words[s, layer] for s in sentences)]


@cache
def engine() -> Remembering:
    """One for the whole run."""
    return Remembering()


def collect(pairs: Pairs, seed: int, most: int) -> dict[str, tuple[list[int], list[Evidence]]]:
    """For "true" and each kind of damage the sentence numbers and the evidence, of at most `most` sentences spread over the set."""
    step = max(len(pairs.targets) / most, 1.0)
    chosen = sorted({int(k * step) for k in range(min(most, len(pairs.targets)))})
    found: dict[str, list[tuple[int, str]]] = {"true": [(i, pairs.targets[i]) for i in chosen]}
    wanted = set(chosen)
    for kind in KINDS:
        rows = damaged(pairs, kind, seed=seed)
        inside = [row for row in rows if row[0] in wanted]
        # rare damage takes what there is
        found[kind] = (inside if len(inside) >= most // 3 else rows)[: max(most // 2, 50)]
    return {
        kind: (
            [i for i, _ in rows],
            [
                assessed.evidence
                for assessed in assess(
                    [pairs.sources[i] for i, _ in rows],
                    [text for _, text in rows],
                    source_language=pairs.source_language,
                    target_language=pairs.target_language,
                    encoder=engine(),
                )
            ],
        )
        for kind, rows in found.items()
    }


def auc(good: Sequence[float] | np.ndarray, bad: Sequence[float] | np.ndarray) -> float:
    """The chance that a good one is above a bad one; ties count half."""
    values = np.concatenate([good, bad])
    order = values.argsort()
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):
        ties = values == value
        ranks[ties] = ranks[ties].mean()
    return float((ranks[: len(good)].sum() - len(good) * (len(good) + 1) / 2) / (len(good) * len(bad)))


def matrix(rows: Sequence[Evidence]) -> np.ndarray:
    """Evidence as an array (n, features)."""
    return np.array([astuple(row) for row in rows], dtype=float)


def fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray, penalty: float = 1.0) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic model on features as they are (scaled inside), with a ridge penalty."""
    from scipy.optimize import minimize

    # the floor keeps a feature that hardly varies here from a huge weight, which would rule where it does vary
    mean, scale = x.mean(0), np.maximum(x.std(0), 0.05)
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = z @ w
        chance = 1 / (1 + np.exp(-margin))
        value = (weight * (np.logaddexp(0, margin) - y * margin)).sum() + penalty * (w[:-1] ** 2).sum() / 2
        return value, z.T @ (weight * (chance - y)) + penalty * np.append(w[:-1], 0)

    w = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B").x
    weights = w[:-1] / scale
    return weights, float(w[-1] - weights @ mean)


def train(pairs: Pairs, seed: int, most: int) -> Model:
    """A head for each family from both directions, and the calibration of all together; each kind of damage weighs the same."""
    found = [collect(direction, seed, most) for direction in (pairs, pairs.turned())]
    heads = {}
    for family, kinds in FAMILIES.items():
        blocks = [(matrix(rows[kind][1]), float(kind != "true"), 1.0) for rows in found for kind in ("true", *kinds)]
        weights, bias = fit(*_stacked(blocks), penalty=0.3)
        heads[family] = Head({n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)}, round(bias, 4))
    draft = Model(heads, 1.0, 0.0, "")
    shares = {kind: 1.0 / len(KINDS) for kind in KINDS} | {"true": 1.0}
    blocks = [
        (np.array([[draft.objection(row)] for row in rows[kind][1]]), float(kind == "true"), share)
        for rows in found
        for kind, share in shares.items()
    ]
    weights, bias = fit(*_stacked(blocks), penalty=0.0)
    return Model(heads, round(-float(weights[0]), 4), round(bias, 4), f"qe:heads-ntrex-dev/{engine().signature}")


def _stacked(blocks: Sequence[tuple[np.ndarray, float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and weights; a block's rows together weigh its share."""
    x = np.concatenate([rows for rows, _, _ in blocks])
    y = np.concatenate([np.full(len(rows), label) for rows, label, _ in blocks])
    weight = np.concatenate([np.full(len(rows), 300 * share / len(rows)) for rows, _, share in blocks])
    return x, y, weight


def report(pairs: Pairs, estimator: Model, name: str, seed: int, most: int) -> None:
    """Print AUC by kind of damage, overall, calibration error and the correlation with length."""
    for direction in (pairs, pairs.turned()):
        found = {
            kind: (numbers, [estimator.chance(row) for row in rows])
            for kind, (numbers, rows) in collect(direction, seed, most).items()
        }
        numbers, chances = found["true"]
        true, of = np.array(chances), dict(zip(numbers, chances, strict=True))
        print(f"\n{name} {direction.source_language}→{direction.target_language}  {estimator.signature}")
        print(f"  {'':18} {'n':>5}    AUC  same sentence")
        everything: list[float] = []
        aucs, rights = [], []
        for kind, (places, wrong) in found.items():
            if kind == "true":
                continue
            everything += wrong
            both = [(of[i], chance) for i, chance in zip(places, wrong, strict=True) if i in of]
            rights.append(np.mean([(a > b) + 0.5 * (a == b) for a, b in both]) if both else np.nan)
            aucs.append(auc(true, wrong))
            print(f"  {kind:18} {len(wrong):5}  {aucs[-1]:.3f}  {rights[-1]:.3f}", flush=True)
        print(f"  {'all':18} {len(everything):5}  {auc(true, everything):.3f}  {np.nanmean(rights):.3f}")
        mean = np.mean(aucs)
        lengths = np.log([len(direction.sources[i]) for i in found["true"][0]])
        print(f"  mean of kinds AUC {mean:.3f}; calibration error {calibration_error(true, everything):.3f}; "
              f"correlation of the chance with log length on true pairs {np.corrcoef(true, lengths)[0, 1]:+.2f}")  # fmt: skip


def calibration_error(true: Sequence[float] | np.ndarray, wrong: Sequence[float] | np.ndarray, bins: int = 10) -> float:
    """Expected calibration error, true and damaged ones weighted equally."""
    p = np.concatenate([true, wrong])
    y = np.concatenate([np.ones(len(true)), np.zeros(len(wrong))])
    w = np.concatenate([np.full(len(true), 0.5 / len(true)), np.full(len(wrong), 0.5 / len(wrong))])
    index = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(abs((w * (y - p))[index == b].sum()) for b in range(bins)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--train", action="store_true", help="train on NTREX dev and write --out")
    parser.add_argument("--out", type=Path, default=Path("models/quality.json"))
    parser.add_argument("--on", default="flores", choices=sorted(SETS), help="what to measure on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=400, help="sentences of the set that are used, in each direction")
    args = parser.parse_args()
    if args.train:
        estimator = train(ntrex(args.data), args.seed, args.most)
        args.out.write_text(json.dumps(asdict(estimator), indent=1) + "\n", encoding="utf-8")
    else:
        estimator = model(args.out)
    report(SETS[args.on](args.data), estimator, args.on, args.seed, args.most)


if __name__ == "__main__":
    main()
