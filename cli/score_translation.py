"""`songngu score translation`: one system, several against the first, or models on an aligned corpus."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import SongnguError, UsageError, choose
from ..eval.tables import Table, table
from .score_printing import LEGEND, difference, effect, figure, names, settings, show

if TYPE_CHECKING:
    from ..eval.corpus_translation import CorpusTranslation
    from ..eval.translation import MetricScore, TranslationComparison, TranslationScore

DESCRIPTION = """\
Corpus scores with 95 % intervals and signatures; several --hyp are compared with the first. BLEU and TER count tokens:
with sacrebleu's 13a these are words in French and syllables in Vietnamese, so do not compare BLEU across languages, and
do not segment Vietnamese words first; chrF needs no tokens.

Without references: --metrics quality:fr-vi with --source estimates how likely each translation is acceptable.

With --corpus the source sides of an aligned corpus are translated by each --model and scored against the target sides,
at
several confidence thresholds, beside two baselines: the source as it is (copy) and a word-for-word gloss. What wrong
beads take from a score is estimated from the sure ones, weighted to the same lengths."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--corpus", type=Path, metavar="CORPUS", help="a folder that build wrote, or a bitext file")
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="M",
        help="with --corpus: short name, hub id, folder, ctranslate2:MODEL or precomputed:FILE; repeat for more",
    )
    parser.add_argument("--reverse", action="store_true", help="with --corpus: translate the target sides")
    parser.add_argument("--limit", type=int, metavar="N", help="with --corpus: the first N beads only")
    parser.add_argument(
        "--ref",
        type=Path,
        action="append",
        metavar="R",
        help="a reference, one segment a line; repeat for more",
    )
    parser.add_argument(
        "--hyp",
        type=Path,
        action="append",
        metavar="A",
        help="a translation; repeat to compare with the first",
    )
    parser.add_argument("--source", type=Path, metavar="S", help="what was translated, for examples and --by")
    parser.add_argument(
        "--metrics",
        default="bleu,chrf,ter",
        help="of bleu, chrf, chrf++, ter, exact, edit, embedding, comet:FOLDER, quality:fr-vi; with commas (default: %(default)s)",
    )
    parser.add_argument(
        "--tokenizer", default="13a", help="BLEU's: 13a, intl, char, none, zh or a SentencePiece model file"
    )
    parser.add_argument("--sentences", action="store_true", help="also print every segment's scores")
    parser.add_argument(
        "--by",
        metavar="length|FILE",
        help="also score by length of the source (or reference), or by a file's label of every line; "
        "with --corpus by length, document or source",
    )
    parser.add_argument("--examples", type=int, default=3, help="segments to show that win and lose most (default: 3)")


def run(args: argparse.Namespace) -> int:
    """Score files against references, or models on a corpus."""
    from ..eval.translation import compare_translations, score_translation

    if args.corpus is not None:
        return _corpus(args)
    if not args.hyp or not (args.ref or "quality" in args.metrics or "comet" in args.metrics):
        raise UsageError(
            "--ref and --hyp are required (or --corpus and --model, or --metrics quality:fr-vi and --source)"
        )
    references = [_lines(path) for path in args.ref] if args.ref else None
    source = _lines(args.source) if args.source else None
    options: dict[str, Any] = {
        "sources": source,
        **_options(args),
    }
    if len(args.hyp) > 1:
        systems = dict(zip(names(args.hyp), map(_lines, args.hyp), strict=True))
        result = compare_translations(systems, references, **options, examples=args.examples)
        return _comparison(args, result, source or (references or [[]])[0])
    score = score_translation(_lines(args.hyp[0]), references, **options)
    groups = _groups(args, score, source or (references or [[]])[0])
    record = score.as_dict(segments=args.sentences) | ({"by": groups[0]} if groups else {})
    lines = [
        _score_table(score),
        *(groups[1:] if groups else []),
        *([_sentence_table(score)] if args.sentences else []),
    ]
    return show(args, record, [*lines, "\n".join(s.signature for s in score.metrics.values())], score.notes)


