import io
import json
import sys
from pathlib import Path

import pytest
from songngu.cli.main import main


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, str]:
    source, table = tmp_path / "a.fr", tmp_path / "t.tsv"
    source.write_text("Il a 20 ans.\n\nBien.\n", encoding="utf-8")
    table.write_text("Il a 20 ans.\tAnh ấy 30 tuổi.\nBien.\tTốt.\n", encoding="utf-8")
    return source, f"precomputed:{table}"


def test_lines_come_out_as_they_went_in(files: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    source, model = files
    assert main(["translate", str(source), "--from", "fr", "--to", "vi", "--model", model]) == 1
    out, err = capsys.readouterr()
    assert out == "Anh ấy 30 tuổi.\n\nTốt.\n"
    assert "line 1 looks wrong (number)" in err and "1 of 3 lines" in err


def test_a_file_and_json(files: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, model = files
    target = tmp_path / "a.vi"
    assert main(["translate", str(source), "--from", "fr", "--to", "vi", "--model", model, "--out", str(target)]) == 1
    assert target.read_text(encoding="utf-8") == "Anh ấy 30 tuổi.\n\nTốt.\n"
    capsys.readouterr()
    main(["translate", str(source), "--from", "fr", "--to", "vi", "--model", model, "--json"])
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert records[0] == {"source": "Il a 20 ans.", "translation": "Anh ấy 30 tuổi.", "flags": ["number"]}


def test_standard_input(
    files: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(b"Bien.\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["translate", "-", "--from", "fr", "--to", "vi", "--model", files[1]]) == 0
    assert capsys.readouterr().out == "Tốt.\n"


def test_without_a_model_it_says_what_to_run(files: tuple[Path, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["translate", str(files[0]), "--from", "fr", "--to", "vi"]) == 2
    err = capsys.readouterr().err
    assert "songngu models fetch opus-mt-fr-vi" in err and "opus-mt-vi-fr" not in err and "CC-BY-NC-4.0" in err


def test_documents_are_translated_with_links(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = "Le président est arrivé lundi à Séoul pour une visite. Il a rencontré son homologue dans la matinée."
    (tmp_path / "r.jsonl").write_text(json.dumps({"id": "r", "text": report, "lang": "fr"}) + "\n", encoding="utf-8")
    rows = ["Le président est arrivé lundi à Séoul pour une visite.\tTổng thống đã đến Seoul hôm thứ Hai để thăm.",
            "Il a rencontré son homologue dans la matinée.\tÔng đã gặp người đồng cấp vào buổi sáng."]  # fmt: skip
    (tmp_path / "t.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    model = f"precomputed:{tmp_path / 't.tsv'}"
    assert (
        main(["translate", str(tmp_path / "r.jsonl"), "--from", "fr", "--to", "vi", "--model", model, "--documents"])
        == 0
    )
    (record,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert record["id"] == "r" and record["lang"] == "vi" and record["links"] == [[[0], [0]], [[1], [1]]]
    assert record["text"].startswith("Tổng thống đã đến Seoul")
    assert [record["text"][s["start"] : s["end"]] for s in record["sentences"]] == [
        s["text"] for s in record["sentences"]
    ]


def test_lines_over_the_limit_are_told_and_suspect_documents_too(capsys: pytest.CaptureFixture[str]) -> None:
    from songngu.cli.translate import _warn

    flagged = [(3, ("split",)), (7, ("split", "retried", "loop")), ("r, sentence 2", ("number",))]
    assert _warn(flagged, 9) == 1
    err = capsys.readouterr().err
    assert "2 over the model's limit, cut at clauses: 3, 7" in err
    assert "line 7 looks wrong (loop)" in err and "r, sentence 2 looks wrong (number)" in err and "2 of 9" in err
    assert _warn([(3, ("split",))], 9) == 0


def test_models_are_listed_with_size_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    header, builtin, *_, last = capsys.readouterr().out.splitlines()
    assert header.split()[:6] == ["name", "kind", "languages", "size", "licence", "here"]
    assert " MB " in builtin and " GB " in last
    assert main(["models", "info", "nllb-200-distilled-600M"]) == 0
    assert "not for commercial use" in capsys.readouterr().out


def test_an_empty_file_is_told(files: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty, model = tmp_path / "empty.fr", files[1]
    empty.write_text("", encoding="utf-8")
    arguments = ["translate", str(empty), "--from", "fr", "--to", "vi", "--model", model]
    for more in ([], ["--out", str(tmp_path / "out.vi")], ["--json"]):
        assert main([*arguments, *more]) == 1
        assert "no lines at all" in capsys.readouterr().err
