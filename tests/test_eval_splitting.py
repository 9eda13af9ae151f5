"""Boundary scores: known cases, the pooled definition, every form of input, and what is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.errors import SongnguError
from songngu.eval.splitting import boundaries, score_split

GOLD = [["Un.", "Deux trois.", "Quatre."], ["Một hai.", "Ba."]]


@pytest.mark.parametrize(
    ("found", "precision", "recall"),
    [
        (GOLD, 1, 1),
        ([["Un. Deux trois.", "Quatre."], ["Một hai. Ba."]], 1, 1 / 3),
        ([["Un.", "Deux", "trois.", "Quatre."], ["Một hai.", "Ba."]], 3 / 4, 1),
        ([["Un.Deux  trois. Quatre."], ["Một\thai. Ba."]], 0, 0),
    ],
)
def test_known_cases(found, precision, recall):
    score = score_split(GOLD, found)
    assert (score.boundaries.precision, score.boundaries.recall) == (precision, recall)


def test_pooling_sums_over_documents():
    score = score_split(GOLD, [["Un. Deux trois.", "Quatre."], ["Một hai.", "Ba."]])
    assert (score.boundaries.hits, score.boundaries.found, score.boundaries.gold) == (2, 2, 3)
    assert (score.right_documents, score.documents) == (1, 2)
    assert score.signature.startswith("docs:2|offsets:non-space|bs:1000")


@given(st.lists(st.text(alphabet="ab. \n\té", max_size=9), max_size=8))
def test_spacing_never_matters(sentences):
    spaced = [f"  {sentence}\n" for sentence in sentences]
    assert boundaries(sentences) == boundaries(spaced)
    assert score_split([sentences], [spaced], samples=0).boundaries.hits == len(boundaries(sentences)[0])


def test_plain_text_is_compared_with_all_documents_in_a_row(tmp_path):
    gold = tmp_path / "fr.jsonl"
    gold.write_text("".join(json.dumps({"sentences": s}, ensure_ascii=False) + "\n" for s in GOLD), encoding="utf-8")
    lines = tmp_path / "fr.txt"
    lines.write_text("\n".join(s for document in GOLD for s in document) + "\n", encoding="utf-8")
    assert score_split(gold, lines).boundaries.f1 == 1
    # a sentence that runs over a document's end is no error, as a document's end is not counted
    lines.write_text("Un.\nDeux trois.\nQuatre. Một hai.\nBa.\n", encoding="utf-8")
    assert score_split(gold, lines).boundaries.f1 == 1


def test_offsets_and_build_records_are_read(tmp_path):
    gold = tmp_path / "offsets.jsonl"
    gold.write_text('{"text": "Un. Deux.", "sentences": [[0, 3], {"start": 4, "end": 9}]}\n', encoding="utf-8")
    found = tmp_path / "documents.jsonl"
    found.write_text(
        '{"sentences": [{"start": 0, "end": 3, "text": "Un."}, {"start": 4, "end": 9, "text": "Deux."}]}\n'
    )
    assert score_split(gold, found).boundaries.f1 == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"sentences": ["Un."]}\n{"sent', "line 2: not JSON"),
        ('{"text": "Un."}\n', "line 1: expected sentences"),
        ('{"sentences": [7]}\n', "a sentence is a text or offsets"),
        ("[1]\n", "expected an object"),
    ],
)
def test_bad_records_are_named(tmp_path, text, message):
    path = tmp_path / "gold.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SongnguError, match=message):
        score_split(path, [["Un."]])


def test_other_text_and_other_counts_are_named():
    with pytest.raises(SongnguError, match=r"document 1: the texts differ: character 2 is '\.' in the gold and '!'"):
        score_split([["Un."]], [["Un!!"]])
    with pytest.raises(SongnguError, match="2 documents, the other has 3"):
        score_split(GOLD, [*GOLD, ["Un."]])


def test_nothing_at_all_is_a_score_of_zero():
    assert score_split([], []).boundaries.f1 == 0
    assert score_split([[]], [[]]).boundaries.f1 == 0
