"""Each filter removes what it is for and leaves good segments alone."""

from collections.abc import Mapping, Sequence

import pytest
from songngu.data import filters, scoring
from songngu.data.core import Corpus, Segment
from songngu.data.errors import UsageError
from songngu.data.filters import FilterSettings, judge, parse_bound
from songngu.data.lengths import UNKNOWN, norm

GOOD = [
    (
        "Le Premier ministre a reçu mercredi son homologue à Séoul.",
        "Thủ tướng đã tiếp người đồng cấp tại Seoul hôm thứ Tư.",
    ),
    ("« Oui », a-t-il dit, « c’est 1,5 million de dollars\xa0! »", "Ông nói: “Vâng, đó là 1,5 triệu USD!”"),
    ("Le 21 décembre, 12 des 30 maisons étaient inondées.", "Ngày 21/12, 12 trong số 30 căn nhà bị ngập."),
    ("La réunion a duré de 14 h à 16 h 30 à Hanoï.", "Cuộc họp diễn ra từ 14 giờ đến 16 giờ 30 tại Hà Nội."),
    ("L'animal pesant 250 kg a mutilé l'éleveur.", "Con lợn nặng 550 pound đã tấn công người nông dân."),
    ("Le meeting est prévu pour 19 h 00 ce samedi 29/9.", "Cuộc mít tinh bắt đầu lúc 7 giờ tối thứ Bảy, 29/09."),
    ("La secousse s'est produite à 05H36 à 28 km.", "Động đất xảy ra lúc 5h36, ở độ sâu 28 km."),
    ("Très, très bien, a répondu le président du comité.", "Rất, rất tốt, chủ tịch ủy ban trả lời."),
]
SOURCE, TARGET = GOOD[0]
BAD = [
    ("too_short", "Oui.", "Vâng."),
    ("too_long", "mot " * 200, "từ " * 200),
    ("copy", SOURCE, SOURCE),
    ("encoding", SOURCE, TARGET.encode().decode("latin-1")),
    ("encoding", "Le Premier ministre a re\ufffdu son homologue.", TARGET),
    ("alphabet", SOURCE, "Премьер-министр принял в среду своего коллегу в Сеуле."),
    ("punctuation", "1.2 : 3/4 - 5/6 === 7.8 (9)", "1.2 : 3/4 - 5/6 === 7.8 (9)"),
    ("markup", '<a href="https://a.example/page.html?x=1&y=2">Lire</a> la suite', "Đọc tiếp bài viết này ở đây."),
    ("boilerplate", "Voir plus", TARGET),
    ("repetition", SOURCE, "Thủ tướng đã tiếp " + "người đồng cấp " * 6),
    ("language", SOURCE, "The Prime Minister received his counterpart in Seoul on Wednesday."),
    ("length_ratio", f"{SOURCE} {GOOD[3][0]}", TARGET[:25]),
    ("numbers", "La maison a coûté 350 euros en 2019.", "Ngôi nhà có giá 850 euro vào năm 2019."),
    ("numbers", "Le séisme de magnitude 7,5 a fait 12 morts.", "Trận động đất 7,2 độ richter làm 12 người chết."),
    ("numbers", "Un joueur a le virus COVID-19.", "Một cầu thủ nhiễm vi-rút COVID-59."),
    ("numbers", "Il y a 300 km de côte au nord de Palu.", "Có 305 km (190 dặm) bờ biển về phía bắc của Palu."),
]


def reasons(source: str, target: str, settings: FilterSettings | None = None, **options) -> set[str]:
    (verdict,) = judge(Corpus("fr", "vi", [Segment(source, target)]), settings, **options)
    return {reason.filter for reason in verdict.reasons}


@pytest.mark.parametrize(("source", "target"), GOOD)
def test_good_segments_stay(source, target):
    assert reasons(source, target) == set()


@pytest.mark.parametrize(("name", "source", "target"), BAD)
def test_bad_segments_go_for_the_right_reason(name, source, target):
    assert name in reasons(source, target)


def test_strict_is_stricter_than_recall():
    for source, target in [*GOOD, *[(s, t) for _, s, t in BAD]]:
        found = [reasons(source, target, FilterSettings(preset)) for preset in filters.PRESETS]
        assert found[0] >= found[1] >= found[2]


@pytest.mark.parametrize(("confidence", "kept"), [(None, True), (0.5, True), (0.49, False)])
def test_confidence(confidence, kept):
    (verdict,) = judge(Corpus("fr", "vi", [Segment(SOURCE, TARGET, confidence=confidence)]))
    assert verdict.kept == kept


