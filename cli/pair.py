"""Tell which reports tell the same event: one pair a line, with its confidence.

REPORTS are files or folders: .txt, .html, .jsonl (fields id, text or html, lang, date, url, title), also as .gz or .zst. With
--explain every pair comes with the evidence in words; with two reports only, they are compared whatever comes of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..data.core import Document, DocumentPair, Rejected
from ..data.errors import SongnguError, UsageError
from ..data.languages import base, canonical
from ..data.records import pair_record
from .options import add_languages

if TYPE_CHECKING:
    from ..align.pairing import PairSettings
    from ..align.pairing_events import Event
    from ..models.encoders import Encoder

EXAMPLE = """\
  songngu pair reports/
  songngu pair fr/ vi/ --source fr --target vi --json > pairs.jsonl
  songngu pair a.txt b.txt --explain
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "reports", nargs="+", type=Path, metavar="REPORTS", help="files or folders; - is standard input"
    )
    add_languages(parser, "source language (BCP-47); default: found in the reports", "target language", metavar="TAG")
    parser.add_argument("--json", action="store_true", help="a JSON object a line, as in pairs.jsonl")
    parser.add_argument(
        "--mode",
        choices=("one-to-one", "events"),
        default="one-to-one",
        help="one partner a report, or clusters of all the reports of an event (default: one-to-one)",
    )
    parser.add_argument("--explain", action="store_true", help="print the evidence in words")
    parser.add_argument("--window", type=int, default=3, metavar="DAYS", help="most days between dates (default: 3)")
    parser.add_argument(
        "--min-pair-confidence", type=float, default=0.5, metavar="P", help="least confidence of a pair (default: 0.5)"
    )
    parser.add_argument("--model", default="builtin", metavar="MODEL", help="encoder: a name, hub id or folder")


def run(args: argparse.Namespace) -> int:
    """Read, split, pair and print."""
    if bool(args.source) != bool(args.target):
        raise UsageError("give both --source and --target, or neither")
    if not 0 <= args.min_pair_confidence <= 1 or args.window < 0:
        raise UsageError("--min-pair-confidence is a probability in [0, 1], and --window a number of days from 0")
    documents = _documents(args)
    source, target = _languages(documents, args)
    for line in _lines(documents, source, target, args):
        print(line)
    return 0


def _documents(args: argparse.Namespace) -> list[Document]:
    from ..align.splitting import split_document
    from ..data.reading import read

    languages = (canonical(args.source), canonical(args.target)) if args.source else None
    documents = [split_document(d) for d in read(args.reports, rejected=_say, languages=languages)]
    if not documents:
        raise SongnguError(f"no report to read in {', '.join(map(str, args.reports))}")
    return documents


def _say(rejected: Rejected) -> None:
    name = " ".join(part for part in (rejected.path, rejected.id) if part)
    print(f"songngu pair: not used: {name} ({rejected.why})", file=sys.stderr)


def _languages(documents: Sequence[Document], args: argparse.Namespace) -> tuple[str, str]:
    """The languages that were asked for, or the two that most reports are in, in alphabetical order."""
    if args.source:
        return canonical(args.source), canonical(args.target)
    spoken = Counter(base(d.language) for d in documents if d.language)
    most = sorted(sorted(spoken, key=lambda code: (-spoken[code], code))[:2])
    if len(most) < 2:
        raise SongnguError(
            f"all {len(documents)} reports are in one language ({most[0] if most else 'unknown'}); pairing needs two"
        )
    return most[0], most[1]


def _lines(documents: list[Document], source: str, target: str, args: argparse.Namespace) -> Iterator[str]:
    from ..align.pairing import PairSettings, events, pair
    from ..models.encoders import encoder

    settings = PairSettings(mode=args.mode, window=args.window, min_confidence=args.min_pair_confidence)
    coder = encoder(args.model)
    if args.explain and len(documents) == 2:
        yield from _two(documents, source, target, settings, coder)
    elif args.mode == "events" and not args.explain:
        for number, event in enumerate(
            events(documents, source_language=source, target_language=target, encoder=coder, settings=settings)
        ):
            yield _event_line(number, event, as_json=args.json)
    else:
        for found in pair(documents, source_language=source, target_language=target, encoder=coder, settings=settings):
            yield json.dumps(pair_record(found), ensure_ascii=False) if args.json else _pair_line(found)
            if args.explain and not args.json:
                yield from (f"  {reason}" for reason in found.why)


def _two(documents: list[Document], source: str, target: str, settings: PairSettings, coder: Encoder) -> Iterator[str]:
    """The evidence for and against two reports, however far apart they are."""
    from dataclasses import replace

    from ..align.pairing import compare
    from ..align.pairing_model import probability

    wide = replace(settings, window=100_000, lead=-1.0)
    found = compare(documents, source_language=source, target_language=target, encoder=coder, settings=wide)
    if not found:
        yield f"one of the two reports has no sentence in {source} or {target}"
    for one in found:
        chance = probability(one.sure)
        verdict = "the same event" if chance >= settings.min_confidence else "not the same event"
        yield f"{one.source} – {one.target}: {verdict} (confidence {chance:.2f})"
        yield from (f"  {reason}" for reason in one.why)


def _pair_line(found: DocumentPair) -> str:
    return f"{found.source}\t{found.target}\t{found.confidence:.3f}"


def _event_line(number: int, event: Event, *, as_json: bool) -> str:
    if as_json:
        record = {
            "event": number,
            "source": list(event.source),
            "target": list(event.target),
            "confidence": round(event.confidence, 4),
        }
        return json.dumps(record, ensure_ascii=False)
    return f"{' '.join(event.source)}\t{' '.join(event.target)}\t{event.confidence:.3f}"
