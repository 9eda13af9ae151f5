"""Train the network that says of one text, without its source, where it limps: models/fluency.safetensors.

    python -m benchmarks.train_fluency collect --data ../shared/data --texts texts --folder /tmp/groups --groups 80000
    python -m benchmarks.train_fluency learn --folder /tmp/groups

Learned from: NTREX dev in five languages without every fifth document (CC-BY-SA-4.0), Tatoeba (CC-BY-2.0-FR), Wikipedia sentences
(WikiANN, CC-BY-SA) and news (Universal Dependencies: VTB CC-BY-SA-4.0, Sequoia LGPL-LR) in French and Vietnamese, prose of
`pairs.fr-vi.tsv` whose licence is permissive or MPL, and the texts of `benchmarks/texts.py`: Vietnamese Wikipedia and news above all.
A group is a text and some versions of it in which a word is missing, doubled, exchanged or another one. `collect` reads every text once
with the encoder's lower layers, which stay as they are; `learn` asks that the whole text stands above its damaged ones, that the logit
is a chance, and that the places are told.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from songngu.data.text import normalise, one_line
from songngu.eval.damage import Pairs, damaged
from songngu.models.adapters import START, merged
from songngu.models.encoders import encoder
from songngu.models.fluency import END, read_alone, shapes
from torch import Tensor

from benchmarks.learn_filters import pairs as shippable
from benchmarks.quality_damage import harmless
from benchmarks.texts import CODE, courses, questions, wiki
from benchmarks.train_quality import mean_of, ntrex_documents, public_news, resumed, save

TEXTS = (
    "NTREX dev, Tatoeba, WikiANN, Vietnamese Wikipedia, XQuAD, ALT, UD VTB and Sequoia (CC-BY-SA, CC-BY, LGPL-LR), lessons (MIT), "
    "software texts under permissive licences and the MPL, damaged on purpose"
)
# How much likelier a sentence of a kind is than one of lessons where there are as many of both
KINDS = {"wikinews": 4.0, "news": 2.0, "wiki": 1.5, "lessons": 1.0, "software": 0.6, "tatoeba": 0.4}
LANGUAGES = {"fr": 0.32, "vi": 0.50, "en": 0.06, "de": 0.06, "es": 0.06}
WORDS = 5, 60  # in a text
HARMLESS = 0.2  # share of groups whose texts have a change that leaves them right
DAMAGES = 2  # damaged versions of each text
SHARD = 2000  # groups
RARE = 4.0  # weight of a place that is wrong, against one that is right
PLACES = 5.0  # weight of the places, against the texts


@dataclass(frozen=True, slots=True)
class Version:
    """A text as words, which of them are wrong, and before which (len(words): the end) some are missing."""

    words: tuple[str, ...]
    wrong: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()


def texts(data: Path, folder: Path) -> dict[str, dict[str, list[str]]]:
    """Sentences by language and kind."""
    found = {code: {kind: [] for kind in KINDS} for code in LANGUAGES}
    found["vi"]["wiki"] += wiki(folder)
    parallel = {"wiki": questions(folder), "lessons": courses(folder), "wikinews": public_news(folder, data)}
    for kind, documents in parallel.items():
        for document in documents:
            for code, sentences in document.sides.items():
                found[code][kind] += sentences
    for document in ntrex_documents(data, held_out=False):
        for code, sentences in document.sides.items():
            found[code.split("_")[0]]["news"] += sentences
    for rows in shippable(data / "train").values():
        for k, code in enumerate(("fr", "vi")):
            found[code]["software"] += [row[k] for row in rows]
    for code in ("fr", "vi"):
        for kind, name in (("tatoeba", "tatoeba"), ("wiki", "wikiann")):
            found[code][kind] += (data / "mono" / f"{name}.{code}.txt").read_text(encoding="utf-8").splitlines()
    for name in ("fr_sequoia", "vi_vtb"):
        lines = (data / "mono" / "ud-train" / f"{name}-ud-train.jsonl").read_text(encoding="utf-8").splitlines()
        found[name[:2]]["wiki"] += [sentence for line in lines for sentence in json.loads(line)["sentences"]]
    return {
        code: {kind: kept for kind, some in kinds.items() if (kept := [t for t in dict.fromkeys(some) if usable(t)])}
        for code, kinds in found.items()
    }


def usable(text: str) -> bool:
    """Whether a text is a sentence long enough to damage."""
    return WORDS[0] <= len(text.split()) <= WORDS[1] and not CODE.search(text)


def _letters(word: str) -> int:
    return sum(c.isalpha() for c in word)


def dropped(words: Sequence[str], rng: random.Random, pool: Sequence[str]) -> Version | None:  # noqa: ARG001
    """A word is missing, mostly one of three letters or more and not the first; or two to four in a row."""
    way, size = rng.random(), 1
    if way < 0.18:
        size = rng.randint(2, 4)
    least, first = (3, 1) if way >= 0.4 else (1, 0)
    places = [k for k in range(first, len(words) - size + 1) if _letters("".join(words[k : k + size])) >= least]
    if len(words) < size + 3 or not places:
        return None
    k = rng.choice(places)
    left = [*words[:k], *words[k + size :]]
    end = re.search(r"[,;:.!?…»”\")]+$", words[k + size - 1])
    if end and k and rng.random() < 0.5:  # the mark stays, or goes with its word
        left[k - 1] = left[k - 1].rstrip(",;:") + end.group()
    return Version(tuple(left), missing=frozenset({k}))


def doubled(words: Sequence[str], rng: random.Random, pool: Sequence[str]) -> Version | None:  # noqa: ARG001
    """A word stands twice."""
    places = [k for k, word in enumerate(words) if word.isalpha()]
    if not places:
        return None
    k = rng.choice(places)
    return Version((*words[: k + 1], *words[k:]), wrong=frozenset({k + 1}))


def exchanged(words: Sequence[str], rng: random.Random, pool: Sequence[str]) -> Version | None:  # noqa: ARG001
    """Two neighbours have changed places."""
    places = [k for k in range(len(words) - 1) if words[k].isalpha() and words[k + 1].isalpha()]
    if not places:
        return None
    k = rng.choice(places)
    return Version((*words[:k], words[k + 1], words[k], *words[k + 2 :]), wrong=frozenset({k, k + 1}))


def replaced(words: Sequence[str], rng: random.Random, pool: Sequence[str]) -> Version | None:
    """A word is one of another text."""
    k, other = rng.randrange(len(words)), rng.choice(rng.choice(pool).split())
    if not _letters(words[k]) or not _letters(other):
        return None
    return Version((*words[:k], other, *words[k + 1 :]), wrong=frozenset({k}))


def added(words: Sequence[str], rng: random.Random, pool: Sequence[str]) -> Version | None:
    """A word of this text or of another one, or two, stand where none stood."""
    other = (rng.choice(pool) if rng.random() < 0.7 else " ".join(words)).split()
    size = min(rng.choice((1, 1, 2)), len(other))
    at, k = rng.randrange(len(other) - size + 1), rng.randrange(1, len(words))
    return Version((*words[:k], *other[at : at + size], *words[k:]), wrong=frozenset(range(k, k + size)))


Maker = Callable[[Sequence[str], random.Random, Sequence[str]], Version | None]
MAKERS: dict[str, tuple[Maker, float]] = {
    "dropped": (dropped, 0.64),
    "doubled": (doubled, 0.05),
    "exchanged": (exchanged, 0.08),
    "replaced": (replaced, 0.11),
    "added": (added, 0.12),
}


def groups(found: dict[str, dict[str, list[str]]], seed: int) -> Iterator[tuple[str, list[Version]]]:
    """An endless stream of groups with their language: a text, and damaged versions of it. Of a kind that has four times the texts, a
    group is made twice as often."""
    rng = random.Random(seed)
    shares = {c: [KINDS[kind] * len(some) ** 0.5 for kind, some in kinds.items()] for c, kinds in found.items()}
    makers, weights = zip(*MAKERS.values(), strict=True)
    while True:
        code = rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        pool = found[code][rng.choices(list(found[code]), shares[code])[0]]
        text = one_line(normalise(rng.choice(pool)))
        words = (harmless(text, rng) if rng.random() < HARMLESS else text).split()
        made = [rng.choices(makers, weights)[0](words, rng, pool) for _ in range(DAMAGES)]
        wrong = [version for version in made if version and version.words != tuple(words)]
        if wrong:
            yield code, [Version(tuple(words)), *dict.fromkeys(wrong)]


def tags(version: Version, offsets: np.ndarray) -> np.ndarray:
    """For each sub-word (length, 2) whether it is wrong, and whether text is missing before it: one of the next word's first, or the last
    special token."""
    found, at = np.zeros((len(offsets), 2), np.bool_), 0
    inside = offsets[:, 1] > offsets[:, 0]
    for k, word in enumerate(version.words):
        own = np.flatnonzero(inside & (offsets[:, 1] > at) & (offsets[:, 0] < at + len(word)))
        found[own, 0] |= k in version.wrong
        found[own[:1], 1] |= k in version.missing
        at += len(word) + 1
    found[-1, 1] = len(version.words) in version.missing
    return found


def checks(data: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """By language held-out texts, and the same without a word, as the maker that measures leaves it out."""
    documents = ntrex_documents(data, held_out=True)
    for code in LANGUAGES:
        whole = [sentence for document in documents for sentence in document.sides[code]]
        yield code, whole, [text for _, text in damaged(Pairs(whole, whole, code, code), "word dropped", seed=7)]


def collect(args: argparse.Namespace) -> None:
    """Write the held-out texts and shards of groups."""
    coder: Any = encoder()
    args.folder.mkdir(parents=True, exist_ok=True)
    held = {
        code: [[one.states[0].half() for one in coder.read([normalise(t) for t in some], (START,))] for some in rows]
        for code, *rows in checks(args.data)
    }
    torch.save(held, args.folder / "checks.pt")
    found = texts(args.data, args.texts)
    for code, kinds in found.items():
        print(code, {kind: len(some) for kind, some in kinds.items()}, flush=True)
    stream, start = groups(found, args.seed), time.process_time()
    for shard in range(args.groups // SHARD):
        some = [next(stream) for _ in range(SHARD)]
        flat = [version for _, versions in some for version in versions]
        read = coder.read([" ".join(version.words) for version in flat], (START,))
        record = {
            "states": [one.states[0].half() for one in read],
            "tags": [torch.from_numpy(tags(version, one.offsets)) for version, one in zip(flat, read, strict=True)],
            "groups": [len(versions) for _, versions in some],
        }
        whole = args.folder / f"texts-{args.seed}-{shard:03}.pt"
        torch.save(record, whole.with_suffix(".part"))
        whole.with_suffix(".part").rename(whole)
        print(f"{(shard + 1) * SHARD} groups, {time.process_time() - start:.0f} CPU s", flush=True)


Text = tuple[Tensor, Tensor]  # states and tags


def collected(paths: Sequence[Path]) -> list[list[Text]]:
    """Collected groups."""
    found = []
    for path in paths:
        record, at = torch.load(path, weights_only=False), 0
        rows = list(zip(record["states"], record["tags"], strict=True))
        for size in record["groups"]:
            found.append(rows[at : at + size])
            at += size
    return found


def batches(found: Sequence[list[Text]], rng: random.Random, size: int) -> list[list[list[Text]]]:
    """All groups once, those of like length together, `size` groups in a batch."""
    order, parts = list(found), []
    rng.shuffle(order)
    for at in range(0, len(order), 50 * size):
        some = sorted(order[at : at + 50 * size], key=lambda group: len(group[0][0]))
        parts += [some[k : k + size] for k in range(0, len(some), size)]
    rng.shuffle(parts)
    return parts


def loss_of(batch: Sequence[Sequence[Text]], layers: Sequence[Any], numbers: dict[str, Tensor], drop: float) -> Tensor:
    """How far a batch of groups is off: texts by themselves, against the whole one of their group, and by places."""
    cross = torch.nn.functional.binary_cross_entropy_with_logits
    flat = [text for group in batch for text in group]
    logits, found = read_alone([states for states, _ in flat], merged(layers, numbers), numbers, drop)
    whole = torch.tensor([float(k == 0) for group in batch for k in range(len(group))])
    weights = torch.tensor([1.0 if k == 0 else 1 / (len(group) - 1) for group in batch for k in range(len(group))])
    first = torch.cat([torch.full((len(group),), at) for at, group in zip(_starts(batch), batch, strict=True)])
    ranks = (torch.nn.functional.softplus(logits - logits[first]) * weights * (1 - whole)).sum()
    wanted = torch.full(found.shape, torch.nan)
    for row, (_, known) in enumerate(flat):
        wanted[row, : len(known)] = known.float()
    known = ~wanted.isnan()
    places = cross(found[known], wanted[known], pos_weight=torch.tensor(RARE))
    return (cross(logits, whole, weights, reduction="sum") + ranks / 2) / len(batch) / 2 + PLACES * places


def _starts(batch: Sequence[Sequence[Text]]) -> list[int]:
    return np.cumsum([0, *map(len, batch)])[:-1].tolist()


def measure(held: dict[str, Any], layers: Sequence[Any], numbers: dict[str, Tensor]) -> dict[str, float]:
    """By language how often a whole text stands above one without a word."""
    half = {name: value.detach().bfloat16() for name, value in numbers.items()}
    changed, found = merged(layers, half), {}
    with torch.no_grad():
        for code, sides in held.items():
            whole, short = (
                torch.cat([read_alone(some[at : at + 32], changed, half)[0] for at in range(0, len(some), 32)])
                for some in sides
            )
            found[code] = float((whole[:, None] > short[None, :]).float().mean())
    return found


def initial(seed: int) -> dict[str, Tensor]:
    """The numbers before training: the encoder's layers as they are."""
    torch.manual_seed(seed)
    found = {}
    for name, shape in shapes().items():
        plain = name.endswith((".up", ".bias"))
        value = torch.zeros(shape) if plain else torch.randn(shape) * shape[1] ** -0.5
        found[name] = value.requires_grad_()
    return found


