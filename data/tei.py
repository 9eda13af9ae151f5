"""TEI P5 for corpus linguists: a division a document pair, with both sides' segments and their links.

TEI rather than CES: it is the standard that is kept up, TXM, TEITOK and many more read it, and its `link` elements can point across
order, which beads that cross need. `cert` on a link is the confidence.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence

from .core import Segment
from .formats import Format, Sink, Target, lines
from .markup import attribute, text
from .tsv import numbers


def _head(target: Target) -> str:
    title = f"{target.source_language}–{target.target_language} bitext"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0">\n<teiHeader><fileDesc>'
        f"<titleStmt><title>{text(title)}</title></titleStmt><publicationStmt><p>Written by songngu.</p></publicationStmt>"
        f"<sourceDesc><p>{text(target.signature) or 'Aligned reports.'}</p></sourceDesc></fileDesc></teiHeader>\n<text><body>\n"
    )


def division(segments: Sequence[Segment], number: int, source_language: str, target_language: str) -> Iterator[str]:
    """The lines of the division of one document pair, the `number`th."""
    first = segments[0]
    yield f'<div type="pair" xml:id="p{number}">\n'
    sides = (
        ("s", source_language, first.source, first.source_date, first.source_url),
        ("t", target_language, first.target, first.target_date, first.target_url),
    )
    for letter, language, document, date, url in sides:
        about = f' n="{attribute(document)}"' if document else ""
        yield f'<div xml:lang="{attribute(language)}"{about}>\n'
        if date or url:
            date_ = f'<date when-custom="{attribute(date)}">{text(date)}</date>' if date else ""
            ref = f'<ref target="{attribute(url)}"/>' if url else ""
            yield f"<head>{date_}{ref}</head>\n"
        for i, s in enumerate(segments, 1):
            value, sentences = (
                (s.source_text, s.source_sentences) if letter == "s" else (s.target_text, s.target_sentences)
            )
            place = f' n="{numbers(sentences)}"' if sentences else ""
            yield f'<ab><seg xml:id="p{number}.{letter}{i}"{place}>{text(value)}</seg></ab>\n'
        yield "</div>\n"
    yield '<linkGrp type="translation" targFunc="source target">\n'
    for i, s in enumerate(segments, 1):
        sure = "" if s.confidence is None else f' cert="{s.confidence}"'
        yield f'<link type="{s.shape}" target="#p{number}.s{i} #p{number}.t{i}"{sure}/>\n'
    yield "</linkGrp>\n</div>\n"


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.tei.xml`; memory holds one document pair."""
    languages = target.source_language, target.target_language
    waiting: list[Segment] = []
    count = itertools.count(1)
    with lines(target, ".tei.xml") as write:
        write((_head(target),))

        def flush() -> None:
            if waiting:
                write(division(waiting, next(count), *languages))
                waiting.clear()

        def take(batch: Sequence[Segment]) -> None:
            for segment in batch:
                if waiting and (segment.source, segment.target) != (waiting[0].source, waiting[0].target):
                    flush()
                # a foreign bitext names no documents and would otherwise be one division
                if len(waiting) == _LARGEST:
                    flush()
                waiting.append(segment)

        yield take
        flush()
        write(("</body></text>\n</TEI>\n",))


_LARGEST = 10_000
FORMAT = Format("tei", "TEI P5 for corpus linguists", writing, lambda target: (target.path(".tei.xml"),))
