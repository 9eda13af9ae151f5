"""Translators: the protocol, the registry, and the one door `translator(name)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import Any, Protocol, runtime_checkable

from ..data.errors import UsageError, choose


@runtime_checkable
class Translator(Protocol):
    """Turns sentences of one language into sentences of another."""

    @property
    def signature(self) -> str:
        """Model, engine and decoding settings, e.g. `mt:opus-mt-fr-vi/transformers/beam4`; part of every number's signature."""
        ...

    @property
    def limit(self) -> int | None:
        """The longest sentence in tokens that the model takes, or None where there is no limit."""
        ...

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        """The sentences' lengths in the model's tokens, special tokens included."""
        ...

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:
        """The translations, in the order of the sentences. The same sentences give the same translations."""
        ...

    def careful(self) -> Translator | None:
        """The same model with settings against loops and dropped text, for a second try; None where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a model writes: nothing is ever sampled, so the same input gives the same output.

    `beam` 1 is greedy; `batch_tokens` bounds a batch (padding included); `no_repeat` forbids n-grams of that size to come twice (0: off);
    `longest` bounds a translation, in multiples of the source's tokens; `device` "" takes a GPU where there is one; `int8` is for
    CTranslate2; `prompt` replaces the causal models' own, with {source}, {target} and {text} in it.
    """

    beam: int = 4
    batch_tokens: int = 4096
    length_penalty: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat: int = 0
    longest: float = 3.0
    device: str = ""
    int8: bool = True
    prompt: str = ""

    def careful(self) -> Decoding:
        """For a second try: penalties on repetition, and a beam that is not this one."""
        return replace(self, beam=5 if self.beam == 1 else 1, no_repeat=3, repetition_penalty=1.3)

    def __post_init__(self) -> None:
        if self.beam < 1 or self.batch_tokens < 1:
            raise UsageError(f"beam and batch_tokens must be 1 or more, not {self.beam} and {self.batch_tokens}")

    def bound(self, tokens: int) -> int:
        """The most tokens that a translation of a source with so many tokens may have."""
        return int(self.longest * tokens) + 16


def _transformers(model: str, decoding: Decoding) -> Translator:
    from .seq2seq import load

    return load(model, decoding)


def _ctranslate2(model: str, decoding: Decoding) -> Translator:
    from .ctranslate import load

    return load(model, decoding)


def _precomputed(model: str, decoding: Decoding) -> Translator:  # noqa: ARG001 a file has no decoder
    from .precomputed import load

    return load(model)


# The part before the colon of a model's name; without one, or with a folder or hub id alone, it is transformers.
ENGINES: dict[str, Callable[[str, Decoding], Translator]] = {
    "transformers": _transformers,
    "ctranslate2": _ctranslate2,
    "precomputed": _precomputed,
}
_GROUP = "songngu.translators"


def translator(name: str, **decoding: Any) -> Translator:
    """The translator of that name: `opus-mt-fr-vi`, `owner/name`, a folder, `ctranslate2:NAME`, or `precomputed:FILE`.

    Keyword arguments are the fields of `Decoding`. Other packages add engines through the entry point group `songngu.translators`:
    a function that takes what stands after the colon and a `Decoding`.

    Raises:
        SongnguError: the model is not on this machine; the message says the command that fetches it.
        UsageError: an unknown engine or model name.
    """
    engine, _, model = name.partition(":")
    if not model:
        engine, model = "transformers", name
    return _engine(engine)(model, Decoding(**decoding))


def _engine(name: str) -> Callable[[str, Decoding], Translator]:
    if name in ENGINES:
        return ENGINES[name]
    found = {point.name: point for point in entry_points(group=_GROUP)}
    if name in found:
        return found[name].load()
    raise choose("translation engine", name, [*ENGINES, *found])


def token_lengths(tokenizer: Any, sentences: Sequence[str]) -> list[int]:
    """The sentences' lengths in the tokens of a Hugging Face tokenizer, special tokens included."""
    return [len(ids) for ids in tokenizer(list(sentences)).input_ids] if sentences else []
