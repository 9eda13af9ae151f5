"""Train the part of the quality estimate that reads both texts together: models/quality.safetensors.

    python -m benchmarks.train_quality collect --data ../shared/data --texts texts --folder /tmp/groups --groups 40000
    python -m benchmarks.train_quality learn --data ../shared/data --folder /tmp/groups
    python -m benchmarks.train_quality average --networks A B C                 (several runs that began with the same numbers)
    python -m benchmarks.quality --train                                        (then weighs and calibrates the estimate)

Learned from: NTREX dev in five languages, every language with every other (CC-BY-SA-4.0), without every fifth of its documents, which are
for checking and for `benchmarks.quality --train`; the parallel texts of `benchmarks/texts.py`, without every fifth document, too; and
prose of `pairs.fr-vi.tsv` whose licence is permissive or MPL, at most MOST pairs of one origin, without pairs that the encoder finds
unlike.
A group is a true pair and some damaged ones (`quality_damage`), damaged on the target's side mostly. `collect` reads every text once up
to the encoder's layer START, which stays as it is, and keeps what it reads; `learn` changes the layers after it (`models/adapters`) and
learns the network that reads both texts: a true pair stands above its own damaged ones, the logit is a chance, and sub-words that are
wrong, and places where some are gone, are told. `--frozen` leaves the layers as they are: one to begin with is learned twice as fast.
`average` writes the mean of several runs (Wortsman et al. 2022), which loses less of what was known before.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from songngu.data.text import normalise
from songngu.eval.damage import KINDS, Pairs, damaged
from songngu.models import adapters
from songngu.models.adapters import START
from songngu.models.encoders import encoder
from songngu.models.joint import LAYERS, Apart, passed_on, projected, read_together, shapes
from songngu.models.similarity import centred, reference_mean
from torch import Tensor

from benchmarks.learn_filters import pairs as shippable
from benchmarks.quality_damage import Case, denying, harmless, some_damaged
from benchmarks.texts import Text, apart, courses, questions, wikinews

MOST = 1200  # pairs of one origin
FEWEST = 6  # pairs of an origin that is used
MOST_HELD = 60  # held-out pairs of one origin
LEAST = 0.45  # centred cosine of a pair that is used
LANGUAGES = ("fr", "vi", "en", "de", "es")
HELD_OUT = 5  # every fifth document of NTREX dev
REDUCED, WIDTH, INNER = 160, 96, 64  # numbers of a reduced state; of a state of the small network; of the head
SHARD = 200  # groups
AT_ONCE = 4  # shards in memory
READ = 32  # texts of like length that pass the changed layers together
# Share of groups whose pair is sought for having such a thing to damage, and of those whose pair is one of which one text alone denies by
# words (sans, unknown: `không`), lest a denial on one side alone be taken for wrong
SOUGHT = {"negation dropped": 0.14, "number changed": 0.2}
ALONE = 0.15
TRIES = 12  # pairs looked at in search of one
TEXTS = "NTREX dev and XQuAD (CC-BY-SA-4.0), ALT (CC-BY-4.0), lessons (MIT), fr-vi prose under permissive licences and the MPL"
ORIGINS = {"wikinews": 0.4, "news": 0.12, "questions": 0.14, "lessons": 0.16, "software": 0.18}  # shares of groups
WHOLLY_WRONG = ("other sentence", "untranslated")


# What the encoder made of a text: its sub-words, their states after START, and its language
Started = tuple[Tensor, Tensor, str]
# A pair: numbers of its texts, its kind, and tags of its sub-words (length, 2)
Row = tuple[int, int, str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair to train on: both texts with their languages, "true" or its kind of damage, and the side that is damaged."""

    texts: tuple[str, str]
    languages: tuple[str, str]
    kind: str
    side: int

    @property
    def true(self) -> bool:
        return self.kind == "true"