def learn(args: argparse.Namespace) -> None:
    """Train on all shards; the numbers are measured, and written, a few times a pass."""
    torch.set_num_threads(1)
    coder: Any = encoder()
    layers = [{n: v.bfloat16() for n, v in layer.items()} for layer in coder.layer_weights(START, END)]
    found = collected(sorted(args.folder.glob("texts-*.pt"))[: args.shards])
    held, numbers = torch.load(args.folder / "checks.pt", weights_only=False), resumed(initial(1), args.start)
    size = sum(value.numel() for value in numbers.values())
    print(f"{len(found)} groups, {sum(map(len, found))} texts, {size} numbers are trained", flush=True)
    optimiser = torch.optim.AdamW(numbers.values(), lr=args.rate, weight_decay=0.01)
    rng, start, losses = random.Random(args.seed), time.process_time(), []
    parts = [part for _ in range(args.passes) for part in batches(found, rng, args.batch)]
    for step, batch in enumerate(parts, 1):
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(step / 50, max(1 - step / len(parts), 0.02))
        loss = loss_of(batch, layers, {name: value.bfloat16() for name, value in numbers.items()}, args.drop)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(numbers.values()), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        if step % args.every == 0 or step == len(parts):
            areas = "  ".join(f"{code} {area:.3f}" for code, area in measure(held, layers, numbers).items())
            print(f"{step} of {len(parts)} steps, {time.process_time() - start:.0f} CPU s, loss {np.mean(losses[-args.every:]):.4f}, "
                  f"a word missing {areas}", flush=True)  # fmt: skip
            training = f"{len(found)} groups, {step / len(parts) * args.passes:.2f} passes"
            save(args.out, numbers, made_by="benchmarks/train_fluency.py", texts=TEXTS, training=training)


