"""Train the part of the quality estimate that reads both texts together: models/quality.safetensors.

    python -m benchmarks.train_quality --data ../shared/data --groups 20000     (about 100 CPU-minutes with bf16 arithmetic)
    python -m benchmarks.quality --train                                        (then weighs and calibrates the estimate)

Learned from: NTREX dev in five languages, every language with every other (CC-BY-SA-4.0; of the 63 documents every fifth is held out
for checking and for `benchmarks.quality --train`), and prose of `pairs.fr-vi.tsv` whose licence is permissive or MPL, at most
MOST pairs of one origin, without pairs that the encoder finds unlike. A group is a true pair and some damaged ones
(`quality_damage`), damaged on the target's side mostly. The loss asks that the true pair stands above its own damaged ones, that the
logit is a chance, and that words that were changed, and places where words are gone, are told.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from songngu.eval.damage import KINDS, Pairs, damaged
from songngu.models.encoders import encoder
from songngu.models.joint import Head, JointNetwork, layers_of
from songngu.models.similarity import centred, reference_mean
from torch import Tensor

from benchmarks.learn_filters import pairs as shippable
from benchmarks.quality_damage import Case, harmless, some_damaged

MOST = 1200  # pairs of one origin
LEAST = 0.45  # centred cosine of a pair that is used
LANGUAGES = ("fr", "vi", "en", "de", "es")
HELD_OUT = 5  # every fifth document of NTREX dev
INNER = 64  # units of the head
WHOLLY_WRONG = ("other sentence", "untranslated")


@dataclass(frozen=True, slots=True)
class Text:
    """Parallel texts by language, in the order of their document."""

    sides: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair to train on: token numbers of both sides, whether it is true, and for each token whether it is wrong and whether text is
    missing before it (2 columns; nan where that is unknown)."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    true: bool
    tags: np.ndarray
    kind: str


def ntrex_documents(data: Path, *, held_out: bool) -> list[Text]:
    """NTREX dev without the held-out documents, or only those."""
    lines = (data / "eval" / "ntrex" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    chosen = [json.loads(line) for k, line in enumerate(lines) if (k % HELD_OUT == 0) == held_out]
    return [Text({language: row[language] for language in (*LANGUAGES, "fr_ca")}) for row in chosen]


def software(data: Path, seed: int) -> list[Text]:
    """Runs of neighbouring pairs of `pairs.fr-vi.tsv` of each origin, without unlike ones."""
    rng, found = random.Random(seed), []
    coder = encoder()
    for rows in shippable(data / "train").values():
        at = rng.randrange(max(len(rows) - MOST, 0) + 1)
        kept = [row for row in rows[at : at + MOST] if max(len(side.split()) for side in row) <= 70]
        sides = {code: [row[k] for row in kept] for k, code in enumerate(("fr", "vi"))}
        vectors = [centred(coder.encode(texts, code), reference_mean(coder, code)) for code, texts in sides.items()]
        alike = (vectors[0] * vectors[1]).sum(1) >= LEAST
        found.append(Text({code: [t for t, a in zip(texts, alike, strict=True) if a] for code, texts in sides.items()}))
    return [text for text in found if len(text.sides["fr"]) > 5]


class Groups:
    """An endless stream of groups: a true pair and its damaged ones."""

    def __init__(self, news: Sequence[Text], prose: Sequence[Text], tokenise: Any, *, seed: int, damages: int) -> None:
        self._news = [(text, i) for text in news for i in range(len(text.sides["fr"]))]
        self._prose = [(text, i) for text in prose for i in range(len(text.sides["fr"]))]
        self._pools = {
            code: [t for text in (*news, *prose) for t in text.sides.get(code, ()) if len(t.split()) >= 4]
            for code in LANGUAGES
        }
        self._tokenise, self._rng, self._damages = tokenise, random.Random(seed), damages

    def __iter__(self) -> Iterator[list[Pair]]:
        while True:
            group = self._group()
            if len(group) > 1:
                yield group

    def _group(self) -> list[Pair]:
        rng = self._rng
        news = rng.random() < 0.6
        text, i = rng.choice(self._news if news else self._prose)
        codes = self._languages(news)
        files = ["fr_ca" if code == "fr" and news and rng.random() < 0.2 else code for code in codes]
        pair = [text.sides[name][i] for name in files]
        if rng.random() < 0.25:
            side = rng.randrange(2)
            pair[side] = harmless(pair[side], rng)
        # Damage to the source's side is text added by the translation
        side = 1 if rng.random() < 0.75 else 0
        near = [text.sides[files[side]][j] for j in range(max(0, i - 3), min(len(text.sides["fr"]), i + 4)) if j != i]
        case = Case(pair[side], codes[side], pair[1 - side], codes[1 - side], near, self._pools[codes[side]])
        return self._pairs(pair, side, some_damaged(case, rng, self._damages))

    def _languages(self, news: bool) -> tuple[str, str]:
        rng = self._rng
        if not news or rng.random() < 0.45:
            return ("fr", "vi") if rng.random() < 0.5 else ("vi", "fr")
        one, other = rng.sample(LANGUAGES, 2)
        return one, other

    def _pairs(self, pair: Sequence[str], side: int, wrong: Sequence[tuple[str, str]]) -> list[Pair]:
        tokens = [tuple(ids) for ids in self._tokenise([*pair, *(text for _, text in wrong)])]
        right = tokens[:2]
        found = [Pair(right[0], right[1], True, np.zeros((len(right[0]) + len(right[1]), 2)), "true")]
        for (kind, _), ids in zip(wrong, tokens[2:], strict=True):
            sides, tags = list(right), [np.full((len(t), 2), np.nan) for t in right]
            sides[side], tags[side] = ids, _tags(right[side], ids, kind)
            found.append(Pair(sides[0], sides[1], False, np.concatenate(tags), kind))
        return found


def _tags(right: Sequence[int], ids: Sequence[int], kind: str) -> np.ndarray:
    tags = np.zeros((len(ids), 2))
    if kind in WHOLLY_WRONG:
        tags[1:-1, 0] = 1
        return tags
    for what, a, b, c, d in SequenceMatcher(None, right, ids, autojunk=False).get_opcodes():
        if what != "equal":
            tags[c:d, 0] = 1
        if what != "equal" and b > a:
            tags[min(c if what == "delete" else d, len(ids) - 1), 1] = 1
    return tags


class Adapter:
    """The trained numbers: low-rank changes of the upper layers' matrices, marks of the sides, and the head."""

    def __init__(self, network: Any, meet: int, rank: int) -> None:
        torch.manual_seed(1)
        self.meet, self.rank, self.numbers, size = meet, rank, {}, network.config.hidden_size

        def new(name: str, *shape: int, scale: float = 0.0) -> Tensor:
            self.numbers[name] = (torch.randn(shape) * scale).requires_grad_()
            return self.numbers[name]

        def wrap(name: str, module: Any) -> Any:
            weight, bias = module.weight, module.bias
            if int(name.split(".")[0]) < meet:
                return lambda x: torch.nn.functional.linear(x, weight, bias)
            down = new(f"{name}.down", rank, weight.shape[1], scale=weight.shape[1] ** -0.5)
            up = new(f"{name}.up", weight.shape[0], rank)
            return lambda x: torch.nn.functional.linear(x, weight, bias) + (x @ down.T.to(x.dtype)) @ up.T.to(x.dtype)

        layers = layers_of(network, wrap)
        head = Head(
            (new("tags.weight", 2, size, scale=0.02), new("tags.bias", 2)),
            (new("inner.weight", INNER, 4 * size, scale=0.02), new("inner.bias", INNER)),
            (new("outer.weight", 1, INNER + 4, scale=0.05), new("outer.bias", 1)),
        )
        self.network = JointNetwork(network.embeddings, layers, meet, new("types", 2, size, scale=0.02), head)

    def save(self, path: Path, averaged: dict[str, Tensor], origin: dict[str, str]) -> None:
        """Write the averaged numbers in half precision."""
        save_file({name: value.half().contiguous() for name, value in averaged.items()}, path, metadata=origin)


