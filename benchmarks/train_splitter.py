"""Train the small model that finds sentence ends without a mark, and count common words: data/tables/<code>/splitting.json.

    python benchmarks/train_splitter.py --shared ../shared

What it learns from, and under which licences (none of the text is in the weights file, only counts of single words and
weights of features): UD French-Sequoia train (LGPL-LR), UD French-ParisStories and UD Vietnamese-VTB train (CC-BY-SA 4.0),
WikiANN sentences from Wikipedia (CC-BY-SA), Tatoeba sentences (CC-BY 2.0 FR). Evaluation sets are never read.
The result is the same on every run.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from songngu.align.splitfeatures import blocked, open_features, open_places, tokens
from songngu.align.splitmodel import parse
from songngu.align.splittables import Rules, rules
from songngu.align.splitting import sentence_spans
from songngu.data.files import writing
from songngu.eval.splitting import boundaries

_WORD = re.compile(r"[^\W\d_]+(?:['’])?")
_NOTE = (
    "Weights and word counts learned by benchmarks/train_splitter.py from UD French-Sequoia (LGPL-LR), UD French-ParisStories and "
    "UD Vietnamese-VTB (CC-BY-SA 4.0), WikiANN (Wikipedia, CC-BY-SA) and Tatoeba (CC-BY 2.0 FR); no text of theirs is included."
)


@dataclass(frozen=True)
class Recipe:
    """What one language is trained on; `dropped` is the share of short sentences that lose their full stop to look like titles.

    The thresholds are probabilities; they were chosen on cross-validation, for few ends where there are none.
    """

    treebanks: tuple[str, ...]
    counted: tuple[str, ...]
    lines: tuple[tuple[str, int], ...]
    dropped: float
    rounds: int
    thresholds: Mapping[str, float]


RECIPES = {
    "fr": Recipe(
        treebanks=("fr_sequoia-ud-train.jsonl",),
        counted=("wikiann.fr.txt", "tatoeba.fr.txt"),
        lines=(("wikiann.fr.txt", 4000), ("tatoeba.fr.txt", 15000)),
        dropped=0.0,
        rounds=1,
        thresholds={"starter": 0.6, "word": 0.85, "item": 0.4},
    ),
    "vi": Recipe(
        treebanks=("vi_vtb-ud-train.jsonl",),
        counted=("wikiann.vi.txt", "tatoeba.vi.txt"),
        lines=(("wikiann.vi.txt", 1600), ("tatoeba.vi.txt", 5000)),
        dropped=0.3,
        rounds=3,
        thresholds={"starter": 0.85, "word": 0.995, "item": 0.95},
    ),
}
Instance = tuple[list[str], bool]


def common_words(sentences: Iterable[str]) -> dict[str, int]:
    """Words that are written small in mid-sentence, with how often they begin sentences: log2, 0 to 9."""
    first, small, large = Counter[str](), Counter[str](), Counter[str]()
    for sentence in sentences:
        for k, word in enumerate(_WORD.findall(sentence)):
            lower = word.lower().replace("’", "'")
            (first if k == 0 else small if word.islower() else large)[lower] += 1
    return {
        w: min(9, max(0, int(math.log2(512 * (first[w] + 0.3) / (n + first[w] + 1)))))
        for w, n in sorted(small.items())
        if n >= 4 and large[w] <= 0.1 * n
    }


def instances(sentences: Sequence[str], code: str, common: dict[str, int]) -> list[Instance]:
    """Every place without a mark in the sentences' running text, and whether a sentence ends there."""
    text, ends, length = " ".join(sentences), set[int](), 0
    for sentence in sentences:
        length += len(sentence)
        ends.add(length)
        length += 1
    found: list[Instance] = []
    known = _marks_alone(code, common)
    for start, end, _ in sentence_spans(text, [(0, len(text))], known):
        words = tokens(text, start, end)
        first, last = 0, [k for k in range(1, len(words)) if words[k - 1].end in ends]
        for stop in [*last, len(words)]:
            for i in open_places(words, first):
                if i <= stop and not blocked(words, first, i, known):
                    found.append((open_features(words, first, i, common), words[i - 1].end in ends))
            first = stop
    return found


def _marks_alone(code: str, common: Mapping[str, int]) -> Rules:
    known = rules(code)
    assert known is not None
    return replace(known, trained=None, common=common)


def without_stops(sentences: Sequence[str], share: float, seed: int) -> list[str]:
    """The sentences in another order; a share of the short ones has lost its full stop, as titles have none."""
    chance = random.Random(seed)
    shuffled = chance.sample(list(sentences), len(sentences))
    return [
        s[:-1] if re.search(r"\w\.$", s) and len(s.split()) <= 12 and chance.random() < share else s for s in shuffled
    ]