def average(args: argparse.Namespace) -> None:
    """Write the mean of networks that were learned on from the same numbers."""
    training = f"mean of {len(args.networks or ())} networks, see docs/quality-training.txt"
    save(args.out, mean_of(args.networks), made_by="benchmarks/train_fluency.py", texts=TEXTS, training=training)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("collect", "learn", "average"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--texts", type=Path, default=Path("texts"), help="as benchmarks/texts.py describes it")
    parser.add_argument("--folder", type=Path, default=Path("groups"), help="where the groups lie: about 60 kB each")
    parser.add_argument("--out", type=Path, default=Path("models/fluency.safetensors"))
    parser.add_argument("--groups", type=int, default=70_000)
    parser.add_argument(
        "--seed", type=int, default=1, help="of the groups; shards of several seeds can lie side by side"
    )
    parser.add_argument("--shards", type=int, help="learn from so many only")
    parser.add_argument("--start", type=Path, help="numbers to begin with")
    parser.add_argument("--networks", type=Path, nargs="+", help="what `average` takes the mean of")
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=11, help="groups in a step")
    parser.add_argument("--drop", type=float, default=0.05, help="share of what is seen that is left out")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--every", type=int, default=500, help="steps between measurements")
    args = parser.parse_args()
    {"collect": collect, "learn": learn, "average": average}[args.what](args)


if __name__ == "__main__":
    main()
