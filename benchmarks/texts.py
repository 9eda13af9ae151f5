"""Public texts to train on that neither the repository nor ../shared holds: a folder that whoever trains puts together.

    wiki/        *.txt: Vietnamese Wikipedia of 2017, a page a file (github.com/undertheseanlp/corpus.viwiki at 0b727cc, CC-BY-SA-3.0)
    questions/   xquad.{en,de,es,vi}.json: paragraphs of Wikipedia and questions about them, translated by professionals
                 (github.com/google-deepmind/xquad, CC-BY-SA-4.0)
    courses/     NAME/{de,es,fr,vi}/**/*.md: lessons, translated by a machine and, some, corrected
                 (`translations` of github.com/microsoft/IoT-For-Beginners at 8bd5355 and edgeai-for-beginners at 05d7c7e, MIT)
    handbooks/   NAME/{fr,vi}/**/*.md or .mdx: pages of courses, both translated from English by people
                 (`chapters` of github.com/huggingface/course at 16af566 and `units` of agents-course at 8c0832e, Apache-2.0)
    wikinews/    data_alt.true.{en,vi}: Asian Language Treebank (NICT, CC-BY-4.0): English Wikinews, translated into Vietnamese by people,
                 in tokens (`pivot-languages/corpus/alt` of github.com/nguyenlab/longtrieu-mt at 7fbb72a)

What is missing is left out. None of these texts is evaluation data, and none is in the repository.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songngu.align.alignment import align
from songngu.align.splitting import split
from songngu.data.text import fold
from songngu.models.encoders import encoder

_FENCE = re.compile(r"^\s*(```|~~~)")
_FRONT = re.compile(r"\A\s*(?:<!--.*?-->\s*)+", re.S)
_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)]|>+|#{1,6})\s+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_NOTE = re.compile(r"\[\d+\]")
CODE = re.compile(r"[%{}<>\\|_=]|https?:")  # a string for machines rather than a sentence,
_MACHINE = re.compile(rf"{CODE.pattern}|`|\.\w{{2,4}}\b(?=\s|$)")  # or one with names of files
_LEAST = 5  # words of a sentence
_MOST = 70
_SHORTEST = 6  # sentences of a document
_RATIO = 2.5  # of the longest translation's letters to the shortest's
_RUN = 40  # lines of news that are taken for a document: where one ends is not told
_LEFT = re.compile(r"[`&@#\u200b\u202a]|(?<!\w)'|'(?!\w)|\w -|- \w| / | – |\. ?com\b", re.I)  # what is left of tokens
_SHARED = 10  # words in a row that a text to train on must not share with one to measure on
_SURE = 0.95  # confidence of the beads of a handbook that are used

# Neighbouring lines of two texts: the first, and how many
Run = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Text:
    """Parallel texts by language, in the order of their document; or two texts that are not parallel, and which neighbouring lines of
    the one (first and number) say the same as which of the other, and which may."""

    sides: dict[str, list[str]]
    runs: Sequence[Run] = ()
    unsure: Sequence[Run] = ()


def wiki(folder: Path) -> Iterator[str]:
    """Vietnamese sentences of Wikipedia, without headings, lists and what is not a sentence."""
    for path in sorted((folder / "wiki").glob("*.txt")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("==") or len(line) < 40 or not re.search(r"[.!?…]", line):
                continue
            for sentence in split(_NOTE.sub("", line), "vi"):
                if re.search(r"[.!?…][\"”»)]*$", sentence) and sentence[:1].isupper() and not _MACHINE.search(sentence):
                    yield sentence


def questions(folder: Path) -> list[Text]:
    """For each article its sentences, where all languages have as many in the paragraph, and its questions."""
    paths = {code: folder / "questions" / f"xquad.{code}.json" for code in ("en", "de", "es", "vi")}
    read = {c: json.loads(path.read_text(encoding="utf-8"))["data"] for c, path in paths.items() if path.exists()}
    found = []
    for articles in zip(*read.values(), strict=True):
        sides: dict[str, list[str]] = {code: [] for code in read}
        for paragraphs in zip(*(article["paragraphs"] for article in articles), strict=True):
            _add(sides, {code: p["context"] for code, p in zip(read, paragraphs, strict=True)})
            for asked in zip(*(p["qas"] for p in paragraphs), strict=True):
                row = {code: one["question"].strip() for code, one in zip(read, asked, strict=True)}
                if _usable(row):
                    _append(sides, row)
        found.append(Text(sides))
    return [text for text in found if any(text.sides.values())]


def courses(folder: Path, languages: Sequence[str] = ("fr", "vi", "de", "es")) -> list[Text]:
    """For each lesson the sentences of its sections, in the languages in which all sections have the order of blocks that the French
    ones have. Their English is left out: it is rewritten, not what the others were translated from."""
    found, seen = [], set[str]()
    for course in sorted((folder / "courses").glob("*")):
        for path in sorted((course / "fr").rglob("*.md")):
            own = {code: course / code / path.relative_to(course / "fr") for code in languages}
            read = {code: sections(p.read_text(encoding="utf-8")) for code, p in own.items() if p.exists()}
            alike = {code: some for code, some in read.items() if len(some) == len(read["fr"])}
            sides: dict[str, list[str]] = {code: [] for code in alike}
            for rows in zip(*alike.values(), strict=True):
                if len({tuple(kind for kind, _ in some) for some in rows}) == 1:
                    for texts in zip(*rows, strict=True):
                        _add(sides, {code: text for code, (_, text) in zip(alike, texts, strict=True)})
            text = _fresh(Text(sides), seen)
            if len(sides) > 1 and len(text.sides["fr"]) >= _SHORTEST:
                found.append(text)
    return found


def handbooks(folder: Path) -> list[Text]:
    """For each page the sentences that are sure to translate each other one by one. Pages are revised in one language and not in the other,
    so they are aligned, without the network that reads beads, which is learned from them."""
    found, seen, coder = [], set[str](), encoder()
    for book in sorted((folder / "handbooks").glob("*")):
        for path in sorted((book / "fr").rglob("*.md*")):
            own = {code: book / code / path.relative_to(book / "fr") for code in ("fr", "vi")}
            if not own["vi"].exists():
                continue
            lines = {code: _sentences(p.read_text(encoding="utf-8"), code) for code, p in own.items()}
            sides: dict[str, list[str]] = {code: [] for code in lines}
            beads = align(
                lines["fr"], lines["vi"], source_language="fr", target_language="vi", encoder=coder, read=False
            )
            for bead in beads:
                if (bead.confidence or 0.0) >= _SURE and len(bead.source) == len(bead.target) == 1:
                    row = {"fr": lines["fr"][bead.source[0]], "vi": lines["vi"][bead.target[0]]}
                    if _usable(row):
                        _append(sides, row)
            text = _fresh(Text(sides), seen)
            if len(text.sides["fr"]) >= _SHORTEST:
                found.append(text)
    return found


def wikinews(folder: Path) -> list[Text]:
    """Runs of neighbouring news sentences in English and Vietnamese, written as people write them."""
    paths = {code: folder / "wikinews" / f"data_alt.true.{code}" for code in ("en", "vi")}
    if not all(path.exists() for path in paths.values()):
        return []
    read = [path.read_text(encoding="utf-8").split("\n") for path in paths.values()]
    found, lines = [], list(zip(*read, strict=True))
    for at in range(0, len(lines), _RUN):
        sides: dict[str, list[str]] = {code: [] for code in paths}
        for english, vietnamese in lines[at : at + _RUN]:
            row = {"en": untokenised(english, vietnamese), "vi": untokenised(vietnamese, english)}
            if _usable(row) and not any(_LEFT.search(text) or text.count('"') % 2 for text in row.values()):
                _append(sides, row)
        if len(sides["en"]) >= _SHORTEST:
            found.append(Text(sides))
    return found


def apart(documents: Sequence[Text], data: Path) -> list[Text]:
    """The documents of which no line is in `data`/eval, nor shares ten words in a row with one, without case, marks and punctuation."""
    lines, runs = set[str](), set[str]()
    for path in sorted((data / "eval").rglob("*")):
        if path.suffix == ".jsonl":
            texts = [t for row in path.read_text(encoding="utf-8").splitlines() for t in _strings(json.loads(row))]
        elif path.suffix[1:] in ("fr", "vi", "en", "de", "es"):
            texts = path.read_text(encoding="utf-8", errors="replace").splitlines()
        else:
            continue
        for text in texts:
            words = folded(text).split()
            lines.add(" ".join(words))
            runs.update(_runs(words))
    return [
        document
        for document in documents
        if not any(
            " ".join(words) in lines or not runs.isdisjoint(_runs(words))
            for side in document.sides.values()
            for words in (folded(text).split() for text in side)
        )
    ]


def folded(text: str) -> str:
    """The words of a text without case, marks and punctuation."""
    return " ".join(re.findall(r"\w+", fold(unicodedata.normalize("NFKC", text))))


def _runs(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[k : k + _SHARED]) for k in range(len(words) - _SHARED + 1))


def _strings(value: Any) -> Iterator[str]:
    """All texts of a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def untokenised(tokens: str, other: str) -> str:
    """A text from its tokens: marks stand where they belong, and sentences begin with a capital. A hyphen between spaces is joined where
    the translation has the words so; where it hasn't, nobody knows whether it is a dash."""
    text = re.sub(r"``|(?<!\w)' '(?!\w)", '"', tokens.strip())
    text = re.sub(r" ' (s|t|re|ve|ll|d|m)\b", r"'\1", text)
    text = re.sub(r"(?<=s) ' (?=\w)", "' ", text)
    text = re.sub(r'"\s*([^"]*?)\s*"', r'"\1"', text)
    known = other.casefold()
    for found in list(re.finditer(r"(\w+) ?- ?(\w+)", text)):
        joined = f"{found[1]}-{found[2]}"
        if joined.casefold() in known:
            text = text.replace(found[0], joined)
    text = re.sub(r" (?:-- ?|- )", " – ", re.sub(r"([(\[$£€#]) ", r"\1", re.sub(r" ([.,;:!?%)\]])", r"\1", text)))
    return re.sub(r"(?:^|[.!?]\"? +)\W*[^\W\d_]", lambda start: start[0].upper(), re.sub(r" +", " ", text))


