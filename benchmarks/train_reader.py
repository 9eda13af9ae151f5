"""Train the network that reads the two texts of a bead together: models/reader.safetensors.

    python -m benchmarks.train_reader collect --data ../shared/data --texts texts --folder /tmp/units
    python -m benchmarks.train_reader learn --folder /tmp/units
    python -m benchmarks.train_reader average --networks FILE FILE

Learned from the public texts of `benchmarks/texts.py` (paragraphs of Wikipedia and questions about them in English, German, Spanish and
Vietnamese; lessons in French, Vietnamese, German and Spanish; handbooks in French and Vietnamese; news in English and Vietnamese),
from fr-vi prose of software under permissive licences and the MPL, and from reports that retell the same event, written for this
(`benchmarks/retold`); from nothing that is evaluated on. A group is a true bead of one to three lines and beads that are not: a line too
many, a line or half a line too few, shifted by one line, a neighbour, lines that are much alike, and what the aligner takes for
beads by mistake in such texts (of translations with lines missing). The network says whether the texts
say the same, whether one says a line of the other, and of every sub-word whether it has no counterpart. `collect` reads every text once up
to the encoder's layer START, which stays as it is; `learn` changes the layers after it (`models/adapters`) and learns the network that
reads both texts. `average` writes the mean of networks that were learned from the same one, which mostly knows what any of them knows
(weight averaging, Wortsman et al. 2022).
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from songngu.align.alignment import estimated
from songngu.data.text import normalise
from songngu.models import adapters
from songngu.models.adapters import START
from songngu.models.batching import padded_length
from songngu.models.caching import CachingEncoder
from songngu.models.encoders import Encoder, encoder
from songngu.models.joint import LAYERS, passed_through, read_joined, shapes
from songngu.models.joint import built_in as quality_numbers
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, pad

from benchmarks.alignment_sets import Key as Bead
from benchmarks.alignment_sets import retold
from benchmarks.texts import Run, Text, courses, handbooks, questions
from benchmarks.train_quality import (
    LANGUAGES,
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
AT_ONCE = {"cpu": 2048, "cuda": 65536}  # padded sub-words that pass the changed layers together
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

_MISTAKEN = 0.01  # chance from which on the aligner takes lines that do not belong together for a bead, perhaps
_MISSING = (0.05, 0.25, 0.45)  # shares of lines that are left out of either text to see its mistakes
_COPY = 60  # lines of a text that are looked at so
_SHOWN = 3  # mistakes in a group, at most

# document, language, first line, lines, part (0: whole, 1 and 2: halves)
Key = tuple[int, str, int, int, int]
# Lines of two languages that are no bead though they look like one
Mistake = tuple[tuple[str, tuple[int, ...]], tuple[str, tuple[int, ...]]]
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
    lost: np.ndarray


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
        sure, unsure = (
            [((s[0], len(s)), (t[0], len(t))) for s, t in sorted(beads) if s and t]
            for beads in (case.gold, case.possible)
        )
        yield Text(dict(zip(case.languages, (case.source, case.target), strict=True)), sure, unsure)


def mistakes(document: Text, coder: Encoder, rng: random.Random) -> list[Mistake]:
    """What the aligner, without reading, takes for beads by mistake in two texts that retell each other, or in two translations of
    which lines are missing."""
    codes = [*document.sides]
    if document.runs:
        keep = [[*range(len(lines))] for lines in document.sides.values()]
    else:
        codes = ["fr", "vi"] if {"fr", "vi"} <= {*codes} else sorted(rng.sample(codes, 2))
        missing = rng.choice(_MISSING)
        some = [*range(len(document.sides[codes[0]]))][:_COPY]
        keep = [[i for i in some if rng.random() >= missing] for _ in codes]
    texts = [[document.sides[code][i] for i in some] for code, some in zip(codes, keep, strict=True)]
    if not all(texts):
        return []
    _, found = estimated(texts[0], texts[1], (codes[0], codes[1]), coder)
    beads = [
        (tuple(keep[0][i:k]), tuple(keep[1][j:m]))
        for i, k, j, m in found.found.spans[found.chance > _MISTAKEN].tolist()
    ]
    # translations have the same lines in either text, and nothing else
    right = {_bead(run) for run in (*document.runs, *document.unsure)} or {(s, t) for s, t in beads if s == t}
    return [((codes[0], s), (codes[1], t)) for s, t in beads if (s, t) not in right]


def _bead(run: Run) -> Bead:
    (i, size), (j, others) = run
    return tuple(range(i, i + size)), tuple(range(j, j + others))


def collect(args: argparse.Namespace) -> None:
    """Write what the encoder's lower layers make of every unit, and the mean of a higher one for each line, a file for each document."""
    coder: Any = encoder()
    args.folder.mkdir(parents=True, exist_ok=True)
    kept, rng = CachingEncoder(coder), random.Random(args.seed)
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
        document = Text({code: lines[: MOST[kind]] for code, lines in whole.sides.items()}, whole.runs, whole.unsure)
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
        wrong = mistakes(document, kept, rng)
        torch.save((record, means, document.runs, wrong), args.folder / f"{kind}-{number:03}.pt")
        print(f"{number + 1} of {len(documents)} documents, {time.process_time() - start:.0f} CPU s", flush=True)


