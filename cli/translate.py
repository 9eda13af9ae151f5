"""Translate a file: one line for each line, empty lines stay empty.

MODEL is a short name (`songngu models list`), a Hugging Face id, a folder, `ctranslate2:MODEL` (faster on a CPU), or
`precomputed:FILE`. Nothing is downloaded: `songngu models fetch MODEL` does that. With --out, an interrupted run goes on where it
stopped. Lines that still look wrong after a second try (loops, dropped text, lost placeholders) are named on standard error.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .options import add_languages

EXAMPLE = """\
  songngu models fetch opus-mt-fr-vi
  songngu translate news.fr --from fr --to vi --model opus-mt-fr-vi --out news.vi
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("file", type=Path, help="text with one sentence a line, or - for standard input")
    add_languages(
        parser,
        "language of the file, e.g. fr",
        "language to translate into, e.g. vi",
        metavar="LANG",
        from_first=True,
        required=True,
    )
    parser.add_argument(
        "--model", metavar="MODEL", help="short name, hub id, folder, ctranslate2:MODEL or precomputed:FILE"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("-"),
        metavar="FILE",
        help="where the translation goes (default: standard output)",
    )
    parser.add_argument("--beam", type=int, default=4, help="beam size; 1 is greedy (default: 4)")
    parser.add_argument("--batch-tokens", type=int, default=4096, metavar="N", help="tokens in a batch (default: 4096)")
    parser.add_argument("--device", default="", help="cpu, cuda, cuda:1 (default: a GPU where there is one)")
    parser.add_argument("--documents", action="store_true", help="FILE holds reports (as `songngu build` reads them): split them, "
                        "translate them sentence by sentence, and write JSON Lines with paragraphs and links")  # fmt: skip
    parser.add_argument(
        "--json", action="store_true", help="JSON Lines with source, translation and flags instead of text"
    )


def run(args: argparse.Namespace) -> int:
    """Translate, write, name the suspect lines; 0, or 1 where lines stayed suspect."""
    from ..data.languages import canonical
    from ..models.translators import translator

    source, target = canonical(args.source), canonical(args.target)
    model = translator(
        _model(args.model, source, target), beam=args.beam, batch_tokens=args.batch_tokens, device=args.device
    )
    _announce_licence(args.model, model)
    if args.documents:
        return _documents(args, source, target, model)
    if str(args.out) != "-" and str(args.file) != "-" and not args.json:
        return _file(args, source, target, model)
    return _stream(args, source, target, model)


def _model(name: str | None, source: str, target: str) -> str:
    from ..data.errors import UsageError
    from ..models.hub import KNOWN

    if name:
        return name
    fitting = [record for record in KNOWN.values() if record.kind == "translator" and record.fits(source, target)]
    rows = "\n".join(
        f"  songngu models fetch {r.name:<24} # {r.megabytes} MB, {r.licence}; {r.good_for}" for r in fitting
    )
    example = fitting[0].name if fitting else "MODEL"
    raise UsageError(f"translating needs a model; get one once, then add --model {example}:\n{rows}")


def _announce_licence(name: str, model: Any) -> None:
    from ..models.hub import known

    record = known(name.rsplit(":", maxsplit=1)[-1])
    if record is not None and record.non_commercial:
        print(f"songngu translate: {record.name} is under {record.licence}: not for commercial use", file=sys.stderr)
    elif record is None and getattr(model, "family", "") == "nllb":
        print(
            "songngu translate: the published NLLB models are under CC-BY-NC-4.0: not for commercial use",
            file=sys.stderr,
        )


def _file(args: argparse.Namespace, source: str, target: str, model: Any) -> int:
    from ..models.translation_files import translate_file

    done = translate_file(args.file, args.out, source_language=source, target_language=target, model=model)
    if done.resumed:
        print(f"songngu translate: went on after {done.resumed} lines of an earlier run", file=sys.stderr)
    return _warn(done.flagged, done.lines)


def _stream(args: argparse.Namespace, source: str, target: str, model: Any) -> int:
    from ..data.files import writing
    from ..models.translating import translate_stream
    from ..models.translation_files import lines

    flagged, number = [], 0
    found = translate_stream(lines(args.file), source_language=source, target_language=target, model=model)
    with writing(args.out) as out:
        for number, one in enumerate(found, 1):
            record = {"source": one.source, "translation": one.text, "flags": one.flags}
            print(json.dumps(record, ensure_ascii=False) if args.json else one.text, file=out)
            if one.flags:
                flagged.append((number, one.flags))
    return _warn(flagged, number)


def _documents(args: argparse.Namespace, source: str, target: str, model: Any) -> int:
    from ..align.splitting import split_document
    from ..data.files import writing
    from ..data.reading import read
    from ..models.translating import translate_document

    flagged, count = [], 0
    with writing(args.out) as out:
        for document in read([args.file], languages=[source, target]):
            if document.language.split("-")[0] != source.split("-", maxsplit=1)[0]:
                print(
                    f"songngu translate: {document.id} is {document.language or 'unknown'}, not {source}: left out",
                    file=sys.stderr,
                )
                continue
            translated = translate_document(split_document(document), target_language=target, model=model)
            print(json.dumps(_record(translated), ensure_ascii=False), file=out)
            count += len(translated.flags)
            flagged += [(f"{document.id}, sentence {i}", flags) for i, flags in enumerate(translated.flags, 1) if flags]
    return _warn(flagged, count)


def _record(translated: Any) -> dict[str, Any]:
    document = translated.document
    sentences = [
        {"start": s.start, "end": s.end, "text": t}
        for s, t in zip(document.sentences, document.sentence_texts, strict=True)
    ]
    links = [[list(bead.source), list(bead.target)] for bead in translated.beads]
    return {
        "id": document.id, "lang": document.language, "date": document.date, "title": document.title, "text": document.text,
        "sentences": sentences, "links": links, "flags": [list(flags) for flags in translated.flags],
    }  # fmt: skip


def _warn(flagged: Sequence[tuple[int | str, tuple[str, ...]]], lines: int) -> int:
    """Say which lines were cut and which look wrong; 1 if any do, or there are none."""
    from ..models.translating import Translation

    cut = [where for where, flags in flagged if "split" in flags]
    suspect = [(where, flags) for where, flags in flagged if Translation("", "", flags).suspect]
    if not lines:
        print("songngu translate: nothing to translate: no lines at all", file=sys.stderr)
    if cut:
        listed = ", ".join(map(str, cut[:5])) + (", …" if len(cut) > 5 else "")
        print(f"songngu translate: {len(cut)} over the model's limit, cut at clauses: {listed}", file=sys.stderr)
    for where, flags in suspect[:20]:
        place = f"line {where}" if isinstance(where, int) else where
        why = ", ".join(flag for flag in flags if flag not in ("retried", "split"))
        print(f"songngu translate: {place} looks wrong ({why})", file=sys.stderr)
    if suspect:
        print(f"songngu translate: {len(suspect)} of {lines} lines look wrong; see `songngu check`", file=sys.stderr)
    return 1 if suspect or not lines else 0
