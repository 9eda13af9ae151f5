"""Any Hugging Face sentence encoder: pooling, projection and prompt as its own files say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..data.errors import SongnguError
from ..data.progress import Progress
from ..data.text import normalise
from .batching import batches, padded_length

if TYPE_CHECKING:
    import numpy as np
    import torch

T = TypeVar("T")

_BATCH_TOKENS = 4096  # padded tokens in one batch; measured best on AMX and AVX-512
# A few texts are batches, too: less padding, and work for every core. How many batches does not hang on the cores, so vectors do not.
_PARTS, _LEAST_TOKENS = 3, 256
# Measured against fp32 on one thread: AMX 3.4 times as fast, AVX-512 BF16 (Zen 5) 3.2 times; without either slower than fp32.
_BF16_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})
# Families whose vectors are made for a prompt, and say so only in their model cards; matched against the folder's own config.
_PROMPTS = {"e5": "query: "}


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How token vectors become a sentence vector."""

    pooling: str  # mean | cls
    prompt: str
    dense: tuple[tuple[Path, str], ...]  # folders and activations of projections after pooling


@dataclass(frozen=True, slots=True)
class Read:
    """One text as the network read it: the numbers and offsets (length, 2) of its sub-words and special tokens (which are empty), its
    states (length, hidden size) after each layer asked for, and its unit vector if the last layer was and the text is whole."""

    ids: tuple[int, ...]
    offsets: np.ndarray
    states: tuple[torch.Tensor, ...]
    vector: np.ndarray | None


