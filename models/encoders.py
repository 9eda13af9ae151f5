"""Sentence encoders: the protocol, the registry and the one door `encoder(name_or_path)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
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
        """Name, weights and precision, e.g. `enc:builtin-e5-small-1-bf16`; part of every number's signature."""
        ...

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        """Float32 array (n, dimension) with unit rows, in the order of the sentences."""
        ...


@runtime_checkable
class WordEncoder(Encoder, Protocol):
    """An encoder that also gives a vector for each sub-word."""

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each sentence character offsets (k, 2) of its k sub-words and their unit vectors (k, dimension)."""
        ...


def _builtin(name: str) -> Encoder:
    from .builtin import builtin_folder
    from .transformer import TransformerEncoder

    return TransformerEncoder.load(builtin_folder(), name=name)


# Built-in names; others register under the entry point group `songngu.encoders` (name → callable(name) -> Encoder).
BUILTIN: dict[str, Callable[[str], Encoder]] = {"builtin": _builtin}


def encoder(name_or_path: str | Path = "builtin") -> Encoder:
    """The encoder with this built-in name, in this local folder, or with this Hugging Face id (if it was fetched before).

    Raises:
        UsageError: the name is neither a built-in one, nor a folder, nor a hub id.
        SongnguError: the model was not fetched (the message says what to run) or cannot be used.
    """
    from importlib.metadata import entry_points

    name = str(name_or_path)
    if name in BUILTIN:
        return BUILTIN[name](name)
    for point in entry_points(group="songngu.encoders"):
        if point.name == name:
            return point.load()(name)
    from .hub import path
    from .transformer import TransformerEncoder

    return TransformerEncoder.load(path(name), name=name)
