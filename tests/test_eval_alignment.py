"""Alignment scores against an independent statement of the definitions, on random alignments and on small known
cases."""

import json
import random
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.core import Bead, Segment
from songngu.data.errors import SongnguError, UsageError
from songngu.eval.alignment import compare_alignments, score_alignment
from songngu.eval.beadcounts import components, counts
from songngu.eval.beads import Beads, _pieces, read


def reference_score(gold_documents, found_documents):
    """Strict and lax precision, recall and F1 as vecalign defines them, written down plainly (document name → set of
    beads)."""

    def hits(gold, test):
        links = defaultdict(set)
        for source, target in gold:
            for i in source:
                links[i].update(target)
        strict = sum(bead in gold for bead in test)
        lax = sum(
            (source, target) in gold or any(links[i] & set(target) for i in source if i in links)
            for source, target in test
        )
        return np.array([strict, lax, len(test)])

    def full(beads):
        return {bead for bead in beads if bead[0] and bead[1]}

    precision, recall = np.zeros(3), np.zeros(3)
    for name, gold in gold_documents.items():
        found = found_documents.get(name, set())
        precision += hits(gold, found)
        recall += hits(full(found), full(gold))
    scores = {}
    for k, name in enumerate(("strict", "lax")):
        p, r = precision[k] / max(precision[2], 1), recall[k] / max(recall[2], 1)
        scores[name] = (p, r, 2 * p * r / (p + r) if p + r else 0.0)
    return scores


def random_side(rng, count):
    """Some sentences cut into runs of up to three, in random order now and then."""
    cuts = sorted({0, count, *(rng.randrange(count + 1) for _ in range(count))}) if count else [0]
    runs = [tuple(range(a, b)) for a, b in pairwise(cuts)]
    if rng.random() < 0.5:
        rng.shuffle(runs)
    return runs


def random_alignment(rng, source_count, target_count):
    """Beads that use every sentence of both sides once, null beads included."""
    source, target = random_side(rng, source_count), random_side(rng, target_count)
    beads = set()
    while source or target:
        s = source.pop() if source and (rng.random() < 0.8 or not target) else ()
        t = target.pop() if target and (rng.random() < 0.8 or not s) else ()
        if s or t:
            beads.add((s, t))
    return beads


def perturbed(rng, beads):
    """The same alignment with some beads dropped, joined or cut at one side."""
    result = set()
    for source, target in beads:
        action = rng.random()
        if action < 0.15:
            continue
        if action < 0.3 and source and target:
            result |= {(source, ()), ((), target)}
        elif action < 0.4 and len(source) > 1:
            result |= {(source[:1], target), (source[1:], ())}
        else:
            result.add((source, target))
    return result


@pytest.mark.parametrize("seed", range(40))
def test_equals_the_definitions_on_random_alignments(seed):
    rng = random.Random(seed)
    gold, found = {}, {}
    for n in range(rng.randint(1, 4)):
        shape = rng.randint(0, 12), rng.randint(0, 12)
        gold[f"d{n}"] = random_alignment(rng, *shape)
        if rng.random() < 0.9 or n == 0:
            found[f"d{n}"] = perturbed(rng, gold[f"d{n}"]) | set(list(random_alignment(rng, *shape))[:3])
    score, expected = score_alignment(gold, found, samples=0), reference_score(gold, found)
    for mine, name in ((score.strict, "strict"), (score.lax, "lax")):
        assert (mine.precision, mine.recall, mine.f1) == pytest.approx(expected[name])


@pytest.mark.parametrize("seed", range(20))
def test_statistics_sum_over_the_parts_that_are_resampled(seed):
    rng = random.Random(seed)
    gold = Beads(frozenset(random_alignment(rng, 15, 12)))
    found = Beads(frozenset(perturbed(rng, random_alignment(rng, 15, 12))))
    parts = [counts(g, f) for g, (f,) in components(gold, [found])]
    assert np.sum(parts, axis=0).tolist() == counts(gold, found)


CASES = [
    # gold, found, strict (P, R), lax (P, R)
    ("[0]:[0]\n[1]:[1]", "[0]:[0]\n[1]:[1]", (1, 1), (1, 1)),
    ("[0, 1]:[0]", "[0]:[0]\n[1]:[]", (0, 0), (0.5, 1)),
    ("[0]:[0]\n[1]:[]", "[0]:[0]\n[1]:[]", (1, 1), (1, 1)),
    ("[0]:[0]\n[1]:[]", "[0]:[0]\n[1]:[1]", (0.5, 1), (0.5, 1)),
    ("[0]:[0]", "[0]:[1]", (0, 0), (0, 0)),
    ("[0]:[0]\n[1]:[1]", "", (0, 0), (0, 0)),
]


