"""Texts that retell each other freely get other weights than translations."""

import numpy as np
import pytest
from songngu.align.alignment import estimated
from songngu.align.decoding import Candidates, Estimate, clear
from songngu.align.weights import weights

LITERAL = (
    ["Le ministre a ouvert la réunion.", "Douze pays y participent.", "Elle finit vendredi."],
    ["Bộ trưởng đã khai mạc cuộc họp.", "Mười hai nước tham dự.", "Cuộc họp kết thúc vào thứ Sáu."],
)
FREE = (
    [
        "Le maire a inauguré lundi la passerelle, longue de 300 mètres.",
        "Les travaux avaient pris deux ans de retard, a-t-il reconnu.",
        "Une fanfare a joué.",
    ],
    [
        "Chậm hai năm so với kế hoạch, cây cầu đi bộ dài 300 m cuối cùng cũng được thị trưởng cắt băng khánh thành hôm 3/3.",
        "Người dân chờ đợi công trình này từ lâu.",
        "Chi phí lên tới 40 triệu euro, gấp rưỡi dự toán ban đầu.",
    ],
)


def estimate_of(chances):
    places = np.array([[k, k, 0] for k in range(len(chances))], dtype=np.int64).reshape(-1, 3)
    found = Candidates(np.arange(len(chances)), places, np.zeros((len(chances), 1)), np.zeros(len(chances)))
    return Estimate(found, np.array(chances), 0.0, np.zeros(1), weights("joint", words=True))


def test_clear_is_the_share_of_partners_that_are_sure():
    assert clear(estimate_of([1.0, 1.0, 1.0])) == 1
    assert clear(estimate_of([0.5, 0.5, 0.5, 0.5])) == pytest.approx(1 / 5)
    assert clear(estimate_of([])) == 1  # nothing says that these texts are free
    assert clear(estimate_of([1.0, 0.5, 0.5])) == pytest.approx(3 / 5)


def test_weights_are_mixed_by_the_share():
    joint, free = weights("joint", words=True), weights("free", words=True)
    assert joint.towards(free, 0.0).vector() == pytest.approx(joint.vector())
    assert joint.towards(free, 1.0).vector() == pytest.approx(free.vector())
    half = joint.towards(free, 0.5)
    assert half.open == pytest.approx((joint.open + free.open) / 2)
    assert half.rates == pytest.approx([(a + b) / 2 for a, b in zip(joint.rates, free.rates, strict=True)])
    assert half.firmness == joint.firmness


@pytest.mark.parametrize(("texts", "free"), [(LITERAL, False), (FREE, True)])
def test_only_free_texts_are_weighed_anew(texts, free, builtin):
    found = estimated(texts[0], texts[1], ("fr", "vi"), builtin)[1]
    assert (found.weights != weights("joint", words=True)) == free
