"""Score what was found against what is right. Every kind has its own help: songngu score alignment --help."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.errors import SongnguError
from ..eval.tables import FORMS, Table, table
from . import score_translation
from .score_printing import LEGEND, difference, effect, figure, names, settings, show

if TYPE_CHECKING:
    from ..eval.alignment import AlignmentComparison, AlignmentScore
    from ..eval.alignment_examples import ShownBead
    from ..eval.counts import Prf

EXAMPLE = """\
  songngu score alignment gold.ladder found.ladder            # strict and lax F1; also folders, TSV, JSONL, TMX
  songngu score pair pairs.tsv corpus/                        # did the right reports meet?
  songngu score split gold.jsonl --lang fr                    # our splitter; or a file of another one's sentences
  songngu score translation --ref r.vi --hyp a.vi --hyp b.vi  # BLEU, chrF, TER; is b better than a?
  songngu score translation --corpus corpus --model opus-mt-fr-vi
"""
_ALIGNMENT = """\
Strict and lax precision, recall and F1 (vecalign's definitions: null beads count in precision, not in recall), the
alignment error rate of the sentence links, scores by shape, and the calibration of confidences where there are some.
GOLD and FOUND are a ladder ([0, 1]:[0]:0.93), TSV, JSON Lines or TMX file, a folder of ladders (matched by name), or a
folder that build wrote. A ladder's third field is a confidence where it is in [0, 1]; in gold, P there marks a possible
bead. Several FOUND are compared, the first being the baseline."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="split|pair|alignment|translation")
    _split_arguments(_kind(kinds, "split", "sentence boundaries", "Precision, recall and F1 of sentence boundaries."))
    _pair_arguments(_kind(kinds, "pair", "pairs of reports", "Precision, recall and F1 of report pairs."))
    _alignment_arguments(_kind(kinds, "alignment", "sentence alignments", _ALIGNMENT))
    score_translation.add_arguments(_kind(kinds, "translation", "translations", score_translation.DESCRIPTION))


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
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="also write a reliability plot of the confidences (SVG)"
    )


def _alignment_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gold", type=Path, metavar="GOLD", help="the right alignment")
    parser.add_argument("found", type=Path, nargs="+", metavar="FOUND", help="the alignment(s) to score")
    parser.add_argument("--by", choices=["document"], help="also score every document")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE", help="also write a reliability plot of the confidences (SVG)"
    )
    parser.add_argument(
        "--words",
        action="store_true",
        help="score word links instead (Pharaoh, 0-0 1?2, or JSON Lines): alignment error rate",
    )
    parser.add_argument(
        "--sentences",
        type=Path,
        metavar="FILE",
        help="the gold's sentences (JSON Lines of {id, sentences}), for a FOUND from another splitting or cleaning: "
        "its beads get the numbers of the gold's sentences that they hold; examples show them, too",
    )
    parser.add_argument(
        "--examples", type=int, default=3, help="of several FOUND: places to show that win and lose most (default: 3)"
    )


def run(args: argparse.Namespace) -> int:
    """Score, print to standard output, and say what was odd on standard error."""
    return {"split": _split, "pair": _pair, "alignment": _alignment, "translation": score_translation.run}[args.kind](
        args
    )


_PRF_HEADER = ("", "precision", "recall", "F1")


def _prf_row(name: str, score: Prf) -> tuple[str, ...]:
    return name, figure(score.precision), figure(score.recall), figure(score.f1, score.interval)


def _split(args: argparse.Namespace) -> int:
    from ..eval.splitting import score_split

    found = args.found or _our_sentences(args.gold, args.lang)
    score = score_split(args.gold, found, **settings(args), name=args.gold.stem)
    right = f"{score.right_documents} of {score.documents} documents have every boundary right"
    lines = [table(_PRF_HEADER, [_prf_row("boundaries", score.boundaries)]), right, f"split|{score.signature}"]
    return show(args, score.as_dict(), lines, ())


def _our_sentences(gold: Path, language: str | None) -> list[list[str]]:
    from ..align.splitting import split
    from ..data.files import opened
    from ..data.jsonl import objects

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

    score = score_pairs(args.gold, args.found, **settings(args), name=args.gold.stem)
    _plot(args.plot, score.confidences, "pairs")
    odd = [f"{kind}: {source} – {target}" for kind in ("wrong", "missed") for source, target in getattr(score, kind)]
    lines = [
        table(_PRF_HEADER, [_prf_row("pairs", score.pairs)]),
        *(["\n".join(odd)] if odd else []),
        *_calibration_lines(score.confidences),
        f"pair|{score.signature}",
    ]
    return show(args, score.as_dict(), lines, score.notes)


def _plot(path: Path | None, confidences: Sequence[tuple[float, bool]], title: str) -> None:
    from ..data import files
    from ..eval.calibration import calibration
    from ..eval.charts import reliability

    if path is None:
        return
    if not confidences:
        raise SongnguError(f"nothing to plot in {path}: what was found has no confidences")
    with files.writing(path) as stream:
        stream.write(reliability(calibration(confidences), title))


def _calibration_lines(confidences: Sequence[tuple[float, bool]]) -> list[str | Table]:
    from ..eval.calibration import calibration

    if not confidences:
        return []
    result = calibration(confidences)
    rows = [(f"{b.low:.1f}–{b.high:.1f}", str(b.count), figure(b.confidence), figure(b.accuracy)) for b in result.bins]
    title = f"calibration error (ECE) {result.ece:.3f} over {result.count} confidences"
    return [title, table(("confidence", "count", "mean", "right"), rows)]