@pytest.mark.parametrize(("gold", "found", "strict", "lax"), CASES)
def test_small_known_cases(gold, found, strict, lax):
    score = score_alignment(gold, found or [], samples=0)
    assert (score.strict.precision, score.strict.recall) == strict
    assert (score.lax.precision, score.lax.recall) == lax


def test_a_bead_equal_to_itself_is_perfect_with_a_tight_interval():
    beads = [Bead((i,), (i,), confidence=0.9) for i in range(30)]
    score = score_alignment(beads, beads)
    assert score.strict.f1 == score.lax.f1 == 1
    assert score.strict.interval == (1, 1)
    assert score.aer == 0
    assert score.as_dict()["calibration"]["ece"] == pytest.approx(0.1)
    assert "docs:1" in score.signature


def test_possible_beads_are_right_when_found_and_not_missed_when_not():
    gold = "[0]:[0]\n[1]:[1]:P\n[2]:[2]:sure"
    with_it = score_alignment(gold, "[0]:[0]\n[1]:[1]", samples=0)
    without = score_alignment(gold, "[0]:[0]", samples=0)
    assert (with_it.strict.precision, with_it.strict.recall) == (1, 0.5)
    assert (without.strict.precision, without.strict.recall) == (1, 0.5)
    alone = score_alignment(gold.replace("P", "possible"), "[0]:[0]\n[1]:[]\n[]:[1]\n[2]:[]", samples=0)
    assert (alone.strict.precision, alone.strict.recall) == (3 / 4, 0.5)
    # A = 2 links, S = 2, |A∩S| = 1, |A∩P| = 2
    assert with_it.aer == pytest.approx(1 - 3 / 4)


def test_pairs_of_numbers_may_say_that_they_are_possible():
    found = "[0]:[0]\n[1]:[]\n[]:[1]"
    ladder = score_alignment("[0]:[0]\n[1]:[1]:possible", found, samples=0)
    pairs = score_alignment([((0,), (0,)), ((1,), (1,), "possible")], found, samples=0)
    assert (pairs.strict, pairs.lax, pairs.aer) == (ladder.strict, ladder.lax, ladder.aer)
    assert pairs.strict.recall == 1 and score_alignment([(0, 0), (1, 1)], found, samples=0).strict.recall == 0.5


def test_shapes_count_null_beads_both_ways():
    score = score_alignment("[0]:[0]\n[1, 2]:[1]\n[3]:[]", "[0]:[0]\n[1]:[1]\n[2]:[]\n[3]:[]", samples=0)
    assert score.shapes["1-1"].precision == 0.5
    assert score.shapes["2-1"].recall == 0
    assert score.shapes["1-0"].recall == 1


def write_forms(folder):
    """One alignment in every form that is read."""
    ladder = folder / "a.ladder"
    ladder.write_text("[0, 1]:[0]:0.93\n[2]:[1]\n[3]:[]\n", encoding="utf-8")
    tsv = folder / "a.tsv"
    tsv.write_text("0,1\t0\t0.93\n2\t1\n3\t\n", encoding="utf-8")
    headed = folder / "headed.tsv"
    headed.write_text(
        "source\ttarget\tsource_sentences\ttarget_sentences\nd\te\t0 1\t0\nd\te\t2\t1\nd\te\t3\t\n", encoding="utf-8"
    )
    jsonl = folder / "beads.jsonl"
    rows = [([0, 1], [0]), ([2], [1]), ([3], [])]
    jsonl.write_text(
        "".join(
            json.dumps({"source": "d", "target": "e", "source_sentences": s, "target_sentences": t}) + "\n"
            for s, t in rows
        ),
        encoding="utf-8",
    )
    ladders = folder / "ladders"
    ladders.mkdir()
    (ladders / "d-e.ladder").write_text(ladder.read_text(encoding="utf-8"), encoding="utf-8")
    segments = [
        Segment("t", "u", source_sentences=s, target_sentences=t) for s, t in (((0, 1), (0,)), ((2,), (1,)), ((3,), ()))
    ]
    return [
        ladder,
        str(ladder),
        ladder.read_text(encoding="utf-8"),
        tsv,
        headed,
        jsonl,
        folder,
        ladders,
        segments,
        [((0, 1), 0), (2, 1), (3, ())],
        {"d": [Bead((0, 1), (0,)), Bead((2,), (1,)), Bead((3,), ())]},
    ]


