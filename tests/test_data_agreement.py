import pytest
from songngu.data.agreement import Facts, dates_disagree, names_disagree, numbers_disagree


def facts(source: str, target: str) -> tuple[Facts, Facts]:
    return Facts(source, "fr"), Facts(target, "vi")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("1 234,5 hectares", "1.234,5 héc-ta"),
        ("vingt-trois personnes", "23 người"),
        ("deux millions d'euros", "2 triệu euro"),
        ("dans les années 80", "vào những năm 1980"),
        ("64 km", "40 dặm"),
        ("250 kg", "550 pound"),
        ("à 17 h 30", "lúc 5.30 chiều"),
        ("le 0800 555 111", "số 0800 555111"),
        ("26 degrés", "80 độ"),
        ("un homme", "người đàn ông"),
        ("", ""),
    ],
)
def test_numbers_that_agree(source: str, target: str) -> None:
    assert not numbers_disagree(*facts(source, target)).any


@pytest.mark.parametrize(
    ("source", "target", "missing", "added", "contradicting"),
    [
        ("45 personnes", "54 người", 1, 1, 0),
        ("3,6 milliards d'euros", "3,6 triệu euro", 1, 1, 0),
        ("45 personnes", "nhiều người", 1, 0, 0),
        ("20 kilomètres", "20 dặm", 0, 0, 1),
        ("5 millions d'euros", "5 triệu đô la", 0, 0, 1),
        ("1,75 mètre", "175 mét", 1, 1, 0),
    ],
)
def test_numbers_that_do_not(source: str, target: str, missing: int, added: int, contradicting: int) -> None:
    found = numbers_disagree(*facts(source, target))
    assert (len(found.missing), len(found.added), len(found.contradicting)) == (missing, added, contradicting)


@pytest.mark.parametrize(
    ("source", "target", "agree"),
    [
        ("le 3 mai 2020", "ngày 3/5/2020", True),
        ("le 3 mai", "ngày 3 tháng 5 năm 2020", True),
        ("le 3 mai", "ngày 4 tháng 5", False),
        ("du 7 au 15 juin", "từ ngày 7 đến 15/6", True),
        ("du 7 au 15 juin", "từ ngày 7 đến 17/6", False),
        ("en juin", "vào tháng 6", True),
    ],
)
def test_dates(source: str, target: str, agree: bool) -> None:
    assert dates_disagree(*facts(source, target)).any is not agree


def test_weekdays_and_months_are_known_by_name() -> None:
    one, other = facts("lundi, en octobre", "thứ Hai, vào tháng 10")
    assert one.weekdays == other.weekdays and one.months == other.months == {10}


@pytest.mark.parametrize(
    ("source", "target", "agree"),
    [
        ("Il a vu Nguyen Phu Trong.", "Ông đã gặp Nguyễn Phú Trọng.", True),
        ("Il a vu la Corée du Sud.", "Ông đã thăm Hàn Quốc.", True),
        ("Il vit à Hanoï.", "Ông sống ở Hà Nội.", True),
        ("Il a vu Mikhaïl Gorbatchev.", "Ông đã gặp Mikhail Gorbachev.", True),
        ("Il a vu le Niger.", "Ông đã thăm Nigeria.", False),
        ("Il a vu Emmanuel Macron.", "Ông đã gặp Angela Merkel.", False),
        ("Il viendra dimanche.", "Ông sẽ đến vào Chủ Nhật.", True),
    ],
)
def test_names(source: str, target: str, agree: bool) -> None:
    assert names_disagree(*facts(source, target)).any is not agree
