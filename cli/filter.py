"""Keep the good segments of a corpus: wrong language, copies, gibberish, other numbers, wrong lengths, other meaning … go.

CORPUS is a folder that `songngu build` wrote or a bitext file. What is removed stands in rejected.jsonl with every reason; filters.json
and filters.html say what each filter would remove alone and did remove, with examples. Each filter's bound can be set:
--set length_ratio=3. --list shows all filters.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .options import add_languages

if TYPE_CHECKING:
    from ..data.core import Corpus
    from ..data.filters import FilterSettings

EXAMPLE = """\
  songngu filter corpus --out clean --preset balanced --formats jsonl,tmx
  songngu filter corpus --report             # what each filter would remove; writes nothing
  songngu filter old.tmx --out clean --set length_ratio=3 --without headline --model none --report
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "corpora", nargs="*", metavar="CORPUS", help="build folders and bitext files; several are merged"
    )
    parser.add_argument("--out", type=Path, help="folder for the kept segments, rejected.jsonl and the report")
    parser.add_argument("--preset", help="strict, balanced (default) or recall")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FILTER=BOUND", help="another bound for one filter"
    )
    parser.add_argument("--without", action="append", default=[], metavar="FILTER", help="leave one filter out")
    parser.add_argument(
        "--settings", type=Path, help="TOML file with a table [filter]: preset, without, bounds; flags win over it"
    )
    parser.add_argument(
        "--model", default="builtin", help="sentence encoder for the meaning, or none (default: builtin)"
    )
    parser.add_argument("--formats", default="jsonl", help="formats of the kept segments (default: jsonl)")
    parser.add_argument("--name", default="bitext", help="how the files are called (default: bitext)")
    add_languages(
        parser, "source language, where the input does not tell it", "target language, where the input does not tell it"
    )
    parser.add_argument("--report", action="store_true", help="print what each filter did")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--list", action="store_true", help="list the filters with their bounds and stop")


def run(args: argparse.Namespace) -> int:
    """Filter and print what came of it."""
    from collections import deque

    from ..data import files, formats, jsonl
    from ..data.core import Corpus
    from ..data.errors import UsageError
    from ..data.filtering import FilterReport
    from ..data.filters import judge
    from ..data.rejects import Rejects

    if args.list:
        return _list()
    if not args.corpora or not (args.out or args.report or args.json):
        raise UsageError(
            "give a corpus and --out FOLDER (songngu filter corpus --out clean), --report alone, or --list"
        )
    formats.parse(args.formats)
    settings, rejects = _settings(args), Rejects()
    corpus = _open(args, rejects.add)
    report = FilterReport(settings)
    if args.out is None:
        deque(report.watch(judge(corpus, settings, **_model(args.model, corpus))), maxlen=0)
        _print(args, report, [])
        return 0
    with files.writing(args.out / "rejected.jsonl") as rejected:

        def kept():
            for verdict in report.watch(judge(corpus, settings, **_model(args.model, corpus))):
                if verdict.kept:
                    yield verdict.segment
                else:
                    record = jsonl.record(verdict.segment) | {"why": [str(reason) for reason in verdict.reasons]}
                    rejected.write(jsonl.line_of(json.dumps(record, ensure_ascii=False)))

        kept_corpus = Corpus(
            corpus.source_language, corpus.target_language, kept(), corpus.provenance, corpus.signature
        )
        paths = formats.write(kept_corpus, args.out, args.formats, name=args.name)
        for row in rejects:
            rejected.write(jsonl.line_of(json.dumps({"path": row.path, "why": [row.why]}, ensure_ascii=False)))
    paths += _write_report(report, args.out, _manifest(args.model, corpus, settings))
    _print(args, report, [*paths, args.out / "rejected.jsonl"])
    return 0


def _list() -> int:
    from ..data.filters import PRESETS, filters

    print(f"{'filter':<14} {'keeps':<9} {' '.join(f'{p:>9}' for p in PRESETS)}  removes")
    for found in filters().values():
        bounds = " ".join(f"{'off' if b is None else f'{b:g}':>9}" for b in found.bounds)
        print(f"{found.name:<14} {found.keeps:<9} {bounds}  {found.removes}")
    return 0


def _settings(args: argparse.Namespace) -> FilterSettings:
    from ..data.filters import FilterSettings, parse_bound
    from ..data.settings import read_stages, settings

    table = read_stages(args.settings).get("filter", {}) if args.settings else {}
    known = settings(FilterSettings, table, where=f"[filter] in {args.settings}")
    return FilterSettings(
        args.preset or known.preset,
        {**known.bounds, **dict(parse_bound(text) for text in args.set)},
        (*known.without, *args.without),
    )


def _open(args: argparse.Namespace, rejected: Any) -> Corpus:
    from ..data.corpus import open_corpus
    from ..data.merging import merge

    options = {"source_language": args.source, "target_language": args.target, "rejected": rejected}
    return merge([open_corpus(path, **options) for path in args.corpora])


def _model(name: str, corpus: Corpus) -> dict[str, Any]:
    """The functions that a sentence encoder gives the filters; none for the model "none"."""
    if name == "none":
        return {}
    from ..models.encoders import encoder
    from ..models.meaning import Cosines, counter, estimator

    model, languages = encoder(name), (corpus.source_language, corpus.target_language)
    cosines = Cosines(model, *languages)
    return {
        "similarity": cosines,
        "vectors": cosines.vectors,
        "subwords": counter(model),
        "estimate": estimator(model, *languages),
    }


def _manifest(model: str, corpus: Corpus, settings: FilterSettings) -> dict[str, Any]:
    """What later steps want to know of the kept segments; the signature names the filters, too."""
    from ..data.filters import signature

    known = {"source_language": corpus.source_language, "target_language": corpus.target_language}
    signed = "|".join(filter(None, (corpus.signature, signature(settings), f"model:{model}")))
    return known | {"provenance": corpus.provenance, "signature": signed}


def _write_report(report: Any, out: Path, about: dict[str, Any]) -> list[Path]:
    from ..data import files

    contents = {
        "filters.json": json.dumps(report.json(), ensure_ascii=False, indent=1) + "\n",
        "filters.html": report.html(),
        "manifest.json": json.dumps(about, ensure_ascii=False, indent=1) + "\n",
    }
    for name, content in contents.items():
        with files.writing(out / name) as stream:
            stream.write(content)
    return [out / name for name in contents]


def _print(args: argparse.Namespace, report: Any, paths: list[Path]) -> None:
    if args.json:
        print(json.dumps(report.json(), ensure_ascii=False))
        return
    if args.report:
        print(report.table())
        if paths:
            print(f"written to {args.out}: {', '.join(path.name for path in paths)}", file=sys.stderr)
        return
    for path in paths:
        print(path)
    print(f"{report.kept} of {report.segments} segments kept", file=sys.stderr)
