"""How right an alignment is: strict and lax precision, recall and F1, alignment error rate, by shape, with intervals.

The definitions are vecalign's (Thompson and Koehn 2019): strict = the bead is in the gold; lax = it shares a source and
a target sentence with one gold bead; null beads count in precision, not in recall; documents are pooled by summing.
Gold may be sure or possible (Och and Ney 2003): a possible bead is right when found and not missed when not found;
without possible beads nothing changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..data.errors import SongnguError
from .beadcounts import NO_BEADS, components, counts, optional
from .beads import Beads, Key, Reading, Side, Source, read
from .counts import Prf, f1_of_counts, prf

if TYPE_CHECKING:
    import numpy as np

    from .alignment_examples import Example
    from .significance import Comparison, Scorer

# Columns of the statistics: strict (hits, found, recalled, gold), lax likewise, links (in sure, in possible, found,
# sure).
_STRICT, _LAX, _LINKS, _WIDTH = slice(0, 4), slice(4, 8), slice(8, 12), 12
# From here on documents are what is drawn; fewer say too little about each other, and their parts are drawn instead.
_ENOUGH_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    """Strict and lax scores pooled over documents; `aer` is the alignment error rate of the sentence links (lower is
    better).

    `shapes` scores beads of one shape at a time (strict), `documents` each document; `notes` say what was odd in the
    input. `confidences` are (confidence, strictly right) of the found beads that have both sides and a confidence.
    """

    strict: Prf
    lax: Prf
    aer: float
    aer_interval: tuple[float, float] | None
    shapes: Mapping[str, Prf]
    documents: Mapping[str, tuple[Prf, Prf]]
    signature: str
    notes: tuple[str, ...] = ()
    confidences: tuple[tuple[float, bool], ...] = ()

    def __str__(self) -> str:
        return f"alignment strict F1 {self.strict.f1:.3f} lax F1 {self.lax.f1:.3f}|{self.signature}"

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON takes it, calibration included where confidences are known."""
        from .calibration import calibration

        record = asdict(self)
        del record["confidences"]
        record["calibration"] = asdict(calibration(self.confidences)) if self.confidences else None
        return record


def score_alignment(
    gold: Source,
    found: Source,
    *,
    sentences: Mapping[str, Sequence[str]] | None = None,
    samples: int = 1000,
    seed: int = 12345,
    name: str = "",
) -> AlignmentScore:
    """The score of `found` against `gold`, pooled over documents.

    Args:
        gold, found: beads or (source, target) pairs of one document, a mapping from document names to those, ladder
            text, or the path of a ladder, TSV, JSON Lines or TMX file or of a folder with those. A gold document
            without found beads counts as empty.
        sentences: the gold's sentences by document id. With them beads are compared by text, so that `found` may come
            from another splitting or cleaning; its beads need texts then, and lax asks for a run of four words in
            common.
        samples: bootstrap resamples for the 95 % intervals; 0 leaves them out.
        seed: the resampling's seed.
        name: what the signature calls the gold.

    Raises:
        SongnguError: a line that cannot be read (named), or documents that do not match at all.
    """
    truth, reading = read(gold, what="gold"), read(found, what="found")
    placed = reading if sentences is None else reading.renumbered(sentences)
    return _scored(*_matched(truth, [placed]), samples, seed, name, by_text=sentences is not None)


def _scored(
    documents: Mapping[str, tuple[Beads, Sequence[Beads]]],
    notes: Sequence[str],
    samples: int,
    seed: int,
    name: str,
    *,
    by_text: bool,
) -> AlignmentScore:
    pairs = {name_: (g, f[0]) for name_, (g, f) in documents.items()}
    statistics = _statistics([(g, [f]) for g, f in pairs.values()])
    totals = statistics.totals[0].sum(0)
    intervals = _intervals(statistics.units[0], samples, seed) if samples else (None, None, None)
    return AlignmentScore(
        strict=_prf(totals[_STRICT], intervals[0]),
        lax=_prf(totals[_LAX], intervals[1]),
        aer=_aer(totals[_LINKS]),
        aer_interval=intervals[2],
        shapes=_shapes(_parts(list(pairs.values())), samples, seed),
        documents={
            document: (_prf(row[_STRICT]), _prf(row[_LAX]))
            for document, row in zip(pairs, statistics.totals[0], strict=True)
        },
        signature=_signature(len(pairs), statistics.drawn, samples, seed, name, by_text=by_text),
        notes=tuple(notes),
        confidences=tuple(_confidences(pairs.values())),
    )