def test_every_form_of_an_alignment_is_the_same(tmp_path):
    gold = "[0, 1]:[0]\n[2]:[1]\n[3]:[]"
    for form in write_forms(tmp_path):
        assert score_alignment(gold, form, samples=0).strict.f1 == 1, form
        assert score_alignment(form, gold, samples=0).strict.f1 == 1, form


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.ladder", "[0]:[0]\nnonsense\n", "a.ladder, line 2: expected [sources]:[targets]"),
        ("a.ladder", "[0]:[x]\n", "line 1"),
        ("a.jsonl", '{"source_sentences": [0], "target_sentences": [0]}\n{"source_', "a.jsonl, line 2: not JSON"),
        ("a.jsonl", '{"source": "a"}\n', "a.jsonl, line 1: expected source_sentences"),
        ("a.tsv", "0\t0\nonly\n", "a.tsv, line 2"),
    ],
)
def test_a_malformed_line_is_named(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SongnguError, match="line") as error:
        score_alignment("[0]:[0]", path)
    assert message in str(error.value)


def test_a_missing_file_an_unknown_format_and_a_wrong_thing_are_named(tmp_path):
    with pytest.raises(SongnguError, match="no such file"):
        score_alignment(tmp_path / "none.ladder", "[0]:[0]")
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(UsageError, match=r"choose from \.ladder"):
        score_alignment(tmp_path / "a.docx", "[0]:[0]")
    with pytest.raises(UsageError, match="bead 0"):
        score_alignment([3], "[0]:[0]")


def test_a_duplicate_counts_once_and_is_noted():
    score = score_alignment("[0]:[0]", "[0]:[0]\n[0]:[0]\n", samples=0)
    assert score.strict.precision == 1
    assert "line 2: the same bead as in found, line 1" in score.notes[0]


def test_documents_are_matched_by_name_and_the_unmatched_are_noted():
    gold = {"a": [(0, 0)], "b": [(0, 0)]}
    score = score_alignment(gold, {"a": [(0, 0)], "c": [(0, 0)]}, samples=0)
    assert (score.strict.precision, score.strict.recall) == (1, 0.5)
    assert any("no alignment found for b" in note for note in score.notes)
    assert any("no gold for c" in note for note in score.notes)
    with pytest.raises(SongnguError, match="no document is in both"):
        score_alignment(gold, {"x": [(0, 0)], "y": [(0, 0)]})


def test_texts_are_compared_where_numbers_are_missing():
    gold = [
        Segment("Le vice-ministre a pris la parole à Séoul hier soir", "Thứ trưởng đã phát biểu tại Seoul tối qua"),
        Segment("Il est rentré", "Ông đã về nước"),
    ]
    joined = [
        Segment(
            "Le vice-ministre a pris la parole à Séoul hier soir Il est rentré",
            "Thứ trưởng đã phát biểu tại Seoul tối qua Ông đã về nước",
        )
    ]
    assert score_alignment(gold, gold, samples=0).strict.f1 == 1
    score = score_alignment(gold, joined, samples=0)
    assert score.strict.f1 == 0
    assert (score.lax.precision, score.lax.recall) == (1, 0.5)
    with pytest.raises(SongnguError, match="no texts"):
        score_alignment("[0]:[0]", gold)


SENTENCES = {
    "r-1": ["Titre à jeter.", "Il a parlé longtemps à Séoul, a dit hier le ministre.", "Il rentre."],
    "v": ["Ông đã phát biểu tại Seoul hôm qua.", "Ông về."],
}


@pytest.mark.parametrize(
    ("beads", "expected"),
    [
        # the found text lacks the title and has a dateline more
        (
            [
                ("Séoul - Il a parlé longtemps à Séoul, a dit hier le ministre.", SENTENCES["v"][0]),
                ("Il rentre.", "Ông về."),
            ],
            1,
        ),
        # both sentences in one bead
        ([(" ".join(SENTENCES["r-1"][1:]), " ".join(SENTENCES["v"]))], 0),
        # a sentence cut in two belongs to the bead that holds most of it
        ([("Il a parlé longtemps à Séoul, a dit hier", SENTENCES["v"][0]), ("le ministre. Il rentre.", "Ông về.")], 1),
    ],
)
def test_numbers_may_differ_where_the_sentences_are_given(beads, expected):
    found = [Segment(a, b, "r-1", "v", (n,), (n,)) for n, (a, b) in enumerate(beads)]
    score = score_alignment({"r-1-v": [(1, 0), (2, 1)]}, found, sentences=SENTENCES, samples=0)
    assert score.strict.f1 == expected
    assert score.lax.f1 == 1
    assert "numbers:by-text" in score.signature


def test_renumbering_needs_texts_and_sentences():
    gold = {"r-1-v": [(1, 0)]}
    with pytest.raises(SongnguError, match="no sentences are given"):
        score_alignment(gold, [Segment("a", "b", "r", "x", (0,), (0,))], sentences=SENTENCES)
    with pytest.raises(SongnguError, match="no texts"):
        score_alignment(gold, {"r-1-v": [(1, 0)]}, sentences=SENTENCES)


@given(st.text(max_size=60))
def test_pieces_of_text_are_never_lost(text):
    assert bool(_pieces(text)) == bool("".join(_pieces(text)).strip())


