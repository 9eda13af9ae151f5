"""Translators that run in `transformers`: encoder–decoder families, and causal language models with a prompt."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

from ..data.errors import SongnguError, UsageError
from ..data.languages import base, canonical
from ..data.progress import Progress
from . import hub
from .batching import batches
from .codes import code, english_name
from .translators import Decoding, Translator, token_lengths

_DEFAULT_LIMIT = 512  # where neither tokenizer nor model says how much it takes
_UNBOUNDED = 100_000  # tokenizers without a limit say 10**30


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a family does to a request: text set before each source, codes to set in the tokenizer, the token a translation starts with."""

    prefix: str = ""
    source_code: str | None = None
    target_code: str | None = None
    start: int | None = None


def family_of(model_type: str, vocabulary: Any) -> str:
    """The family of a checkpoint, from its `model_type` and, where two share one, its vocabulary.

    Raises:
        SongnguError: a model that does not translate.
    """
    if model_type == "m2m_100":
        return "nllb" if "eng_Latn" in vocabulary else "m2m100"
    families = {"marian": "marian", "mbart": "mbart50", "t5": "t5", "mt5": "t5", "umt5": "t5"}
    if model_type not in families:
        raise SongnguError(
            f"model type {model_type!r} is no translator; known are {', '.join(sorted([*families, 'm2m_100']))}"
        )
    return families[model_type]


def prepare(family: str, tokenizer: Any, source: str, target: str) -> Prepared:
    """How to ask a model of that family for source → target.

    Raises:
        UsageError: the model does not know one of the languages.
    """
    if family == "marian":
        return Prepared(prefix=_marian_prefix(tokenizer, source, target))
    if family == "t5":
        return Prepared(prefix=_t5_prefix(tokenizer, source, target))
    source_code, target_code = code(family, source), code(family, target)
    token = f"__{target_code}__" if family == "m2m100" else target_code
    start = tokenizer.convert_tokens_to_ids(token)
    if start in (None, tokenizer.unk_token_id):
        raise UsageError(f"this {family} model has no token {token} for the language {target!r}")
    return Prepared(source_code=source_code, target_code=target_code, start=start)


def _marian_prefix(tokenizer: Any, source: str, target: str) -> str:
    # a multilingual Marian model wants its target as the first word (>>vie<<); a bilingual one must be the right one
    codes = getattr(tokenizer, "supported_language_codes", None) or [
        t for t in tokenizer.get_vocab() if t.startswith(">>")
    ]
    if codes:
        wanted = {target, base(target), _alpha3(target)}
        found = next((c for c in codes if c.strip("><").split("_")[0] in wanted), None)
        if found is None:
            raise UsageError(f"this model does not translate into {target!r}; it knows {', '.join(sorted(codes))}")
        return found + " "
    for what, mine, asked in (("from", tokenizer.source_lang, source), ("into", tokenizer.target_lang, target)):
        if mine and _alpha3(mine) and _alpha3(mine) != _alpha3(asked):
            raise UsageError(f"this model translates {what} {mine!r}, not {asked!r}")
    return ""


def _alpha3(tag: str) -> str:
    from langcodes import Language

    try:
        return Language.get(base(tag)).to_alpha3()
    except (UsageError, LookupError):
        return ""  # a group of languages ("roa"), which says nothing about one


def _t5_prefix(tokenizer: Any, source: str, target: str) -> str:
    for tag in (canonical(target), base(target)):
        if f"<2{tag}>" in tokenizer.get_vocab():
            return f"<2{tag}> "
    if any(token.startswith("<2") and token.endswith(">") for token in tokenizer.get_vocab()):
        raise UsageError(f"this model does not translate into {target!r}: it has no token <2{base(target)}>")
    return f"translate {english_name(source)} to {english_name(target)}: "


def load(model: str, decoding: Decoding) -> Translator:
    """The translator in a folder, or of a hub id or short name that has been fetched.

    Raises:
        SongnguError: the model is not on this machine, or is none that translates.
    """
    from transformers import AutoConfig

    folder = hub.path(model)
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    tokenizer = tokenizer_of(folder)
    if config.is_encoder_decoder:
        family = family_of(config.model_type, tokenizer.get_vocab())
        positions = getattr(config, "max_position_embeddings", None)
        weights = _weights(folder, decoding, "seq2seq")
        return Seq2Seq(_name(model, folder), family, weights, tokenizer, decoding, limit=positions)
    from .causal import Causal

    return Causal(_name(model, folder), _weights(folder, decoding, "causal"), tokenizer, decoding)


