"""XLIFF 2.1 and 1.2: a file element a document pair, a unit a segment, and everything else that is known as metadata.

In 2.1 characters that XML cannot hold are `cp` elements and metadata follow its Metadata module; 1.2 has neither, so that such
characters are left out there and metadata are `context` elements, which CAT tools show beside the text.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import markup
from .core import Corpus, Segment
from .errors import UsageError
from .formats import Again, Format, Reading, Sink, Target, lines
from .languages import canonical
from .markup import attribute
from .tsv import numbers, segment_of
from .xmlstream import children, elements, name_of

_META = "urn:oasis:names:tc:xliff:metadata:2.0"
_OURS = "songngu"
_V2 = "xliff"
_V1 = "xliff12"


def _known(segment: Segment) -> list[tuple[str, str]]:
    s = segment
    values = [
        ("confidence", s.confidence),
        ("score", s.score),
        ("shape", s.shape),
        ("source", s.source),
        ("target", s.target),
        ("source_sentences", numbers(s.source_sentences)),
        ("target_sentences", numbers(s.target_sentences)),
        ("source_date", s.source_date),
        ("target_date", s.target_date),
        ("source_url", s.source_url),
        ("target_url", s.target_url),
        ("provenance", s.provenance),
        ("split", s.split),
        ("extra", json.dumps(dict(s.extra)) if s.extra else None),
    ]
    return [(name, str(value)) for name, value in values if value not in (None, "")]


def text2(value: str) -> str:
    """The value as content of a 2.1 `source` or `target`."""
    parts = markup.ILLEGAL.split(value)
    codes = [f'<cp hex="{ord(c):04X}"/>' for c in markup.ILLEGAL.findall(value)]
    return markup.text(parts[0]) + "".join(c + markup.text(part) for c, part in zip(codes, parts[1:], strict=True))


def unit2(segment: Segment, number: int) -> str:
    """The segment as a 2.1 `unit` on one line."""
    metas = "".join(f'<mda:meta type="{name}">{markup.text(value)}</mda:meta>' for name, value in _known(segment))
    return (
        f'<unit id="{number}"><mda:metadata><mda:metaGroup category="{_OURS}">{metas}</mda:metaGroup></mda:metadata>'
        f'<segment state="translated"><source>{text2(segment.source_text)}</source>'
        f"<target>{text2(segment.target_text)}</target></segment></unit>\n"
    )


def unit1(segment: Segment, number: int) -> str:
    """The segment as a 1.2 `trans-unit` on one line."""
    contexts = "".join(
        f'<context context-type="x-{name}">{markup.text(value)}</context>' for name, value in _known(segment)
    )
    return (
        f'<trans-unit id="{number}" xml:space="preserve"><source>{markup.text(segment.source_text)}</source>'
        f'<target state="translated">{markup.text(segment.target_text)}</target>'
        f'<context-group name="{_OURS}-{number}" purpose="information">{contexts}</context-group></trans-unit>\n'
    )


def _head2(target: Target) -> tuple[str, Callable[[str, int], str], str]:
    languages = f'srcLang="{attribute(target.source_language)}" trgLang="{attribute(target.target_language)}"'
    head = f'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:mda="{_META}" version="2.1" {languages}>\n'
    return (
        head,
        lambda original, n: f'<file id="f{n}" original="{attribute(original)}" xml:space="preserve">\n',
        "</file>\n",
    )


def _head1(target: Target) -> tuple[str, Callable[[str, int], str], str]:
    source, other = attribute(target.source_language), attribute(target.target_language)
    head = '<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">\n'
    begin = f'source-language="{source}" target-language="{other}" datatype="plaintext"'
    return head, lambda original, _: f'<file original="{attribute(original)}" {begin}><body>\n', "</body></file>\n"


def _writing(target: Target, *, old: bool) -> Iterator[Sink]:
    head, begin, end = (_head1 if old else _head2)(target)
    unit = unit1 if old else unit2
    count, documents = 0, 0
    before: tuple[str, str] | None = None
    with lines(target, ".1.2.xlf" if old else ".xlf") as write:
        write(('<?xml version="1.0" encoding="UTF-8"?>\n', head))

        def take(batch: Sequence[Segment]) -> None:
            nonlocal count, documents, before
            for segment in batch:
                if (segment.source, segment.target) != before:
                    documents += 1
                    write((end if before else "", begin(segment.source or "bitext", documents)))
                    before = segment.source, segment.target
                count += 1
                write((unit(segment, count),))

        yield take
        # a file element must not be missing, nor be empty in 2.1; an empty corpus has one empty unit
        write((end if before else "",) if before else _nothing(begin, end, old=old))
        write(("</xliff>\n",))


def _nothing(begin: Callable[[str, int], str], end: str, *, old: bool) -> tuple[str, ...]:
    empty = "" if old else '<unit id="1"><segment><source></source></segment></unit>\n'
    return begin("bitext", 1), empty, end


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.xlf`, XLIFF 2.1."""
    yield from _writing(target, old=False)


