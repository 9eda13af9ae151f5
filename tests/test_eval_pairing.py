"""Pair scores: known cases, every form of input, possible pairs, calibration, and what is refused."""

import pytest
from songngu.data.core import Corpus, DocumentPair, Segment
from songngu.data.errors import SongnguError, UsageError
from songngu.data.formats import write
from songngu.eval.calibration import calibration
from songngu.eval.pairing import score_pairs

GOLD = [("a", "x"), ("b", "y"), ("c", "z")]


def test_known_case_names_what_is_wrong_and_missed():
    score = score_pairs(GOLD, [("a", "x"), ("b", "z")])
    assert (score.pairs.precision, score.pairs.recall) == (1 / 2, 1 / 3)
    assert score.wrong == (("b", "z"),)
    assert score.missed == (("b", "y"), ("c", "z"))
    assert score.signature.startswith("pairs:3|bs:1000")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.tsv", "source\ttarget\na\tx\nb\ty\nc\tz\n"),
        ("p.txt", "a\tx\t0.9\nb\ty\t1\nc\tz\t0\n"),
        ("pairs.jsonl", "".join(f'{{"source": "{s}", "target": "{t}", "confidence": 0.9}}\n' for s, t in GOLD)),
    ],
)
def test_forms(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert score_pairs(GOLD, path).pairs.f1 == 1
    if name == "pairs.jsonl":
        assert score_pairs(path, tmp_path).as_dict()["calibration"]["ece"] == pytest.approx(0.1)


def test_a_bitext_names_the_pairs_that_its_segments_come_from(tmp_path):
    segments = [Segment("Un.", "Một.", a, b, confidence=0.9) for a, b in (*GOLD, *GOLD)]
    write(Corpus("fr", "vi", segments), tmp_path, ["tmx"])
    assert score_pairs(GOLD, tmp_path / "bitext.tmx").pairs.f1 == 1
    write(Corpus("fr", "vi", [Segment("Un.", "Một.")]), tmp_path, ["tmx"], name="bare")
    with pytest.raises(SongnguError, match="do not say which documents"):
        score_pairs(GOLD, tmp_path / "bare.tmx")


def test_possible_pairs_are_right_when_found_and_not_missed_when_not(tmp_path):
    gold = tmp_path / "gold.tsv"
    gold.write_text("a\tx\nb\ty\tP\n", encoding="utf-8")
    for found in ([("a", "x")], [("a", "x"), ("b", "y")]):
        assert score_pairs(gold, found).pairs.f1 == 1


def test_confidences_and_duplicates():
    found = [DocumentPair("a", "x", 1.2, 0.9), DocumentPair("a", "x", 1.2, 0.9), DocumentPair("a", "y", 0.2, 0.4)]
    score = score_pairs(GOLD, found)
    assert score.confidences == ((0.9, True), (0.4, False))
    assert "pair 1: the same pair as in found, pair 0" in score.notes[0]


def test_bad_input_is_named(tmp_path):
    path = tmp_path / "p.tsv"
    path.write_text("a\tx\nonly\n", encoding="utf-8")
    with pytest.raises(SongnguError, match="line 2: expected two ids"):
        score_pairs(path, GOLD)
    with pytest.raises(SongnguError, match="no such file"):
        score_pairs(tmp_path / "none.tsv", GOLD)
    with pytest.raises(UsageError, match="pair 0"):
        score_pairs([7], GOLD)
    (tmp_path / "bad.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SongnguError, match="not UTF-8"):
        score_pairs(tmp_path / "bad.tsv", GOLD)


@pytest.mark.parametrize(
    ("judged", "ece"),
    [
        ([], 0),
        ([(1.0, True)] * 10, 0),
        ([(0.9, True)] * 5 + [(0.9, False)] * 5, 0.4),
        ([(0.25, True)] + [(0.25, False)] * 3, 0),
    ],
)
def test_calibration_error(judged, ece):
    result = calibration(judged)
    assert result.ece == pytest.approx(ece)
    assert result.count == len(judged) == sum(b.count for b in result.bins)
