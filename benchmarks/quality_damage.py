"""Makes wrong translations out of true ones for training the quality estimate: more kinds, and broader ones, than
`songngu.eval.damage` has, so that what is learned is not one maker's habit.

Every maker takes a `Case` and a seeded random generator and gives the damaged text, or None where there is nothing to damage that way.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from songngu.data.names import names
from songngu.data.negation import denials

_END = re.compile(r"[.!?…]+[\"'”’»]*$")
_BREAK = re.compile(r"(?<=[,;:)])\s+|\s+(?=[–—(-])")
_SHORT = 4  # letters of a word that is seldom a small one


@dataclass(frozen=True, slots=True)
class Case:
    """One side of a pair that is to be damaged: its text and language, the other side's, texts near it, and any texts of its
    language."""

    text: str
    language: str
    other: str
    other_language: str
    near: Sequence[str]
    pool: Sequence[str]


Maker = Callable[[Case, random.Random], str | None]


@cache
def _rules(language: str) -> dict[str, Any]:
    rules = tomllib.loads((Path(__file__).parent / "quality_damage.toml").read_text(encoding="utf-8"))
    return rules.get(language, {})


def _finished(words: Sequence[str], original: str) -> str:
    """The words as a text that ends as the original does, mostly."""
    text, end = " ".join(words).rstrip(" ,;:–—-("), _END.search(original)
    return text if end is None or _END.search(text) else text + end.group()


def _content(words: Sequence[str], rng: random.Random) -> int:
    """The number of a word, mostly one that carries meaning."""
    heavy = [k for k, word in enumerate(words) if sum(c.isalpha() for c in word) >= _SHORT]
    return rng.choice(heavy) if heavy and rng.random() < 0.6 else rng.randrange(len(words))


def _phrase(texts: Sequence[str], rng: random.Random, least: int, most: int) -> list[str]:
    words = rng.choice(texts).split()
    size = min(rng.randint(least, most), len(words))
    at = rng.randint(0, len(words) - size)
    return words[at : at + size]


def word_dropped(case: Case, rng: random.Random) -> str | None:
    """One word is missing, or two or three in a row."""
    words = case.text.split()
    size = rng.choice((1, 1, 1, 2, 2, 3))
    if len(words) < size + 3:
        return None
    k = min(_content(words, rng), len(words) - size)
    mark = re.search(r"[,;:.!?…»”\")]+$", words[k + size - 1])
    left = [*words[:k], *words[k + size :]]
    if mark and k and rng.random() < 0.7:
        left[k - 1] = left[k - 1].rstrip(",;:") + mark.group()
    return " ".join(left)


def words_dropped(case: Case, rng: random.Random) -> str | None:
    """Two to four words in different places are missing."""
    words = case.text.split()
    if len(words) < 8:
        return None
    gone = {_content(words, rng) for _ in range(rng.randint(2, 4))}
    return " ".join(word for k, word in enumerate(words) if k not in gone)


def span_dropped(case: Case, rng: random.Random) -> str | None:
    """A good part of the words is missing, wherever it stands."""
    words = case.text.split()
    if len(words) < 7:
        return None
    size = max(3, round(len(words) * rng.uniform(0.1, 0.5)))
    k = rng.randint(0, len(words) - size)
    return _finished([*words[:k], *words[k + size :]], case.text)


def clause_dropped(case: Case, rng: random.Random) -> str | None:
    """What stands between marks is missing, once or twice."""
    parts = _BREAK.split(case.text)
    places = [k for k, part in enumerate(parts) if len(part.split()) >= 2]
    if len(parts) < 2 or not places:
        return None
    chosen = rng.choice(places)
    size = 1 if len(parts) < 4 or rng.random() < 0.8 else 2
    left = [part for k, part in enumerate(parts) if not chosen <= k < chosen + size]
    text = _finished([" ".join(left)], case.text)
    return text[:1].upper() + text[1:] if case.text[:1].isupper() and rng.random() < 0.7 else text


def truncated(case: Case, rng: random.Random) -> str | None:
    """The end is missing, or the beginning."""
    words = case.text.split()
    if len(words) < 5:
        return None
    size = min(max(2, round(len(words) * rng.uniform(0.3, 0.9))), len(words) - 1)
    if rng.random() < 0.4:
        left = " ".join(words[-size:])
        return left[:1].upper() + left[1:] if rng.random() < 0.7 else left
    return _finished(words[:size], case.text) if rng.random() < 0.7 else " ".join(words[:size])


def number_changed(case: Case, rng: random.Random) -> str | None:
    """A number is another one: digits changed, exchanged, added or gone, or it comes from another text."""
    found = list(re.finditer(r"\d+(?:[.,\u00a0\u202f]\d+)*", case.text))
    if not found:
        return None
    match = rng.choice(found)
    old = match.group()
    places = [k for k, c in enumerate(old) if c.isdigit()]
    way, k = rng.randrange(5), rng.choice(places)
    if way == 0:
        others = re.findall(r"\d+(?:[.,]\d+)*", " ".join(rng.sample(list(case.pool), min(20, len(case.pool)))))
        new = rng.choice(others) if others else str(int(old[0]) + 1)
    elif way == 1 and len(places) > 1:
        new = old[:k] + old[k + 1 :]
    elif way == 2:
        new = old[:k] + str(rng.randint(0, 9)) + old[k:]
    else:
        new = old[:k] + rng.choice([d for d in "0123456789" if d != old[k]]) + old[k + 1 :]
    return None if new.lstrip("0") == old.lstrip("0") else case.text[: match.start()] + new + case.text[match.end() :]


@cache
def _denying(language: str) -> re.Pattern[str] | None:
    own = _rules(language).get("removed")
    return re.compile(rf"(?<!\w)(?:{'|'.join(own)})(?!\w)", re.I) if own else None


def denying(text: str, language: str) -> list[tuple[int, int]]:
    """Where the words stand that deny: offsets."""
    own = _denying(language)
    return denials(text, language) if own is None else [match.span() for match in own.finditer(text)]


def negation_dropped(case: Case, rng: random.Random) -> str | None:  # noqa: ARG001 every negation goes
    """The words that deny are missing."""
    places, text = denying(case.text, case.language), case.text
    if not 1 <= len(places) <= 3:
        return None
    for start, end in reversed(places):
        text = text[:start] + text[end:]
    return re.sub(r"\s{2,}", " ", text).strip()


def negation_added(case: Case, rng: random.Random) -> str | None:
    """The text denies what it said, in the right place by the language's patterns or anywhere."""
    rules, words = _rules(case.language), case.text.split()
    if not rules or len(words) < 4 or denying(case.text, case.language):
        return None
    places = [(m, new) for old, new in rules["added"] for m in re.finditer(old, case.text)]
    if places and rng.random() < 0.6:
        match, new = rng.choice(places)
        return case.text[: match.start()] + match.expand(new) + case.text[match.end() :]
    k = rng.randint(1, len(words) - 1)
    return " ".join([*words[:k], rng.choice(rules["words"]), *words[k:]])