@contextlib.contextmanager
def writing_old(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.1.2.xlf`, XLIFF 1.2."""
    yield from _writing(target, old=True)


def reading(path: Path, options: Reading) -> Corpus:
    """The corpus in an XLIFF file of version 1.2 or 2.x; units without a target are not part of it."""
    source, target = options.languages(path, _languages)
    return Corpus(source, target, Again(lambda: _rows(path, options)), (str(path),))


def _languages(path: Path) -> tuple[str | None, str | None]:
    for element, _ in elements(path, ("unit", "trans-unit"), Reading(rejected=lambda _: None)):
        for above in element.iterancestors():
            source = above.get("srcLang") or above.get("source-language")
            target = above.get("trgLang") or above.get("target-language")
            if source and target:
                return _tag(source), _tag(target)
        break
    return None, None


def _tag(value: str) -> str | None:
    try:
        return canonical(value)
    except UsageError:
        return None


def _rows(path: Path, options: Reading) -> Iterator[Segment]:
    for element, error in elements(path, ("unit", "trans-unit"), options):
        if error:
            options.reject(path, element.sourceline or 0, error)
            continue
        holders = children(element, "segment") or [element]
        try:
            yield from _segments(element, holders)
        except ValueError as wrong:
            options.reject(path, element.sourceline or 0, str(wrong))


def _segments(element: Any, holders: list[Any]) -> Iterator[Segment]:
    known = dict(_own_metadata(element))
    for holder in holders:
        sides = children(holder, "source"), children(holder, "target")
        if sides[0] and sides[1]:
            yield segment_of(known | {"source_text": _content(sides[0][0]), "target_text": _content(sides[1][0])})


def _own_metadata(element: Any) -> Iterator[tuple[str, str]]:
    for group in element.iter(f"{{{_META}}}metaGroup", "{*}context-group"):
        # the names of context groups are unique in a file
        if _OURS in (group.get("category"), (group.get("name") or "").partition("-")[0]):
            for child in group:
                name = child.get("type") or child.get("context-type") or ""
                yield name.removeprefix("x-"), child.text or ""


def _content(element: Any) -> str:
    """The visible text: `cp` is its character, spans and marks keep their content, placeholders and codes vanish."""
    inside = [element.text or ""]
    for child in element:
        kind = name_of(child) if isinstance(child.tag, str) else ""
        if kind == "cp":
            inside.append(chr(int(child.get("hex", "FFFD"), 16)))
        elif kind in ("pc", "mrk", "g"):
            inside.append(_content(child))
        inside.append(child.tail or "")
    return "".join(inside)


FORMAT = Format(
    _V2, "XLIFF 2.1 for CAT tools", writing, lambda target: (target.path(".xlf"),), (".xlf", ".xliff"), reading
)  # fmt: skip
FORMAT_OLD = Format(_V1, "XLIFF 1.2 for older CAT tools", writing_old, lambda target: (target.path(".1.2.xlf"),))
