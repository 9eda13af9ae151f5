"""Look at the pairs of a corpus and correct their links in the browser: confirm, unlink, split, join, by keyboard or
mouse.

Corrections go to review.jsonl in the corpus folder at once; beads.jsonl is not changed. --out writes the beads as they
are after the corrections, for export or as gold. The server listens on this machine alone and wants the token in the
printed address.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

EXAMPLE = """\
  songngu review corpus                          # open the printed address in a browser; Ctrl-C ends it
  songngu review corpus --out reviewed.jsonl     # no server: write the corrected beads
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="a folder that songngu build wrote")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--open", action="store_true", help="open the browser, too")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the corrected beads (JSON Lines) and stop; - is standard output"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C, or write the corrected beads."""
    from ..eval.review_server import Review, serve
    from ..eval.reviewing import figures, write_reviewed

    if args.out is not None:
        count = write_reviewed(args.corpus, args.out)
        made = ", ".join(f"{value} {name}" for name, value in sorted(figures(args.corpus).items())) or "no corrections"
        print(f"{count} beads written; {made}", file=sys.stderr)
        return 0
    with serve(Review.open(args.corpus), args.port) as server:
        print(server.address, flush=True)
        print("Ctrl-C ends the review; corrections are saved as they are made", file=sys.stderr)
        if args.open:
            import webbrowser

            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            made = figures(args.corpus)
            print(
                f"\n{sum(made.values()) - made.get('pairs', 0)} corrections in {made.get('pairs', 0)} pairs",
                file=sys.stderr,
            )
    return 0
