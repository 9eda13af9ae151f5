"""How `songngu score` prints: tables or one JSON object on standard output, what was odd on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import UsageError
from ..eval.tables import Table

if TYPE_CHECKING:
    from ..eval.significance import Comparison

LEGEND = (
    "difference from the first system with p-values of paired bootstrap / approximate randomisation; "
    "* where both are below 0.05"
)


def settings(args: argparse.Namespace) -> dict[str, int]:
    """The resampling's settings, as every score takes them."""
    return {"samples": args.samples, "seed": args.seed}


def show(
    args: argparse.Namespace, record: Mapping[str, Any], lines: Iterable[Table | str], notes: Iterable[str]
) -> int:
    """Print the notes, and the record (--json) or the lines; the exit code."""
    for note in notes:
        print(f"songngu score: {note}", file=sys.stderr)
    if args.json:
        print(json.dumps(record, ensure_ascii=False, indent=1))
        return 0
    for n, line in enumerate(lines):
        if n:
            print()
        print(line.render(args.format) if isinstance(line, Table) else _remark(line, args.format))
    return 0


def _remark(text: str, form: str) -> str:
    """Text between tables so that the output can be pasted or read as what it is: a comment in LaTeX and TSV."""
    mark = {"latex": "% ", "tsv": "# "}.get(form, "")
    return "\n".join(mark + line for line in text.splitlines())


def figure(value: float, interval: tuple[float, float] | None = None, *, digits: int = 3) -> str:
    """A figure with its interval: 0.912 [0.890, 0.934]."""
    shown = f"{value:.{digits}f}"
    return shown if interval is None else f"{shown} [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"


def difference(comparison: Comparison | None, digits: int) -> str:
    """A difference from the baseline with its p-values; – for the baseline itself."""
    if comparison is None:
        return "–"
    star = "*" if max(comparison.p_bootstrap, comparison.p_randomisation) < 0.05 else ""
    ps = "/".join("<.001" if p < 0.001 else f"{p:.3f}" for p in (comparison.p_bootstrap, comparison.p_randomisation))
    return f"{comparison.difference:+.{digits}f} ({ps}){star}"


def effect(measure: str, comparison: Comparison, digits: int) -> str:
    """A difference with its interval and effect size: strict F1 +0.012 [+0.003, +0.021], effect +0.18."""
    low, high = comparison.interval
    size = "" if comparison.effect is None else f", effect {comparison.effect:+.2f}"
    return f"{measure} {comparison.difference:+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]{size}"


def names(paths: Sequence[Path]) -> list[str]:
    """Names that tell the files apart: as little of each path as does."""
    for choose_name in (lambda p: p.stem, lambda p: p.name, str):
        found = [choose_name(path) for path in paths]
        if len(set(found)) == len(found):
            return found
    raise UsageError(f"the same file twice: {', '.join(map(str, paths))}")