@dataclass(frozen=True, slots=True)
class AlignmentComparison:
    """Several systems on one gold: every system's score, and each against the first on strict and lax F1 and alignment error rate.

    `wins` and `losses` hold the places of the text with the largest differences in strict errors.
    """

    systems: Mapping[str, AlignmentScore]
    strict: Mapping[str, Comparison]
    lax: Mapping[str, Comparison]
    aer: Mapping[str, Comparison]
    wins: Mapping[str, tuple[Example, ...]]
    losses: Mapping[str, tuple[Example, ...]]


def compare_alignments(
    gold: Source,
    systems: Mapping[str, Source],
    *,
    sentences: Mapping[str, Sequence[str]] | None = None,
    samples: int = 1000,
    trials: int = 10_000,
    seed: int = 12345,
    name: str = "",
    examples: int = 3,
) -> AlignmentComparison:
    """Every system's score, and its difference from the first system with paired tests (see `significance.compare`).

    `sentences` are the gold's by document id: examples show them, and the beads of systems that have texts are
    compared by text as `score_alignment` does it. Systems without texts are compared by their numbers.
    """
    from .alignment_examples import find_examples
    from .significance import compare

    truth = read(_kept(gold), what="gold")
    readings = {system: read(_kept(found), what="found") for system, found in systems.items()}
    placed = [r.renumbered(sentences) if sentences is not None and r.has_texts else r for r in readings.values()]
    documents, _ = _matched(truth, placed)
    units = _statistics(list(documents.values())).units

    def against_first(columns: slice, score: Scorer = f1_of_counts) -> dict[str, Comparison]:
        options = {"samples": samples, "trials": trials, "seed": seed}
        return {
            system: compare(units[0][:, columns], units[n][:, columns], score, **options, unit_score=score)
            for n, system in enumerate(systems)
            if n
        }

    scores = {
        system: _scored(*_matched(truth, [reading]), samples, seed, name, by_text=reading is not readings[system])
        for system, reading in zip(readings, placed, strict=True)
    }
    found = find_examples(documents, list(systems), sentences or {}, examples)
    compared = (against_first(_STRICT), against_first(_LAX), against_first(_LINKS, _aers))
    return AlignmentComparison(
        scores,
        *compared,
        wins={system: wins for system, (wins, _) in found.items()},
        losses={system: losses for system, (_, losses) in found.items()},
    )


def _kept(source: Source) -> Source:
    """The same source, safe to be read more than once."""
    if isinstance(source, Mapping):
        return {name: tuple(beads) for name, beads in source.items()}
    return tuple(source) if isinstance(source, Iterable) and not isinstance(source, str) else source


def _matched(gold: Reading, founds: Sequence[Reading]) -> tuple[dict[str, tuple[Beads, list[Beads]]], list[str]]:
    """Gold and found beads by document, and notes; the documents are the gold's."""
    by_text, notes = not all(reading.numbered for reading in (gold, *founds)), []
    gold_beads, *found_beads = (reading.beads(by_text=by_text, notes=notes) for reading in (gold, *founds))
    if by_text:
        notes.append("beads without sentence numbers: compared by their text")
    found_beads = [_renamed(gold_beads, beads, notes) for beads in found_beads]
    return {n: (b, [beads.get(n, NO_BEADS) for beads in found_beads]) for n, b in gold_beads.items()}, notes


def _renamed(gold: Mapping[str, Beads], found: Mapping[str, Beads], notes: list[str]) -> Mapping[str, Beads]:
    """The found beads under the gold's names; a single document needs no name."""
    if len(gold) == 1 and len(found) == 1:
        return dict(zip(gold, found.values(), strict=True))
    if found and any(beads.all for beads in found.values()) and not set(gold) & set(found):
        raise SongnguError(
            f"no document is in both alignments: the gold has {_some(gold)}, the other has {_some(found)}; "
            "files are matched by name, records by their document ids"
        )
    if missing := [name for name in gold if name not in found]:
        notes.append(f"no alignment found for {_some(missing)}; counted as empty")
    if extra := [name for name in found if name not in gold]:
        notes.append(f"no gold for {_some(extra)}; not counted")
    return found


