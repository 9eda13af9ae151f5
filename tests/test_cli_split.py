import io
import json
import sys

import pytest
from songngu.cli.main import main

TEXT = "« Oui »,\na-t-il dit. M. Petit\xa0! Non."


@pytest.fixture
def piped(monkeypatch):
    def pipe(text):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))

    return pipe


def test_one_sentence_a_line(piped, capsys):
    piped(TEXT)
    assert main(["split", "-", "--lang", "fr"]) == 0
    assert capsys.readouterr().out.splitlines() == ["« Oui », a-t-il dit.", "M. Petit !", "Non."]


def test_json_gives_offsets_into_the_text(piped, capsys):
    piped(TEXT)
    assert main(["split", "-", "--lang", "fr", "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [TEXT[r["start"] : r["end"]] for r in records] == ["« Oui »,\na-t-il dit.", "M. Petit\xa0!", "Non."]
    assert {r["paragraph"] for r in records} == {0}


def test_files_and_detection(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("Xin chào các bạn. Tôi là Nam.\n", encoding="utf-8")
    assert main(["split", str(path), str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == ["Xin chào các bạn.", "Tôi là Nam."] * 2


def test_other_encodings_are_recognised(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_bytes(
        "Le café est déjà fermé à Orléans. Où est passée la fenêtre de l'hôtel ? Ça alors.".encode("cp1252")
    )
    assert main(["split", str(path), "--lang", "fr"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "Où est passée la fenêtre de l'hôtel ?"


def test_what_is_no_text_is_refused(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe\x00")
    assert main(["split", str(path), "--lang", "fr"]) == 1
    assert "a.txt" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [(["split", "nowhere.txt", "--lang", "fr"], 1, "nowhere.txt"), (["split", "-", "--lang", "xx"], 2, "language tag")],
)
def test_errors_are_named(arguments, code, message, piped, capsys):
    piped("a")
    assert main(arguments) == code
    assert message in capsys.readouterr().err


def test_a_file_without_a_sentence_is_named(tmp_path, capsys):
    empty, full = tmp_path / "empty.txt", tmp_path / "full.txt"
    empty.write_text(" \n", encoding="utf-8")
    full.write_text("Il attend.\n", encoding="utf-8")
    assert main(["split", str(empty), str(full), "--lang", "fr"]) == 1
    out, err = capsys.readouterr()
    assert out == "Il attend.\n"
    assert "empty.txt has no sentence" in err