# A document that was read: its number and kind, its units, the means of its lines, which of these say the same where it is not parallel,
# and the aligner's mistakes
Document = tuple[int, str, dict[Key, Unit], dict[Key, Tensor], Sequence[Run], Sequence[Mistake]]


def collected(folder: Path) -> Iterator[Document]:
    """The documents that `collect` wrote."""
    for path in sorted(folder.glob("*.pt")):
        kind, number = path.stem.split("-")
        yield int(number), kind, *torch.load(path, weights_only=False)


class Library:
    """Everything that was read, and which lines of a language are much alike."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.units: dict[Key, Unit] = {}
        self.places: dict[str, list[tuple[int, int]]] = {kind: [] for kind in KINDS}
        self.codes: dict[int, list[str]] = {}
        self.runs: dict[int, Sequence[Run]] = {}
        self._mistakes: dict[tuple[int, str, int], list[Mistake]] = {}
        means: dict[Key, Tensor] = {}
        for number, kind, record, own, runs, wrong in documents:
            self.units |= record
            means |= own
            lines = range(max(key[2] for key in record) + 1)
            # of texts that are not parallel the first language is the one that runs name first
            codes = dict.fromkeys(key[1] for key in record)
            self.codes[number] = [*codes] if runs else sorted(codes)
            self.runs[number] = runs
            self.places[kind].extend((number, i) for i in (range(len(runs)) if runs else lines))
            for mistake in wrong:
                for code, some in mistake:
                    for i in some:
                        self._mistakes.setdefault((number, code, i), []).append(mistake)
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

    def mistakes(self, number: int, code: str, lines: Iterable[int]) -> list[Mistake]:
        """The aligner's mistakes with any of these lines."""
        found = (mistake for i in lines for mistake in self._mistakes.get((number, code, i), ()))
        return sorted({*found})

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
        found += self._mistaken(number, (codes[0], one), (codes[1], other))
        if library.runs[number]:  # which words have no counterpart nobody has marked
            found = [replace(e, lost=np.full_like(e.lost, np.nan)) for e in found]
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

    def _mistaken(
        self, number: int, one: tuple[str, tuple[int, int]], other: tuple[str, tuple[int, int]]
    ) -> list[Example]:
        """What the aligner takes for beads of lines of the true one."""
        known, (own, theirs) = set[Mistake](), (range(i, i + size) for _, (i, size) in (one, other))
        for (code, _), lines in ((one, own), (other, theirs)):
            known.update(self._library.mistakes(number, code, lines))
        asked = sorted(m for m in known if {m[0][0], m[1][0]} == {one[0], other[0]})
        found = []
        for mistake in self._rng.sample(asked, min(_SHOWN, len(asked))):
            sides = mistake if mistake[0][0] == one[0] else mistake[::-1]
            keys = [[(number, code, i, 1, 0) for i in lines] for code, lines in sides]
            sizes = [[self._library.size(key) for key in some] for some in keys]
            lost = [  # of texts that are parallel a line belongs to the line of its number
                np.repeat([float(i not in sides[1 - k][1]) for i in lines], sizes[k])
                for k, (_, lines) in enumerate(sides)
            ]
            part = float(any(i in own for i in sides[0][1]) and any(i in theirs for i in sides[1][1]))
            whole = (sum(sizes[0]), sum(sizes[1]))
            found.append(Example((tuple(keys[0]), tuple(keys[1])), whole, 0, part, np.concatenate(lost)))
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
    lost = np.zeros(source.size + target.size)
    for span, shift in ((own, 0), (other, source.size)):
        if span is not None:
            lost[span[0] + shift : span[1] + shift] = 1
    if unknown:
        lost[: source.size] = np.nan
    return Example((source.keys, target.keys), (source.size, target.size), same, part, lost)


