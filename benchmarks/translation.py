"""Translation: the baselines that every table has, any model beside them, and how well the checks find errors.

    python benchmarks/translation.py baselines [--model M ...] [--on ntrex|flores]   # BLEU and chrF2, speed, both directions
    python benchmarks/translation.py checks [--gold FILE] [--on ntrex|flores]        # gold errors, damage on purpose, false alarms

`--model` takes what `songngu translate --model` takes; comparing opus-mt-fr-vi with ctranslate2:opus-mt-fr-vi shows what int8 costs and
gains. Quality estimation has a benchmark of its own (quality.py).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from songngu.eval.checks import check
from songngu.eval.checks_corpus import Term
from songngu.eval.damage import CHECKED, Pairs, damaged
from songngu.models.gloss import Gloss
from songngu.models.translating import translate
from songngu.models.translators import translator

# The kinds of findings that are right for each kind of damage
RIGHT = {
    "word dropped": {"omission", "name", "number", "negation", "date", "unit", "length"},
    "clause dropped": {"omission", "name", "number", "negation", "date", "length", "brackets", "punctuation"},
    "number changed": {"number", "date", "unit", "url"},
    "negation dropped": {"negation"},
    "negation added": {"negation"},
    "name swapped": {"name"},
    "other sentence": {"omission", "addition", "number", "name", "length", "date", "negation", "punctuation"},
    "untranslated": {"untranslated", "wrong_language"},
    "looped": {"repetition"},
    "digits moved": {"number", "date", "unit", "url"},
    "number word changed": {"number", "date", "unit"},
    "day moved": {"date", "number"},
    "phrase dropped": {"omission", "name", "number", "negation", "date", "length", "brackets", "punctuation"},
    "sentence dropped": {"omission", "name", "number", "negation", "date", "length", "brackets", "punctuation"},
    "clause added": {"addition", "name", "number", "negation", "date", "length"},
    "half untranslated": {"untranslated", "wrong_language"},
    "word doubled": {"repetition"},
}


def flores(data: Path) -> Pairs:
    """FLORES dev, French and Vietnamese."""
    sides = [
        (data / "eval" / "flores" / f"flores101-dev.{code}").read_text("utf-8").splitlines() for code in ("fr", "vi")
    ]
    return Pairs(sides[0], sides[1], "fr", "vi")


def ntrex(data: Path) -> Pairs:
    """NTREX dev in document order."""
    documents = [
        json.loads(line) for line in (data / "eval" / "ntrex" / "ntrex-dev.jsonl").read_text("utf-8").splitlines()
    ]
    return Pairs([s for d in documents for s in d["fr"]], [s for d in documents for s in d["vi"]], "fr", "vi")


SETS = {"flores": flores, "ntrex": ntrex}


def baselines(pairs: Pairs, models: Sequence[str]) -> None:
    """Print BLEU, chrF2 and sentences a second of copying, glossing and each model, in both directions."""
    import sacrebleu

    for direction in (pairs, pairs.turned()):
        options = {"source_language": direction.source_language, "target_language": direction.target_language}
        systems: dict[str, Any] = {"copy": None, "gloss": Gloss(**options)} | {
            name: translator(name) for name in models
        }
        print(f"\n{direction.source_language}→{direction.target_language}, {len(direction.sources)} sentences")
        for name, system in systems.items():
            start = time.perf_counter()
            found = list(direction.sources) if system is None else translate(direction.sources, model=system, **options)
            speed = len(found) / (time.perf_counter() - start)
            bleu, chrf = (
                sacrebleu.corpus_bleu(found, [direction.targets]),
                sacrebleu.corpus_chrf(found, [direction.targets]),
            )
            print(f"  {name:32} BLEU {bleu.score:5.1f}  chrF2 {chrf.score:5.1f}  {speed:9.0f} sentences/s")


def gold_scores(path: Path, encoder: Any) -> None:
    """Print precision and recall on hand-placed errors, by kind; `also` lists kinds that are neither right nor wrong there."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    right, missed, false = Counter[str](), Counter[str](), Counter[str]()
    for row, kinds in zip(rows, _kinds_found(rows, encoder), strict=True):
        wanted = {error["kind"] for error in row["errors"]}
        right.update(wanted & kinds)
        missed.update(wanted - kinds)
        false.update(kinds - wanted - set(row.get("also", ())))
    for kind in sorted({*right, *missed, *false}):
        print(f"  {kind:16} found {right[kind]:3}  missed {missed[kind]:3}  false {false[kind]:3}")
    found, lost, wrong = right.total(), missed.total(), false.total()
    print(f"  precision {found / (found + wrong):.3f}  recall {found / (found + lost):.3f}  ({len(rows)} pairs)")


