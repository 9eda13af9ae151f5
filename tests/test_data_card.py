"""The dataset card is what the hub and `datasets` read, with a plot that is XML."""

import json

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (it has no types)
from songngu.data.card import CardSettings, card, confidence_plot
from songngu.data.core import Corpus, Segment
from songngu.data.exporting import ExportSettings, export, review_figures
from songngu.data.figures import figures
from songngu.data.plots import rows
from songngu.data.splits import SplitSettings

ROWS = [Segment(f"Phrase {i} | <x>.", f"Câu {i}.", f"a{i}", f"b{i}", confidence=1 - i / 60) for i in range(30)]
CORPUS = Corpus("fr", "vi", ROWS, ("run|1",), "align:1")


def test_the_card_says_what_it_must():
    settings = CardSettings(
        "Báo", ("CC-BY-4.0",), "@misc{x}", ("No sports.",), {"model": "builtin"}, {"checked": 20, "right": 19}
    )
    text = card(CORPUS, figures(CORPUS), ["bitext.parquet", "bitext.tsv"], settings)
    for wanted in (
        "language:\n- fr\n- vi",
        "- translation",
        "CC-BY-4.0",
        "`align:1`",
        "@misc{x}",
        "No sports.",
        "run\\|1",
        "about 75.8 %",
    ):
        assert wanted in text, wanted
    assert '    path:\n    - "bitext.parquet"' in text


def test_without_licences_the_card_warns():
    assert "None was given" in card(CORPUS, figures(CORPUS), [], CardSettings())


@pytest.mark.parametrize(
    "svg", [confidence_plot(figures(CORPUS)), rows("a<b", {"x&y": (1, 2)}, ("p", "q")), rows("none", {}, ("p", "q"))]
)
def test_plots_are_xml(svg):
    assert etree.fromstring(svg).tag.endswith("svg")


def test_load_dataset_finds_its_files_by_the_card(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    chosen = ExportSettings(split=SplitSettings((0.6, 0.2, 0.2), test_confidence=0.0), card=CardSettings())
    result = export([CORPUS], tmp_path / "out", "parquet,jsonl,tsv,hf,chat", chosen)
    found = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert set(found) == {"train", "validation", "test"}
    assert sum(map(len, found.values())) == result.segments


def test_figures_of_a_review_are_in_the_card(tmp_path):
    actions = ["confirm", "confirm", "link", "undo", "unlink", "confirm"]
    lines = [json.dumps({"source": "a", "target": "b", "action": action}) + "\n" for action in actions]
    (tmp_path / "review.jsonl").write_text("".join(lines))
    reviewed = Corpus("fr", "vi", ROWS, (str(tmp_path),))
    assert review_figures([tmp_path, tmp_path / "nowhere"]) == {"confirmed": 3, "corrected": 1, "share confirmed": 0.75}
    export([reviewed], tmp_path / "out", "tsv", ExportSettings(card=CardSettings()))
    assert "| share confirmed | 0.750 |" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
