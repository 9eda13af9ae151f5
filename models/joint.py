"""The encoder that reads both texts of a pair together: the built-in encoder's lower layers on each text alone, its upper layers on
both side by side, with a low-rank adapter (Hu et al. 2021) and a head on top (`quality.safetensors`, made by
benchmarks/train_quality.py).

The lower layers make neighbours of words that translate each other; the upper ones then look from each text into the other for what is
missing, added or changed. Every text passes the lower layers once, however many translations stand beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import SongnguError

if TYPE_CHECKING:
    import torch

    from .transformer import TransformerEncoder

    Linear = Callable[[torch.Tensor], torch.Tensor]

LONGEST = 250  # tokens of one text that are looked at
_TOKENS = 4096  # padded tokens in one batch
_BUCKET = 8  # lengths are padded to a multiple of this
# A layer's matrices, in the order of its computation, as Hugging Face's BERT names them
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer: its matrices in the order of MATRICES, and its two norms as (weight, bias)."""

    matrices: Sequence[Linear]
    norms: Sequence[tuple[torch.Tensor, torch.Tensor]]
    heads: int

    def __call__(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """States (n, length, size) after this layer; `mask` (n, 1, 1, length) is true where there is a token."""
        from torch.nn.functional import gelu, scaled_dot_product_attention

        query, key, value, out, widen, narrow = self.matrices
        split = (*states.shape[:2], self.heads, -1)
        q, k, v = (matrix(states).view(split).transpose(1, 2) for matrix in (query, key, value))
        seen = scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(states.shape)
        states = self._normed(states + out(seen), 0)
        return self._normed(states + narrow(gelu(widen(states))), 1)

    def _normed(self, states: torch.Tensor, which: int) -> torch.Tensor:
        from torch.nn.functional import layer_norm

        return layer_norm(states, states.shape[-1:], *self.norms[which], eps=1e-12)


def layers_of(network: Any, wrap: Callable[[str, Any], Linear]) -> list[Layer]:
    """The layers of a Hugging Face BERT; `wrap` makes what multiplies by a matrix from its name (`6.output.dense`) and module."""
    found = []
    for number, layer in enumerate(network.encoder.layer):
        norms = [layer.get_submodule(name) for name in _NORMS]
        found.append(
            Layer(
                [wrap(f"{number}.{name}", layer.get_submodule(name)) for name in MATRICES],
                [(norm.weight, norm.bias) for norm in norms],
                network.config.num_attention_heads,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Head:
    """What is read off the joint states: for each token whether it is wrong and whether text is missing before it, and from all of
    them one logit for the pair."""

    tags: tuple[torch.Tensor, torch.Tensor]  # (2, size), (2,)
    inner: tuple[torch.Tensor, torch.Tensor]  # (k, 4 · size)
    outer: tuple[torch.Tensor, torch.Tensor]  # (1, k + 4)

    def __call__(self, states: torch.Tensor, sides: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (n,) that the pair is right, and logits (n, length, 2) that a token is wrong; `sides` is 0 at source tokens, 1 at
        target tokens, -1 beside."""
        import torch
        from torch.nn.functional import linear

        states = states.float()
        tags = linear(states, *self.tags)
        pooled, worst = [], []
        for side in (0, 1):
            inside = sides == side
            weights = (inside / inside.sum(1, keepdim=True)).unsqueeze(-1)
            pooled += [(states * weights).sum(1), states[torch.arange(len(states)), inside.int().argmax(1)]]
            worst.append(tags.masked_fill(~inside.unsqueeze(-1), -1e4).logsumexp(1))
        inner = torch.tanh(linear(torch.cat(pooled, 1), *self.inner))
        return linear(torch.cat([inner, *worst], 1), *self.outer).squeeze(1), tags


@dataclass(frozen=True, slots=True)
class JointNetwork:
    """Both texts of a pair through one network; `types` (2, size) marks the sides where they meet, after `meet` layers."""

    embed: Callable[[torch.Tensor], torch.Tensor]
    layers: Sequence[Layer]
    meet: int
    types: torch.Tensor
    head: Head

    def apart(self, texts: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """For each text (token numbers) its states (length, size) where the sides meet."""
        import torch

        found: dict[int, torch.Tensor] = {}
        for batch in batches([len(text) for text in texts]):
            ids, mask = _padded([texts[i] for i in batch])
            with torch.no_grad():
                states = self.embed(ids)
                for layer in self.layers[: self.meet]:
                    states = layer(states, mask)
            found.update({i: states[row, : len(texts[i])] for row, i in enumerate(batch)})
        return [found[i] for i in range(len(texts))]

    def together(self, pairs: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of pairs of states, and of their tokens, as Head gives them."""
        import torch

        types = self.types.to(pairs[0][0].dtype)
        length = -(-max(len(a) + len(b) for a, b in pairs) // _BUCKET) * _BUCKET
        rows, sides = [], torch.full((len(pairs), length), -1)
        for row, (a, b) in enumerate(pairs):
            joined = torch.cat([a + types[0], b + types[1]])
            rows.append(torch.nn.functional.pad(joined, (0, 0, 0, length - len(joined))))
            sides[row, : len(a)], sides[row, len(a) : len(joined)] = 0, 1
        states, mask = torch.stack(rows), (sides >= 0)[:, None, None, :]
        for layer in self.layers[self.meet :]:
            states = layer(states, mask)
        return self.head(states, sides)


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of texts of like length, longest first, as many as make a batch."""
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    while order:
        size = max(1, _TOKENS // (-(-lengths[order[0]] // _BUCKET) * _BUCKET))
        yield order[:size]
        order = order[size:]


def _padded(texts: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    length = -(-max(map(len, texts)) // _BUCKET) * _BUCKET
    ids = torch.tensor([[*text, *[1] * (length - len(text))] for text in texts])
    mask = torch.tensor([[True] * len(text) + [False] * (length - len(text)) for text in texts])
    return ids, mask[:, None, None, :]
