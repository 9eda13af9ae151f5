"""Make the bilingual lexicon of `songngu.models.gloss` from sentence pairs with permissive licences and the CLDR names.

    python benchmarks/make_gloss.py ../shared/data/train --out models/gloss.fr-vi.tsv.gz

Word links: IBM model 1 with a fixed preference for the diagonal (as in Dyer et al. 2013) in both directions, symmetrised; from the
links, phrase pairs as in phrase-based translation; kept are those that are both likely and significant. Only pairs whose licence
allows any use are read (LICENCES below); the sources and their licences are written into the file's first lines.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from songngu.models.gloss import words

LICENCES = {
    "MIT",
    "ISC",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-clause",
    "CC-BY-2.0-FR",
    "CC-BY-4.0",
    "PD",
}
SOURCE_WORDS, TARGET_WORDS = 3, 4  # longest phrases
EM_ROUNDS, DIAGONAL, LINKED = 8, 4.0, 0.05


def read_sources(folder: Path) -> dict[str, str]:
    """The labels that may be used, with their licences."""
    with (folder / "SOURCES.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["source"]: row["licence"] for row in rows if row["licence"] in LICENCES}


def read_pairs(folder: Path, sources: Iterable[str]) -> Iterator[tuple[list[str], list[str], str]]:
    """Word lists of both sides, and the source label."""
    allowed = set(sources)
    with (folder / "pairs.fr-vi.tsv").open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            source, target, label = line.rstrip("\n").split("\t")
            if label in allowed:
                pair = words(source), words(target)
                if 0 < len(pair[0]) <= 60 and 0 < len(pair[1]) <= 60:
                    yield *pair, label


def read_names(folder: Path) -> Iterator[tuple[str, str]]:
    """The CLDR names, both sides in the lexicon's form."""
    with (folder / "lexicon.fr-vi.tsv").open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            source, target, kind = line.rstrip("\n").split("\t")
            if kind.startswith("cldr:") and "." not in source + target:  # "janv." is no translation to offer
                yield " ".join(words(source)), " ".join(words(target))


def compounds(sentences: list[list[str]], least: float = 0.35, rounds: int = 2) -> list[list[str]]:
    """The sentences with syllables that go together joined by "_" (normalised pointwise mutual information, Bouma 2009)."""
    for _ in range(rounds):
        single = Counter(word for words_ in sentences for word in words_)
        double = Counter(pair for words_ in sentences for pair in pairwise(words_))
        total = sum(single.values())
        joined = {
            pair
            for pair, n in double.items()
            if n >= 4 and np.log(n * total / (single[pair[0]] * single[pair[1]])) >= -least * np.log(n / total)
        }
        sentences = [_join(words_, joined) for words_ in sentences]
    return sentences


def _join(words_: list[str], joined: set[tuple[str, str]]) -> list[str]:
    done: list[str] = []
    i = 0
    while i < len(words_):
        pair = tuple(words_[i : i + 2])
        done.append("_".join(pair) if pair in joined else words_[i])
        i += 2 if pair in joined else 1
    return done


def link_probabilities(pairs: list[tuple[list[str], list[str]]]) -> list[np.ndarray]:
    """For each pair an array (source words + 1 for none, target words): how likely each target word comes from each source word."""
    source_ids: dict[str, int] = {"": 0}
    target_ids: dict[str, int] = {}
    cells, priors, owners, shapes = [], [], [], []
    for source, target in pairs:
        f = np.array([0, *(source_ids.setdefault(w, len(source_ids)) for w in source)])
        e = np.array([target_ids.setdefault(w, len(target_ids)) for w in target])
        rows = np.arange(len(source)) / max(len(source) - 1, 1)
        columns = np.arange(len(target)) / max(len(target) - 1, 1)
        prior = np.exp(-DIAGONAL * np.abs(rows[:, None] - columns[None, :]))
        prior = 0.9 * prior / prior.sum(0)
        cells.append((f[:, None] * np.int64(1 << 32) + e[None, :]).ravel())
        priors.append(np.vstack([np.full((1, len(target)), 0.1), prior]).ravel())
        owners.append(np.tile(np.arange(len(target)), len(source) + 1))
        shapes.append((len(source) + 1, len(target)))
    return _expectation_maximisation(cells, priors, owners, shapes)


def _expectation_maximisation(cells, priors, owners, shapes) -> list[np.ndarray]:
    starts = np.cumsum([0, *(columns for _, columns in shapes)])
    columns = np.concatenate([owner + start for owner, start in zip(owners, starts, strict=False)])
    prior, (types, kind) = np.concatenate(priors), np.unique(np.concatenate(cells), return_inverse=True)
    source_of_type = types >> 32
    table = np.ones(len(types))
    posterior = prior
    for _ in range(EM_ROUNDS):
        posterior = prior * table[kind]
        posterior /= np.bincount(columns, posterior)[columns]
        counts = np.bincount(kind, posterior)
        table = counts / np.bincount(source_of_type, counts)[source_of_type]
    ends = np.cumsum([rows * cols for rows, cols in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(posterior, ends[:-1]), shapes, strict=True)]


