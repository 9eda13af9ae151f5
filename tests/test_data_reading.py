"""Reading: every kind of input gives documents or a reason, never an exception and never a lost document."""

import gzip
import json
import os
import unicodedata
from pathlib import Path

import pytest
import zstandard
from songngu.data.core import Document, Rejected
from songngu.data.errors import UsageError
from songngu.data.reading import ReadingSettings, read

SHARED = Path(__file__).resolve().parents[2] / "shared"
FRENCH = (
    "Le ministre des Transports a inauguré mardi la nouvelle gare de la ville.\n\n"
    "Les travaux ont duré trois ans et coûté 40 millions d'euros, a-t-il précisé."
)
VIETNAMESE = (
    "Bộ trưởng Giao thông vận tải hôm thứ Ba đã khánh thành nhà ga mới của thành phố.\n\n"
    "Công trình kéo dài ba năm với kinh phí 40 triệu euro, ông cho biết."
)


def run(*paths: Path | str, **options) -> tuple[list[Document], list[Rejected]]:
    rejected: list[Rejected] = []
    return list(read(paths, rejected=rejected.append, **options)), rejected


def jsonl(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    return path


# ---- good input ------------------------------------------------------------------------------------------------------


def test_a_folder_mixes_kinds_and_languages(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "b.html").write_text(
        f"<html lang=vi><h1>Khánh thành nhà ga mới</h1><p>{VIETNAMESE}</p></html>", encoding="utf-8"
    )
    jsonl(
        tmp_path / "c.jsonl", {"id": "x1", "text": FRENCH.replace("gare", "piscine").replace("40", "12"), "lang": "fr"}
    )
    with gzip.open(tmp_path / "d.txt.gz", "wt", encoding="utf-8") as out:
        out.write(VIETNAMESE.replace("nhà ga", "bảo tàng").replace("40", "7"))
    (tmp_path / "e.txt.zst").write_bytes(
        zstandard.compress(FRENCH.replace("gare", "école").replace("40", "3").encode())
    )
    found, rejected = run(tmp_path)
    assert [(d.id, d.language) for d in found] == [("a", "fr"), ("b", "vi"), ("x1", "fr"), ("d", "vi"), ("e", "fr")]
    assert not rejected
    assert found[0].text == FRENCH
    assert found[1].title == "Khánh thành nhà ga mới"
    assert all(d.path and Path(d.path).is_file() for d in found)


def test_a_record_says_what_it_knows(tmp_path: Path) -> None:
    record = {
        "id": 7,
        "text": FRENCH,
        "lang": "fr-CA",
        "date": "2019-09-03T10:00:00+07:00",
        "url": "https://www.example.org/2019/a.html",
        "title": "Une gare",
    }
    (document,), _ = run(jsonl(tmp_path / "a.jsonl", record))
    assert (document.id, document.language, document.date) == ("7", "fr-CA", "2019-09-03")
    assert (document.title, document.url, document.site) == ("Une gare", record["url"], "example.org")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso8859-15"]
)
def test_finds_the_encoding_of_french(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(FRENCH.encode(encoding))
    (document,), _ = run(path)
    assert document.text == FRENCH
    assert document.language == "fr"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1258"])
def test_finds_the_encoding_of_vietnamese(tmp_path: Path, encoding: str) -> None:
    text = "".join(map(_windows, VIETNAMESE)) if encoding == "cp1258" else VIETNAMESE
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    (document,), _ = run(path)
    assert document.text == VIETNAMESE
    assert document.language == "vi"


def _windows(character: str) -> str:
    """The character as Windows-1258 can write it: a letter that it has, and a tone mark behind it."""
    try:
        character.encode("cp1258")
        return character
    except UnicodeEncodeError:
        base, *marks = unicodedata.normalize("NFD", character)
        tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
        rest = [m for m in marks if m not in tones]
        return unicodedata.normalize("NFC", base + "".join(rest)) + "".join(tones)


def test_text_is_nfc(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(unicodedata.normalize("NFD", VIETNAMESE), encoding="utf-8")
    (document,), _ = run(path)
    assert document.text == VIETNAMESE


def test_a_line_of_two_megabytes_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Le ministre a inauguré la gare de la ville. " * 50_000, encoding="utf-8")
    (document,), rejected = run(path)
    assert not rejected
    assert len(document.text) > 2_000_000


def test_order_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    for name in ("b", "a", "c/d", "c/a"):
        path = tmp_path / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{FRENCH} {name} {len(name) * 1234567}", encoding="utf-8")
    found, _ = run(tmp_path, settings=ReadingSettings(near_duplicates=0))
    assert [d.id for d in found] == ["a", "b", "a~2", "d"]


def test_ids_are_unique_and_no_document_is_lost(tmp_path: Path) -> None:
    texts = [
        f"{FRENCH} C'est la {n} mille {n * 37}e fois en {1900 + n} que {n * 91} personnes sont venues."
        for n in range(3)
    ]
    path = jsonl(tmp_path / "a.jsonl", *({"id": i, "text": t} for i, t in zip(["x", "x", "x~2"], texts, strict=True)))
    found, rejected = run(path, settings=ReadingSettings(near_duplicates=0))
    assert [d.id for d in found] == ["x", "x~2", "x~2~2"]
    assert not rejected


def test_records_without_id_are_numbered(tmp_path: Path) -> None:
    found, _ = run(jsonl(tmp_path / "wire.jsonl", {"text": FRENCH}, {"text": VIETNAMESE}))
    assert [d.id for d in found] == ["wire-1", "wire-2"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FRENCH, encoding="utf-8")
    found, rejected = run(path, tmp_path, path)
    assert [d.id for d in found] == ["a"]
    assert not rejected


def test_hidden_files_are_skipped_and_unknown_suffixes_named(tmp_path: Path) -> None:
    (tmp_path / ".hidden.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04")
    found, rejected = run(tmp_path)
    assert not found
    (only,) = rejected
    assert only.path == str(tmp_path / "notes.docx")
    assert ".docx" in only.why
    assert ".txt" in only.why


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "in" / "loop").symlink_to(tmp_path, target_is_directory=True)
    found, rejected = run(tmp_path)
    assert [d.id for d in found] == ["a"]
    assert not rejected


# ---- languages -------------------------------------------------------------------------------------------------------


def test_languages_restrict_and_name_what_they_leave_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "b.txt").write_text(
        "The minister of transport opened the new station of the city on Tuesday.", encoding="utf-8"
    )
    found, rejected = run(tmp_path, languages=["fr", "vi"])
    assert [d.id for d in found] == ["a"]
    assert [(r.id, r.why) for r in rejected] == [("b", "language en, not one of fr, vi")]


