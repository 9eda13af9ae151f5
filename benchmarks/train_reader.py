"""Train the network that reads the two texts of a bead together: models/reader.safetensors.

    python -m benchmarks.train_reader collect --data ../shared/data --texts texts --folder /tmp/units
    python -m benchmarks.train_reader learn --folder /tmp/units
    python -m benchmarks.train_reader average --start BEFORE --other AFTER

Learned from the public texts of `benchmarks/texts.py` (paragraphs of Wikipedia and questions about them in English, German, Spanish and
Vietnamese; lessons in French, Vietnamese, German and Spanish; handbooks in French and Vietnamese; news in English and Vietnamese),
from fr-vi prose of software under permissive licences and the MPL, and from reports that retell the same event, written for this
(`benchmarks/retold`); from nothing that is evaluated on. A group is a true bead of one to three lines and beads that are not: a line too
many, a line or half a line too few, shifted by one line, a neighbour, and lines that are much alike. The network says whether the texts
say the same, whether one says a line of the other, and of every sub-word whether it has no counterpart. `collect` reads every text once up
to the encoder's layer START, which stays as it is; `learn` changes the layers after it (`models/adapters`) and learns the network that
reads both texts. `average` writes the mean of two networks: one that went on learning from translations no longer knows free
retellings, and half-way between both does (weight averaging, Wortsman et al. 2022).
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from songngu.data.text import normalise
from songngu.models import adapters
from songngu.models.adapters import START
from songngu.models.encoders import encoder
from songngu.models.joint import LAYERS, Apart, one_text, passed_on, projected, read_together, shapes
from songngu.models.joint import built_in as quality_numbers
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from benchmarks.alignment_sets import retold
from benchmarks.texts import Text, courses, handbooks, questions
from benchmarks.train_quality import (
    LANGUAGES,
    READ,
    REDUCED,
    Steps,
    initial,
    misranked,
    public_news,
    resumed,
    save,
    software,
    weights_of,
)

WIDTH, INNER = 96, 64
JUDGEMENTS, TAGS = 2, 1
LONGEST = 3  # lines in one text
ALIKE = 6  # lines most like another that are kept
COPIES = 0.985  # cosine of lines that say the same
# Shares of groups
KINDS = {"wikinews": 0.24, "questions": 0.14, "lessons": 0.1, "software": 0.1, "handbooks": 0.12, "retold": 0.7}
# Lines of a document
MOST = {"wikinews": 40, "questions": 100, "lessons": 40, "software": 700, "handbooks": 100, "retold": 100}
TEXTS = (
    "XQuAD (CC-BY-SA-4.0), ALT (CC-BY-4.0), lessons (MIT), handbooks (Apache-2.0), fr-vi prose under permissive licences and the MPL, "
    "reports written for Songngu"
)
FRENCH_VIETNAMESE = 0.4  # share of the groups of a document that has both, besides those drawn by chance
_HALF = re.compile(r"(?<=[.!?…;:,])\s+")

# document, language, first line, lines, part (0: whole, 1 and 2: halves)
Key = tuple[int, str, int, int, int]
# What the encoder made of a text: its sub-words (length,), and their states (length, size) after START
Unit = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Example:
    """Two texts, each of units that were read one by one; whether they say the same, whether one says a line of the other, and which
    sub-words of both, `sizes` in number, have no counterpart."""

    sides: tuple[tuple[Key, ...], tuple[Key, ...]]
    sizes: tuple[int, int]
    same: float
    part: float
    lost: Tensor


def halves(text: str) -> tuple[str, str] | None:
    """The text cut at the mark nearest to its middle; None where a part would have fewer than four words."""
    places = [m.span() for m in _HALF.finditer(text)]
    if not places:
        return None
    start, end = min(places, key=lambda p: abs(p[0] - len(text) / 2))
    one, other = text[:start], text[end:]
    return (one, other) if min(len(one.split()), len(other.split())) >= 4 else None


def units(number: int, document: Text) -> dict[Key, str]:
    """The texts of a document that may be a side of a bead."""
    found: dict[Key, str] = {}
    for code, lines in document.sides.items():
        for i, line in enumerate(lines):
            for size in range(1, min(LONGEST, len(lines) - i) + 1):
                if size < LONGEST or i % 3 == 0:
                    found[number, code, i, size, 0] = " ".join(lines[i : i + size])
            for part, half in enumerate(halves(line) or (), 1):
                found[number, code, i, 1, part] = half
    return found


def retellings() -> Iterator[Text]:
    """Reports that retell the same event, and which of their lines say the same; beads that share only part of it are left out."""
    for case in retold():
        runs = [((s[0], len(s)), (t[0], len(t))) for s, t in sorted(case.gold) if s and t]
        yield Text(dict(zip(case.languages, (case.source, case.target), strict=True)), runs)


def collect(args: argparse.Namespace) -> None:
    """Write what the encoder's lower layers make of every unit, and the mean of a higher one for each line, a file for each document."""
    coder: Any = encoder()
    args.folder.mkdir(parents=True, exist_ok=True)
    origins = {
        "questions": questions(args.texts),
        "lessons": courses(args.texts),
        "software": software(args.data, 1),
        "handbooks": handbooks(args.texts),
        "wikinews": public_news(args.texts, args.data),
        "retold": retellings(),
    }
    documents = [(kind, document) for kind, some in origins.items() for document in some]
    start = time.process_time()
    for number, (kind, whole) in enumerate(documents):
        document = Text({code: lines[: MOST[kind]] for code, lines in whole.sides.items()}, whole.runs)
        known = units(number, document)
        lines = [key for key in known if key[3:] == (1, 0)]
        means: dict[Key, Tensor] = {}
        record: dict[Key, Unit] = {}
        for keys, layers in ((lines, (START, LAYERS[-1])), (sorted(known.keys() - {*lines}), (START,))):
            read = coder.read([normalise(known[key]) for key in keys], layers)
            for key, one in zip(keys, read, strict=True):
                record[key] = torch.tensor(one.ids), one.states[0].bfloat16().clone()
                if key[3:] == (1, 0):
                    means[key] = one.states[1].float().mean(0)
        torch.save((record, means, document.runs), args.folder / f"{kind}-{number:03}.pt")
        print(f"{number + 1} of {len(documents)} documents, {time.process_time() - start:.0f} CPU s", flush=True)


