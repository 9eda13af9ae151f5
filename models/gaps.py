"""Text that was dropped or added: the run of words on one side that has no counterpart on the other, and how sure that is.

A word's attention is what it takes of the other side's words when these share themselves out over all words of its sentence; a word whose
counterpart is missing finds something alike, too, but others have a better claim to it. On NTREX dev this tells twice as many dropped
clauses at one false alarm in a hundred as the words' best cosines do. Where the network that reads both texts (`joint`) knows encoder
and languages it says of each word whether it has no counterpart, and whether text is missing before it. The weights (`gaps.json`) are
made by benchmarks/train_gaps.py, those with the network ("read") by benchmarks/train_checks.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from ..data.languages import table
from .calibration import sigmoid, weighed
from .coverage import words
from .joint import built_in, judged, knows
from .once import ReadOnce

if TYPE_CHECKING:
    import numpy as np
    import torch

    from .encoders import WordEncoder

_SHARP, _SOFT = 0.05, 0.1  # temperatures of the attention
_TAKEN, _COVERED = 0.55, 0.3  # attention and coverage below which a word adds to a gap
_LONG = 4.5  # letters of a word that counts once; longer ones count more, up to twice
_MOST = 6.0  # of a gap's depth
_ODD, _ODDEST = 0.05, 3.0  # what the network's log odds, up to three, add to a word's shortfall where a gap is placed
_LENGTH_SPREAD = 1.9  # of log length ratios times the root of the length, on true news translations
_EDGES = ',;:.!?…–—-()«»“”"'
FEATURES = ("depth", "attention", "short", "long", "wandering", "opens", "closes", "length")
READ = ("plain", "odd", "gone")  # log odds: of FEATURES, and from the network


@dataclass(frozen=True, slots=True)
class Gap:
    """Words without a counterpart: offsets in their text, and the chance that something is missing on the other side."""

    start: int
    end: int
    chance: float


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair seen from its own words: text, offsets (k, 2) of its words, cosines (k, m) to the other side's words; and log
    odds, where the network told them: `odd` (k,) that a word has no counterpart, `gone` (k + 1,) that text is missing before it, or at
    the end."""

    text: str
    spans: np.ndarray
    cosines: np.ndarray
    odd: np.ndarray | None = None
    gone: np.ndarray | None = None

    def worst(self, span: tuple[int, int]) -> float | None:
        """The log odds that some word within the offsets has no counterpart; None where no word stands or the network told nothing."""
        if self.odd is None:
            return None
        inside = (self.spans[:, 0] < span[1]) & (self.spans[:, 1] > span[0])
        return float(self.odd[inside].max()) if inside.any() else None


def gaps(
    sources: Sequence[str], targets: Sequence[str], *, source_language: str, target_language: str, encoder: WordEncoder
) -> list[tuple[Gap | None, Gap | None]]:
    """For each pair the deepest gap of the source (text that was dropped) and of the target (text that was added), None for none.

    Texts are taken as given, so that offsets are theirs (NFC on one line is best).
    """
    languages = source_language, target_language
    found = sides(sources, targets, source_language=source_language, target_language=target_language, encoder=encoder)
    return [(None, None) if pair is None else gaps_of(pair, languages) for pair in found]


def sides(
    sources: Sequence[str], targets: Sequence[str], *, source_language: str, target_language: str, encoder: WordEncoder
) -> list[tuple[Side, Side] | None]:
    """Both sides of each pair, seen from their words; None where a side has no words. With a `reader` for an encoder, the network reads
    them, too."""
    if isinstance(encoder, ReadOnce):
        encoder.hold([*sources, *targets])
    left, right = words(encoder, sources, source_language), words(encoder, targets, target_language)
    found: list[tuple[Side, Side] | None] = []
    for source, target, (spans, vectors), (others, theirs) in zip(sources, targets, left, right, strict=True):
        cosines = vectors @ theirs.T if len(spans) and len(others) else None
        found.append(None if cosines is None else (Side(source, spans, cosines), Side(target, others, cosines.T)))
    if not isinstance(encoder, ReadOnce):
        return found
    apart = [encoder.apart(texts, tag) for texts, tag in ((sources, source_language), (targets, target_language))]
    read = judged(list(zip(*apart, strict=True)), built_in())
    return [
        pair and (_tagged(pair[0], encoder, tags[0]), _tagged(pair[1], encoder, tags[1]))
        for pair, (_, tags) in zip(found, read, strict=True)
    ]


def reader(encoder: WordEncoder, languages: tuple[str, str]) -> WordEncoder:
    """A view of the encoder for `sides` with which the network reads the pairs, to be kept from call to call; the encoder itself where
    the network does not know it or the languages."""
    return ReadOnce(encoder, words=True) if knows(encoder, languages) else encoder  # type: ignore[arg-type]


def _tagged(side: Side, reader: ReadOnce, tags: torch.Tensor) -> Side:
    """The side with what the network says (length, 2) of its sub-words: of a word what it says of the worst of them."""
    import numpy as np

    offsets, odds = reader.offsets(side.text), tags.numpy()
    own = [odds[(offsets[:, 0] < end) & (offsets[:, 1] > start)].max(0) for start, end in side.spans]
    rows = np.array([*own, odds[-1]], dtype=np.float32)
    return replace(side, odd=rows[:-1, 0], gone=rows[:, 1])


def gaps_of(pair: tuple[Side, Side], languages: tuple[str, str]) -> tuple[Gap | None, Gap | None]:
    """The deepest gap of each side of a pair in these languages."""
    one, other = pair
    return _gap(one, other, *languages), _gap(other, one, *languages[::-1])


