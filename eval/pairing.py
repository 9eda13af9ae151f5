"""How right a pairing of documents is: precision, recall and F1 of the pairs, and the calibration of their
confidences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..data import files
from ..data.core import DocumentPair
from ..data.errors import SongnguError, UsageError
from ..data.files import opened
from ..data.jsonl import SUFFIXES as JSON_LINES
from ..data.jsonl import objects
from .counts import Prf, f1_of_counts, prf


@dataclass(frozen=True, slots=True)
class PairScore:
    """The pairs' score, and which were wrong and which were missed (source id, target id)."""

    pairs: Prf
    wrong: tuple[tuple[str, str], ...]
    missed: tuple[tuple[str, str], ...]
    signature: str
    notes: tuple[str, ...] = ()
    confidences: tuple[tuple[float, bool], ...] = ()

    def __str__(self) -> str:
        return f"pair F1 {self.pairs.f1:.3f}|{self.signature}"

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON takes it, calibration included where confidences are known."""
        from .calibration import calibration

        record = asdict(self)
        del record["confidences"]
        record["calibration"] = asdict(calibration(self.confidences)) if self.confidences else None
        return record


@dataclass(frozen=True, slots=True)
class _Pair:
    ids: tuple[str, str]
    where: str
    sure: bool = True
    confidence: float | None = None


def score_pairs(
    gold: Iterable[Any] | Path | str,
    found: Iterable[Any] | Path | str,
    *,
    samples: int = 1000,
    seed: int = 12345,
    name: str = "",
) -> PairScore:
    """The score of found document pairs against the gold's.

    Both are `DocumentPair`s, (source id, target id) tuples, or a path: a folder that `build` wrote, or JSON Lines or
    TSV with the two ids first, or TMX or XLIFF whose segments name their documents. A gold pair marked possible (`sure:
    false`, or P in a third column) is right when found and not missed when not.

    Raises:
        SongnguError: a line that cannot be read, named by file and number.
    """
    notes: list[str] = []
    truth, mine = (_unique(_read(side, what), notes) for side, what in ((gold, "gold"), (found, "found")))
    sure = {ids for ids, pair in truth.items() if pair.sure}
    hits, recalled = [ids for ids in mine if ids in truth], sure & mine.keys()
    return PairScore(
        prf(len(hits), len(mine), len(recalled), len(sure), interval=_interval(truth, mine, samples, seed)),
        tuple(ids for ids in mine if ids not in truth),
        tuple(ids for ids in truth if ids in sure and ids not in mine),
        _signature(len(sure), samples, seed, name),
        tuple(notes),
        tuple((pair.confidence, ids in truth) for ids, pair in mine.items() if pair.confidence is not None),
    )


def _unique(pairs: Iterable[_Pair], notes: list[str]) -> dict[tuple[str, str], _Pair]:
    kept: dict[tuple[str, str], _Pair] = {}
    for pair in pairs:
        if pair.ids in kept:
            notes.append(f"{pair.where}: the same pair as in {kept[pair.ids].where}; it counts once")
        kept.setdefault(pair.ids, pair)
    return kept


def _read(source: Iterable[Any] | Path | str, what: str) -> Iterator[_Pair]:
    if isinstance(source, (str, Path)):
        yield from _read_path(Path(source))
        return
    for number, item in enumerate(source):
        where = f"{what}, pair {number}"
        if isinstance(item, DocumentPair):
            yield _Pair((item.source, item.target), where, confidence=item.confidence)
        elif isinstance(item, (tuple, list)) and len(item) >= 2:
            yield _Pair((str(item[0]), str(item[1])), where)
        else:
            raise UsageError(f"{where}: expected a DocumentPair or (source id, target id), not {item!r}")


def _read_path(path: Path) -> Iterator[_Pair]:
    path = path / "pairs.jsonl" if path.is_dir() else path
    if files.suffix(path) in (".tmx", ".xliff", ".xlf"):
        yield from _bitext(path)
        return
    with opened(path) as lines:
        yield from (_jsonl if files.suffix(path) in JSON_LINES else _tsv)(lines, str(path))


def _bitext(path: Path) -> Iterator[_Pair]:
    """The pairs of documents that a bitext's segments come from."""
    from ..data.corpus import open_corpus

    segments = ((segment.source, segment.target) for segment in open_corpus(path))
    found = [ids for ids in dict.fromkeys(segments) if all(ids)]
    if not found:
        raise SongnguError(f"{path}: its segments do not say which documents they come from")
    for ids in found:
        yield _Pair(ids, str(path))


def _jsonl(lines: Iterable[str], where: str) -> Iterator[_Pair]:
    for record, at in objects(lines, where):
        source, target, confidence = (record.get(key) for key in ("source", "target", "confidence"))
        if not isinstance(source, str) or not isinstance(target, str):
            raise SongnguError(f"{at}: expected source and target, the documents' ids")
        known = isinstance(confidence, (int, float)) and 0 <= confidence <= 1
        yield _Pair((source, target), at, record.get("sure", True) is True, float(confidence) if known else None)  # type: ignore[arg-type]


def _tsv(lines: Iterable[str], where: str) -> Iterator[_Pair]:
    for number, line in enumerate(lines, 1):
        cells, at = line.rstrip("\r\n").split("\t"), f"{where}, line {number}"
        if not line.strip() or (number == 1 and cells[:2] == ["source", "target"]):
            continue
        if len(cells) < 2:
            raise SongnguError(f"{at}: expected two ids with a tab between them, not {line.strip()[:80]!r}")
        yield _Pair((cells[0], cells[1]), at, not (len(cells) > 2 and cells[2].strip().lower() in ("p", "possible")))


def _interval(
    truth: dict[tuple[str, str], _Pair], mine: dict[tuple[str, str], _Pair], samples: int, seed: int
) -> tuple[float, float] | None:
    """F1's interval; what is drawn is a pair that either side has."""
    if not samples or not truth or not mine:
        return None
    import numpy as np

    from .significance import bootstrap, interval

    def row(ids: tuple[str, str]) -> tuple[bool, bool, bool, bool]:
        sure = ids in truth and truth[ids].sure
        return ids in truth and ids in mine, ids in mine, sure and ids in mine, sure

    statistics = np.array([row(ids) for ids in {**truth, **mine}], dtype=float)
    return interval(bootstrap(statistics, f1_of_counts, samples=samples, seed=seed))


def _signature(gold: int, samples: int, seed: int, name: str) -> str:
    from .. import __version__

    parts = [f"gold:{name}" if name else "", f"pairs:{gold}"] + ([f"bs:{samples}", f"seed:{seed}"] if samples else [])
    return "|".join([*filter(None, parts), f"v:{__version__}"])
