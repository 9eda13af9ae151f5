"""Fits the pairing model's weights and writes `align/pairing.json`.

    python -m benchmarks.train_pairing --data ../shared/data/train [--seed 1]

Reports are made as in `benchmarks/make_lookalikes.py`, from half of the templates (the other half is for evaluation) and from
pseudo-documents: pairs of `pairs.fr-vi.tsv` that lie near each other in the encoder's space, under licences that allow shipping what
is learned. These are software texts for the most part, so every pseudo-document is given people, places, figures and days as news has
them. No evaluation data is read. Large and small folders, with and without dates, so that one model fits all.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from songngu import encoder
from songngu.align.pairing import Comparison, PairSettings, compare
from songngu.align.pairing_assignment import standing
from songngu.align.pairing_evidence import FEATURES
from songngu.data.core import Document, Sentence
from songngu.models.caching import CachingEncoder
from songngu.models.encoders import Encoder

from benchmarks.learn_filters import pairs
from benchmarks.make_lookalikes import Report, lookalikes
from benchmarks.templates import MONTHS_FR, TRAINING_KINDS, facts

TARGET = Path(__file__).parent.parent / "align" / "pairing.json"
LINES = 6000
CAP = 5.0  # log-odds; farther above a rival is no surer
RIDGE = 2.0  # on standardised features, per training set of any size
# Evidence that can only speak for a pair (or only against it) must not learn the contrary from a quirk of made-up data.
FOR = ("lead", "body", "best", "told", "share_less", "share_more", "top", "name_shared", "number_shared", "date_shared")
AGAINST = ("name_differ", "number_differ", "date_differ", "name_alone", "number_alone", "date_alone", "days_apart")


# What names a source, place or figure of the story before a line; the first letter of the line goes with it.
OPENINGS = [
    ("Selon {name_fr}, ", "Theo {name_vi}, "),
    ("{name_fr} a déclaré : ", "{name_vi} cho biết: "),
    ("D'après {guest}, ", "Theo {guest}, "),
    ("{guest} estime ceci : ", "{guest} nhận định: "),
    ("À {place}, ", "Tại {place_vi}, "),
    ("Comme à {other_fr}, ", "Giống như ở {other_vi}, "),
    ("Vu de {country}, ", "Nhìn từ {country_vi}, "),
    ("Pour {firm}, ", "Đối với {firm}, "),
    ("Le {day} {month_fr}, ", "Ngày {day}/{month}, "),
    ("En {year}, ", "Năm {year}, "),
    ("Dans {count} cas, ", "Trong {count} trường hợp, "),
    ("Avec {percent} % de hausse, ", "Với mức tăng {percent_vi}%, "),
    ("{name_fr}, {minute} ans, explique : ", "{name_vi}, {minute} tuổi, giải thích: "),
    ("Pour {money} millions de dollars, ", "Với {money} triệu USD, "),
]


def told(line: tuple[str, str], cast: Mapping[str, str], rng: random.Random) -> tuple[str, str]:
    """The line as news would tell it: often with a person, place, figure or day of the story, now and then on one side only."""
    if rng.random() < 0.35:
        return line
    fresh = facts(rng)  # people and places stay with the story, figures and days are the line's own
    month = rng.randrange(1, 13)
    known = {**fresh, **cast, "day": str(rng.randrange(1, 29)), "month": str(month), "month_fr": MONTHS_FR[month - 1]}
    known["year"] = str(rng.randrange(1980, 2024))
    opening = rng.choice(OPENINGS)
    facts_of = (known, _retold(known, rng))
    sides = [o.format(**f) + text[0].lower() + text[1:] for o, f, text in zip(opening, facts_of, line, strict=True)]
    return tuple(text if rng.random() < 0.1 else side for text, side in zip(line, sides, strict=True))  # type: ignore[return-value]


def _retold(known: Mapping[str, str], rng: random.Random) -> Mapping[str, str]:
    """The facts as the other language has them: one time in six figures are converted or rounded, names shortened or spelt anew."""
    if rng.random() > 0.17:
        return known
    fresh = facts(rng)
    figures = ("minute", "count", "money", "percent_vi", "year", "day")
    other = {
        key: known[key] if rng.random() < 0.4 else str(int(float(known[key].replace(",", ".")) * 1.609))
        for key in figures
    }
    names = {
        "name_vi": known["name_vi"].split()[-1],
        "guest": known["guest"].split()[-1],
        "place_vi": fresh["place_vi"],
    }
    return {**known, **other, **names}


def casts(rng: random.Random) -> list[dict[str, str]]:
    """Three sets of people and places of one story."""
    keys = ("name_fr", "name_vi", "guest", "place", "place_vi", "other_fr", "other_vi", "country", "country_vi", "firm")
    return [{key: drawn[key] for key in keys} for drawn in (facts(rng) for _ in range(3))]


def document(report: Report) -> Document:
    """The report as a document that is split already."""
    text, spans = "", []
    for line in report.lines:
        spans.append(Sentence(len(text), len(text) + len(line)))
        text += line + "\n"
    return Document(id=report.id, text=text, language=report.language, sentences=tuple(spans), date=report.date)


def pseudo_documents(lines: Sequence[tuple[str, str]], coder: Encoder, rng: random.Random) -> Iterator[Mapping]:
    """Documents of 6 to 28 lines that are near each other: a subject, though no story."""
    vectors = coder.encode([a for a, _ in lines], "fr") + coder.encode([b for _, b in lines], "vi")
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    free = np.ones(len(lines), dtype=bool)
    for number in range(len(lines) // 20):
        size = rng.randrange(6, 29)
        first = rng.choice(np.flatnonzero(free).tolist())
        near = np.argsort(-np.where(free, vectors @ vectors[first], -np.inf))[: size * 3].tolist()
        chosen = rng.sample(near, size)
        free[chosen] = False
        cast = casts(rng)
        news = [told(lines[i], rng.choice(cast), rng) for i in chosen]
        yield {"doc_id": f"p{number}", "fr": [fr for fr, _ in news], "vi": [vi for _, vi in news]}


def folders(documents: Sequence[Mapping], rng: random.Random) -> Iterator[list[Report]]:
    """Folders to learn from: large ones with look-alikes, and many small ones of a few related reports."""
    for _ in range(5):
        yield lookalikes(rng.sample(documents, 60), rng, templates=50, kinds=TRAINING_KINDS)
    for _ in range(2):
        large = lookalikes(rng.sample(documents, 90), rng, templates=10, kinds=TRAINING_KINDS)
        yield [Report(r.id, r.language, None, r.lines, r.event, r.kind) for r in large]
    for _ in range(3):
        easy = lookalikes(rng.sample(documents, 90), rng, templates=0, halves=False)
        yield [Report(r.id, r.language, None, r.lines, r.event, r.kind) for r in easy]
    for _ in range(80):
        few = lookalikes(rng.sample(documents, 1), rng, templates=rng.choice((0, 1)), kinds=TRAINING_KINDS)
        undated = rng.random() < 0.5
        yield [Report(r.id, r.language, None if undated else r.date, r.lines, r.event, r.kind) for r in few]


def examples(reports: Sequence[Report], coder: Encoder) -> Iterator[tuple[Comparison, bool]]:
    """Every candidate of a folder, and whether it is a true pair."""
    events = {r.id: r.event for r in reports}
    found = compare(
        map(document, reports), source_language="fr", target_language="vi", encoder=coder, settings=PairSettings()
    )
    for comparison in found:
        yield comparison, events[comparison.source] == events[comparison.target]


def fitted(rows: np.ndarray, true: np.ndarray) -> tuple[dict[str, float], float]:
    """Weights and bias of a logistic regression with a ridge and with the signs that make sense."""
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    z = (rows - mean) / spread

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        odds = z @ w[:-1] + w[-1]
        chance = 1 / (1 + np.exp(-odds))
        value = np.logaddexp(0, np.where(true, -odds, odds)).sum() + RIDGE / 2 * w[:-1] @ w[:-1]
        return float(value), np.append(z.T @ (chance - true) + RIDGE * w[:-1], (chance - true).sum())

    bounds = [(0, None) if f in FOR else (None, 0) if f in AGAINST else (None, None) for f in FEATURES]
    best = minimize(loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    weights = best[:-1] / spread
    return {f: round(float(w), 4) for f, w in zip(FEATURES, weights, strict=True)}, round(
        float(best[-1] - weights @ mean), 4
    )


def fitted_rivals(odds: np.ndarray, gap: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """The second stage: weights of the evidence's odds and of the gap to the best rival."""
    rows = np.stack([odds, gap, np.ones_like(odds)], axis=1)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = rows @ w
        return float(np.logaddexp(0, np.where(true, -z, z)).sum()), rows.T @ (1 / (1 + np.exp(-z)) - true)

    best = minimize(
        loss, np.array([1.0, 0.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)]
    ).x
    return {
        "odds": round(float(best[0]), 4),
        "gap": round(float(best[1]), 4),
        "bias": round(float(best[2]), 4),
        "cap": CAP,
    }


