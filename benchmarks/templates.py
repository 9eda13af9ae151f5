"""Invented news events told from templates in French and Vietnamese, as many as asked for, with known pairs and dates.

Two events of one kind differ only in names, places, figures and days, as daily figures, matches and meetings do in an agency's archive:
the sentences are look-alikes by construction. All sentences were written for this purpose.
"""

# ruff: noqa: E501 one template a line reads better than a wrapped one

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# (fr "le pays", fr "du pays", fr adjective, vi)
COUNTRIES = [
    ("le Laos", "du Laos", "laotien", "Lào"),
    ("le Cambodge", "du Cambodge", "cambodgien", "Campuchia"),
    ("la Thaïlande", "de la Thaïlande", "thaïlandais", "Thái Lan"),
    ("le Japon", "du Japon", "japonais", "Nhật Bản"),
    ("la République de Corée", "de la République de Corée", "sud-coréen", "Hàn Quốc"),
    ("la Chine", "de la Chine", "chinois", "Trung Quốc"),
    ("l'Inde", "de l'Inde", "indien", "Ấn Độ"),
    ("l'Australie", "de l'Australie", "australien", "Australia"),
    ("le Canada", "du Canada", "canadien", "Canada"),
    ("la France", "de la France", "français", "Pháp"),
    ("l'Allemagne", "de l'Allemagne", "allemand", "Đức"),
    ("la Russie", "de la Russie", "russe", "Nga"),
    ("Cuba", "de Cuba", "cubain", "Cuba"),
    ("le Brésil", "du Brésil", "brésilien", "Brazil"),
    ("l'Italie", "de l'Italie", "italien", "Italy"),
    ("la Pologne", "de la Pologne", "polonais", "Ba Lan"),
    ("l'Indonésie", "de l'Indonésie", "indonésien", "Indonesia"),
    ("la Malaisie", "de la Malaisie", "malaisien", "Malaysia"),
    ("Singapour", "de Singapour", "singapourien", "Singapore"),
    ("la Suède", "de la Suède", "suédois", "Thụy Điển"),
]
# (fr, vi)
PLACES = [
    ("Hanoï", "Hà Nội"), ("Hô Chi Minh-Ville", "Thành phố Hồ Chí Minh"), ("Da Nang", "Đà Nẵng"), ("Hai Phong", "Hải Phòng"),
    ("Can Tho", "Cần Thơ"), ("Huê", "Huế"), ("Nha Trang", "Nha Trang"), ("Quang Ninh", "Quảng Ninh"), ("Lào Cai", "Lào Cai"),
    ("Nghê An", "Nghệ An"), ("Thanh Hoa", "Thanh Hóa"), ("Binh Duong", "Bình Dương"), ("Dong Nai", "Đồng Nai"), ("Ca Mau", "Cà Mau"),
    ("Lam Dong", "Lâm Đồng"), ("Khanh Hoa", "Khánh Hòa"), ("Quang Nam", "Quảng Nam"), ("Hà Giang", "Hà Giang"), ("Phu Quoc", "Phú Quốc"),
    ("Kiên Giang", "Kiên Giang"),
]  # fmt: skip
FAMILIES = [("Nguyen", "Nguyễn"), ("Trân", "Trần"), ("Lê", "Lê"), ("Pham", "Phạm"), ("Hoàng", "Hoàng"), ("Vu", "Vũ"), ("Dang", "Đặng"),
            ("Bùi", "Bùi"), ("Dô", "Đỗ"), ("Ngô", "Ngô")]  # fmt: skip
MIDDLES = [
    ("Van", "Văn"),
    ("Thi", "Thị"),
    ("Minh", "Minh"),
    ("Duc", "Đức"),
    ("Quang", "Quang"),
    ("Thanh", "Thanh"),
    ("Huu", "Hữu"),
]
GIVEN = [("Hung", "Hùng"), ("Linh", "Linh"), ("Son", "Sơn"), ("Hoa", "Hoa"), ("Dung", "Dũng"), ("Mai", "Mai"), ("Phuc", "Phúc"),
         ("Khanh", "Khánh"), ("Tuân", "Tuấn"), ("Lan", "Lan"), ("Binh", "Bình"), ("Giang", "Giang")]  # fmt: skip
