"""Weigh what the network that reads both texts tells the checks of missing text and of negations: "read" in models/gaps.json and
models/denials.json.

    python -m benchmarks.train_checks ../shared --texts texts

Learned from fr-vi pairs, translated by people, that the network was not trained on (every fifth document of NTREX dev; the handbooks of
`benchmarks/texts.py`), with clauses and negations taken out and put in by `songngu.eval.damage`. The biases are set so that on clean
NTREX dev pairs as many as --gaps and --denials say have a chance of .6 or more. What it finds is measured by benchmarks/translation.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from songngu.data.negation import denials, hints
from songngu.eval.checks_meaning import SHORT, denying_side
from songngu.eval.checks_words import read_words
from songngu.eval.damage import Pairs, damaged
from songngu.eval.findings import Case
from songngu.models import denials as denying
from songngu.models import gaps
from songngu.models.calibration import weighed
from songngu.models.encoders import encoder

from benchmarks.texts import handbooks
from benchmarks.train_gaps import TOLD, levelled, logistic
from benchmarks.train_quality import ntrex_documents, parallel
from benchmarks.translation import ntrex

LACKING = ("clause dropped", "phrase dropped", "sentence dropped")
ADDING = ("clause added",)
NEGATIONS = ("negation dropped", "negation added")
AT_ONCE = 256
Row = tuple[Sequence[float], bool]  # evidence, and whether there is an error


def unseen(data: Path, folder: Path) -> dict[str, Pairs]:
    """French and Vietnamese pairs that the network was not trained on."""
    texts = {"news": ntrex_documents(data, held_out=True), "handbooks": handbooks(folder)}
    if not texts["handbooks"]:
        raise SystemExit(f"{folder}/handbooks: no texts there; news alone are too few")
    return {kind: parallel(some, "fr", "vi") for kind, some in texts.items()}


def cases(pairs: Pairs, rows: Sequence[tuple[int, str]], reader: Any) -> list[Case]:
    """Translations with what is known of their words."""
    tags = {"source_language": pairs.source_language, "target_language": pairs.target_language}
    found = [Case(i, pairs.sources[i], text, **tags) for i, text in rows]
    for at in range(0, len(found), AT_ONCE):
        read_words(found[at : at + AT_ONCE], reader)
    return [case for case in found if case.words is not None]


def gap_rows(case: Case, kind: str) -> Iterator[Row]:
    """The evidence of both sides, and whether the other side lacks something."""
    assert case.words is not None
    (one, other), (source, target) = case.words, case.languages.values()
    for (a, b, *languages), kinds in (((one, other, source, target), LACKING), ((other, one, target, source), ADDING)):
        evidence, _ = gaps.evidence_of(a, b, *languages)
        if (told := gaps.told(a, b, gaps.plain_odds(evidence))) is not None:
            yield [told[name] for name in gaps.READ], kind in kinds


def denial_rows(case: Case, kind: str) -> Iterator[Row]:
    """The evidence where one side alone denies, and whether it was made so."""
    side = denying_side(case)
    if side is None or case.words is None or len(case.source.split()) <= SHORT:
        return
    one, other = case.words if side == "source" else case.words[::-1]
    places = denials(one.text, case.languages[side])
    away = case.languages["target" if side == "source" else "source"]
    evidence = denying.evidence_of(one, other, places, hints(other.text, away))
    told = evidence and denying.told(one, places, weighed(evidence, denying.weights()))
    if told:
        yield [told[name] for name in denying.READ], kind in NEGATIONS


@dataclass(frozen=True, slots=True)
class Job:
    """What a file is learned from: the evidence of a case, its names, and kinds of damage."""

    rows: Callable[[Case, str], Iterator[Row]]
    names: Sequence[str]
    kinds: Sequence[str]


JOBS = {
    "gaps": Job(gap_rows, gaps.READ, (*LACKING, *ADDING)),
    "denials": Job(denial_rows, denying.READ, NEGATIONS),
}


def gathered(pairs: Pairs, kinds: Sequence[str], engine: Any, most: int) -> Iterator[tuple[str, list[Case]]]:
    """Sound and damaged translations by kind, in both directions."""
    for way in (pairs, pairs.turned()):
        reader = gaps.reader(engine, (way.source_language, way.target_language))
        for kind in ("true", *kinds):
            rows = list(enumerate(way.targets)) if kind == "true" else damaged(way, kind)
            yield kind, cases(way, rows[:most], reader)


def fitted(rows: Sequence[Row], sound: Sequence[Row], names: Sequence[str], alarms: int) -> dict[str, float]:
    """Weights by name, with the bias at which so many of the sound rows have the chance TOLD."""
    weights, _ = logistic(np.array([row for row, _ in rows]), np.array([label for _, label in rows], dtype=float))
    odds = np.sort(np.array([row for row, _ in sound]) @ weights)[::-1]
    return levelled(names, weights, float((odds[alarms - 1] + odds[alarms]) / 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--texts", type=Path, default=Path("texts"), help="as benchmarks/texts.py describes it")
    parser.add_argument("--out", type=Path, default=Path("models"), help="folder of the two files")
    parser.add_argument("--most", type=int, default=600, help="pairs of one kind of text, direction and damage")
    parser.add_argument("--gaps", type=int, default=9, help="sides of clean NTREX dev pairs that raise an alarm")
    parser.add_argument("--denials", type=int, default=6, help="denials in clean NTREX dev pairs that raise an alarm")
    args = parser.parse_args()
    data, engine = args.shared / "data", encoder()
    wanted = dict.fromkeys(kind for job in JOBS.values() for kind in job.kinds)
    found: dict[str, list[Row]] = {name: [] for name in JOBS}
    for name, pairs in unseen(data, args.texts).items():
        for kind, some in gathered(pairs, tuple(wanted), engine, args.most):
            for file, job in JOBS.items():
                if kind in ("true", *job.kinds):
                    found[file] += [row for case in some for row in job.rows(case, kind)]
        print(f"{name}: {len(pairs.sources)} pairs", flush=True)
    pairs = ntrex(data)
    sound = cases(pairs, list(enumerate(pairs.targets)), gaps.reader(engine, ("fr", "vi")))  # type: ignore[arg-type]
    for file, job in JOBS.items():
        alarms = getattr(args, file)
        rows = [row for case in sound for row in job.rows(case, "true")]
        path = args.out / f"{file}.json"
        record = json.loads(path.read_text(encoding="utf-8")) | {
            "read_origin": f"{len(found[file])} rows of fr-vi news and handbooks, {sum(label for _, label in found[file])} of them "
            f"wrong; bias: {alarms} in clean NTREX dev at {TOLD:g} (benchmarks/train_checks.py)",
            "read": fitted(found[file], rows, job.names, alarms),
        }
        path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        print(file, record["read_origin"], record["read"], flush=True)


if __name__ == "__main__":
    main()
