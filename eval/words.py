"""How right word links are: alignment error rate, precision and recall against sure and possible gold (Och and Ney
2003)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data import files
from ..data.errors import SongnguError, UsageError
from ..data.files import opened
from ..data.jsonl import SUFFIXES as JSON_LINES
from ..data.jsonl import objects

if TYPE_CHECKING:
    import numpy as np

    from .significance import Comparison

Link = tuple[int, int]
# Pharaoh's form: 3-4 is a sure link, 3?4 or 3p4 a possible one; a score may follow after a colon.
_LINK = re.compile(r"(\d+)([-?p])(\d+)(?::\S+)?")


@dataclass(frozen=True, slots=True)
class Links:
    """The word links of one sentence pair; what is sure is possible, too."""

    sure: frozenset[Link]
    possible: frozenset[Link]


@dataclass(frozen=True, slots=True)
class WordScore:
    """`aer` is 1 − (|A∩S| + |A∩P|) / (|A| + |S|), lower is better; precision counts possible links as right, recall
    asks for sure ones."""

    aer: float
    precision: float
    recall: float
    interval: tuple[float, float] | None
    count: int
    signature: str

    def __str__(self) -> str:
        return f"words AER {self.aer:.3f}|{self.signature}"

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON takes it."""
        return asdict(self)


def score_words(
    gold: Iterable[Any] | Path | str,
    found: Iterable[Any] | Path | str,
    *,
    samples: int = 1000,
    seed: int = 12345,
    name: str = "",
) -> WordScore:
    """The score of found word links, one set a sentence pair in the same order, pooled by summing.

    Both are a path, or `Links` or collections of (source word, target word) numbers from 0. A file has a pair a line:
    Pharaoh (`0-0 1-2 3?4`) or JSON Lines with `sure` and `possible` or `links`.

    Raises:
        SongnguError: a line that cannot be read, or unequal numbers of pairs.
    """
    rows = _rows(gold, found)
    in_sure, in_possible, links, sure = (sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0, 0, 0)
    return WordScore(
        1 - (in_sure + in_possible) / (links + sure) if links + sure else 0.0,
        in_possible / max(links, 1),
        in_sure / max(sure, 1),
        _interval(rows, samples, seed) if samples and rows else None,
        len(rows),
        _signature(len(rows), samples, seed, name),
    )


def compare_words(
    gold: Path | str,
    systems: Mapping[str, Path | str],
    *,
    samples: int = 1000,
    trials: int = 10_000,
    seed: int = 12345,
) -> dict[str, Comparison]:
    """Each system's error rate against the first system's, with paired tests over sentence pairs (see `significance.compare`)."""
    import numpy as np

    from .significance import compare

    arrays = {name: np.array(_rows(gold, found), dtype=float).reshape(-1, 4) for name, found in systems.items()}
    baseline, *others = arrays
    options = {"samples": samples, "trials": trials, "seed": seed}
    return {
        name: compare(arrays[baseline], arrays[name], _error_rates, **options, unit_score=_error_rates)
        for name in others
    }


def _rows(gold: Iterable[Any] | Path | str, found: Iterable[Any] | Path | str) -> list[tuple[int, int, int, int]]:
    truth, mine = (list(_read(side)) for side in (gold, found))
    if len(truth) != len(mine):
        raise SongnguError(
            f"gold: {len(truth)} lines, found: {len(mine)} lines; every sentence pair needs one line in both"
        )
    return [_counts(g, f) for g, f in zip(truth, mine, strict=True)]


def _error_rates(sums: np.ndarray) -> np.ndarray:
    import numpy as np

    totals = sums[:, 2] + sums[:, 3]
    return np.where(totals > 0, 1 - (sums[:, 0] + sums[:, 1]) / np.maximum(totals, 1), 0.0)


def _counts(gold: Links, found: Links) -> tuple[int, int, int, int]:
    links = found.possible
    return len(links & gold.sure), len(links & gold.possible), len(links), len(gold.sure)


def _read(source: Iterable[Any] | Path | str) -> Iterable[Links]:
    if not isinstance(source, (str, Path)):
        return map(_links, source)
    path = Path(source)
    with opened(path) as lines:
        if files.suffix(path) in JSON_LINES:
            return [_record(record, where) for record, where in objects(lines, str(path))]
        return [_pharaoh(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]


def _links(given: Any) -> Links:
    if isinstance(given, Links):
        return given
    try:
        links = frozenset((int(i), int(j)) for i, j, *_ in given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"expected links as (source word, target word) numbers, not {given!r}") from error
    return Links(links, links)


def _record(record: dict[str, Any], where: str) -> Links:
    sure = record.get("sure", record.get("links", record.get("words")))
    if not isinstance(sure, list):
        raise SongnguError(f"{where}: expected sure (and possible), or links: lists of [source word, target word]")
    try:
        certain, possible = _links(sure).sure, _links(record.get("possible", [])).sure
    except UsageError as error:
        raise SongnguError(f"{where}: {error}") from error
    return Links(certain, certain | possible)


def _pharaoh(line: str, where: str) -> Links:
    sure, possible = set[Link](), set[Link]()
    for item in line.split():
        match = _LINK.fullmatch(item)
        if match is None:
            raise SongnguError(f"{where}: expected links such as 0-0 1-2 3?4, not {item[:40]!r}")
        link = int(match[1]), int(match[3])
        possible.add(link)
        if match[2] == "-":
            sure.add(link)
    return Links(frozenset(sure), frozenset(possible))


def _interval(rows: Sequence[tuple[int, int, int, int]], samples: int, seed: int) -> tuple[float, float]:
    import numpy as np

    from .significance import bootstrap, interval

    return interval(bootstrap(np.array(rows, dtype=float), _error_rates, samples=samples, seed=seed))


def _signature(count: int, samples: int, seed: int, name: str) -> str:
    from .. import __version__

    parts = [f"gold:{name}" if name else "", f"pairs:{count}"] + ([f"bs:{samples}", f"seed:{seed}"] if samples else [])
    return "|".join([*filter(None, parts), f"v:{__version__}"])
