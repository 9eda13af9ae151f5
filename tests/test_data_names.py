"""Names: one key in every language, in tables of (text, keys)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.names import key, names, parts


def keys(text: str, language: str) -> list[str]:
    return [n.key for n in names(text, language) if not n.weak]


@pytest.mark.parametrize(
    ("one", "language", "other", "other_language", "expected"),
    [
        ("en Corée du Sud", "fr", "tại Hàn Quốc", "vi", "KR"),
        ("en République de Corée", "fr", "in South Korea", "en", "KR"),
        ("la délégation sud-coréenne", "fr", "đoàn Hàn Quốc", "vi", "KR"),
        ("les dirigeants nord-coréens", "fr", "lãnh đạo Triều Tiên", "vi", "KP"),
        ("aux États-Unis", "fr", "tại Hoa Kỳ", "vi", "US"),
        ("aux Etats-Unis", "fr", "ở Mỹ", "vi", "US"),
        ("le président américain", "fr", "the American president", "en", "US"),
        ("au Royaume-Uni", "fr", "tại Vương quốc Anh", "vi", "GB"),
        ("en Côte d’Ivoire", "fr", "in Côte d'Ivoire", "en", "CI"),
        ("les Pays-Bas", "fr", "nước Hà Lan", "vi", "NL"),
        ("le Vietnam", "fr", "nước Việt Nam", "vi", "VN"),
        ("à Séoul", "fr", "thủ đô Seoul", "vi", "seoul"),
        ("à Pékin", "fr", "tại Bắc Kinh", "vi", "beijing"),
        ("à Hanoï", "fr", "tại Hà Nội", "vi", "hanoi"),
        ("Hô Chi Minh-Ville", "fr", "TP. Hồ Chí Minh", "vi", "hochiminhcity"),
        ("auprès de l'ONU", "fr", "của Liên hợp quốc", "vi", "UN"),
        ("l’Union européenne", "fr", "với EU", "vi", "EU"),
        ("Le général Nguyen Chi Vinh", "fr", "Thượng tướng Nguyễn Chí Vịnh", "vi", "nguyenchivinh"),
        ("avec Judy Thomas", "fr", "gặp bà Judy Thomas", "vi", "judythomas"),
        ("par Park Jae-min", "fr", "ông Park Jae-min", "vi", "parkjaemin"),
        ("la COVID-19", "fr", "dịch COVID-19", "vi", "COVID19"),
        ("le PIB", "fr", "tăng trưởng GDP", "vi", "GDP"),
        ("dans l'océan Pacifique", "fr", "ở Thái Bình Dương", "vi", "pacific"),
        ("au bord de la Méditerranée", "fr", "bên bờ Địa Trung Hải", "vi", "mediterranean"),
        ("die Vereinten Nationen", "de", "the United Nations", "en", "UN"),
    ],
)
def test_one_key_for_both_languages(one, language, other, other_language, expected):
    assert keys(one, language) == [expected]
    assert keys(other, other_language) == [expected]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Le vice-ministre de la Défense Nguyen Chi Vinh a parlé.", "fr", ["nguyenchivinh"]),
        ("Ngoại trưởng Nga Sergei Lavrov", "vi", ["RU", "sergeilavrov"]),
        ("Tổng thống Mỹ Donald Trump", "vi", ["US", "donaldtrump"]),
        ("bà Nguyễn Thị Mỹ Linh", "vi", ["nguyenthimylinh"]),
        ("ông Trần Đức Anh", "vi", ["tranducanh"]),
        ("Một Nông Dân Trung Quốc", "vi", ["nongdan", "CN"]),
        ("Tổng Thống Trump", "vi", ["trump"]),
        ("Theo Bộ Quốc phòng Việt Nam", "vi", ["VN"]),
        ("Elle a dit. Selon lui, tout va bien.", "fr", []),
        ("M. Macron et Mme Merkel", "fr", ["macron", "merkel"]),
        ("Ursula von der Leyen et J. K. Rowling", "fr", ["ursulavonderleyen", "jkrowling"]),
        ("le XXIe siècle, Louis XIV", "fr", ["louisxiv"]),
        ("LE PRÉSIDENT PARLE AUX FRANÇAIS CE SOIR", "fr", []),
        ("un accord franco-vietnamien", "fr", ["VN"]),
        ("", "fr", []),
    ],
)
def test_what_is_a_name(text, language, expected):
    assert keys(text, language) == expected


def test_a_word_at_the_start_of_a_sentence_is_weak_unless_it_is_seen_elsewhere():
    assert [(n.key, n.weak) for n in names("Macron parle.", "fr")] == [("macron", True)]
    assert [(n.key, n.weak) for n in names("Macron parle. Et Macron se tait.", "fr")] == [("macron", False)] * 2


def test_a_language_without_a_table_has_cldr_and_capitals():
    assert keys("ieri in Corea del Sud con Judy Thomas", "it") == ["KR", "judythomas"]


def test_keys_and_parts():
    assert key("Nguyễn Chí Vịnh") == key("Nguyen Chi-Vinh") == "nguyenchivinh"
    assert parts("Nguyễn Chí Vịnh") == ("nguyen", "chi", "vinh")


@given(st.text(alphabet="AÉNguyễn ThịĐứcONU-'’.\n9États-Unis", max_size=80))
def test_spans_are_ordered_and_inside_the_text(text):
    for language in ("fr", "vi", "en", "de"):
        end = 0
        for name in names(text, language):
            assert end <= name.start < name.end <= len(text)
            assert name.key
            end = name.end