def name_swapped(case: Case, rng: random.Random) -> str | None:
    """A name is one of another text, or a part of it is."""
    own = [n for n in names(case.text, case.language) if not n.weak]
    if not own:
        return None
    name = rng.choice(own)
    keys = {n.key for n in own}
    for text in rng.sample(list(case.pool), min(25, len(case.pool))):
        found = [n for n in names(text, case.language) if n.key not in keys and not n.weak]
        if found:
            other = rng.choice(found)
            return case.text[: name.start] + text[other.start : other.end] + case.text[name.end :]
    return None


def name_dropped(case: Case, rng: random.Random) -> str | None:
    """A name is missing."""
    own = [n for n in names(case.text, case.language) if not n.weak]
    if not own or len(case.text.split()) < 5:
        return None
    name = rng.choice(own)
    return re.sub(r"\s{2,}", " ", case.text[: name.start] + case.text[name.end :]).strip()


def other_sentence(case: Case, rng: random.Random) -> str | None:
    """A text from nearby, or of about the same length from anywhere."""
    if case.near and rng.random() < 0.65:
        return rng.choice(case.near)
    some = rng.sample(list(case.pool), min(15, len(case.pool)))
    return min(some, key=lambda text: abs(len(text) - len(case.text)))


def merged(case: Case, rng: random.Random) -> str | None:
    """The text with a neighbour, whole or half, before or behind it; or half of each."""
    if not case.near:
        return None
    words, more = case.text.split(), rng.choice(case.near).split()
    if rng.random() < 0.5:
        more = more[: max(2, len(more) // 2)] if rng.random() < 0.5 else more[len(more) // 2 :]
    if rng.random() < 0.3:
        words = words[len(words) // 2 :] if rng.random() < 0.5 else words[: max(2, len(words) // 2)]
    return " ".join([*words, *more] if rng.random() < 0.6 else [*more, *words])


def phrase_added(case: Case, rng: random.Random) -> str | None:
    """Words of another text stand in it."""
    words = case.text.split()
    extra = _phrase(case.near or case.pool if rng.random() < 0.6 else case.pool, rng, 1, 9)
    k = rng.choice([0, len(words), rng.randint(0, len(words)), rng.randint(0, len(words))])
    return " ".join([*words[:k], *extra, *words[k:]])


def word_replaced(case: Case, rng: random.Random) -> str | None:
    """One word, or two or three, are others."""
    words = case.text.split()
    size = rng.choice((1, 1, 2, 3))
    if len(words) < size + 2:
        return None
    k = min(_content(words, rng), len(words) - size)
    return " ".join([*words[:k], *_phrase(case.pool, rng, size, size + 1), *words[k + size :]])


def moved(case: Case, rng: random.Random) -> str | None:
    """Two stretches have changed places."""
    words = case.text.split()
    if len(words) < 6:
        return None
    a, b, c = sorted(rng.sample(range(len(words) + 1), 3))
    return " ".join([*words[:a], *words[b:c], *words[a:b], *words[c:]])


def untranslated(case: Case, rng: random.Random) -> str | None:  # noqa: ARG001 nothing is left to chance
    """The other side's text, whole."""
    return case.other if case.language != case.other_language else None


def partly_untranslated(case: Case, rng: random.Random) -> str | None:
    """A stretch is in the other language."""
    words, foreign = case.text.split(), case.other.split()
    if len(words) < 5 or len(foreign) < 5 or case.language == case.other_language:
        return None
    start, size = rng.uniform(0, 0.8), rng.uniform(0.1, 0.7)
    (a, b), (c, d) = ((int(len(w) * start), int(len(w) * min(start + size, 1)) + 1) for w in (words, foreign))
    return " ".join([*words[:a], *foreign[c:d], *words[b:]])


def looped(case: Case, rng: random.Random) -> str | None:
    """Words come again and again, at the end or on the way."""
    words = case.text.split()
    if len(words) < 4:
        return None
    cut, size = rng.randint(2, len(words)), rng.randint(1, 8)
    again = words[max(cut - size, 0) : cut] * rng.randint(2, 8)
    return " ".join([*words[:cut], *again, *(words[cut:] if rng.random() < 0.3 else [])])


def doubled(case: Case, rng: random.Random) -> str | None:
    """A stretch of two words or more stands twice."""
    words = case.text.split()
    if len(words) < 5:
        return None
    size = rng.randint(2, max(2, len(words) // 2))
    k = rng.randint(0, len(words) - size)
    return " ".join([*words[: k + size], *words[k:]])


# How often each is tried; what is found easily is rarer
MAKERS: dict[str, tuple[Maker, float]] = {
    "word dropped": (word_dropped, 6.0),
    "words dropped": (words_dropped, 1.5),
    "span dropped": (span_dropped, 0.6),
    "clause dropped": (clause_dropped, 1.2),
    "truncated": (truncated, 0.3),
    "number changed": (number_changed, 2.0),
    "negation dropped": (negation_dropped, 3.0),
    "negation added": (negation_added, 1.5),
    "name swapped": (name_swapped, 1.5),
    "name dropped": (name_dropped, 0.8),
    "other sentence": (other_sentence, 0.5),
    "merged": (merged, 0.4),
    "phrase added": (phrase_added, 0.6),
    "word replaced": (word_replaced, 1.2),
    "moved": (moved, 0.2),
    "untranslated": (untranslated, 0.2),
    "partly untranslated": (partly_untranslated, 0.3),
    "looped": (looped, 0.3),
    "doubled": (doubled, 0.2),
}


def some_damaged(case: Case, rng: random.Random, count: int, first: str | None = None) -> list[tuple[str, str]]:
    """Up to `count` damaged texts of different kinds with their kinds; none where the kind that must come first cannot be made."""
    # weighted order without replacement (Efraimidis and Spirakis 2006)
    order = sorted(MAKERS, key=lambda kind: (kind != first, -(rng.random() ** (1 / MAKERS[kind][1]))))
    found: dict[str, str] = {}
    for kind in order:
        text = MAKERS[kind][0](case, rng)
        if text and text.strip() and text != case.text and text not in found:
            found[text] = kind
            if len(found) == count:
                break
        elif kind == first:
            return []
    return [(kind, text) for text, kind in found.items()]


def harmless(text: str, rng: random.Random) -> str:
    """The text with a change that leaves it as right as it was: marks, quotes, the first letter's case, spaces."""
    way = rng.randrange(6)
    if way == 0:
        return _END.sub("", text) or text
    if way == 1:
        return text[:1].lower() + text[1:] if rng.random() < 0.5 else text[:1].upper() + text[1:]
    if way == 2:
        return re.sub(r"[«»“”„\"]\s?", '"', text)
    if way == 3:
        return re.sub(r"\s([?!;:%»])", r"\1", text)
    if way == 4:
        return text.replace("’", "'") if "’" in text else text.replace("'", "’")
    return text.replace(",", "", 1) if text.count(",") == 1 else text + "." * (text[-1:].isalpha())
