"""The shipped samples and their gold agree with each other, character for character."""

import gzip
import json
import unicodedata
from ast import literal_eval
from pathlib import Path

import pytest
from lxml import html

SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
GOLD = SAMPLES / "gold"
REASONS = {
    "agency tag", "byline", "caption", "comments", "copyright", "credit", "date line", "dateline", "navigation",
    "newsletter", "pull quote", "related link", "share", "tags", "teasers",
}  # fmt: skip


def _page_text(page: str) -> str:
    tree = html.document_fromstring(page)
    for hidden in tree.xpath("//head | //script | //style"):
        hidden.drop_tree()
    return tree.text_content()


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _reports() -> dict[str, str]:
    """The visible text of every report, by id."""
    texts: dict[str, str] = {}
    for path in sorted((SAMPLES / "reports").iterdir()):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if path.suffix == ".jsonl":
            for line in data.decode().splitlines():
                record = json.loads(line)
                texts[record["id"]] = record["text"] if "text" in record else _page_text(record["html"])
        else:
            text = _decode(data)
            texts[path.name.split(".")[0]] = _page_text(text) if path.suffix == ".html" else text
    return {name: unicodedata.normalize("NFC", text) for name, text in texts.items()}


REPORTS = _reports()
ROWS = {row["id"]: row for row in map(json.loads, (GOLD / "sentences.jsonl").read_text("utf-8").splitlines())}
PAIRS = [tuple(line.split("\t")) for line in (GOLD / "pairs.tsv").read_text("utf-8").splitlines()]


def _ladder(source: str, target: str) -> list[tuple[list[int], list[int], str]]:
    lines = (GOLD / "beads" / f"{source}-{target}.ladder").read_text("utf-8").splitlines()
    return [(literal_eval(s), literal_eval(t), certainty) for s, t, certainty in (line.split(":") for line in lines)]


def test_every_report_has_gold() -> None:
    assert set(REPORTS) == set(ROWS)
    assert len(PAIRS) >= 8


@pytest.mark.parametrize("name", sorted(ROWS))
def test_sentences_stand_in_the_report_in_order(name: str) -> None:
    at = 0
    for sentence in ROWS[name]["sentences"]:
        found = REPORTS[name].find(sentence, at)
        assert found >= 0, sentence
        at = found + len(sentence)
    assert 6 <= len(ROWS[name]["sentences"]) <= 18


@pytest.mark.parametrize("name", sorted(ROWS))
def test_dropped_blocks_stand_in_the_report_and_hold_no_sentence(name: str) -> None:
    kept = set(ROWS[name]["sentences"])
    for block in ROWS[name]["drop"]:
        assert block["why"] in REASONS
        assert block["text"] in REPORTS[name]
        assert not any(sentence in block["text"] for sentence in kept)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_nothing_of_a_report_is_left_unaccounted_for(name: str) -> None:
    rest = REPORTS[name]
    row = ROWS[name]
    blocks = row["sentences"] + [block["text"] for block in row["drop"]] + [row["title"] or ""]
    for text in sorted(blocks, key=len, reverse=True):
        rest = rest.replace(text, "")
    assert not rest.strip()


def test_pairs_are_one_to_one_and_some_reports_are_alone() -> None:
    sources, targets = zip(*PAIRS, strict=True)
    assert len(set(sources)) == len(set(targets)) == len(PAIRS)
    assert all(ROWS[s]["lang"] == "fr" and ROWS[t]["lang"] == "vi" for s, t in PAIRS)
    alone = {row["lang"] for name, row in ROWS.items() if name not in {*sources, *targets}}
    assert alone == {"fr", "vi"}


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_ladder_holds_every_sentence_once(source: str, target: str) -> None:
    beads = _ladder(source, target)
    for side, name in ((0, source), (1, target)):
        used = [i for bead in beads for i in bead[side]]
        assert sorted(used) == list(range(len(ROWS[name]["sentences"])))
        assert all(bead[side] == sorted(bead[side]) for bead in beads)
    assert {certainty for _, _, certainty in beads} <= {"sure", "possible"}


def test_the_ladders_have_what_makes_comparable_text_hard() -> None:
    ladders = [_ladder(*pair) for pair in PAIRS]
    shapes = {(len(s), len(t)) for beads in ladders for s, t, _ in beads}
    assert shapes >= {(1, 0), (0, 1), (1, 1), (2, 1), (1, 2)}
    assert {certainty for beads in ladders for _, _, certainty in beads} == {"sure", "possible"}
    for beads in ladders:
        targets = [t[0] for s, t, _ in beads if s and t]
        assert targets != sorted(targets), "no bead crosses another"


def test_aligned_source_sentences_have_a_precomputed_translation() -> None:
    lines = (GOLD / "translations.vi.tsv").read_text("utf-8").splitlines()
    translations = dict(line.split("\t") for line in lines)
    references = {sentence for row in ROWS.values() for sentence in row["sentences"] if row["lang"] == "vi"}
    assert len(translations) == len(lines)
    assert not references & set(translations.values())
    for pair in PAIRS:
        for source, target, _ in _ladder(*pair):
            texts = [ROWS[pair[0]]["sentences"][i] for i in source]
            assert not target or all(text in translations for text in [*texts, " ".join(texts)] if text)


def test_the_forms_a_reader_must_cope_with_are_there() -> None:
    raw = {path.name: path.read_bytes() for path in (SAMPLES / "reports").iterdir()}
    assert any(name.endswith(".gz") for name in raw)
    assert any(name.endswith(".jsonl") for name in raw)
    assert any(name.endswith(".html") for name in raw)
    texts = [data for name, data in raw.items() if not name.endswith(".gz")]
    assert sum(_decode(data) != data.decode("utf-8", "replace") for data in texts) == 1
    assert sum(not unicodedata.is_normalized("NFC", _decode(data)) for data in texts) == 1
