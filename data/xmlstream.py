"""Reading large XML files element by element, with what is wrong in them told by line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import files
from .errors import SongnguError
from .formats import Reading


def elements(path: Path, wanted: tuple[str, ...], options: Reading) -> Iterator[tuple[Any, str]]:
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
                if not isinstance(element.tag, str) or name_of(element) not in wanted:
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


def name_of(element: Any) -> str:
    """The element's name without namespace, in lower case."""
    return element.tag.rpartition("}")[2].lower()


def children(element: Any, name: str) -> list[Any]:
    """The child elements of that name."""
    return [child for child in element if isinstance(child.tag, str) and name_of(child) == name]