def links(pairs: list[tuple[list[str], list[str]]]) -> Iterator[np.ndarray]:
    """Boolean arrays (source words, target words): links on which both directions agree (the product of their posteriors)."""
    forward = link_probabilities(pairs)
    backward = link_probabilities([(target, source) for source, target in pairs])
    for there, back in zip(forward, backward, strict=True):
        yield there[1:] * back[1:].T > LINKED


def phrases(source: list[str], target: list[str], linked: np.ndarray) -> Iterator[tuple[str, str]]:
    """Phrase pairs whose links stay inside, without unlinked words at their ends."""
    for i in range(len(source)):
        for j in range(i, min(i + SOURCE_WORDS, len(source))):
            columns = np.flatnonzero(linked[i : j + 1].any(0))
            if not len(columns) or columns[-1] - columns[0] >= TARGET_WORDS:
                continue
            a, b = columns[0], columns[-1] + 1
            rows = np.flatnonzero(linked[:, a:b].any(1))
            if rows[0] == i and rows[-1] == j:
                yield " ".join(source[i : j + 1]), " ".join(target[a:b])


def induce(pairs: list[tuple[list[str], list[str]]]) -> dict[tuple[str, str], tuple[float, float, int]]:
    """Phrase pairs with both conditional probabilities and their count."""
    joint: Counter[tuple[str, str]] = Counter()
    pairs = list(zip(compounds([s for s, _ in pairs]), compounds([t for _, t in pairs]), strict=True))
    for (source, target), linked in zip(pairs, links(pairs), strict=True):
        joint.update({(s.replace("_", " "), t.replace("_", " ")) for s, t in phrases(source, target, linked)})
    left, right = Counter[str](), Counter[str]()
    for (source, target), count in joint.items():
        left[source] += count
        right[target] += count
    return {
        pair: (count / (left[pair[0]] + 0.5), count / (right[pair[1]] + 0.5), count)
        for pair, count in joint.items()
        if any(c.isalpha() for c in pair[0]) and any(c.isalpha() for c in pair[1])
    }


def select(
    found: dict[tuple[str, str], tuple[float, float, int]], most: int, least: float
) -> list[tuple[str, str, float, float]]:
    """The best `most` translations of each phrase in each direction; a phrase of several words must be seen twice."""
    by_source, by_target = defaultdict(list), defaultdict(list)
    for (source, target), (there, back, count) in found.items():
        long = source.count(" ") + max(target.count(" ") - 2, 0)
        if count >= 2 + (1 if long else 0) and there * back >= least:
            by_source[source].append((there * back * count, target))
            by_target[target].append((there * back * count, source))
    kept = {(s, t) for s, entries in by_source.items() for _, t in sorted(entries, reverse=True)[:most]}
    kept |= {(s, t) for t, entries in by_target.items() for _, s in sorted(entries, reverse=True)[:most]}
    return sorted((s, t, found[s, t][0], found[s, t][1]) for s, t in kept)


def drop_compositional(entries: list[tuple[str, str, float, float]]) -> list[tuple[str, str, float, float]]:
    """Without the phrases that their words' best translations give in the same order: they cost space and add nothing."""
    best: dict[str, tuple[float, str]] = {}
    for source, target, there, _ in entries:
        if " " not in source:
            best[source] = max(best.get(source, (0.0, "")), (there, target))
    return [
        entry
        for entry in entries
        if " " not in entry[0]
        or " ".join(best.get(w, (0.0, ""))[1] for w in entry[0].split()).split() != entry[1].split()
    ]


def write(
    path: Path, entries: list[tuple[str, str, float, float]], sources: dict[str, str], counts: Counter[str]
) -> None:
    """The lexicon as gzipped TSV, with attribution in comment lines."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
        lines = [
            "# A lexicon induced from sentence pairs (source, target, p(target|source), p(source|target)); made by make_gloss.py.",
            "# Names of languages, territories, currencies, scripts, units, months and days: Unicode CLDR (Unicode-3.0 licence).",
        ]
        lines += [f"# {label.rstrip('~')}: {counts[label]} pairs, {sources[label]}" for label in sorted(counts)]
        lines += [f"{s}\t{t}\t{there:.2g}\t{back:.2g}" for s, t, there, back in entries]
        packed.write(("\n".join(lines) + "\n").encode("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/data/train"))
    parser.add_argument("--out", type=Path, default=Path("models/gloss.fr-vi.tsv.gz"))
    parser.add_argument("--most", type=int, default=4, help="translations kept of each phrase in each direction")
    parser.add_argument("--least", type=float, default=0.005, help="least product of both probabilities")
    args = parser.parse_args()
    sources = read_sources(args.folder)
    rows = list(read_pairs(args.folder, sources))
    pairs = [(source, target) for source, target, _ in rows]
    names = [(s, t) for s, t in read_names(args.folder) if s and t]
    pairs += [(s.split(), t.split()) for s, t in names]
    entries = {
        (s, t): (s, t, there, back)
        for s, t, there, back in drop_compositional(select(induce(pairs), args.most, args.least))
    }
    for source, target in names:
        if source != target:
            entries[source, target] = (source, target, 0.9, 0.9)
    write(args.out, sorted(entries.values()), sources, Counter(label for _, _, label in rows))
    print(f"{len(entries)} entries from {len(pairs)} pairs, {args.out.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
