"""Translations damaged on purpose, in known ways: what checks and quality estimation are measured and trained on.

Each kind of damage takes a true translation and gives a wrong one, or None where the sentence has nothing to damage
that way. The same seed gives the same damage.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..data.agreement import calendar_names, calendar_spans
from ..data.dates import mentions
from ..data.languages import table
from ..data.names import names
from ..data.negation import denials
from ..data.negation import pattern as negation_pattern
from ..data.quantities import quantities


@dataclass(frozen=True, slots=True)
class Pairs:
    """Line-aligned sentences of two languages, in document order, so that neighbours are from one text."""

    sources: Sequence[str]
    targets: Sequence[str]
    source_language: str
    target_language: str

    def turned(self) -> Pairs:
        """The other direction."""
        return Pairs(self.targets, self.sources, self.target_language, self.source_language)


def word_dropped(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """One word of three letters or more is missing, and not the first; in Vietnamese a syllable of such length."""
    words = pairs.targets[i].split()
    places = [k for k, word in enumerate(words) if sum(c.isalpha() for c in word) >= 3 and k]
    if len(words) < 5 or not places:
        return None
    k = rng.choice(places)
    return " ".join(words[:k] + words[k + 1 :])


def clause_dropped(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A clause between commas, or the last one, is missing; what stays is a sentence still."""
    parts = re.split(r"(?<=[,;:])\s+|\s+(?=[–—-]\s)", pairs.targets[i])
    longest = sum(map(len, parts))
    places = [k for k, part in enumerate(parts) if len(part.split()) >= 4 and 0.12 <= len(part) / longest <= 0.65]
    if len(parts) < 2 or not places:
        return None
    k = rng.choice(places)
    left = " ".join(parts[:k] + parts[k + 1 :]).rstrip(",;: –—-")
    end = pairs.targets[i].rstrip()[-1:]
    return left + (end if end in ".!?…" and not left.endswith(end) else "")