def train(data: Sequence[Instance], penalty: float = 1.0) -> dict[str, float]:
    """The weights of a logistic regression with an L2 penalty, rounded; weights near zero are left out."""
    counts = Counter(name for names, _ in data for name in set(names))
    column = {name: k for k, name in enumerate(sorted(n for n, c in counts.items() if c >= 3))}
    rows = [(r, column[n]) for r, (names, _) in enumerate(data) for n in sorted(set(names)) if n in column]
    x = sp.csr_matrix((np.ones(len(rows)), tuple(np.array(rows).T)), shape=(len(data), len(column)))
    y = np.array([label for _, label in data], float)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ weights
        value = float(np.logaddexp(0, z).sum() - y @ z + 0.5 * penalty * weights @ weights)
        return value, x.T @ (1 / (1 + np.exp(-z)) - y) + penalty * weights

    best = minimize(loss, np.zeros(len(column)), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return {name: round(float(best[k]), 2) for name, k in column.items() if abs(best[k]) >= 0.03}


def _documents(recipe: Recipe, mono: Path) -> list[list[str]]:
    lines = [line for name in recipe.treebanks for line in _lines(mono / "ud-train" / name)]
    return [json.loads(line)["sentences"] for line in lines]


def _lines(path: Path) -> list[str]:
    return [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def learn(code: str, recipe: Recipe, mono: Path, documents: Sequence[list[str]]) -> dict[str, Any]:
    """What is stored for one language, from its treebanks' documents and its lines."""
    running = [s for d in documents for s in d]
    common = common_words([*running, *(s for name in recipe.counted for s in _lines(mono / name))])
    data = [x for d in documents for x in instances(d, code, common)]
    for name, size in recipe.lines:
        chosen = random.Random(1).sample(_lines(mono / name), size)
        data += [x for line in chosen for x in instances([line], code, common)]
        if recipe.dropped:
            data += instances(without_stops(chosen, recipe.dropped / 2, 7), code, common)
    for k in range(recipe.rounds if recipe.dropped else 0):
        data += instances(without_stops(running, recipe.dropped, k), code, common)
    levels: dict[str, list[str]] = {}
    for word, level in common.items():
        levels.setdefault(str(level), []).append(word)
    stored = {level: " ".join(levels[level]) for level in sorted(levels)}
    return {"note": _NOTE, "thresholds": recipe.thresholds, "common": stored, "weights": train(data)}


def cross_validate(code: str, recipe: Recipe, mono: Path, folds: int = 5) -> str:
    """Boundary F1 on the treebanks' documents: by marks alone, and with a model that has not seen them.

    Where the recipe drops full stops (the treebank has no titles), they are dropped from the documents tested, too.
    """
    documents = _documents(recipe, mono)
    random.Random(2).shuffle(documents)
    counts = {"marks": [0, 0, 0], "model": [0, 0, 0]}
    for fold in range(folds):
        learned = learn(code, recipe, mono, [d for k, d in enumerate(documents) if k % folds != fold])
        marks = _marks_alone(code, parse(learned).common)
        trained = replace(marks, trained=parse(learned))
        for k, document in enumerate(documents[fold::folds]):
            sentences = without_stops(document, recipe.dropped, k) if recipe.dropped else document
            gold, text = boundaries(sentences)[0], " ".join(sentences)
            for name, chosen in (("marks", marks), ("model", trained)):
                found = boundaries([text[a:b] for a, b, _ in sentence_spans(text, [(0, len(text))], chosen)])[0]
                for i, value in enumerate((len(gold & found), len(found), len(gold))):
                    counts[name][i] += value
    return ", ".join(
        f"{name} F1 {2 * h / (f + t):.4f} (P {h / f:.4f} R {h / t:.4f})" for name, (h, f, t) in counts.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="the folder that holds data/mono")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "data" / "tables")
    parser.add_argument(
        "--cross-validate", action="store_true", help="print what unseen documents gain, and store nothing"
    )
    args = parser.parse_args()
    for code, recipe in RECIPES.items():
        mono = args.shared / "data" / "mono"
        if args.cross_validate:
            print(f"{code}: {cross_validate(code, recipe, mono)}")
            continue
        stored = learn(code, recipe, mono, _documents(recipe, mono))
        path = args.out / code / "splitting.json"
        with writing(path) as stream:
            stream.write(json.dumps(stored, ensure_ascii=False, indent=0, sort_keys=True) + "\n")
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
