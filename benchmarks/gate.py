"""The quality gate: what songngu reaches on gold of its own, and the floors that it must not fall below.

    python -m benchmarks.gate [NAME ...]                       current figures beside their floors; exit 1 below one
    python -m benchmarks.gate NAME --update                    raise the floors to what is reached now (less the margin)
    python -m benchmarks.gate NAME --update --allow-lower      also lower them
    python -m benchmarks.gate NAME --update --accept-gold      take the changed gold as it is now

Floors stand in tests/gold/floors.toml, pinned with a digest of the gold they were measured on and sealed, so that
neither changes unnoticed. tests/test_gate.py holds songngu to them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FLOORS = ROOT / "tests" / "gold" / "floors.toml"
# Other processors round otherwise (bf16 or fp32), which may turn a close decision or two.
MARGIN = 0.01

Measure = Callable[[], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Gate:
    """What is measured, on which gold: figures in [0, 1] by name, higher is better."""

    gold: tuple[str, ...]
    measure: Measure


@dataclass(frozen=True, slots=True)
class Floor:
    """The pinned figures of one gate and the digest of its gold."""

    digest: str
    floors: Mapping[str, float]


class GateError(Exception):
    """Floors or gold that were changed without the flag that says so."""


def split() -> dict[str, float]:
    """Boundary F1 of the splitter on each language's gold and on the samples."""
    from songngu.align.splitting import split
    from songngu.eval.splitting import score_split

    figures = {}
    for language in ("fr", "vi"):
        rows = [
            *_lines(f"tests/gold/split.{language}.jsonl"),
            *(row for row in _lines("data/samples/gold/sentences.jsonl") if row["lang"] == language),
        ]
        found = [split(row.get("text") or " ".join(row["sentences"]), language) for row in rows]
        gold = [_texts(row) for row in rows]
        figures[f"{language}_f1"] = score_split(gold, found, samples=0).boundaries.f1
    return figures


def _texts(row: Mapping[str, Any]) -> list[str]:
    return [s if isinstance(s, str) else row["text"][s[0] : s[1]] for s in row["sentences"]]


def pair() -> dict[str, float]:
    """Precision and recall of the pairs found in the sample reports, from the files on."""
    from songngu.align.pairing import pair
    from songngu.align.splitting import split_document
    from songngu.data.reading import read
    from songngu.eval.pairing import score_pairs

    documents = [split_document(document) for document in read([ROOT / "data/samples/reports"])]
    found = pair(documents, source_language="fr", target_language="vi")
    score = score_pairs(ROOT / "data/samples/gold/pairs.tsv", found, samples=0).pairs
    return {"precision": score.precision, "recall": score.recall}


def alignment() -> dict[str, float]:
    """Strict and lax F1 and link accuracy on the samples' gold sentences, and how far confidences may be believed."""
    from songngu.align.alignment import align
    from songngu.eval.alignment import score_alignment

    sentences = {row["id"]: row["sentences"] for row in _lines("data/samples/gold/sentences.jsonl")}
    folder = ROOT / "data/samples/gold/beads"
    found = {
        path.stem: align(
            *(sentences[name] for name in path.stem.split("-")), source_language="fr", target_language="vi"
        )
        for path in sorted(folder.glob("*.ladder"))
    }
    score = score_alignment(folder, found, samples=0)
    return {"strict_f1": score.strict.f1, "lax_f1": score.lax.f1, "links": 1 - score.aer}


def retold() -> dict[str, float]:
    """Strict and lax F1 on reports that retell the same event freely, also on those that no bound was chosen on."""
    from songngu.align.alignment import align
    from songngu.eval.alignment import score_alignment

    from benchmarks.alignment_sets import retold_test

    figures = {}
    for held_out, prefix in ((False, ""), (True, "unseen_")):
        gold, found = {}, {}
        for case in retold_test(held_out=held_out):
            source, target = case.languages
            gold[case.name] = case.beads
            found[case.name] = align(case.source, case.target, source_language=source, target_language=target)
        score = score_alignment(gold, found, samples=0)
        figures |= {f"{prefix}strict_f1": score.strict.f1, f"{prefix}lax_f1": score.lax.f1}
    return figures


def cleaning() -> dict[str, float]:
    """Block F1 of what stays and what goes on the gold pages."""
    from songngu.data.files import stem
    from songngu.data.reading import read
    from songngu.eval.cleaning import GoldPage, score_cleaning

    gold = [GoldPage.of(row) for row in _lines("tests/gold/pages/gold.jsonl")]
    pages = sorted(path for path in (ROOT / "tests/gold/pages").iterdir() if path.suffix in (".html", ".txt"))
    found = {stem(Path(d.path)) if d.path else d.id: d for d in read(pages)}
    texts = {name: document.text for name, document in found.items()}
    score = score_cleaning(gold, texts, {name: document.dropped for name, document in found.items()})
    return {"keep_f1": score.keep.f1, "drop_f1": score.drop.f1, "reasons": score.reasons}


