"""One self-contained HTML page about a corpus: the pairs side by side with their links, what was left out, and figures.

CORPUS is a folder that songngu build wrote, or a bitext file (TMX, TSV, JSON Lines …). A large corpus is streamed, and
a sample of its pairs is shown. --json prints the figures instead.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..data.errors import UsageError

EXAMPLE = """\
  songngu report corpus                      # writes corpus/report.html
  songngu report corpus --json | jq .beads
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="a folder that songngu build wrote")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="the page (default: CORPUS/report.html; - is standard output)",
    )
    parser.add_argument("--pairs", type=int, metavar="N", help="how many pairs to show, drawn evenly (default: 60)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON; no page is written")


def run(args: argparse.Namespace) -> int:
    """Write the page and print its path, or print the figures."""
    from ..eval.report import SAMPLE, survey, write_report

    sample = SAMPLE if args.pairs is None else args.pairs
    if sample < 0:
        raise UsageError(f"--pairs must not be negative, not {sample}")
    if args.json:
        print(json.dumps(survey(args.corpus, sample=sample).as_dict(), ensure_ascii=False, indent=1))
        return 0
    path = write_report(args.corpus, args.out, sample=sample)
    if str(path) != "-":
        print(path)
    return 0
