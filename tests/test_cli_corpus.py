"""songngu filter and songngu export, from a folder of beads to files on disk."""

import json

import pytest
from songngu.cli.main import main
from songngu.data import formats
from songngu.data.core import Corpus, Segment
from songngu.data.corpus import open_corpus

GOOD = [
    (
        "Le Premier ministre a reçu mercredi son homologue à Séoul.",
        "Thủ tướng đã tiếp người đồng cấp tại Seoul hôm thứ Tư.",
    ),
    ("Le 21 décembre, 12 des 30 maisons étaient inondées.", "Ngày 21/12, 12 trong số 30 căn nhà bị ngập."),
    ("La réunion a duré de 14 h à 16 h 30 à Hanoï.", "Cuộc họp diễn ra từ 14 giờ đến 16 giờ 30 tại Hà Nội."),
]
BAD = (GOOD[0][0], GOOD[0][0])


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    with (folder / "beads.jsonl").open("w", encoding="utf-8") as stream:
        for i, (source, target) in enumerate([*GOOD, BAD]):
            bead = {
                "source": f"a{i}",
                "target": f"b{i}",
                "source_sentences": [0],
                "target_sentences": [0],
                "shape": "1-1",
            }
            texts = {"source_text": source, "target_text": target, "score": 0.5, "confidence": 0.9}
            stream.write(json.dumps(bead | texts) + "\n")
    (folder / "manifest.json").write_text('{"source_language": "fr", "target_language": "vi", "signature": "v:1"}')
    return folder


def test_filter_keeps_the_good_and_tells_why(corpus, tmp_path, capsys):
    assert main(["filter", str(corpus), "--out", str(tmp_path / "out"), "--model", "none", "--report"]) == 0
    printed = capsys.readouterr()
    assert "3 of 4 segments kept" in printed.out
    assert [s.source_text for s in formats.read_bitext(tmp_path / "out" / "bitext.jsonl")] == [s for s, _ in GOOD]
    (record,) = [json.loads(line) for line in (tmp_path / "out" / "rejected.jsonl").open(encoding="utf-8")]
    assert (record["source_text"], record["why"][0]) == (BAD[0], "copy 1 is above 0.75")
    report = json.loads((tmp_path / "out" / "filters.json").read_text(encoding="utf-8"))
    assert (report["kept"], report["filters"]["copy"]["alone"], report["filters"]["copy"]["first"]) == (3, 1, 1)
    assert report["filters"]["copy"]["examples"][0]["source"] == BAD[0]
    assert open_corpus(tmp_path / "out").signature == "v:1|filter:balanced|model:none"
    assert "<svg" in (tmp_path / "out" / "filters.html").read_text(encoding="utf-8")


def test_a_report_alone_writes_nothing(corpus, tmp_path, capsys):
    before = sorted(tmp_path.rglob("*"))
    assert main(["filter", str(corpus), "--model", "none", "--report"]) == 0
    assert "3 of 4 segments kept" in capsys.readouterr().out
    assert sorted(tmp_path.rglob("*")) == before


