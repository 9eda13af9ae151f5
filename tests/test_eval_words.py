"""Alignment error rate of word links: the paper's definition, both forms of file, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.errors import SongnguError, UsageError
from songngu.eval.words import Links, compare_words, score_words

LINKS = st.frozensets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


def test_known_case():
    gold = [Links(frozenset({(0, 0), (1, 1)}), frozenset({(0, 0), (1, 1), (2, 1)}))]
    score = score_words(gold, [[(0, 0), (2, 1), (3, 3)]])
    # A = 3 links, S = 2, |A∩S| = 1, |A∩P| = 2
    assert score.aer == pytest.approx(1 - 3 / 5)
    assert (score.precision, score.recall) == (2 / 3, 1 / 2)
    assert score.signature.startswith("pairs:1|bs:1000")


@given(LINKS, LINKS)
def test_bounds_and_f1_where_everything_is_sure(gold, found):
    score = score_words([gold], [found], samples=0)
    assert 0 <= score.aer <= 1
    if gold and found:
        p, r = score.precision, score.recall
        assert score.aer == pytest.approx(1 - (2 * p * r / (p + r) if p + r else 0))
    assert score_words([gold], [gold], samples=0).aer == 0


def test_both_forms_of_file(tmp_path):
    pharaoh, lines = tmp_path / "gold.txt", tmp_path / "gold.jsonl"
    pharaoh.write_text("0-0 1?1\n\n2-1:0.93\n", encoding="utf-8")
    lines.write_text(
        '{"sure": [[0, 0]], "possible": [[0, 0], [1, 1]]}\n{"links": []}\n{"links": [[2, 1, 0.93]]}\n', encoding="utf-8"
    )
    assert score_words(pharaoh, lines).aer == score_words(lines, pharaoh).aer == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "0-0\n0/1\n", "line 2: expected links such as"),
        ("a.jsonl", '{"x": 1}\n{}\n', "line 1: expected sure"),
        ("a.jsonl", '{"sure": [[0]]}\n{}\n', "line 1: expected links as"),
        ("a.txt", "0-0\n", "gold: 2 lines, found: 1 lines"),
    ],
)
def test_bad_files_are_named(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SongnguError, match=message):
        score_words([[], []], tmp_path / name)


def test_other_things_are_refused():
    with pytest.raises(UsageError, match="expected links"):
        score_words([3], [[]])


def test_systems_are_compared_pair_by_pair(tmp_path):
    texts = {
        "gold": "0-0 1?1 2-2\n0-0 1-1\n1-0\n" * 8,
        "good": "0-0 2-2\n0-0 1-1\n1-0\n" * 8,
        "bad": "0-1\n0-1\n1-0\n" * 8,
    }
    paths = {name: tmp_path / f"{name}.txt" for name in texts}
    for name, text in texts.items():
        paths[name].write_text(text, encoding="utf-8")
    found = compare_words(paths["gold"], {"good": paths["good"], "bad": paths["bad"]}, samples=200, trials=200)
    assert list(found) == ["bad"] and found["bad"].difference > 0.3
    assert found["bad"].p_bootstrap < 0.05 > found["bad"].p_randomisation and (found["bad"].effect or 0) > 0
    same = compare_words(paths["gold"], {"good": paths["good"], "twin": paths["good"]}, samples=50, trials=50)
    assert same["twin"].difference == 0 and same["twin"].p_bootstrap == 1.0
