"""Sentence alignment of parallel, damaged and comparable text, with one setting for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..data.core import Bead
from ..models.encoders import Encoder
from ..models.encoders import encoder as load_encoder
from .confidence import Found, calibrated
from .weights import weights

if TYPE_CHECKING:
    import numpy as np

    from ..models.calibration import Logistic
    from .decoding import Estimate
    from .problem import Block, Problem
    from .reading import Reader

_WORTH_ENCODING = 0.002  # a block is encoded where a bead with it is at least so probable,
_DISTINCT = 0.5  # share of distinct lines
_SAMPLE = 40  # sentences that tell a text's language
_UNSURE = 0.1  # confidence of beads of a text in another language than is said
_LIKELY = 0.95  # chance of beads by which the network's judgement of these texts is measured
_SURE = 0.999  # chance on the path model from which a bead's confidence does not wait for reading
# Share of lone sentences from which on reading counts in full: where nearly all have a partner the paths know best, and the network, which
# was learned from news, would leave out fragments of free translations (looked at: Text+Berg, UDHR, technews, comparable)
_COMPARABLE = 0.2
_CLEARLY = 4.0  # log-odds of both beads into which a 2-2 bead is split crosswise
_TELLING = 1.0  # log-odds that a bead must gain for all chances to be found anew
# Shares of sure partners (`decoding.clear`) in texts that translate each other, and that retell (looked at: made sets, retold news)
_LITERAL, _FREE = 0.75, 0.5
# Share of unsure partners from which on judging competing beads counts in full: where fewer are in doubt the paths know best, and a line
# that slipped in from elsewhere would be given to its translation there (looked at: made sets, retold news)
_SETTLED = 0.15
_BUDGET = 0.3  # the most probable first, until so many strings a sentence are encoded besides the sentences


def align(
    source_sentences: Sequence[str],
    target_sentences: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    monotone: bool | None = None,
    read: Reader | bool = True,
) -> list[Bead]:
    """Beads that hold every sentence exactly once, ordered by first source sentence; an empty side marks untranslated text.

    Beads may cross where the evidence says so. `monotone=True` forbids it; None also does where most lines are copies of others.
    `score` is the bead's log-odds against chance, `confidence` the chance that a careful reader accepts it. A text that surely is in
    another language than is said is warned of, and no bead of it is confident. The same texts give the same beads on every run.
    Where the vectors leave doubt a small network reads both texts, if it fits the encoder and the languages (`reading.built_in`);
    `read=False` does without.

    Raises:
        SongnguError: the encoder gave numbers that are not finite.
    """
    source, target = list(source_sentences), list(target_sentences)
    if not source or not target:
        return _alone([], [1.0] * (len(source) + len(target)), len(source), len(target))
    from .reading import built_in

    coder = encoder if encoder is not None else load_encoder()
    # where most lines are copies of others, only their order tells which belongs to which
    repeated = min(len(set(side)) / len(side) for side in (source, target)) < _DISTINCT
    in_order = bool(monotone) or (monotone is None and repeated)
    languages = source_language, target_language
    reader = built_in(coder, languages) if read is True else read or None
    found = calibrated(uncalibrated(source, target, languages, coder, monotone=in_order, reader=reader))
    wrong = [_in_another_language(side, languages, k) for k, side in enumerate((source, target))]
    return [_unsure(bead) for bead in found] if any(wrong) else found


def _in_another_language(sentences: Sequence[str], languages: tuple[str, str], side: int) -> bool:
    """Whether a text surely is in another language than is said, which is warned of."""
    import warnings

    from ..data.identification import contradicted

    language = contradicted(" ".join(sentences[:_SAMPLE]), languages[side], languages)
    if language:
        name = ("source", "target")[side]
        warnings.warn(
            f"the {name} text looks like language {language}, not {languages[side]}: no bead of it is to be trusted",
            stacklevel=3,
        )
    return bool(language)


def _unsure(bead: Bead) -> Bead:
    if bead.is_null:
        return bead
    return Bead(bead.source, bead.target, bead.score, min(bead.confidence or 0.0, _UNSURE))


def uncalibrated(
    source: Sequence[str],
    target: Sequence[str],
    languages: tuple[str, str],
    encoder: Encoder,
    *,
    monotone: bool = False,
    reader: Reader | None = None,
) -> Found:
    """The beads of two texts that have sentences, with the path model's chance as confidence; `reader` reads doubtful ones."""
    packed = contiguous(source, target, languages, encoder, monotone=monotone, reader=reader)
    return finished(packed, reader, monotone=monotone)