def loss_of(groups: Sequence[Sequence[Pair]], adapter: Adapter) -> tuple[Tensor, np.ndarray]:
    """The loss of some groups, and the logits of their pairs."""
    pairs = [pair for group in groups for pair in group]
    texts = list(dict.fromkeys(t for pair in pairs for t in (pair.source, pair.target)))
    states = dict(zip(texts, adapter.network.apart(texts), strict=True))
    logits, tags = adapter.network.together([(states[p.source], states[p.target]) for p in pairs])
    true = torch.tensor([float(p.true) for p in pairs])
    weights = torch.cat([torch.tensor([1.0] + [1 / (len(g) - 1)] * (len(g) - 1)) for g in groups])
    point = torch.nn.functional.binary_cross_entropy_with_logits(logits, true, weights, reduction="sum") / 2
    ranks, at = torch.tensor(0.0), 0
    for group in groups:
        own = logits[at : at + len(group)]
        ranks = ranks + torch.nn.functional.softplus(own[1:] - own[0]).mean()
        at += len(group)
    wanted = torch.full(tags.shape, torch.nan)
    for row, pair in enumerate(pairs):
        wanted[row, : len(pair.tags)] = torch.from_numpy(pair.tags)
    known = ~wanted.isnan()
    token = torch.nn.functional.binary_cross_entropy_with_logits(
        tags[known], wanted[known], pos_weight=torch.tensor(2.0)
    )
    return (point + ranks) / len(groups) + token, logits.detach().numpy()


