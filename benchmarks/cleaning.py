"""Cleaning beside its peers on gold pages: block-level F1 for what stays and what goes, and seconds.

    python -m benchmarks.cleaning [--gold tests/gold/pages] [--only html|txt] [--faults] [--half odd|even]

Peers read only HTML. They are used as their documentation says (trafilatura with `favor_precision` as well, jusText with the
language's stop words); one that is not installed is left out by name. `--faults` lists what songngu has wrong. `--half`
takes every other page, for developing on one half and testing on the other.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from songngu.data.core import Dropped
from songngu.data.files import stem, suffix
from songngu.data.reading import ReadingSettings, read
from songngu.eval.cleaning import CleaningScore, GoldPage, faults, score_cleaning

Extractor = Callable[[str, str], str]


def trafilatura(html: str, language: str) -> str:  # noqa: ARG001
    import trafilatura as peer

    return peer.extract(html, include_comments=False, include_tables=True) or ""


def trafilatura_precise(html: str, language: str) -> str:  # noqa: ARG001
    import trafilatura as peer

    return peer.extract(html, include_comments=False, favor_precision=True) or ""


def resiliparse(html: str, language: str) -> str:  # noqa: ARG001
    from resiliparse.extract.html2text import (  # pyright: ignore[reportMissingImports] a peer, not a dependency
        extract_plain_text,
    )

    return extract_plain_text(html, main_content=True)


def justext(html: str, language: str) -> str:
    import justext as peer

    words = peer.get_stoplist({"fr": "French", "vi": "Vietnamese"}[language])
    return "\n".join(p.text for p in peer.justext(html, words) if not p.is_boilerplate)


PEERS: dict[str, Extractor] = {
    "trafilatura": trafilatura,
    "trafilatura, precise": trafilatura_precise,
    "resiliparse": resiliparse,
    "jusText": justext,
}


def gold_pages(folder: Path, only: str | None, half: str | None) -> Iterator[tuple[GoldPage, Path, str]]:
    """Every gold page with its file and language."""
    files = {stem(path): path for path in sorted(folder.iterdir()) if suffix(path) in (".html", ".txt")}
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    for number, record in enumerate(map(json.loads, lines), 1):
        path = files[record["id"]]
        if (not only or suffix(path) == f".{only}") and (not half or (number % 2 == 1) == (half == "odd")):
            yield GoldPage.of(record), path, record["lang"]


def row(name: str, score: CleaningScore, seconds: float) -> str:
    reasons = f"{score.reasons:.3f}" if name == "songngu" else "–"
    return (
        f"| {name} | {score.f1:.3f} | {score.keep.precision:.3f} | {score.keep.recall:.3f} | {score.keep.f1:.3f} "
        f"| {score.drop.f1:.3f} | {reasons} | {seconds:.2f} |"
    )


def ours(pages: list[tuple[GoldPage, Path, str]], show: bool) -> None:
    start = time.perf_counter()
    # one site a page: the site's own repetition has nothing to work with
    documents = {d.id: d for _, path, _ in pages for d in read(path, settings=ReadingSettings(min_words=1))}
    seconds = time.perf_counter() - start
    texts = {i: d.text for i, d in documents.items()}
    dropped = {i: d.dropped for i, d in documents.items()}
    print(row("songngu", score_cleaning([p for p, _, _ in pages], texts, dropped), seconds))
    if show:
        for page, _, language in pages:
            print_faults(page, documents.get(page.id), language, texts.get(page.id, ""), dropped.get(page.id, ()))


def print_faults(page: GoldPage, document, language: str, text: str, dropped: tuple[Dropped, ...]) -> None:
    wrong = faults(page, text, dropped)
    for block in wrong.lost:
        print(f"  {page.id} LOST {block[:150]}", [d.why for d in dropped if block[:40] in d.text])
    for piece in wrong.leaked:
        print(f"  {page.id} LEAKED {piece.why}: {piece.text[:150]}")
    for piece, why, found in wrong.reasons:
        print(f"  {page.id} reason {found}, not {why}: {piece[:80]}")
    if document is None or (document.title, document.language) != (page.title, language):
        print(
            f"  {page.id} title {document and document.title!r}, not {page.title!r}; {document and document.language}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gold", type=Path, default=Path("tests/gold/pages"))
    parser.add_argument("--only", choices=["html", "txt"])
    parser.add_argument("--half", choices=["odd", "even"])
    parser.add_argument("--faults", action="store_true")
    args = parser.parse_args()
    pages = list(gold_pages(args.gold, args.only, args.half))
    print(
        f"{len(pages)} pages\n\n| | F1 | keep P | keep R | keep F1 | drop F1 | reasons | s |\n|---|---|---|---|---|---|---|---|"
    )
    ours(pages, args.faults)
    pages = [page for page in pages if suffix(page[1]) == ".html"]
    if args.only != "html":
        print(f"\n{len(pages)} html pages of these")
        ours(pages, show=False)
    for name, extract in PEERS.items():
        try:
            start = time.perf_counter()
            texts = {p.id: extract(path.read_text(encoding="utf-8"), language) for p, path, language in pages}
        except ImportError as error:
            print(f"| {name} | not installed ({error.name}) |")
            continue
        print(row(name, score_cleaning([p for p, _, _ in pages], texts), time.perf_counter() - start))


if __name__ == "__main__":
    main()