def test_models_are_injected():
    def similarity(segments):
        return [0.9 if s.target_text == TARGET else 0.0 for s in segments]

    def subwords(texts):
        return [len(text) // 4 for text in texts]

    assert reasons(SOURCE, TARGET, similarity=similarity, subwords=subwords) == set()
    assert reasons(SOURCE, GOOD[2][1], similarity=similarity, subwords=subwords) == {"meaning"}
    assert "subword_ratio" in reasons(SOURCE, "Thủ tướng.", similarity=similarity, subwords=subwords)


def neighbours(
    pairs: list[tuple[str, str]], ids: list[str], vectors: Mapping[str, Sequence[float]]
) -> list[float | None]:
    """The scores of segments whose texts have these vectors."""
    import numpy as np

    def of(segments):
        sides = ([vectors[s.source_text] for s in segments], [vectors[s.target_text] for s in segments])
        return np.array(sides[0], float), np.array(sides[1], float)

    batch = [Segment(a, b, i, i) for (a, b), i in zip(pairs, ids, strict=True)]
    known = {"language": [1.0] * len(batch)}
    context = scoring.Context("fr", "vi", vectors=of, known={**known, "copy": [float(a == b) for a, b in pairs]})
    return [None if score is None else round(score, 6) for score in scoring.neighbours(batch, context)]


AXES = {"f1": [1, 0, 0], "v1": [1, 0, 0], "f2": [0, 1, 0], "v2": [0, 1, 0], "f3": [0, 0, 1], "v3": [0, 0, 1]}


@pytest.mark.parametrize(
    ("pairs", "ids", "expected"),
    [
        ([("f1", "v1"), ("f2", "v2"), ("f3", "v3")], "aaa", [1, 1, 1]),
        ([("f1", "v2"), ("f2", "v3"), ("f3", "v3")], "aaa", [-1, -1, 1]),  # slipped: the partners stand next to it
        ([("f1", "v2"), ("f2", "v1")], "ab", [None, None]),  # other documents do not count
        ([("f1", "v1"), ("f1", "v1")], "aa", [None, None]),  # equal texts say nothing
        ([("f1", "v1"), ("f1", "f1")], "aa", [None, 0]),  # nor does a copy
        ([("f1", "v2")], "a", [None]),
    ],
)
def test_neighbours(pairs, ids, expected):
    assert neighbours(pairs, list(ids), AXES) == expected


def test_neighbours_see_both_ways_and_not_too_far():
    pairs = [("f1", "v2"), *[("f3", "v3")] * scoring._REACH, ("f2", "v2")]
    assert neighbours(pairs, ["a"] * len(pairs), AXES)[0] == 0
    pairs = [("f1", "v2"), *[("f3", "v3")] * (scoring._REACH - 1), ("f2", "v2")]
    found = neighbours(pairs, ["a"] * len(pairs), AXES)
    assert (found[0], found[-1]) == (-1, 1)


def test_the_estimate_is_asked_only_when_wanted():
    def estimate(segments):
        calls.append(len(segments))
        return [0.2] * len(segments)

    calls: list[int] = []
    assert reasons(SOURCE, TARGET, estimate=estimate) == set()
    assert not calls
    assert reasons(SOURCE, TARGET, FilterSettings(bounds={"estimate": 0.3}), estimate=estimate) == {"estimate"}
    assert calls == [1]


def test_settings_change_bounds_and_leave_filters_out():
    assert reasons(SOURCE, SOURCE, FilterSettings(without=("copy", "language"))) == set()
    assert "length_ratio" in reasons(SOURCE, TARGET, FilterSettings(bounds={"length_ratio": 0.0}))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FilterSettings("middling"), "unknown preset 'middling'"),
        (lambda: FilterSettings(without=("lenght_ratio",)), "unknown filter 'lenght_ratio'; choose from"),
        (lambda: parse_bound("lenght=1"), "unknown filter 'lenght'"),
        (lambda: parse_bound("copy=x"), "'copy=x' is no bound; write it as copy=NUMBER"),
    ],
)
def test_typos_are_errors(make, message):
    with pytest.raises(UsageError, match=message):
        make()


def test_a_pair_of_languages_in_the_other_direction_has_the_same_norm():
    there, back = norm("fr", "vi", "characters"), norm("vi", "fr", "characters")
    assert there != UNKNOWN
    assert there.deviation(120, 100) == pytest.approx(-back.deviation(100, 120))
    assert norm("fr", "de", "characters") == UNKNOWN


def test_every_filter_gives_a_score_for_odd_texts():
    odd = ["", " ", "\u200f", "🇻🇳", "a", "1", "!" * 50, "\x00", "e\u0301"]
    batch = [Segment(a, b) for a in odd for b in odd]
    context = scoring.Context("fr", "vi", lambda s: [0.0] * len(s), lambda t: [len(x) for x in t])
    for found in filters.filters().values():
        assert len(found.score(batch, context)) == len(batch), found.name