FOREIGN_GIVEN = [
    "Anna",
    "Peter",
    "Maria",
    "James",
    "Elena",
    "Thomas",
    "Keiko",
    "Carlos",
    "Ingrid",
    "Samuel",
    "Rosa",
    "Viktor",
]
FOREIGN_FAMILY = [
    "Berger",
    "Tanaka",
    "Ivanova",
    "Novak",
    "Santos",
    "Lindqvist",
    "Kowalski",
    "Moretti",
    "Sisouk",
    "Chandra",
    "Walker",
    "Okafor",
]
TEAMS = [("Nam Dinh", "Nam Định"), ("Hanoï FC", "Hà Nội FC"), ("Binh Dinh", "Bình Định"), ("Viettel", "Viettel"), ("Hai Phong FC", "Hải Phòng FC"),
         ("Quang Nam FC", "Quảng Nam FC"), ("Thanh Hoa", "Thanh Hóa"), ("Becamex", "Becamex")]  # fmt: skip
FIRMS = [
    "Vinaso",
    "Thanh Long Steel",
    "Mekotex",
    "Sao Viet Air",
    "Hoa Sen Energy",
    "Bao Minh Foods",
    "Lotus Telecom",
    "Delta Rubber",
]
TOPICS = [
    ("la cybersécurité", "an ninh mạng"), ("l'agriculture", "nông nghiệp"), ("l'éducation", "giáo dục"), ("la santé publique", "y tế công cộng"),
    ("le tourisme", "du lịch"), ("les transports", "giao thông vận tải"), ("l'énergie", "năng lượng"), ("la culture", "văn hóa"),
    ("la pêche", "thủy sản"), ("la justice", "tư pháp"),
]  # fmt: skip
GOODS = [
    ("riz", "gạo"),
    ("café", "cà phê"),
    ("crevettes", "tôm"),
    ("caoutchouc", "cao su"),
    ("poivre", "hồ tiêu"),
    ("textile", "dệt may"),
]

