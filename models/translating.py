"""Translating with care: any translator, with order, guards, one second try, and flags for what stayed wrong.

Empty lines stay empty. A sentence over the model's limit is cut at clause boundaries and put together again. Addresses, tags and
placeholders must come through: where they do not, they are hidden behind short names and tried again. Changed numbers, loops and
dropped text are found and tried again with other settings. What still looks wrong is flagged, never silently kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..data.agreement import Facts, numbers_disagree, written_in_digits
from ..data.core import Bead, Document, Sentence
from ..data.errors import SongnguError
from ..data.languages import table
from ..data.protected import protected
from ..data.repetition import loops
from ..data.text import normalise, one_line
from .translators import Translator, translator

WINDOW = 512  # sentences that are sorted by length together; output follows after each window
_CLAUSE_END = re.compile(r"(?<=[;:,.!?…。、，；：！？])\s*(?=\S)|\s+(?=[–—(])")
_SHORTEST = 25  # characters; shorter sources say nothing through their length
_RATIOS = (0.45, 2.5)  # of the expected length; beyond them text was dropped or went on and on


@dataclass(frozen=True, slots=True)
class Translation:
    """A sentence's translation. `flags`: `split` and `retried` say what was done; `loop`, `dropped`, `added`, `protected`, `number`
    what is wrong."""

    source: str
    text: str
    flags: tuple[str, ...] = ()

    @property
    def suspect(self) -> bool:
        """Whether something still looks wrong."""
        return bool(set(self.flags) - {"split", "retried"})


@dataclass(frozen=True, slots=True)
class TranslatedDocument:
    """A document in the other language, and which of its sentences translates which (a sentence translated to nothing has a null bead)."""

    document: Document
    beads: tuple[Bead, ...]
    flags: tuple[tuple[str, ...], ...]


def translate(
    sentences: Iterable[str], *, source_language: str, target_language: str, model: str | Translator
) -> list[str]:
    """The sentences' translations, in their order; `model` is a name (see `translators.translator`) or a translator."""
    stream = translate_stream(sentences, source_language=source_language, target_language=target_language, model=model)
    return [translation.text for translation in stream]


def translate_stream(
    sentences: Iterable[str],
    *,
    source_language: str,
    target_language: str,
    model: str | Translator,
    window: int = WINDOW,
) -> Iterator[Translation]:
    """Translations with flags, in the order of the sentences, after every `window` of them; only a window is held in memory."""
    engine = translator(model) if isinstance(model, str) else model
    iterator = iter(sentences)

    def run(texts: Sequence[str], by: Translator = engine) -> list[str]:
        return by.translate(texts, source_language=source_language, target_language=target_language)

    look = Look(source_language, target_language, expected_ratio(source_language, target_language))
    while batch := [one_line(normalise(sentence)) for sentence in islice(iterator, window)]:
        yield from _window(batch, engine, run, look)


def _window(
    batch: Sequence[str], engine: Translator, run: Callable[..., list[str]], look: Look
) -> Iterator[Translation]:
    unique = list(dict.fromkeys(sentence for sentence in batch if sentence))
    found = _first(unique, engine, run)
    wrong = {s: found_problems for s in unique if (found_problems := problems(s, found[s].text, look))}
    second = _second(wrong, engine, run)
    for sentence, left in wrong.items():
        first = found[sentence]
        found[sentence] = (
            _better(first, second[sentence], look)
            if sentence in second
            else Translation(sentence, first.text, (*first.flags, *left))
        )
    for sentence in batch:
        yield found[sentence] if sentence else Translation("", "")


def _first(unique: Sequence[str], engine: Translator, run: Callable[..., list[str]]) -> dict[str, Translation]:
    lengths = engine.lengths(unique)
    limit = engine.limit
    pieces = {
        s: [s] if limit is None or n <= limit else cut(s, limit, engine) for s, n in zip(unique, lengths, strict=True)
    }
    flat = list(dict.fromkeys(piece for parts in pieces.values() for piece in parts))
    texts = dict(zip(flat, run(flat), strict=True)) if flat else {}
    return {
        sentence: Translation(sentence, _join(texts[piece] for piece in parts), ("split",) if len(parts) > 1 else ())
        for sentence, parts in pieces.items()
    }


def _second(wrong: dict[str, list[str]], engine: Translator, run: Callable[..., list[str]]) -> dict[str, str]:
    hidden = {s: hide(s) for s, found in wrong.items() if found == ["protected"]}
    texts: dict[str, str] = {}
    if hidden:
        for sentence, text in zip(hidden, run([masked for masked, _ in hidden.values()]), strict=True):
            texts[sentence] = reveal(text, hidden[sentence][1])
    again = [sentence for sentence in wrong if sentence not in hidden]
    careful = engine.careful() if again else None
    if careful is not None:
        texts |= {s: t.text for s, t in _first(again, careful, lambda texts: run(texts, careful)).items()}
    return texts


def _better(first: Translation, second: str, look: Look) -> Translation:
    before, after = problems(first.source, first.text, look), problems(first.source, second, look)
    text, left = (second, after) if len(after) < len(before) else (first.text, before)
    return Translation(first.source, text, (*first.flags, "retried", *left))


