"""The network that says of one text, without its source, where it limps, for quality estimation.

It goes on from the built-in encoder's layer START: the encoder's next layers, their weights changed a little (`adapters`;
`fluency.safetensors`, made by benchmarks/train_fluency.py), say of each sub-word whether it is wrong there and whether text is missing
before it, and of the text whether it is whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from . import adapters
from .adapters import SIZE, START, Numbers, merged
from .batching import in_batches
from .joint import TOKENS

if TYPE_CHECKING:
    import torch

    from .transformer import TransformerEncoder

END = 7  # the encoder's layers after START, up to this one, are changed
LANGUAGES = ("de", "en", "es", "fr", "vi")  # that the network was trained on
INNER = 48  # numbers of the head


def shapes() -> dict[str, tuple[int, ...]]:
    """The names and shapes of the numbers that are trained."""
    found = adapters.shapes(END)
    for name, wide, narrow in (("tags", 2, 2 * SIZE), ("inner", INNER, 2 * SIZE), ("outer", 1, INNER + 2)):
        found |= {f"{name}.weight": (wide, narrow), f"{name}.bias": (wide,)}
    return found


def read_alone(
    states: Sequence[torch.Tensor], layers: Sequence[Numbers], numbers: Numbers, drop: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n,) that the texts are whole; logits (n, length, 2) that a sub-word is wrong, and that text is missing before it. `states`
    are those after the encoder's layer START, (length, SIZE) each; `layers` are `merged`."""
    import torch
    from torch.nn.functional import linear

    rows, inside = adapters.padded(states)
    rows = rows.to(numbers["tags.weight"].dtype)
    for layer in layers:
        rows = adapters.passed(rows, inside, layer, drop)
    rows = rows * inside[:, :, None]
    beside = torch.cat([rows, rows.roll(1, 1)], 2)
    tags = linear(beside, numbers["tags.weight"], numbers["tags.bias"]).float()
    outside = ~inside[:, :, None]
    pooled = torch.cat([rows.sum(1) / inside.sum(1, keepdim=True), rows.masked_fill(outside, -1e4).amax(1)], 1)
    inner = torch.tanh(linear(pooled.to(rows.dtype), numbers["inner.weight"], numbers["inner.bias"])).float()
    seen = torch.cat([inner, tags.masked_fill(outside, -1e4).logsumexp(1)], 1)
    return linear(seen, numbers["outer.weight"].float(), numbers["outer.bias"].float()).squeeze(1), tags


@cache
def built_in() -> dict[str, torch.Tensor]:
    """The numbers of the network that ships."""
    from safetensors.torch import load

    content = (resources.files(__package__ or "songngu.models") / "fluency.safetensors").read_bytes()
    return {name: value.float() for name, value in load(content).items()}


class Fluency:
    """The network on an encoder that it fits (`joint.fits`)."""

    def __init__(self, encoder: TransformerEncoder, numbers: Numbers | None = None) -> None:
        import torch

        layers = encoder.layer_weights(START, END)
        dtype = layers[0]["output.dense.weight"].dtype
        chosen = {name: value.to(dtype) for name, value in (numbers or built_in()).items()}
        self._numbers: Numbers = chosen
        with torch.inference_mode():
            self._layers = merged(layers, chosen)

    def judged(self, states: Sequence[torch.Tensor]) -> list[tuple[float, torch.Tensor]]:
        """The logit that each text is whole, of its states after the encoder's layer START, in order, and logits of its sub-words
        (length, 2): wrong, text missing before it."""
        import torch

        def judge(some: Sequence[torch.Tensor]) -> list[tuple[float, torch.Tensor]]:
            logits, tags = read_alone(some, self._layers, self._numbers)
            return [(logit, row[: len(x)]) for x, logit, row in zip(some, logits.tolist(), tags, strict=True)]

        with torch.inference_mode():
            return in_batches(states, [len(x) for x in states], TOKENS, judge)
