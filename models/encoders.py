"""Sentence encoders: the protocol, the registry and the one door `encoder(name_or_path)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np


@runtime_checkable
class Encoder(Protocol):
    """Turns sentences into vectors in which translations are neighbours."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def signature(self) -> str:
        """Name, weights and precision, e.g. `enc:builtin-e5-small-bf16`; part of every number's signature."""
        ...

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        """Float32 array (n, dimension) with unit rows, in the order of the sentences."""
        ...