def _some(names: Iterable[str]) -> str:
    listed = [name or "(one without a name)" for name in names]
    return ", ".join(listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")


def _aer(row: np.ndarray | Sequence[int]) -> float:
    """1 − (|A∩S| + |A∩P|) / (|A| + |S|); 0 where there is nothing to link and nothing was."""
    in_sure, in_possible, found, sure = (int(n) for n in row)
    return 1 - (in_sure + in_possible) / (found + sure) if found + sure else 0.0


def _aers(rows: np.ndarray) -> np.ndarray:
    """The error rate of each row of summed link counts."""
    import numpy as np

    totals = rows[:, 2] + rows[:, 3]
    return np.where(totals > 0, 1 - (rows[:, 0] + rows[:, 1]) / np.maximum(totals, 1e-12), 0.0)


def _prf(row: Sequence[int] | np.ndarray, interval: tuple[float, float] | None = None) -> Prf:
    hits, found, recalled, gold = (int(n) for n in row)
    return prf(hits, found, recalled, gold, interval=interval)


@dataclass(frozen=True, slots=True)
class _Statistics:
    """Arrays (system, document, 12) and (system, unit, 12); `drawn` names the unit of resampling."""

    totals: np.ndarray
    units: np.ndarray
    drawn: str


def _statistics(documents: Sequence[tuple[Beads, Sequence[Beads]]]) -> _Statistics:
    import numpy as np

    systems = len(documents[0][1]) if documents else 1
    totals = np.array([[counts(g, f) for f in founds] for g, founds in documents], dtype=float)
    totals = totals.reshape(len(documents), systems, _WIDTH).swapaxes(0, 1)
    if len(documents) >= _ENOUGH_DOCUMENTS:
        return _Statistics(totals, totals, "documents")
    rows = [[counts(g, f) for f in founds] for document in documents for g, founds in components(*document)]
    return _Statistics(totals, np.array(rows, dtype=float).reshape(-1, systems, _WIDTH).swapaxes(0, 1), "components")


def _intervals(units: np.ndarray, samples: int, seed: int) -> tuple[tuple[float, float], ...] | tuple[None, None, None]:
    from .significance import bootstrap, interval

    if not len(units):
        return None, None, None
    measures = ((_STRICT, f1_of_counts), (_LAX, f1_of_counts), (_LINKS, _aers))
    return tuple(
        interval(bootstrap(units[:, columns], score, samples=samples, seed=seed)) for columns, score in measures
    )


def _parts(documents: Sequence[tuple[Beads, Beads]]) -> list[tuple[Beads, Beads]]:
    """The units of resampling: documents where there are enough, else the parts that no bead leaves."""
    if len(documents) >= _ENOUGH_DOCUMENTS:
        return list(documents)
    return [(gold, founds[0]) for truth, system in documents for gold, founds in components(truth, [system])]


def _shapes(parts: Sequence[tuple[Beads, Beads]], samples: int, seed: int) -> dict[str, Prf]:
    """Strict scores of the beads of each shape with their intervals, the commonest in the gold first; here null beads count in recall,
    too."""
    import numpy as np

    from .significance import bootstrap, interval

    counted = [_by_shape(truth, system) for truth, system in parts]
    rows = {
        shape: np.array([found.get(shape, (0, 0, 0, 0)) for found in counted], dtype=float)
        for shape in {shape for found in counted for shape in found}
    }
    totals = {shape: array.sum(0) for shape, array in rows.items()}
    order = sorted(totals, key=lambda shape: (-totals[shape][3], -totals[shape][1], shape))
    options = {"samples": samples, "seed": seed}
    return {
        shape: _prf(totals[shape], interval(bootstrap(rows[shape], f1_of_counts, **options)) if samples else None)
        for shape in order
    }


def _by_shape(truth: Beads, system: Beads) -> dict[str, tuple[int, int, int, int]]:
    """For each shape how many found beads are right, found, and how many gold beads are found, and there."""
    found, hits, gold, recalled = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    accepted = truth.all.union(optional(truth))
    for key in system.all:
        found[_shape(key)] += 1
        hits[_shape(key)] += key in accepted
    for key in truth.sure:
        gold[_shape(key)] += 1
        recalled[_shape(key)] += key in system.all
    return {shape: (hits[shape], found[shape], recalled[shape], gold[shape]) for shape in {*found, *gold}}


def _shape(key: Key) -> str:
    return "-".join(_size(side) for side in key)


def _size(side: Side) -> str:
    # a side that is known by its text alone has no size but being there or not
    return str(len(side)) if not side or isinstance(side[0], int) else "?"


def _confidences(documents: Iterable[tuple[Beads, Beads]]) -> Iterator[tuple[float, bool]]:
    for gold, found in documents:
        for key in sorted(found.confidence):
            if key[0] and key[1]:
                yield found.confidence[key], key in gold.all


def _signature(documents: int, drawn: str, samples: int, seed: int, name: str, *, by_text: bool) -> str:
    from .. import __version__

    parts = [
        f"gold:{name}" if name else "",
        f"docs:{documents}",
        "null:precision",
        *(["numbers:by-text"] if by_text else []),
    ]
    parts += [f"bs:{samples}", f"unit:{drawn}", f"seed:{seed}"] if samples else []
    return "|".join([*filter(None, parts), f"v:{__version__}"])
