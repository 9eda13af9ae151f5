"""The same families through CTranslate2 (extra `songngu[ctranslate2]`): converted on demand, int8 on a CPU."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..data.errors import SongnguError
from . import hub
from .builtin import cache_folder
from .seq2seq import FamilyTranslator, Prepared, _name, family_of, tokenizer_of
from .translators import Decoding, Translator


def load(model: str, decoding: Decoding) -> Translator:
    """The translator in a folder, or of a hub id or short name that has been fetched; the first use converts it, which is kept.

    Raises:
        SongnguError: CTranslate2 is not installed, the model is not on this machine, or its family cannot be converted.
    """
    ctranslate2 = _module()
    from transformers import AutoConfig

    folder = hub.path(model)
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if not config.is_encoder_decoder:
        raise SongnguError(f"{model}: causal models run through transformers here; leave out `ctranslate2:`")
    tokenizer = tokenizer_of(folder)
    family = family_of(config.model_type, tokenizer.get_vocab())
    device = decoding.device or ("cuda" if ctranslate2.get_cuda_device_count() else "cpu")
    engine = ctranslate2.Translator(
        str(converted(folder, "int8" if decoding.int8 else "float32")), device=device, intra_threads=_threads()
    )
    positions = getattr(config, "max_position_embeddings", None)
    return CTranslate2(_name(model, folder), family, engine, tokenizer, decoding, limit=positions)


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


class CTranslate2(FamilyTranslator):
    """A converted checkpoint with its Hugging Face tokenizer."""

    @property
    def signature(self) -> str:
        """Model, engine, precision and beam."""
        return f"mt:{self.name}/ctranslate2/{'int8' if self.decoding.int8 else 'float32'}/beam{self.decoding.beam}"

    def _generate(self, batch: Sequence[Sequence[int]], request: Prepared) -> list[list[int]]:
        start = [] if request.start is None else [self._tokenizer.convert_ids_to_tokens(request.start)]
        results = self._model.translate_batch(
            [self._tokenizer.convert_ids_to_tokens(ids) for ids in batch],
            target_prefix=[start] * len(batch) if start else None,
            beam_size=self.decoding.beam,
            length_penalty=self.decoding.length_penalty,
            repetition_penalty=self.decoding.repetition_penalty,
            no_repeat_ngram_size=self.decoding.no_repeat,
            max_decoding_length=self._most(batch),
        )
        # the language token comes back as the first of the translation
        tokens = [result.hypotheses[0][len(start) :] for result in results]
        return [self._tokenizer.convert_tokens_to_ids(t) for t in tokens]