@dataclass(frozen=True, slots=True)
class Look:
    """What to look for: both languages, and how long a translation usually is against its source."""

    source_language: str
    target_language: str
    ratio: float = 1.0


def problems(source: str, text: str, look: Look) -> list[str]:
    """What looks wrong with a translation: `loop`, `dropped`, `added`, `protected`, `number`."""
    found = ["loop"] if loops(text) and not loops(source) else []
    if len(source) >= _SHORTEST or not text:
        ratio = len(text) / (len(source) * look.ratio)
        found += ["dropped"] if ratio < _RATIOS[0] else ["added"] if ratio > _RATIOS[1] else []
    wanted = [span.text for span in protected(source)]
    if any(text.count(span) < wanted.count(span) for span in wanted):
        found.append("protected")
    if not found and _numbers_changed(source, text, look):
        found.append("number")
    return found


def _numbers_changed(source: str, text: str, look: Look) -> bool:
    if not any(c.isdigit() for c in source + text):
        return False  # numbers in words may be told in other words
    one, other = Facts(source, look.source_language), Facts(text, look.target_language)
    found = numbers_disagree(one, other)
    missing = [q for q in found.missing if written_in_digits(q, one)]
    added = [q for q in found.added if written_in_digits(q, other)]
    return bool(found.contradicting) or (bool(missing) and (bool(added) or max(q.value for q in missing) >= 100))


def expected_ratio(source_language: str, target_language: str) -> float:
    """How long a translation usually is against its source, in characters; 1 where the languages' tables say nothing."""
    lengths = [(table(tag, "checks") or {}).get("relative_length", 1.0) for tag in (source_language, target_language)]
    return lengths[1] / lengths[0]


def hide(sentence: str) -> tuple[str, list[str]]:
    """The sentence with a short name (`VAR0`, `VAR1`, …) for each protected span, and the spans."""
    spans = protected(sentence)
    parts, end = [], 0
    for number, span in enumerate(spans):
        parts += [sentence[end : span.start], f"VAR{number}"]
        end = span.end
    return "".join([*parts, sentence[end:]]), [span.text for span in spans]


def reveal(text: str, spans: Sequence[str]) -> str:
    """The text with the spans back in the places of their names, however the translator wrote those (`Var 0`)."""
    return re.sub(
        r"(?i)VAR\s?(\d+)", lambda match: spans[int(match[1])] if int(match[1]) < len(spans) else match[0], text
    )


def cut(sentence: str, limit: int, engine: Translator) -> list[str]:
    """The sentence in pieces within the model's limit: at clause boundaries, else at spaces, else anywhere."""
    for boundary in (_CLAUSE_END, re.compile(r"\s+"), re.compile(r"(?<=.)(?=.)")):
        parts = _parts(sentence, boundary)
        if len(parts) > 1 and max(engine.lengths(parts)) <= limit:
            return _pack(parts, limit, engine)
    raise SongnguError(f"the model's limit of {limit} tokens is too low for any text")


def _parts(sentence: str, boundary: re.Pattern[str]) -> list[str]:
    # each part keeps the white space before it, so that joining them gives the sentence back
    starts = [0, *(match.start() for match in boundary.finditer(sentence) if 0 < match.start() < len(sentence))]
    return [sentence[a:b] for a, b in zip(starts, [*starts[1:], len(sentence)], strict=True)]


def _pack(parts: Sequence[str], limit: int, engine: Translator) -> list[str]:
    packed = [parts[0]]
    for part in parts[1:]:
        together = packed[-1] + part
        if engine.lengths([together])[0] <= limit:
            packed[-1] = together
        else:
            packed.append(part)
    return [piece.strip() for piece in packed if piece.strip()]


def _join(texts: Iterable[str]) -> str:
    return one_line(" ".join(texts))


def translate_document(document: Document, *, target_language: str, model: str | Translator) -> TranslatedDocument:
    """The document translated sentence by sentence, with its paragraphs, and the links between the sentences.

    Raises:
        SongnguError: the document's language is unknown, or it has not been split.
    """
    if not document.language or not document.sentences:
        raise SongnguError(f"document {document.id}: translating needs its language and its sentences (songngu split)")
    texts = [*document.sentence_texts, *([document.title] if document.title else [])]
    stream = translate_stream(texts, source_language=document.language, target_language=target_language, model=model)
    found = list(stream)
    title = found.pop().text if document.title else None
    text, sentences, beads = _assemble(document, [translation.text for translation in found])
    translated = document.with_(text=text, sentences=sentences, title=title, language=target_language, dropped=())
    return TranslatedDocument(translated, beads, tuple(translation.flags for translation in found))


def _assemble(document: Document, texts: Sequence[str]) -> tuple[str, tuple[Sentence, ...], tuple[Bead, ...]]:
    whole, sentences, beads, end = "", list[Sentence](), list[Bead](), 0
    for i, (sentence, text) in enumerate(zip(document.sentences, texts, strict=True)):
        between = document.text[end : sentence.start]
        whole += (between if "\n" in between else " ") if whole else ""
        if text:
            sentences.append(Sentence(len(whole), len(whole) + len(text), sentence.paragraph))
            whole += text
        beads.append(Bead((i,), (len(sentences) - 1,) if text else ()))
        end = sentence.end
    return whole, tuple(sentences), tuple(beads)
