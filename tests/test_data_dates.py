"""Dates in text, in fields and in addresses: tables of (input, expected)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.dates import DateMention, mentions, parse, publication, slips, without_dates


def found(text: str, language: str, reference: str | None = None) -> list[str]:
    return [m.value + (f"/{m.end_value}" if m.end_value else "") for m in mentions(text, language, reference=reference)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "à Séoul, du 3 au 9 septembre.", ["XXXX-09-03/XXXX-09-09"]),
        ("fr", "tenue le 20 décembre, a déclaré", ["XXXX-12-20"]),
        ("fr", "New York, 21 décembre (VNA) -", ["XXXX-12-21"]),
        ("fr", "le 1er mars 2020", ["2020-03-01"]),
        ("fr", "du 28 août au 3 septembre 2019", ["2019-08-28/2019-09-03"]),
        ("fr", "du 28 décembre au 3 janvier 2020", ["2019-12-28/2020-01-03"]),
        ("fr", "les 3 et 4 septembre", ["XXXX-09-03/XXXX-09-04"]),
        ("fr", "les 2, 3 et 4 septembre", ["XXXX-09-02/XXXX-09-04"]),
        ("fr", "lundi 3 sept. 2019", ["2019-09-03"]),
        ("fr", "le 03/09/2019, puis le 03.09.2019 et 2019-09-03", ["2019-09-03"] * 3),
        ("fr", "le 3/9", ["XXXX-09-03"]),
        ("fr", "Publié le 05/09/19 à 10h12, 1.2.3.4, 10/12/14/16", ["2019-09-05"]),
        ("fr", "en septembre, puis en mars 2021 et en 2020", ["XXXX-09", "2021-03", "2020"]),
        ("fr", " date 2019-09 Le vice-ministre", ["2019-09"]),
        ("fr", "1/3 des voix, 3.9 %, 20 des 22 bureaux, 31 février, 55e anniversaire, mandat 2026-2031", []),
        ("vi", "từ ngày 3 đến 9/9.", ["XXXX-09-03/XXXX-09-09"]),
        ("vi", "từ 28/8 đến 3/9/2019", ["2019-08-28/2019-09-03"]),
        ("vi", "ngày 3-9, ngày 4.9, sáng 5/9", ["XXXX-09-03", "XXXX-09-04", "XXXX-09-05"]),
        ("vi", "ngày 3 tháng 9 năm 2019", ["2019-09-03"]),
        ("vi", "ngày 2 và 3/9", ["XXXX-09-02/XXXX-09-03"]),
        ("vi", "Thứ Ba, 03/09/2019 | 10:30 GMT+7", ["2019-09-03"]),
        ("vi", "tháng 9/2019, tháng 9 năm 2019, tháng 9. Năm 2020", ["2019-09", "2019-09", "XXXX-09", "2020"]),
        ("vi", "tháng Chạp", ["XXXX-12"]),
        ("vi", "1/3 dân số, 24/7, 3,9%, lần thứ 8, lần thứ hai, ngày tháng năm sinh", []),
        ("en", "September 3, 2019; 3 September; Sept. 3-9", ["2019-09-03", "XXXX-09-03", "XXXX-09-03/XXXX-09-09"]),
        ("en", "3/9 and 4/5/2019", []),
        ("de", "vom 3. bis 9. September 2019, am 3.9.2019", ["2019-09-03/2019-09-09", "2019-09-03"]),
        ("fr-CA", "le 3 septembre", ["XXXX-09-03"]),
        ("sw", "3 Septemba 2019, 2019-09-03", ["2019-09-03"]),
        ("", "2019-09-03 and 3 septembre", ["2019-09-03"]),
    ],
)
def test_finds_what_a_language_writes(language: str, text: str, expected: list[str]) -> None:
    assert found(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "reference", "expected"),
    [
        ("fr", "hier", "2020-01-01", ["2019-12-31"]),
        ("fr", "avant-hier, demain, aujourd’hui", "2020-03-01", ["2020-02-28", "2020-03-02", "2020-03-01"]),
        ("fr", "lundi", "2020-01-02", ["2019-12-30"]),
        ("fr", "jeudi", "2020-01-02", ["2020-01-02"]),
        ("fr", "jeudi dernier", "2020-01-02", ["2019-12-26"]),
        ("fr", "lundi prochain", "2020-01-02", ["2020-01-06"]),
        ("fr", "21 décembre", "2020-01-02", ["2019-12-21"]),
        ("fr", "21 décembre", "2020-01", ["2019-12-21"]),
        ("fr", "21 décembre", "2020", ["2020-12-21"]),
        ("fr", "29 février", "2019-03-01", ["2020-02-29"]),
        ("fr", "mardi 3 septembre", "2020-01-02", ["2019-09-03"]),
        ("vi", "hôm qua, thứ Hai", "2019-09-04", ["2019-09-03", "2019-09-02"]),
        ("vi", "Chủ nhật vừa qua", "2019-09-04", ["2019-09-01"]),
        ("en", "last Monday", "2019-09-02", ["2019-08-26"]),
        ("en", "Monday, Sept 3", "2019-09-04", ["2019-09-03"]),  # the weekday is a slip, not another year
    ],
)
def test_a_reference_gives_years_and_days(language: str, text: str, reference: str, expected: list[str]) -> None:
    assert found(text, language, reference) == expected


def test_relative_days_need_a_reference() -> None:
    assert found("hier, lundi", "fr") == []
    assert found("hôm qua, thứ Hai", "vi", "2019-09") == []


def test_offsets_are_those_of_the_text() -> None:
    text = "Il dirige la délégation à Séoul, du 3 au 9 septembre."
    (mention,) = mentions(text, "fr")
    assert mention == DateMention(33, 52, "XXXX-09-03", "XXXX-09-09")
    assert text[mention.start : mention.end] == "du 3 au 9 septembre"


@given(st.text(alphabet="0123456789/.- ,ngàythámguđsepmb", max_size=60), st.sampled_from(["fr", "vi", "en", "de"]))
def test_any_text_gives_ordered_mentions_within_it(text: str, language: str) -> None:
    previous = 0
    for mention in mentions(text, language, reference="2019-09-03"):
        assert previous <= mention.start < mention.end <= len(text)
        previous = mention.end


def test_is_fast_on_long_text() -> None:
    text = "Le ministre a déclaré lundi que la réunion du 3 au 9 septembre aurait lieu. " * 10_000
    start = time.process_time()
    assert len(mentions(text, "fr")) == 10_000
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2019-09-03", None, "2019-09-03"),
        ("2019-09", None, "2019-09"),
        ("2019", None, "2019"),
        ("XXXX-12-21", None, "XXXX-12-21"),
        ("2019-09-03T22:30:00Z", None, "2019-09-03"),
        ("2019-09-03T22:30:00Z", "Asia/Ho_Chi_Minh", "2019-09-04"),
        ("2019-09-04T01:00:00+07:00", "UTC", "2019-09-03"),
        ("Tue, 03 Sep 2019 22:30:00 GMT", None, "2019-09-03"),
        ("03/09/2019 10:30", None, "2019-09-03"),
        ("Thứ Ba, 03/09/2019", None, "2019-09-03"),
        ("3 sept. 2019", None, "2019-09-03"),
        ("n/a", None, None),
        ("", None, None),
        ("2019-13-40", None, None),
    ],
)
def test_reads_fields(written: str, zone: str | None, expected: str | None) -> None:
    assert parse(written, zone=zone) == expected


@pytest.mark.parametrize(
    ("given_by", "expected"),
    [
        ({}, None),
        ({"record": "2019-09-03T10:00:00+07:00", "stamps": ["2020-01-01"]}, "2019-09-03"),
        ({"url": "https://a.vn/2019/09/03/x.html"}, "2019-09-03"),
        ({"url": "https://a.vn/2019/09/x.html"}, "2019-09"),
        ({"url": "https://a.vn/tin-20190903101112345.htm"}, "2019-09-03"),
        ({"url": "https://a.vn/tin-4012345.html"}, None),
        ({"stamps": ["2019-09", "Séoul (VNA) -"]}, "2019-09"),
        ({"stamps": ["2019-09", "Séoul, 4 septembre (VNA) –"]}, "2019-09-04"),
        ({"stamps": ["2019-10", "Séoul, 4 septembre (VNA) –"]}, "2019-10"),
        ({"stamps": ["New York, 21 décembre (VNA) -"]}, "XXXX-12-21"),
        ({"url": "https://a.vn/2021/12/x", "stamps": ["New York, 21 décembre (VNA) -"]}, "2021-12-21"),
    ],
)
def test_publication_weighs_what_is_known(given_by: dict, expected: str | None) -> None:
    assert publication("", "fr", **given_by) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Réunie le 20 décembre 2021, la commission …", "2021-12-21"),
        ("Réunie le 20 décembre 2021, puis le 22 décembre 2020 …", "XXXX-12-21"),
        ("Depuis l'indépendance, le 2 septembre 1945 …", "XXXX-12-21"),
        ("Réunie le 20 décembre …", "XXXX-12-21"),
    ],
)
def test_an_open_year_is_resolved_by_neighbours_or_stays_open(text: str, expected: str) -> None:
    assert publication(text, "fr", stamps=["New York, 21 décembre (VNA) -"]) == expected


def test_without_dates_leaves_the_rest() -> None:
    assert without_dates("Thứ Ba, 03/09/2019 | 10:30").split() == [",", "|", "10:30"]
    assert without_dates("mardi 3 septembre 2019").split() == ["3", "2019"]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Cuộc họp tháng 14.", "vi", ["tháng 14"]),
        ("Lương tháng 13, tháng 12.", "vi", []),
        ("ngày 30/59/1882", "vi", ["30/59/1882"]),
        ("le 32/01/2020", "fr", ["32/01/2020"]),
        ("9/30/2019", "fr", []),
        ("tháng 20%", "vi", []),
        ("", "", []),
    ],
)
def test_dates_that_cannot_be(text: str, language: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in slips(text, language)] == found