def tokenizer_of(folder: Path) -> Any:
    """The folder's tokenizer; what Marian's recommends for other languages' punctuation is not said."""
    from transformers import AutoTokenizer

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def _name(model: str, folder: Path) -> str:
    record = hub.known(model)
    return record.name if record else (folder.name if Path(model).expanduser().is_dir() else model)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Loading a checkpoint draws no bar of its own while the block runs."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _weights(folder: Path, decoding: Decoding, kind: str) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    device = decoding.device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.float32 if device == "cpu" else torch.bfloat16
    auto: Any = AutoModelForSeq2SeqLM if kind == "seq2seq" else AutoModelForCausalLM
    # pickled weights, where a model has no others, are read as tensors only (weights_only is transformers' rule)
    with quiet():
        model = auto.from_pretrained(folder, local_files_only=True, trust_remote_code=False, dtype=dtype)
    return model.to(device).eval()


class FamilyTranslator:
    """What the encoder–decoder families share, whichever engine runs them: tokenizer, languages, limits, batches; engines generate."""

    def __init__(
        self, name: str, family: str, model: Any, tokenizer: Any, decoding: Decoding, *, limit: int | None = None
    ) -> None:
        self.name, self.family, self.decoding = name, family, decoding
        self._model, self._tokenizer, self._limit = model, tokenizer, limit
        self._lock = threading.Lock()  # the tokenizer's languages are its state

    @property
    def limit(self) -> int:
        """The longest source in tokens."""
        positions = self._limit or _DEFAULT_LIMIT
        stated = self._tokenizer.model_max_length
        return min(positions, stated if stated < _UNBOUNDED else positions)

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        """The sentences' lengths in tokens."""
        return token_lengths(self._tokenizer, sentences)

    def careful(self) -> Self:
        """The same weights with penalties on repetition and a beam that is not the first one's."""
        careful = self.decoding.careful()
        return type(self)(self.name, self.family, self._model, self._tokenizer, careful, limit=self._limit)

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:
        """The translations, in the order of the sentences; a source over the limit is cut (`translating` splits it before)."""
        with self._lock:
            request = prepare(self.family, self._tokenizer, source_language, target_language)
            if request.source_code is not None:
                self._tokenizer.src_lang = request.source_code
            encoded = self._encode([request.prefix + sentence for sentence in sentences])
        found = [""] * len(sentences)
        with Progress("translate", len(sentences)) as bar:
            for batch in batches([len(ids) for ids in encoded], self.decoding.batch_tokens):
                for i, ids in zip(batch, self._generate([encoded[i] for i in batch], request), strict=True):
                    found[i] = self._tokenizer.decode(ids, skip_special_tokens=True).strip()
                bar.advance(len(batch))
        return found

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        return self._tokenizer(list(texts), truncation=True, max_length=self.limit).input_ids if texts else []

    def _most(self, batch: Sequence[Sequence[int]]) -> int:
        """The most tokens that a translation in the batch may have."""
        return min(self.decoding.bound(max(len(ids) for ids in batch)), self.limit)

    def _generate(self, batch: Sequence[Sequence[int]], request: Prepared) -> list[list[int]]:
        raise NotImplementedError


class Seq2Seq(FamilyTranslator):
    """A Marian, M2M100, NLLB, mBART-50 or T5/MADLAD checkpoint in `transformers`."""

    @property
    def signature(self) -> str:
        """Model, engine and beam."""
        return f"mt:{self.name}/transformers/beam{self.decoding.beam}"

    def _generate(self, batch: Sequence[Sequence[int]], request: Prepared) -> list[list[int]]:
        import torch

        inputs = self._tokenizer.pad({"input_ids": [list(ids) for ids in batch]}, return_tensors="pt").to(
            self._model.device
        )
        options: dict[str, Any] = {} if request.start is None else {"forced_bos_token_id": request.start}
        with torch.inference_mode():
            output = self._model.generate(**inputs, **options, **generation(self.decoding, self._most(batch)))
        # M2M100's tokenizer does not count its language tokens as special
        return [[i for i in row if i != request.start] for row in cast(Any, output).tolist()]


def generation(decoding: Decoding, most: int) -> dict[str, Any]:
    """`generate`'s arguments: beam search or greedy without sampling, bounded in length, with the penalties asked for."""
    return {
        "num_beams": decoding.beam,
        "do_sample": False,
        "max_new_tokens": most,
        "length_penalty": decoding.length_penalty,
        "repetition_penalty": decoding.repetition_penalty,
        "no_repeat_ngram_size": decoding.no_repeat,
        "early_stopping": False,
    }
