"""`songngu score`: every kind prints a table or JSON, messages go to standard error, misuse is 2 and failed work 1."""

import json
from xml.etree import ElementTree

import pytest
from songngu.cli.main import main

LADDER = "[0, 1]:[0]:0.93\n[2]:[1]:0.7\n[3]:[]\n"


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "gold.ladder": LADDER,
        "found.ladder": LADDER.replace("[2]:[1]", "[2]:[2]"),
        "same.ladder": LADDER,
        "gold.tsv": "a\tx\nb\ty\n",
        "pairs.jsonl": '{"source": "a", "target": "x", "score": 1.0, "confidence": 0.9}\n',
        "split.jsonl": '{"text": "Il dort. Elle lit.", "sentences": ["Il dort.", "Elle lit."], "lang": "fr"}\n',
        "split.txt": "Il dort.\nElle lit.\n",
        "ref.vi": "Ông đã về nước.\nHai bên hợp tác.\n",
        "a.vi": "Ông về nước.\nHai bên hợp tác.\n",
        "b.vi": "Ông đã về nước.\nHai bên.\n",
        "short.vi": "Một.\n",
        "sentences.jsonl": '{"id": "a", "sentences": ["Il dort."]}\n',
        "labels": "x\ny\n",
        "gold.words": "0-0 1?1\n",
        "found.words": "0-0 1-1\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


CALLS = [
    (["alignment", "gold.ladder", "found.ladder", "--by", "document"], "strict"),
    (["alignment", "gold.ladder", "same.ladder", "found.ladder"], "AER"),
    (["alignment", "gold.ladder", "same.ladder", "found.ladder", "--by", "document"], "found: [2]:[2] (wrong)"),
    (["alignment", "gold.ladder", "same.ladder", "found.ladder", "--sentences", "sentences.jsonl"], "found loses"),
    (["alignment", "gold.words", "found.words", "--words"], "AER"),
    (["pair", "gold.tsv", "pairs.jsonl"], "missed: b – y"),
    (["split", "split.jsonl", "split.txt"], "boundaries"),
    (["split", "split.jsonl"], "1 of 1 documents"),
    (["translation", "--ref", "ref.vi", "--hyp", "a.vi", "--by", "length", "--sentences"], "BLEU"),
    (["translation", "--ref", "ref.vi", "--hyp", "a.vi", "--by", "labels", "--metrics", "chrf++,edit"], "chrF2++"),
    (
        ["translation", "--ref", "ref.vi", "--ref", "b.vi", "--hyp", "a.vi", "--hyp", "b.vi", "--source", "a.vi"],
        "b wins",
    ),
]


def arguments(call, folder):
    return ["score", call[0], *(str(folder / a) if (folder / a).is_file() else a for a in call[1:])]


@pytest.mark.parametrize(("call", "shown"), CALLS)
@pytest.mark.parametrize("form", ["text", "markdown", "latex", "tsv", "json"])
def test_prints(capsys, folder, call, shown, form):
    extra = ["--json"] if form == "json" else ["--format", form]
    assert main([*arguments(call, folder), *extra, "--samples", "50", "--quiet"]) == 0
    output = capsys.readouterr()
    if form == "json":
        assert json.loads(output.out)
    else:
        assert shown in output.out
        assert "v:0." in output.out or "version:" in output.out or "songngu:" in output.out
    assert output.err == ""


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (["alignment", "gold.ladder", "none.ladder"], 1, "no such file"),
        (["alignment", "gold.ladder"], 2, "required"),
        (["alignment", "gold.ladder", "gold.ladder", "gold.ladder"], 2, "the same file twice"),
        (["translation", "--ref", "ref.vi", "--hyp", "short.vi"], 1, "hyp: 1 lines, ref: 2 lines"),
        (["translation", "--ref", "ref.vi", "--hyp", "a.vi", "--metrics", "bleux"], 2, "choose from"),
        (["translation", "--ref", "ref.vi", "--hyp", "a.vi", "--by", "short.vi"], 1, "its label"),
        (["translation", "--ref", "ref.vi"], 2, "--ref and --hyp are required"),
        (["translation", "--corpus", ".", "--ref", "ref.vi"], 2, "brings its own references"),
        (["nonsense"], 2, "invalid choice"),
        ([], 2, "required"),
    ],
)
def test_errors_have_a_message_and_a_code(capsys, folder, call, code, message):
    assert main(arguments(call, folder) if call else ["score"]) == code
    output = capsys.readouterr()
    assert message in output.err
    assert output.out == ""


def test_notes_go_to_standard_error(capsys, folder):
    (folder / "twice.ladder").write_text(LADDER + "[2]:[1]\n", encoding="utf-8")
    assert main(arguments(["alignment", "gold.ladder", "twice.ladder"], folder)) == 0
    output = capsys.readouterr()
    assert "twice.ladder, line 4: the same bead" in output.err
    assert "strict" in output.out


def test_a_reliability_plot_is_written_whole_or_not_at_all(capsys, folder):
    plot = folder / "plot.svg"
    assert main([*arguments(["pair", "gold.tsv", "pairs.jsonl"], folder), "--plot", str(plot)]) == 0
    root = ElementTree.parse(plot).getroot()
    assert root.tag.endswith("svg")
    assert "ECE 0.100, 1 judged" in "".join(root.itertext())
    (folder / "bare.jsonl").write_text('{"source": "a", "target": "x"}\n', encoding="utf-8")
    other = folder / "other.svg"
    assert main([*arguments(["pair", "gold.tsv", "bare.jsonl"], folder), "--plot", str(other)]) == 1
    assert "has no confidences" in capsys.readouterr().err
    assert not other.exists()


def test_examples_of_alignments_show_the_texts(capsys, folder):
    texts = {"s": ["Il dort.", "Elle lit.", "Fin."], "t": ["Ông ngủ.", "Bà đọc."]}
    lines = [json.dumps({"id": name, "sentences": some}, ensure_ascii=False) for name, some in texts.items()]
    (folder / "sentences.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "s-t.ladder").write_text("[0]:[0]\n[1]:[1]\n[2]:[]\n", encoding="utf-8")
    (folder / "a.ladder").write_text("[0]:[0]\n[1]:[1]\n[2]:[]\n", encoding="utf-8")
    (folder / "b.ladder").write_text("[0]:[0]\n[2]:[1]\n", encoding="utf-8")
    call = ["alignment", "s-t.ladder", "a.ladder", "b.ladder", "--sentences", "sentences.jsonl"]
    assert main([*arguments(call, folder), "--samples", "50"]) == 0
    assert (
        "b loses in s-t by 2 errors\n"
        "  gold: [1]:[1] Elle lit. = Bà đọc.\n"
        "  gold: [2]:[] Fin. = –\n"
        "  a: [1]:[1] Elle lit. = Bà đọc.\n"
        "  a: [2]:[] Fin. = –\n"
        "  b: [2]:[1] (wrong) Fin. = Bà đọc.\n"
    ) in capsys.readouterr().out
    assert main([*arguments(call, folder), "--samples", "50", "--examples", "0"]) == 0
    assert "loses" not in capsys.readouterr().out
