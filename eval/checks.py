"""Concrete errors in translations: every check, one line after another, with a severity and how sure each finding is.

for finding in check(pairs, source_language="fr", target_language="vi"):
    print(finding.line, finding.kind, finding.message)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..data.errors import choose
from ..data.languages import canonical
from . import checks_form, checks_meaning
from .checks_corpus import Consistency, Glossary, Term
from .findings import Case, Finding

if TYPE_CHECKING:
    from ..models.encoders import Encoder

Check = Callable[[Case], Iterator[Finding]]
# Each looks at one line alone; other packages may add to it.
CHECKS: dict[str, Check] = {
    "number": checks_meaning.number,
    "unit": checks_meaning.unit,
    "date": checks_meaning.date,
    "name": checks_meaning.name,
    "negation": checks_meaning.negation,
    "length": checks_meaning.length,
    "untranslated": checks_meaning.untranslated,
    "wrong_language": checks_meaning.wrong_language,
    "repetition": checks_form.repetition,
    "punctuation": checks_form.punctuation,
    "brackets": checks_form.brackets,
    "spacing": checks_form.spacing,
    "placeholder": checks_form.placeholder,
    "url": checks_form.url,
    "unicode": checks_form.unicode,
    "tone_placement": checks_form.tone_placement,
}
# These need the encoder, the whole file, or a glossary.
KINDS = (*CHECKS, "omission", "addition", "inconsistency", "glossary")
LEAST = 0.6  # findings that are less sure than this are not shown unless asked for
_WINDOW = 256


def check(
    pairs: Iterable[tuple[str, str]],
    *,
    source_language: str,
    target_language: str,
    encoder: Encoder | None = None,
    glossary: Sequence[Term] = (),
    kinds: Iterable[str] | None = None,
    least: float = LEAST,
) -> Iterator[Finding]:
    """The findings in line order; inconsistencies, which need all lines, come at the end.

    Args:
        pairs: source and target, one line each; streamed, a window at a time.
        source_language: BCP-47.
        target_language: BCP-47.
        encoder: finds missing and added clauses by their words, and more negations; without it the former are not looked for.
        glossary: terms and their translations (`checks_corpus.read_glossary`).
        kinds: the kinds to look for; all by default.
        least: the least confidence of a finding that is told.

    Raises:
        UsageError: an unknown kind or language.
    """
    wanted = _wanted(kinds)
    source, target = canonical(source_language), canonical(target_language)
    cases = (Case(n, s, t, source_language=source, target_language=target) for n, (s, t) in enumerate(pairs, 1))
    consistency, glossed = Consistency(), Glossary(glossary)
    encoder = encoder and _reader(encoder, source, target)
    while window := list(islice(cases, _WINDOW)):
        _acquaint(window)
        if encoder is not None:
            _read_words(window, encoder, wanted)
        for case in window:
            found = [f for name, run in CHECKS.items() for f in run(case)]
            found += [*(glossed(case) if glossary else ()), *_gaps(case)]
            yield from (f for f in _reconciled(found) if f.kind in wanted and f.confidence >= least)
            if "inconsistency" in wanted:
                consistency.add(case)
    yield from (f for f in consistency.findings() if f.confidence >= least)


def _reader(encoder: Any, source: str, target: str) -> Any:
    from ..models.gaps import reader

    return reader(encoder, (source, target))


def _acquaint(window: Sequence[Case]) -> None:
    """Let each line know its neighbours: a quotation may go on there."""
    for i, case in enumerate(window):
        case.around = tuple(other.target for other in (*window[max(i - 1, 0) : i], *window[i + 1 : i + 2]))


def _wanted(kinds: Iterable[str] | None) -> frozenset[str]:
    wanted = frozenset(KINDS if kinds is None else kinds)
    for kind in sorted(wanted - set(KINDS)):
        raise choose("kind of finding", kind, KINDS)
    return wanted


def _read_words(window: Sequence[Case], encoder: Encoder, wanted: frozenset[str]) -> None:
    """Let each line know its words, where a check asks that was wished for."""
    from .checks_words import read_words

    if wanted & {"omission", "addition"}:
        read_words(window, encoder)
    else:
        asking = {"negation": checks_meaning.denying_side, "name": checks_meaning.strangers}
        asked = [ask for kind, ask in asking.items() if kind in wanted]
        read_words([case for case in window if any(ask(case) for ask in asked)], encoder)


def _gaps(case: Case) -> Iterator[Finding]:
    if case.words is not None:
        from .checks_words import gaps

        yield from gaps(case)


def _reconciled(found: Sequence[Finding]) -> Iterator[Finding]:
    """Without what follows from a graver finding: a copy or another language has wrong everything else, too."""
    whole = {f.kind for f in found if f.confidence >= LEAST} & {"untranslated", "wrong_language"}
    implied = {"negation", "name", "omission", "addition", "length", "number", "date", "unit", "spacing", "repetition"}
    if "wrong_language" in whole:
        implied = implied | {"untranslated", "punctuation"}
    if "untranslated" in whole:
        implied = implied | {"wrong_language"}
    doubled = any(f.kind == "repetition" and f.confidence >= LEAST for f in found)
    for finding in found:
        follows = (whole and finding.kind in implied - whole) or (doubled and finding.kind in {"addition", "length"})
        if not follows:
            yield finding
