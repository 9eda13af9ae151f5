"""Batches of texts of like length: padding is what a batch wastes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

BUCKET = 8  # lengths are padded to a multiple of this

T = TypeVar("T")
U = TypeVar("U")


def padded_length(lengths: Sequence[int]) -> int:
    """The length to which a batch's items are padded."""
    return -(-max(lengths) // BUCKET) * BUCKET


def batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Indices in batches of similar length, longest first; a batch's size times its padded length stays within `most` (or it is one
    item).

    So memory peaks at once, and the progress bar speeds up rather than slows down.
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    while order:
        size = max(1, most // padded_length([max(lengths[order[0]], 1)]))
        yield order[:size]
        order = order[size:]


def in_batches(
    items: Sequence[T], lengths: Sequence[int], most: int, judge: Callable[[list[T]], Sequence[U]]
) -> list[U]:
    """What `judge` says of the items of each batch, in the items' order."""
    found: dict[int, U] = {}
    for batch in batches(lengths, most):
        found.update(zip(batch, judge([items[i] for i in batch]), strict=True))
    return [found[i] for i in range(len(items))]
