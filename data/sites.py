"""The site's own repetition: blocks that many documents of one site share are the site's, not the reports'."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from .blocks import is_sentences
from .core import Document, Dropped
from .text import fold, one_line

BATCH = 512
# A line without a full stop is boilerplate if this many documents and this share of a site's batch have it; a paragraph of
# sentences, which reports of one story may share, needs more.
_LINE = (3, 0.1)
_PARAGRAPH = (5, 0.3)
# Documents that share more than this of their text are versions of one report; what they share says nothing of the site.
_VERSIONS = 0.5


def without_repetition(documents: Iterable[Document], *, batch: int = BATCH) -> Iterator[Document]:
    """The documents, in order, without the blocks that their site repeats; these go to `dropped` as "site repetition".

    Documents are looked at in batches, so memory is bounded; what was found to be a site's block stays known in later
    batches. A document's site is its `site`, or the folder or record file that it came from. A document that holds nothing
    else comes out with an empty text.
    """
    known: dict[str, set[str]] = defaultdict(set)
    stream = iter(documents)
    while chunk := list(islice(stream, batch)):
        by_site: dict[str, list[Document]] = defaultdict(list)
        for document in chunk:
            by_site[_site(document)].append(document)
        for site, members in by_site.items():
            known[site] |= _repeated(members)
        for document in chunk:
            yield _without(document, known[_site(document)])


def paragraphs(document: Document) -> list[str]:
    """The paragraphs of a cleaned document."""
    return [p for p in document.text.split("\n\n") if p]


def _site(document: Document) -> str:
    if document.site or not document.path:
        return document.site or ""
    path = Path(document.path)
    return str(path if ".jsonl" in path.name or ".ndjson" in path.name else path.parent)


def _key(paragraph: str) -> str:
    return fold(one_line(paragraph))


def _repeated(documents: list[Document]) -> set[str]:
    """The keys of the paragraphs that too many of a site's documents have in common."""
    holders: dict[str, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        for paragraph in {_key(p): p for p in paragraphs(document)}:
            holders[paragraph].append(number)
    shared = {p: who for p, who in holders.items() if len(who) > 1}
    return {
        p
        for p, who in shared.items()
        if _is_frequent(p, who, len(documents)) and not _are_versions(who, shared, documents)
    }


def _is_frequent(paragraph: str, who: list[int], total: int) -> bool:
    least, share = _PARAGRAPH if is_sentences(paragraph) else _LINE
    return len(who) >= max(least, share * total)


def _are_versions(who: list[int], shared: dict[str, list[int]], documents: list[Document]) -> bool:
    group = set(who[:20])
    common: Counter[int] = Counter()
    for paragraph, holders in shared.items():
        together = group.intersection(holders)
        if len(together) >= 0.6 * len(group):
            common.update(dict.fromkeys(together, len(paragraph)))
    shares = [common[i] / max(1, len(documents[i].text)) for i in group]
    return sum(shares) / len(shares) > _VERSIONS


def _without(document: Document, repeated: set[str]) -> Document:
    if not repeated:
        return document
    parts = paragraphs(document)
    kept = [p for p in parts if _key(p) not in repeated]
    if len(kept) == len(parts):
        return document
    removed = tuple(Dropped(p, "site repetition") for p in parts if _key(p) in repeated)
    return document.with_(text="\n\n".join(kept), dropped=document.dropped + removed)
