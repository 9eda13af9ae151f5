"""Each filter removes what it is for and leaves good segments alone."""

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
