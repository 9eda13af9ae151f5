"""Sentence splitters side by side: boundary F1 on every set, and MB of text a minute, as one Markdown table.

    pip install pysbd sentencex sentence-splitter underthesea nltk
    python benchmarks/splitting.py --shared ../shared

Peers that are not installed are left out. Sets are JSON Lines of {text, sentences}; the language is the first part of a
file's name (vi_vtb-ud-dev.jsonl) or the part before the suffix (split.vi.jsonl). Every splitter gets a whole document: the
treebanks' sentences are joined by single spaces, our own gold keeps its lines. A peer that has no Vietnamese gets English
rules, which is what its users do.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from songngu.align.splitting import split
from songngu.data.languages import tables
from songngu.eval.splitting import boundaries

Splitter = Callable[[str, str], list[str]]
Documents = list[tuple[str, list[str]]]
_AFTER_MARK = re.compile(r"(?<=[.!?…])\s+")
_LEAST_SECONDS = 2.0


def _pysbd() -> Splitter:
    import pysbd  # pyright: ignore[reportMissingImports] a peer

    known = {code: pysbd.Segmenter(language=code, clean=False) for code in ("fr", "en", "de")}
    return lambda text, language: known[language if language in known else "en"].segment(text)


def _sentencex() -> Splitter:
    import sentencex  # pyright: ignore[reportMissingImports] a peer

    return lambda text, language: list(sentencex.segment(language, text))


def _moses() -> Splitter:
    from sentence_splitter import SentenceSplitter  # pyright: ignore[reportMissingImports] a peer

    known = {code: SentenceSplitter(language=code) for code in ("fr", "en", "de")}
    return lambda text, language: known[language if language in known else "en"].split(text)


def _underthesea() -> Splitter:
    from underthesea import sent_tokenize  # pyright: ignore[reportMissingImports] a peer

    return lambda text, language: sent_tokenize(text) if language == "vi" else []


def _punkt() -> Splitter:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

    tokenizer = PunktSentenceTokenizer()
    return lambda text, language: list(tokenizer.tokenize(text))  # noqa: ARG005 one model for every language


def _after_marks() -> Splitter:
    return lambda text, language: _AFTER_MARK.split(text)  # noqa: ARG005 knows no language


SPLITTERS: dict[str, Callable[[], Splitter]] = {
    "songngu": lambda: split,
    "pysbd": _pysbd,
    "sentencex": _sentencex,
    "sentence-splitter": _moses,
    "underthesea": _underthesea,
    "nltk Punkt, untrained": _punkt,
    "after `.!?…` and a space": _after_marks,
}


def language_of(path: Path) -> str:
    """The language that a file's name tells: split.vi.jsonl and vi_vtb-ud-dev.jsonl are vi."""
    known = tables("splitting")
    return next(part for part in re.split(r"[._-]", path.name) if part in known)


def documents(path: Path) -> Documents:
    """The texts of a set with their gold sentences."""
    with path.open(encoding="utf-8") as stream:
        records = [json.loads(line) for line in stream]
    return [(r.get("text") or " ".join(r["sentences"]), r["sentences"]) for r in records]


def f1(splitter: Splitter, language: str, texts: Documents) -> float:
    """The pooled boundary F1 over documents."""
    hit = found = true = 0
    for text, sentences in texts:
        gold, mine = boundaries(sentences)[0], boundaries(splitter(text, language))[0]
        hit, found, true = hit + len(gold & mine), found + len(mine), true + len(gold)
    return 2 * hit / max(1, found + true)


def speed(splitter: Splitter, language: str, texts: list[str]) -> float:
    """MB of UTF-8 text a minute of processor time, over the documents again and again."""
    size = sum(len(text.encode()) for text in texts)
    start, rounds = time.process_time(), 0
    while time.process_time() - start < _LEAST_SECONDS:
        for text in texts:
            splitter(text, language)
        rounds += 1
    return size * rounds / 1e6 / (time.process_time() - start) * 60


def _rows(sets: dict[str, tuple[str, Documents]]) -> Iterator[list[str]]:
    languages = sorted({language for language, _ in sets.values()})
    yield ["splitter", *sets, *(f"{code} MB/min" for code in languages)]
    for name, load in SPLITTERS.items():
        try:
            splitter = load()
        except ImportError:
            continue
        able = {code for code in languages if splitter("A.", code)}
        scores = [f"{f1(splitter, code, texts):.3f}" if code in able else "–" for code, texts in sets.values()]
        rates = []
        for code in languages:
            texts = [text for language, known in sets.values() if language == code for text, _ in known]
            rates.append(f"{speed(splitter, code, texts):.0f}" if code in able else "–")
        yield [name, *scores, *rates]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, help="other sets (JSON Lines of {text, sentences})")
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared"), help="the folder that holds data/eval/ud-sentsplit"
    )
    args = parser.parse_args()
    own = sorted((Path(__file__).parents[1] / "tests" / "gold").glob("split.*.jsonl"))
    paths = [*sorted((args.shared / "data" / "eval" / "ud-sentsplit").glob("*.jsonl")), *args.sets, *own]
    sets = {path.stem.removesuffix("-ud-dev"): (language_of(path), documents(path)) for path in paths}
    for number, row in enumerate(_rows(sets)):
        print("| " + " | ".join(row) + " |", flush=True)
        if number == 0:
            print("|" + "---|" * len(row))


if __name__ == "__main__":
    main()
