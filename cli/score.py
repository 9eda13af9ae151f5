"""Score what was found against what is right. Every kind has its own help: songngu score alignment --help."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import SongnguError, UsageError
from ..eval.tables import FORMS, Table, table

if TYPE_CHECKING:
    from ..eval.alignment import AlignmentScore
    from ..eval.counts import Prf
    from ..eval.significance import Comparison
    from ..eval.translation import MetricScore, TranslationComparison, TranslationScore

EXAMPLE = """\
  songngu score alignment gold.ladder found.ladder            # strict and lax F1; also folders, TSV, JSONL, TMX
  songngu score pair pairs.tsv corpus/                        # did the right reports meet?
  songngu score split gold.jsonl --lang fr                    # our splitter; or a file of another one's sentences
  songngu score translation --ref r.vi --hyp a.vi --hyp b.vi  # BLEU, chrF, TER; is b better than a?
"""
_ALIGNMENT = """\
Strict and lax precision, recall and F1 (vecalign's definitions: null beads count in precision, not in recall), the
alignment error rate of the sentence links, scores by shape, and the calibration of confidences where there are some.
GOLD and FOUND are a ladder ([0, 1]:[0]:0.93), TSV, JSON Lines or TMX file, a folder of ladders (matched by name), or a
folder that build wrote. In gold, P as a ladder's third field marks a possible bead. Several FOUND are compared, the
first being the baseline."""
_TRANSLATION = """\
Corpus scores with 95 % intervals and signatures; several --hyp are compared with the first. BLEU and TER count tokens:
with sacrebleu's 13a these are words in French and syllables in Vietnamese, so do not compare BLEU across languages, and
do not segment Vietnamese words first; chrF needs no tokens."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="split|pair|alignment|translation")
    _split_arguments(_kind(kinds, "split", "sentence boundaries", "Precision, recall and F1 of sentence boundaries."))
    _pair_arguments(_kind(kinds, "pair", "pairs of reports", "Precision, recall and F1 of report pairs."))
    _alignment_arguments(_kind(kinds, "alignment", "sentence alignments", _ALIGNMENT))
    _translation_arguments(_kind(kinds, "translation", "translations", _TRANSLATION))


def _kind(kinds: Any, name: str, summary: str, description: str) -> argparse.ArgumentParser:
    parser = kinds.add_parser(
        name, help=summary, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    parser.add_argument(
        "--format", choices=sorted(FORMS), default="text", help="how to print tables (default: %(default)s)"
    )
    parser.add_argument(
        "--samples",
        type=int,
        default=1000,
        help="bootstrap resamples for 95 %% intervals; 0: none (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=12345, help="the resampling's seed (default: %(default)s)")
    for switch in ("--quiet", "--debug"):  # the command's own, also after the kind
        parser.add_argument(switch, action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _split_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gold", type=Path, metavar="GOLD", help="JSON Lines of {text, sentences}")
    parser.add_argument(
        "found",
        type=Path,
        nargs="?",
        metavar="FOUND",
        help="JSON Lines likewise, or one sentence a line; without it, ours",
    )
    parser.add_argument("--lang", metavar="TAG", help="without FOUND: the texts' language, where the records name none")


def _pair_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "gold", type=Path, metavar="GOLD", help="two ids a line (TSV), or JSON Lines of {source, target}"
    )
    parser.add_argument("found", type=Path, metavar="FOUND", help="the same, or a folder that build wrote")


def _alignment_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gold", type=Path, metavar="GOLD", help="the right alignment")
    parser.add_argument("found", type=Path, nargs="+", metavar="FOUND", help="the alignment(s) to score")
    parser.add_argument("--by", choices=["document"], help="also score every document")
    parser.add_argument(
        "--sentences",
        type=Path,
        metavar="FILE",
        help="the gold's sentences (JSON Lines of {id, sentences}), for a FOUND from another splitting or cleaning: "
        "its beads get the numbers of the gold's sentences that they hold",
    )


def _translation_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ref",
        type=Path,
        action="append",
        required=True,
        metavar="R",
        help="a reference, one segment a line; repeat for more",
    )
    parser.add_argument(
        "--hyp",
        type=Path,
        action="append",
        required=True,
        metavar="A",
        help="a translation; repeat to compare with the first",
    )
    parser.add_argument("--source", type=Path, metavar="S", help="what was translated, for examples and --by")
    parser.add_argument(
        "--metrics",
        default="bleu,chrf,ter",
        help="of bleu, chrf, chrf++, ter, exact, edit, embedding, comet:FOLDER; with commas (default: %(default)s)",
    )
    parser.add_argument(
        "--tokenizer", default="13a", help="BLEU's: 13a, intl, char, none, zh or a SentencePiece model file"
    )
    parser.add_argument("--sentences", action="store_true", help="also print every segment's scores")
    parser.add_argument(
        "--by",
        metavar="length|FILE",
        help="also score by length of the source (or reference), or by a file's label of every line",
    )
    parser.add_argument("--examples", type=int, default=3, help="segments to show that win and lose most (default: 3)")


def run(args: argparse.Namespace) -> int:
    """Score, print to standard output, and say what was odd on standard error."""
    return {"split": _split, "pair": _pair, "alignment": _alignment, "translation": _translation}[args.kind](args)


def _settings(args: argparse.Namespace) -> dict[str, int]:
    return {"samples": args.samples, "seed": args.seed}


def _print(
    args: argparse.Namespace, record: Mapping[str, Any], lines: Iterable[Table | str], notes: Iterable[str]
) -> int:
    for note in notes:
        print(f"songngu score: {note}", file=sys.stderr)
    if args.json:
        print(json.dumps(record, ensure_ascii=False, indent=1))
        return 0
    for n, line in enumerate(lines):
        if n:
            print()
        print(line.render(args.format) if isinstance(line, Table) else line)
    return 0


def _figure(value: float, interval: tuple[float, float] | None = None, *, digits: int = 3) -> str:
    shown = f"{value:.{digits}f}"
    return shown if interval is None else f"{shown} [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"


def _prf_row(name: str, score: Prf) -> tuple[str, ...]:
    return name, _figure(score.precision), _figure(score.recall), _figure(score.f1, score.interval)


_PRF_HEADER = ("", "precision", "recall", "F1")


def _split(args: argparse.Namespace) -> int:
    from ..eval.splitting import score_split

    found = args.found or _our_sentences(args.gold, args.lang)
    score = score_split(args.gold, found, **_settings(args), name=args.gold.stem)
    right = f"{score.right_documents} of {score.documents} documents have every boundary right"
    lines = [table(_PRF_HEADER, [_prf_row("boundaries", score.boundaries)]), right, f"split|{score.signature}"]
    return _print(args, score.as_dict(), lines, ())


def _our_sentences(gold: Path, language: str | None) -> list[list[str]]:
    from ..align.splitting import split
    from ..eval.records import objects, opened

    def text(record: dict[str, Any], where: str) -> str:
        sentences = record.get("sentences")
        if isinstance(record.get("text"), str):
            return record["text"]
        if isinstance(sentences, list) and all(isinstance(s, str) for s in sentences):
            return " ".join(sentences)
        raise SongnguError(f"{where}: expected text, or sentences as texts")

    with opened(gold) as lines:
        # a record's language wins; None lets the splitter detect it
        return [split(text(r, where), r.get("lang") or language) for r, where in objects(lines, str(gold))]


def _pair(args: argparse.Namespace) -> int:
    from ..eval.pairing import score_pairs

    score = score_pairs(args.gold, args.found, **_settings(args), name=args.gold.stem)
    odd = [f"{kind}: {source} – {target}" for kind in ("wrong", "missed") for source, target in getattr(score, kind)]
    lines = [
        table(_PRF_HEADER, [_prf_row("pairs", score.pairs)]),
        *(["\n".join(odd)] if odd else []),
        *_calibration_lines(score.confidences),
        f"pair|{score.signature}",
    ]
    return _print(args, score.as_dict(), lines, score.notes)


def _calibration_lines(confidences: Sequence[tuple[float, bool]]) -> list[str | Table]:
    from ..eval.calibration import calibration

    if not confidences:
        return []
    result = calibration(confidences)
    rows = [
        (f"{b.low:.1f}–{b.high:.1f}", str(b.count), _figure(b.confidence), _figure(b.accuracy)) for b in result.bins
    ]
    title = f"calibration error (ECE) {result.ece:.3f} over {result.count} confidences"
    return [title, table(("confidence", "count", "mean", "right"), rows)]


def _alignment(args: argparse.Namespace) -> int:
    from ..eval.alignment import score_alignment
    from ..eval.splitting import sentences_by_id

    if len(args.found) > 1 and args.sentences:
        raise UsageError("--sentences goes with one FOUND; several are compared by sentence numbers")
    if len(args.found) > 1:
        return _alignment_comparison(args)
    sentences = sentences_by_id(args.sentences) if args.sentences else None
    score = score_alignment(args.gold, args.found[0], sentences=sentences, **_settings(args), name=args.gold.stem)
    return _print(args, score.as_dict(), _alignment_lines(args, score), score.notes)


def _alignment_lines(args: argparse.Namespace, score: AlignmentScore) -> list[str | Table]:
    shapes = [(*_prf_row(shape, s), str(s.gold), str(s.found)) for shape, s in score.shapes.items()]
    lines: list[str | Table] = [
        table(_PRF_HEADER, [_prf_row("strict", score.strict), _prf_row("lax", score.lax)]),
        f"alignment error rate {score.aer:.3f}",
        table(("shape", "precision", "recall", "strict F1", "gold", "found"), shapes),
        *_calibration_lines(score.confidences),
    ]
    if args.by:
        rows = [(name, _figure(strict.f1), _figure(lax.f1)) for name, (strict, lax) in score.documents.items()]
        lines.append(table(("document", "strict F1", "lax F1"), rows))
    return [*lines, f"alignment|{score.signature}"]


def _alignment_comparison(args: argparse.Namespace) -> int:
    from ..eval.alignment import compare_alignments

    names = _names(args.found)
    result = compare_alignments(
        args.gold, dict(zip(names, args.found, strict=True)), **_settings(args), name=args.gold.stem
    )
    rows = [
        (
            name,
            _figure(score.strict.f1, score.strict.interval),
            _difference(result.strict.get(name), 3),
            _figure(score.lax.f1, score.lax.interval),
            _difference(result.lax.get(name), 3),
            _figure(score.aer),
        )
        for name, score in result.systems.items()
    ]
    header = ("system", "strict F1", "difference (p)", "lax F1", "difference (p)", "AER")
    signature = next(iter(result.systems.values())).signature
    notes = (f"{name}: {note}" for name, score in result.systems.items() for note in score.notes)
    record = {
        "systems": {name: score.as_dict() for name, score in result.systems.items()},
        "strict": {name: asdict(difference) for name, difference in result.strict.items()},
        "lax": {name: asdict(difference) for name, difference in result.lax.items()},
    }
    return _print(args, record, [table(header, rows), _LEGEND, f"alignment|{signature}"], notes)


_LEGEND = (
    "difference from the first system with p-values of paired bootstrap / approximate randomisation; "
    "* where both are below 0.05"
)


def _difference(comparison: Comparison | None, digits: int) -> str:
    if comparison is None:
        return "–"
    star = "*" if max(comparison.p_bootstrap, comparison.p_randomisation) < 0.05 else ""
    ps = "/".join("<.001" if p < 0.001 else f"{p:.3f}" for p in (comparison.p_bootstrap, comparison.p_randomisation))
    return f"{comparison.difference:+.{digits}f} ({ps}){star}"


def _names(paths: Sequence[Path]) -> list[str]:
    """Names that tell the files apart: as little of each path as does."""
    for choose_name in (lambda p: p.stem, lambda p: p.name, str):
        names = [choose_name(path) for path in paths]
        if len(set(names)) == len(names):
            return names
    raise UsageError(f"the same file twice: {', '.join(map(str, paths))}")


def _translation(args: argparse.Namespace) -> int:
    from ..eval.translation import compare_translations, score_translation

    references = [_lines(path) for path in args.ref]
    source = _lines(args.source) if args.source else None
    options: dict[str, Any] = {
        "sources": source,
        "metrics": [name.strip() for name in args.metrics.split(",") if name.strip()],
        "tokenizer": args.tokenizer,
        **_settings(args),
    }
    if len(args.hyp) > 1:
        systems = dict(zip(_names(args.hyp), map(_lines, args.hyp), strict=True))
        return _comparison(args, compare_translations(systems, references, **options, examples=args.examples))
    score = score_translation(_lines(args.hyp[0]), references, **options)
    groups = _groups(args, score, source or references[0])
    record = score.as_dict(segments=args.sentences) | ({"by": groups[0]} if groups else {})
    lines = [
        _score_table(score),
        *(groups[1:] if groups else []),
        *([_sentence_table(score)] if args.sentences else []),
    ]
    return _print(args, record, [*lines, "\n".join(s.signature for s in score.metrics.values())], score.notes)


def _lines(path: Path) -> list[str]:
    from ..eval.records import opened

    with opened(path) as lines:
        return [line.rstrip("\r\n") for line in lines]


def _arrow(score: MetricScore) -> str:
    return f"{score.name} {'↑' if score.higher_is_better else '↓'}"


def _score_table(score: TranslationScore) -> Table:
    rows = [(_arrow(s), _figure(s.score, s.interval, digits=2)) for s in score.metrics.values()]
    return table(("metric", "score [95 %]"), rows)


def _sentence_table(score: TranslationScore) -> Table:
    columns = [s.segments for s in score.metrics.values()]
    rows = [(str(n), *(_figure(v, digits=2) for v in row)) for n, row in enumerate(zip(*columns, strict=True), 1)]
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
    rows = [(label, str(record[label]["count"]), *(_figure(by[n][label][0], digits=2) for n in by)) for label in order]
    return record, table(("group", "segments", *map(_arrow, score.metrics.values())), rows)


def _comparison(args: argparse.Namespace, result: TranslationComparison) -> int:
    first = next(iter(result.systems.values()))
    columns = [f"{_arrow(score)} [95 %]{gap}" for score in first.metrics.values() for gap in ("", " difference (p)")]
    rows = [
        (
            name,
            *(
                cell
                for metric, s in score.metrics.items()
                for cell in (
                    _figure(s.score, s.interval, digits=2),
                    _difference(result.differences[metric].get(name), 2),
                )
            ),
        )
        for name, score in result.systems.items()
    ]
    header = ("system", *(c.replace(" [95 %] difference", " difference") for c in columns))
    notes = (f"{name}: {note}" for name, score in result.systems.items() for note in score.notes)
    signatures = "\n".join(score.signature for score in first.metrics.values())
    lines = [table(header, rows), _LEGEND, *_effects(result), *_examples(result), signatures]
    return _print(args, _comparison_record(args, result), lines, notes)


def _effects(result: TranslationComparison) -> list[str]:
    lines = [
        f"{name} against {next(iter(result.systems))}: "
        + ", ".join(
            f"{metric} {by_system[name].difference:+.2f} [{by_system[name].interval[0]:+.2f}, {by_system[name].interval[1]:+.2f}], "
            f"effect {by_system[name].effect or 0:+.2f}"
            for metric, by_system in result.differences.items()
        )
        for name in list(result.systems)[1:]
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
