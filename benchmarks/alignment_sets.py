"""Alignment benchmarks: texts with gold made from parallel documents, and gold sets made by hand.

They are made by the makers and data of a folder beside the repository (default `../shared`), which is not part of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Key = tuple[tuple[int, ...], tuple[int, ...]]
RETOLD = Path(__file__).parent / "retold"
_GOLD = Path(__file__).parent.parent / "tests" / "gold"
RETOLD_TEST, HELD_OUT = _GOLD / "retold.fr-vi.jsonl", _GOLD / "retold-held-out.fr-vi.jsonl"
# Every so many pairs of retold reports are not for networks to learn from, but to fit maps on, and all those in files with this name
_FITTED, _MAPS = 4, ".maps"
LONG = ("long", "moved", "shuffled", "missing", "hole")


@dataclass(frozen=True)
class Case:
    """Two texts and their true beads; `kind` is what results are pooled by."""

    kind: str
    name: str
    languages: tuple[str, str]
    source: list[str]
    target: list[str]
    gold: set[Key]
    possible: set[Key] = field(default_factory=set)  # beads that share only part of their content

    @property
    def beads(self) -> list[tuple[Any, ...]]:
        """The gold as `score_alignment` takes it."""
        return [*self.gold, *((*key, "possible") for key in self.possible)]


def made(shared: Path, maker: str, sides: tuple[str, str], seed: int, half: int | None = None) -> Iterator[Case]:
    """The cases of `make_hard` (with --long) or `make_comparable`; `half` takes every second document only (0 or 1)."""
    documents = (shared / "data/eval/ntrex/ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "documents.jsonl", Path(folder) / "out"
        file.write_text("\n".join(documents if half is None else documents[half::2]) + "\n", encoding="utf-8")
        more = ["--long"] if maker == "make_hard" else []
        command = [sys.executable, str(shared / f"tools/{maker}.py"), str(file), str(out), "--sides", *sides]
        subprocess.run([*command, "--seed", str(seed), *more], check=True, capture_output=True)
        for path in sorted((out / "gold").glob("*.ladder")):
            names = path.stem.split("-") if "-" in path.stem else [path.stem] * 2
            source, target = (_lines(out / side / f"{name}.txt") for side, name in zip(sides, names, strict=True))
            kind = path.stem if path.stem in LONG else maker.removeprefix("make_")
            yield Case(kind, path.stem, sides, source, target, ladder(path.read_text(encoding="utf-8")))


def textberg(shared: Path) -> Iterator[Case]:
    """German-French alpine literature (bleualign's and vecalign's development text)."""
    folder = shared / "data/eval/textberg-dev"
    gold = ladder((folder / "dev.defr").read_text(encoding="utf-8"))
    yield Case("textberg", "dev", ("de", "fr"), _lines(folder / "dev.de"), _lines(folder / "dev.fr"), gold)


def udhr(shared: Path) -> Iterator[Case]:
    """All articles of the declaration in a row, paragraphs as segments."""
    source: list[str] = []
    target: list[str] = []
    gold: set[Key] = set()
    for record in _records(shared / "data/eval/udhr/udhr-fr-vi.jsonl"):
        gold |= {(_shifted(s, len(source)), _shifted(t, len(target))) for s, t in record["gold"]}
        source += record["fr"]
        target += record["vi"]
    yield Case("udhr", "udhr", ("fr", "vi"), source, target, gold)


def technews(shared: Path) -> Iterator[Case]:
    """Announcements with the same sequence of blocks; documents without gold are left out."""
    for record in _records(shared / "data/eval/technews/technews-dev.jsonl"):
        if record.get("paragraph_gold"):
            gold = {(_shifted(s, 0), _shifted(t, 0)) for s, t in record["paragraph_gold"]}
            yield Case("technews", record["doc_id"], ("fr", "vi"), record["fr"], record["vi"], gold)


def retold(*, fit: bool = False) -> Iterator[Case]:
    """Pairs of reports that retell the same event, written for training: those that networks learn from, or those that maps are fitted
    on."""
    for path in sorted(RETOLD.glob("*.jsonl")):
        for number, record in enumerate(_records(path)):
            if fit == (path.stem.endswith(_MAPS) or number % _FITTED == _FITTED - 1):
                yield _retelling(record)


def retold_test(*, held_out: bool = False) -> Iterator[Case]:
    """Pairs of reports that nothing is learned from: those whose figures were seen while bounds were chosen, or those kept for the end."""
    for record in _records(HELD_OUT if held_out else RETOLD_TEST):
        yield _retelling(record, "unseen" if held_out else "retold")


def _retelling(record: dict, kind: str = "retold") -> Case:
    beads = {"sure": set[Key](), "possible": set[Key]()}
    for source, target, judgement in record["beads"]:
        beads[judgement].add((tuple(source), tuple(target)))
    for side, name in enumerate(("source", "target")):
        paired = {i for found in beads.values() for key in found for i in key[side]}
        alone = ((i,) for i in range(len(record[name])) if i not in paired)
        beads["sure"] |= {((), i) if side else (i, ()) for i in alone}
    languages = record["languages"][0], record["languages"][1]
    return Case(kind, record["id"], languages, record["source"], record["target"], beads["sure"], beads["possible"])


def _records(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def _shifted(numbers: int | list[int], by: int) -> tuple[int, ...]:
    return tuple(i + by for i in ([numbers] if isinstance(numbers, int) else numbers))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def ladder(text: str) -> set[Key]:
    """The beads of a ladder."""
    rows = (line.split(":")[:2] for line in text.splitlines() if line.strip())
    return {(tuple(json.loads(source)), tuple(json.loads(target))) for source, target in rows}
