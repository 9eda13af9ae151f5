"""Copies of the built-in encoder's middle layers whose weights are changed a little: low-rank adapters (Hu et al. 2021).

The networks that judge texts begin where the encoder's layer START ends; what it makes of a text up to there serves all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .batching import padded_length

if TYPE_CHECKING:
    import torch

START = 3  # layers after this one are changed; counted from 1
HEADS = 12  # of the encoder's attention
SIZE = 384  # of the encoder's states
RANK = 12  # of the changes
# Matrices of a layer by the encoder's names, with their sizes
PARTS = {
    "attention.self.query": (SIZE, SIZE),
    "attention.self.key": (SIZE, SIZE),
    "attention.self.value": (SIZE, SIZE),
    "attention.output.dense": (SIZE, SIZE),
    "intermediate.dense": (4 * SIZE, SIZE),
    "output.dense": (SIZE, 4 * SIZE),
}

Numbers = Mapping[str, "torch.Tensor"]


def shapes(end: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes of the changes to the layers after START, up to `end`."""
    found: dict[str, tuple[int, ...]] = {}
    for layer in range(START, end):
        for part, (wide, narrow) in PARTS.items():
            found |= {f"{layer}.{part}.up": (wide, RANK), f"{layer}.{part}.down": (RANK, narrow)}
    return found


def merged(layers: Sequence[Numbers], numbers: Numbers) -> list[dict[str, torch.Tensor]]:
    """The encoder's layers after START with their changes."""
    found = []
    for number, layer in enumerate(layers, START):
        changes = {
            f"{part}.weight": numbers[f"{number}.{part}.up"] @ numbers[f"{number}.{part}.down"] for part in PARTS
        }
        found.append({name: value + changes[name] if name in changes else value for name, value in layer.items()})
    return found


def padded(states: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Texts (length, SIZE) each in one array (n, longest, SIZE), and where they are (n, longest)."""
    import torch

    length = padded_length([len(x) for x in states])
    rows = torch.stack([torch.nn.functional.pad(x, (0, 0, 0, length - len(x))) for x in states])
    return rows, torch.arange(length) < torch.tensor([[len(x)] for x in states])


def passed(rows: torch.Tensor, inside: torch.Tensor, layer: Numbers, drop: float = 0.0) -> torch.Tensor:
    """States (n, length, SIZE) after one layer; `drop` is the share of what it adds that is left out (in training)."""
    from torch.nn.functional import dropout, gelu, layer_norm, linear

    def times(x: torch.Tensor, part: str) -> torch.Tensor:
        return linear(x, layer[f"{part}.weight"], layer[f"{part}.bias"])

    def normed(x: torch.Tensor, part: str) -> torch.Tensor:
        return layer_norm(x, (SIZE,), layer[f"{part}.LayerNorm.weight"], layer[f"{part}.LayerNorm.bias"], 1e-12)

    q, k, v = (
        times(rows, f"attention.self.{part}").unflatten(2, (HEADS, -1)).transpose(1, 2)
        for part in ("query", "key", "value")
    )
    # written out: torch's fused attention trains at half the speed on a CPU
    shares = (q @ k.transpose(2, 3)) * q.shape[3] ** -0.5
    seen = shares.masked_fill(~inside[:, None, None, :], -1e4).softmax(3) @ v
    seen = times(seen.transpose(1, 2).flatten(2), "attention.output.dense")
    rows = normed(rows + dropout(seen, drop, drop > 0), "attention.output")
    wide = times(gelu(times(rows, "intermediate.dense")), "output.dense")
    return normed(rows + dropout(wide, drop, drop > 0), "output")
