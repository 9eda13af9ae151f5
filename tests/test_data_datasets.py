"""What we export is what training code, workbooks and linguists' tools expect: read by their own libraries."""

import json

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (it has no types)
from songngu.data import chat, formats, xlsx
from songngu.data.core import Corpus, Segment

ROWS = [
    Segment(
        f"Phrase {i}.", f"Câu {i}.", f"a{i // 4}", f"b{i // 4}", (i,), (i, i + 1), 0.5, i / 20, "2019-09", split=split
    )
    for i, split in enumerate(["train"] * 8 + ["validation"] * 2 + ["test"] * 2)
]
CORPUS = Corpus("fr", "vi", ROWS, signature="v:1")
WHOLE = Corpus("fr", "vi", [Segment(s.source_text, s.target_text, s.source, s.target) for s in ROWS])
SIZES = {"train": 8, "validation": 2, "test": 2}


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def test_load_from_disk_gives_the_splits_with_the_translation_feature(tmp_path):
    import datasets

    (folder,) = formats.write(CORPUS, tmp_path, "hf")
    found = datasets.load_from_disk(str(folder))
    assert isinstance(found, datasets.DatasetDict)
    assert {name: len(part) for name, part in found.items()} == SIZES
    assert set(found["train"].features["translation"].languages) == {"fr", "vi"}
    assert isinstance(found["train"].features["translation"], datasets.Translation)
    assert found["test"][0]["translation"] == {"fr": "Phrase 10.", "vi": "Câu 10."}
    assert found["test"][0]["target_sentences"] == [10, 11]


@pytest.mark.parametrize("form", ["hf", "parquet"])
def test_load_dataset_of_the_folder_works(form, tmp_path):
    import datasets

    formats.write(CORPUS, tmp_path / "out", form)
    folder = tmp_path / "out" / ("bitext.hf" if form == "hf" else "")
    found = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert {name: len(part) for name, part in found.items()} == SIZES
    assert type(found["train"].features["translation"]).__name__ == "Translation"


@pytest.mark.parametrize("target", ["vi", "fr"])
def test_a_dataset_on_disk_is_a_corpus_again(tmp_path, target):
    from songngu.data.corpus import open_corpus

    (folder,) = formats.write(CORPUS, tmp_path, "hf")
    source = "fr" if target == "vi" else "vi"
    found = open_corpus(folder, source_language=source, target_language=target)
    assert (found.source_language, found.target_language) == (source, target)
    rows = list(found)
    assert [s.split for s in rows] == [s.split for s in ROWS]
    texts = [(s.source_text, s.target_text) for s in rows]
    assert texts == [(s.source_text, s.target_text)[:: 1 if target == "vi" else -1] for s in ROWS]


def test_a_folder_that_only_looks_like_a_dataset_is_an_error(tmp_path):
    from songngu.data.corpus import open_corpus
    from songngu.data.errors import SongnguError

    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train"]}')
    with pytest.raises(SongnguError, match="no Hugging Face dataset"):
        open_corpus(tmp_path)


def test_a_dataset_without_splits_is_all_train(tmp_path):
    import datasets

    (folder,) = formats.write(WHOLE, tmp_path, "hf")
    assert list(datasets.load_from_disk(str(folder))) == ["train"]


def test_an_existing_dataset_is_replaced_whole(tmp_path):
    import datasets

    formats.write(CORPUS, tmp_path, "hf")
    (folder,) = formats.write(WHOLE, tmp_path, "hf")
    assert list(datasets.load_from_disk(str(folder))) == ["train"]
    assert [p.name for p in tmp_path.iterdir() if p.name != "cache"] == ["bitext.hf"]


NASTY = Segment("=1+1\tx\r\ny\x1b_x0041_ <&>\u2028", "'đ\u200f\U0001f1fb\U0001f1f3 " + "x" * 40_000, confidence=0.25)