def _options(args: argparse.Namespace) -> dict[str, Any]:
    metrics = [name.strip() for name in args.metrics.split(",") if name.strip()]
    return {"metrics": metrics, "tokenizer": args.tokenizer, **settings(args)}


def _lines(path: Path) -> list[str]:
    from ..data.files import opened

    with opened(path) as lines:
        return [line.rstrip("\r\n") for line in lines]


def _arrow(score: MetricScore) -> str:
    return f"{score.name} {'↑' if score.higher_is_better else '↓'}"


def _score_table(score: TranslationScore) -> Table:
    rows = [(_arrow(s), figure(s.score, s.interval, digits=2)) for s in score.metrics.values()]
    return table(("metric", "score [95 %]"), rows)


def _sentence_table(score: TranslationScore) -> Table:
    columns = [s.segments for s in score.metrics.values()]
    rows = [(str(n), *(figure(v, digits=2) for v in row)) for n, row in enumerate(zip(*columns, strict=True), 1)]
    return table(("line", *map(_arrow, score.metrics.values())), rows)


def _groups(args: argparse.Namespace, score: TranslationScore, lengths_of: Sequence[str]) -> tuple[Any, Table] | None:
    from ..eval.translation import LENGTHS, length_buckets

    if not args.by:
        return None
    labels = length_buckets(lengths_of) if args.by == "length" else _lines(Path(args.by))
    if len(labels) != score.count:
        raise SongnguError(
            f"{args.by}: {len(labels)} lines, hyp: {score.count}; every segment needs its label on the same line"
        )
    by = {name: metric.by(labels) for name, metric in score.metrics.items()}
    order = list(next(iter(by.values())))
    order = [name for name in LENGTHS if name in order] if args.by == "length" else order
    record = {
        label: {"count": next(iter(by.values()))[label][1], **{name: by[name][label][0] for name in by}}
        for label in order
    }
    rows = [(label, str(record[label]["count"]), *(figure(by[n][label][0], digits=2) for n in by)) for label in order]
    return record, table(("group", "segments", *map(_arrow, score.metrics.values())), rows)


def _comparison(args: argparse.Namespace, result: TranslationComparison, lengths_of: Sequence[str]) -> int:
    first = next(iter(result.systems.values()))
    columns = [f"{_arrow(score)} [95 %]{gap}" for score in first.metrics.values() for gap in ("", " difference (p)")]
    rows = [
        (
            name,
            *(
                cell
                for metric, s in score.metrics.items()
                for cell in (
                    figure(s.score, s.interval, digits=2),
                    difference(result.differences[metric].get(name), 2),
                )
            ),
        )
        for name, score in result.systems.items()
    ]
    header = ("system", *(c.replace(" [95 %] difference", " difference") for c in columns))
    notes = (f"{name}: {note}" for name, score in result.systems.items() for note in score.notes)
    signatures = "\n".join(score.signature for score in first.metrics.values())
    groups = {name: _groups(args, score, lengths_of) for name, score in result.systems.items()}
    by = {name: group[0] for name, group in groups.items() if group}
    lines = [table(header, rows), LEGEND, *_effects(result), *_by_tables(by, first), *_examples(result), signatures]
    return show(args, _comparison_record(args, result) | ({"by": by} if by else {}), lines, notes)


def _by_tables(by: Mapping[str, Any], first: TranslationScore) -> Iterator[Table]:
    """One table a metric: groups down, systems across."""
    for name, score in first.metrics.items() if by else ():
        groups = next(iter(by.values()))
        rows = [
            (label, str(group["count"]), *(figure(by[system][label][name], digits=2) for system in by))
            for label, group in groups.items()
        ]
        yield table((_arrow(score), "segments", *by), rows)


def _effects(result: TranslationComparison) -> list[str]:
    baseline, *others = result.systems
    lines = [
        f"{name} against {baseline}: "
        + ", ".join(effect(metric, by_system[name], 2) for metric, by_system in result.differences.items())
        for name in others
    ]
    return ["\n".join(lines)] if lines else []


