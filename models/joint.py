"""The networks that read both texts of a pair together, for quality estimation and for doubtful beads.

Each text passes the built-in encoder's lower layers alone; there, words that translate each other are neighbours. A small network then
looks at every sub-word beside its counterpart in the other text, lets all of them attend to each other, and judges each of them and
the pair. QUALITY (benchmarks/train_quality.py) says whether a sub-word is wrong and whether text is missing before it, and whether the
pair is right; BEADS (benchmarks/train_reader.py) whether a sub-word has no counterpart, whether the texts say the same, and whether one
says a line of the other. For each of them the encoder's layers are changed a little, too (`adapters`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..data.languages import base
from . import adapters
from .adapters import START, Numbers
from .batching import in_batches, padded_length

if TYPE_CHECKING:
    import torch

    from .transformer import TransformerEncoder

ENCODER = "builtin-e5-small-1"
QUALITY, BEADS = "quality.safetensors", "reader.safetensors"
LAYERS = (
    6,
    9,
)  # of the encoder, counted from 1: the one that aligns words best, and the one that tells best what has no counterpart
HEADS = 4
DEPTH = 2  # layers of the small network
SCALARS = 8  # numbers that say how like a sub-word and its counterpart are
_SHARPNESS = 20.0  # of a sub-word's choice of its counterpart
TOKENS = 4096  # padded sub-words in one batch


@dataclass(frozen=True, slots=True)
class Apart:
    """One text read alone: its sub-words' numbers (length,) and their reduced, centred states (length, layers, k)."""

    ids: torch.Tensor
    states: torch.Tensor


def reduced(ids: Sequence[int], states: Sequence[torch.Tensor], language: str, numbers: Numbers) -> Apart:
    """A text of which these are the sub-words, and their states (length, size) after each of LAYERS."""
    import torch

    return Apart(torch.tensor(ids), projected(states, language, numbers).half())


def projected(states: Sequence[torch.Tensor], language: str, numbers: Numbers) -> torch.Tensor:
    """States (length, layers, k): those after each of LAYERS, reduced by `basis` (layers, size, k) after taking away the language's
    `means.<code>` (layers, size), or `means`, those of all languages."""
    import torch

    means = numbers.get(f"means.{base(language)}", numbers["means"])
    rows = [(states[k].float() - means[k].float()) @ numbers["basis"][k].float() for k in range(len(LAYERS))]
    return torch.stack(rows, 1)


def passed_on(
    states: Sequence[torch.Tensor], layers: Sequence[Numbers], drop: float = 0.0
) -> list[tuple[torch.Tensor, ...]]:
    """For each text its states (length, size) after each of LAYERS, from those after the encoder's layer START; `layers` are
    `adapters.merged`."""
    kept = passed_through(*adapters.padded(states), layers, drop)
    return [tuple(rows[i, : len(x)] for rows in kept) for i, x in enumerate(states)]


def passed_through(
    rows: torch.Tensor, inside: torch.Tensor, layers: Sequence[Numbers], drop: float = 0.0
) -> list[torch.Tensor]:
    """The states (n, length, size) after each of LAYERS of texts in one array (see `adapters.padded`), as `passed_on` gives them."""
    rows, kept = rows.to(layers[0]["output.dense.weight"].dtype), []
    for number, layer in enumerate(layers, START + 1):
        rows = adapters.passed(rows, inside, layer, drop)
        if number in LAYERS:
            kept.append(rows)
    return kept


class Adapted:
    """The encoder's layers after START as a network has changed them, on an encoder that it fits."""

    def __init__(self, encoder: TransformerEncoder, name: str = QUALITY) -> None:
        import torch

        layers = encoder.layer_weights(START, LAYERS[-1])
        dtype = layers[0]["output.dense.weight"].dtype
        with torch.inference_mode():
            self._layers = adapters.merged(layers, {name: value.to(dtype) for name, value in built_in(name).items()})

    def states(self, started: Sequence[torch.Tensor]) -> list[tuple[torch.Tensor, ...]]:
        """For each text its states (length, size) after each of LAYERS, from those after START."""
        import torch

        with torch.inference_mode():
            return in_batches(started, [len(x) for x in started], TOKENS, lambda some: passed_on(some, self._layers))