def finished(packed: Packed, reader: Reader | None, *, monotone: bool = False) -> Found:
    """All beads of two texts from those of neighbouring sentences, and what is known of each."""
    import numpy as np

    from .evidence import WORDS
    from .joining import joined
    from .reading import FEATURES, features

    source, target = packed.texts.source.sentences, packed.texts.target.sentences
    beads, n, m = packed.beads, len(source), len(target)
    if not packed.texts.has_words:
        return Found(beads, _alone(beads, packed.alone, n, m), None)
    beads, sure = (beads, np.zeros(len(beads))) if monotone else joined(packed.texts, beads, packed.alone)
    words = np.column_stack([packed.evidence[:, WORDS:], sure])
    read = None
    if reader is not None:
        # the paths are sure of the others
        asked = [k for k, b in enumerate(beads) if (b.confidence or 0.0) < _SURE]
        lines = [([source[i] for i in beads[k].source], [target[j] for j in beads[k].target]) for k in asked]
        done, rows = features(reader, lines)
        read = np.zeros((len(beads), 1 + len(FEATURES)))
        read[np.array(asked, dtype=np.int64)[done]] = np.column_stack([np.ones(len(done)), rows])
    return Found(beads, _alone(beads, packed.alone, n, m), words, read, packed.trusted)


@dataclass(frozen=True, slots=True)
class Packed:
    """The compared texts, their beads of neighbouring sentences, the evidence of each (see `evidence`), each sentence's chance to have
    no partner, and how much the reader is to be trusted in these texts, from 0 to 1."""

    texts: Problem
    beads: list[Bead]
    evidence: np.ndarray
    alone: np.ndarray
    trusted: float


def contiguous(
    source: Sequence[str],
    target: Sequence[str],
    languages: tuple[str, str],
    encoder: Encoder,
    *,
    monotone: bool = False,
    reader: Reader | None = None,
) -> Packed:
    """The beads of neighbouring sentences in two texts that have sentences."""
    seen = considered(source, target, languages, encoder, monotone=monotone, reader=reader)
    return decided(seen, reader.judge if reader is not None else None, monotone=monotone)


@dataclass(frozen=True, slots=True)
class Considered:
    """Two compared texts before their beads are chosen.

    The chance of every candidate, doubtful ones having been read; the numbers of those that compete, and what is known of each (k,
    len(judging.FEATURES)); how much the reader is to be trusted in these texts, and how much judging counts, from 0 to 1.
    """

    texts: Problem
    estimate: Estimate
    contested: np.ndarray
    known: np.ndarray
    trusted: float
    weight: float


def considered(
    source: Sequence[str],
    target: Sequence[str],
    languages: tuple[str, str],
    encoder: Encoder,
    *,
    monotone: bool = False,
    reader: Reader | None = None,
) -> Considered:
    """What is known of the candidates in two texts that have sentences."""
    import numpy as np

    from .decoding import again, clear
    from .judging import FEATURES
    from .packing import lonely
    from .reading import change, doubtful, features, trust

    texts, found = estimated(source, target, languages, encoder, monotone=monotone)
    seen = _without_rivals(texts, found, monotone=monotone)
    nothing = np.zeros(0, np.int64), np.zeros((0, len(FEATURES)))
    asked = doubtful(seen.chance)
    if reader is None or not len(asked):
        return Considered(texts, seen, *nothing, 1.0, 0.0)
    trusted = trust(reader, _texts_of(texts, seen.found.spans[seen.chance > _LIKELY]))
    alone = float(lonely(seen.found.spans, seen.chance, texts.n, texts.m).mean())
    weight = trusted * min(1.0, alone / _COMPARABLE)
    read, rows = features(reader, _texts_of(texts, seen.found.spans[asked]))
    more, chosen = np.zeros(len(seen.chance)), asked[read]
    more[chosen] = change(rows, seen.chance[chosen], seen.found.odds[chosen], reader.worth) * weight
    found = again(texts, seen, more, monotone=monotone, rounds=2)
    weight *= min(1.0, (1 - clear(found)) / _SETTLED)
    # a judge knows nothing of order
    competing = _known(texts, seen, found, reader) if weight and not monotone else nothing
    return Considered(texts, found, *competing, trusted, weight)