def _examples(result: TranslationComparison) -> list[str]:
    baseline, *others = result.systems
    blocks = []
    for name in others:
        for title, examples in (("wins", result.wins[name]), ("loses", result.losses[name])):
            for example in examples:
                shown = {"source": example.source, "reference": example.reference, baseline: example.baseline}
                rows = [
                    f"  {key}: {text}" for key, text in {**shown, name: example.hypothesis}.items() if text is not None
                ]
                blocks.append(
                    "\n".join([f"{name} {title} line {example.line} by {abs(example.difference):.1f}", *rows])
                )
    return blocks


def _comparison_record(args: argparse.Namespace, result: TranslationComparison) -> dict[str, Any]:
    return {
        "systems": {name: score.as_dict(segments=args.sentences) for name, score in result.systems.items()},
        "differences": {
            metric: {name: asdict(difference) for name, difference in by_system.items()}
            for metric, by_system in result.differences.items()
        },
        "wins": {name: [asdict(example) for example in examples] for name, examples in result.wins.items()},
        "losses": {name: [asdict(example) for example in examples] for name, examples in result.losses.items()},
    }


def _corpus(args: argparse.Namespace) -> int:
    from ..data.corpus import open_corpus
    from ..eval.corpus_translation import score_corpus_translation
    from ..models.translators import translator

    if args.ref or args.hyp:
        raise UsageError("--corpus brings its own references; leave --ref and --hyp out")
    models = {name.rsplit("/", 1)[-1]: translator(name) for name in args.model}
    options = {"reverse": args.reverse, "limit": args.limit, **_options(args)}
    result = score_corpus_translation(open_corpus(args.corpus), models, **options)
    if args.by and args.by not in result.labels:
        raise choose("grouping", args.by, list(result.labels))
    tables = list(_corpus_groups(result, args.by)) if args.by else []
    return show(args, result.as_dict(), [*_corpus_lines(result), *tables], result.notes)


def _corpus_groups(result: CorpusTranslation, by: str) -> Iterator[Table]:
    """One table a metric: groups down, systems across."""
    first = next(iter(result.systems.values())).scores
    for metric, score in first.metrics.items():
        columns = [system.scores[metric].by(result.labels[by]) for system in result.systems.values()]
        rows = [
            (label, str(n), *(figure(c[label][0], digits=2) for c in columns)) for label, (_, n) in columns[0].items()
        ]
        yield table((_arrow(score), "beads", *result.systems), rows)


def _corpus_lines(result: CorpusTranslation) -> Iterator[Table | str]:
    first = next(iter(result.systems.values())).scores
    header = ("system", "from confidence", "beads", "right", *map(_arrow, first.metrics.values()))
    rows = [
        (
            name if n == 0 else "",
            f"{t.confidence:.2f}",
            f"{t.count} ({100 * t.share:.0f} %)",
            f"{100 * t.right:.0f} %",
            *(figure(value, digits=2) for value in t.scores.values()),
        )
        for name, system in result.systems.items()
        for n, t in enumerate(system.thresholds)
    ]
    yield (
        f"{result.source_language} → {result.target_language}: {result.count} beads, {result.sure} of them sure; "
        f"about {100 * result.expected_wrong:.0f} % are expected to be misaligned"
    )
    yield table(header, rows)
    lost = [
        f"{name}: misalignment takes about {m.lost:+.2f} [{m.interval[0]:+.2f}, {m.interval[1]:+.2f}] of {first.metrics[metric].name}"
        for name, system in result.systems.items()
        for metric, m in system.misalignment.items()
    ]
    yield "\n".join(lost) or "too few beads to tell how much of the scores misalignment takes"
    models = [f"{name}: {system.signature}" for name, system in result.systems.items()]
    yield "\n".join([*models, *(score.signature for score in first.metrics.values())])