def test_comparing_a_system_with_itself_is_never_significant():
    rng = random.Random(3)
    gold = random_alignment(rng, 60, 60)
    system = perturbed(rng, gold)
    result = compare_alignments(list(gold), {"a": list(system), "same": list(system), "gold": list(gold)}, trials=1000)
    assert result.strict["same"].difference == 0
    assert result.strict["same"].p_randomisation > 0.9
    assert result.strict["same"].p_bootstrap > 0.9
    assert result.strict["gold"].p_randomisation < 0.05
    assert result.strict["gold"].interval[0] > 0


def test_shapes_and_the_error_rate_have_intervals_and_systems_effects():
    gold = [((i,), (i,)) for i in range(30)] + [((30 + 2 * i, 31 + 2 * i), (30 + i,)) for i in range(10)]
    worse = [bead if n % 3 else (bead[0], ((bead[1][0] + 60),)) for n, bead in enumerate(gold)]
    score = score_alignment(gold, worse, samples=200)
    assert score.aer_interval is not None and score.aer_interval[0] <= score.aer <= score.aer_interval[1]
    for shape in ("1-1", "2-1"):
        interval = score.shapes[shape].interval
        assert interval is not None and interval[0] <= score.shapes[shape].f1 <= interval[1]
    assert score_alignment(gold, worse, samples=0).shapes["1-1"].interval is None
    result = compare_alignments(gold, {"good": gold, "worse": worse}, samples=200, trials=200)
    assert result.aer["worse"].difference > 0 and (result.strict["worse"].effect or 0) < 0


def test_a_comparison_shows_where_a_system_wins_and_where_it_loses():
    gold = {"d": [((0,), (0,)), ((1, 2), (1,)), ((3,), (2,))], "e": [((0,), (0,))]}
    first = {"d": [((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), (2,))], "e": [((0,), (0,))]}
    second = {"d": [((0,), (0,)), ((1, 2), (1,)), ((3,), (4,))], "e": []}
    result = compare_alignments(gold, {"a": first, "b": second}, samples=10, trials=10)
    assert set(result.wins) == set(result.losses) == {"b"}
    (win,) = result.wins["b"]
    assert (win.document, win.difference) == ("d", 3)  # two wrong beads and a missed one less
    assert [(bead.source, bead.target, bead.right) for bead in win.baseline] == [
        ((1,), (1,), False),
        ((2,), (), False),
    ]
    assert [(bead.source, bead.target, bead.right) for bead in win.system] == [((1, 2), (1,), True)]
    assert win.gold == win.system
    assert [(loss.document, loss.difference) for loss in result.losses["b"]] == [("d", -2), ("e", -1)]
    assert result.losses["b"][1].system == ()
    few = compare_alignments(gold, {"a": first, "b": second}, samples=10, trials=10, examples=1)
    assert few.losses["b"] == result.losses["b"][:1]


@pytest.mark.parametrize("numbered", [True, False])
def test_examples_have_the_texts_that_are_known(numbered):
    def segments(*rows):
        numbers = [((i,), (j,)) if numbered else ((), ()) for i, j, _, _ in rows]
        return [Segment(a, b, "s", "t", *n) for n, (_, _, a, b) in zip(numbers, rows, strict=True)]

    good = segments((0, 0, "Il dort.", "Ông ngủ."), (1, 1, "Elle lit.", "Bà đọc."))
    bad = segments((0, 0, "Il dort.", "Ông ngủ."), (1, 0, "Elle lit.", "Ông ngủ."))
    result = compare_alignments(good, {"good": good, "bad": bad}, samples=10, trials=10)
    (loss,) = result.losses["bad"]
    wrong = [bead for bead in loss.system if not bead.right]
    assert [(bead.source_text, bead.target_text) for bead in wrong] == [("Elle lit.", "Ông ngủ.")]
    assert [bead.source for bead in wrong] == [(1,) if numbered else ()]
    without = compare_alignments("[0]:[0]", {"a": "[0]:[0]", "b": "[0]:[1]"}, samples=10, trials=10)
    assert without.losses["b"][0].gold[0].source_text is None


def test_a_big_alignment_is_scored_in_seconds():
    rng = random.Random(5)
    gold = {f"d{n}": [((i,), (i,)) for i in range(200)] for n in range(50)}
    found = {name: [bead for bead in beads if rng.random() > 0.1] for name, beads in gold.items()}
    score = score_alignment(gold, found)
    assert score.strict.interval is not None
    low, high = score.strict.interval
    assert low < score.strict.f1 < high
    assert "unit:documents" in score.signature


def test_reading_keeps_documents_without_beads(tmp_path):
    (tmp_path / "empty.ladder").write_text("", encoding="utf-8")
    (tmp_path / "one.ladder").write_text("[0]:[0]\n", encoding="utf-8")
    assert read(tmp_path).documents == ("empty", "one")
