"""Sentence alignment of parallel, damaged and comparable text, with one setting for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..data.core import Bead
from ..models.encoders import Encoder
from ..models.encoders import encoder as load_encoder
from .weights import weights

if TYPE_CHECKING:
    import numpy as np

    from .decoding import Candidates

_WORTH_ENCODING = 0.02  # a block is encoded where a bead with it is at least so probable


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

    Beads may cross where the evidence says so. `monotone=True` forbids it; None and False leave it to the texts. `score` is the
    bead's log-odds against chance, `confidence` the chance that a careful reader accepts it. The same texts give the same
    beads on every run.

    Raises:
        SongnguError: the encoder gave numbers that are not finite.
    """
    source, target = list(source_sentences), list(target_sentences)
    if not source or not target:
        return _complete([], len(source), len(target))
    coder = encoder if encoder is not None else load_encoder()
    return _complete(
        _beads(source, target, (source_language, target_language), coder, monotone=bool(monotone)),
        len(source),
        len(target),
    )


def _beads(
    source: list[str], target: list[str], languages: tuple[str, str], encoder: Encoder, *, monotone: bool
) -> list[Bead]:
    from . import decoding
    from .problem import problem, side, with_blocks

    texts = problem(side(source, languages[0], encoder), side(target, languages[1], encoder))
    first = weights("first")
    found = decoding.candidates(texts, first)
    chance = decoding.probabilities(texts, found, first, decoding.costs(first, len(target), monotone=monotone))
    texts = with_blocks(texts, *_blocks_worth_encoding(found, chance), encoder)
    joint = weights("joint")
    found = decoding.candidates(texts, joint)
    costs = decoding.costs(joint, len(target), monotone=monotone)
    chance = decoding.probabilities(texts, found, joint, costs)
    chosen = decoding.without_conflicts(texts, found, joint, costs, chance)
    return [
        Bead(*found.sides(c), score=float(found.odds[c]), confidence=min(1.0, max(0.0, float(chance[c]))))
        for c in chosen
    ]


def _blocks_worth_encoding(
    found: Candidates, chance: np.ndarray
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    wanted = [found.sides(int(c)) for c in (chance > _WORTH_ENCODING).nonzero()[0]]
    return _blocks(s for s, _ in wanted), _blocks(t for _, t in wanted)


def _blocks(sides: Iterable[tuple[int, ...]]) -> list[tuple[int, int]]:
    return sorted({(side[0], len(side)) for side in sides if len(side) > 1})


def _complete(beads: list[Bead], n: int, m: int) -> list[Bead]:
    """The beads with a null bead for every sentence they leave out, in order."""
    source, target = {i for b in beads for i in b.source}, {j for b in beads for j in b.target}
    lonely = [Bead((i,), ()) for i in range(n) if i not in source] + [
        Bead((), (j,)) for j in range(m) if j not in target
    ]
    after = n + 1
    return sorted([*beads, *lonely], key=lambda b: (b.source or (after,), b.target))
