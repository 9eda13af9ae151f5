import csv
import io
import json
from pathlib import Path

import pytest
from songngu.cli.main import main

FR, VI = "Le taux est de 5,4 %.\nBien.\nIl est venu.\n", "Tỷ lệ là 4,5%.\nTốt.\nÔng  đã đến.\n"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "a.fr").write_text(FR, encoding="utf-8")
    (tmp_path / "a.vi").write_text(VI, encoding="utf-8")
    return [str(tmp_path / "a.fr"), str(tmp_path / "a.vi"), "--from", "fr", "--to", "vi", "--encoder", "none"]


def test_json_lines_have_the_promised_fields(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *files, "--json"]) == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    assert [(r["line"], r["kind"], r["severity"]) for r in records] == [
        (1, "number", "error"),
        (3, "spacing", "warning"),
    ]
    assert all(list(r) == ["line", "kind", "severity", "where", "message", "confidence"] for r in records)
    assert "1 errors, 1 warnings in 2 of 3 lines" in err


def test_people_see_place_kind_and_both_sides(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *files]) == 0
    out = capsys.readouterr().out
    assert "a.vi:1: error [number, 90%] “5,4 %” became “4,5%”\n    Le taux est de 5,4 %.\n    Tỷ lệ là 4,5%." in out


def test_csv_and_sarif_can_be_read(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", *files, "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["kind"] for row in rows] == ["number", "spacing"]
    main(["check", *files, "--format", "sarif"])
    log = json.loads(capsys.readouterr().out)
    results = log["runs"][0]["results"]
    assert log["version"] == "2.1.0" and [r["ruleId"] for r in results] == ["number", "spacing"]
    region = results[0]["locations"][0]["physicalLocation"]["region"]
    assert (
        region["startLine"] == 1 and VI.splitlines()[0][region["startColumn"] - 1 : region["endColumn"] - 1] == "4,5%"
    )
    assert {r["ruleId"] for r in results} <= {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--fail-on", "error"], 1),
        (["--fail-on", "error", "--kinds", "spacing"], 0),
        (["--fail-on", "warning", "--kinds", "spacing"], 1),
        (["--fail-on", "warning", "--min-confidence", "0.99"], 0),
        (["--kinds", "spelling"], 2),
    ],
)
def test_exit_codes(files: list[str], options: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *files, *options]) == code


def test_unequal_files_are_named(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(files[1]).write_text("một\n", encoding="utf-8")
    assert main(["check", *files]) == 1
    assert "3 lines" in (err := capsys.readouterr().err) and "songngu align" in err


def test_languages_are_asked_for(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *files[:2]]) == 2
    assert "--from fr --to vi" in capsys.readouterr().err


def test_a_bitext_file_and_a_glossary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tsv").write_text("Le ministre parle.\tThủ tướng nói.\n", encoding="utf-8")
    (tmp_path / "g.tsv").write_text("# terms\nministre\tbộ trưởng|bộ trưởng bộ\n", encoding="utf-8")
    (tmp_path / "g.tbx").write_text(
        '<?xml version="1.0"?><martif type="TBX"><text><body><termEntry id="1"><langSet xml:lang="fr"><tig>'
        "<term>ministre</term></tig></langSet>"
        '<langSet xml:lang="vi"><tig><term>bộ trưởng</term></tig></langSet></termEntry></body></text></martif>',
        encoding="utf-8",
    )
    for glossary in ("g.tsv", "g.tbx"):
        arguments = ["check", str(tmp_path / "a.tsv"), "--from", "fr", "--to", "vi", "--encoder", "none", "--json"]
        assert main([*arguments, "--glossary", str(tmp_path / glossary)]) == 0
        (record,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
        assert record["kind"] == "glossary" and "bộ trưởng" in record["message"]


@pytest.mark.parametrize("form", ["tmx", "xliff", "jsonl"])
def test_what_we_write_we_check(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from songngu.data.core import Corpus, Segment
    from songngu.data.formats import write

    corpus = Corpus("fr", "vi", [Segment("Il a 20 ans.", "Anh ấy 30 tuổi.", "a", "b")])
    (path,) = (p for p in write(corpus, tmp_path, form) if p.suffix.lstrip(".") in (form, "xlf"))
    assert main(["check", str(path), "--from", "fr", "--to", "vi", "--encoder", "none", "--json"]) == 0
    assert [json.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()] == ["number"]


def test_json_lines_of_source_and_target_are_a_bitext(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_text('{"source": "Il a 20 ans.", "target": "Anh 30 tuổi."}\n', encoding="utf-8")
    options = ["--from", "fr", "--to", "vi", "--encoder", "none", "--json", "--fail-on", "error"]
    assert main(["check", str(tmp_path / "a.jsonl"), *options]) == 1
    assert json.loads(capsys.readouterr().out)["kind"] == "number"


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        (b"\xff\xfe\x00binary\n", [], 1, "a.fr: not UTF-8 text"),
        (b"", [], 1, "0 lines"),
        (b"a\n", ["--min-confidence", "7"], 2, "a probability from 0 to 1"),
    ],
)
def test_bad_input_is_named(
    files: list[str], content: bytes, options: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files[0]).write_bytes(content)
    assert main(["check", *files, *options]) == code
    assert said in capsys.readouterr().err


def test_a_place_to_break_the_line_behind_a_space_is_no_alarm(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files[1]).write_text("Tỷ lệ là \u200b5,4%.\nTố\u200bt.\nÔng đã đến.\n", encoding="utf-8")
    main(["check", *files, "--json", "--kinds", "unicode"])
    assert [json.loads(line)["line"] for line in capsys.readouterr().out.splitlines()] == [2]


def test_empty_files_are_told(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    for path in files[:2]:
        Path(path).write_text("", encoding="utf-8")
    assert main(["check", *files]) == 1
    assert "no lines at all" in capsys.readouterr().err
