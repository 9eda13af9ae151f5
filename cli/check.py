"""Find concrete errors in a translation: numbers, units, dates, names, negation, missing and added text, language, form.

SOURCE and TARGET are two text files with one line for each other's line; alone, SOURCE is a bitext (TSV, TMX, XLIFF, JSON Lines) or a
corpus folder. Each finding says where, what, how sure, and which kind. Exit code 1 with --fail-on if there is a finding that grave.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .options import add_languages

EXAMPLE = """\
  songngu check news.fr news.vi --from fr --to vi
  songngu check bitext.tmx --format sarif --fail-on error --glossary terms.tsv
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("source", type=Path, help="text file, bitext file or corpus folder")
    parser.add_argument("target", type=Path, nargs="?", help="text file with the translation of each line")
    add_languages(
        parser,
        "language of the source, e.g. fr",
        "language of the translation, e.g. vi",
        metavar="LANG",
        dests=("source_language", "target_language"),
        from_first=True,
    )
    parser.add_argument(
        "--format",
        choices=("human", "json", "csv", "sarif"),
        default="human",
        help="how to write findings (default: human)",
    )
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "never"),
        default="never",
        help="exit with 1 if there is one that grave",
    )
    parser.add_argument(
        "--min-confidence",
        type=float,
        default=0.6,
        metavar="P",
        help="least confidence (default: 0.6)",
    )
    parser.add_argument("--kinds", metavar="KIND,…", help="only these kinds")
    parser.add_argument(
        "--glossary", type=Path, metavar="FILE", help="TSV (term, translation) or TBX whose translations must be used"
    )
    parser.add_argument(
        "--encoder",
        default="builtin",
        help="finds missing and added clauses (default: builtin; `none` leaves that out)",
    )


def run(args: argparse.Namespace) -> int:
    """Print the findings and a summary; 1 if --fail-on says so."""
    from ..data.errors import SongnguError, UsageError
    from ..eval.check_output import FORMATS, summary
    from ..eval.checks import check
    from ..eval.checks_corpus import read_glossary

    if not 0.0 <= args.min_confidence <= 1.0:
        raise UsageError(f"--min-confidence is a probability from 0 to 1, not {args.min_confidence:g}")
    pairs, source, target = _pairs(args)
    glossary = read_glossary(args.glossary, source, target) if args.glossary else ()
    kinds = args.kinds.split(",") if args.kinds else None
    lines: dict[int, tuple[str, str]] = {}
    found = list(
        check(
            _remembered(pairs, lines), source_language=source, target_language=target, encoder=_encoder(args.encoder),
            glossary=glossary, kinds=kinds, least=args.min_confidence,
        )
    )  # fmt: skip
    options: dict[str, Any] = {
        "human": {"pairs": lines, "path": str(args.target or args.source)},
        "sarif": {"path": str(args.target or args.source)},
    }
    sys.stdout.writelines(FORMATS[args.format](found, **options.get(args.format, {})))
    if not lines:
        raise SongnguError(f"{args.source}: nothing to check: no lines at all")
    print(f"songngu check: {summary(found, len(lines))}", file=sys.stderr)
    grave = {"error": {"error"}, "warning": {"error", "warning"}, "never": set()}[args.fail_on]
    return 1 if any(finding.severity in grave for finding in found) else 0


def _encoder(name: str) -> Any:
    from ..models.encoders import encoder

    return None if name == "none" else encoder(name)


def _remembered(pairs: Iterator[tuple[str, str]], lines: dict[int, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    from ..data.progress import track

    for number, pair in enumerate(track(pairs, "check"), 1):
        lines[number] = pair
        yield pair


def _pairs(args: argparse.Namespace) -> tuple[Iterator[tuple[str, str]], str, str]:
    from ..data.errors import UsageError
    from ..data.languages import canonical

    if args.target is None:
        return _bitext(args)
    if not args.source_language or not args.target_language:
        raise UsageError("two text files do not say their languages; give both (--from fr --to vi)")
    return _parallel(args.source, args.target), canonical(args.source_language), canonical(args.target_language)


def _parallel(source: Path, target: Path) -> Iterator[tuple[str, str]]:
    from ..data.errors import SongnguError
    from ..data.files import opened

    lines = []
    for path in (source, target):  # one after the other, so that an error names its own file
        with opened(path) as stream:
            lines.append(sum(1 for _ in stream))
    if lines[0] != lines[1]:
        raise SongnguError(
            f"{source}: {lines[0]} lines, {target}: {lines[1]}; parallel files need one line each (songngu align aligns them)"
        )
    with opened(source) as left, opened(target) as right:
        for one, other in zip(left, right, strict=True):
            yield one.rstrip("\r\n"), other.rstrip("\r\n")


def _bitext(args: argparse.Namespace) -> tuple[Iterator[tuple[str, str]], str, str]:
    from ..data.corpus import open_corpus
    from ..data.formats import read_bitext

    if args.source.is_dir():
        corpus = open_corpus(args.source)
    else:
        corpus = read_bitext(args.source, source_language=args.source_language, target_language=args.target_language)
    pairs = ((segment.source_text, segment.target_text) for segment in corpus)
    return pairs, args.source_language or corpus.source_language, args.target_language or corpus.target_language