def _alignment(args: argparse.Namespace) -> int:
    from ..eval.alignment import score_alignment
    from ..eval.splitting import sentences_by_id

    if args.words:
        return _words(args)
    sentences = sentences_by_id(args.sentences) if args.sentences else None
    if len(args.found) > 1:
        return _alignment_comparison(args, sentences)
    score = score_alignment(args.gold, args.found[0], sentences=sentences, **settings(args), name=args.gold.stem)
    _plot(args.plot, score.confidences, "beads")
    return show(args, score.as_dict(), _alignment_lines(args, score), score.notes)


def _words(args: argparse.Namespace) -> int:
    from ..eval.words import compare_words, score_words

    systems = dict(zip(names(args.found), args.found, strict=True))
    scores = {n: score_words(args.gold, path, **settings(args), name=args.gold.stem) for n, path in systems.items()}
    against = compare_words(args.gold, systems, **settings(args)) if len(systems) > 1 else {}
    rows = [
        (
            n,
            figure(s.aer, s.interval),
            *([difference(against.get(n), 3)] if against else []),
            figure(s.precision),
            figure(s.recall),
        )
        for n, s in scores.items()
    ]
    header = ("system", "AER", *(["difference (p)"] if against else []), "precision", "recall")
    first, signature = next(iter(scores)), next(iter(scores.values())).signature
    effects = [f"{n} against {first}: {effect('AER', found, 3)}" for n, found in against.items()]
    lines = [table(header, rows), *([LEGEND, *effects] if against else []), f"words|{signature}"]
    record = {
        n: {**s.as_dict(), **({"difference": asdict(against[n])} if n in against else {})} for n, s in scores.items()
    }
    return show(args, record, lines, ())


def _alignment_lines(args: argparse.Namespace, score: AlignmentScore) -> list[str | Table]:
    shapes = [(*_prf_row(shape, s), str(s.gold), str(s.found)) for shape, s in score.shapes.items()]
    lines: list[str | Table] = [
        table(_PRF_HEADER, [_prf_row("strict", score.strict), _prf_row("lax", score.lax)]),
        f"alignment error rate {figure(score.aer, score.aer_interval)}",
        table(("shape", "precision", "recall", "strict F1", "gold", "found"), shapes),
        *_calibration_lines(score.confidences),
    ]
    if args.by:
        rows = [(name, figure(strict.f1), figure(lax.f1)) for name, (strict, lax) in score.documents.items()]
        lines.append(table(("document", "strict F1", "lax F1"), rows))
    return [*lines, f"alignment|{score.signature}"]


def _alignment_comparison(args: argparse.Namespace, sentences: Mapping[str, Sequence[str]] | None) -> int:
    from ..eval.alignment import compare_alignments

    systems = dict(zip(names(args.found), args.found, strict=True))
    options = {"sentences": sentences, "examples": args.examples, **settings(args)}
    result = compare_alignments(args.gold, systems, **options, name=args.gold.stem)
    rows = [
        (
            name,
            figure(score.strict.f1, score.strict.interval),
            difference(result.strict.get(name), 3),
            figure(score.lax.f1, score.lax.interval),
            difference(result.lax.get(name), 3),
            figure(score.aer, score.aer_interval),
            difference(result.aer.get(name), 3),
        )
        for name, score in result.systems.items()
    ]
    header = ("system", *(cell for score in ("strict F1", "lax F1", "AER") for cell in (score, "difference (p)")))
    signature = next(iter(result.systems.values())).signature
    notes = (f"{name}: {note}" for name, score in result.systems.items() for note in score.notes)
    record = {
        "systems": {name: score.as_dict() for name, score in result.systems.items()},
        **{
            measure: {name: asdict(found) for name, found in getattr(result, measure).items()}
            for measure in ("strict", "lax", "aer")
        },
        **{
            kind: {name: [asdict(example) for example in found] for name, found in getattr(result, kind).items()}
            for kind in ("wins", "losses")
        },
    }
    lines = [
        *(table(header, rows), LEGEND, *_alignment_effects(result)),
        *_alignment_examples(result),
        f"alignment|{signature}",
    ]
    return show(args, record, lines, notes)


def _alignment_effects(result: AlignmentComparison) -> list[str]:
    measures = (("strict F1", result.strict), ("lax F1", result.lax), ("AER", result.aer))
    baseline, *others = result.systems
    return [
        f"{name} against {baseline}: " + ", ".join(effect(label, found[name], 3) for label, found in measures)
        for name in others
    ]


def _alignment_examples(result: AlignmentComparison) -> Iterator[str]:
    baseline, *others = result.systems
    for name in others:
        for title, examples in (("wins", result.wins[name]), ("loses", result.losses[name])):
            for example in examples:
                size = abs(example.difference)
                place = f" in {example.document}" if example.document else ""
                title_line = f"{name} {title}{place} by {size} error{'s' if size > 1 else ''}"
                sides = ("gold", example.gold), (baseline, example.baseline), (name, example.system)
                yield "\n".join([title_line, *(line for who, beads in sides for line in _bead_lines(who, beads))])


def _bead_lines(who: str, beads: Sequence[ShownBead]) -> Iterator[str]:
    """One bead a line, a wrong one marked: `  b: [3]:[5] (wrong) Il dort. – Elle lit.`"""
    for bead in beads:
        numbers = f"{list(bead.source)}:{list(bead.target)}" if bead.source or bead.target else ""
        texts = ["?" if text is None else text or "–" for text in (bead.source_text, bead.target_text)]
        known = " = ".join(texts) if bead.source_text or bead.target_text else ""
        yield "  " + " ".join(filter(None, (f"{who}:", numbers, "" if bead.right else "(wrong)", known)))
    if not beads:
        yield f"  {who}: no beads"