class TransformerEncoder:
    """A transformer that encodes sentences into unit vectors; made by `load`.

    Sentences over the model's length limit are encoded in windows and averaged by length, not cut.
    """

    def __init__(
        self, model: Any, tokenizer: Any, recipe: _Recipe, *, signature: str, threads: int | None = None
    ) -> None:
        self._model, self._tokenizer, self._recipe = model, tokenizer, recipe
        self._dense = [_dense_layer(folder, activation, model.dtype) for folder, activation in recipe.dense]
        self._signature = signature
        self._threads = threads or _idle_cores()
        self._frame = _frame(tokenizer)
        self._window = _window(model, tokenizer)
        self._pad = tokenizer.pad_token_id or 0

    @classmethod
    def load(
        cls, folder: Path, *, name: str, precision: str = "auto", threads: int | None = None
    ) -> TransformerEncoder:
        """The encoder in a local folder. `precision` is fp32, bf16, or auto: bf16 where the CPU multiplies it in hardware.

        Raises:
            SongnguError: files are missing or of another kind. Code in a model folder is never run.
        """
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        precision = ("bf16" if has_bf16() else "fp32") if precision == "auto" else precision
        dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[precision]
        logging.disable_progress_bar()
        logging.set_verbosity_error()
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            model = AutoModel.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, dtype=dtype, **_without_pooler(folder)
            )
            recipe = _read_recipe(folder)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise SongnguError(f"cannot load an encoder from {folder}: {error}") from error
        model = getattr(model, "encoder", model) if model.config.is_encoder_decoder else model
        model.eval()
        label = folder.name if name == "builtin" else Path(name).name
        return cls(model, tokenizer, recipe, signature=f"enc:{label}-{precision}", threads=threads)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dense[-1][0].out_features if self._dense else self._model.config.hidden_size

    @property
    def layers(self) -> int:
        """How many layers the network has."""
        return self._model.config.num_hidden_layers

    @property
    def signature(self) -> str:
        """Name and precision, e.g. `enc:builtin-e5-small-1-bf16`."""
        return self._signature

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:  # noqa: ARG002 the protocol has it
        """Float32 array (n, dimension) with unit rows, in the order of the sentences. The language is not needed.

        Equal sentences are encoded once. An empty sentence has the vector of the empty string.
        """
        return self._encode(sentences, None)[0]

    def encode_with_words(
        self, sentences: Sequence[str], layer: int, reduce: Callable[[str, np.ndarray, np.ndarray], T]
    ) -> tuple[np.ndarray, list[T]]:
        """What `encode` gives, and for each sentence what `reduce` makes of its sub-words, in one run of the network.

        `reduce` gets the normalised sentence, character offsets (k, 2) of its sub-words, and their float32 vectors (k, hidden size)
        after this layer, counted from 1; text past the length limit is in them.
        """
        rows, reduced = self._encode(sentences, _WordTask(layer, reduce))
        return rows, reduced

    def _encode(self, sentences: Sequence[str], words: _WordTask | None) -> tuple[np.ndarray, list[Any]]:
        import numpy as np

        unique = list(dict.fromkeys(sentences))
        texts = [self._recipe.prompt + normalise(text) for text in unique]
        ids, offsets = self._tokenised(texts)
        windows = [window for row, tokens in enumerate(ids) for window in self._windows(row, tokens)]
        sums = np.zeros((len(unique), self.dimension), np.float32)
        gathered = _Gathered(windows, texts, offsets, words, len(self._recipe.prompt), len(self._frame[0]))
        with _one_thread_per_batch(), Progress("encode", len(windows)) as progress:
            for batch, vectors, states in self._run(windows, words.layer if words else None):
                for k, window in enumerate(batch):
                    sums[window.row] += vectors[k] * len(window.ids)
                    if states is not None:
                        gathered.add(window, states[k])
                progress.advance(len(batch))
        numbers = {text: row for row, text in enumerate(unique)}
        order = [numbers[text] for text in sentences]
        sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return sums[order] if order else sums, [gathered.found[row] for row in order] if words else []

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each sentence character offsets (k, 2) of its sub-words and their unit vectors (k, hidden size).

        `layer` counts from 1; None is the last one. Text past the length limit is left out.
        """
        import numpy as np

        found: list[tuple[np.ndarray, np.ndarray]] = []
        order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
        with _one_thread_per_batch():
            for at in range(0, len(order), 32):
                found += self._word_vectors([sentences[i] for i in order[at : at + 32]], layer)
        position = np.argsort(order, kind="stable")
        return [found[p] for p in position]

    def _word_vectors(self, sentences: Sequence[str], layer: int | None) -> list[tuple[np.ndarray, np.ndarray]]:
        import numpy as np
        import torch

        tokens = self._tokenizer(
            list(sentences),
            padding=True,
            truncation=True,
            max_length=self._window + self._tokenizer.num_special_tokens_to_add(),
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            states = self._model(
                input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"], output_hidden_states=True
            ).hidden_states[-1 if layer is None else layer]
            states = torch.nn.functional.normalize(states.float(), dim=-1).numpy()
        offsets = tokens["offset_mapping"].numpy()
        wanted = (tokens["special_tokens_mask"].numpy() == 0) & (offsets[..., 1] > offsets[..., 0])
        return [(offsets[i][w].astype(np.int64), states[i][w]) for i, w in enumerate(wanted)]

    def read(self, texts: Sequence[str], layers: Sequence[int]) -> list[Read]:
        """Each text in one pass of the network up to the highest of these layers (counted from 1); what is past the length limit is
        left out. Texts are taken as given, so that offsets are theirs (NFC is best)."""
        import numpy as np

        if not texts:
            return []
        longest = self._window + self._tokenizer.num_special_tokens_to_add()
        prompt = self._recipe.prompt
        tokens = self._tokenizer(
            [prompt + text for text in texts], truncation=True, max_length=longest, return_offsets_mapping=True
        )
        windows = [_Window(row, 0, len(ids), list(ids)) for row, ids in enumerate(tokens["input_ids"])]
        found: dict[int, Read] = {}
        with _one_thread_per_batch():
            for batch in _batches(windows):
                states, vectors = self._states([window.ids for window in batch], layers)
                for place, (row, ids) in enumerate((window.row, window.ids) for window in batch):
                    offsets = np.array(tokens["offset_mapping"][row], dtype=np.int64) - len(prompt)
                    vector = vectors[place] if vectors is not None and len(ids) < longest else None
                    found[row] = Read(tuple(ids), offsets, tuple(s[place, : len(ids)] for s in states), vector)
        return [found[row] for row in range(len(texts))]

    def _states(self, batch: list[list[int]], layers: Sequence[int]) -> tuple[list[torch.Tensor], np.ndarray | None]:
        """The states (n, length, hidden size) after some layers, and the texts' vectors if the last layer is among them."""
        import torch

        ids, mask = self._tensors(batch)
        found: dict[int, torch.Tensor] = {}
        stacked = self._model.encoder.layer
        hooks = [
            stacked[layer - 1].register_forward_hook(_keeper(found, layer, last=layer == max(layers)))
            for layer in layers
        ]
        try:
            with torch.inference_mode(), suppress(_EnoughError):
                self._model(input_ids=ids, attention_mask=mask)
        finally:
            for hook in hooks:
                hook.remove()
        with torch.inference_mode():
            vectors = self._vectors(found[len(stacked)], mask) if len(stacked) in found else None
        return [found[layer] for layer in layers], vectors

    def _tensors(self, batch: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        length = padded_length([len(x) for x in batch])
        ids = torch.tensor([row + [self._pad] * (length - len(row)) for row in batch])
        return ids, torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in batch])

    def _vectors(self, states: torch.Tensor, mask: torch.Tensor) -> np.ndarray:
        import torch

        pooled = states[:, 0] if self._recipe.pooling == "cls" else _mean(states, mask)
        for layer, activation in self._dense:
            pooled = activation(layer(pooled))
        return torch.nn.functional.normalize(pooled.float(), dim=-1).numpy()

    def layer_weights(self, start: int, end: int) -> list[dict[str, torch.Tensor]]:
        """The weights of the layers after `start` up to `end`, counted from 1, by their names within a layer."""
        return [
            {name: value.detach() for name, value in layer.state_dict().items()}
            for layer in self._model.encoder.layer[start:end]
        ]

    def count_subwords(self, texts: Sequence[str]) -> list[int]:
        """How many sub-words each text has, without special tokens and prompts."""
        return [
            len(ids)
            for ids in self._tokenizer([normalise(text) for text in texts], add_special_tokens=False)["input_ids"]
        ]

    def _tokenised(self, texts: Sequence[str]) -> tuple[list[list[int]], list[list[tuple[int, int]]]]:
        if not texts:
            return [], []
        # a slow tokenizer cannot tell offsets; it is good for sentences
        fast = {"return_offsets_mapping": True} if self._tokenizer.is_fast else {}
        found = self._tokenizer(list(texts), add_special_tokens=False, verbose=False, **fast)
        return found["input_ids"], found["offset_mapping"] if fast else [[] for _ in texts]

    def _windows(self, row: int, ids: list[int]) -> list[_Window]:
        """Even windows of at most the model's length, each with its special tokens."""
        count = max(1, -(-len(ids) // self._window))
        size = -(-len(ids) // count)
        before, after = self._frame
        parts = [ids[k * size : (k + 1) * size] for k in range(count)]
        return [_Window(row, k * size, len(part), before + part + after) for k, part in enumerate(parts)]

    def _run(
        self, windows: list[_Window], layer: int | None
    ) -> Iterator[tuple[list[_Window], np.ndarray, np.ndarray | None]]:
        """Batches of windows of like length, their vectors, and their states after a layer if one is given.

        Threads share the model; each runs whole batches.
        """
        parts = list(_batches(windows))
        if self._threads == 1 or len(parts) == 1:
            yield from ((batch, *self._forward(batch, layer)) for batch in parts)
            return
        with ThreadPoolExecutor(self._threads, initializer=_use_one_thread) as pool:
            for some in _few(parts, 4 * self._threads):  # states of all batches at once would not fit
                found = pool.map(lambda batch: self._forward(batch, layer), some)
                yield from ((batch, *result) for batch, result in zip(some, found, strict=True))

    def _forward(self, batch: list[_Window], layer: int | None) -> tuple[np.ndarray, np.ndarray | None]:
        import torch

        ids, mask = self._tensors([window.ids for window in batch])
        with torch.inference_mode():
            output = self._model(input_ids=ids, attention_mask=mask, output_hidden_states=layer is not None)
            vectors = self._vectors(output.last_hidden_state, mask)
            return vectors, output.hidden_states[layer].float().numpy() if layer is not None else None


@dataclass(frozen=True, slots=True)
class _Window:
    """A text's tokens or a part of them: the text's row, the first token's number in it, how many, and ids with special ones."""

    row: int
    start: int
    size: int
    ids: list[int]


@dataclass(frozen=True, slots=True)
class _WordTask:
    layer: int
    reduce: Callable[[str, Any, Any], Any]


class _Gathered:
    """The states of each text's sub-words, reduced as soon as all its windows are there."""

    def __init__(
        self,
        windows: Sequence[_Window],
        texts: Sequence[str],
        offsets: Sequence[Sequence[tuple[int, int]]],
        task: _WordTask | None,
        prompt: int,
        before: int,
    ) -> None:
        self._missing = Counter(window.row for window in windows)
        self._texts, self._offsets, self._task, self._prompt, self._before = texts, offsets, task, prompt, before
        self._parts: dict[int, dict[int, np.ndarray]] = {}
        self.found: list[Any] = [None] * len(texts)

    def add(self, window: _Window, states: np.ndarray) -> None:
        parts = self._parts.setdefault(window.row, {})
        parts[window.start] = states[self._before : self._before + window.size]
        self._missing[window.row] -= 1
        if not self._missing[window.row]:
            self.found[window.row] = self._reduced(window.row)

    def _reduced(self, row: int) -> Any:
        import numpy as np

        assert self._task is not None
        parts = self._parts.pop(row)
        states = np.concatenate([parts[start] for start in sorted(parts)])
        offsets = np.array(self._offsets[row], dtype=np.int64).reshape(-1, 2) - self._prompt
        wanted = (offsets[:, 1] > np.maximum(offsets[:, 0], 0)) & (offsets[:, 1] > 0)
        return self._task.reduce(self._texts[row][self._prompt :], offsets[wanted], states[wanted])


def _few(batches: list[list[_Window]], count: int) -> Iterator[list[list[_Window]]]:
    return (batches[at : at + count] for at in range(0, len(batches), count))


def has_bf16() -> bool:
    """Whether the CPU multiplies bf16 matrices in hardware (AMX or AVX-512 BF16; told on Linux)."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
    return not _BF16_FLAGS.isdisjoint(flags)


def _idle_cores() -> int:
    import os

    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


class _EnoughError(Exception):
    """The layers that are wanted have run."""


def _keeper(found: dict[int, torch.Tensor], layer: int, *, last: bool) -> Any:
    def keep(_module: Any, _given: Any, states: Any) -> None:
        found[layer] = states[0] if isinstance(states, tuple) else states
        if last:
            raise _EnoughError

    return keep


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@contextmanager
def _one_thread_per_batch() -> Iterator[None]:
    # Two threads inside one matrix product spin and lose on busy cores; whole batches side by side do not.
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    ordered = sorted(windows, key=lambda window: window.row)
    lengths = [len(window.ids) for window in ordered]
    most = min(_BATCH_TOKENS, max(_LEAST_TOKENS, sum(lengths) // _PARTS))
    for batch in batches(lengths, most):
        yield [ordered[i] for i in batch]


def _mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).float().sum(1) / mask.sum(1, keepdim=True)


def _frame(tokenizer: Any) -> tuple[list[int], list[int]]:
    """The special tokens before and after a text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    full = tokenizer("a")["input_ids"]
    at = next(i for i in range(len(full)) if full[i : i + len(bare)] == bare)
    return list(full[:at]), list(full[at + len(bare) :])


def _window(model: Any, tokenizer: Any) -> int:
    """Tokens of text that fit beside the special ones."""
    limits = [getattr(model.config, "max_position_embeddings", None), tokenizer.model_max_length]
    # RoBERTa-like models count positions from padding_idx + 1, so two of their positions are never used
    offset = 2 if getattr(model.config, "model_type", "") in ("roberta", "xlm-roberta", "camembert") else 0
    usable = [limit - offset * (k == 0) for k, limit in enumerate(limits) if limit]
    return max(1, min([*usable, 8192]) - tokenizer.num_special_tokens_to_add())


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _without_pooler(folder: Path) -> dict[str, bool]:
    # BERT-like classes build an untrained pooler where the checkpoint has none
    return {"add_pooling_layer": False} if _read_json(folder / "config.json").get("model_type") in _WITH_POOLER else {}


_WITH_POOLER = ("bert", "roberta", "xlm-roberta", "camembert", "mpnet")


def _read_recipe(folder: Path) -> _Recipe:
    """Pooling, prompt and projections from sentence-transformers files; mean pooling and no prompt where there are none."""
    pooling = _read_json(folder / "1_Pooling" / "config.json")
    modules = _read_json(folder / "modules.json") or []
    dense = [folder / m["path"] for m in modules if str(m.get("type", "")).endswith("Dense")]
    return _Recipe(
        pooling="cls" if pooling.get("pooling_mode_cls_token") else "mean",
        prompt=_prompt(folder),
        dense=tuple((path, _read_json(path / "config.json").get("activation_function", "")) for path in dense),
    )


def _prompt(folder: Path) -> str:
    settings = _read_json(folder / "config_sentence_transformers.json")
    prompts, default = settings.get("prompts") or {}, settings.get("default_prompt_name")
    if default or prompts:
        return prompts.get(default or "query", "")
    name = str(_read_json(folder / "config.json").get("_name_or_path", "")) or str(folder)
    family = Path(name).name.lower()
    return next(
        (prompt for key, prompt in _PROMPTS.items() if f"-{key}-" in f"-{family}-" and "builtin" not in family), ""
    )


@cache
def _activations() -> dict[str, Any]:
    import torch

    return {"Tanh": torch.tanh, "Identity": lambda x: x, "ReLU": torch.relu, "GELU": torch.nn.functional.gelu}


def _dense_layer(folder: Path, activation: str, dtype: Any) -> tuple[Any, Any]:
    """A projection after pooling (LaBSE has one) as (linear layer, activation)."""
    import torch
    from safetensors.torch import load_file

    path, pickled = folder / "model.safetensors", folder / "pytorch_model.bin"
    # weights_only: nothing but tensors is unpickled
    weights = load_file(path) if path.is_file() else torch.load(pickled, map_location="cpu", weights_only=True)
    name = activation.rsplit(".", 1)[-1] or "Identity"
    if name not in _activations():
        raise SongnguError(f"{folder}: unknown activation {activation!r}")
    layer = torch.nn.Linear(*reversed(weights["linear.weight"].shape), bias="linear.bias" in weights)
    layer.load_state_dict({key.removeprefix("linear."): value for key, value in weights.items()})
    return layer.to(dtype).eval(), _activations()[name]