def ntrex(data: Path) -> list[Text]:
    """The documents of NTREX dev."""
    lines = (data / "eval" / "ntrex" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [Text({code: row[code] for code in (*LANGUAGES, "fr_ca")}) for row in map(json.loads, lines)]


def ntrex_documents(data: Path, *, held_out: bool) -> list[Text]:
    """NTREX dev without the held-out documents, or only those."""
    return [text for k, text in enumerate(ntrex(data)) if (k % HELD_OUT == 0) == held_out]


def public(folder: Path, data: Path) -> dict[str, list[Text]]:
    """The parallel texts of `benchmarks/texts.py` by origin, without the held-out documents."""
    read = {"questions": questions(folder), "lessons": courses(folder)}
    found = {kind: [text for k, text in enumerate(some) if k % HELD_OUT] for kind, some in read.items()}
    return {"wikinews": public_news(folder, data), **found}


def public_news(folder: Path, data: Path, *, held_out: bool = False) -> list[Text]:
    """News in English and Vietnamese that shares no text with `data`/eval, without the held-out runs, or only those."""
    return [text for k, text in enumerate(apart(wikinews(folder), data)) if (k % HELD_OUT == 0) == held_out]


def software(data: Path, seed: int, *, held_out: bool = False) -> list[Text]:
    """Runs of neighbouring pairs of `pairs.fr-vi.tsv` of each origin, without unlike ones; or shorter runs that are not among them."""
    rng, found = random.Random(seed), []
    coder = encoder()
    for rows in shippable(data / "train").values():
        at = rng.randrange(max(len(rows) - MOST, 0) + 1)
        run = [*rows[at + MOST :], *rows[:at]][:MOST_HELD] if held_out else rows[at : at + MOST]
        kept = [row for row in run if max(len(side.split()) for side in row) <= 70]
        sides = {code: [row[k] for row in kept] for k, code in enumerate(("fr", "vi"))}
        if len(kept) < FEWEST:
            continue
        vectors = [centred(coder.encode(texts, code), reference_mean(coder, code)) for code, texts in sides.items()]
        alike = (vectors[0] * vectors[1]).sum(1) >= LEAST
        found.append(Text({code: [t for t, a in zip(texts, alike, strict=True) if a] for code, texts in sides.items()}))
    return [text for text in found if len(text.sides["fr"]) >= FEWEST]


def parallel(documents: Sequence[Text], one: str, other: str) -> Pairs:
    """The sentences of some documents in two languages."""
    sides = [[sentence for text in documents for sentence in text.sides[code]] for code in (one, other)]
    return Pairs(sides[0], sides[1], one, other)


def denied_alone(text: Text, i: int) -> list[tuple[str, str]]:
    """Pairs of languages of which the second alone denies by words, in one sentence of a document."""
    known = [code for code in LANGUAGES if code in text.sides]
    denies = {code: bool(denying(text.sides[code][i], code)) for code in known}
    return [(one, other) for one in known for other in known if denies[other] and not denies[one]]


class Groups:
    """An endless stream of groups: a true pair and its damaged ones."""

    def __init__(self, documents: Mapping[str, Sequence[Text]], *, seed: int, damages: int) -> None:
        self._places = {
            kind: [(text, i) for text in some for i in range(len(next(iter(text.sides.values()))))]
            for kind, some in documents.items()
        }
        self._shares = {kind: ORIGINS[kind] for kind, places in self._places.items() if places}
        every = [text for some in documents.values() for text in some]
        self._pools = {
            code: [t for text in every for t in text.sides.get(code, ()) if len(t.split()) >= 4] for code in LANGUAGES
        }
        self._alone = {
            kind: [(text, i, codes) for text, i in places for codes in denied_alone(text, i)]
            for kind, places in self._places.items()
        }
        self._rng, self._damages = random.Random(seed), damages

    def __iter__(self) -> Iterator[list[Pair]]:
        while True:
            group = self._group()
            if len(group) > 1:
                yield group

    def _group(self) -> list[Pair]:
        sought = self._rng.random()
        for kind, share in SOUGHT.items():
            if 0 <= sought < share:
                found = (self._made(kind) for _ in range(TRIES))
                return next((group for group in found if group[1:] and group[1].kind == kind), [])
            sought -= share
        return self._denied_alone() if 0 <= sought < ALONE else self._made()

    def _origin(self) -> str:
        return self._rng.choices(list(self._shares), list(self._shares.values()))[0]

    def _made(self, first: str | None = None) -> list[Pair]:
        """A group; with `first`, only its true pair where there is nothing to damage that way."""
        text, i = self._rng.choice(self._places[self._origin()])
        # Damage to the source's side is text that the translation added
        return self._pairs(text, i, self._languages(text), 1 if self._rng.random() < 0.75 else 0, first)

    def _denied_alone(self) -> list[Pair]:
        """A group whose true pair denies by words on one side alone; mostly one of the others does not deny at all."""
        rng = self._rng
        places = self._alone[self._origin()]
        if not places:
            return []
        text, i, codes = rng.choices(places, [4 if {*codes} == {"fr", "vi"} else 1 for _, _, codes in places])[0]
        if rng.random() < 0.75:
            return self._pairs(text, i, codes, 1, "negation dropped")
        return self._pairs(text, i, (codes[1], codes[0]), rng.randrange(2), None)

    def _pairs(self, text: Text, i: int, codes: tuple[str, str], side: int, first: str | None) -> list[Pair]:
        rng = self._rng
        names = ["fr_ca" if code == "fr" and "fr_ca" in text.sides and rng.random() < 0.2 else code for code in codes]
        pair = [text.sides[name][i] for name in names]
        if rng.random() < 0.25:
            changed = rng.randrange(2)
            pair[changed] = harmless(pair[changed], rng)
        own = text.sides[names[side]]
        near = [own[j] for j in range(max(0, i - 3), min(len(own), i + 4)) if j != i]
        case = Case(pair[side], codes[side], pair[1 - side], codes[1 - side], near, self._pools[codes[side]])
        wrong = [("true", case.text), *some_damaged(case, rng, self._damages, first)]
        return [Pair((pair[0], text) if side else (text, pair[1]), codes, kind, side) for kind, text in wrong]

    def _languages(self, text: Text) -> tuple[str, str]:
        rng = self._rng
        known = [code for code in LANGUAGES if code in text.sides]
        if "fr" in known and "vi" in known and (len(known) == 2 or rng.random() < 0.45):
            return ("fr", "vi") if rng.random() < 0.5 else ("vi", "fr")
        one, other = rng.sample(known, 2)
        return one, other


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


def basis(documents: Sequence[Text], coder: Any) -> dict[str, Tensor]:
    """Means of the encoder's states by language, and the directions in which they vary most, at each of LAYERS."""
    states: dict[str, list[list[Tensor]]] = {}
    for code in LANGUAGES:
        texts = [t for d in documents for t in d.sides[code]][::6]
        read = coder.read(texts, LAYERS)
        states[code] = [[one.states[k].float() for one in read] for k in range(len(LAYERS))]
    rows = {code: [torch.cat(layer) for layer in layers] for code, layers in states.items()}
    means = {code: torch.stack([layer.mean(0) for layer in layers]) for code, layers in rows.items()}
    directions = []
    for k in range(len(LAYERS)):
        values, vectors = torch.linalg.eigh(torch.cat([rows[code][k] - means[code][k] for code in LANGUAGES]).T.cov())
        print(f"layer {LAYERS[k]}: {values[-REDUCED:].sum() / values.sum():.3f} of the variance is kept", flush=True)
        directions.append(vectors[:, -REDUCED:])
    found = {f"means.{code}": mean for code, mean in means.items()}
    return {**found, "means": torch.stack(list(means.values())).mean(0), "basis": torch.stack(directions)}


def packed(groups: Sequence[Sequence[Pair]], coder: Any) -> dict[str, Any]:
    """Groups with what the encoder makes of their texts up to START, each text once."""
    keys = list(dict.fromkeys(key for g in groups for p in g for key in zip(p.texts, p.languages, strict=True)))
    read: dict[tuple[str, str], Started] = {}
    for code in LANGUAGES:
        own = [key for key in keys if key[1] == code]
        found = coder.read([normalise(text) for text, _ in own], (START,))
        read.update({k: (torch.tensor(r.ids), r.states[0].bfloat16(), code) for k, r in zip(own, found, strict=True)})
    number = {key: i for i, key in enumerate(keys)}
    rows = []
    for group in groups:
        for pair in group:
            ids = [read[key][0].tolist() for key in zip(pair.texts, pair.languages, strict=True)]
            tags = [np.full((len(side), 2), np.nan, np.float16) for side in ids]
            if group[0].true:
                key = group[0].texts[pair.side], pair.languages[pair.side]
                tags[pair.side] = _tags(read[key][0].tolist(), ids[pair.side], pair.kind)
            if pair.true:
                tags[1 - pair.side][:] = 0
            sides = (number[key] for key in zip(pair.texts, pair.languages, strict=True))
            rows.append((*sides, pair.kind, np.concatenate(tags)))
    return {"texts": [read[key] for key in keys], "rows": rows, "groups": [len(group) for group in groups]}


def checks(documents: Sequence[Text], most: int) -> list[list[Pair]]:
    """Held-out pairs, true and damaged by the maker that measures; a direction and a kind is a group."""
    both, found = parallel(documents, "fr", "vi"), []
    for pairs in (both, both.turned()):
        codes = pairs.source_language, pairs.target_language
        rows = {"true": list(enumerate(pairs.targets))[:most]} | {
            kind: damaged(pairs, kind, seed=7)[: most // 2] for kind in KINDS
        }
        found += [[Pair((pairs.sources[i], text), codes, kind, 1) for i, text in some] for kind, some in rows.items()]
    return found


def collect(args: argparse.Namespace) -> None:
    """Write shards of groups, the fixed numbers, and the held-out pairs."""
    coder: Any = encoder()
    args.folder.mkdir(parents=True, exist_ok=True)
    news = ntrex_documents(args.data, held_out=False)
    torch.save(basis(news, coder), args.folder / "fixed.pt")
    torch.save(packed(checks(ntrex_documents(args.data, held_out=True), args.most), coder), args.folder / "checks.pt")
    documents = {
        "news": news,
        **public(args.texts, args.data),
        "software": software(args.data, 1),
    }
    print({kind: sum(len(next(iter(t.sides.values()))) for t in some) for kind, some in documents.items()}, flush=True)
    groups, start = iter(Groups(documents, seed=args.seed, damages=args.damages)), time.process_time()
    for shard in range(args.groups // SHARD):
        some = [next(groups) for _ in range(SHARD)]
        whole = args.folder / f"groups-{args.seed}-{shard:03}.pt"
        torch.save(packed(some, coder), whole.with_suffix(".part"))
        whole.with_suffix(".part").rename(whole)
        print(f"{(shard + 1) * SHARD} groups, {time.process_time() - start:.0f} CPU s", flush=True)


@dataclass(frozen=True, slots=True)
class Shard:
    """Collected groups: the texts, and of each group the pairs as numbers of texts, kind and tags."""

    texts: list[Started]
    groups: list[list[Row]]

    def batches(self, rng: random.Random, size: int) -> Iterator[list[list[Row]]]:
        """All groups once, those of like length together, `size` groups in a batch."""
        order = sorted(self.groups, key=lambda g: len(self.texts[g[0][0]][0]) + len(self.texts[g[0][1]][0]))
        parts = [order[k : k + size] for k in range(0, len(order), size)]
        rng.shuffle(parts)
        yield from parts


def shard(paths: Sequence[Path]) -> Shard:
    """The groups of some files."""
    texts: list[Started] = []
    groups: list[list[Row]] = []
    for path in paths:
        record, at, first = torch.load(path, weights_only=False), 0, len(texts)
        texts += record["texts"]
        for size in record["groups"]:
            rows = record["rows"][at : at + size]
            groups.append([(s + first, t + first, kind, tags) for s, t, kind, tags in rows])
            at += size
    return Shard(texts, groups)


class Network:
    """The numbers that are learned and those that stay, as a network for texts that were read up to START."""

    def __init__(self, layers: Sequence[Mapping[str, Tensor]], fixed: Mapping[str, Tensor]) -> None:
        self._layers, self._fixed = [{k: v.bfloat16() for k, v in layer.items()} for layer in layers], fixed

    def __call__(
        self, shard: Shard, rows: Sequence[Row], numbers: Mapping[str, Tensor], drop: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Logits of pairs, and of their sub-words (see `joint.read_together`)."""
        layers = adapters.merged(self._layers, numbers)
        wanted = sorted({i for row in rows for i in row[:2]}, key=lambda i: len(shard.texts[i][0]))
        read: dict[int, Apart] = {}
        for at in range(0, len(wanted), READ):
            some = wanted[at : at + READ]
            found = passed_on([shard.texts[i][1] for i in some], layers, drop)
            for i, states in zip(some, found, strict=True):
                ids, _, code = shard.texts[i]
                read[i] = Apart(ids, projected(states, code, self._fixed))
        return read_together([(read[s], read[t]) for s, t, *_ in rows], numbers, drop)


def weights_of(groups: Sequence[Sequence[Any]]) -> Tensor:
    """Weights of the examples of some groups: the true one, which comes first, weighs what the others do together."""
    return torch.cat([torch.tensor([1.0] + [1 / (len(g) - 1)] * (len(g) - 1)) for g in groups])


def misranked(logits: Tensor, groups: Sequence[Sequence[Any]]) -> Tensor:
    """How far the true example of each group is from standing above its others, summed over the groups."""
    found, at = torch.tensor(0.0), 0
    for group in groups:
        own = logits[at : at + len(group)]
        found = found + torch.nn.functional.softplus(own[1:] - own[0]).mean()
        at += len(group)
    return found


def loss_of(found: tuple[Tensor, Tensor], groups: Sequence[Sequence[Row]]) -> Tensor:
    """The loss of what a network says of some groups."""
    logits, tags = found
    rows = [row for group in groups for row in group]
    true = torch.tensor([float(kind == "true") for *_, kind, _ in rows])
    point = torch.nn.functional.binary_cross_entropy_with_logits(logits, true, weights_of(groups), reduction="sum") / 2
    wanted = torch.full(tags.shape, torch.nan)
    for place, (*_, known) in enumerate(rows):
        wanted[place, : len(known)] = torch.from_numpy(known.astype(np.float32))
    known = ~wanted.isnan()
    token = torch.nn.functional.binary_cross_entropy_with_logits(
        tags[known], wanted[known], pos_weight=torch.tensor(2.0)
    )
    return (point + misranked(logits, groups)) / len(groups) + token


def measure(held: Shard, network: Network, numbers: Mapping[str, Tensor]) -> dict[str, float]:
    """AUC by direction and kind; groups are those of `checks`."""
    found, good, way = {}, np.zeros(0), -1
    for group in held.groups:
        with torch.no_grad():
            parts = [network(held, group[at : at + READ], numbers)[0] for at in range(0, len(group), READ)]
        own = torch.cat(parts).float().numpy()
        if group[0][2] == "true":
            good, way = own, way + 1
        else:
            found[f"{('fr-vi', 'vi-fr')[way]} {group[0][2]}"] = float(np.mean(good[:, None] > own[None, :]))
    return found


def initial(seed: int, wanted: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Numbers of these shapes before training."""
    torch.manual_seed(seed)
    found = {}
    for name, shape in wanted.items():
        if len(shape) == 1:
            value = (
                torch.ones(shape)
                if ".first.w" in name or ".second.w" in name or name == "last.weight"
                else torch.zeros(shape)
            )
        else:
            value = torch.randn(shape) * shape[1] ** -0.5 * (0.3 if ".out." in name or ".narrow." in name else 1.0)
            value = torch.zeros(shape) if name.endswith(".up") else value
        found[name] = value.requires_grad_()
    return found


def resumed(numbers: dict[str, Tensor], start: Path | None) -> dict[str, Tensor]:
    """The numbers to begin with: those of a file, or these where it has none."""
    if start is None:
        return numbers
    before = load_file(start)
    return {name: before[name].float().requires_grad_() if name in before else own for name, own in numbers.items()}


class Steps:
    """Training step by step: the rate rises over a hundred steps and falls to nothing, and `averaged` is the moving average of the
    numbers, of which each step keeps `kept` at most."""

    def __init__(self, numbers: dict[str, Tensor], *, rate: float, steps: int, kept: float) -> None:
        self._numbers, self._rate, self._steps, self._kept, self._done = numbers, rate, steps, kept, 0
        self._optimiser = torch.optim.AdamW(numbers.values(), lr=rate, weight_decay=0.02, betas=(0.9, 0.98))
        self.averaged = {name: value.detach().clone() for name, value in numbers.items()}

    def half(self) -> dict[str, Tensor]:
        """The numbers in half precision, as they are learned with."""
        return {name: value.bfloat16() for name, value in self._numbers.items()}

    def step(self, loss: Tensor) -> None:
        """Change the numbers so that the loss falls."""
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * min((self._done + 1) / 100, max(1 - self._done / self._steps, 0.02))
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self._numbers.values()), 1.0)
        self._optimiser.step()
        self._done += 1
        with torch.no_grad():
            for name, value in self._numbers.items():
                self.averaged[name].lerp_(value, 1 - min(self._kept, self._done / (self._done + 10)))


def learn(args: argparse.Namespace) -> None:
    """Train on all shards; the moving average is measured, and written, after every pass."""
    torch.set_num_threads(args.threads)
    coder: Any = encoder()
    fixed = torch.load(args.folder / "fixed.pt", weights_only=True)
    network, held = Network(coder.layer_weights(START, LAYERS[-1]), fixed), shard([args.folder / "checks.pt"])
    changes = initial(2, adapters.shapes(LAYERS[-1]))
    numbers = resumed(initial(1, shapes(REDUCED, WIDTH, INNER)) | changes, args.start)
    stays = changes.keys() if args.frozen else ()
    learned = {name: value for name, value in numbers.items() if name not in stays}
    paths = sorted(args.folder.glob("groups-*.pt"))[: args.shards]
    steps = args.passes * len(paths) * SHARD // args.batch
    print(f"{len(paths)} shards, {sum(v.numel() for v in learned.values())} numbers are trained", flush=True)
    training, start = Steps(learned, rate=args.rate, steps=steps, kept=0.995), time.process_time()
    rng = random.Random(args.seed)
    same = {name: numbers[name].detach().bfloat16() for name in stays}
    for turn in range(args.passes):
        losses, right = [], Counter()
        rng.shuffle(paths)
        for at in range(0, len(paths), AT_ONCE):
            some = shard(paths[at : at + AT_ONCE])
            for batch in some.batches(rng, args.batch):
                found = network(some, [row for group in batch for row in group], training.half() | same, args.drop)
                loss = loss_of(found, batch)
                training.step(loss)
                losses.append(float(loss.detach()))
                count(batch, found[0].detach().float().numpy(), right)
            done = min(at + AT_ONCE, len(paths)) * SHARD
            seconds = time.process_time() - start
            print(f"{done} groups, {seconds:.0f} CPU s, loss {np.mean(losses[-200:]):.4f}", flush=True)
            # what is written on the way is the average so far, for training that is stopped
            save(
                args.out,
                training.averaged | same | fixed,
                made_by="benchmarks/train_quality.py",
                texts=f"{TEXTS}, damaged on purpose",
                training=f"{done + turn * len(paths) * SHARD} groups, pass {turn + 1}",
            )
        ranked = "  ".join(f"{k} {right[k] / right[f'{k} seen']:.3f}" for k in sorted(right) if f"{k} seen" in right)
        print(f"pass {turn + 1}, ranked right in training: {ranked}", flush=True)
        half = {name: value.bfloat16() for name, value in training.averaged.items()}
        areas = measure(held, network, half | same)
        print(f"  held out: mean AUC {np.mean(list(areas.values())):.4f}  "
              + "  ".join(f"{kind} {area:.3f}" for kind, area in areas.items()), flush=True)  # fmt: skip


def mean_of(paths: Sequence[Path] | None) -> dict[str, Tensor]:
    """The mean of networks that were learned on from the same numbers. Both factors of the changes to the encoder's layers are averaged,
    too: these lie near each other then."""
    found = [load_file(path) for path in paths or ()]
    if len(found) < 2:
        raise SystemExit("--networks takes two files or more")
    return {name: torch.stack([one[name].float() for one in found]).mean(0) for name in found[0]}


def average(args: argparse.Namespace) -> None:
    """Write the mean of networks."""
    save(
        args.out,
        mean_of(args.networks),
        made_by="benchmarks/train_quality.py",
        texts=f"{TEXTS}, damaged on purpose",
        training=f"mean of {len(args.networks)} networks, see docs/quality-training.txt",
    )


def count(batch: Sequence[Sequence[Row]], logits: np.ndarray, right: Counter[str]) -> None:
    """Add to `right` how many damaged pairs there are of each kind, and how many stand below their true one."""
    at = 0
    for group in batch:
        own, at = logits[at : at + len(group)], at + len(group)
        for (*_, kind, _), logit in zip(group[1:], own[1:], strict=True):
            right[kind] += int(logit < own[0])
            right[f"{kind} seen"] += 1


def save(path: Path, numbers: Mapping[str, Tensor], *, made_by: str, texts: str, training: str) -> None:
    """Write the numbers of a network in half precision with their origin."""
    origin = {"origin": made_by, "texts": texts, "encoder": "builtin-e5-small-1", "training": training}
    save_file({name: value.detach().half().contiguous() for name, value in numbers.items()}, path, metadata=origin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("collect", "learn", "average"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--texts", type=Path, default=Path("texts"), help="as benchmarks/texts.py describes it")
    parser.add_argument("--folder", type=Path, help="where the groups lie: about 250 kB each")
    parser.add_argument("--networks", nargs="*", type=Path, metavar="FILE", help="what to average")
    parser.add_argument("--out", type=Path, default=Path("models/quality.safetensors"))
    parser.add_argument("--groups", type=int, default=12_000)
    parser.add_argument(
        "--seed", type=int, default=3, help="of the groups; shards of several seeds can lie side by side"
    )
    parser.add_argument("--damages", type=int, default=6, help="damaged pairs in a group, at most")
    parser.add_argument("--most", type=int, default=150, help="held-out sentences in each direction")
    parser.add_argument("--shards", type=int, help="learn from so many only")
    parser.add_argument("--start", type=Path, help="numbers to begin with")
    parser.add_argument("--passes", type=int, default=6)
    parser.add_argument("--batch", type=int, default=6, help="groups in a step")
    parser.add_argument("--frozen", action="store_true", help="leave the encoder's layers as --start has them")
    parser.add_argument("--drop", type=float, default=0.1, help="share of what is seen that is left out")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    if args.folder is None and args.what != "average":
        parser.error("--folder is missing")
    {"collect": collect, "learn": learn, "average": average}[args.what](args)


if __name__ == "__main__":
    main()
