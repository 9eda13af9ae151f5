"""Near-duplicate reports: the same agency text on two sites, kept once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from .core import Document, Rejected
from .minhash import Index, signatures

THRESHOLD = 0.8
# Daily notices (rates, weather) share their words but not their figures; such texts are different reports.
_FIGURES = 0.8
_DAYS = 7
# The beginning of a very long text is enough to tell its copies.
_LONGEST = 50_000
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def once(
    documents: Iterable[Document], *, threshold: float = THRESHOLD, rejected: Callable[[Rejected], None] | None = None
) -> Iterator[Document]:
    """The documents, in order, without those that nearly repeat an earlier one in the same language.

    A near-duplicate shares at least `threshold` of its character 7-grams (Jaccard) and most of its figures with an earlier
    document, and is not dated more than a week apart. It goes to `rejected` as "near-duplicate of ID". Memory grows by
    about 4 kB a document.
    """
    indices: dict[str, Index] = {}
    kept: dict[str, list[tuple[str, str | None, frozenset[str]]]] = {}
    for document in documents:
        index, seen = indices.setdefault(document.language, Index(threshold)), kept.setdefault(document.language, [])
        row = signatures([document.text[:_LONGEST]])[0]
        figures = frozenset(_NUMBER.findall(document.text))
        found = index.find(row)
        if found is not None and _same(figures, document.date, seen[found]):
            if rejected:
                rejected(Rejected(f"near-duplicate of {seen[found][0]}", path=document.path, id=document.id))
            continue
        index.add(row)
        seen.append((document.id, document.date, figures))
        yield document


def _same(figures: frozenset[str], day: str | None, earlier: tuple[str, str | None, frozenset[str]]) -> bool:
    _, earlier_day, earlier_figures = earlier
    both = figures | earlier_figures
    alike = not both or len(figures & earlier_figures) / len(both) >= _FIGURES
    return alike and not _far_apart(day, earlier_day)


def _far_apart(a: str | None, b: str | None) -> bool:
    try:
        return abs(date.fromisoformat(a or "") - date.fromisoformat(b or "")).days > _DAYS
    except ValueError:  # not known to the day
        return False
