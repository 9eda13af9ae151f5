"""Sentence encoders: the protocol, the registry and the one door `encoder(name_or_path)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..data.errors import UsageError

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
        UsageError: nothing of that name is here; the message says what to run.
        SongnguError: the model is there but cannot be used.
    """
    from importlib.metadata import entry_points

    name = str(name_or_path)
    if name in BUILTIN:
        return BUILTIN[name](name)
    for point in entry_points(group="songngu.encoders"):
        if point.name == name:
            return point.load()(name)
    from .transformer import TransformerEncoder

    return TransformerEncoder.load(_folder(name), name=name)


def _folder(name: str) -> Path:
    """The local folder of a model: the path itself, or the place in the Hugging Face cache where its id was fetched to."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if (folder / "config.json").is_file():
            return folder
        raise UsageError(f"{folder} holds no model (no config.json)")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        raise UsageError(
            f"no encoder {name!r} on this machine; choose from {', '.join(sorted(BUILTIN))}, give a folder, "
            f"or run `songngu models fetch {name}` first"
        ) from None