def number_changed(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """One digit of a number is another."""
    places = [match.start() for match in re.finditer(r"\d", pairs.targets[i])]
    if not places:
        return None
    k, text = rng.choice(places), pairs.targets[i]
    digit = rng.choice([d for d in "123456789" if d != text[k]])
    return text[:k] + digit + text[k + 1 :]


def negation_dropped(pairs: Pairs, i: int, rng: random.Random) -> str | None:  # noqa: ARG001 every negation goes
    """The words that deny are missing; `không` in `không khí` denies nothing."""
    text = pairs.targets[i]
    places = denials(text, pairs.target_language)
    if not 1 <= len(places) <= 2:
        return None
    for start, end in reversed(places):
        text = text[:start] + " " + text[end:]
    return re.sub(r"\s+([.,])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()


def negation_added(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A word that denies stands where none was."""
    denying = negation_pattern(pairs.target_language)
    words = pairs.targets[i].split()
    if denying is None or denying.search(pairs.targets[i]) or not 6 <= len(words) <= 40:
        return None
    adding = (table(pairs.target_language, "checks") or {})["negation"]["damage"]
    k = rng.randrange(2, len(words) - 2)
    return " ".join([*words[:k], adding, *words[k:]])


def name_swapped(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A name is that of another sentence."""
    text = pairs.targets[i]
    here = [n for n in names(text, pairs.target_language) if not n.weak and n.kind in ("name", "territory", "place")]
    if not here:
        return None
    chosen = rng.choice(here)
    for _ in range(20):
        other = pairs.targets[rng.randrange(len(pairs.targets))]
        found = [
            other[n.start : n.end]
            for n in names(other, pairs.target_language)
            if n.kind == chosen.kind and not n.weak and n.key not in {m.key for m in here}
        ]
        if found:
            return text[: chosen.start] + rng.choice(found) + text[chosen.end :]
    return None


def other_sentence(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """The translation of a neighbouring sentence."""
    choices = [
        j
        for j in range(max(0, i - 3), min(len(pairs.targets), i + 4))
        if j != i and pairs.targets[j] != pairs.targets[i]
    ]
    return pairs.targets[rng.choice(choices)] if choices else None


def untranslated(pairs: Pairs, i: int, rng: random.Random) -> str | None:  # noqa: ARG001 nothing is left to chance
    """The source itself."""
    return pairs.sources[i] if pairs.sources[i] != pairs.targets[i] else None


def looped(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """The last words come again and again."""
    words = pairs.targets[i].split()
    if len(words) < 6:
        return None
    cut = rng.randrange(len(words) // 2, len(words))
    size = rng.randrange(1, 6)
    return " ".join(words[:cut] + words[max(cut - size, 0) : cut] * rng.randrange(3, 7))


def digits_moved(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """Two neighbouring digits of a number are exchanged, or a zero is added to it or lost."""
    text = pairs.targets[i]
    places = list(re.finditer(r"(?<![\w.,])\d{2,}(?![\w.,]*\d)", text))
    if not places:
        return None
    chosen = rng.choice(places)
    digits = chosen.group()
    k = rng.randrange(len(digits) - 1)
    forms = {digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :], digits + "0", digits.removesuffix("0")}
    forms = sorted(form for form in forms - {digits} if form[0] != "0" or digits[0] == "0")
    return text[: chosen.start()] + rng.choice(forms) + text[chosen.end() :]


def number_word_changed(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A number in words, from two to twelve, is another one."""
    text, language = pairs.targets[i], pairs.target_language
    words = {w: v for w, v in (table(language, "quantities") or {}).get("words", {}).items() if 2 <= v <= 12}
    read = {q.start: q for q in quantities(text, language) if q.kind == "cardinal" and not q.weak}
    places = [
        (start, word)
        for start in read
        for word in words
        if re.match(rf"{re.escape(word)}(?!\w)", text[start:]) and read[start].value == words[word]
    ]
    if not places:
        return None
    start, word = rng.choice(places)
    others = sorted(w for w, v in words.items() if v != words[word] and " " not in w and v < 10)
    for other in rng.sample(others, len(others)):
        changed = text[:start] + other + text[start + len(word) :]
        # some forms, such as `tư` and `lăm`, are numbers only behind others
        if any(q.start == start and q.value == words[other] for q in quantities(changed, language)):
            return changed
    return None


def day_moved(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A day of the week or a month is another one, or the number of a day is."""
    text, language = pairs.targets[i], pairs.target_language
    found = [(a, b, what) for what in ("days", "months") for a, b in calendar_spans(text, language, what)]
    numbers_ = [
        (q.start, q.end)
        for m in mentions(text, language)
        for q in quantities(text, language)
        if m.start <= q.start < m.end
    ]
    figures = [(a, b, "figure") for a, b in numbers_ if text[a:b].isdigit() and int(text[a:b]) <= 31]
    if not found and not figures:
        return None
    start, end, what = rng.choice([*found, *figures])
    if what == "figure":
        other = str(rng.choice([n for n in range(1, 13) if n != int(text[start:end])]))
    else:
        other = rng.choice([name for name in calendar_names(language, what) if name != text[start:end].casefold()])
        other = other[:1].upper() + other[1:] if text[start].isupper() else other
    return text[:start] + other + text[end:]


def phrase_dropped(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """Four words or more in a row are missing, wherever they stood; at most half of the sentence."""
    words = pairs.targets[i].split()
    if len(words) < 12:
        return None
    size = rng.randint(4, len(words) // 2)
    start = rng.randrange(len(words) - size + 1)
    left = " ".join(words[:start] + words[start + size :])
    end = pairs.targets[i].rstrip()[-1:]
    left = left[0].upper() + left[1:]
    return left if end.isalnum() or left.endswith(end) else left.rstrip(",;:") + end


def sentence_dropped(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """Of a line with several sentences one is missing."""
    parts = re.split(r"(?<=[.!?…])\s+(?=[^\W\d_])", pairs.targets[i])
    if len(parts) < 2 or min(len(part.split()) for part in parts) < 3:
        return None
    k = rng.randrange(len(parts))
    return " ".join(parts[:k] + parts[k + 1 :])


def clause_added(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A clause of another sentence stands at the end."""
    for _ in range(20):
        other = pairs.targets[rng.randrange(len(pairs.targets))]
        parts = [part for part in re.split(r"[,;:–]\s+", other.rstrip(".!?… ")) if 4 <= len(part.split()) <= 20]
        if parts and other != pairs.targets[i]:
            text = pairs.targets[i].rstrip()
            end = text[-1:] if text[-1:] in ".!?…" else ""
            return text.rstrip(".!?…") + ", " + rng.choice(parts) + end
    return None


def half_untranslated(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """The second half, or a clause, is left in the language of the source."""
    source, target = pairs.sources[i].split(), pairs.targets[i].split()
    if len(source) < 10 or len(target) < 10:
        return None
    share = rng.uniform(0.4, 0.7)
    return " ".join(target[: int(share * len(target))] + source[int(share * len(source)) :])


def word_doubled(pairs: Pairs, i: int, rng: random.Random) -> str | None:
    """A word of four letters or more stands twice in a row."""
    words = pairs.targets[i].split()
    places = [k for k, word in enumerate(words) if word.isalpha() and word.islower() and len(word) >= 4]
    if not places:
        return None
    k = rng.choice(places)
    return " ".join([*words[: k + 1], *words[k:]])


KINDS: dict[str, Callable[[Pairs, int, random.Random], str | None]] = {
    "word dropped": word_dropped,
    "clause dropped": clause_dropped,
    "number changed": number_changed,
    "negation dropped": negation_dropped,
    "negation added": negation_added,
    "name swapped": name_swapped,
    "other sentence": other_sentence,
    "untranslated": untranslated,
    "looped": looped,
}

# More kinds, that checks are measured on, too
CHECKED: dict[str, Callable[[Pairs, int, random.Random], str | None]] = {
    **KINDS,
    "digits moved": digits_moved,
    "number word changed": number_word_changed,
    "day moved": day_moved,
    "phrase dropped": phrase_dropped,
    "sentence dropped": sentence_dropped,
    "clause added": clause_added,
    "half untranslated": half_untranslated,
    "word doubled": word_doubled,
}


def damaged(pairs: Pairs, kind: str, *, seed: int = 1) -> list[tuple[int, str]]:
    """The numbers of the sentences that can be damaged that way, and their damaged translations."""
    found = []
    for i in range(len(pairs.targets)):
        text = CHECKED[kind](pairs, i, random.Random(f"{seed}/{kind}/{i}"))  # noqa: S311 not a secret
        if text is not None and text != pairs.targets[i]:
            found.append((i, text))
    return found
