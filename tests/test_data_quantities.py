"""Numbers in digits and words, units, ordinals and times, in tables of (text, what is read)."""

from decimal import Decimal
from operator import methodcaller

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.languages import tables
from songngu.data.quantities import Quantity, agree, quantities


def read(text: str, language: str) -> list[tuple[str, str | None]]:
    return [(f"{q.value.normalize():f}", q.unit) for q in quantities(text, language) if not q.weak]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Il a payé 1 234,5 euros.", "fr", [("1234.5", "EUR")]),
        ("Il a payé 1\u202f234,5\u00a0€.", "fr", [("1234.5", "EUR")]),
        ("1.234,5 euros", "fr", [("1234.5", "EUR")]),
        ("1,234.5", "en", [("1234.5", None)]),
        ("$1,234.5", "en", [("1234.5", "USD")]),
        ("1.234,5", "vi", [("1234.5", None)]),
        ("2.000 tỷ đồng", "vi", [("2000000000000", "VND")]),
        ("2 000 milliards de dongs", "fr", [("2000000000000", "VND")]),
        ("gần 20 nghìn tỷ đồng", "vi", [("20000000000000", "VND")]),
        ("3 tỷ 500 triệu đồng", "vi", [("3500000000", "VND")]),
        ("1,5 triệu USD", "vi", [("1500000", "USD")]),
        ("1,5 million de dollars américains", "fr", [("1500000", "USD")]),
        ("US$3.2 billion", "en", [("3200000000", "USD")]),
        ("she is 72 years old", "en", [("72", "year")]),
        ("a male approximately 72-years-old", "en", [("72", "year")]),
        ("3,2 Milliarden Euro", "de", [("3200000000", "EUR")]),
        ("une hausse de 7,1% en rythme annuel", "fr", [("7.1", "percent")]),
        ("tăng 7,1 phần trăm", "vi", [("7.1", "percent")]),
        ("sept pour cent", "fr", [("7", "percent")]),
        ("à 12 km de la ville", "fr", [("12", "km")]),
        ("12km", "vi", [("12", "km")]),
        ("une dette de 2 Md$", "fr", [("2000000000", "USD")]),
        ("2Md€", "fr", [("2000000000", "EUR")]),
        ("une puissance de 40 kW", "fr", [("40", "kW")]),
        ("il mesure 1 m 88", "fr", [("1.88", "m")]),
        ("cao 1m88", "vi", [("1.88", "m")]),
        ("cao 1 mét 65", "vi", [("1.65", "m")]),
        ("le 10 m 20 fois", "fr", [("10", None), ("20", None)]),
        ("deux siècles", "fr", [("2", "century")]),
        ("sur un an", "fr", [("1", "year")]),
        ("une vitesse de 120 km/h", "fr", [("120", "km-h")]),
        ("500 ha de rizières", "fr", [("500", "ha")]),
        ("diện tích 500 héc-ta", "vi", [("500", "ha")]),
        ("32 ans", "fr", [("32", "year")]),
        ("32 tuổi", "vi", [("32", "year")]),
        ("39°C", "vi", [("39", "celsius")]),
        ("39 độ C", "vi", [("39", "celsius")]),
        ("200 000 passagers", "fr", [("200000", None)]),
        ("de 5 à 10 cm", "fr", [("5", "cm"), ("10", "cm")]),
        ("2 đến 4 inch", "vi", [("2", "in"), ("4", "in")]),
        ("10-15 triệu đồng", "vi", [("10", "VND"), ("15000000", "VND")]),
        ("30,000 người", "vi", [("30000", None)]),
        ("en 2019 300 personnes", "fr", [("2019", None), ("300", None)]),
    ],
)
def test_digits(text, language, expected):
    assert read(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("vingt et un", "fr", 21),
        ("vingt-et-un", "fr", 21),
        ("soixante-dix", "fr", 70),
        ("soixante et onze", "fr", 71),
        ("quatre-vingts", "fr", 80),
        ("quatre-vingt-dix-sept", "fr", 97),
        ("cent", "fr", 100),
        ("deux cent trente-cinq", "fr", 235),
        ("mille", "fr", 1000),
        ("mille cent", "fr", 1100),
        ("deux mille trois cents", "fr", 2300),
        ("trois cent mille", "fr", 300_000),
        ("un million deux cent mille", "fr", 1_200_000),
        ("deux millions et demi", "fr", 2_500_000),
        ("trois milliards", "fr", 3_000_000_000),
        ("une dizaine", "fr", 10),
        ("une dizaine de millions", "fr", 10_000_000),
        ("mười", "vi", 10),
        ("mười lăm", "vi", 15),
        ("hai mươi", "vi", 20),
        ("hai mươi mốt", "vi", 21),
        ("ba mươi tư", "vi", 34),
        ("một trăm linh năm", "vi", 105),
        ("hai trăm ba mươi lăm", "vi", 235),
        ("hai nghìn ba trăm", "vi", 2300),
        ("hai nghìn năm trăm", "vi", 2500),
        ("ba trăm nghìn", "vi", 300_000),
        ("một triệu hai trăm nghìn", "vi", 1_200_000),
        ("hai triệu rưỡi", "vi", 2_500_000),
        ("ba tỷ", "vi", 3_000_000_000),
        ("năm mươi", "vi", 50),
        ("năm vạn", "vi", 50_000),
        ("twenty-one", "en", 21),
        ("two hundred and thirty-five", "en", 235),
        ("a hundred", "en", 100),
        ("three hundred thousand", "en", 300_000),
        ("two dozen", "en", 24),
        ("einundzwanzig", "de", 21),
        ("dreihundert", "de", 300),
        ("zwei Millionen", "de", 2_000_000),
    ],
)
def test_words(text, language, value):
    found = quantities(text, language)
    assert [int(q.value) for q in found] == [value]
    assert (found[0].start, found[0].end) == (0, len(text))
    assert not found[0].weak


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("le 8e dialogue", "fr", [8]),
        ("la 1ère session", "fr", [1]),
        ("le huitième dialogue", "fr", [8]),
        ("le XXIe siècle", "fr", [21]),
        ("La Ve République", "fr", [5]),
        ("Le roi. Ces gens.", "fr", []),
        ("lần thứ 8", "vi", [8]),
        ("lần thứ tám", "vi", [8]),
        ("thế kỷ XXI", "vi", [21]),
        ("the 21st century", "en", [21]),
        ("the eighth dialogue", "en", [8]),
    ],
)
def test_ordinals(text, language, expected):
    assert [int(q.value) for q in quantities(text, language) if not q.weak] == expected


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("à 18 h 30", "fr", "18.5"),
        ("à 18h30", "fr", "18.5"),
        ("lúc 18h30", "vi", "18.5"),
        ("lúc 18 giờ 30", "vi", "18.5"),
        ("lúc 18 giờ 30 phút", "vi", "18.5"),
        ("lúc 6 giờ 30 chiều", "vi", "18.5"),
        ("at 18:30", "en", "18.5"),
        ("at 6:30 pm", "en", "18.5"),
        ("at 6pm", "en", "18"),
    ],
)
def test_times(text, language, value):
    (found,) = quantities(text, language)
    assert (found.value, found.unit, found.kind) == (Decimal(value), "hour", "time")


