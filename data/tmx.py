"""TMX 1.4b: a translation unit a segment, with everything else that is known as `prop`s; foreign files are read too.

Characters that XML cannot hold are left out. Of a foreign file every pair of `tuv`s in the two languages is a segment; markup
inside a segment (`bpt`, `ept`, `it`, `ph`, `ut`) is dropped and the text around it kept, also inside `hi`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import files
from .core import Corpus, Segment
from .errors import SongnguError, UsageError
from .formats import Again, Format, Reading, Sink, Target, lines
from .languages import base, canonical
from .markup import attribute, text
from .tsv import numbers, segment_of

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
    for element, _ in _elements(path, ("header", "tu"), Reading(rejected=lambda _: None)):
        if _name(element) == "header":
            source = source or (_tag(element.get("srclang")) if target is None else None)
            continue
        tags = list(dict.fromkeys(tag for tuv in _children(element, "tuv") if (tag := _tuv_tag(tuv))))
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
    for unit_, error in _elements(path, ("tu",), options):
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


def _elements(path: Path, wanted: tuple[str, ...], options: Reading) -> Iterator[tuple[Any, str]]:
    """The wanted elements as they end, each with what is wrong with its XML ("" for nothing); memory is bounded."""
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (it has no types)

    faults: dict[int, str] = {}
    seen = 0
    with files.open_bytes(path) as stream:
        # a hostile file must reach neither the network nor other files
        safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": True}
        events = etree.iterparse(stream, events=("end",), recover=True, **safe)
        try:
            for _, element in events:
                if not isinstance(element.tag, str) or _name(element) not in wanted:
                    continue
                # the parser is ahead of us, so that its log holds errors of later elements too
                log = events.error_log
                faults.update((error.line, error.message) for error in log[seen:])
                seen = len(log)
                lines_of = range(element.sourceline or 0, _last_line(element) + 1)
                wrong = [faults.pop(line) for line in lines_of if line in faults] if faults else []
                yield element, f"not well-formed XML: {wrong[0]}" if wrong else ""
                _forget(element)
            faults.update((error.line, error.message) for error in events.error_log[seen:])
        except etree.XMLSyntaxError as error:
            raise SongnguError(f"{path} is not XML: {error}") from error
    for line, message in faults.items():
        options.reject(path, line, f"not well-formed XML: {message}")


def _last_line(element: Any) -> int:
    last = list(element.iter())[-1]
    return (last.sourceline or 0) + (last.text or "").count("\n")


def _forget(element: Any) -> None:
    element.clear(keep_tail=True)
    while element.getprevious() is not None and element.getparent() is not None:
        del element.getparent()[0]


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower()


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str) and _name(child) == name]


def _props(element: Any) -> Iterator[tuple[str, str]]:
    for prop in _children(element, "prop"):
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
    tagged = [(tag, tuv) for tuv in _children(element, "tuv") if (tag := _tuv_tag(tuv)) and _children(tuv, "seg")]
    exact = [tuv for tag, tuv in tagged if tag == language]
    return exact or [tuv for tag, tuv in tagged if base(tag) == base(language)]


def _content(tuv: Any) -> str:
    return _visible(_children(tuv, "seg")[0])


def _visible(element: Any) -> str:
    inside = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and _name(child) == "hi":
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
