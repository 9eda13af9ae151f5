"""Weigh, calibrate and measure quality estimation on true translations and on ones damaged on purpose.

    python -m benchmarks.quality --on flores --most 300        # measures on FLORES dev: AUC by kind of error, calibration, length
    python -m benchmarks.quality --domains                     # the mean chance of true translations by domain and length
    python -m benchmarks.quality --train together              # weighs and calibrates with the networks, writes models/quality.json
    python -m benchmarks.quality --train heads --most 300      # trains the estimate that does without them

The networks themselves are trained by train_quality.py and train_fluency.py. `--train heads` uses NTREX dev; `--train together` the
NTREX documents, the software texts and the news that the networks were not trained on. AUC: how often a true translation gets a
higher chance than a damaged one, of any two sentences, and of one and the same; one standard error is about .01 to .02.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from songngu.eval.damage import KINDS, Pairs, damaged
from songngu.models.encoders import encoder
from songngu.models.quality import AT_ONCE, FEATURES, LOGITS, Evidence, Head, Judge, Logits, Model, model

from benchmarks import train_quality
from benchmarks.quality_damage import MAKERS, Case, some_damaged

# The families of errors that have a head of their own
FAMILIES = {
    "missing text": ("clause dropped", "span dropped", "truncated"),
    "missing word": ("word dropped", "name dropped"),
    "number": ("number changed",),
    "negation": ("negation dropped", "negation added"),
    "name": ("name swapped",),
    "other text": ("other sentence", "merged", "phrase added", "word replaced", "moved"),
    "form": ("untranslated", "looped", "partly untranslated", "doubled"),
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


def technews(data: Path) -> Pairs:
    """Parallel blocks of announcements, for measuring only."""
    return _linked(data / "eval" / "technews" / "technews-dev.jsonl", "paragraph_gold")


def udhr(data: Path) -> Pairs:
    """Paragraphs of the Universal Declaration of Human Rights."""
    return _linked(data / "eval" / "udhr" / "udhr-fr-vi.jsonl", "gold")


def _linked(path: Path, gold: str) -> Pairs:
    found = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        links = row.get(gold) or []
        found += [(row["fr"][a[0]], row["vi"][b[0]]) for a, b in links if len(a) == len(b) == 1]
    found = [pair for pair in found if min(len(side.split()) for side in pair) >= 4]
    return Pairs([a for a, _ in found], [b for _, b in found], "fr", "vi")


SETS = {"flores": flores, "ntrex": ntrex, "ted": ted, "technews": technews, "udhr": udhr}


@cache
def engine() -> Any:
    """One for the whole run."""
    return encoder()


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one pair: the number of its sentence, its evidence, and the networks' logits."""

    number: int
    evidence: Evidence
    logits: Logits | None


