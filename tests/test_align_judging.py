"""Beads that compete are judged against each other: what is known of them, and what becomes of their chances."""

from dataclasses import replace

import numpy as np
import pytest
from songngu.align import judging, reading
from songngu.align.alignment import considered, decided
from songngu.align.evidence import EVIDENCE, WORDS
from songngu.models.calibration import Logistic

# (0)-(0), (0 1)-(0) which takes a line more, (1)-(0) which shares only the target line, and a bead elsewhere
SPANS = np.array([[0, 1, 0, 1], [0, 2, 0, 1], [1, 2, 0, 1], [5, 6, 7, 8]])
CHANCE = np.array([0.5, 0.3, 0.1, 0.6])


def _features(**said: list[float]) -> dict[str, np.ndarray]:
    rows = np.zeros((4, len(EVIDENCE) - WORDS + len(reading.FEATURES)))
    for name, values in said.items():
        rows[:, len(EVIDENCE) - WORDS + reading.FEATURES.index(name)] = values
    found = judging.compared(SPANS, CHANCE, CHANCE, np.array([99.0, 0, 0, -99]), rows, 0.5)
    assert found.shape == (4, len(judging.FEATURES))
    return dict(zip(judging.FEATURES, found.T, strict=True))


def test_the_words_come_first_in_what_is_said():
    start = judging.FEATURES.index("words_ahead")
    assert judging.FEATURES[start : start + len(EVIDENCE) - WORDS] == tuple(EVIDENCE[WORDS:])


def test_a_bead_is_compared_with_the_best_that_overlaps_it():
    found = _features(same=[4.0, 1.0, 5.0, 2.0])
    # all three share the target line; the last has no rivals
    assert found["ahead_same"].tolist() == [-1.0, -4.0, 1.0, 8.0]
    # (0)-(0) and (1)-(0) have no source line in common
    assert found["ahead_same_near"].tolist() == [3.0, -4.0, 4.0, 8.0]
    assert found["sentences"].tolist() == [0, 1, 0, 0]
    assert found["evidence"].tolist() == [2.0, 0.0, 0.0, -1.0]


def test_the_fewer_words_are_lost_the_further_a_bead_is_ahead():
    found = _features(lost=[0.5, 0.1, 0.5, 0.0])
    assert found["ahead_lost"][1] == pytest.approx(8 * 0.4)
    assert found["ahead_lost"][0] == pytest.approx(-8 * 0.4)


def test_rivals_are_added_up():
    taken = 1 / (1 + np.exp(-_features()["rivals"]))
    assert taken == pytest.approx([0.4, 0.6, 0.8, 0.01])


def test_only_beads_between_sure_and_hopeless_compete():
    assert judging.contested(np.array([0.0, 0.01, 0.02, 0.5, 0.999, 0.9995])).tolist() == [2, 3, 4]


def test_judging_counts_as_far_as_it_is_trusted():
    judge = Logistic({**dict.fromkeys(judging.FEATURES, 0.0), "chance": -1.0})
    known = np.zeros((2, len(judging.FEATURES)))
    known[:, 0] = np.log(CHANCE[:2] / (1 - CHANCE[:2]))
    full, half, none = (judging.judged(CHANCE, np.array([0, 1]), known, judge, weight) for weight in (1.0, 0.5, 0.0))
    assert full == pytest.approx([0.5, 0.7, 0.1, 0.6])
    assert half == pytest.approx([0.5, 0.5, 0.1, 0.6])
    assert none == pytest.approx(CHANCE)


def test_the_judge_decides_between_a_bead_and_one_with_a_line_more(builtin):
    source = [
        "Le conseil municipal a voté mardi la construction d'un nouveau pont sur le fleuve.",
        "Les travaux coûteront douze millions d'euros.",
        "La météo annonce de la pluie.",
    ]
    target = [
        "Hội đồng thành phố đã thông qua việc xây một cây cầu mới bắc qua sông, trị giá mười hai triệu euro.",
        "Đội bóng thành phố thắng trận đầu tiên của mùa giải.",
    ]
    state = considered(source, target, ("fr", "vi"), builtin)
    spans = state.estimate.found.spans
    wanted = [[0, 2, 0, 1], [0, 1, 0, 1]]
    places = [spans.tolist().index(span) for span in wanted]
    for sign in (1, -1):
        # a judge that looks at nothing but the number of sentences
        judge = Logistic({**dict.fromkeys(judging.FEATURES, 0.0), "sentences": 20.0 * sign}, -10.0 * sign)
        known = np.zeros((2, len(judging.FEATURES)))
        known[:, judging.FEATURES.index("sentences")] = (1, 0)
        asked = replace(state, contested=np.array(places), known=known, weight=1.0)
        assert [(b.source, b.target) for b in decided(asked, judge).beads] == [((0, 1) if sign > 0 else (0,), (0,))]
    assert [(b.source, b.target) for b in decided(state, None).beads] == [((0, 1), (0,))]