def _kinds_found(rows: Sequence[dict[str, Any]], encoder: Any) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in rows]
    directions: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        directions[row["from"], row["to"]].append(i)
    for (source, target), places in directions.items():
        options: dict[str, Any] = {"source_language": source, "target_language": target}
        for finding in check([(rows[i]["source"], rows[i]["target"]) for i in places], encoder=encoder, **options):
            found[places[finding.line - 1]].add(finding.kind)
        for i in places:
            terms = [Term(a, (b,)) for a, b in rows[i].get("glossary", ())]
            pair = [(rows[i]["source"], rows[i]["target"])]
            found[i] |= {f.kind for f in check(pair, glossary=terms, kinds=["glossary"], **options)} if terms else set()
    return found


def alarms(pairs: Pairs, encoder: Any) -> None:
    """Print how many clean pairs raise an alarm, of which kinds, and how fast they are checked."""
    for direction in (pairs, pairs.turned()):
        options: dict[str, Any] = {
            "source_language": direction.source_language,
            "target_language": direction.target_language,
        }
        start = time.process_time()
        found = list(check(zip(direction.sources, direction.targets, strict=True), encoder=encoder, **options))
        speed = len(direction.sources) / (time.process_time() - start)
        found = [finding for finding in found if finding.kind != "inconsistency"]
        share = len({finding.line for finding in found}) / len(direction.sources)
        kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(f.kind for f in found).most_common())
        print(
            f"  clean {direction.source_language}→{direction.target_language}: {share:.1%} of {len(direction.sources)} pairs: {kinds} "
            f"({speed:.0f} pairs a CPU-second)"
        )


def damage(pairs: Pairs, encoder: Any, most: int) -> None:
    """Print for each kind of damage how many damaged translations have a finding of a fitting kind."""
    for kind in CHECKED:
        counts = []
        for direction in (pairs, pairs.turned()):
            rows = damaged(direction, kind)[:most]
            options: dict[str, Any] = {
                "source_language": direction.source_language,
                "target_language": direction.target_language,
            }
            found = check([(direction.sources[i], text) for i, text in rows], encoder=encoder, **options)
            counts.append((len({f.line for f in found if f.kind in RIGHT[kind]}), len(rows)))
        print(f"  {kind:18} " + "  ".join(f"{hits / max(n, 1):.3f} of {n}" for hits, n in counts), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("baselines", "checks"))
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/data"))
    parser.add_argument("--on", default="ntrex", choices=sorted(SETS))
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--gold", type=Path, default=Path("tests/gold/checks.fr-vi.jsonl"))
    parser.add_argument("--most", type=int, default=150, help="damaged sentences of each kind and direction")
    parser.add_argument("--no-encoder", action="store_true", help="leave out missing and added text, which need it")
    args = parser.parse_args()
    pairs = SETS[args.on](args.data)
    if args.what == "baselines":
        baselines(pairs, args.model)
        return
    from songngu.models.encoders import encoder

    engine = None if args.no_encoder else encoder()
    gold_scores(args.gold, engine)
    alarms(pairs, engine)
    damage(pairs, engine, args.most)


if __name__ == "__main__":
    main()
