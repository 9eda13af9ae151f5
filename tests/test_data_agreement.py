import pytest
from songngu.data.agreement import (
    Facts,
    codes_disagree,
    dates_disagree,
    names_disagree,
    numbers_disagree,
    ordinals_disagree,
    rough_disagree,
    scores_disagree,
)


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
        ("2,5 à 10 cm", "1 đến 4 inch"),
        ("135 km/h", "85 dặm/giờ"),
        ("48 heures", "hai ngày"),
        ("dix ans plus tard, un homme", "một thập kỷ sau, một người"),
        ("les trois quarts", "75%"),
        ("à quinze heures", "lúc 3 giờ chiều"),
        ("à 14 h", "lúc 2 giờ"),
        ("à 20h30", "lúc 8 rưỡi tối"),
        ("un format de 6 par 9 cm", "cỡ 6x9 cm"),
        ("le dix-huitième trou", "lỗ thứ mười tám"),
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
        ("20 km/h", "42 dặm/giờ", 1, 1, 0),
        ("5 à 10 cm", "8 đến 4 inch", 1, 1, 0),
        ("deux enfants et trois chats", "ba con và ba con mèo", 1, 1, 0),
        ("72 % et 72 %", "72% và 92%", 1, 1, 0),
        ("un tiers des foyers", "ba phần tư số hộ", 1, 1, 0),
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
        ("le 3 septembre 2019", "ngày 9/3/2019.", False),
        ("le 1er octobre, un an après", "ngày 8 tháng 10, một năm sau", False),
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
        ("Mme Tran Thi Hong est élue.", "Bà Trần Thị Hương được bầu.", False),
        ("Il vit dans la province de Nghe An.", "Ông sống ở tỉnh Nghệ An.", True),
        ("Il vit dans la province de Quang Ngai.", "Ông sống ở tỉnh Quảng Nam.", False),
    ],
)
def test_names(source: str, target: str, agree: bool) -> None:
    assert names_disagree(*facts(source, target)).any is not agree


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("une défaite de 1-0", "thất bại 7-0", ("1-0", "7-0")),
        ("une défaite de 1-0", "thất bại 0-1", None),
        ("une défaite de 3 à 1", "thất bại 3-1", None),
        ("de 2015-2019", "giai đoạn 2015-2018", None),
    ],
)
def test_scores_of_games(source: str, target: str, found: tuple[str, str] | None) -> None:
    assert scores_disagree(*facts(source, target)) == found


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("le vol AF1234", "chuyến bay AF1243", ("AF1234", "AF1243")),
        ("la collection PE19", "bộ sưu tập SS19", None),
        ("la collection PE19", "bộ sưu tập SS29", ("PE19", "SS29")),
        ("le G20", "nhóm G20", None),
    ],
)
def test_codes(source: str, target: str, found: tuple[str, str] | None) -> None:
    assert codes_disagree(*facts(source, target)) == found


def test_ordinals_that_are_exchanged() -> None:
    found = ordinals_disagree(*facts("Sa deuxième griffe était plus grande.", "Móng vuốt thứ ba của nó lớn hơn."))
    assert found is not None and [q.value for q in found] == [2, 3]
    assert (
        ordinals_disagree(*facts("Sa deuxième griffe était plus grande.", "Móng vuốt thứ hai của nó lớn hơn.")) is None
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Mardi, pour la deuxième fois, il a gagné.", "Thứ Ba, anh ấy lại thắng."),  # a weekday
        ("La deuxième et la troisième fois, il a perdu.", "Lần thứ tư và thứ năm anh ấy thua."),  # which became which?
        ("Il a deux frères ; le second est médecin.", "Anh có hai em trai; người thứ hai là bác sĩ."),
        ("C'est la première fois.", "Đây là lần thứ năm."),  # the first is told in many ways
        ("Un second sommet aura lieu.", "Một hội nghị khác sẽ diễn ra."),
    ],
)
def test_ordinals_that_may_be_right(source: str, target: str) -> None:
    assert ordinals_disagree(*facts(source, target)) is None


def test_rough_numbers() -> None:
    assert rough_disagree(*facts("des milliers de gens", "hàng triệu người")) is not None
    assert rough_disagree(*facts("des milliers de gens", "hàng nghìn người")) is None
    assert rough_disagree(*facts("des milliers de gens", "nhiều người")) is None
