"""What alignment scores sum: the statistics of one document's beads, and the parts of a document over which they sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .beads import Beads, Key

NO_BEADS = Beads()


def counts(gold: Beads, found: Beads) -> list[int]:
    """The twelve statistics of one document, or of any part of it that no bead leaves; they may be summed."""
    sure = {bead for bead in gold.sure if bead[0] and bead[1]}
    whole = {bead for bead in found.all if bead[0] and bead[1]}
    strict, lax = _hits(gold.all.union(optional(gold)), found.all)
    strict_recalled, lax_recalled = _hits(whole, sure)
    sure_links, links = _links(sure), _links(whole)
    possible_links = _links(gold.all)
    return [
        *(strict, len(found.all), strict_recalled, len(sure)),
        *(lax, len(found.all), lax_recalled, len(sure)),
        *(len(links & sure_links), len(links & possible_links), len(links), len(sure_links)),
    ]


def optional(gold: Beads) -> Iterator[Key]:
    """Null beads that are right as well: of sentences that the gold links only possibly."""
    for side in (0, 1):
        sure = {i for key in gold.sure for i in key[side]}
        for lone in {i for key in gold.possible for i in key[side]} - sure:
            yield ((lone,), ()) if side == 0 else ((), (lone,))


def _hits(gold: Iterable[Key], test: Iterable[Key]) -> tuple[int, int]:
    """How many of the test beads are in the gold, and how many share a source and a target sentence with a gold
    bead."""
    gold = set(gold)
    partners: dict[Any, set[Any]] = defaultdict(set)
    for source, target in gold:
        for i in source:
            partners[i].update(target)
    strict = lax = 0
    for source, target in test:
        exact = (source, target) in gold
        strict += exact
        lax += exact or any(not partners[i].isdisjoint(target) for i in source if i in partners)
    return strict, lax


def _links(beads: Iterable[Key]) -> set[tuple[Any, Any]]:
    return {(i, j) for source, target in beads for i in source for j in target}


def components(gold: Beads, founds: Sequence[Beads]) -> Iterator[tuple[Beads, list[Beads]]]:
    """The parts of a document that no bead of the gold or of a system leaves: all statistics sum over them."""
    parent: dict[Any, Any] = {}

    def root(node: Any) -> Any:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    everything = [gold, *founds]
    for key in (key for beads in everything for key in beads.all):
        nodes = [*((0, i) for i in key[0]), *((1, j) for j in key[1])]
        for node in nodes[1:]:
            parent[root(node)] = root(nodes[0])

    def part(key: Key) -> Any:
        return root((0, key[0][0]) if key[0] else (1, key[1][0]))

    parts: dict[Any, list[Beads]] = defaultdict(lambda: [NO_BEADS] * len(everything))
    for n, beads in enumerate(everything):
        for where, (sure, possible) in _grouped(beads, part).items():
            parts[where][n] = Beads(frozenset(sure), frozenset(possible))
    # in the order of the text, so that the same seed draws the same resamples
    for where in sorted(parts, key=lambda node: (node[0], str(type(node[1])), node[1])):
        first, *rest = parts[where]
        yield first, rest


def _grouped(beads: Beads, part: Any) -> dict[Any, tuple[set[Key], set[Key]]]:
    grouped: dict[Any, tuple[set[Key], set[Key]]] = defaultdict(lambda: (set(), set()))
    for kind, keys in enumerate((beads.sure, beads.possible)):
        for key in keys:
            grouped[part(key)][kind].add(key)
    return grouped
