"""Train the space in which words of translations meet, and write `models/wordspace.safetensors`.

    python -m benchmarks.train_wordspace [--shared ../shared] [--cache FILE] [--size 64] [--steps 4000]

The encoder stays as it is: its middle layer's word vectors of 15,000 sentence pairs are computed once (`--cache` keeps them; five
minutes of a core), then a projection and a weight for each word are trained on them (Adam, two minutes). A sentence is to find its
translation among the sentences around it in its document and some of another one, by the weighted mean of its words' best
cosines; a second loss asks for one threshold between translations and all others. Origins are software help and messages under
MPL-2.0, CC-BY-3.0, MIT, ISC and Apache-2.0 (Debian's handbook: GPL-2+ or CC-BY-SA-3.0); none of them is news or evaluation data.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from songngu.models.coverage import words
from songngu.models.encoders import encoder
from songngu.models.wordspace import FILE

if TYPE_CHECKING:
    import torch

# What `fit_alignment` uses is not among them: on texts that the space was trained on, its words would seem surer than they are.
ORIGINS = (
    "lohelp debian-handbook mozilla-firefox-esr mozilla-thunderbird gettext:godot osm-id homeassistant mattermost "
    "gettext:audacity-data canvas-quiz"
).split()
MOST = {"lohelp": 5000}  # of 1500: the one that has most running prose
SHORTEST, LONGEST = 6, 45  # French words
LAYER = 9  # of the encoder's twelve: where coverage looks, too
RUN = 16  # neighbouring pairs in a batch, from each of two places

Vectors = list[np.ndarray]


def read(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The pairs of each origin, in running order."""
    found: dict[str, list[tuple[str, str]]] = {origin: [] for origin in ORIGINS}
    for line in path.read_text(encoding="utf-8").splitlines():
        source, target, origin = line.split("\t")
        if (
            origin in found
            and SHORTEST <= len(source.split()) <= LONGEST
            and len(found[origin]) < MOST.get(origin, 1500)
        ):
            found[origin].append((source, target))
    return found


def collected(pairs: dict[str, list[tuple[str, str]]], cache: Path | None) -> tuple[list[int], Vectors, Vectors]:
    """Sizes of the origins, and for each sentence of either side the centred vectors of its words."""
    sizes = [len(lines) for lines in pairs.values()]
    if cache and cache.is_file():
        stored = np.load(cache)
        sides = [np.split(stored[f"rows{k}"], stored[f"ends{k}"][:-1]) for k in (0, 1)]
    else:
        sides = [
            encoded([pair[k] for lines in pairs.values() for pair in lines], code)
            for k, code in enumerate(("fr", "vi"))
        ]
        if cache:
            ends = [np.cumsum([len(rows) for rows in side]) for side in sides]
            np.savez(
                cache, rows0=np.concatenate(sides[0]), rows1=np.concatenate(sides[1]), ends0=ends[0], ends1=ends[1]
            )
    return sizes, sides[0], sides[1]


def encoded(texts: Sequence[str], language: str) -> Vectors:
    coder: Any = encoder()
    parts = (words(coder, texts[at : at + 1000], language) for at in range(0, len(texts), 1000))
    return [vectors.astype(np.float16) for part in parts for _, vectors in part]


def batches(sizes: Sequence[int], steps: int, rng: random.Random) -> Iterator[list[int]]:
    """Numbers of pairs: a run of neighbours from each of two places."""
    ends = np.cumsum(sizes)
    places = [(int(end) - size, int(end)) for end, size in zip(ends, sizes, strict=True) if size > RUN]
    weights = [math.sqrt(end - start) for start, end in places]
    for _ in range(steps):
        starts = [rng.randrange(start, end - RUN) for start, end in rng.choices(places, weights, k=2)]
        yield [start + k for start in starts for k in range(RUN)]


