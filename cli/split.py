"""Split texts into sentences, one a line; a sentence that was wrapped over lines is printed on one.

A text may have one paragraph a line, be hard-wrapped, or have lost its lines: all are recognised.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from ..align.splitting import split_spans
from ..data.decoding import text_of
from ..data.files import open_bytes
from ..data.text import one_line

EXAMPLE = """\
  songngu split report.txt --lang vi
  echo "M. Dupont est là. Il attend." | songngu split - --lang fr --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "files", nargs="*", type=Path, default=[Path("-")], metavar="FILE", help="texts; - is standard input"
    )
    parser.add_argument("--lang", metavar="TAG", help="the texts' language (BCP-47, e.g. vi); detected where not given")
    parser.add_argument(
        "--json", action="store_true", help="a JSON object a line: start, end (character offsets), paragraph, text"
    )


def run(args: argparse.Namespace) -> int:
    """Print the sentences of every file; 1 if a file has none."""
    code = 0
    for path in args.files:
        text = _text(path)
        for line in _lines(text, args.lang, as_json=args.json):
            print(line)
        if not text.strip():
            print(f"songngu split: {path} has no sentence", file=sys.stderr)
            code = 1
    return code


def _text(path: Path) -> str:
    """The file's text as it stands, so that offsets fit; other encodings than UTF-8 are recognised."""
    with open_bytes(path) as stream:
        data = stream.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text_of(data, path)


def _lines(text: str, language: str | None, *, as_json: bool) -> Iterator[str]:
    for sentence in split_spans(text, language):
        shown = one_line(text[sentence.start : sentence.end])
        if as_json:
            record = {"start": sentence.start, "end": sentence.end, "paragraph": sentence.paragraph, "text": shown}
            yield json.dumps(record, ensure_ascii=False)
        else:
            yield shown