def checks() -> dict[str, float]:
    """Precision and recall of findings by kind on hand-placed errors; kinds that a row allows beside them do not
    count."""
    from songngu.eval.checks import check
    from songngu.eval.checks_corpus import Term
    from songngu.models.encoders import encoder

    rows, coder = _lines("tests/gold/checks.fr-vi.jsonl"), encoder()
    groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[int]] = {}
    for n, row in enumerate(rows):
        terms = tuple((source, target) for source, target in row.get("glossary", ()))
        groups.setdefault((row["from"], row["to"], terms), []).append(n)
    found: list[set[str]] = [set() for _ in rows]
    for (source, target, terms), numbers in groups.items():
        findings = check(
            [(rows[n]["source"], rows[n]["target"]) for n in numbers],
            source_language=source,
            target_language=target,
            encoder=coder,
            glossary=[Term(a, (b,)) for a, b in terms],
        )
        for finding in findings:
            found[numbers[finding.line - 1]].add(finding.kind)
    placed = [{error["kind"] for error in row["errors"]} for row in rows]
    right = sum(len(kinds & mine) for kinds, mine in zip(placed, found, strict=True))
    told = right + sum(
        len(mine - kinds - set(row.get("also", ()))) for kinds, mine, row in zip(placed, found, rows, strict=True)
    )
    return {"precision": right / max(told, 1), "recall": right / max(sum(map(len, placed)), 1)}


def quality() -> dict[str, float]:
    """How often quality estimation ranks a true translation above a damaged one: the mean and the worst kind of
    damage."""
    from songngu.eval.damage import KINDS, Pairs, damaged
    from songngu.models.quality import estimate_quality

    sentences = [row for row in _lines("tests/gold/checks.fr-vi.jsonl") if not row["errors"] and row["from"] == "fr"]
    pairs = Pairs([row["source"] for row in sentences], [row["target"] for row in sentences], "fr", "vi")
    cases = [(kind, i, text) for kind in KINDS for i, text in damaged(pairs, kind)]
    sources = [*pairs.sources, *(pairs.sources[i] for _, i, _ in cases)]
    targets = [*pairs.targets, *(text for _, _, text in cases)]
    chances = estimate_quality(sources, targets, source_language="fr", target_language="vi")
    good = chances[: len(sentences)]
    by_kind: dict[str, list[float]] = {}
    for (kind, _, _), bad in zip(cases, chances[len(sentences) :], strict=True):
        by_kind.setdefault(kind, []).append(sum((g > bad) + (g == bad) / 2 for g in good) / len(good))
    areas = [sum(values) / len(values) for values in by_kind.values()]
    return {"auc": sum(areas) / len(areas), "worst_auc": min(areas)}


def word_links() -> dict[str, float]:
    """How right the word links of our own gold are: one less the alignment error rate, precision and recall."""
    from typing import cast

    from songngu.eval.words import score_words
    from songngu.models.encoders import WordEncoder, encoder
    from songngu.models.words import align_words, token_spans

    rows = _lines("tests/gold/words.fr-vi.jsonl")
    spans = [[token_spans(row[side], row[f"{side}_tokens"]) for row in rows] for side in ("fr", "vi")]
    sources, targets = ([row[side] for row in rows] for side in ("fr", "vi"))
    coder = cast(WordEncoder, encoder())
    found = align_words(sources, targets, coder, source_words=spans[0], target_words=spans[1])
    links = [[(link.source, link.target) for link in pair] for pair in found]
    score = score_words(ROOT / "tests/gold/words.fr-vi.jsonl", links, samples=0)
    return {"links": 1 - score.aer, "precision": score.precision, "recall": score.recall}