@pytest.mark.parametrize(
    ("text", "language", "value", "kind"),
    [
        ("des milliers de personnes", "fr", "1000", "rough"),
        ("des dizaines de milliers", "fr", "10000", "rough"),
        ("hàng trăm người", "vi", "100", "rough"),
        ("hàng chục nghìn người", "vi", "10000", "rough"),
        ("les trois quarts", "fr", "0.75", "fraction"),
        ("hai phần năm dân số", "vi", "0.4", "fraction"),
        ("four fifths", "en", "0.8", "fraction"),
        ("3/4 dân số", "vi", "0.75", "fraction"),
        ("la moitié", "fr", "0.5", "fraction"),
        ("trois virgule cinq", "fr", "3.5", "cardinal"),
        ("ba phẩy năm phần trăm", "vi", "3.5", "cardinal"),
        ("deux virgule cinq millions", "fr", "2500000", "cardinal"),
        ("5 M€", "fr", "5000000", "cardinal"),
        ("1 234,5", "vi", "1234.5", "cardinal"),
        ("deux ans et demi", "fr", "2.5", "cardinal"),
        ("ba năm rưỡi", "vi", "3.5", "cardinal"),
    ],
)
def test_fractions_and_rough_numbers(text, language, value, kind):
    (found,) = quantities(text, language)
    assert (found.value, found.kind) == (Decimal(value), kind)


def test_a_fraction_agrees_with_its_percentage():
    (one,), (other,) = quantities("trois quarts", "fr"), quantities("75%", "vi")
    assert agree(one, other)
    assert not agree(one, quantities("57%", "vi")[0])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("le G20 et la COVID-19", "fr"),
        ("mạng 4G, A320, F-16", "vi"),
        ("không có ai", "vi"),
        ("", "fr"),
    ],
)
def test_what_is_no_number(text, language):
    assert quantities(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "strong", "weak"),
    [
        ("un homme", "fr", [], [1]),
        ("năm ngoái", "vi", [], [5]),
        ("năm 2019", "vi", [2019], []),
        ("hai năm", "vi", [2], []),
        ("mười năm sau", "vi", [10], []),
        ("thứ hai", "vi", [], [2]),
        ("một người", "vi", [], [1]),
        ("hai ba người", "vi", [2, 3], []),
    ],
)
def test_words_that_are_numbers_only_now_and_then(text, language, strong, weak):
    found = quantities(text, language)
    assert [int(q.value) for q in found if not q.weak] == strong
    assert [int(q.value) for q in found if q.weak] == weak