def test_openpyxl_reads_the_workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl comes with the dev extra")
    path = formats.write(Corpus("fr", "vi", [NASTY, *WHOLE.segments]), tmp_path, "xlsx")[0]
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("fr", "vi", "confidence")
    assert len(rows) == 14
    assert openpyxl.utils.escape.unescape(rows[1][0]) == NASTY.source_text
    assert (len(rows[1][1]), rows[1][1][-1], rows[1][2]) == (xlsx.CELL, "…", 0.25)
    assert rows[2][:2] == ("Phrase 0.", "Câu 0.")


def test_further_rows_go_to_further_sheets(tmp_path, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl comes with the dev extra")
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 5)
    (path,) = formats.write(WHOLE, tmp_path, "xlsx")
    assert [sheet.max_row for sheet in openpyxl.load_workbook(path)] == [5, 5, 5]


def test_chat_messages_go_both_ways_with_several_instructions(tmp_path):
    rows = [Segment(f"Le chat {i} dort.", f"Con mèo {i} ngủ.") for i in range(60)]
    (path,) = formats.write(Corpus("fr", "vi", rows), tmp_path, "chat")
    found = [json.loads(line) for line in path.open(encoding="utf-8")]
    assert len(found) == 120
    for record in found:
        user, assistant = record["messages"]
        assert (user["role"], assistant["role"]) == ("user", "assistant")
        assert ("mèo" in user["content"], "chat" in assistant["content"]) == ((record["from"] == "vi"),) * 2
        assert "{" not in user["content"]
    instructions = {r["messages"][0]["content"].replace(str(i // 2), "") for i, r in enumerate(found)}
    assert len(instructions) == 20  # ten phrases, five in each language, for two directions
    assert any("vietnamien" in text for text in instructions)
    assert any("sang tiếng Pháp" in text for text in instructions)


def test_instructions_for_a_language_without_a_table_are_english():
    assert {code for code, _ in chat.instructions("ko", "th")} == {"en"}
    assert "Thai" in chat.instructions("ko", "th")[0][1]


def test_tei_links_point_to_segments(tmp_path):
    (path,) = formats.write(Corpus("fr", "vi", [*WHOLE.segments, NASTY]), tmp_path, "tei")
    tree = etree.parse(path)
    space = {"t": "http://www.tei-c.org/ns/1.0"}
    ids = {e.get("{http://www.w3.org/XML/1998/namespace}id"): e.text for e in tree.iterfind(".//t:seg", space)}
    links = [
        [ids[target.removeprefix("#")] for target in e.get("target").split()] for e in tree.iterfind(".//t:link", space)
    ]
    assert links[:12] == [[s.source_text, s.target_text] for s in ROWS]
    assert len(tree.findall(".//t:div[@type='pair']", space)) == 4


XLIFF = {"x": "urn:oasis:names:tc:xliff:document:2.0", "y": "urn:oasis:names:tc:xliff:document:1.2"}


def test_translate_toolkit_reads_xliff(tmp_path):
    pytest.importorskip("translate", reason="translate-toolkit comes with the dev extra")
    from translate.storage import xliff, xliff2

    new, old = (formats.write(WHOLE, tmp_path, name)[0] for name in ("xliff", "xliff12"))
    for path, reader in ((new, xliff2.Xliff2File), (old, xliff.xlifffile)):
        units = [unit for unit in reader.parsefile(str(path)).units if unit.source]
        assert [(str(u.source), str(u.target)) for u in units] == [(s.source_text, s.target_text) for s in ROWS]


def test_xliff_ids_are_unique_in_their_files(tmp_path):
    (path,) = formats.write(WHOLE, tmp_path, "xliff")
    root = etree.parse(path).getroot()
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "fr", "vi")
    files = [file.get("id") for file in root.iterfind("x:file", XLIFF)]
    units = [unit.get("id") for unit in root.iterfind(".//x:unit", XLIFF)]
    assert (files, len(set(units))) == (["f1", "f2", "f3"], 12)
