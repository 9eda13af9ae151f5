"""A word-for-word gloss from a small bilingual lexicon: a baseline and a hint, never a translation.

The lexicon (`gloss.<a>-<b>.tsv.gz`, made by benchmarks/make_gloss.py) is induced from sentence pairs with permissive licences, which
are named in its first lines. It also tells checks and quality estimation which words may translate which.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from ..data.errors import UsageError
from ..data.languages import base
from ..data.text import normalise

_WORD = re.compile(r"[^\W_]+['’]?|[^\w\s]", re.UNICODE)
_LONGEST = 4  # words of a lexicon entry


def words(text: str) -> list[str]:
    """The lexicon's words: lower case, an elided word keeps its apostrophe (`l'`), punctuation left out."""
    return [word.replace("’", "'") for word in _tokens(text.casefold()) if word[0].isalnum()]


def _tokens(text: str) -> list[str]:
    return _WORD.findall(normalise(text))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations of words and short phrases, the likeliest first, with their probabilities; keys are in `words` form."""

    source_language: str
    target_language: str
    entries: Mapping[str, Sequence[tuple[str, float]]]

    def best(self, phrase: str) -> str | None:
        """The likeliest translation of a word or phrase, or None."""
        found = self.entries.get(phrase)
        return found[0][0] if found else None

    def __len__(self) -> int:
        return len(self.entries)


@cache
def lexicon(source_language: str, target_language: str) -> Lexicon | None:
    """The built-in lexicon of a direction, or None where there is none."""
    source, target = base(source_language), base(target_language)
    for first, second, turned in ((source, target, False), (target, source, True)):
        path = resources.files(__package__ or "songngu.models") / f"gloss.{first}-{second}.tsv.gz"
        if path.is_file():
            return Lexicon(source, target, _read(gzip.decompress(path.read_bytes()).decode("utf-8"), turned))
    return None


def read_lexicon(path: Path, source_language: str, target_language: str) -> Lexicon:
    """A lexicon from a file of the same form (plain or gzipped), source first."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.name.endswith(".gz") else content).decode("utf-8")
    return Lexicon(base(source_language), base(target_language), _read(text, turned=False))


def _read(text: str, turned: bool) -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            source, target, there, back = line.split("\t")
            key, value, chance = (target, source, back) if turned else (source, target, there)
            found.setdefault(key, []).append((value, float(chance)))
    return {key: tuple(sorted(values, key=lambda entry: -entry[1])) for key, values in found.items()}


def gloss(text: str, lexicon: Lexicon) -> str:
    """The text with each word or known phrase replaced by its likeliest translation, in the order of the source."""
    return "".join(_glossed(text, lexicon)).strip()


def _glossed(text: str, lexicon: Lexicon) -> Iterator[str]:
    tokens = _tokens(text)
    keys = [token.casefold().replace("’", "'") for token in tokens]
    i = 0
    while i < len(tokens):
        size, found = _match(keys, i, lexicon)
        written = tokens[i] if found is None else _cased(found, tokens[i])
        yield written if not written[0].isalnum() and written not in "([{«“" else " " + written
        i += size


def _match(keys: Sequence[str], i: int, lexicon: Lexicon) -> tuple[int, str | None]:
    for size in range(min(_LONGEST, len(keys) - i), 0, -1):
        found = lexicon.best(" ".join(keys[i : i + size]))
        if found is not None:
            return size, found
    return 1, None


def _cased(found: str, like: str) -> str:
    return found[:1].upper() + found[1:] if like[:1].isupper() else found


class Gloss:
    """The gloss in a translator's place, for baselines in tables."""

    limit = None

    def __init__(self, source_language: str, target_language: str) -> None:
        found = lexicon(source_language, target_language)
        if found is None:
            raise UsageError(f"there is no built-in lexicon for {source_language} → {target_language}, so no gloss")
        self._lexicon = found

    @property
    def signature(self) -> str:
        """The lexicon's direction and size."""
        return f"gloss:{self._lexicon.source_language}-{self._lexicon.target_language}/{len(self._lexicon)}"

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        """The sentences' lengths in words."""
        return [len(words(sentence)) for sentence in sentences]

    def careful(self) -> None:
        """None: a gloss has no settings."""

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:
        """The glosses, in the order of the sentences.

        Raises:
            UsageError: another direction than the lexicon's.
        """
        if (base(source_language), base(target_language)) != (
            self._lexicon.source_language,
            self._lexicon.target_language,
        ):
            raise UsageError(f"this gloss is {self._lexicon.source_language} → {self._lexicon.target_language} only")
        return [gloss(sentence, self._lexicon) for sentence in sentences]