def model(found: Sequence[Sequence[tuple[Comparison, bool]]]) -> dict[str, object]:
    """Both stages, from the examples of every folder."""
    flat = [example for folder in found for example in folder]
    rows = np.array([[getattr(c.evidence, f) for f in FEATURES] for c, _ in flat])
    true = np.array([t for _, t in flat])
    weights, bias = fitted(rows, true)
    odds = rows @ np.array([weights[f] for f in FEATURES]) + bias
    sources = _numbers([(n, c.source) for n, folder in enumerate(found) for c, _ in folder])
    targets = _numbers([(n, c.target) for n, folder in enumerate(found) for c, _ in folder])
    gap = standing(sources, targets, odds, cap=CAP)
    return {"weights": weights, "bias": bias, "rivals": fitted_rivals(odds, gap, true)}


def _numbers(names: Sequence[tuple[int, str]]) -> np.ndarray:
    known = {name: k for k, name in enumerate(sorted(set(names)))}
    return np.array([known[name] for name in names])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/train"))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng, coder = random.Random(args.seed), CachingEncoder(encoder())
    known = [line for lines in pairs(args.data).values() for line in lines]
    documents = list(pseudo_documents(rng.sample(known, LINES), coder, rng))
    found = [list(examples(reports, coder)) for reports in folders(documents, rng)]
    result = model(found)
    count, true = sum(map(len, found)), sum(t for folder in found for _, t in folder)
    result["made"] = {"candidates": count, "true": true, "seed": args.seed, "encoder": coder.signature}
    TARGET.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