def test_a_wrong_language_tag_of_a_record_is_not_believed(tmp_path: Path) -> None:
    (document,), _ = run(jsonl(tmp_path / "a.jsonl", {"text": VIETNAMESE, "lang": "klingonish!"}))
    assert document.language == "vi"


def test_languages_must_be_tags(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a language tag"):
        read([tmp_path], languages=["french language"])


def test_foreign_paragraphs_are_dropped_with_a_reason(tmp_path: Path) -> None:
    english = "The new railway station was opened on Tuesday by the minister of transport, who thanked the workers."
    path = tmp_path / "a.txt"
    path.write_text(FRENCH + "\n\n" + english, encoding="utf-8")
    (document,), _ = run(path)
    assert document.text == FRENCH
    assert [(d.text, d.why) for d in document.dropped] == [(english, "foreign language")]


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.txt", b"", "empty file"),
        ("a.txt", b" \n\t\n", "empty file"),
        ("a.txt", b"Bonjour", "only 1 word"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        ("a.txt", bytes(range(256)) * 10, "binary"),
        ("a.txt", b"\xff\xfeL\0e\0 \0m", "not valid UTF-16"),
        ("a.html", b"<html><body></body></html>", "no text"),
        ("a.html", b"<!-- nothing -->", "no "),
        ("a.txt.gz", b"not gzip", "compressed"),
        ("a.txt.gz", gzip.compress(FRENCH.encode())[:-12], "compressed"),
        ("a.txt.zst", b"not zstandard", "compressed"),
        ("a.jsonl", b"", "empty file"),
    ],
)
def test_a_bad_file_gives_one_reason(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text(FRENCH, encoding="utf-8")
    found, rejected = run(tmp_path)
    assert [d.id for d in found] == ["good"]
    (only,) = rejected
    assert why in only.why
    assert only.path == str(tmp_path / name)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "x", "text": "Le min', "half-written or broken JSON"),
        ("[1, 2]", "not a JSON object"),
        ('"text"', "not a JSON object"),
        ('{"id": "x"}', "no text and no html in the record 'x'"),
        ('{"id": "x", "text": null}', "no text"),
        ('{"id": "x", "text": 5}', "no text"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_a_bad_record_gives_one_reason_and_the_others_are_read(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps({"id": "good", "text": FRENCH})
    path.write_text(f"{good}\n\n{line}\n{json.dumps({'id': 'also', 'text': VIETNAMESE})}", encoding="utf-8")
    found, rejected = run(path)
    assert [d.id for d in found] == ["good", "also"]
    (only,) = rejected
    assert only.why.startswith("line 3: ")
    assert why in only.why


def test_what_was_read_before_a_file_breaks_is_kept(tmp_path: Path) -> None:
    lines = "".join(
        json.dumps({"id": str(n), "text": f"{FRENCH} {n} {os.urandom(2000).hex()}"}) + "\n" for n in range(50)
    )
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-4000])
    found, rejected = run(path, settings=ReadingSettings(near_duplicates=0, site_repetition=False))
    assert 0 < len(found) < 50
    assert "compressed" in rejected[-1].why


def test_a_compressed_bomb_is_rejected_without_filling_the_memory(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"bombe " * 10_000_000))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(b"{" + b" " * 60_000_000))
    found, rejected = run(tmp_path, settings=ReadingSettings(max_bytes=2**20))
    assert not found
    assert all("larger than 1 MiB" in r.why for r in rejected)
    assert len(rejected) == 2


