"""Learns how long translations are and what the meaning filter's weights are, and writes them as tables.

    python -m benchmarks.learn_filters --shared ../shared --source fr --target vi

Reads `pairs.fr-vi.tsv` (source, target, origin) and `SOURCES.tsv` (origin, pairs, licence), and uses only pairs under licences that
allow shipping what is learned from them. The meaning score is a calibration map and fitted on damaged NTREX dev lines, too: software
texts alone make it too sure of news. Faults are made as in `benchmarks/noise.py`.
"""

from __future__ import annotations

import argparse
import math
import random
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from songngu import encoder
from songngu.data import lengths, scoring
from songngu.data.core import Segment
from songngu.models.meaning import Cosines

from benchmarks.noise import CLEAN, Line, noisy, ntrex

ALLOWED = re.compile(r"(MIT|Apache|MPL|ISC|CC-BY-\d|BSD|Unicode)")
FAULTS = ("misaligned by one", "same document", "truncated half", "gibberish")
TABLES = Path(__file__).parent.parent / "data" / "tables"
PROSE = 6  # words; shorter strings are mostly labels


def pairs(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Pairs of prose by origin, in the file's order, of origins whose licence allows it."""
    rows = [line.split("\t") for line in (folder / "SOURCES.tsv").read_text(encoding="utf-8").splitlines()]
    allowed = {row[0] for row in rows if ALLOWED.match(row[2])}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in (folder / "pairs.fr-vi.tsv").open(encoding="utf-8"):
        source, target, origin = line.rstrip("\n").split("\t")
        if origin.removesuffix("~") in allowed and len(source.split()) >= PROSE:
            found[origin].append((source, target))
    return found


def fit_norm(sizes: np.ndarray) -> lengths.Norm:
    """The norm of pairs of lengths, shape (n, 2). Tails are taken from the 95 % around the median, so that outliers do not count."""
    total = sizes.sum(axis=1) + 1
    ratio = np.log((sizes[:, 0] + 1) / (sizes[:, 1] + 1))
    mean = float(np.median(ratio))
    classes = np.array_split(np.argsort(total), 20)
    inverse = np.array([np.mean(1 / total[c]) for c in classes])
    variance = np.array([(np.quantile(np.abs(ratio[c] - mean), 0.95) / 1.96) ** 2 for c in classes])
    noise, spread = np.polyfit(inverse, variance, 1)
    return lengths.Norm(round(mean, 4), round(max(float(spread), 1e-3), 5), round(max(float(noise), 0.0), 4))


def faulty(found: dict[str, list[tuple[str, str]]], documents: int, seed: int) -> list[Segment]:
    """Clean and faulty segments: runs of ten neighbouring pairs stand for documents."""
    runs = [
        [Line(source, target, source, f"{origin}{i}", j) for j, (source, target) in enumerate(rows[i : i + 10])]
        for origin, rows in found.items()
        for i in range(0, len(rows) - 9, 10)
    ]
    random.Random(seed).shuffle(runs)
    return [s for s in noisy(runs[:documents], seed, share=1.0) if s.extra["kind"] in (CLEAN, *FAULTS)]


def news(shared: Path, seeds: Sequence[int]) -> list[Segment]:
    """Clean and faulty segments of the NTREX dev documents; clean ones once."""
    documents = ntrex(shared / "data" / "eval")
    made = [s for seed in seeds for s in noisy(documents, seed, share=1.0) if s.extra["kind"] in FAULTS]
    return [*noisy(documents, 0, share=0.0), *made]


def fit_meaning(
    sets: Sequence[list[Segment]], norms: dict[str, lengths.Norm], tags: tuple[str, str]
) -> dict[str, float]:
    """Logistic weights of the meaning score; clean and faulty segments weigh the same. Each set is centred by itself."""
    model = encoder("builtin")
    count = model.count_subwords  # type: ignore[attr-defined]
    segments, rows = [s for found in sets for s in found], []
    for found in sets:
        cosines = Cosines(model, *tags)(found)
        subwords = zip(
            *(count([getattr(s, f"{side}_text") for s in found]) for side in ("source", "target")), strict=True
        )
        rows += [
            scoring.features(
                cosine,
                norms["characters"].deviation(len(s.source_text), len(s.target_text)),
                norms["subwords"].deviation(*counts),
            )
            for s, cosine, counts in zip(found, cosines, subwords, strict=True)
        ]
    names = list(rows[0])
    inputs = np.array([[1.0, *(row[name] for name in names)] for row in rows])
    clean = np.array([s.extra["kind"] == CLEAN for s in segments])
    weight = np.where(clean, 0.5 / clean.mean(), 0.5 / (1 - clean.mean()))

    def loss(w: np.ndarray) -> float:
        logits = inputs @ w
        return float((weight * np.logaddexp(0, np.where(clean, -logits, logits))).mean() + 1e-4 * (w**2).sum())

    found = minimize(loss, np.zeros(inputs.shape[1])).x
    return {name: round(float(value), 4) for name, value in zip(["bias", *names], found, strict=True)}


def main() -> None:
    """Learn and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="folder with the evaluation and training data"
    )
    parser.add_argument("--source", default="fr")
    parser.add_argument("--target", default="vi")
    parser.add_argument("--documents", type=int, default=300, help="runs of ten pairs for the meaning filter")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    found = pairs(args.shared / "data" / "train")
    flat = [pair for rows in found.values() for pair in rows]
    model = encoder("builtin")
    sizes = {"characters": np.array([[len(a), len(b)] for a, b in flat])}
    count = model.count_subwords  # type: ignore[attr-defined]
    sizes["subwords"] = np.stack([count([a for a, _ in flat]), count([b for _, b in flat])], axis=1)
    norms = {unit: fit_norm(values) for unit, values in sizes.items()}
    sets = [faulty(found, args.documents, args.seed), news(args.shared, (args.seed, args.seed + 1))]
    weights = fit_meaning(sets, norms, (args.source, args.target))
    write(args, norms, weights, len(flat))


def write(args: argparse.Namespace, norms: dict[str, lengths.Norm], weights: dict[str, float], count: int) -> None:
    """Write `data/tables/<source>/filters.toml`."""
    lines = [
        f"# Learned by benchmarks/learn_filters.py from {count} pairs of permissively licensed software texts and Tatoeba.",
        "",
    ]
    for unit, norm in norms.items():
        assert math.isfinite(norm.mean)
        values = f"mean = {norm.mean}\nspread = {norm.spread}\nnoise = {norm.noise}\n"
        lines.append(f"[{args.target}.{unit}] # log(source/target): mean, variance spread + noise / sum\n{values}")
    body = "\n".join(f"{name} = {value}" for name, value in weights.items())
    note = "logistic weights, also from damaged NTREX dev lines; clean and faulty pairs equally likely"
    lines.append(f"[{args.target}.meaning] # {note}\n{body}")
    path = TABLES / args.source / "filters.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
