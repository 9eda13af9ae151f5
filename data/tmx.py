"""TMX 1.4b: a translation unit a segment, with everything else that is known as `prop`s; foreign files are read too.

Characters that XML cannot hold are left out. Of a foreign file every pair of `tuv`s in the two languages is a segment; markup
inside a segment (`bpt`, `ept`, `it`, `ph`, `ut`) is dropped and the text around it kept, also inside `hi`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .core import Corpus, Segment
from .errors import UsageError
from .formats import Again, Format, Reading, Sink, Target, lines
from .languages import base, canonical
from .markup import attribute, text
from .tsv import numbers, segment_of
from .xmlstream import children, elements, name_of

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNIT_PROPS = {"confidence": "x-confidence", "score": "x-score", "provenance": "x-provenance", "split": "x-split"}
_SIDE_PROPS = {"x-document": "", "x-sentences": "_sentences", "x-date": "_date", "x-url": "_url"}


def _prop(kind: str, value: object) -> str:
    return f'<prop type="{attribute(kind)}">{text(str(value))}</prop>'


def _side(language: str, value: str, props: Mapping[str, str | None]) -> str:
    inside = "".join(_prop(kind, known) for kind, known in props.items() if known)
    return f'<tuv xml:lang="{attribute(language)}">{inside}<seg>{text(value)}</seg></tuv>'


def unit(segment: Segment, source_language: str, target_language: str) -> str:
    """The segment as a `tu` element on one line."""
    s = segment
    props = [_prop(kind, v) for name, kind in _UNIT_PROPS.items() if (v := getattr(s, name)) is not None]
    props.append(_prop("x-shape", s.shape))
    props += [_prop(key, value) for key, value in s.extra.items()]
    source = {"x-document": s.source, "x-sentences": numbers(s.source_sentences)}
    target = {"x-document": s.target, "x-sentences": numbers(s.target_sentences)}
    return (
        f"<tu>{''.join(props)}"
        f"{_side(source_language, s.source_text, source | {'x-date': s.source_date, 'x-url': s.source_url})}"
        f"{_side(target_language, s.target_text, target | {'x-date': s.target_date, 'x-url': s.target_url})}</tu>\n"
    )


def _head(target: Target) -> str:
    from .. import __version__

    note = f'<prop type="x-signature">{text(target.signature)}</prop>' if target.signature else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="songngu" creationtoolversion="{__version__}" segtype="sentence" o-tmf="songngu" '
        f'adminlang="en" srclang="{attribute(target.source_language)}" datatype="plaintext">{note}</header>\n<body>\n'
    )


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.tmx`."""
    languages = target.source_language, target.target_language
    with lines(target, ".tmx") as write:
        write((_head(target),))
        yield lambda batch: write(unit(s, *languages) for s in batch)
        write(("</body>\n</tmx>\n",))


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in a TMX file; languages that are not given are the header's source language and the first other one."""
    source, target = options.source_language, options.target_language
    if not (source and target):
        source, target = _languages(path, source, target)
    if not (source and target):
        options.languages(path)
    assert source and target
    return Corpus(source, target, Again(lambda: _rows(path, options, source, target)), (str(path),))


def _languages(path: Path, source: str | None, target: str | None) -> tuple[str | None, str | None]:
    for element, _ in elements(path, ("header", "tu"), Reading(rejected=lambda _: None)):
        if name_of(element) == "header":
            source = source or (_tag(element.get("srclang")) if target is None else None)
            continue
        tags = list(dict.fromkeys(tag for tuv in children(element, "tuv") if (tag := _tuv_tag(tuv))))
        others = [tag for tag in tags if tag not in (source, target)]
        if source is None and others:
            source = others.pop(0)
        if target is None:
            # a header that says "en" may stand over <tuv xml:lang="en-US">
            others = [tag for tag in others if source is None or base(tag) != base(source)] or others
            target = others[0] if others else None
        if source and target:
            break
    return source, target


def _rows(path: Path, options: Reading, source: str, target: str) -> Iterator[Segment]:
    for unit_, error in elements(path, ("tu",), options):
        line = unit_.sourceline or 0
        if error:
            options.reject(path, line, error)
            continue
        sides = _sides(unit_, source), _sides(unit_, target)
        if not (sides[0] and sides[1]):
            options.reject(path, line, f"no tuv in {source if not sides[0] else target}")
            continue
        known = _unit_values(unit_)
        for first in sides[0]:
            for second in sides[1]:
                yield _segment(known, first, second)


def _segment(known: Mapping[str, Any], source: Any, target: Any) -> Segment:
    values = dict(known["values"])
    for side, element in (("source", source), ("target", target)):
        values[f"{side}_text"] = _content(element)
        for kind, value in _props(element):
            if kind in _SIDE_PROPS:
                values[side + _SIDE_PROPS[kind]] = value
    segment = segment_of(values)
    return segment if not known["extra"] else _with_extra(segment, known["extra"])


def _with_extra(segment: Segment, extra: dict[str, str]) -> Segment:
    from dataclasses import replace

    return replace(segment, extra=extra)


def _unit_values(element: Any) -> dict[str, dict[str, str]]:
    ours = {kind: name for name, kind in _UNIT_PROPS.items()}
    values: dict[str, str] = {}
    extra: dict[str, str] = {}
    for kind, value in _props(element):
        if kind in ours and _fits(ours[kind], value):
            values[ours[kind]] = value
        elif kind != "x-shape":
            extra[kind] = value
    return {"values": values, "extra": extra}


def _fits(name: str, value: str) -> bool:
    # another program's x-score may be anything; it is then kept as an extra
    if name not in ("score", "confidence"):
        return True
    try:
        return name == "score" or 0 <= float(value) <= 1 if float(value) == float(value) else False
    except ValueError:
        return False


def _props(element: Any) -> Iterator[tuple[str, str]]:
    for prop in children(element, "prop"):
        yield prop.get("type") or "", prop.text or ""


def _tag(value: str | None) -> str | None:
    try:
        return canonical(value) if value and value != "*all*" else None
    except UsageError:
        return None


def _tuv_tag(tuv: Any) -> str | None:
    return _tag(tuv.get(_XML_LANG) or tuv.get("lang"))


def _sides(element: Any, language: str) -> list[Any]:
    """The `tuv`s in exactly this language, or else those in another region's variety of it."""
    tagged = [(tag, tuv) for tuv in children(element, "tuv") if (tag := _tuv_tag(tuv)) and children(tuv, "seg")]
    exact = [tuv for tag, tuv in tagged if tag == language]
    return exact or [tuv for tag, tuv in tagged if base(tag) == base(language)]


def _content(tuv: Any) -> str:
    return _visible(children(tuv, "seg")[0])


def _visible(element: Any) -> str:
    inside = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and name_of(child) == "hi":
            inside.append(_visible(child))
        inside.append(child.tail or "")
    return "".join(inside)


FORMAT = Format(
    "tmx",
    "TMX 1.4b for translation memories and CAT tools",
    writing,
    lambda target: (target.path(".tmx"),),
    (".tmx",),
    reading,
)