class Library:
    """Everything that was read, and which lines of a language are much alike."""

    def __init__(self, folder: Path) -> None:
        self.units: dict[Key, Unit] = {}
        self.places: dict[str, list[tuple[int, int]]] = {kind: [] for kind in KINDS}
        self.codes: dict[int, list[str]] = {}
        self.runs: dict[int, Sequence[tuple[tuple[int, int], tuple[int, int]]]] = {}
        means: dict[Key, Tensor] = {}
        for path in sorted(folder.glob("*.pt")):
            kind, number = path.stem.split("-")
            record, own, runs = torch.load(path, weights_only=False)
            self.units |= record
            means |= own
            lines = range(max(key[2] for key in record) + 1)
            # of texts that are not parallel the first language is the one that runs name first
            codes = dict.fromkeys(key[1] for key in record)
            self.codes[int(number)] = [*codes] if runs else sorted(codes)
            self.runs[int(number)] = runs
            self.places[kind].extend((int(number), i) for i in (range(len(runs)) if runs else lines))
        self._like: dict[Key, list[Key]] = {}
        self._rows = means
        for code in LANGUAGES:
            for places in self.places.values():
                self._compare(code, {number for number, _ in places})

    def _compare(self, code: str, documents: set[int]) -> None:
        keys = [k for k in self._rows if k[1] == code and k[0] in documents]
        if not keys:
            return
        rows = torch.stack([self._rows[k] for k in keys])
        rows = torch.nn.functional.normalize(rows - rows.mean(0), dim=1)
        for at in range(0, len(keys), 512):
            table = rows[at : at + 512] @ rows.T
            table[table > COPIES] = -1
            best = table.topk(min(ALIKE, len(keys)), dim=1).indices.tolist()
            for k, row in enumerate(best):
                self._like[keys[at + k]] = [keys[j] for j in row]

    def size(self, key: Key) -> int:
        """How many sub-words a unit has."""
        return len(self.units[key][0])

    def like(self, key: Key) -> list[Key]:
        """Lines most like this one."""
        return self._like.get(key, [])


