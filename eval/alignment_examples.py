"""Where one alignment is right and another wrong, side by side: the places of a text that two systems do not align alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .beadcounts import components, counts, optional
from .beads import Beads, Key, Side, sentences_of


@dataclass(frozen=True, slots=True)
class ShownBead:
    """A bead: its sentence numbers (none where beads are compared by text), its texts where they are known, and whether it is right."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    source_text: str | None
    target_text: str | None
    right: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One place of a document that a system aligns better or worse than the first one.

    `difference` is how many strict errors (beads that are wrong or missed) the system has less; `gold`, `baseline` and
    `system` are everybody's beads of that place.
    """

    document: str
    difference: int
    gold: tuple[ShownBead, ...]
    baseline: tuple[ShownBead, ...]
    system: tuple[ShownBead, ...]


def find_examples(
    documents: Mapping[str, tuple[Beads, Sequence[Beads]]],
    systems: Sequence[str],
    sentences: Mapping[str, Sequence[str]],
    most: int,
) -> dict[str, tuple[tuple[Example, ...], tuple[Example, ...]]]:
    """By system the places where it wins against the first one, and where it loses; the largest differences first."""
    found = {}
    for n, system in enumerate(systems[1:], 1):
        examples = [
            example
            for name, (gold, founds) in documents.items()
            for example in _of_document(name, gold, (founds[0], founds[n]), sentences)
        ]
        wins = sorted((e for e in examples if e.difference > 0), key=lambda e: -e.difference)
        losses = sorted((e for e in examples if e.difference < 0), key=lambda e: e.difference)
        found[system] = tuple(wins[:most]), tuple(losses[:most])
    return found


def _of_document(
    name: str, gold: Beads, pair: tuple[Beads, Beads], sentences: Mapping[str, Sequence[str]]
) -> list[Example]:
    texts = _Texts((gold, *pair), sentences_of(name, sentences))
    examples = []
    for truth, (baseline, system) in components(gold, pair):
        if difference := _errors(truth, baseline) - _errors(truth, system):
            right = truth.all.union(optional(truth))
            shown = (tuple(texts.shown(key, right) for key in sorted(b.all)) for b in (truth, baseline, system))
            examples.append(Example(name, difference, *shown))
    return examples


def _errors(gold: Beads, found: Beads) -> int:
    hits, of_found, recalled, of_gold, *_ = counts(gold, found)
    return of_found - hits + of_gold - recalled


class _Texts:
    """What is known of a document's texts: its sentences, or the texts that came with beads."""

    def __init__(self, everybody: Sequence[Beads], sentences: tuple[Sequence[str], Sequence[str]] | None) -> None:
        self._sentences = sentences
        self._sides = {
            (n, side): text
            for beads in everybody
            for key, pair in beads.texts.items()
            for n, (side, text) in enumerate(zip(key, pair, strict=True))
        }

    def shown(self, key: Key, right: frozenset[Key]) -> ShownBead:
        """The bead with its texts."""
        source, target = (tuple(i for i in side if isinstance(i, int)) for side in key)
        return ShownBead(source, target, self._text(0, key[0]), self._text(1, key[1]), key in right)

    def _text(self, n: int, side: Side) -> str | None:
        if not side:
            return ""
        if (n, side) in self._sides:
            return self._sides[n, side]
        single = [self._sentence(n, i) for i in side]
        return " ".join(text for text in single if text is not None) if None not in single else None

    def _sentence(self, n: int, i: int | str) -> str | None:
        if self._sentences is not None and isinstance(i, int):
            return self._sentences[n][i] if i < len(self._sentences[n]) else None
        return self._sides.get((n, (i,)))
