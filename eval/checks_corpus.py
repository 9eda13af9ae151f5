"""Checks that need more than one line or the user's own data: inconsistent translations, a glossary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.errors import SongnguError
from ..data.files import opened, suffix
from ..data.text import normalise, one_line
from .findings import Case, Finding

_TBX_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry: the source term and the translations that are allowed."""

    source: str
    targets: tuple[str, ...]


def read_glossary(path: Path, source_language: str, target_language: str) -> tuple[Term, ...]:
    """The terms of a TSV file (source, translation; several rows or `|` for alternatives; `#` begins a comment) or a
    TBX file.

    Raises:
        SongnguError: the file cannot be read or a row has no translation.
    """
    rows = _tbx_rows(path, source_language, target_language) if suffix(path) in (".tbx", ".xml") else _tsv_rows(path)
    found: dict[str, list[str]] = defaultdict(list)
    for source, target in rows:
        found[one_line(normalise(source))] += [one_line(normalise(t)) for t in target.split("|") if t.strip()]
    return tuple(Term(source, tuple(dict.fromkeys(targets))) for source, targets in found.items() if source)


def _tsv_rows(path: Path) -> Iterator[tuple[str, str]]:
    with opened(path) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip() or line.startswith("#"):
                continue
            source, _, target = line.rstrip("\r\n").partition("\t")
            if not source.strip() or not target.strip():
                raise SongnguError(f"{path}, line {number}: a glossary line is a term, a tab and its translation")
            yield source, target.split("\t")[0]


def _tbx_rows(path: Path, source_language: str, target_language: str) -> Iterator[tuple[str, str]]:
    from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] lxml has no stubs here

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.parse(str(path), parser).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        raise SongnguError(f"cannot read {path}: {error}") from error
    for entry in root.iter("{*}termEntry", "{*}conceptEntry"):
        terms: dict[str, list[str]] = defaultdict(list)
        for section in entry.iter("{*}langSet", "{*}langSec"):
            language = (section.get(_TBX_LANGUAGE) or section.get("lang") or "").split("-")[0].casefold()
            terms[language] += ["".join(term.itertext()) for term in section.iter("{*}term")]
        for source in terms[source_language.split("-", maxsplit=1)[0].casefold()]:
            for target in terms[target_language.split("-", maxsplit=1)[0].casefold()]:
                yield source, target


class Glossary:
    """Checks that the translations of a glossary's terms are used."""

    def __init__(self, terms: Iterable[Term]) -> None:
        # the longest first, so that "ministre des Affaires étrangères" is not also asked for as "ministre"
        self._terms = [
            (t, _pattern(t.source), [_pattern(x) for x in t.targets])
            for t in sorted(terms, key=lambda t: -len(t.source))
        ]

    def __call__(self, case: Case) -> Iterator[Finding]:
        """A finding for each term of the source whose translation is not in the target."""
        source = case.source
        for term, pattern, allowed in self._terms:
            if not pattern.search(source):
                continue
            source = pattern.sub(" ", source)
            if not any(target.search(case.target) for target in allowed):
                message = f"“{term.source}” should be “{'” or “'.join(term.targets)}”"
                yield case.finding("glossary", "error", "target", message, 0.9)


def _pattern(term: str) -> re.Pattern[str]:
    words = [re.escape(word) for word in re.split(r"\s+", term.strip())]
    # a plural's ending on each word may be there or not
    return re.compile(r"(?i)(?<!\w)" + r"\s+".join(f"{word}(?:e?s|x)?" for word in words) + r"(?!\w)")


class Consistency:
    """Remembers how each source was translated; afterwards it tells the lines whose source has several translations."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[Case, str]]] = defaultdict(list)

    def add(self, case: Case) -> None:
        """Remember one line."""
        if case.source and case.target:
            self._seen[_key(case.source)].append((case, _key(case.target)))

    def findings(self) -> Iterator[Finding]:
        """A finding for each line of each source that was translated in more than one way."""
        for lines in self._seen.values():
            kinds = sorted({target for _, target in lines})
            if len(kinds) > 1:
                yield from _inconsistent(lines)


def _inconsistent(lines: Sequence[tuple[Case, str]]) -> Iterator[Finding]:
    for case, target in lines:
        other = next(c for c, t in lines if t != target)
        message = f"line {other.line} translates the same source as “{_shortened(other.target)}”"
        yield case.finding("inconsistency", "warning", "target", message, 0.8)


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
