"""Sentence alignment of parallel, damaged and comparable text, with one setting for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..data.core import Bead
from ..models.encoders import Encoder
from ..models.encoders import encoder as load_encoder
from .confidence import Found, calibrated
from .weights import weights

if TYPE_CHECKING:
    import numpy as np

    from .decoding import Estimate
    from .problem import Block, Problem

_WORTH_ENCODING = 0.002  # a block is encoded where a bead with it is at least so probable,
_DISTINCT = 0.5  # share of distinct lines
_SAMPLE = 40  # sentences that tell a text's language
_UNSURE = 0.1  # confidence of beads of a text in another language than is said
_CLEARLY = 4.0  # log-odds of both beads into which a 2-2 bead is split crosswise
_BUDGET = 0.25  # the most probable first, until so many strings a sentence are encoded besides the sentences


def align(
    source_sentences: Sequence[str],
    target_sentences: Sequence[str],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    monotone: bool | None = None,
) -> list[Bead]:
    """Beads that hold every sentence exactly once, ordered by first source sentence; an empty side marks untranslated text.

    Beads may cross where the evidence says so. `monotone=True` forbids it; None also does where most lines are copies of others.
    `score` is the bead's log-odds against chance, `confidence` the chance that a careful reader accepts it. A text that surely is in
    another language than is said is warned of, and no bead of it is confident. The same texts give the same beads on every run.

    Raises:
        SongnguError: the encoder gave numbers that are not finite.
    """
    source, target = list(source_sentences), list(target_sentences)
    if not source or not target:
        return _alone([], [1.0] * (len(source) + len(target)), len(source), len(target))
    coder = encoder if encoder is not None else load_encoder()
    # where most lines are copies of others, only their order tells which belongs to which
    repeated = min(len(set(side)) / len(side) for side in (source, target)) < _DISTINCT
    in_order = bool(monotone) or (monotone is None and repeated)
    languages = source_language, target_language
    found = calibrated(uncalibrated(source, target, languages, coder, monotone=in_order))
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
) -> Found:
    """The beads of two texts that have sentences, with the path model's chance as confidence."""
    import numpy as np

    from .evidence import WORDS
    from .joining import joined

    texts, beads, evidence, alone = contiguous(source, target, languages, encoder, monotone=monotone)
    if not texts.has_words:
        return Found(beads, _alone(beads, alone, len(source), len(target)), None)
    beads, sure = (beads, np.zeros(len(beads))) if monotone else joined(texts, beads, alone)
    return Found(beads, _alone(beads, alone, len(source), len(target)), np.column_stack([evidence[:, WORDS:], sure]))


def contiguous(
    source: Sequence[str],
    target: Sequence[str],
    languages: tuple[str, str],
    encoder: Encoder,
    *,
    monotone: bool = False,
) -> tuple[Problem, list[Bead], np.ndarray, np.ndarray]:
    """The compared texts, their beads of neighbouring sentences, the evidence of each, and each sentence's chance to have no partner."""
    from .decoding import estimate
    from .packing import pack
    from .problem import problem, side, with_blocks

    texts = problem(side(source, languages[0], encoder), side(target, languages[1], encoder))
    first = estimate(texts, weights("first", words=texts.has_words), monotone=monotone, rounds=1)
    texts = with_blocks(texts, *blocks_worth_encoding(first, len(source) + len(target)), encoder)
    joint = weights("joint", words=texts.has_words)
    second = estimate(texts, joint, monotone=monotone, rounds=2, known=first.found.judgements)
    chosen, alone = pack(second.found.spans, second.chance, len(source), len(target))
    chosen = chosen if monotone else uncrossed(second, chosen)
    return texts, _found(second, chosen), second.found.evidence[chosen], alone


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
        if len(wanted) + sum(block not in wanted for block in blocks) > 2 + _BUDGET * sentences:
            break
        wanted.update(dict.fromkeys(blocks))
    source, target = (sorted(block for k, block in wanted if k == side) for side in (0, 1))
    return source, target


def _alone(beads: Sequence[Bead], alone: Sequence[float] | np.ndarray, n: int, m: int) -> list[Bead]:
    """A null bead for every sentence that the beads leave out; `alone` is each sentence's chance to have no partner."""
    source, target = {i for b in beads for i in b.source}, {j for b in beads for j in b.target}
    lonely = [Bead((i,), (), confidence=float(alone[i])) for i in range(n) if i not in source]
    return lonely + [Bead((), (j,), confidence=float(alone[n + j])) for j in range(m) if j not in target]