def _sentences(markdown: str, code: str) -> list[str]:
    """The sentences of a page that are meant for readers."""
    return [sentence for _, text in blocks(markdown) for sentence in split(text, code) if not CODE.search(sentence)]


def sections(markdown: str) -> list[list[tuple[str, str]]]:
    """The blocks of a Markdown text from heading to heading."""
    found: list[list[tuple[str, str]]] = [[]]
    for kind, text in blocks(markdown):
        if kind == "#":
            found.append([])
        found[-1].append((kind, text))
    return found


def blocks(markdown: str) -> list[tuple[str, str]]:
    """The paragraphs, headings and list items of a Markdown text by kind, without its code and tables."""
    found: list[tuple[str, str]] = []
    fenced, open_ = False, False
    for line in _FRONT.sub("", markdown).splitlines():
        if _FENCE.match(line):
            fenced, open_ = not fenced, False
            continue
        if fenced or not line.strip() or "|" in line:
            open_ = False
            continue
        text = _LINK.sub(r"\1", _IMAGE.sub("", line)).replace("**", "").replace("*", "").strip()
        mark = _MARK.match(line)
        if mark or not open_:
            kind = mark.group().strip()[:1] if mark else "p"
            found.append((kind if not kind.isdigit() else "1", _MARK.sub("", text)))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text}")
        open_ = not line.lstrip().startswith("#")
    shown = ((kind, re.sub(r"^[^\w\"'«“(¿¡]+", "", text).strip()) for kind, text in found)
    return [(kind, text) for kind, text in shown if text]


