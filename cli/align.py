"""Align the sentences of two texts: translations, damaged ones, or two reports of one event.

Text is split into sentences first; --presplit takes one sentence a line as it is (an empty line keeps its number). Web pages are
cleaned, other text is used whole. An empty side marks a sentence without a partner.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data import files
from ..data.core import Bead, Corpus, Segment
from ..data.errors import SongnguError, UsageError
from ..data.languages import canonical
from ..data.text import normalise, one_line
from .options import add_languages

if TYPE_CHECKING:
    from ..models.encoders import Encoder

EXAMPLE = """\
  songngu align report.fr.txt report.vi.txt --source fr --target vi
  songngu align a.txt b.txt --presplit --source fr --target vi --format ladder
  songngu align a.txt b.txt --source fr --target vi --words --plot matrix.svg
"""


@dataclass(frozen=True, slots=True)
class _Text:
    name: str
    language: str
    sentences: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("source_text", type=Path, metavar="A", help="the source text; - is standard input")
    parser.add_argument("target_text", type=Path, metavar="B", help="the target text")
    add_languages(parser, "language of A (BCP-47, e.g. fr); detected where not given", "language of B", metavar="TAG")
    parser.add_argument("--presplit", action="store_true", help="one sentence a line; do not split")
    parser.add_argument(
        "--format", choices=sorted(_FORMATS), default="text", help="what to print (default: text, for reading)"
    )
    parser.add_argument("--words", action="store_true", help="link the words of each bead, too (text and json)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw similarities and beads (.svg or .png)")
    parser.add_argument("--model", default="builtin", metavar="MODEL", help="encoder: a name, hub id or folder")


def run(args: argparse.Namespace) -> int:
    """Align and print; 1 if a text has no sentence."""
    from ..align.alignment import align
    from ..models.encoders import encoder

    if str(args.source_text) == str(args.target_text) == "-":
        raise UsageError("only one of the two texts can come from standard input")
    source = _text(args.source_text, args.source, presplit=args.presplit)
    target = _text(args.target_text, args.target, presplit=args.presplit)
    if args.words and args.format not in ("text", "json"):
        raise UsageError("--words goes with --format text or json")
    coder = encoder(args.model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of another language: `_doubt` has said so with the file's name
        beads = align(
            source.sentences,
            target.sentences,
            source_language=source.language,
            target_language=target.language,
            encoder=coder,
        )
    _warn(beads)
    if args.plot:
        _plot(args.plot, beads, source, target, coder)
    lines = (
        _linked(args.format, beads, source, target, coder)
        if args.words
        else _FORMATS[args.format](beads, source, target)
    )
    for line in lines:
        print(line)
    return 0 if any(source.sentences) and any(target.sentences) else 1


def _warn(beads: Sequence[Bead]) -> None:
    full = [b for b in beads if not b.is_null]
    if len(beads) > 4 and sum(b.confidence or 0 for b in full) < len(beads) / 20:
        print("songngu align: hardly anything fits; are these the right texts and languages?", file=sys.stderr)


def _plot(path: Path, beads: Sequence[Bead], source: _Text, target: _Text, coder: Encoder) -> None:
    from ..align.picture import save_picture
    from ..align.problem import side

    sides = [side(text.sentences, text.language, coder).vectors for text in (source, target)]
    save_picture(path, sides[0] @ sides[1].T, beads)


def _linked(kind: str, beads: Sequence[Bead], source: _Text, target: _Text, coder: Any) -> Iterator[str]:
    """The lines of a format with the word links of each bead."""
    from ..models.words import align_words, words

    if not hasattr(coder, "encode_words"):
        raise UsageError("this encoder gives no word vectors; use --model builtin for --words")
    full = [b for b in beads if not b.is_null]
    texts = [(_joined(source, b.source), _joined(target, b.target)) for b in full]
    links = dict(zip(full, align_words([s for s, _ in texts], [t for _, t in texts], coder), strict=True))
    for bead in beads:
        (line,) = _FORMATS[kind]([bead], source, target)
        pair = _joined(source, bead.source), _joined(target, bead.target)
        cut = [[text[a:b] for a, b in words(text)] for text in pair]
        found = links.get(bead, [])
        if kind == "json":
            rows = [[link.source, link.target, link.score] for link in found]
            yield json.dumps(json.loads(line) | {"words": cut, "links": rows}, ensure_ascii=False)
        else:
            yield line + "".join(f"    {cut[0][k.source]} – {cut[1][k.target]}  {k.score:.2f}\n" for k in found)


def _text(path: Path, language: str | None, *, presplit: bool) -> _Text:
    from ..align.splitting import split_spans

    name = "-" if str(path) == "-" else files.stem(path)
    text, found = _content(path)
    if presplit:
        lines = text.split("\n")
        sentences = tuple(one_line(line) for line in (lines[:-1] if lines[-1] == "" else lines))
    else:
        sentences = tuple(one_line(text[s.start : s.end]) for s in split_spans(text, language or found or None))
    if not any(sentences):
        print(f"songngu align: {path} has no sentence", file=sys.stderr)
    if not language:
        return _Text(name, found or _detected(text, path), sentences)
    _doubt(text, canonical(language), path)
    return _Text(name, canonical(language), sentences)


def _content(path: Path) -> tuple[str, str]:
    # text and, where the reader has found it, language
    from ..data.decoding import text_of

    if files.suffix(path) in (".html", ".htm", ".xhtml"):
        from ..data.reading import read

        pages = list(read([path]))
        if len(pages) != 1:
            raise SongnguError(f"{path}: one report is needed, {len(pages)} were found")
        return pages[0].text, pages[0].language
    with files.open_bytes(path) as stream:
        return normalise(text_of(stream.read(), path)), ""


def _doubt(text: str, language: str, path: Path) -> None:
    """Say where a text does not look like the language that it is said to be in: a swapped or wrong file."""
    from ..data.identification import contradicted

    if found := contradicted(text, language):
        print(
            f"songngu align: {path} looks like language {found}, not {language}; is it the right file?", file=sys.stderr
        )


def _detected(text: str, path: Path) -> str:
    from ..data.identification import identify

    language, sure = identify(text)
    if text.strip() and sure < 0.8:
        raise UsageError(f"cannot tell the language of {path}; give it (--source fr --target vi)")
    return language or "und"


def _ladder(beads: Sequence[Bead], _source: _Text, _target: _Text) -> Iterator[str]:
    for bead in beads:
        yield f"{list(bead.source)}:{list(bead.target)}:{bead.confidence or 0.0:.4f}"


def _json(beads: Sequence[Bead], source: _Text, target: _Text) -> Iterator[str]:
    for bead in beads:
        record = {
            "source": list(bead.source),
            "target": list(bead.target),
            "source_text": _joined(source, bead.source),
            "target_text": _joined(target, bead.target),
            "shape": bead.shape,
            "score": round(bead.score, 4),
            "confidence": bead.confidence,
        }
        yield json.dumps(record, ensure_ascii=False)


def _plain(beads: Sequence[Bead], source: _Text, target: _Text) -> Iterator[str]:
    for bead in beads:
        mark = (
            f"{bead.shape}  {bead.confidence:.2f}" if bead.confidence is not None and not bead.is_null else bead.shape
        )
        yield f"{mark}\n  {_joined(source, bead.source) or '–'}\n  {_joined(target, bead.target) or '–'}\n"


def _joined(text: _Text, numbers: Iterable[int]) -> str:
    return " ".join(text.sentences[i] for i in numbers)


def _bitext(kind: str) -> Callable[[Sequence[Bead], _Text, _Text], Iterator[str]]:
    def lines(beads: Sequence[Bead], source: _Text, target: _Text) -> Iterator[str]:
        from ..data.formats import write

        segments = [
            Segment(
                _joined(source, b.source),
                _joined(target, b.target),
                source.name,
                target.name,
                b.source,
                b.target,
                b.score,
                b.confidence,
            )
            for b in beads
            if not b.is_null
        ]
        with tempfile.TemporaryDirectory() as folder:
            paths = write(Corpus(source.language, target.language, segments), Path(folder), [kind])
            yield from paths[0].read_text(encoding="utf-8").split("\n")[:-1]

    return lines


_FORMATS: dict[str, Callable[[Sequence[Bead], _Text, _Text], Iterator[str]]] = {
    "text": _plain,
    "json": _json,
    "ladder": _ladder,
    "tsv": _bitext("tsv"),
    "tmx": _bitext("tmx"),
}