def test_a_record_that_is_too_large_does_not_hide_the_next(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", {"text": "mot " * 500_000}, {"id": "good", "text": FRENCH})
    found, rejected = run(path, settings=ReadingSettings(max_bytes=2**20))
    assert [d.id for d in found] == ["good"]
    assert [r.why.split(":")[0] for r in rejected] == ["line 1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FRENCH, encoding="utf-8")
    path.chmod(0)
    found, (only,) = run(tmp_path)
    assert not found
    assert "cannot be read" in only.why


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    found, (only,) = run(tmp_path / "missing.txt")
    assert not found
    assert only.path == str(tmp_path / "missing.txt")
    assert "cannot be read" in only.why


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert run(tmp_path) == ([], [])


def test_broken_bytes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((FRENCH * 20).encode() + b"\xff fin de la journ\xc3\xa9e.")
    (document,), _ = run(path)
    assert "\ufffd" not in document.text
    assert ("bytes that are not UTF-8", "undecodable") in [(d.text, d.why) for d in document.dropped]


def test_text_read_twice_in_the_wrong_encoding_is_repaired(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FRENCH.encode().decode("cp1252"), encoding="utf-8")
    (document,), _ = run(path)
    assert document.text == FRENCH


def test_an_impossible_date_does_not_cost_the_report(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "a.jsonl",
        {"id": "odd", "text": FRENCH, "date": "0001-01-01T00:00:00+14:00"},
        {"id": "good", "text": VIETNAMESE},
    )
    found, rejected = run(path, settings=ReadingSettings(zone="America/New_York"))
    assert [d.id for d in found] == ["odd", "good"]
    assert not rejected


def test_a_time_zone_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a time zone"):
        read([tmp_path], settings=ReadingSettings(zone="Mars/Phobos"))


def test_a_zone_moves_the_day(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", {"text": FRENCH, "date": "2019-09-03T22:30:00Z"})
    (document,), _ = run(path, settings=ReadingSettings(zone="Asia/Ho_Chi_Minh"))
    assert document.date == "2019-09-04"


# ---- the whole -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real reports are not part of the repository")
def test_the_real_reports_lose_what_is_not_theirs_and_nothing_else() -> None:
    found, rejected = run(SHARED / "seeds")
    assert not rejected
    assert [d.language for d in found] == ["fr", "fr", "fr", "fr", "vi"]
    assert [d.date for d in found] == ["2019-09", None, "XXXX-12-21", None, None]
    assert [bool(d.title) for d in found] == [False, False, True, True, False]
    assert [len(d.text.split("\n\n")) for d in found] == [11, 10, 8, 12, 6]
    for document in found:
        source = " ".join(Path(document.path or "").read_text(encoding="utf-8").split())
        assert all(" ".join(p.split()) in source for p in document.text.split("\n\n"))
        assert all(" ".join(d.text.split()) in source for d in document.dropped)
        kept = sum(len(p.split()) for p in (document.text, document.title or "", *(d.text for d in document.dropped)))
        assert abs(kept - len(source.split())) <= 2  # a tag glued to the last word counts for itself once cut
        for mark in ("VNA", "VOV5", "TTXVN", "Voir plus", "Photo", "Ảnh", "ảnh", "To Lam se rend"):
            assert mark not in document.text


@pytest.mark.parametrize("text", ["😀 ➡ 12 ", "😀 ", "12.5 % "])
def test_text_without_words_is_rejected_by_name(text, tmp_path):
    (tmp_path / "signs.txt").write_text(text * 200, encoding="utf-8")
    told = []
    assert list(read(tmp_path, rejected=told.append, languages=["fr", "vi"])) == []
    assert [r.why for r in told] == ["in no language that can be told, not one of fr, vi"]