def _known(texts: Problem, before: Estimate, after: Estimate, reader: Reader) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the candidates that compete, and what is known of each."""
    import numpy as np

    from .evidence import WORDS
    from .judging import compared, contested
    from .packing import lonely
    from .reading import features

    found, asked = after.found, contested(after.chance)
    read, said = features(reader, _texts_of(texts, found.spans[asked]))
    asked = asked[read]  # what is too long to be read keeps its chance
    paired = 1 - float(lonely(found.spans, after.chance, texts.n, texts.m).mean())
    said = np.hstack([found.evidence[asked, WORDS:], said])
    chances = after.chance[asked], before.chance[asked]
    return asked, compared(found.spans[asked], *chances, found.odds[asked], said, paired)


def decided(seen: Considered, judge: Logistic | None, *, monotone: bool = False) -> Packed:
    """The beads that are chosen, the competing ones having been judged, if there is a judge."""
    from .judging import judged
    from .packing import in_order, pack

    found = seen.estimate
    if judge is not None and len(seen.contested):
        found = replace(found, chance=judged(found.chance, seen.contested, seen.known, judge, seen.weight))
    chosen, alone = pack(found.found.spans, found.chance, seen.texts.n, seen.texts.m)
    chosen = in_order(found.found.spans, found.chance, chosen) if monotone else uncrossed(found, chosen)
    return Packed(seen.texts, _found(found, chosen), found.found.evidence[chosen], alone, seen.trusted)


def estimated(
    source: Sequence[str],
    target: Sequence[str],
    languages: tuple[str, str],
    encoder: Encoder,
    *,
    monotone: bool = False,
) -> tuple[Problem, Estimate]:
    """The compared texts, and the chance of every bead before any is read."""
    from .decoding import clear, estimate, reweighed
    from .problem import problem, side, with_blocks

    texts = problem(side(source, languages[0], encoder), side(target, languages[1], encoder))
    first = estimate(texts, weights("first", words=texts.has_words), monotone=monotone, rounds=1)
    texts = with_blocks(texts, *blocks_worth_encoding(first, len(source) + len(target)), encoder)
    joint = weights("joint", words=texts.has_words)
    found = estimate(texts, joint, monotone=monotone, rounds=2, known=first.found.judgements)
    free = min(1.0, (_LITERAL - clear(found)) / (_LITERAL - _FREE))
    if free <= 0 or not texts.has_words:
        return texts, found
    mixed = joint.towards(weights("free", words=True), free)
    return texts, reweighed(texts, found, mixed, monotone=monotone, rounds=2)


def _without_rivals(texts: Problem, seen: Estimate, *, monotone: bool) -> Estimate:
    from .decoding import again
    from .rivals import freed

    more = freed(texts, seen, seen.weights.evidence["competitor"])
    return again(texts, seen, more, monotone=monotone, rounds=2) if (more > _TELLING).any() else seen


def _texts_of(texts: Problem, spans: np.ndarray) -> list[tuple[Sequence[str], Sequence[str]]]:
    source, target = texts.source.sentences, texts.target.sentences
    return [(source[i:k], target[j:m]) for i, k, j, m in spans.tolist()]


def _found(estimate: Estimate, chosen: np.ndarray) -> list[Bead]:
    rows = zip(
        estimate.found.spans[chosen].tolist(),
        estimate.found.odds[chosen].tolist(),
        estimate.chance[chosen].clip(0, 1).tolist(),
        strict=True,
    )
    return [Bead(tuple(range(i, i_end)), tuple(range(j, j_end)), odds, p) for (i, i_end, j, j_end), odds, p in rows]


def uncrossed(estimate: Estimate, chosen: np.ndarray) -> np.ndarray:
    """The chosen beads with each 2-2 bead split whose sentences clearly translate each other crosswise.

    Two neighbours that change places are cheaper for the paths as one bead than as two jumps.
    """
    import numpy as np

    found = estimate.found
    twos = chosen[(found.shapes[chosen] == 2).all(axis=1)].tolist()
    number = {tuple(place): k for k, place in enumerate(found.places.tolist())} if twos else {}
    parts: dict[int, list[int]] = {}
    for k in twos:
        i, j, _ = found.places[k].tolist()
        crossed = [number.get((i, j + 1, 0)), number.get((i + 1, j, 0))]
        if all(c is not None and found.odds[c] > _CLEARLY for c in crossed):
            parts[k] = [c for c in crossed if c is not None]
    return np.array([c for k in chosen.tolist() for c in parts.get(k, [k])], dtype=np.int64)


def blocks_worth_encoding(first: Estimate, sentences: int) -> tuple[list[Block], list[Block]]:
    """The source and target blocks (from, number of sentences) that a bead with some chance needs as joined text.

    `sentences` is how many both texts have; the most probable blocks fill the budget that follows from it.
    """
    spans = first.found.spans
    likely = ((first.chance > _WORTH_ENCODING) & (first.found.shapes > 1).any(axis=1)).nonzero()[0]
    wanted: dict[tuple[int, Block], None] = {}
    for i, i_end, j, j_end in spans[likely[(-first.chance[likely]).argsort(kind="stable")]].tolist():
        blocks = [(k, (at, end - at)) for k, (at, end) in enumerate(((i, i_end), (j, j_end))) if end - at > 1]
        if len(wanted) + sum(block not in wanted for block in blocks) > _BUDGET * sentences:
            break
        wanted.update(dict.fromkeys(blocks))
    source, target = (sorted(block for k, block in wanted if k == side) for side in (0, 1))
    return source, target


def _alone(beads: Sequence[Bead], alone: Sequence[float] | np.ndarray, n: int, m: int) -> list[Bead]:
    """A null bead for every sentence that the beads leave out; `alone` is each sentence's chance to have no partner."""
    source, target = {i for b in beads for i in b.source}, {j for b in beads for j in b.target}
    lonely = [Bead((i,), (), confidence=float(alone[i])) for i in range(n) if i not in source]
    return lonely + [Bead((), (j,), confidence=float(alone[n + j])) for j in range(m) if j not in target]