def read_together(
    pairs: Sequence[tuple[Apart, Apart]], numbers: Numbers, drop: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n,) of the pairs, or (n, judgements) where a network has several; logits (n, length, tags) of sub-words, source then
    target. `drop` is the share of what is seen that is left out (in training)."""
    import torch

    length = padded_length([len(a.ids) + len(b.ids) for a, b in pairs])
    ids = torch.stack([_joined(a.ids, b.ids, length) for a, b in pairs])
    states = torch.stack([_joined(a.states, b.states, length) for a, b in pairs])
    return read_joined(ids, states, torch.tensor([[len(a.ids), len(b.ids)] for a, b in pairs]), numbers, drop)


def read_joined(
    ids: torch.Tensor, states: torch.Tensor, sizes: torch.Tensor, numbers: Numbers, drop: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """What `read_together` says of pairs in one array: sub-words (n, length), their states (n, length, layers, k), source then target,
    and how many of either there are (n, 2)."""
    import torch
    from torch.nn.functional import dropout, linear

    states, place = states.to(numbers["types"].dtype), torch.arange(ids.shape[1])
    sides = torch.where(place < sizes[:, :1], 0, torch.where(place < sizes.sum(1, keepdim=True), 1, -1))
    seen = dropout(_beside(ids, states, sides, sizes), drop, drop > 0)
    rows = linear(seen, numbers["enter.weight"], numbers["enter.bias"]) + numbers["types"][sides.clamp(0)]
    mask = (sides >= 0)[:, None, None, :]
    for number in range(DEPTH):
        rows = _layer(dropout(rows, drop, drop > 0), mask, numbers, f"layer{number}")
    return _judgements(dropout(_normed(rows, numbers, "last"), drop, drop > 0), sides, numbers)


def _joined(one: torch.Tensor, other: torch.Tensor, length: int) -> torch.Tensor:
    import torch

    short = length - len(one) - len(other)
    return torch.cat([one, other, one.new_zeros((short, *one.shape[1:]))])


def _beside(ids: torch.Tensor, states: torch.Tensor, sides: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    """Each sub-word's own state, how it differs from its counterpart's, and the numbers that say how like they are."""
    import torch
    from torch.nn.functional import normalize

    apart = (sides[:, :, None] == sides[:, None, :]) | (sides < 0)[:, None, :] | (sides < 0)[:, :, None]
    own = [normalize(states[:, :, k].float(), dim=2) for k in range(states.shape[2])]
    alike = [(rows @ rows.transpose(1, 2)).masked_fill(apart, -1.0) for rows in own]
    best = [table.topk(2, dim=2) for table in alike]
    nearest = best[-1].indices[:, :, 0]
    back = nearest.gather(1, nearest) == torch.arange(ids.shape[1])
    same = ((ids[:, :, None] == ids[:, None, :]) & ~apart).any(2)
    where = _places(sides, sizes)
    scalars = torch.stack(
        [
            best[0].values[:, :, 0],
            best[1].values[:, :, 0],
            best[0].values[:, :, 0] - best[0].values[:, :, 1],
            best[1].values[:, :, 0] - best[1].values[:, :, 1],
            back.float(),
            same.float(),
            (where - where.gather(1, nearest)).abs(),
            alike[0].gather(2, nearest[:, :, None])[:, :, 0],
        ],
        2,
    )
    others = [(table * _SHARPNESS).softmax(2) @ rows for table, rows in zip(alike, own, strict=True)]
    scale = states.shape[3] ** 0.5
    seen = [own[1] * scale, (own[0] - others[0]) * scale, (own[1] - others[1]) * scale, own[1] * others[1] * scale]
    return torch.cat([*seen, scalars], 2).to(states.dtype)


def _places(sides: torch.Tensor, sizes: torch.Tensor) -> torch.Tensor:
    """Where a sub-word stands in its text, from 0 to 1."""
    import torch

    at = torch.arange(sides.shape[1])
    return torch.where(sides == 1, (at - sizes[:, :1]) / sizes[:, 1:], at / sizes[:, :1]).clamp(0, 1)


def _layer(rows: torch.Tensor, mask: torch.Tensor, numbers: Numbers, name: str) -> torch.Tensor:
    from torch.nn.functional import gelu, linear

    def times(x: torch.Tensor, part: str) -> torch.Tensor:
        return linear(x, numbers[f"{name}.{part}.weight"], numbers[f"{name}.{part}.bias"])

    split = (*rows.shape[:2], HEADS, -1)
    q, k, v = (
        x.reshape(split).transpose(1, 2) for x in times(_normed(rows, numbers, f"{name}.first"), "qkv").chunk(3, 2)
    )
    # written out: torch's fused attention trains at half the speed on a CPU
    shares = ((q @ k.transpose(2, 3)) * q.shape[3] ** -0.5).masked_fill(~mask, -1e4).softmax(3)
    seen = (shares @ v).transpose(1, 2).reshape(rows.shape)
    rows = rows + times(seen, "out")
    return rows + times(gelu(times(_normed(rows, numbers, f"{name}.second"), "wide")), "narrow")


def _normed(rows: torch.Tensor, numbers: Numbers, name: str) -> torch.Tensor:
    from torch.nn.functional import layer_norm

    return layer_norm(rows, rows.shape[-1:], numbers[f"{name}.weight"], numbers[f"{name}.bias"])


def _judgements(rows: torch.Tensor, sides: torch.Tensor, numbers: Numbers) -> tuple[torch.Tensor, torch.Tensor]:
    import torch
    from torch.nn.functional import linear

    tags = linear(rows, numbers["tags.weight"], numbers["tags.bias"]).float()
    pooled, worst = [], []
    for side in (0, 1):
        inside = (sides == side).unsqueeze(-1)
        pooled.append((rows * inside).sum(1) / inside.sum(1))
        pooled.append(rows.masked_fill(~inside, -1e4).amax(1))
        worst.append(tags.masked_fill(~inside, -1e4).logsumexp(1))
    inner = torch.tanh(linear(torch.cat(pooled, 1), numbers["inner.weight"], numbers["inner.bias"])).float()
    seen = torch.cat([inner, *worst], 1)
    return linear(seen, numbers["outer.weight"].float(), numbers["outer.bias"].float()).squeeze(1), tags


def shapes(reduced: int, width: int, inner: int, *, judgements: int = 1, tags: int = 2) -> dict[str, tuple[int, ...]]:
    """The names and shapes of a network's numbers that are trained, but for adapters: `judgements` of a pair, `tags` of a sub-word."""
    found: dict[str, tuple[int, ...]] = {"types": (2, width)}

    def matrix(name: str, wide: int, narrow: int) -> None:
        found.update({f"{name}.weight": (wide, narrow), f"{name}.bias": (wide,)})

    matrix("enter", width, 4 * reduced + SCALARS)
    for k in range(DEPTH):
        for part, wide, narrow in (("qkv", 3, 1), ("out", 1, 1), ("wide", 2, 1), ("narrow", 1, 2)):
            matrix(f"layer{k}.{part}", wide * width, narrow * width)
        for part in ("first", "second"):
            found.update({f"layer{k}.{part}.{what}": (width,) for what in ("weight", "bias")})
    found.update({f"last.{what}": (width,) for what in ("weight", "bias")})
    matrix("tags", tags, width)
    matrix("inner", inner, 4 * width)
    matrix("outer", judgements, inner + 2 * tags)
    return found


