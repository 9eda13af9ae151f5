"""Write a corpus, or several as one, in other formats; choose, deduplicate, decontaminate and split on the way.

Formats: tsv, jsonl, moses, tmx, xliff (2.1), xliff12, parquet, hf (datasets.load_from_disk), chat, xlsx, tei; .gz or .zst may
follow (tsv.gz). CORPUS is a folder that `songngu build` wrote or a bitext file (TSV, JSONL, TMX, XLIFF, Parquet, Moses).
What is left out stands in rejected.jsonl with its reason. A README.md (dataset card) is written with parquet and hf, or with --card.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .options import add_languages

if TYPE_CHECKING:
    from ..data.exporting import ExportSettings

EXAMPLE = """\
  songngu export corpus --formats tsv,tmx,hf --out dataset --split 0.9,0.05,0.05 --deduplicate pair
  songngu export corpus --formats tsv --out - | cut -f1,2 | head
  songngu export run1 run2 old.tmx --formats parquet --out merged --decontaminate flores.fr flores.vi
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "corpora", nargs="+", metavar="CORPUS", help="build folders and bitext files; several are merged"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the files; - writes one text format to standard output"
    )
    parser.add_argument("--formats", help="which formats, with commas (default: tsv)")
    parser.add_argument("--name", help="how the files are called (default: bitext)")
    parser.add_argument(
        "--settings", type=Path, help="TOML file with a table [export] of the options below; flags win over it"
    )
    add_languages(
        parser, "source language, where the input does not tell it", "target language, where the input does not tell it"
    )
    choosing = parser.add_argument_group("choosing")
    choosing.add_argument(
        "--min-confidence",
        type=float,
        metavar="P",
        help="leave out what is less sure (default: as the build did; 0 keeps all)",
    )
    choosing.add_argument(
        "--deduplicate",
        choices=("pair", "source", "target", "either"),
        help="keep one copy of equal sides: the surest, the first of equally sure ones",
    )
    choosing.add_argument(
        "--near", type=float, metavar="S", help="with --deduplicate: near-copies from this similarity too (0.8)"
    )
    choosing.add_argument(
        "--decontaminate",
        nargs="+",
        metavar="FILE",
        help="leave out what shares a side or many words with these test sets",
    )
    choosing.add_argument("--ngram", type=int, help="words in a row that count as contamination (default: 10)")
    splitting = parser.add_argument_group("splits, by event")
    splitting.add_argument("--split", metavar="A,B,C", help="shares of train, validation and test, e.g. 0.9,0.05,0.05")
    splitting.add_argument("--seed", type=int, help="seed of the splits (default: 0)")
    splitting.add_argument(
        "--test-confidence", type=float, metavar="P", help="least confidence in test (default: 0.9; without one: sure)"
    )
    about = parser.add_argument_group("dataset card")
    about.add_argument("--card", action="store_true", help="write README.md and a plot, whatever the formats")
    about.add_argument("--title", help="title of the dataset")
    about.add_argument("--licence", "--license", action="append", help="a licence of the sources; may be repeated")
    about.add_argument("--citation", help="how to cite the dataset")
    about.add_argument("--limits", action="append", help="a limit of the dataset; may be repeated")
    parser.add_argument("--shard", type=int, metavar="N", help="a file for each N segments, which --resume can skip")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="with --shard: go on where a call with the same input and options was stopped",
    )
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")


def run(args: argparse.Namespace) -> int:
    """Export and print what was written."""
    from ..data.corpus import open_corpus
    from ..data.exporting import REJECTED, Exported, export
    from ..data.rejects import Rejects

    options, rejects = _options(args), Rejects()
    corpora = [
        open_corpus(path, source_language=args.source, target_language=args.target, rejected=rejects.add)
        for path in args.corpora
    ]
    result: Exported = export(corpora, args.out, options.formats, _settings(args, options), rejects=rejects)
    piped = str(args.out) == "-"
    if rejects:
        first = next(iter(rejects))
        print(f"songngu export: {len(rejects)} rows could not be read; {first.path}, {first.why} …", file=sys.stderr)
    if args.json and not piped:
        known = {"files": [str(p) for p in result.paths], "segments": result.segments, "removed": result.removed}
        print(json.dumps(known | {"unreadable": len(rejects)}, ensure_ascii=False))
        return 0
    for path in result.paths:
        print(path)
    where = "export to a folder to see which" if piped else f"see {args.out / REJECTED}"
    left = f", {result.removed} left out ({where})" if result.removed else ""
    print(f"{result.segments} segments{left}", file=sys.stderr)
    return 0


def _built_with(args: argparse.Namespace) -> float | None:
    """The least confidence of the corpora's own exports; None where an input is no build, which may have no confidences."""
    from ..data.corpus import manifest

    folders = [path for path in map(Path, args.corpora) if path.is_dir()]
    found = [(manifest(path).get("settings") or {}).get("min_confidence") for path in folders]
    least = [value for value in found if value is not None]
    return max(least) if least and len(least) == len(args.corpora) else None


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an export as a user gives them: flags, or the keys of a table [export]."""

    formats: str = "tsv"
    name: str = "bitext"
    min_confidence: float | None = None
    deduplicate: str | None = None
    near: float | None = None
    decontaminate: tuple[str, ...] = ()
    ngram: int | None = None
    split: str | None = None
    seed: int = 0
    test_confidence: float = 0.9
    card: bool = False
    title: str = ""
    licence: tuple[str, ...] = ()
    citation: str = ""
    limits: tuple[str, ...] = ()
    shard: int | None = None


def _options(args: argparse.Namespace) -> Options:
    from ..data.settings import read_stages, settings

    table = read_stages(args.settings).get("export", {}) if args.settings else {}
    lists = ("decontaminate", "licence", "limits")
    for name in lists:
        if isinstance(table.get(name), str):
            table[name] = [table[name]]
    known = settings(Options, table, where=f"[export] in {args.settings}")
    given = ((f.name, getattr(args, f.name)) for f in fields(Options))
    flags = {name: value for name, value in given if value is not None and value is not False}  # 0 is a value
    chosen = replace(known, **flags)
    return replace(chosen, **{name: tuple(getattr(chosen, name)) for name in lists})


def _settings(args: argparse.Namespace, options: Options) -> ExportSettings:
    from ..data.card import CardSettings
    from ..data.deduplication import DeduplicationSettings
    from ..data.exporting import ExportSettings
    from ..data.splits import SplitSettings, parse_shares

    o = options
    wants_card = o.card or {"parquet", "hf"} & set(o.formats.split(","))
    settings = ExportSettings(
        name=o.name,
        min_confidence=_built_with(args) if o.min_confidence is None else o.min_confidence,
        decontaminate=tuple(map(Path, o.decontaminate)),
        deduplicate=DeduplicationSettings(o.deduplicate or "pair", o.near) if o.deduplicate or o.near else None,  # type: ignore[arg-type]
        split=SplitSettings(parse_shares(o.split), o.seed, o.test_confidence) if o.split else None,
        shard=o.shard,
        card=CardSettings(o.title, o.licence, o.citation, o.limits) if wants_card else None,
        resume=args.resume,
    )
    return settings if o.ngram is None else replace(settings, ngram=o.ngram)
