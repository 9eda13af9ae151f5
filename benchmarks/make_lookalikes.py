"""Makes a benchmark of reports that are easy to confuse, with gold, from parallel documents and from templates.

    python -m benchmarks.make_lookalikes DOCS.jsonl OUT [--sides fr vi] [--seed 7] [--templates 40]

A line of DOCS.jsonl is {doc_id, fr: [...], vi: [...], ...} with fr[i] a translation of vi[i]. What agencies have and made-up
benchmarks lack:

* several events of one story: the halves of a document are two events a day apart; the second often repeats lines of the first as
  background, and every report carries its date (one in seven has none),
* a flash of two or three lines against a long report of the same event,
* an update of an earlier report, and two agencies' reports of one event, in the same language,
* round-ups that tell one line of each of many events, and reports that exist in one language only,
* the same people at two meetings, the same teams in two matches, figures of two days: `benchmarks/templates.py`.

Reports are comparable, not translations, as in a comparable corpus: half of the lines on both sides, the rest on one; blocks moved,
neighbours merged, strangers slipped in; a pair shares at least two lines.

OUT/reports.jsonl  {id, lang, date, text}, one line of text a segment, shuffled, ids tell nothing
OUT/gold.jsonl     {id, event, kind}; a round-up is an event of its own
OUT/pairs.tsv      every pair of a French and a Vietnamese report of one event (many-to-many where an event has several reports)
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.templates import KINDS, stories

ARRANGEMENTS = {"plain": 0.45, "flash": 0.15, "update": 0.12, "agencies": 0.12, "lonely": 0.16}
MISSING_DATE = 1 / 7


@dataclass(frozen=True, slots=True)
class Report:
    """One report of one event, as lines, in the order in which it tells them."""

    id: str
    language: str
    date: str | None
    lines: tuple[str, ...]
    event: str
    kind: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event: the lines that can be told of it on both sides, and lines of an earlier event as background."""

    name: str
    day: date
    lines: tuple[tuple[str, str], ...]
    background: tuple[tuple[str, str], ...] = ()


def lookalikes(
    documents: Sequence[Mapping], rng: random.Random, *, sides: tuple[str, str] = ("fr", "vi"), templates: int = 40,
    kinds: tuple[str, ...] = tuple(KINDS), halves: bool = True,
) -> list[Report]:  # fmt: skip
    """The reports, shuffled; ids are drawn at random. Without `halves` every document is one event."""
    events = [*_from_documents(documents, rng, sides, 12 if halves else 10**9), *_from_templates(templates, rng, kinds)]
    strangers = [line for event in events for line in event.lines]
    found = [report for event in events for report in _reports(event, strangers, rng)]
    found += _round_ups(events, rng)
    rng.shuffle(found)
    numbers = rng.sample(range(10_000, 100_000), len(found))
    side = {"source": sides[0], "target": sides[1]}
    return [
        Report(f"r{n}", side[r.language], r.date, r.lines, r.event, r.kind) for n, r in zip(numbers, found, strict=True)
    ]


def _from_documents(
    documents: Sequence[Mapping], rng: random.Random, sides: tuple[str, str], long: int
) -> Iterable[Told]:
    """Events of documents of at least 5 lines; those of `long` lines and more are two events of one story, a day apart."""
    for document in documents:
        lines = tuple(zip(document[sides[0]], document[sides[1]], strict=True))
        day = date(2024, 5, 1) + timedelta(days=rng.randrange(20))
        if len(lines) >= long:
            middle = len(lines) // 2
            yield Told(f"{document['doc_id']}.1", day, lines[:middle])
            again = tuple(rng.sample(lines[:middle], rng.choice((0, 1, 1, 2))))
            yield Told(f"{document['doc_id']}.2", day + timedelta(days=1), lines[middle:], again)
        elif len(lines) >= 5:
            yield Told(document["doc_id"], day, lines)


def _from_templates(count: int, rng: random.Random, kinds: tuple[str, ...]) -> Iterable[Told]:
    for number, story in enumerate(stories(count, rng, kinds=kinds)):
        for k, event in enumerate(story):
            yield Told(f"template{number}.{k}", event.day, tuple(zip(event.fr, event.vi, strict=True)))


def _reports(event: Told, strangers: Sequence[tuple[str, str]], rng: random.Random) -> Iterable[Report]:
    kind = rng.choices(list(ARRANGEMENTS), weights=list(ARRANGEMENTS.values()))[0]
    source, target = _selections(len(event.lines), kind, rng)
    if kind == "lonely":
        source, target = rng.choice((([source[0]], []), ([], [target[0]])))
    for language, side, selections in (("source", 0, source), ("target", 1, target)):
        for later, chosen in enumerate(selections):
            delay = rng.choice((0, 0, 0, 1)) + (later if kind == "update" else 0)
            lines = _written(event, chosen, side, strangers, rng)
            yield Report("", language, _dated(event.day + timedelta(days=delay), rng), lines, event.name, kind)


