"""Sentence alignment beside its peers: quality on made and hand-made gold, and time without and with encoding.

    python -m benchmarks.alignment [../shared] [--sides fr-vi en-vi …] [--seed N]          ours alone
    python -m benchmarks.alignment [../shared] --peers --bertalign FOLDER --vecalign FOLDER --sentalign FOLDER --hunalign BINARY
    python -m benchmarks.alignment --time 1000 4000 16000 --peers …                        aligning alone, and memory
    python -m benchmarks.alignment [../shared] --end-to-end --peers …                      with encoding

Every system gets the same encoder; `alignment_systems` says where the peers come from and how they are set. F1 is strict / lax with
vecalign's definitions, pooled over a set's documents. Strings are those encoded for each different line, and then those read again up
to the ninth of the encoder's twelve layers; "songngu, unread" does without that (`align(read=False)`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from songngu.data.core import Bead
from songngu.eval.alignment import score_alignment
from songngu.models.encoders import encoder

from benchmarks.alignment_sets import LONG, Case, Key, made, retold_test, technews, textberg, udhr
from benchmarks.alignment_speed import end_to_end, timing
from benchmarks.alignment_systems import OURS, UNREAD, Checkouts, Counting, System, completed, systems

# go through every cell in Python: minutes for each long text
SLOW = ("SentAlign, centred", "Gale-Church")
KINDS = ("textberg", "hard", *LONG, "comparable", "retold", "unseen", "udhr", "technews")


def quality(name: str, system: System, cases: Sequence[Case], coder: Counting, kinds: Sequence[str]) -> str:
    """One row of the table."""
    cells, strings, lines, before = [], 0, 0, coder.read_again
    for kind in kinds:
        chosen = [case for case in cases if case.kind == kind]
        if chosen and kind in LONG and name in SLOW:
            cells.append("–")
            continue
        gold: dict[str, list[tuple[Any, ...]]] = {}
        found: dict[str, list[Bead]] = {}
        for case in chosen:
            coder.asked = set()
            gold[case.name] = case.beads
            found[case.name] = [Bead(s, t) for s, t in attempted(name, system, case, coder)]
            strings += len(coder.asked)
            lines += len(set(case.source)) + len(set(case.target))
        score = score_alignment(gold, found, samples=0) if chosen else None
        cells.append(f"{_short(score.strict.f1)}/{_short(score.lax.f1)}" if score else "")
    return f"| {name} | {' | '.join(cells)} | {strings / max(lines, 1):.2f} | {(coder.read_again - before) / max(lines, 1):.2f} |"


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def attempted(name: str, system: System, case: Case, coder: Counting) -> list[Key]:
    """The system's beads; none where it failed, which standard error tells."""
    try:
        return system(case, coder)
    except Exception as error:
        if name in (OURS, UNREAD):
            raise
        print(f"{name} failed on {case.kind} {case.name}: {error!r}", file=sys.stderr)
        return completed([], case)


def cases_of(shared: Path, sides: str, seed: int | None) -> list[Case]:
    """All cases of a pair of languages; the sets made by hand are French-Vietnamese, Text+Berg is shown with them."""
    source, target = sides.split("-")
    found = [
        *made(shared, "make_hard", (source, target), seed or 2026),
        *made(shared, "make_comparable", (source, target), seed or 7),
    ]
    if sides != "fr-vi":
        return found
    return [*textberg(shared), *found, *retold_test(), *retold_test(held_out=True), *udhr(shared), *technews(shared)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path, nargs="?", default=Path("../shared"))
    parser.add_argument("--sides", nargs="*", default=["fr-vi"], metavar="A-B")
    parser.add_argument("--seed", type=int, help="another seed for the makers than their own")
    parser.add_argument(
        "--kinds", nargs="*", choices=KINDS, default=KINDS, metavar="KIND", help=f"of {', '.join(KINDS)}"
    )
    parser.add_argument("--peers", action="store_true", help="run the peers, too")
    parser.add_argument("--only", nargs="*", metavar="NAME", help="of the systems these")
    for name, what in (
        ("vecalign", "FOLDER"),
        ("bertalign", "FOLDER"),
        ("sentalign", "FOLDER"),
        ("hunalign", "BINARY"),
    ):
        parser.add_argument(f"--{name}", type=Path, metavar=what, help=f"where {name} lies; with --peers")
    parser.add_argument("--time", nargs="*", type=int, default=[], metavar="LINES", help="time these sizes, no quality")
    parser.add_argument("--end-to-end", action="store_true", help="time textberg and hard with encoding, no quality")
    parser.add_argument("--runs", type=int, default=3, help="of which times are the median")
    args = parser.parse_args()
    peers = Checkouts(args.vecalign, args.bertalign, args.sentalign, args.hunalign) if args.peers else None
    if args.time:
        timing(args.time, peers, args.runs)
        return
    if args.end_to_end:
        sets = {"textberg": list(textberg(args.shared)), "hard": []}
        sets["hard"] = [c for c in cases_of(args.shared, args.sides[0], args.seed) if c.kind == "hard"]
        end_to_end(sets, peers, encoder(), args.runs)
        return
    coder, chosen = Counting(encoder()), systems(peers)
    for sides in args.sides:
        cases = cases_of(args.shared, sides, args.seed)
        print(f"| {sides} | {' | '.join(args.kinds)} | strings | read |\n{'|---' * (len(args.kinds) + 3)}|")
        for name, system in chosen.items():
            if not args.only or name in args.only:
                print(quality(name, system, cases, coder, args.kinds), flush=True)


if __name__ == "__main__":
    main()