KINDS: dict[str, list[tuple[str, str]]] = {
    "meeting": [
        ("{place} (VNA) – Le vice-ministre {name_fr} a reçu {day_fr} à {place} {guest}, en visite de travail au Vietnam.",
         "Ngày {day_vi}, tại {place_vi}, Thứ trưởng {name_vi} đã tiếp {guest} đang thăm và làm việc tại Việt Nam."),
        ("Les deux parties ont discuté de la coopération entre le Vietnam et {country} dans {topic}.",
         "Hai bên đã trao đổi về hợp tác giữa Việt Nam và {country_vi} trong lĩnh vực {topic_vi}."),
        ("{name_fr} a proposé d'organiser {small} réunions d'experts d'ici la fin de l'année.",
         "{name_vi} đề nghị tổ chức {small} cuộc họp chuyên gia từ nay đến cuối năm."),
        ("{guest} a salué le rôle du Vietnam dans la région et les résultats obtenus ces dernières années.",
         "{guest} đánh giá cao vai trò của Việt Nam trong khu vực và những kết quả đạt được trong những năm qua."),
        ("Les échanges commerciaux entre les deux pays ont atteint {money} millions de dollars l'an dernier.",
         "Kim ngạch thương mại giữa hai nước đạt {money} triệu USD trong năm ngoái."),
        ("Un mémorandum d'entente sur {topic} sera signé lors de la prochaine visite.",
         "Một bản ghi nhớ về {topic_vi} sẽ được ký kết trong chuyến thăm tới."),
        ("Le vice-ministre a demandé à la partie adverse de faciliter l'octroi de {count} bourses d'études.",
         "Thứ trưởng đề nghị phía bạn tạo điều kiện cấp {count} suất học bổng."),
        ("La délégation visitera ensuite plusieurs entreprises de la province de {other_fr}.",
         "Sau đó đoàn sẽ thăm một số doanh nghiệp tại tỉnh {other_vi}."),
        ("{guest} a invité son hôte à se rendre prochainement dans son pays.",
         "{guest} mời chủ nhà sớm sang thăm đất nước mình."),
    ],
    "flood": [
        ("Les pluies torrentielles tombées depuis {day_fr} sur la province de {place} ont fait {small} morts et {small2} disparus.",
         "Mưa lớn từ ngày {day_vi} tại tỉnh {place_vi} đã làm {small} người chết và {small2} người mất tích."),
        ("Plus de {count} maisons ont été inondées, selon le comité de prévention des catastrophes.",
         "Hơn {count} ngôi nhà bị ngập, theo ban chỉ huy phòng chống thiên tai."),
        ("{big} hectares de rizières sont sous l'eau.", "{big_vi} ha lúa bị ngập nước."),
        ("L'armée a mobilisé {count2} soldats pour évacuer les habitants.", "Quân đội đã huy động {count2} chiến sĩ để sơ tán người dân."),
        ("Les écoles resteront fermées jusqu'à nouvel ordre.", "Các trường học đóng cửa cho đến khi có thông báo mới."),
        ("Le président du comité populaire, {name_fr}, s'est rendu sur place.", "Chủ tịch Ủy ban nhân dân {name_vi} đã đến hiện trường."),
        ("Les dégâts sont estimés à {money} milliards de dongs.", "Thiệt hại ước tính {money} tỷ đồng."),
        ("De nouvelles pluies sont attendues dans les prochaines quarante-huit heures.", "Dự báo còn mưa trong bốn mươi tám giờ tới."),
        ("Plusieurs routes sont coupées par des glissements de terrain.", "Nhiều tuyến đường bị chia cắt do sạt lở đất."),
    ],
    "match": [
        ("{team_fr} a battu {team2_fr} {small} à {nil} {day_fr} au stade de {place}.",
         "{team_vi} đã thắng {team2_vi} với tỷ số {small}-{nil} ngày {day_vi} trên sân {place_vi}."),
        ("L'attaquant {name_fr} a ouvert le score à la {minute}e minute.", "Tiền đạo {name_vi} mở tỷ số ở phút {minute}."),
        ("{big} spectateurs ont assisté à la rencontre.", "{big_vi} khán giả đã đến sân theo dõi trận đấu."),
        ("L'entraîneur {guest} s'est dit satisfait de ses joueurs.", "Huấn luyện viên {guest} cho biết ông hài lòng với các cầu thủ."),
        ("Après cette victoire, l'équipe compte {count} points au classement.", "Sau chiến thắng này, đội có {count} điểm trên bảng xếp hạng."),
        ("Un défenseur a été expulsé en seconde période.", "Một hậu vệ bị đuổi khỏi sân trong hiệp hai."),
        ("Le gardien a arrêté un penalty dans les arrêts de jeu.", "Thủ môn cản phá một quả phạt đền ở phút bù giờ."),
        ("La prochaine journée aura lieu dans une semaine à {other_fr}.", "Vòng đấu tới sẽ diễn ra sau một tuần tại {other_vi}."),
    ],
    "epidemic": [
        ("La ville de {place} a enregistré {count} nouveaux cas de dengue {day_fr}.",
         "{place_vi} ghi nhận {count} ca mắc sốt xuất huyết mới trong ngày {day_vi}."),
        ("{small} personnes sont décédées depuis la veille.", "{small} người đã tử vong so với hôm trước."),
        ("Le nombre total de malades s'élève à {big}.", "Tổng số bệnh nhân lên tới {big_vi}."),
        ("{count2} patients sont toujours hospitalisés, dont {small2} dans un état grave.",
         "{count2} bệnh nhân vẫn đang nằm viện, trong đó {small2} ca nặng."),
        ("Les autorités sanitaires appellent à éliminer les eaux stagnantes.", "Ngành y tế kêu gọi loại bỏ nước đọng."),
        ("Le directeur du service de la santé, {name_fr}, a dit que le pic n'était pas atteint.",
         "Giám đốc Sở Y tế {name_vi} cho biết dịch chưa đạt đỉnh."),
        ("Des équipes désinfectent les quartiers les plus touchés.", "Các đội phun thuốc tại những khu vực bị ảnh hưởng nặng nhất."),
        ("Un hôpital de {other_fr} a ouvert {minute} lits supplémentaires.", "Một bệnh viện ở {other_vi} đã mở thêm {minute} giường bệnh."),
    ],
    "exports": [
        ("Les exportations vietnamiennes de {goods} vers {country} ont rapporté {money} millions de dollars, selon un rapport publié {day_fr}.",
         "Xuất khẩu {goods_vi} của Việt Nam sang {country_vi} đạt {money} triệu USD, theo báo cáo công bố ngày {day_vi}."),
        ("C'est une hausse de {percent} % par rapport à la même période de l'an dernier.", "Mức này tăng {percent_vi}% so với cùng kỳ năm ngoái."),
        ("Le volume expédié a atteint {big} tonnes.", "Khối lượng xuất khẩu đạt {big_vi} tấn."),
        ("Le prix moyen s'est établi à {count} dollars la tonne.", "Giá bình quân đạt {count} USD một tấn."),
        ("Les entreprises redoutent la concurrence et la hausse des coûts de transport.", "Doanh nghiệp lo ngại cạnh tranh và chi phí vận tải tăng."),
        ("{name_fr}, secrétaire général de l'association, prévoit une année record.", "{name_vi}, tổng thư ký hiệp hội, dự báo một năm kỷ lục."),
        ("La province de {place} reste le premier producteur du pays.", "Tỉnh {place_vi} vẫn là nơi sản xuất lớn nhất cả nước."),
        ("De nouveaux contrats ont été signés avec {small} importateurs.", "Các hợp đồng mới đã được ký với {small} nhà nhập khẩu."),
    ],
    "trial": [
        ("Le tribunal populaire de {place} a condamné {day_fr} {name_fr} à {small} ans de prison pour corruption.",
         "Ngày {day_vi}, Tòa án nhân dân {place_vi} tuyên phạt {name_vi} {small} năm tù về tội tham nhũng."),
        ("L'accusé avait détourné {money} milliards de dongs.", "Bị cáo đã chiếm đoạt {money} tỷ đồng."),
        ("{small2} complices ont reçu des peines avec sursis.", "{small2} đồng phạm nhận án treo."),
        ("Le procureur avait requis une peine plus lourde.", "Viện kiểm sát đã đề nghị mức án nặng hơn."),
        ("L'avocate {guest} a annoncé que son client ferait appel.", "Luật sư {guest} cho biết thân chủ sẽ kháng cáo."),
        ("L'enquête avait commencé après la plainte d'une entreprise de {other_fr}.", "Cuộc điều tra bắt đầu sau đơn tố cáo của một doanh nghiệp ở {other_vi}."),
        ("Le procès a duré {minute} jours.", "Phiên tòa kéo dài {minute} ngày."),
        ("Ses biens ont été saisis.", "Tài sản của bị cáo đã bị kê biên."),
    ],
    "results": [
        ("Le groupe {firm} a annoncé {day_fr} un bénéfice de {money} milliards de dongs au {quarter}e trimestre.",
         "Ngày {day_vi}, tập đoàn {firm} công bố lợi nhuận {money} tỷ đồng trong quý {quarter}."),
        ("Son chiffre d'affaires a progressé de {percent} %.", "Doanh thu tăng {percent_vi}%."),
        ("Le directeur général, {name_fr}, veut recruter {count} salariés.", "Tổng giám đốc {name_vi} muốn tuyển {count} nhân viên."),
        ("L'entreprise ouvrira une usine à {place} l'an prochain.", "Doanh nghiệp sẽ mở một nhà máy tại {place_vi} vào năm tới."),
        ("Ses ventes vers {country} ont reculé.", "Doanh số bán sang {country_vi} giảm."),
        ("Les actionnaires recevront un dividende en espèces.", "Cổ đông sẽ nhận cổ tức bằng tiền mặt."),
        ("L'action a gagné {small} % à la clôture.", "Cổ phiếu tăng {small}% khi đóng cửa."),
        ("Les analystes s'attendaient à un résultat plus faible.", "Giới phân tích từng dự đoán kết quả thấp hơn."),
    ],
    "accident": [
        ("Un autocar est tombé dans un ravin {day_fr} dans la province de {place}, faisant {small} morts et {minute} blessés.",
         "Ngày {day_vi}, một xe khách lao xuống vực tại tỉnh {place_vi} làm {small} người chết và {minute} người bị thương."),
        ("Le véhicule transportait {count} passagers vers {other_fr}.", "Chiếc xe chở {count} hành khách đi {other_vi}."),
        ("Le conducteur, {name_fr}, a été placé en garde à vue.", "Tài xế {name_vi} đã bị tạm giữ."),
        ("La police soupçonne une défaillance des freins.", "Cảnh sát nghi ngờ xe bị hỏng phanh."),
        ("Les blessés ont été conduits à l'hôpital provincial.", "Những người bị thương được đưa đến bệnh viện tỉnh."),
        ("Le brouillard a gêné les secours pendant {small2} heures.", "Sương mù cản trở công tác cứu hộ trong {small2} giờ."),
        ("Chaque famille de victime recevra {money} millions de dongs.", "Gia đình mỗi nạn nhân được hỗ trợ {money} triệu đồng."),
        ("Une touriste, {guest}, figure parmi les victimes.", "Một nữ du khách, {guest}, nằm trong số các nạn nhân."),
    ],
    "opening": [
        ("Le pont reliant {place} à {other_fr} a été mis en service {day_fr} après {small} ans de travaux.",
         "Cây cầu nối {place_vi} với {other_vi} được đưa vào sử dụng ngày {day_vi} sau {small} năm thi công."),
        ("Long de {big} mètres, il a coûté {money} milliards de dongs.", "Cầu dài {big_vi} mét với tổng vốn {money} tỷ đồng."),
        ("{name_fr}, vice-président du comité populaire, a coupé le ruban.", "Phó chủ tịch Ủy ban nhân dân {name_vi} cắt băng khánh thành."),
        ("Le trajet ne durera plus que {minute} minutes.", "Thời gian đi lại chỉ còn {minute} phút."),
        ("Le chantier a employé {count} ouvriers.", "Công trường có {count} công nhân làm việc."),
        ("Le financement est venu en partie de {country}.", "Một phần vốn đến từ {country_vi}."),
        ("Les habitants attendaient cet ouvrage depuis longtemps.", "Người dân đã chờ đợi công trình này từ lâu."),
        ("La circulation des camions sera limitée la nuit.", "Xe tải sẽ bị hạn chế lưu thông vào ban đêm."),
    ],
    "festival": [
        ("Le festival de {place} s'est ouvert {day_fr} en présence de {count} artistes venus de {small} pays.",
         "Lễ hội {place_vi} khai mạc ngày {day_vi} với {count} nghệ sĩ đến từ {small} quốc gia."),
        ("{country} est l'invité d'honneur de cette édition.", "{country_vi} là khách mời danh dự của kỳ lễ hội này."),
        ("La chanteuse {guest} donnera un concert samedi soir.", "Ca sĩ {guest} sẽ biểu diễn vào tối thứ Bảy."),
        ("Les organisateurs attendent {big} visiteurs.", "Ban tổ chức chờ đón {big_vi} lượt khách."),
        ("{name_fr}, directeur du festival, promet une fête ouverte à tous.", "Giám đốc lễ hội {name_vi} hứa hẹn một ngày hội dành cho mọi người."),
        ("Un marché d'artisanat réunit {minute} villages de métier.", "Một phiên chợ thủ công quy tụ {minute} làng nghề."),
        ("Des feux d'artifice clôtureront la manifestation.", "Màn bắn pháo hoa sẽ khép lại sự kiện."),
        ("Les hôtels de la ville affichent complet.", "Các khách sạn trong thành phố đã kín phòng."),
    ],
}  # fmt: skip
TRAINING_KINDS = ("meeting", "match", "exports", "accident", "festival")
MONTHS_FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its day and its lines, line i in French and Vietnamese."""

    kind: str
    day: date
    fr: tuple[str, ...]
    vi: tuple[str, ...]


def stories(
    count: int,
    rng: random.Random,
    *,
    kinds: tuple[str, ...] = tuple(KINDS),
    first: date = date(2024, 5, 1),
    days: int = 20,
) -> Iterator[list[Event]]:
    """Stories of two or three events of one kind on the same or following days, with the same people and places in part."""
    for _ in range(count):
        kind, day, base = rng.choice(kinds), first + timedelta(days=rng.randrange(days)), facts(rng)
        told = [event(kind, day, base)]
        for _ in range(rng.choice((1, 1, 2))):
            day += timedelta(days=rng.choice((0, 1, 1, 2)))
            told.append(event(kind, day, _like(base, rng)))
        yield told


def event(kind: str, day: date, known: dict[str, str]) -> Event:
    """The event of this kind with these facts on this day."""
    chosen = dict(known)
    chosen |= {"day_fr": f"le {day.day} {MONTHS_FR[day.month - 1]}", "day_vi": f"{day.day}/{day.month}"}
    lines = [(fr.format(**chosen), vi.format(**chosen)) for fr, vi in KINDS[kind]]
    return Event(kind, day, tuple(_upper(fr) for fr, _ in lines), tuple(_upper(vi) for _, vi in lines))


def _upper(line: str) -> str:
    return line[0].upper() + line[1:]


# Facts that stay together when a look-alike takes them over.
_GROUPS = [
    ("name_fr", "name_vi"), ("place", "place_vi"), ("other_fr", "other_vi"), ("country", "country_vi"), ("guest",), ("topic", "topic_vi"),
    ("goods", "goods_vi"), ("team_fr", "team_vi"), ("team2_fr", "team2_vi"), ("firm",), ("quarter",),
]  # fmt: skip


def _like(earlier: dict[str, str], rng: random.Random) -> dict[str, str]:
    """Facts of a look-alike, which shares about six in ten people, places and subjects, and no figures."""
    fresh = facts(rng)
    for group in _GROUPS:
        if rng.random() < 0.6:
            fresh |= {key: earlier[key] for key in group}
    return fresh


def facts(rng: random.Random) -> dict[str, str]:
    """People, places and figures drawn for one event, in both languages."""
    family, middle, given = rng.choice(FAMILIES), rng.choice(MIDDLES), rng.choice(GIVEN)
    place, other = rng.sample(PLACES, 2)
    team, team2 = rng.sample(TEAMS, 2)
    country, topic, goods = rng.choice(COUNTRIES), rng.choice(TOPICS), rng.choice(GOODS)
    big, percent = rng.randrange(1_100, 98_000), rng.randrange(11, 499)
    return {
        "name_fr": f"{family[0]} {middle[0]} {given[0]}", "name_vi": f"{family[1]} {middle[1]} {given[1]}",
        "guest": f"{rng.choice(FOREIGN_GIVEN)} {rng.choice(FOREIGN_FAMILY)}",
        "place": place[0], "place_vi": place[1], "other_fr": other[0], "other_vi": other[1],
        "country": country[0], "country_vi": country[3], "topic": topic[0], "topic_vi": topic[1], "goods": goods[0], "goods_vi": goods[1],
        "team_fr": team[0], "team_vi": team[1], "team2_fr": team2[0], "team2_vi": team2[1], "firm": rng.choice(FIRMS),
        "small": str(rng.randrange(3, 20)), "small2": str(rng.randrange(2, 30)), "nil": str(rng.randrange(0, 3)),
        "minute": str(rng.randrange(11, 89)), "count": str(rng.randrange(31, 950)), "count2": str(rng.randrange(101, 900)),
        "money": str(rng.randrange(12, 980)), "quarter": str(rng.randrange(2, 5)),
        "big": f"{big:,}".replace(",", "\u202f"), "big_vi": f"{big:,}".replace(",", "."),
        "percent": f"{percent / 10:.1f}".replace(".", ","), "percent_vi": f"{percent / 10:.1f}".replace(".", ","),
    }  # fmt: skip