@pytest.mark.parametrize(
    ("one", "language", "other", "other_language", "expected"),
    [
        ("1.234", "vi", "1,234", "en", True),
        ("1.234", "vi", "1.234", "en", True),  # both can be read either way
        ("2 km", "fr", "2.000 m", "vi", True),
        ("2 km", "fr", "2 kg", "vi", False),
        ("2 km", "fr", "2", "vi", True),
        ("2 tonnes", "fr", "2.000 kg", "vi", True),
        ("12,5 %", "fr", "12.5%", "vi", True),
        ("56 pays", "fr", "65 nước", "vi", False),
        ("18 h 30", "fr", "6 giờ 30", "vi", True),
        ("deux semaines", "fr", "14 ngày", "vi", True),
        ("50 millions", "fr", "50 nghìn", "vi", False),
    ],
)
def test_agreement_across_languages(one, language, other, other_language, expected):
    (a,), (b,) = quantities(one, language), quantities(other, other_language)
    assert agree(a, b) is expected
    assert agree(b, a) is expected


def test_spans_to_skip_and_offsets():
    text = "Le 3 septembre 2019, 56 pays"
    assert quantities(text, "fr", skip=[(3, 19)]) == [Quantity(21, 23, Decimal(56))]


def test_a_language_without_a_table_reads_digits():
    assert [(q.value, q.unit) for q in quantities("12,5% và 300", "it")] == [(Decimal("12.5"), "percent"), (300, None)]


@given(st.text(alphabet="0123456789 .,-%€$hkm:eᵉdeuxcentmilletnămmươitrăm\u00a0\n", max_size=60))
def test_spans_are_ordered_and_inside_the_text(text):
    for language in ("fr", "vi", "en", "de"):
        end = 0
        for q in quantities(text, language):
            assert end <= q.start < q.end <= len(text)
            end = q.end


@given(st.integers(min_value=0, max_value=10**12))
def test_grouped_digits_mean_the_number(number):
    for language, mark in (("fr", " "), ("fr", "\u202f"), ("vi", "."), ("en", ",")):
        (found,) = quantities(f"{number:,}".replace(",", mark), language)
        assert found.value == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 barİl de pétrole", [("3", "barrel")]),
        ("vingt barıls", [("20", "barrel")]),
        ("MİDİ et demi", []),
        ("la moıtié de vingt", [("20", None)]),
        ("trois mİllions", [("3", None)]),
    ],
)
def test_turkish_letters_which_patterns_take_for_an_i_do_no_harm(
    text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert read(text, "fr") == expected


@pytest.mark.parametrize(
    ("text", "language", "sure"),
    [
        ("Chỉ còn năm tuần nữa.", "vi", ["5 week"]),
        ("Vụ tai nạn làm năm người chết.", "vi", ["5"]),
        ("Cuối năm người dân mới về quê.", "vi", []),
        ("Hai năm người ta mới gặp lại nhau.", "vi", ["2 year"]),
        ("Mỗi năm ngày hội này lại mở.", "vi", []),
        ("L'accident a fait neuf morts.", "fr", ["9"]),
        ("Un bâtiment neuf, des matchs nuls.", "fr", []),
    ],
)
def test_a_weak_word_is_a_number_where_something_is_counted(text: str, language: str, sure: list[str]) -> None:
    found = [q for q in quantities(text, language) if not q.weak]
    assert [f"{q.value} {q.unit or ''}".strip() for q in found] == sure


SPOKEN = {
    (code, form(name))
    for code, known in tables("quantities").items()
    for subject in ("units", "words", "multipliers", "ordinals", "parts", "named_times", "scaled_units")
    for entry, value in (known | known.get("fractions", {})).get(subject, {}).items()
    for name in (value if subject == "units" else [entry])
    for form in (
        str,
        str.upper,
        *(methodcaller("replace", *marks) for marks in ((" ", "-"), (" ", "\u00a0"), ("'", "’"))),
    )
}


def test_every_entry_is_read_in_every_way_that_its_spaces_and_marks_may_be_written() -> None:
    assert len(SPOKEN) > 500
    for code, name in sorted(SPOKEN):
        for text in (name, f"72 {name}", f"72-{name}", f"72{name}", f"{name} {name}", f"un {name}"):
            assert all(q.end <= len(text) for q in quantities(text, code)), (code, text)