SAMPLES = "data/samples/gold"
RETOLD = ("tests/gold/retold.fr-vi.jsonl", "tests/gold/retold-held-out.fr-vi.jsonl")
GATES = {
    "split": Gate(("tests/gold/split.fr.jsonl", "tests/gold/split.vi.jsonl", f"{SAMPLES}/sentences.jsonl"), split),
    "pair": Gate((f"{SAMPLES}/pairs.tsv", "data/samples/reports"), pair),
    "alignment": Gate((f"{SAMPLES}/sentences.jsonl", f"{SAMPLES}/beads"), alignment),
    "retold": Gate(RETOLD, retold),
    "cleaning": Gate(("tests/gold/pages",), cleaning),
    "checks": Gate(("tests/gold/checks.fr-vi.jsonl",), checks),
    "quality": Gate(("tests/gold/checks.fr-vi.jsonl",), quality),
    "words": Gate(("tests/gold/words.fr-vi.jsonl",), word_links),
}


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def digest(gold: Sequence[str], root: Path = ROOT) -> str:
    """SHA-256 over the names and bytes of the gold's files; a folder stands for all files in it but notes about
    them."""
    total = hashlib.sha256()
    for name in gold:
        path = root / name
        files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".md") if path.is_dir() else [path]
        for file in files:
            total.update(file.relative_to(root).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def seal(floors: Mapping[str, Floor]) -> str:
    """A digest over all floors, so that an edit by hand shows."""
    plain = {name: [floor.digest, dict(sorted(floor.floors.items()))] for name, floor in sorted(floors.items())}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def load(path: Path = FLOORS) -> dict[str, Floor]:
    """The pinned floors.

    Raises:
        GateError: the file was edited by hand.
    """
    if not path.is_file():
        return {}
    record = tomllib.loads(path.read_text(encoding="utf-8"))
    floors = {
        name: Floor(table["digest"], table["floors"]) for name, table in record.items() if isinstance(table, dict)
    }
    if record.get("seal") != seal(floors):
        raise GateError(f"{path.name} was edited by hand; change it with python -m benchmarks.gate NAME --update")
    return floors


def save(floors: Mapping[str, Floor], path: Path = FLOORS) -> None:
    """Write the floors with their seal."""
    lines = [
        "# Floors of the quality gate, written by `python -m benchmarks.gate NAME --update`; do not edit by hand.",
        f'seal = "{seal(floors)}"',
    ]
    for name, floor in sorted(floors.items()):
        lines += ["", f"[{name}]", f'digest = "{floor.digest}"', f"[{name}.floors]"]
        lines += [f"{figure} = {value:.4f}" for figure, value in sorted(floor.floors.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def check_gold(name: str, gate: Gate, floor: Floor, root: Path = ROOT) -> None:
    """Make sure that the gold is the one the floors were measured on.

    Raises:
        GateError: it is another one.
    """
    if digest(gate.gold, root) != floor.digest:
        raise GateError(
            f"{name}: the gold has changed; look at it, then python -m benchmarks.gate {name} --update --accept-gold"
        )


def updated(
    name: str, old: Floor | None, figures: Mapping[str, float], now: str, *, allow_lower: bool, accept_gold: bool
) -> Floor:
    """The new floor of one gate: what was reached less the margin, and never below the old one unless that is allowed.

    Raises:
        GateError: the gold changed or a figure fell without its flag.
    """
    if old is not None and old.digest != now and not accept_gold:
        raise GateError(f"{name}: the gold has changed; say --accept-gold if it was meant to")
    new = {figure: int(max(value - MARGIN, 0) * 10_000) / 10_000 for figure, value in figures.items()}
    for figure, value in (old.floors if old is not None else {}).items():
        if allow_lower or new.get(figure, -1) >= value:
            continue
        # what was reached still holds the old floor: keep it. Otherwise songngu became worse.
        if figures.get(figure, -1) < value:
            raise GateError(
                f"{name}: {figure} fell from {value} to {figures.get(figure)}; say --allow-lower if it must be"
            )
        new[figure] = value
    return Floor(now, new)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; update the floors where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", choices=[*GATES, []], metavar="NAME", help=f"of {', '.join(GATES)}; all without"
    )
    for flag in ("--update", "--allow-lower", "--accept-gold"):
        parser.add_argument(flag, action="store_true")
    args = parser.parse_args(argv)
    floors, failed = load(), False
    for name in args.names or GATES:
        figures = GATES[name].measure()
        if args.update:
            now = digest(GATES[name].gold)
            floors[name] = updated(
                name, floors.get(name), figures, now, allow_lower=args.allow_lower, accept_gold=args.accept_gold
            )
        elif name in floors:
            check_gold(name, GATES[name], floors[name])
        pinned = floors[name].floors if name in floors else {}
        for figure, value in figures.items():
            below = value < pinned.get(figure, 0)
            failed |= below
            print(f"{name:<10} {figure:<12} {value:.4f}  floor {pinned.get(figure, 0):.4f}{'  BELOW' if below else ''}")
    if args.update:
        save(floors)
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except GateError as error:
        sys.exit(f"gate: {error}")
