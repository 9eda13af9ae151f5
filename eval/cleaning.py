"""How right cleaning is: which blocks of a page were kept, and which were removed, against gold.

A block is a paragraph, caption, menu entry and so on as the gold lists them. White space does not count, so a tool may
put paragraphs together, but a block is only kept if all of it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..data.core import Dropped
from ..data.text import normalise
from .counts import Prf, prf


@dataclass(frozen=True, slots=True)
class GoldPage:
    """What must stay of a page, in order, and what must go; the headline is neither."""

    id: str
    keep: tuple[str, ...]
    drop: tuple[Dropped, ...]
    title: str | None = None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> GoldPage:
        """The page that a line of a gold file describes: `{id, keep: [text…], drop: [{text, why}…], title}`."""
        drop = tuple(Dropped(piece["text"], piece["why"]) for piece in record["drop"])
        return cls(record["id"], tuple(record["keep"]), drop, record.get("title"))


@dataclass(frozen=True, slots=True)
class CleaningScore:
    """Blocks that stayed and blocks that went, each as precision, recall and F1; the share of removals with the gold's
    reason."""

    keep: Prf
    drop: Prf
    reasons: float
    pages: int
    signature: str

    @property
    def f1(self) -> float:
        """The mean of both F1: 1 only if everything of the report stayed and everything else went."""
        return (self.keep.f1 + self.drop.f1) / 2

    def __str__(self) -> str:
        return f"cleaning F1 {self.f1:.3f} (keep {self.keep.f1:.3f}, drop {self.drop.f1:.3f})|{self.signature}"

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON takes it."""
        return asdict(self) | {"f1": self.f1}


@dataclass(frozen=True, slots=True)
class PageFaults:
    """What went wrong on one page: blocks of the report that are gone, others that stayed, and wrong reasons (text,
    gold, found)."""

    id: str
    lost: tuple[str, ...]
    leaked: tuple[Dropped, ...]
    reasons: tuple[tuple[str, str, str], ...]


def faults(gold: GoldPage, text: str, dropped: Sequence[Dropped] = ()) -> PageFaults:
    """What a tool's text of a page (and its removals, if it tells them) has wrong."""
    left = _bare(text)
    lost = []
    for block in sorted(gold.keep, key=len, reverse=True):
        bare = _bare(block)
        lost += [block] if bare not in left else []
        left = left.replace(bare, "\n", 1)
    if gold.title:
        left = left.replace(_bare(gold.title), "\n")
    leaked = []
    for piece in sorted(gold.drop, key=lambda d: -len(d.text)):
        bare = _bare(piece.text)
        if bare in left:
            leaked.append(piece)
            left = left.replace(bare, "\n", 1)
    return PageFaults(gold.id, tuple(lost), tuple(leaked), tuple(_wrong_reasons(gold, dropped)))


def _wrong_reasons(gold: GoldPage, dropped: Sequence[Dropped]) -> Iterable[tuple[str, str, str]]:
    found = [(_bare(piece.text), piece.why) for piece in dropped]
    for piece in gold.drop:
        bare = _bare(piece.text)
        reasons = {why for text, why in found if bare in text}
        if reasons and piece.why not in reasons:
            yield piece.text, piece.why, min(reasons)


def score_cleaning(
    gold: Iterable[GoldPage],
    texts: Mapping[str, str],
    dropped: Mapping[str, Sequence[Dropped]] | None = None,
    *,
    name: str = "",
) -> CleaningScore:
    """The score of cleaned texts, by page id, against gold pages; a page without a text has lost all of it."""
    counts: Counter[str] = Counter()
    pages = 0
    for page in gold:
        wrong = faults(page, texts.get(page.id, ""), (dropped or {}).get(page.id, ()))
        counts.update(
            keep=len(page.keep),
            drop=len(page.drop),
            lost=len(wrong.lost),
            leaked=len(wrong.leaked),
            reasons=len(wrong.reasons),
        )
        pages += 1
    kept, gone = counts["keep"] - counts["lost"], counts["drop"] - counts["leaked"]
    return CleaningScore(
        prf(kept, kept + counts["leaked"], kept, counts["keep"]),
        prf(gone, gone + counts["lost"], gone, counts["drop"]),
        1 - counts["reasons"] / gone if gone else 0.0,
        pages,
        f"cleaning|blocks|pages:{pages}{'|' + name if name else ''}",
    )


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", normalise(text))