def _turned(e: Example) -> Example:
    cut = e.sizes[0]
    return Example(
        (e.sides[1], e.sides[0]), (e.sizes[1], e.sizes[0]), e.same, e.part, np.concatenate([e.lost[cut:], e.lost[:cut]])
    )


class Network:
    """The numbers that are learned and those that stay, as a network for units that were read up to START."""

    def __init__(self, layers: Sequence[Mapping[str, Tensor]], fixed: Mapping[str, Tensor], library: Library) -> None:
        self._layers = [{k: v.bfloat16() for k, v in layer.items()} for layer in layers]
        self._means = torch.stack([fixed.get(f"means.{code}", fixed["means"]).float() for code in LANGUAGES])
        self._basis, self._library = fixed["basis"].float(), library

    def __call__(
        self, rows: Sequence[Example], numbers: Mapping[str, Tensor], drop: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Logits of beads, and of their sub-words (see `joint.read_joined`)."""
        layers, known = adapters.merged(self._layers, numbers), self._library
        wanted = sorted({key for e in rows for side in e.sides for key in side}, key=lambda k: (known.size(k), k))
        states, first, at = [], dict[Key, int](), 0
        for some in _alike(wanted, known):
            states.append(self._reduced(some, layers, drop))
            for key in some:
                first[key], at = at, at + known.size(key)
        # past the last sub-word stands one of zeros, for what is not there
        table = pad(torch.cat(states), (0, 0, 0, 0, 0, 1))
        ids = pad(torch.cat([known.units[key][0] for key in wanted]), (0, 1))
        length = padded_length([sum(e.sizes) for e in rows])
        places = np.full((len(rows), length), at)
        for row, e in zip(places, rows, strict=True):
            own = [np.arange(first[key], first[key] + known.size(key)) for side in e.sides for key in side]
            row[: sum(e.sizes)] = np.concatenate(own)
        asked = _moved(places)
        return read_joined(ids[asked], table[asked], _moved([e.sizes for e in rows]), numbers, drop)

    def _reduced(self, keys: Sequence[Key], layers: Sequence[Mapping[str, Tensor]], drop: float) -> Tensor:
        """The reduced states (sub-words of all, layers, k) of some units (see `joint.projected`)."""
        sizes = np.array([self._library.size(key) for key in keys])
        inside = np.arange(padded_length(sizes.tolist())) < sizes[:, None]
        places = np.zeros(inside.shape, dtype=np.int64)
        places[inside] = np.arange(sizes.sum())
        started = torch.cat([self._library.units[key][1] for key in keys])
        kept = passed_through(started[_moved(places)], _moved(inside), layers, drop)
        back = _moved(np.flatnonzero(inside))
        codes = _moved(np.repeat([LANGUAGES.index(key[1]) for key in keys], sizes))
        found = [rows.flatten(0, 1)[back].float() - self._means[codes, k] for k, rows in enumerate(kept)]
        return torch.stack([rows @ self._basis[k] for k, rows in enumerate(found)], 1)


def _alike(keys: Sequence[Key], library: Library) -> Iterator[Sequence[Key]]:
    """Units, the shortest first, in parts of at most AT_ONCE sub-words."""
    at = 0
    for end in range(1, len(keys) + 1):
        if (
            end == len(keys)
            or padded_length([library.size(keys[end])]) * (end + 1 - at) > AT_ONCE[torch.get_default_device().type]
        ):
            yield keys[at:end]
            at = end


def _moved(values: Any) -> Tensor:
    """An array where the network is."""
    return torch.from_numpy(np.asarray(values)).to(torch.get_default_device(), non_blocking=True)


def loss_of(
    groups: Sequence[Sequence[Example]], network: Network, numbers: Mapping[str, Tensor], drop: float
) -> tuple[Tensor, Tensor]:
    """The loss of some groups, and the logits of their examples."""
    rows = [e for group in groups for e in group]
    logits, tags = network(rows, numbers, drop)
    wanted = _moved(np.array([[e.same, e.part] for e in rows], dtype=np.float32))
    point = (binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1) * weights_of(groups)).sum() / 2
    lost = np.full(tags.shape[:2], np.nan, dtype=np.float32)
    for row, e in zip(lost, rows, strict=True):
        row[: len(e.lost)] = e.lost
    known = _moved(~np.isnan(lost)).float()
    each = binary_cross_entropy_with_logits(tags[..., 0], _moved(np.nan_to_num(lost)), reduction="none")
    token = (each * known).sum() / known.sum().clamp(1)
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
    torch.set_default_device(args.device)
    coder: Any = encoder()
    layers = coder.layer_weights(START, LAYERS[-1])
    documents = (
        (number, kind, _placed(units), means, runs, wrong)
        for number, kind, units, means, runs, wrong in collected(args.folder)
    )
    train(args, Library(documents), layers)


def _placed(units: Mapping[Key, Unit]) -> dict[Key, Unit]:
    device = torch.get_default_device()
    return {key: (ids.to(device), states.to(device)) for key, (ids, states) in units.items()}


def train(args: argparse.Namespace, library: Library, layers: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Learn from what was read, where `torch.get_default_device` says; the moving average of the numbers, which is also written."""
    device = torch.get_default_device()
    groups = iter(Groups(library, args.seed))
    changes = initial(2, adapters.shapes(LAYERS[-1]))
    small = initial(1, shapes(REDUCED, WIDTH, INNER, judgements=JUDGEMENTS, tags=TAGS))
    numbers = resumed(small | changes, args.start)
    numbers = {name: value.detach().to(device).requires_grad_() for name, value in numbers.items()}
    fixed = {name: value.to(device) for name, value in quality_numbers().items() if name.startswith(("means", "basis"))}
    start, losses, right, steps = time.time(), [], [], args.groups // args.batch
    network = Network([{name: value.to(device) for name, value in layer.items()} for layer in layers], fixed, library)
    training = Steps(numbers, rate=args.rate, steps=steps, kept=0.998)
    for step, batch in zip(range(steps), batches(groups, args.batch), strict=False):
        loss, logits = loss_of(batch, network, training.half(), args.drop)
        training.step(loss)
        losses.append(loss.detach())
        right.append((logits[:, 0], [len(group) for group in batch]))
        if (step + 1) % 250 == 0:
            first = [float(own[0] > own[1:].max()) for found, sizes in right for own in found.cpu().split(sizes)]
            print(
                f"{(step + 1) * args.batch} groups, {time.time() - start:.0f} s, loss {torch.stack(losses).mean():.4f}, "
                f"true bead first {np.mean(first):.3f}", flush=True)  # fmt: skip
            losses, right = [], []
        if (step + 1) % 1000 == 0 or step + 1 == steps:
            # what is written on the way is the average so far, for training that is stopped
            save(
                args.out,
                {name: value.cpu() for name, value in (training.averaged | fixed).items()},
                made_by="benchmarks/train_reader.py",
                texts=TEXTS,
                training=f"{(step + 1) * args.batch} groups, 1 pass",
            )
    return training.averaged | fixed


def average(args: argparse.Namespace) -> None:
    """Write the mean of networks that were learned from the same one; layers that one of them leaves as they are count as unchanged."""
    networks = [load_file(path) for path in args.networks]
    found = {}
    for name in sorted({name for network in networks for name in network}):
        known = [network[name].float() for network in networks if name in network]
        # of layers left as they are the change is nothing: of its two factors one is, and the other is any
        found[name] = torch.stack(known).sum(0) / (len(known) if name.endswith(".down") else len(networks))
    save(
        args.out, found, made_by="benchmarks/train_reader.py", texts=TEXTS, training=f"mean of {len(networks)} networks"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("collect", "learn", "average"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--texts", type=Path, default=Path("texts"), help="as benchmarks/texts.py describes it")
    parser.add_argument("--folder", type=Path, help="where the states of all texts lie")
    parser.add_argument("--networks", nargs="*", type=Path, metavar="FILE", help="what to average")
    parser.add_argument("--out", type=Path, default=Path("models/reader.safetensors"))
    parser.add_argument("--groups", type=int, default=24_000)
    parser.add_argument("--start", type=Path, help="numbers to begin with")
    parser.add_argument("--batch", type=int, default=8, help="groups in a step")
    parser.add_argument("--drop", type=float, default=0.1, help="share of what is seen that is left out")
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--device", default="cpu", help="where to learn: cpu or cuda")
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    {"collect": collect, "learn": learn, "average": average}[args.what](args)


if __name__ == "__main__":
    main()