def padded(rows: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    longest = max(map(len, rows))
    vectors, mask = torch.zeros(len(rows), longest, rows[0].shape[1]), torch.zeros(len(rows), longest)
    for k, row in enumerate(rows):
        vectors[k, : len(row)] = torch.from_numpy(row.astype(np.float32))
        mask[k, : len(row)] = 1
    return vectors, mask


class Space:
    """The parameters, and the score of every sentence of one side with every one of the other."""

    def __init__(self, hidden: int, size: int, sample: np.ndarray) -> None:
        import torch

        directions = np.linalg.svd(sample, full_matrices=False)[2][:size]
        self.projection = torch.nn.Parameter(torch.tensor(directions.T.copy()))
        self.importance = torch.nn.Parameter(torch.zeros(hidden))
        self.bias = torch.nn.Parameter(torch.zeros(1))
        self.threshold = torch.nn.Parameter(torch.tensor([10.0, -5.0]))
        self.sharpness = torch.nn.Parameter(torch.tensor(math.log(20.0)))

    def groups(self) -> list[dict]:
        return [
            {"params": [self.projection], "lr": 1e-3},
            {"params": [self.importance, self.bias], "lr": 9e-3},
            {"params": [self.threshold, self.sharpness], "lr": 1e-2},
        ]

    def scores(self, source: Sequence[np.ndarray], target: Sequence[np.ndarray]) -> torch.Tensor:
        import torch

        sides = [padded(source), padded(target)]
        rows = [torch.nn.functional.normalize(vectors @ self.projection, dim=-1) for vectors, _ in sides]
        weights = [
            (torch.nn.functional.softplus(vectors @ self.importance + self.bias) + 1e-6) * mask
            for vectors, mask in sides
        ]
        alike = torch.einsum("iad,jbd->ijab", *rows)
        alike = alike.masked_fill(sides[0][1][:, None, :, None] == 0, -1).masked_fill(
            sides[1][1][None, :, None, :] == 0, -1
        )
        own = (alike.amax(3) * weights[0][:, None]).sum(2) / weights[0].sum(1)[:, None]
        other = (alike.amax(2) * weights[1][None]).sum(2) / weights[1].sum(1)[None]
        return (own + other) / 2 + torch.minimum(own, other) / 2

    def loss(self, scores: torch.Tensor) -> torch.Tensor:
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

        right, count = torch.eye(len(scores)), len(scores)
        sharp = scores * self.sharpness.exp()
        found = cross_entropy(sharp, torch.arange(count)) + cross_entropy(sharp.T, torch.arange(count))
        told = binary_cross_entropy_with_logits(self.threshold[0] * scores + self.threshold[1], right, reduction="none")
        return found / 2 + (told * (right + (1 - right) / 4)).sum() / count


def trained(sizes: Sequence[int], source: Vectors, target: Vectors, size: int, steps: int) -> Space:
    import torch

    torch.manual_seed(0)
    sample = np.concatenate([*source[:2000], *target[:2000]])[:40000].astype(np.float32)
    space = Space(sample.shape[1], size, sample)
    groups = space.groups()
    optimiser, rates = torch.optim.Adam(groups), [group["lr"] for group in groups]
    losses: list[float] = []
    started = time.time()
    for step, numbers in enumerate(batches(sizes, steps, random.Random(1)), 1):
        kept = [k for k in numbers if len(source[k]) and len(target[k])]
        loss = space.loss(space.scores([source[k] for k in kept], [target[k] for k in kept]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, 2 * (1 - step / steps))
        losses.append(loss.item())
        if step % 500 == 0:
            print(f"step {step}: loss {np.mean(losses[-500:]):.4f}, {time.time() - started:.0f} s", flush=True)
    return space


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--out", type=Path, default=FILE)
    args = parser.parse_args()
    from safetensors.numpy import save_file

    pairs = read(args.shared / "data/train/pairs.fr-vi.tsv")
    space = trained(*collected(pairs, args.cache), args.size, args.steps)
    tensors = {"projection": space.projection, "importance": space.importance, "bias": space.bias}
    kept = {
        name: tensor.detach().numpy().astype(np.float16 if name == "projection" else np.float32)
        for name, tensor in tensors.items()
    }
    about = {"layer": str(LAYER), "origins": " ".join(ORIGINS), "steps": str(args.steps)}
    save_file(kept, args.out, metadata=about)
    print(f"-> {args.out}")


if __name__ == "__main__":
    main()