@dataclass(frozen=True, slots=True)
class Side:
    """The units of one side of a bead, how many sub-words they have, and where each line's are."""

    keys: tuple[Key, ...]
    size: int
    lines: list[tuple[int, int]]


class Groups:
    """An endless stream of groups: a true bead and others with the same source."""

    def __init__(self, library: Library, seed: int) -> None:
        self._library, self._rng = library, random.Random(seed)
        self._shares = {kind: share for kind, share in KINDS.items() if library.places[kind]}

    def __iter__(self) -> Iterator[list[Example]]:
        while True:
            group = self._group()
            if len(group) > 2:
                yield group

    def _side(self, number: int, code: str, i: int, size: int) -> Side | None:
        """A run of lines read as one text or line by line."""
        keys = [(number, code, k, 1, 0) for k in range(i, i + size)]
        if i < 0 or any(key not in self._library.units for key in keys):
            return None
        own, whole = [self._library.size(key) for key in keys], (number, code, i, size, 0)
        if size > 1 and whole in self._library.units and self._rng.random() < 0.5:
            longer = self._library.size(whole)
            return Side((whole,), longer, _spans([n - 2 for n in own], 1, longer))
        return Side(tuple(keys), sum(own), _spans(own, 0, sum(own)))

    def _part(self, key: Key) -> Side | None:
        return Side((key,), self._library.size(key), []) if key in self._library.units else None

    def _group(self) -> list[Example]:
        rng, library = self._rng, self._library
        number, i = rng.choice(library.places[rng.choices(list(self._shares), list(self._shares.values()))[0]])
        codes = rng.sample(library.codes[number], 2)
        if library.runs[number]:
            one, other = library.runs[number][i]
            if codes[0] != library.codes[number][0]:
                one, other = other, one
        else:
            size = rng.choices((1, 2, 3), (0.72, 0.2, 0.08))[0]
            if {"fr", "vi"} <= {*library.codes[number]} and rng.random() < FRENCH_VIETNAMESE:
                codes = rng.sample(("fr", "vi"), 2)
            one = other = i, size
        source, true = self._side(number, codes[0], *one), self._side(number, codes[1], *other)
        if source is None or true is None:
            return []
        found = [_example(source, true, 1, 1)]
        found += self._extended(number, codes[1], *other, source)
        found += self._shortened(number, codes[1], *other, source)
        found += self._other(number, codes[1], *other, source)
        if library.runs[number]:  # which words have no counterpart nobody has marked
            found = [replace(e, lost=torch.full_like(e.lost, torch.nan)) for e in found]
        return [_turned(e) for e in found] if rng.random() < 0.5 else found

    def _extended(self, number: int, code: str, i: int, size: int, source: Side) -> list[Example]:
        """A line too many."""
        found = []
        for first in self._rng.sample((i - 1, i), 1 if self._rng.random() < 0.6 else 2):
            longer = self._side(number, code, first, size + 1)
            if longer is not None and size < LONGEST:
                found.append(_example(source, longer, 0, 1, other=longer.lines[0 if first < i else -1]))
        return found

    def _shortened(self, number: int, code: str, i: int, size: int, source: Side) -> list[Example]:
        """A line or half a line too few, or shifted by a line."""
        rng, found = self._rng, []
        if size == 1:
            part = rng.choice((1, 2))
            half = self._part((number, code, i, 1, part))
            if half is not None and not self._library.runs[number]:  # of what is retold, half may say all that matters
                found.append(_example(source, half, 0, 1, unknown=True))
            return found
        first = rng.choice((i, i + 1))
        short = self._side(number, code, first, size - 1)
        if short is not None:
            found.append(_example(source, short, 0, 1, own=source.lines[-1 if first == i else 0]))
        step = rng.choice((-1, 1))
        shifted = self._side(number, code, i + step, size)
        if shifted is not None:
            own, other = (0, -1) if step > 0 else (-1, 0)
            found.append(_example(source, shifted, 0, 1, own=source.lines[own], other=shifted.lines[other]))
        return found

    def _other(self, number: int, code: str, i: int, size: int, source: Side) -> list[Example]:
        """Neighbours and lines that are much alike."""
        rng, found = self._rng, []
        near = [k for k in range(i - 3, i + size + 3) if not i <= k < i + size]
        places = [(number, k) for k in rng.sample(near, 2)]
        alike = [
            key for key in self._library.like((number, code, i, 1, 0)) if key[0] != number or not i <= key[2] < i + size
        ]
        places += [(key[0], key[2]) for key in rng.sample(alike, min(2, len(alike)))]
        for document, k in places:
            length = rng.choices((1, 2), (0.8, 0.2))[0]
            if document == number and k < i + size and k + length > i:
                length = 1
            other = self._side(document, code, k, length)
            if other is not None:
                found.append(_example(source, other, 0, 0, own=(0, source.size), other=(0, other.size)))
        return found