def _dated(day: date, rng: random.Random) -> str | None:
    return None if rng.random() < MISSING_DATE else day.isoformat()


def _selections(n: int, kind: str, rng: random.Random) -> tuple[list[list[int]], list[list[int]]]:
    """The line numbers of every report on both sides; any two of different sides share at least two lines."""
    while True:
        source, target = _halves(n, rng)
        sides = [[source], [target]]
        if kind == "flash":
            long = [i for i in range(n) if rng.random() < 0.85]
            sides = [[list(range(min(n, rng.choice((2, 3)))))], [long]]
        elif kind == "update":
            early = sorted(rng.sample(source, max(2, round(0.6 * len(source))))) if len(source) > 2 else source
            sides = [[early, source], [target]]
        elif kind == "agencies":
            sides = [[source, [i for i in range(n) if rng.random() < 0.7]], [target]]
        if all(len(set(a) & set(b)) >= 2 for a in sides[0] for b in sides[1]):
            rng.shuffle(sides)
            return sides[0], sides[1]


def _halves(n: int, rng: random.Random) -> tuple[list[int], list[int]]:
    where = rng.choices(("both", "source", "target"), weights=(0.5, 0.25, 0.25), k=n)
    return [i for i in range(n) if where[i] != "target"], [i for i in range(n) if where[i] != "source"]


def _written(
    event: Told, chosen: Sequence[int], side: int, strangers: Sequence[tuple[str, str]], rng: random.Random
) -> tuple[str, ...]:
    """The lines of one report: a block moved, neighbours merged, background added, strangers slipped in."""
    order = list(chosen)
    if len(order) >= 4 and rng.random() < 0.5:
        at = rng.randrange(len(order) - 1)
        block = order[at : at + 2]
        del order[at : at + 2]
        to = rng.randrange(len(order) + 1)
        order[to:to] = block
    lines: list[str] = []
    last = None
    for i in order:
        text = event.lines[i][side]
        if lines and last == i - 1 and rng.random() < 0.15:
            lines[-1] += " " + text
        else:
            lines.append(text)
        last = i
        if rng.random() < 0.05:
            lines.append(rng.choice(strangers)[side])
    if event.background and rng.random() < 0.6 and len(chosen) > 3:
        lines += [line[side] for line in event.background]
    return tuple(lines)


def _round_ups(events: Sequence[Told], rng: random.Random) -> Iterable[Report]:
    """One round-up for every twelve events, in either language: a line each of five to eight events of two days."""
    for number in range(len(events) // 12):
        day = rng.choice(events).day
        near = [e for e in events if abs((e.day - day).days) <= 1]
        if len(near) < 5:
            continue
        side = rng.randrange(2)
        told = rng.sample(near, min(len(near), rng.randrange(5, 9)))
        lines = tuple(e.lines[0][side] for e in told)
        yield Report("", ("source", "target")[side], _dated(day, rng), lines, f"round-up{number}", "round-up")


def gold_pairs(reports: Sequence[Report], sides: tuple[str, str]) -> set[tuple[str, str]]:
    """Every pair of a source and a target report of one event."""
    return {
        (a.id, b.id)
        for a in reports if a.language == sides[0]
        for b in reports if b.language == sides[1] and b.event == a.event
    }  # fmt: skip


def matchable(reports: Sequence[Report], sides: tuple[str, str]) -> int:
    """How many true pairs a one-to-one assignment can find: the smaller side's number of reports, summed over events."""
    counts: dict[str, list[int]] = {}
    for report in reports:
        counts.setdefault(report.event, [0, 0])[sides.index(report.language)] += 1
    return sum(min(pair) for pair in counts.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("docs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sides", nargs=2, default=["fr", "vi"])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--templates", type=int, default=40, help="stories from templates (French and Vietnamese only)")
    args = parser.parse_args()
    sides = (args.sides[0], args.sides[1])
    documents = [json.loads(line) for line in args.docs.read_text(encoding="utf-8").splitlines()]
    reports = lookalikes(documents, random.Random(args.seed), sides=sides, templates=args.templates)
    args.out.mkdir(parents=True, exist_ok=True)
    _write(
        args.out / "reports.jsonl",
        ({"id": r.id, "lang": r.language, "date": r.date, "text": "\n".join(r.lines)} for r in reports),
    )
    _write(args.out / "gold.jsonl", ({"id": r.id, "event": r.event, "kind": r.kind} for r in reports))
    pairs = sorted(gold_pairs(reports, sides))
    (args.out / "pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in pairs), encoding="utf-8")
    print(
        f"{len(reports)} reports, {len(pairs)} true pairs, {matchable(reports, sides)} in a one-to-one assignment -> {args.out}"
    )


def _write(path: Path, records: Iterable[Mapping]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


if __name__ == "__main__":
    main()