def languages(name: str = QUALITY) -> tuple[str, ...]:
    """The languages that a network was trained on."""
    return tuple(sorted(key.removeprefix("means.") for key in built_in(name) if key.startswith("means.")))


@cache
def built_in(name: str = QUALITY) -> dict[str, torch.Tensor]:
    """The numbers of a network that ships."""
    from safetensors.torch import load

    content = (resources.files(__package__ or "songngu.models") / name).read_bytes()
    return {name: value.float() for name, value in load(content).items()}


def one_text(parts: Sequence[Apart]) -> Apart:
    """Texts that were read one by one, as one text."""
    import torch

    return Apart(torch.cat([p.ids for p in parts]), torch.cat([p.states for p in parts]))


def fits(encoder: Any) -> bool:
    """Whether the networks' numbers belong to this encoder."""
    return str(getattr(encoder, "signature", "")).startswith(f"enc:{ENCODER}-") and hasattr(encoder, "read")


def knows(encoder: Any, tags: Sequence[str], name: str = QUALITY) -> bool:
    """Whether a network's numbers belong to this encoder, and it was trained on these languages."""
    return fits(encoder) and {base(tag) for tag in tags} <= {*languages(name)}


def judged(
    pairs: Sequence[tuple[Apart, Apart]], numbers: Numbers
) -> list[tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]]:
    """The network's logit (), or logits (judgements,), of each pair, in order, and logits (length, tags) of each side's sub-words. Pairs
    of like length are read together."""
    import torch

    def judge(
        some: list[tuple[Apart, Apart]],
    ) -> list[tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]]:
        rows = zip(some, *read_together(some, numbers), strict=True)
        return [(logit, (tags[: len(a.ids)], tags[len(a.ids) :][: len(b.ids)])) for (a, b), logit, tags in rows]

    with torch.inference_mode():
        return in_batches(pairs, [len(a.ids) + len(b.ids) for a, b in pairs], TOKENS, judge)