def _add(sides: Mapping[str, list[str]], row: Mapping[str, str]) -> None:
    """Add the sentences of one paragraph, or the paragraph as one where it is short and the languages cut it differently."""
    sentences = {code: split(text, code) for code, text in row.items()}
    if len({len(some) for some in sentences.values()}) == 1:
        rows = [dict(zip(row, some, strict=True)) for some in zip(*sentences.values(), strict=True)]
    else:
        rows = [dict(row)]
    for one in rows:
        if _usable(one):
            _append(sides, one)


def _append(sides: Mapping[str, list[str]], row: Mapping[str, str]) -> None:
    for code, text in row.items():
        sides[code].append(text)


def _usable(row: Mapping[str, str]) -> bool:
    """Whether all translations are sentences of words, of like length, and none is left as another is."""
    texts = list(row.values())
    sizes = sorted(len(text) for text in texts)
    words = [len(text.split()) for text in texts]
    return (
        min(words) >= _LEAST
        and max(words) <= _MOST
        and sizes[-1] <= _RATIO * sizes[0]
        and len(set(texts)) == len(texts)
        and not any(_MACHINE.search(text) for text in texts)
    )


def _fresh(text: Text, seen: set[str]) -> Text:
    """The document without lines whose French was seen before: notices stand on every page."""
    keep = []
    for k, line in enumerate(text.sides["fr"]):
        if line not in seen:
            seen.add(line)
            keep.append(k)
    return Text({code: [lines[k] for k in keep] for code, lines in text.sides.items()})