def _spans(sizes: Sequence[int], start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for size in sizes:
        found.append((start, min(start + size, end)))
        start += size
    return found


def _example(
    source: Side,
    target: Side,
    same: float,
    part: float,
    *,
    own: tuple[int, int] | None = None,
    other: tuple[int, int] | None = None,
    unknown: bool = False,
) -> Example:
    lost = torch.zeros(source.size + target.size)
    for span, shift in ((own, 0), (other, source.size)):
        if span is not None:
            lost[span[0] + shift : span[1] + shift] = 1
    if unknown:
        lost[: source.size] = torch.nan
    return Example((source.keys, target.keys), (source.size, target.size), same, part, lost)


def _turned(e: Example) -> Example:
    cut = e.sizes[0]
    return Example(
        (e.sides[1], e.sides[0]), (e.sizes[1], e.sizes[0]), e.same, e.part, torch.cat([e.lost[cut:], e.lost[:cut]])
    )


class Network:
    """The numbers that are learned and those that stay, as a network for units that were read up to START."""

    def __init__(self, layers: Sequence[Mapping[str, Tensor]], fixed: Mapping[str, Tensor], library: Library) -> None:
        self._layers, self._fixed = [{k: v.bfloat16() for k, v in layer.items()} for layer in layers], fixed
        self._library = library

    def __call__(
        self, rows: Sequence[Example], numbers: Mapping[str, Tensor], drop: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Logits of beads, and of their sub-words (see `joint.read_together`)."""
        layers = adapters.merged(self._layers, numbers)
        wanted = sorted(
            {key for e in rows for side in e.sides for key in side}, key=lambda k: (self._library.size(k), k)
        )
        read: dict[Key, Apart] = {}
        for at in range(0, len(wanted), READ):
            some = wanted[at : at + READ]
            found = passed_on([self._library.units[key][1] for key in some], layers, drop)
            for key, states in zip(some, found, strict=True):
                read[key] = Apart(self._library.units[key][0], projected(states, key[1], self._fixed))
        pairs = [[one_text([read[key] for key in side]) for side in e.sides] for e in rows]
        return read_together([(one, other) for one, other in pairs], numbers, drop)


def loss_of(
    groups: Sequence[Sequence[Example]], network: Network, numbers: Mapping[str, Tensor], drop: float
) -> tuple[Tensor, Tensor]:
    """The loss of some groups, and the logits of their examples."""
    rows = [e for group in groups for e in group]
    logits, tags = network(rows, numbers, drop)
    wanted = torch.tensor([[e.same, e.part] for e in rows], dtype=torch.float32)
    point = (binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1) * weights_of(groups)).sum() / 2
    lost = torch.full(tags.shape[:2], torch.nan)
    for row, e in enumerate(rows):
        lost[row, : len(e.lost)] = e.lost
    known = ~lost.isnan()
    token = binary_cross_entropy_with_logits(tags[..., 0][known], lost[known], reduction="sum") / known.sum().clamp(1)
    return (point + misranked(logits[:, 0], groups)) / len(groups) + token, logits.detach()


def batches(groups: Iterator[list[Example]], size: int) -> Iterator[list[list[Example]]]:
    """An endless stream of batches, whose groups are of like length."""
    rng = random.Random(size)
    while True:
        some = sorted((next(groups) for _ in range(50 * size)), key=lambda g: len(g[0].lost))
        parts = [some[k : k + size] for k in range(0, len(some), size)]
        rng.shuffle(parts)
        yield from parts


def learn(args: argparse.Namespace) -> None:
    """Train; the moving average of the numbers is written."""
    torch.set_num_threads(1)
    library = Library(args.folder)
    coder: Any = encoder()
    groups = iter(Groups(library, args.seed))
    changes = initial(2, adapters.shapes(LAYERS[-1]))
    small = initial(1, shapes(REDUCED, WIDTH, INNER, judgements=JUDGEMENTS, tags=TAGS))
    numbers = resumed(small | changes, args.start)
    fixed = {name: value for name, value in quality_numbers().items() if name.startswith(("means", "basis"))}
    start, losses, right, steps = time.process_time(), [], [], args.groups // args.batch
    network = Network(coder.layer_weights(START, LAYERS[-1]), fixed, library)
    training = Steps(numbers, rate=args.rate, steps=steps, kept=0.998)
    for step, batch in zip(range(steps), batches(groups, args.batch), strict=False):
        loss, logits = loss_of(batch, network, training.half(), args.drop)
        training.step(loss)
        losses.append(float(loss.detach()))
        at = 0
        for group in batch:
            own, at = logits[at : at + len(group), 0], at + len(group)
            right.append(float(own[0] > own[1:].max()))
        if (step + 1) % 250 == 0:
            print(
                f"{(step + 1) * args.batch} groups, {time.process_time() - start:.0f} CPU s, loss {np.mean(losses):.4f}, "
                f"true bead first {np.mean(right):.3f}", flush=True)  # fmt: skip
            losses, right = [], []
        if (step + 1) % 1000 == 0 or step + 1 == steps:
            # what is written on the way is the average so far, for training that is stopped
            save(
                args.out,
                training.averaged | fixed,
                made_by="benchmarks/train_reader.py",
                texts=TEXTS,
                training=f"{(step + 1) * args.batch} groups, 1 pass",
            )


def average(args: argparse.Namespace) -> None:
    """Write the mean of two networks of which --other was learned from --start; layers that one leaves as they are count as unchanged."""
    before, after = load_file(args.start), load_file(args.other)
    if any(name.endswith(".down") for name in before):
        raise SystemExit("--start has changed layers, too: the mean of two products is not the product of means")
    found = {}
    for name, value in after.items():
        if name.endswith(".down"):  # the share of a change is in its other factor
            found[name] = value
        else:
            found[name] = (value.float() + (before[name].float() if name in before else 0.0)) / 2
    save(args.out, found, made_by="benchmarks/train_reader.py", texts=TEXTS, training="mean of two networks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("collect", "learn", "average"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--texts", type=Path, default=Path("texts"), help="as benchmarks/texts.py describes it")
    parser.add_argument("--folder", type=Path, help="where the states of all texts lie")
    parser.add_argument("--other", type=Path, help="numbers to average with those of --start")
    parser.add_argument("--out", type=Path, default=Path("models/reader.safetensors"))
    parser.add_argument("--groups", type=int, default=24_000)
    parser.add_argument("--start", type=Path, help="numbers to begin with")
    parser.add_argument("--batch", type=int, default=8, help="groups in a step")
    parser.add_argument("--drop", type=float, default=0.1, help="share of what is seen that is left out")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    {"collect": collect, "learn": learn, "average": average}[args.what](args)


if __name__ == "__main__":
    main()