def test_filter_lists_its_filters(capsys):
    assert main(["filter", "--list"]) == 0
    assert "length_ratio" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["filter", "--preset", "x"], "give a corpus"),
        (["filter", "c", "--out", "o", "--preset", "x"], "unknown preset 'x'; choose from"),
        (["filter", "c", "--out", "o", "--set", "copi=1"], "unknown filter 'copi'; choose from"),
        (["export", "c", "--out", "o", "--formats", "tmz"], "unknown format 'tmz'; choose from"),
        (["export", "c", "--out", "o", "--split", "1,2"], "wants three shares"),
        (["export", "c", "--out", "o", "--shard", "0"], "shards have a size of 1 or more, not 0"),
        (["export", "c", "--out", "o", "--ngram", "0"], "n-grams have a size of 1 or more, not 0"),
        (["export", "c", "--out", "o", "--min-confidence", "90"], "a probability in [0, 1], not 90"),
        (
            ["export", "c", "--out", "o", "--split", ".8,.1,.1", "--test-confidence", "2"],
            "a probability in [0, 1], not 2",
        ),
        (["export", "c", "--out", "o", "--deduplicate", "pair", "--near", "8"], "up to 1, not 8.0"),
    ],
)
def test_misuse_is_told_with_code_2(arguments, message, corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corpus.rename(tmp_path / "c")
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_export_merges_and_says_what_it_wrote(corpus, tmp_path, capsys):
    other = tmp_path / "old.tsv"
    other.write_text("fr\tvi\nOui.\tVâng.\nkaputt\n", encoding="utf-8")
    arguments = [
        "export",
        str(corpus),
        str(other),
        "--out",
        str(tmp_path / "out"),
        "--formats",
        "tsv,parquet",
        "--json",
    ]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert (found["segments"], found["unreadable"]) == (5, 1)
    assert "1 rows could not be read" in printed.err
    assert "line 3: 1 columns" in (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8")
    rows = list(formats.read_bitext(tmp_path / "out" / "bitext.tsv"))
    assert [s.provenance for s in rows] == [str(corpus)] * 4 + [str(other)]
    assert (tmp_path / "out" / "README.md").is_file()


def test_an_export_that_is_killed_leaves_no_half_file(tmp_path):
    """A process that dies in the middle leaves a temporary file at most, never one with the final name."""
    import os
    import signal
    import subprocess
    import sys

    source = tmp_path / "long.tsv"
    source.write_text("fr\tvi\n" + "Oui, bien sûr.\tVâng, tất nhiên rồi.\n" * 1_000_000, encoding="utf-8")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "songngu", "export", str(source), "--out", str(out), "--formats", "jsonl"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while not (out.is_dir() and any(p.stat().st_size for p in out.iterdir())):
        assert process.poll() is None, "the export ended before it could be killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not [p for p in out.iterdir() if not p.name.endswith(".tmp")]


def test_a_tiny_marian_learns_from_the_exported_dataset(tmp_path):
    """The pieces fit: export, load_from_disk, tokenise, and a few steps of fine-tuning with falling loss."""
    datasets, transformers = pytest.importorskip("datasets"), pytest.importorskip("transformers")
    import torch

    rows = [Segment(f"le chat {i % 7}", f"con mèo {i % 7}", split="train" if i < 56 else "test") for i in range(64)]
    formats.write(Corpus("fr", "vi", rows), tmp_path, "hf")
    found = datasets.load_from_disk(str(tmp_path / "bitext.hf"))
    words = sorted({w for s in rows for w in f"{s.source_text} {s.target_text}".split()})
    ids = {word: i for i, word in enumerate(["<pad>", "</s>", *words])}

    def encode(record):
        texts = record["translation"]
        return {
            name: [ids[w] for w in texts[tag].split()] + [1] for name, tag in (("input_ids", "fr"), ("labels", "vi"))
        }

    ready = found.map(encode, remove_columns=found["train"].column_names)
    torch.manual_seed(0)
    size = dict.fromkeys(["encoder_layers", "decoder_layers", "encoder_attention_heads", "decoder_attention_heads"], 1)
    config = transformers.MarianConfig(
        vocab_size=len(ids), d_model=16, encoder_ffn_dim=16, decoder_ffn_dim=16, pad_token_id=0, eos_token_id=1,
        decoder_start_token_id=0, forced_eos_token_id=None, dropout=0.0, **size,
    )  # fmt: skip
    model = transformers.MarianMTModel(config)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    losses = []
    for _ in range(4):
        for batch in ready["train"].with_format("torch").iter(batch_size=8):
            optimiser.zero_grad()
            loss = model(input_ids=batch["input_ids"], labels=batch["labels"]).loss
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    assert losses[-1] < losses[0] / 2
    assert len(ready["test"]) == 8


@pytest.mark.parametrize(
    ("command", "content", "message"),
    [
        ("filter", "[filter]\nprset = 'strict'", "unknown setting 'prset'; choose from bounds, preset, without"),
        ("filter", "[filtr]\npreset = 'strict'", r"unknown table \[filtr\]; choose from \[build\]"),
        ("filter", "[filter.bounds]\ncopi = 1", "unknown filter 'copi'"),
        ("filter", "[filter.bounds]\ncopy = 'x'", "bound of copy must be a number"),
        ("filter", "[filter]\nwithout = 'copy'", "without is a list"),
        ("export", "[export]\nformat = 'tsv'", "unknown setting 'format'; choose from card,"),
        ("export", "[export]\nmin_confidence = 'high'", "min_confidence must be float"),
        ("export", "[export]\nnear = 2", "near-copies want a similarity"),
    ],
)
def test_settings_files_are_checked(command, content, message, corpus, tmp_path, capsys):
    import re

    path = tmp_path / "s.toml"
    path.write_text(content)
    assert main([command, str(corpus), "--out", str(tmp_path / "out"), "--settings", str(path)]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_settings_files_serve_both_commands_and_flags_win(corpus, tmp_path, capsys):
    path = tmp_path / "s.toml"
    path.write_text(
        "[filter]\npreset = 'recall'\nwithout = ['copy']\n[filter.bounds]\nlanguage = 0\n"
        "[export]\nformats = 'tsv,jsonl'\nname = 'both'\nmin_confidence = 0.95\nlicence = 'CC0-1.0'\ncard = true\n"
    )
    arguments = [str(corpus), "--settings", str(path)]
    assert main(["filter", *arguments, "--model", "none", "--report"]) == 0
    assert "4 of 4 segments kept (recall)" in capsys.readouterr().out
    assert main(["export", *arguments, "--out", str(tmp_path / "out"), "--min-confidence", "0.5", "--name", "b"]) == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {"b.tsv", "b.jsonl", "README.md"}
    assert len(list(formats.read_bitext(tmp_path / "out" / "b.tsv"))) == 4
    assert "license: cc0-1.0" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "kept"), [([], 3), (["--min-confidence", "0"], 4), (["--min-confidence", "0.95"], 0)]
)
def test_the_least_confidence_is_the_builds_unless_given(flags, kept, corpus, tmp_path, capsys):
    about = json.loads((corpus / "manifest.json").read_text())
    (corpus / "manifest.json").write_text(json.dumps(about | {"settings": {"min_confidence": 0.5}}))
    with (corpus / "beads.jsonl").open() as stream:
        lines = stream.read().splitlines()
    (corpus / "beads.jsonl").write_text(
        "\n".join([lines[0].replace('"confidence": 0.9', '"confidence": 0.2'), *lines[1:]])
    )
    assert main(["export", str(corpus), "--out", str(tmp_path / "out"), "--json", *flags]) == 0
    assert json.loads(capsys.readouterr().out)["segments"] == kept


@pytest.mark.parametrize(("form", "last"), [("tsv", "12 trong số 30"), ("tmx", "</tmx>"), ("jsonl", '"extra"')])
def test_one_text_format_goes_to_standard_output(form, last, corpus, tmp_path, capsys):
    other = tmp_path / "a.tsv"
    other.write_text(f"{GOOD[1][0]}\t{GOOD[1][1]}\tx\n", encoding="utf-8")
    languages = ["--source", "fr", "--target", "vi"]
    assert main(["export", str(other), "--out", "-", "--formats", form, *languages]) == 0
    printed = capsys.readouterr()
    assert last in printed.out.splitlines()[-1]
    assert "1 segments" in printed.err
    assert not list(tmp_path.glob("**/rejected.jsonl"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--formats", "parquet"], "standard output takes one format, uncompressed: tsv, jsonl, tmx"),
        (["--formats", "tsv,tmx"], "standard output takes one format"),
        (["--formats", "tsv.gz"], "standard output takes one format"),
        (["--formats", "moses"], "standard output takes one format"),
        (["--split", "0.8,0.1,0.1"], "need a folder"),
    ],
)
def test_what_standard_output_cannot_take_is_told(options, message, corpus, capsys):
    assert main(["export", str(corpus), "--out", "-", *options]) == 2
    assert message in capsys.readouterr().err


def test_a_killed_export_goes_on_and_gives_the_same_bytes(tmp_path):
    """SIGKILL in the middle of an export with deduplication and splits; the second call keeps the whole shards."""
    import os
    import signal
    import subprocess
    import sys

    source = tmp_path / "long.tsv"
    # digits vary the texts too little to tell them from near-copies, so they are words of their own
    rows = (
        f"a{i}\tb{i}\t" + "\t".join(f"{side}{i % 5800} " + f"{side}{i % 5800}x " * 5 for side in "fv")
        for i in range(6_000)
    )
    head = "fr\tvi\tsource\ttarget\n"
    source.write_text(head + "".join("\t".join([c[2], c[3], c[0], c[1]]) + "\n" for c in (r.split("\t") for r in rows)))

    def command(name: str) -> list[str]:
        options = [
            "--formats",
            "tsv,jsonl.gz",
            "--shard",
            "40",
            "--deduplicate",
            "pair",
            "--split",
            "0.8,0.1,0.1",
            "--resume",
        ]
        return [sys.executable, "-m", "songngu", "export", str(source), "--out", str(tmp_path / name), *options]

    subprocess.run(command("whole"), check=True, capture_output=True)
    process = subprocess.Popen(command("killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killed = tmp_path / "killed"
    while not (killed / "bitext-00001.train.tsv").exists():
        assert process.poll() is None, "the export ended before it could be killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    first = (killed / "bitext-00000.train.tsv").stat().st_mtime_ns
    subprocess.run(command("killed"), check=True, capture_output=True)
    assert (killed / "bitext-00000.train.tsv").stat().st_mtime_ns == first
    contents = [
        {p.name: p.read_bytes() for p in (tmp_path / name).iterdir() if p.name != ".export.json"}
        for name in ("whole", "killed")
    ]
    assert contents[0] == contents[1]