def chosen(pairs: Pairs, seed: int, most: int) -> dict[str, list[tuple[int, str]]]:
    """For "true" and each kind of damage sentence numbers and translations, of at most `most` sentences spread over the set."""
    step = max(len(pairs.targets) / most, 1.0)
    numbers = sorted({int(k * step) for k in range(min(most, len(pairs.targets)))})
    found: dict[str, list[tuple[int, str]]] = {"true": [(i, pairs.targets[i]) for i in numbers]}
    wanted = set(numbers)
    for kind in KINDS:
        rows = damaged(pairs, kind, seed=seed)
        inside = [row for row in rows if row[0] in wanted]
        # rare damage takes what there is
        found[kind] = (inside if len(inside) >= most // 3 else rows)[: max(most // 2, 50)]
    return found


def judged(pairs: Pairs, rows: Mapping[str, Sequence[tuple[int, str]]], *, together: bool) -> dict[str, list[Row]]:
    """The evidence of some translations; those of one sentence are read one after the other, so that it is read once."""
    flat = sorted((i, kind, text) for kind, some in rows.items() for i, text in some)
    judge = Judge(engine(), pairs.source_language, pairs.target_language, together=together)
    found: dict[str, list[Row]] = {kind: [] for kind in rows}
    for at in range(0, len(flat), AT_ONCE):
        some = flat[at : at + AT_ONCE]
        for (i, kind, _), (one, logits) in zip(some, judge([(pairs.sources[i], t) for i, _, t in some]), strict=True):
            found[kind].append(Row(i, one.evidence, logits))
    return found


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


def matrix(rows: Sequence[Row]) -> np.ndarray:
    """Evidence as an array (n, features)."""
    return np.array([astuple(row.evidence) for row in rows], dtype=float)


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


def train_heads(pairs: Pairs, seed: int, most: int) -> Model:
    """A head for each family from both directions, and the calibration of all together; each kind of damage weighs the same."""
    found = [judged(way, chosen(way, seed, most), together=False) for way in (pairs, pairs.turned())]
    heads = {}
    for family, kinds in FAMILIES.items():
        blocks = [
            (matrix(rows[kind]), float(kind != "true"), 1.0)
            for rows in found
            for kind in ("true", *kinds)
            if kind in rows
        ]
        weights, bias = fit(*_stacked(blocks), penalty=0.3)
        heads[family] = Head({n: round(float(w), 4) for n, w in zip(FEATURES, weights, strict=True)}, round(bias, 4))
    draft = Model(heads, 1.0, 0.0, "")
    shares = {kind: 1.0 / len(KINDS) for kind in KINDS} | {"true": 1.0}
    blocks = [
        (np.array([[draft.objection(row.evidence)] for row in rows[kind]]), float(kind == "true"), share)
        for rows in found
        for kind, share in shares.items()
    ]
    weights, bias = fit(*_stacked(blocks), penalty=0.0)
    return Model(heads, round(-float(weights[0]), 4), round(bias, 4), f"qe:heads-ntrex-dev/{engine().signature}")


def train_together(sets: Sequence[tuple[Pairs, int]], before: Model, seed: int) -> Model:
    """The estimator with heads that know the networks' logits; the others stay as they are."""
    found = []
    for pairs, most in sets:
        rows = chosen(pairs, seed, most)
        found.append(judged(pairs, rows | broadly_damaged(pairs, seed, rows["true"]), together=True))
    kinds, matrices = zip(
        *((kind, together_matrix(some)) for rows in found for kind, some in rows.items() if some), strict=True
    )
    together = fit_together(kinds, matrices, before.heads, f"qe:joint-4/{engine().signature}")
    return replace(before, together=together)


# What heads that know the networks' logits have besides
ADDED = (*LOGITS, "margin", "log_length", "territories_changed")
TOGETHER = (*LOGITS, *FEATURES)
BROAD = 0.3  # share of the damaged pairs' weight that those of the training makers have


def fit_together(
    kinds: Sequence[str], matrices: Sequence[np.ndarray], heads: Mapping[str, Head], signature: str
) -> Model:
    """The given heads, each turned up or down and given weights of its own for ADDED, and one more that has only those, so that their
    noisy or is a chance; `matrices` are the rows of each kind in each set, a row for a pair. Few numbers are fitted, as few sentences
    are held out."""
    shares = {kind: BROAD / len(MAKERS) if kind.startswith("broad ") else (1 - BROAD) / len(KINDS) for kind in kinds}
    shares["true"] = 1.0
    x, y, weight = _stacked([(m, float(k == "true"), shares[k]) for k, m in zip(kinds, matrices, strict=True)])
    before = np.array([[head.weights.get(name, 0.0) for name in TOGETHER] for head in heads.values()])
    columns = [TOGETHER.index(name) for name in ADDED]
    objections = x @ before.T + [head.bias for head in heads.values()]
    turned, added, biases, scale, bias = _noisy_or(objections, x[:, columns], y, weight)
    weights = np.vstack([before * turned[:, None], np.zeros(len(TOGETHER))])
    weights[:, columns] += added
    biases += np.append(turned * [head.bias for head in heads.values()], 0.0)
    found = {
        name: Head({n: round(float(w), 4) for n, w in zip(TOGETHER, row, strict=True) if w}, round(float(b), 4))
        for name, row, b in zip((*heads, "meaning"), weights, biases, strict=True)
    }
    return Model(found, round(scale, 4), round(bias, 4), signature)


def _noisy_or(
    objections: np.ndarray, more: np.ndarray, y: np.ndarray, weight: np.ndarray, penalty: float = 5.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """By how much to turn each head's objection (k,), weights of `more` (k + 1, m) and biases (k + 1,) of these heads and one more,
    and scale and bias of their joint objection, that make the labels most likely; drawn towards the heads as they are."""
    import torch
    from scipy.optimize import minimize

    mean, spread = more.mean(0), np.maximum(more.std(0), 0.05)
    given, extra, labels, shares = (torch.tensor(a) for a in (objections, (more - mean) / spread, y, weight))
    k, m = objections.shape[1], more.shape[1]
    # the joint network's logit comes first: the lower, the more the new head objects
    fresh = np.zeros((k + 1, m))
    fresh[k, 0] = -1.0
    start = np.concatenate([np.ones(k), fresh.ravel(), np.zeros(k), [-1.0, 0.0, 1.0]])
    sizes, drawn = (k, (k + 1) * m, k + 1, 1, 1), torch.tensor(start)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        numbers = torch.tensor(flat, requires_grad=True)
        turned, added, biases, scale, bias = numbers.split(sizes)
        heads = extra @ added.view(k + 1, m).T + biases
        heads = heads + torch.nn.functional.pad(given * turned, (0, 1))
        odds = bias - scale.exp() * torch.nn.functional.softplus(heads).sum(1)
        value = torch.nn.functional.binary_cross_entropy_with_logits(odds, labels, shares, reduction="sum")
        (value + penalty * ((numbers - drawn) ** 2).sum() / 2).backward()
        total = float(value.detach() + penalty * ((numbers.detach() - drawn) ** 2).sum() / 2)
        return total, numbers.grad.numpy()  # type: ignore[union-attr]

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    turned, added, biases, scale, bias = np.split(found, np.cumsum(sizes)[:-1])
    added = added.reshape(k + 1, m) / spread
    return turned, added, biases - added @ mean, float(np.exp(scale[0])), float(bias[0])


def together_matrix(rows: Sequence[Row]) -> np.ndarray:
    """Logits and evidence as an array (n, logits + features)."""
    return np.array([[*astuple(row.logits or Logits(0.0)), *astuple(row.evidence)] for row in rows], dtype=float)


def broadly_damaged(pairs: Pairs, seed: int, true: Sequence[tuple[int, str]]) -> dict[str, list[tuple[int, str]]]:
    """Translations damaged by the makers that trained the network, three of each sentence."""
    found: dict[str, list[tuple[int, str]]] = {}
    for i, text in true:
        near = [pairs.targets[j] for j in range(max(0, i - 3), min(len(pairs.targets), i + 4)) if j != i]
        case = Case(text, pairs.target_language, pairs.sources[i], pairs.source_language, near, pairs.targets)
        for kind, wrong in some_damaged(case, random.Random(f"{seed}/{i}"), 3):
            found.setdefault(f"broad {kind}", []).append((i, wrong))
    return found


def held_out(data: Path, texts: Path, most: int) -> list[tuple[Pairs, int]]:
    """What the networks were not trained on, with how many sentences to use: NTREX documents, fr–vi in both directions and other
    languages, and in both directions software texts and the English and Vietnamese news of `benchmarks/texts.py`."""
    documents = train_quality.ntrex_documents(data, held_out=True)
    found = []
    for one, other in (("fr", "vi"), ("en", "vi"), ("de", "fr"), ("es", "en")):
        size = most if (one, other) == ("fr", "vi") else most // 3
        found.append((train_quality.parallel(documents, one, other), size))
    software = train_quality.parallel(train_quality.software(data, 1, held_out=True), "fr", "vi")
    news = train_quality.parallel(train_quality.public_news(texts, data, held_out=True), "en", "vi")
    return [
        *found,
        *((pairs, most) for pairs in (found[0][0].turned(), software, software.turned(), news, news.turned())),
    ]


def _stacked(blocks: Sequence[tuple[np.ndarray, float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and weights; a block's rows together weigh its share."""
    x = np.concatenate([rows for rows, _, _ in blocks])
    y = np.concatenate([np.full(len(rows), label) for rows, label, _ in blocks])
    weight = np.concatenate([np.full(len(rows), 300 * share / len(rows)) for rows, _, share in blocks])
    return x, y, weight


def report(pairs: Pairs, estimator: Model, name: str, seed: int, most: int) -> None:
    """Print AUC by kind of damage, overall, calibration error, the correlation with length, the speed; then for both directions."""
    every_true: list[float] = []
    every_wrong: list[float] = []
    for way in (pairs, pairs.turned()):
        start = time.process_time()
        rows = judged(way, chosen(way, seed, most), together=estimator.together is not None)
        speed = sum(map(len, rows.values())) / (time.process_time() - start)
        found = {
            kind: ([row.number for row in some], [estimator.chance(row.evidence, row.logits) for row in some])
            for kind, some in rows.items()
        }
        numbers, chances = found["true"]
        true, of = np.array(chances), dict(zip(numbers, chances, strict=True))
        print(f"\n{name} {way.source_language}→{way.target_language}  {(estimator.together or estimator).signature}")
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
        every_true += chances
        every_wrong += everything
        mean = np.mean(aucs)
        lengths = np.log([len(way.sources[i]) for i in numbers])
        print(f"  mean of kinds AUC {mean:.3f}; calibration error {calibration_error(true, everything):.3f}; "
              f"correlation of the chance with log length on true pairs {np.corrcoef(true, lengths)[0, 1]:+.2f}; "
              f"{speed:.0f} pairs a CPU-second")  # fmt: skip
    print(f"\n{name}, both directions: AUC over all kinds {auc(every_true, every_wrong):.3f} "
          f"({len(every_true)} true translations, {len(every_wrong)} damaged)")  # fmt: skip


def domains(data: Path, estimator: Model, most: int) -> None:
    """Print the mean chance of true translations of each set, and of its shorter, middle and longer thirds."""
    print(
        f"{(estimator.together or estimator).signature}: mean chance of true pairs by domain, and by thirds of length"
    )
    for name, read in SETS.items():
        for way in (read(data), read(data).turned()):
            rows = judged(way, {"true": chosen(way, 1, most)["true"]}, together=estimator.together is not None)["true"]
            chances = np.array([estimator.chance(row.evidence, row.logits) for row in rows])
            thirds = np.array_split(np.argsort([len(way.sources[row.number]) for row in rows], kind="stable"), 3)
            parts = "  ".join(f"{chances[third].mean():.3f}" for third in thirds)
            label = f"  {name:9} {way.source_language}→{way.target_language} {len(rows):4}"
            print(f"{label}  {chances.mean():.3f}   {parts}", flush=True)


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
    parser.add_argument("--train", choices=("heads", "together"), help="train that part and write --out")
    parser.add_argument(
        "--texts", type=Path, default=Path("texts"), help="as benchmarks/texts.py describes it, for --train"
    )
    parser.add_argument("--out", type=Path, default=Path("models/quality.json"))
    parser.add_argument("--on", default="flores", choices=sorted(SETS), help="what to measure on")
    parser.add_argument("--domains", action="store_true", help="the mean chance of true pairs by domain")
    parser.add_argument("--features-only", action="store_true", help="measure the estimate without the networks")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=400, help="sentences of the set that are used, in each direction")
    args = parser.parse_args()
    estimator = model(args.out) if args.out.is_file() else Model({}, 1.0, 0.0, "")
    if args.train:
        if args.train == "heads":
            estimator = replace(train_heads(ntrex(args.data), args.seed, args.most), together=estimator.together)
        else:
            estimator = train_together(held_out(args.data, args.texts, args.most), estimator, args.seed)
        args.out.write_text(json.dumps(asdict(estimator), indent=1) + "\n", encoding="utf-8")
        return
    estimator = replace(estimator, together=None) if args.features_only else estimator
    if args.domains:
        domains(args.data, estimator, args.most)
    else:
        report(SETS[args.on](args.data), estimator, args.on, args.seed, args.most)


if __name__ == "__main__":
    main()
