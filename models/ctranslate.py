"""The same families through CTranslate2 (extra `songngu[ctranslate2]`): converted on demand, int8 on a CPU."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..data.errors import SongnguError
from ..data.progress import Progress
from . import hub
from .builtin import cache_folder
from .seq2seq import _CAREFUL, _name, family_of, prepare
from .translators import Decoding, Translator, batches


def load(model: str, decoding: Decoding) -> Translator:
    """The translator in a folder, or of a hub id or short name that has been fetched; the first use converts it, which is kept.

    Raises:
        SongnguError: CTranslate2 is not installed, the model is not on this machine, or its family cannot be converted.
    """
    ctranslate2 = _module()
    from transformers import AutoConfig, AutoTokenizer

    folder = hub.path(model)
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if not config.is_encoder_decoder:
        raise SongnguError(f"{model}: causal models run through transformers here; leave out `ctranslate2:`")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    family = family_of(config.model_type, tokenizer.get_vocab())
    device = decoding.device or ("cuda" if ctranslate2.get_cuda_device_count() else "cpu")
    engine = ctranslate2.Translator(
        str(converted(folder, "int8" if decoding.int8 else "float32")), device=device, intra_threads=_threads()
    )
    limit = min(getattr(config, "max_position_embeddings", None) or 512, tokenizer.model_max_length)
    return CTranslate2(_name(model, folder), family, engine, tokenizer, decoding, limit=limit)


def _module() -> Any:
    try:
        import ctranslate2
    except ImportError as error:
        raise SongnguError("CTranslate2 is not installed; run `pip install 'songngu[ctranslate2]'`") from error
    return ctranslate2


def _threads() -> int:
    return int(os.environ.get("OMP_NUM_THREADS") or 0)


def converted(folder: Path, quantisation: str) -> Path:
    """The CTranslate2 form of a checkpoint, made in the cache folder unless it is there already; it follows the weights' digest."""
    target = cache_folder() / "ctranslate2" / f"{folder.name}-{_digest(folder)}-{quantisation}"
    if (target / "model.bin").is_file():
        return target
    from filelock import FileLock

    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_suffix(".lock")):
        if not (target / "model.bin").is_file():
            temporary = target.with_suffix(".tmp")
            _converter(folder).convert(str(temporary), quantization=quantisation, force=True)
            _complete(temporary / "config.json")
            temporary.rename(target)
    return target


def _converter(folder: Path) -> Any:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):
        def load_tokenizer(self, tokenizer_class: Any, model_name_or_path: str, **kwargs: Any) -> Any:
            tokenizer = super().load_tokenizer(tokenizer_class, model_name_or_path, **kwargs)
            languages = getattr(tokenizer, "lang_token_to_id", None)
            if languages:  # M2M100 keeps its language tokens outside its vocabulary since transformers 5
                vocabulary = {**tokenizer.get_vocab(), **languages}
                tokenizer.get_vocab = lambda: vocabulary
            return tokenizer

    return Converter(str(folder))


def _complete(config: Path) -> None:
    # mBART-50's tokenizer names no beginning of a sentence; the converter then writes a null that the engine refuses to read
    settings = json.loads(config.read_text(encoding="utf-8"))
    for key in ("bos_token", "decoder_start_token"):
        if key in settings and settings[key] is None:
            settings[key] = settings["eos_token"]
    config.write_text(json.dumps(settings, indent=2), encoding="utf-8")


def _digest(folder: Path) -> str:
    # names, sizes and times of the weights: reading gigabytes for a digest would cost more than it saves
    parts = [
        f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}"
        for path in sorted(folder.iterdir())
        if path.suffix in (".safetensors", ".bin", ".json")
    ]
    return sha256("|".join(parts).encode()).hexdigest()[:12]


class CTranslate2:
    """A converted checkpoint with its Hugging Face tokenizer."""

    def __init__(self, name: str, family: str, engine: Any, tokenizer: Any, decoding: Decoding, *, limit: int) -> None:
        self.name, self.family, self.decoding, self._limit = name, family, decoding, limit
        self._engine, self._tokenizer = engine, tokenizer
        self._lock = threading.Lock()  # the tokenizer's languages are its state

    @property
    def signature(self) -> str:
        """Model, engine, precision and beam."""
        return f"mt:{self.name}/ctranslate2/{'int8' if self.decoding.int8 else 'float32'}/beam{self.decoding.beam}"

    @property
    def limit(self) -> int:
        """The longest source in tokens."""
        return self._limit

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        """The sentences' lengths in tokens."""
        return [len(ids) for ids in self._tokenizer(list(sentences)).input_ids] if sentences else []

    def careful(self) -> CTranslate2:
        """The same weights with penalties on repetition and a beam that is not the first one's."""
        decoding = replace(self.decoding, beam=5 if self.decoding.beam == 1 else 1, **_CAREFUL)
        return CTranslate2(self.name, self.family, self._engine, self._tokenizer, decoding, limit=self._limit)

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:
        """The translations, in the order of the sentences; a source over the limit is cut (`translating` splits it before)."""
        with self._lock:
            request = prepare(self.family, self._tokenizer, source_language, target_language)
            if request.source_code is not None:
                self._tokenizer.src_lang = request.source_code
            tokens = [self._tokens(request.prefix + sentence) for sentence in sentences]
        start = None if request.start is None else [self._tokenizer.convert_ids_to_tokens(request.start)]
        found = [""] * len(sentences)
        with Progress("translate", len(sentences)) as bar:
            for batch in batches([len(t) for t in tokens], self.decoding.batch_tokens):
                for i, text in zip(batch, self._generate([tokens[i] for i in batch], start), strict=True):
                    found[i] = text
                bar.advance(len(batch))
        return found

    def _tokens(self, text: str) -> list[str]:
        return self._tokenizer.convert_ids_to_tokens(
            self._tokenizer(text, truncation=True, max_length=self._limit).input_ids
        )

    def _generate(self, batch: Sequence[Sequence[str]], start: list[str] | None) -> list[str]:
        results = self._engine.translate_batch(
            [list(tokens) for tokens in batch],
            target_prefix=None if start is None else [start] * len(batch),
            beam_size=self.decoding.beam,
            length_penalty=self.decoding.length_penalty,
            repetition_penalty=self.decoding.repetition_penalty,
            no_repeat_ngram_size=self.decoding.no_repeat,
            max_decoding_length=min(self.decoding.bound(max(len(t) for t in batch)), self._limit),
        )
        # the language token comes back as the first of the translation
        tokens = [result.hypotheses[0][len(start or ()) :] for result in results]
        ids = [self._tokenizer.convert_tokens_to_ids(t) for t in tokens]
        return [text.strip() for text in self._tokenizer.batch_decode(ids, skip_special_tokens=True)]