def checks(documents: Sequence[Text], most: int) -> list[tuple[str, str, str]]:
    """Held-out pairs, true and damaged by the maker that measures: (kind with direction, source, target)."""
    sides = [[s for d in documents for s in d.sides[code]] for code in ("fr", "vi")]
    found = []
    for pairs in (Pairs(sides[0], sides[1], "fr", "vi"), Pairs(sides[1], sides[0], "vi", "fr")):
        way = pairs.target_language
        found += [(f"{way} true", s, t) for s, t in zip(pairs.sources[:most], pairs.targets[:most], strict=True)]
        for kind in KINDS:
            found += [(f"{way} {kind}", pairs.sources[i], t) for i, t in damaged(pairs, kind, seed=7)[: most // 2]]
    return found


def areas(rows: Sequence[tuple[str, str, str]], logits: np.ndarray) -> dict[str, float]:
    """AUC by direction and kind, and of all."""
    kinds = np.array([kind for kind, *_ in rows])
    found = {}
    for kind in dict.fromkeys(kinds):
        way = kind.split()[0]
        good, bad = logits[kinds == f"{way} true"], logits[kinds == kind]
        found[kind] = float(np.mean(good[:, None] > bad[None, :]))
    return {kind: area for kind, area in found.items() if not kind.endswith("true")}


def measure(adapter: Adapter, rows: Sequence[tuple[str, str, str]], tokenise: Any) -> dict[str, float]:
    """AUC of the present numbers."""
    ids = [[tuple(t) for t in tokenise([row[k] for row in rows])] for k in (1, 2)]
    texts = list(dict.fromkeys([*ids[0], *ids[1]]))
    with torch.no_grad():
        states = dict(zip(texts, adapter.network.apart(texts), strict=True))
        pairs = [(states[a], states[b]) for a, b in zip(*ids, strict=True)]
        order = sorted(range(len(pairs)), key=lambda i: len(ids[0][i]) + len(ids[1][i]))
        logits = np.zeros(len(pairs))
        for at in range(0, len(order), 32):
            chosen = order[at : at + 32]
            logits[chosen] = adapter.network.together([pairs[i] for i in chosen])[0].numpy()
    return areas(rows, logits)


def batched(groups: Iterator[list[Pair]], size: int, pool: int = 64) -> Iterator[list[list[Pair]]]:
    """Groups of like length, `size` of them, the batches of each pool in random order."""
    rng = random.Random(5)
    while True:
        some = sorted((next(groups) for _ in range(pool)), key=lambda g: len(g[0].source) + len(g[0].target))
        parts = [some[at : at + size] for at in range(0, pool, size)]
        rng.shuffle(parts)
        yield from parts


def train(adapter: Adapter, groups: Groups, args: argparse.Namespace, rows: Sequence[Any], tokenise: Any) -> None:
    """Train, with a warm start and a linear end; write the moving average at every `--every` groups."""
    numbers = adapter.numbers
    optimiser = torch.optim.AdamW(numbers.values(), lr=args.rate, weight_decay=0.01, betas=(0.9, 0.98))
    averaged = {name: value.detach().clone() for name, value in numbers.items()}
    steps, seen, start = args.groups // args.batch, 0, time.process_time()
    losses, right = [], Counter()
    for step, batch in enumerate(batched(iter(groups), args.batch)):
        if step >= steps:
            break
        rate = args.rate * min((step + 1) / 50, 1.0, max(1 - step / steps, 0.02) * 1.5)
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss, logits = loss_of(batch, adapter)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(numbers.values()), 1.0)
        optimiser.step()
        keep = min(0.99, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in numbers.items():
                averaged[name].lerp_(value, 1 - keep)
        losses.append(float(loss.detach()))
        at = 0
        for group in batch:
            own, at = logits[at : at + len(group)], at + len(group)
            for pair, logit in zip(group[1:], own[1:], strict=True):
                right[pair.kind] += int(logit < own[0])
                right[f"{pair.kind} seen"] += 1
        seen += len(batch)
        if step % 50 == 49:
            ranked = {k: round(right[k] / right[f"{k} seen"], 3) for k in sorted(right) if f"{k} seen" in right}
            print(f"{seen} groups, {time.process_time() - start:.0f} CPU s, loss {np.mean(losses):.4f}, ranked {ranked}", flush=True)  # fmt: skip
            losses, right = [], Counter()
        if seen // args.every > (seen - len(batch)) // args.every or step == steps - 1:
            keep_now = {name: value.detach().clone() for name, value in numbers.items()}
            with torch.no_grad():
                for name, value in numbers.items():
                    value.copy_(averaged[name])
            found = measure(adapter, rows, tokenise)
            adapter.save(args.out, averaged, {
                "origin": "benchmarks/train_quality.py: NTREX dev (CC-BY-SA-4.0), permissive and MPL pairs of pairs.fr-vi.tsv, damaged on purpose",
                "encoder": "builtin-e5-small-1", "meet": str(adapter.meet), "rank": str(adapter.rank), "groups": str(seen),
            })  # fmt: skip
            with torch.no_grad():
                for name, value in numbers.items():
                    value.copy_(keep_now[name])
            print(f"== held out after {seen} groups: mean AUC {np.mean(list(found.values())):.4f}  "
                  + "  ".join(f"{kind} {area:.3f}" for kind, area in found.items()), flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("models/quality.safetensors"))
    parser.add_argument("--groups", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=8, help="groups in a step")
    parser.add_argument("--damages", type=int, default=6, help="damaged pairs in a group")
    parser.add_argument("--meet", type=int, default=6, help="layers that read each text alone")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--every", type=int, default=4000, help="groups between checkpoints")
    parser.add_argument("--most", type=int, default=150, help="held-out sentences measured at a checkpoint")
    parser.add_argument("--no-prose", action="store_true", help="news only (for quick tries)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    coder: Any = encoder()
    network = coder.network.requires_grad_(False)
    tokenise = coder.token_numbers
    prose = [] if args.no_prose else software(args.data, 1)
    news = ntrex_documents(args.data, held_out=False)
    print(f"{sum(len(t.sides['fr']) for t in news)} news and {sum(len(t.sides['fr']) for t in prose)} other texts", flush=True)  # fmt: skip
    adapter = Adapter(network, args.meet, args.rank)
    print(f"{sum(v.numel() for v in adapter.numbers.values())} numbers are trained; {math.ceil(args.groups / args.batch)} steps", flush=True)  # fmt: skip
    rows = checks(ntrex_documents(args.data, held_out=True), args.most)
    train(adapter, Groups(news, prose or news, tokenise, seed=3, damages=args.damages), args, rows, tokenise)


if __name__ == "__main__":
    main()
