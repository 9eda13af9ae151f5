"""Reads reports, cleans and splits them, finds those of the same event, aligns their sentences and writes the bitext.

REPORTS are files or folders: .txt, .html, .jsonl (fields id, text or html, lang, date, url, title), also as .gz or .zst; a
folder may mix languages. OUT gets documents.jsonl, pairs.jsonl, beads.jsonl, rejected.jsonl, bitext.*, report.html and
manifest.json.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .options import add_languages

if TYPE_CHECKING:
    from ..align.pipeline import BuildResult

EXAMPLE = """\
  songngu build reports/ --out corpus
  songngu build fr/ vi.jsonl.gz --source fr --target vi --out corpus --formats tsv,tmx --min-confidence 0.9
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("reports", nargs="+", type=Path, metavar="REPORTS", help="files or folders")
    parser.add_argument("--out", required=True, type=Path, help="folder for the corpus")
    add_languages(parser, "source language (BCP-47); default: found in the reports", "target language")
    parser.add_argument("--formats", help="formats of the bitext, comma-separated (default tsv,jsonl,moses,tmx)")
    parser.add_argument("--min-confidence", type=float, help="export only beads at least this sure (default 0.5)")
    parser.add_argument("--min-pair-confidence", type=float, help="pair only reports at least this sure (default 0.5)")
    parser.add_argument("--window", type=int, help="days between the dates of reports of one event (default 3)")
    parser.add_argument(
        "--mode", choices=("one-to-one", "events"), help="pair reports one to one (default) or as events"
    )
    parser.add_argument("--encoder", help="built-in name, Hugging Face id or local folder (default builtin)")
    parser.add_argument("--engine", choices=("local", "ray"), help="where the work runs (default local)")
    parser.add_argument("--workers", type=int, help="processes for reading (default: all cores)")
    parser.add_argument("--settings", type=Path, help="TOML file with tables [build] and [pair]; flags win over it")
    parser.add_argument("--resume", action="store_true", help="go on with a build that was stopped")
    parser.add_argument("--force", action="store_true", help="replace the corpus in OUT")


def build(paths: Iterable[Path | str] | Path | str, out: Path | str, **settings: Any) -> BuildResult:
    """Turn reports into an aligned, scored bitext in the folder `out`, with its report page.

    Settings are the fields of `songngu.align.pipeline.BuildSettings`; errors are those of `songngu.align.pipeline.build`.
    """
    from ..align.pipeline import build as pipeline
    from ..eval.report import write_report

    result = pipeline(paths, out, **settings)
    page = write_report(result.out)
    return replace(result, files=(*result.files, page.name))


def run(args: argparse.Namespace) -> int:
    """Build the corpus and say what was found."""
    result = build(args.reports, args.out, **_settings(args))
    counts = result.counts
    print(
        f"{counts.get('documents', 0)} reports, {counts.get('pairs', 0)} pairs, {counts.get('beads', 0)} beads "
        f"({counts.get('beads_exported', 0)} exported), {counts.get('rejected', 0)} rejected → {result.out}"
    )
    if not counts.get("documents"):
        print(f"songngu build: no report could be used; {result.out / 'rejected.jsonl'} says why", file=sys.stderr)
        return 1
    if not result.target_language:
        only = result.source_language or "no known language"
        print(f"songngu build: all reports are in {only}; a bitext needs two languages", file=sys.stderr)
        return 1
    return 0


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    from ..align.pairing import PairSettings
    from ..align.pipeline import BuildSettings
    from ..data.settings import read_stages, settings

    tables = read_stages(args.settings) if args.settings else {}
    chosen: dict[str, Any] = {"workers": os.cpu_count() or 1, **tables.pop("build", {})}
    pairing: dict[str, Any] = tables.pop("pair", {})
    flags = {name: value for name, value in vars(args).items() if value not in (None, False)}
    chosen |= {f.name: flags[f.name] for f in fields(BuildSettings) if f.name in flags}
    if args.formats:
        chosen["formats"] = tuple(args.formats.split(","))
    renamed = {"window": "window", "mode": "mode", "min_pair_confidence": "min_confidence"}
    pairing |= {name: flags[flag] for flag, name in renamed.items() if flag in flags}
    chosen["pair"] = settings(PairSettings, pairing, where="pair")
    return chosen
