"""Chat messages as JSON Lines, for instruction tuning: both directions, with instructions phrased in several ways and languages.

The instructions stand in `data/tables/<language>/instructions.toml`. Which one a segment gets depends on its text alone, so that
the choice is the same in every export.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from .core import Segment
from .formats import Format, Sink, Target, lines
from .jsonl import line_of
from .languages import base, table, tables


@cache
def language_name(language: str, inside: str) -> str:
    """The name of a language in a sentence of another: ("vi", "fr") → "vietnamien"."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    try:
        found = Locale.parse(base(inside)).languages.get(base(language))
    except (UnknownLocaleError, ValueError):
        found = None
    name = found or language
    lower = (table(inside, "instructions") or {}).get("lower_names", False)
    return name[:1].lower() + name[1:] if lower else name


@cache
def instructions(source_language: str, target_language: str) -> tuple[tuple[str, str], ...]:
    """Instructions for one direction, each with its language, in the languages of the pair; English ones if there are none."""
    known = tables("instructions")
    codes = [code for code in (base(source_language), base(target_language)) if code in known] or ["en"]
    return tuple(
        (code, phrase.format(source=language_name(source_language, code), target=language_name(target_language, code), text="{text}"))
        for code in codes
        for phrase in known[code]["phrases"]
    )  # fmt: skip


def conversation(text: str, translation: str, source_language: str, target_language: str) -> list[dict[str, str]]:
    """A user's message with instruction and text, and the assistant's with the translation alone."""
    phrases = instructions(source_language, target_language)
    _, phrase = phrases[zlib.crc32(text.encode("utf-8", "surrogatepass")) % len(phrases)]
    return [
        {"role": "user", "content": phrase.replace("{text}", text)},
        {"role": "assistant", "content": translation},
    ]


def _lines(segment: Segment, source_language: str, target_language: str) -> Iterator[str]:
    s = segment
    about: dict[str, Any] = {"source": s.source, "target": s.target, "confidence": s.confidence}
    there = conversation(s.source_text, s.target_text, source_language, target_language)
    back = conversation(s.target_text, s.source_text, target_language, source_language)
    for messages, direction in (
        (there, (source_language, target_language)),
        (back, (target_language, source_language)),
    ):
        record = {"messages": messages, "from": direction[0], "to": direction[1], **about}
        yield line_of(json.dumps(record, ensure_ascii=False))


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.chat.jsonl`."""
    languages = target.source_language, target.target_language
    with lines(target, ".chat.jsonl") as write:
        yield lambda batch: write(line for segment in batch for line in _lines(segment, *languages))


FORMAT = Format(
    "chat", "JSON Lines of chat messages for instruction tuning", writing, lambda target: (target.path(".chat.jsonl"),)
)  # fmt: skip