def _gap(side: Side, other: Side, language: str, other_language: str) -> Gap | None:
    evidence, (first, last) = evidence_of(side, other, language, other_language)
    if last == first:
        return None
    odds = plain_odds(evidence)
    if (read := told(side, other, odds)) is not None:
        odds = weighed(read, weights(read=True))
    return Gap(int(side.spans[first, 0]), int(side.spans[last - 1, 1]), sigmoid(odds))


def plain_odds(evidence: Mapping[str, float]) -> float:
    """The log odds of the evidence by the names of `FEATURES`."""
    return weighed(evidence, weights())


def evidence_of(
    side: Side, other: Side, language: str, other_language: str
) -> tuple[dict[str, float], tuple[int, int]]:
    """The evidence by the names of `FEATURES`, and the words [first, last) of the deepest gap, placed by what the network says of them,
    too, where it told."""
    import numpy as np

    shortfalls = _shortfalls(side, other)
    depth, (first, last) = _deepest(shortfalls)
    drop, _ = _deepest(_TAKEN - np.minimum(taken(side, other), 1.5))
    z = length_z(side.text, other.text, language, other_language)
    evidence = {
        "depth": min(depth, _MOST),
        "attention": min(drop, _MOST),
        "short": min(max(-z, 0.0), 6.0),
        "long": min(max(z, 0.0), 6.0),
        "wandering": _wandering(side.cosines),
        "opens": float(last > first and _at_edge(side.text[: side.spans[first, 0]].rstrip()[-1:])),
        "closes": float(last > first and _at_edge(side.text[side.spans[last - 1, 1] - 1 :].strip()[:1])),
        "length": math.log(len(side.text) + 1),
    }
    return evidence, _placed(shortfalls, side.odd, (first, last))


def _placed(shortfalls: np.ndarray, odd: np.ndarray | None, gap: tuple[int, int]) -> tuple[int, int]:
    """Where a gap lies by what the network says of the words, too; as it is where there is none or the network told nothing."""
    import numpy as np

    if odd is None or gap[0] == gap[1]:
        return gap
    _, (first, last) = _deepest(shortfalls + _ODD * np.clip(odd, -_ODDEST, _ODDEST))
    return (first, last) if last > first else gap


def _shortfalls(side: Side, other: Side) -> np.ndarray:
    """By how much each word (k,) falls short of having a counterpart; negative for words that have one."""
    import numpy as np

    covered = side.cosines.max(1) * np.minimum(taken(side, other, _SOFT), 1.0)
    return (_COVERED - covered) * np.minimum(side.spans[:, 1] - side.spans[:, 0], 2 * _LONG) / _LONG


def told(side: Side, other: Side, plain: float) -> dict[str, float] | None:
    """The evidence by the names of `READ`, from the log odds of that of `FEATURES`: how strongly the network holds that some word of the
    side has no counterpart, and that text is missing somewhere on the other; None where it told nothing."""
    import numpy as np

    if side.odd is None or other.gone is None:
        return None
    odd, gone = (float(np.logaddexp.reduce(rows)) for rows in (side.odd, other.gone))
    return {"plain": plain, "odd": odd, "gone": gone}


def taken(side: Side, other: Side, temperature: float = _SHARP) -> np.ndarray:
    """What each word of this side takes of the words of the other side (k,): about 1 where each has its counterpart."""
    import numpy as np

    shares = np.exp((side.cosines - side.cosines.max(0)) / temperature)
    return (shares / shares.sum(0)).sum(1) * (_density(side) / _density(other))


def _density(side: Side) -> float:
    """Words per character: where a language writes more words (or syllables) each of them takes less."""
    return len(side.spans) / max(len(side.text), 1)


def _wandering(cosines: np.ndarray) -> float:
    """How far words look from their own place in the sentence: the mean distance, in sentences."""
    import numpy as np

    shares = np.exp((cosines - cosines.max(1, keepdims=True)) / 0.07)
    shares /= shares.sum(1, keepdims=True)
    own, theirs = (np.arange(n) / max(n - 1, 1) for n in cosines.shape)
    return float(np.abs(shares @ theirs - own).mean())


def _deepest(shortfalls: np.ndarray) -> tuple[float, tuple[int, int]]:
    """The run with the largest sum: its sum, and where it begins and ends; 0 and an empty run where all are negative."""
    best, at, depth, start = 0.0, (0, 0), 0.0, 0
    for i, shortfall in enumerate(shortfalls):
        if depth <= 0.0:
            depth, start = 0.0, i
        depth += float(shortfall)
        if depth > best:
            best, at = depth, (start, i + 1)
    return best, at


def _at_edge(mark: str) -> bool:
    return not mark or mark in _EDGES


def length_z(text: str, other: str, language: str, other_language: str) -> float:
    """How many standard deviations the other text is too long (negative: too short) for a translation of the text."""
    usual = [(table(tag, "checks") or {}).get("relative_length", 1.0) for tag in (language, other_language)]
    ratio = max(len(other), 1) / max(len(text), 1) / (usual[1] / usual[0])
    return math.log(ratio) * math.sqrt(max(min(len(text), len(other)), 1)) / _LENGTH_SPREAD


@cache
def weights(*, read: bool = False) -> Mapping[str, float]:
    """The weight of each piece of evidence, and the bias, in log odds; `read`: of `READ` instead of `FEATURES`."""
    place = resources.files(__package__ or "songngu.models") / "gaps.json"
    return json.loads(place.read_text(encoding="utf-8"))["read" if read else "weights"]
