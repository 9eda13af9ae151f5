"""Cleaning: tables of what sites put around reports, and of what only looks like it."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.blocks import Block, from_text
from songngu.data.cleaning import REASONS, Cleaned, clean
from songngu.data.core import Dropped
from songngu.eval.cleaning import GoldPage, faults, score_cleaning

BODY = {
    "fr": (
        "Le ministre des Transports a inauguré mardi la nouvelle gare de la ville.",
        "Les travaux ont duré trois ans et coûté 40 millions d'euros, a-t-il précisé devant les habitants.",
        "La gare accueillera chaque jour 12 000 voyageurs, selon le ministère des Transports.",
    ),
    "vi": (
        "Bộ trưởng Giao thông vận tải hôm thứ Ba đã khánh thành nhà ga mới của thành phố.",
        "Công trình kéo dài ba năm với kinh phí 40 triệu euro, ông cho biết trước người dân.",
        "Nhà ga sẽ đón 12.000 lượt khách mỗi ngày, theo Bộ Giao thông vận tải.",
    ),
}


def page(
    language: str, *, above: tuple[str, ...] = (), within: tuple[str, ...] = (), below: tuple[str, ...] = ()
) -> Cleaned:
    body = BODY[language]
    return clean(map(Block, (*above, *body[:2], *within, *body[2:], *below)), language)


@pytest.mark.parametrize(
    ("language", "line", "why"),
    [
        ("fr", "Le ministre devant la gare. Photo : VNA", "caption"),
        ("fr", "Le ministre devant la gare (Photo: VNA)", "caption"),
        ("fr", "Le ministre devant la gare - Photo : VGP", "caption"),
        ("fr", "Le ministre devant la gare, mardi. © AFP", "caption"),
        ("fr", "Le ministre devant la gare. Photo d'illustration (Source: VNA)", "caption"),
        ("fr", "Une gare pour la ville ảnh 1Le ministre devant la gare.   Photo : VNA", "caption"),
        ("fr", "Photo : Jean Dupont", "credit"),
        ("fr", "Lire aussi : Le tramway attendra", "related link"),
        ("fr", "À lire aussi Le tramway attendra", "related link"),
        ("fr", ">> Le tramway attendra", "related link"),
        ("fr", "Partager", "share"),
        ("fr", "Facebook | Twitter | Copier le lien", "share"),
        ("fr", "Inscrivez-vous à notre newsletter", "newsletter"),
        ("fr", "Accueil > Société > Monde", "navigation"),
        ("fr", "Texte et photo : Thu Trang/CVN", "byline"),
        ("fr", "Publié le 3 septembre 2019 à 10h30 - Mis à jour le 04/09/2019", "date line"),
        ("vi", "Bộ trưởng tại lễ khánh thành. Ảnh: TTXVN phát |", "caption"),
        ("vi", "Bộ trưởng tại lễ khánh thành. (Ảnh: Minh Anh/TTXVN)", "caption"),
        ("vi", "Bộ trưởng tại lễ khánh thành - Ảnh: VGP/Nhật Bắc", "caption"),
        ("vi", "Ảnh: Trần Văn Thi", "credit"),
        ("vi", "Xem thêm: Tàu điện còn phải chờ", "related link"),
        ("vi", ">>> Tàu điện còn phải chờ", "related link"),
        ("vi", "Chia sẻ", "share"),
        ("vi", "Thứ Ba, 03/09/2019 | 10:30 GMT+7", "date line"),
        ("vi", "Bài và ảnh: Nguyễn Hồng Sáng", "byline"),
        ("vi", "Từ khóa: nhà ga, giao thông", "tags"),
        ("vi", "Bình luận (3)", "comments"),
        ("vi", "Trang chủ / Xã hội / Kinh tế", "navigation"),
    ],
)
def test_lines_inside_a_report_that_are_not_its_own(language: str, line: str, why: str) -> None:
    cleaned = page(language, within=(line,))
    assert cleaned.paragraphs == BODY[language]
    assert [(d.text, d.why) for d in cleaned.dropped] == [(line, why)]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Photo à l'appui, l'opposition accuse la mairie de faire nettoyer les affiches."),
        ("fr", "Partager l'espace public n'a jamais été simple, a reconnu le maire."),
        ("fr", "Par précaution, la préfecture a rappelé les règles."),
        ("fr", "Le Fonds monétaire international (FMI) - dont le siège est à Washington - a salué le projet."),
        ("fr", "Il a montré la seule photo : celle de sa mère."),
        ("fr", "Une coopération renforcée"),
        ("fr", "» Le vote du budget, en avril, avait déjà divisé la ville."),
        ("fr", "« Nous avons attendu longtemps », a dit une habitante."),
        ("fr", "Lire reste le premier loisir des habitants."),
        ("vi", "Ảnh hưởng của bão khiến nhiều chuyến tàu bị hủy."),
        ("vi", "Theo Bộ Giao thông vận tải, nhà ga sẽ mở cửa vào tháng 9."),
        ("vi", "Xem xét đề nghị của thành phố, Chính phủ đã đồng ý."),
        ("vi", "Tin vui đến với người dân vào sáng 3/9."),
        ("vi", "Hợp tác ngày càng sâu rộng"),
        ("vi", "Điện thoại thông minh giúp hành khách tìm đường trong nhà ga mới."),
        ("vi", "Tòa soạn đã liên hệ với người dân ở gần nhà ga."),
        ("vi", "PV: Xin ông cho biết ý nghĩa của nhà ga mới?"),
        ("vi", "Phóng viên: Xin trân trọng cảm ơn ông!"),
        ("vi", '"Chúng tôi đã chờ đợi rất lâu", một người dân nói.'),
    ],
)
def test_lines_that_only_look_like_it_stay(language: str, line: str) -> None:
    cleaned = page(language, within=(line,))
    assert line in cleaned.paragraphs
    assert not cleaned.dropped


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("fr", "Séoul (VNA) – "),
        ("fr", "New York, 21 décembre (VNA) - "),
        ("fr", "PARIS, 3 sept. (AFP) — "),
        ("fr", "Los Angeles (États-Unis) (AFP) – "),
        ("fr", "Hô Chi Minh-Ville (VNA) - "),
        ("fr", "HANOÏ - "),
        ("vi", "(VOV5) - "),
        ("vi", "(Chinhphu.vn) - "),
        ("vi", "TTXVN - "),
        ("vi", "Hà Nội (TTXVN 21/12) - "),
        ("vi", "HÀ NỘI - "),
        ("vi", "QĐND Online - "),
    ],
)
def test_datelines_are_cut_from_the_first_paragraph(language: str, opening: str) -> None:
    body = BODY[language]
    cleaned = clean([Block(opening + body[0]), *map(Block, body[1:])], language)
    assert cleaned.paragraphs == body
    assert cleaned.dropped == (Dropped(opening.strip(), "dateline"),)
    assert cleaned.stamps == (opening.strip(),)


@pytest.mark.parametrize(
    ("language", "ending"),
    [
        ("fr", " -VNA"),
        ("fr", "- VNA"),
        ("fr", " – VNA"),
        ("fr", " (avec AFP)"),
        ("vi", " (TTXVN)"),
        ("vi", " (Theo TTXVN)"),
        ("vi", " /VOV"),
    ],
)
def test_agency_tags_are_cut_from_the_last_paragraph(language: str, ending: str) -> None:
    body = BODY[language]
    cleaned = clean([*map(Block, body[:-1]), Block(body[-1] + ending)], language)
    assert cleaned.paragraphs == body
    assert cleaned.dropped == (Dropped(ending.strip(), "agency tag"),)


def test_an_end_mark_leaves_the_full_stop() -> None:
    cleaned = clean([*map(Block, BODY["vi"][:-1]), Block(BODY["vi"][-1] + "/.")], "vi")
    assert cleaned.paragraphs == BODY["vi"]


@pytest.mark.parametrize("heading", ["Voir plus", "VOIR PLUS »", "Sur le même sujet", "Tin liên quan", None])
@pytest.mark.parametrize("tag", [" -VNA", ""])
def test_a_tail_of_teasers_goes_with_or_without_a_heading(heading: str | None, tag: str) -> None:
    teasers = (
        "Des pêcheurs au large de Phu Quoc. Photo : VNA",
        "La pêche au calmar reprend dans le golfe",
        "Après deux mois de repos biologique, les chalutiers ont repris la mer, sous la surveillance des garde-côtes.",
        "Un atelier de laque à Hanoï. Photo : CVN",
        "La laque séduit une nouvelle génération d'artistes",
        "Formés aux Beaux-Arts, ils mêlent la coquille d'œuf et la résine, et vendent leurs tableaux jusqu'à Tokyo.",
        "Le marathon de Hué attire dix mille coureurs",
        "Les Kényans ont dominé la course, disputée sous un soleil de plomb entre la citadelle et la rivière des Parfums.",
    )
    body = BODY["fr"]
    lines = (*body[:-1], body[-1] + tag, *([heading] if heading else []), *teasers)
    cleaned = clean(map(Block, lines), "fr")
    assert cleaned.paragraphs == body
    assert {d.why for d in cleaned.dropped} == {"teasers"} | ({"agency tag"} if tag else set())
    assert [d.text for d in cleaned.dropped if d.why == "teasers"] == [h for h in [heading] if h] + list(teasers)


def test_a_list_of_links_inside_a_report_does_not_end_it() -> None:
    cleaned = page(
        "vi",
        within=("Tin liên quan", "Tàu điện còn phải chờ thêm hai năm nữa", "Giá vé tàu Tết tăng nhẹ"),
        below=BODY["vi"][:1],
    )
    assert cleaned.paragraphs == (*BODY["vi"], BODY["vi"][0])
    assert {d.why for d in cleaned.dropped} == {"related link"}


def test_a_round_up_with_subheadings_stays() -> None:
    sections = (
        "Les transports au cœur du budget",
        "Le gouvernement consacrera un tiers du budget aux transports, a indiqué le ministre.",
        "Il s'agit de la plus forte hausse depuis dix ans, ont relevé les habitants de la ville.",
        "Une gare tous les dix kilomètres",
        "La nouvelle gare de la ville est la première d'une série de vingt, selon le ministère des Transports.",
        "Les travaux des suivantes dureront trois ans.",
    )
    assert page("fr", below=sections).paragraphs == BODY["fr"] + sections


def test_the_headline_stands_apart_and_a_repeated_lead_stays() -> None:
    lead = "Le ministre des Transports a inauguré la nouvelle gare."
    cleaned = page("fr", above=("Une gare pour la ville et ses habitants", lead))
    assert cleaned.title == "Une gare pour la ville et ses habitants"
    assert cleaned.paragraphs == (lead, *BODY["fr"])
    assert not cleaned.dropped


def test_a_given_headline_is_not_looked_for() -> None:
    blocks = [Block("Une gare"), Block("Le point sur la situation des transports"), *map(Block, BODY["fr"])]
    cleaned = clean(blocks, "fr", title="Une gare")
    assert cleaned.title == "Une gare"
    assert cleaned.paragraphs[0] == "Le point sur la situation des transports"


def test_a_leading_date_is_recorded_and_cut() -> None:
    cleaned = clean([Block("date 2019-09 Le ministre devant la gare (Photo: VNA)"), *map(Block, BODY["fr"])], "fr")
    assert cleaned.paragraphs == BODY["fr"]
    assert [(d.text, d.why) for d in cleaned.dropped] == [
        ("date 2019-09", "date line"),
        ("Le ministre devant la gare (Photo: VNA)", "caption"),
    ]
    assert cleaned.stamps[0] == "2019-09"


def test_names_around_the_report_are_bylines_and_fragments_below_it_navigation() -> None:
    cleaned = page(
        "vi",
        above=("Khánh thành nhà ga mới của thành phố", "Thu Trang"),
        below=("Minh Anh (TTXVN)", "Bản in", "Xin cảm ơn quý vị"),
    )
    assert cleaned.paragraphs == BODY["vi"]
    assert [d.why for d in cleaned.dropped] == ["byline", "byline", "share", "navigation"]


def test_a_quotation_set_apart_is_said_once() -> None:
    said = "« La gare accueillera chaque jour 12 000 voyageurs »"
    assert page("fr", within=(said,)).dropped == (Dropped(said, "pull quote"),)


def test_an_unknown_language_has_all_habits() -> None:
    blocks = [
        *map(Block, BODY["fr"]),
        Block("Le ministre devant la gare. Photo : VNA"),
        Block("Bộ trưởng tại lễ. Ảnh: TTXVN"),
    ]
    assert [d.why for d in clean(blocks, "").dropped] == ["caption", "caption"]
    assert clean(map(Block, BODY["fr"]), "sw").paragraphs == ()  # French paragraphs are foreign in a Swahili report


def test_hard_wrapped_text_is_put_together() -> None:
    text = (
        "Le ministre des Transports a inauguré mardi la nouvelle gare de la\nville, trois ans après le début des travaux, devant"
        " plusieurs cen-\ntaines d'habitants venus assister à la cérémonie dans le froid et\nsous la pluie."
    )
    assert len(list(from_text(text))) == 1
    assert (
        len(
            list(
                from_text("Une ligne assez longue pour compter.\nUne autre ligne assez longue aussi.\nEt la dernière.")
            )
        )
        == 3
    )


@given(
    st.lists(
        st.sampled_from(
            [*BODY["fr"], *BODY["vi"], "Voir plus", "Photo : VNA", "-VNA", "Tin liên quan", "», (", "A", "/."]
        ),
        max_size=12,
    )
)
def test_nothing_is_lost_and_every_reason_is_known(lines: list[str]) -> None:
    cleaned = clean(map(Block, lines), "fr")
    pieces = [*cleaned.paragraphs, *(d.text for d in cleaned.dropped), *([cleaned.title] if cleaned.title else [])]
    letters = sorted(c for piece in pieces for c in piece if c.isalnum())
    assert letters == sorted(c for line in lines for c in line if c.isalnum())
    assert {d.why for d in cleaned.dropped} <= set(REASONS)


def test_a_very_long_line_is_no_slower_than_its_length() -> None:
    assert clean([Block("Photo : " * 200_000)], "fr").paragraphs


@pytest.mark.parametrize(
    "lines",
    [
        ["Un titre sans point final " + str(n) for n in range(3000)],
        [("Un titre sans point final", "Photo : VNA", "mot")[n % 3] for n in range(3000)]
        + ["Fin de la longue liste, avec un point."],
        ["AAAA BBBBBBB CCCCCC DDDDDDD EEEEEE FFFFFF GGGGG HHHHHH !?" for _ in range(300)],
        ["Le Thi Mai - Tran Van Nam - Hoang Anh / Pham Ha / Nguyen" + " Binh" * n for n in range(300)],
        ["#a b c #d e f #g h i ?" * 5 for _ in range(300)],
        ["." * 3000, " " + "-" * 3000, "(" * 3000, "/" * 3000, "A." * 1500, "1/" * 1500],
    ],
    ids=["headlines", "scraps", "capitals", "names", "hashtags", "marks"],
)
def test_no_page_takes_long(lines: list[str]) -> None:
    start = time.process_time()
    clean(map(Block, lines), "fr")
    assert time.process_time() - start < 10


# ---- the score -------------------------------------------------------------------------------------------------------

GOLD = GoldPage(
    "p", ("Un deux trois.", "Quatre cinq."), (Dropped("Photo : X", "caption"), Dropped("Partager", "share")), "Titre"
)


def test_the_score_counts_lost_and_leaked_blocks() -> None:
    perfect = score_cleaning([GOLD], {"p": "Un deux\ntrois.\nQuatre cinq."}, {"p": GOLD.drop})
    assert (perfect.f1, perfect.reasons) == (1.0, 1.0)
    worse = score_cleaning([GOLD], {"p": "Titre\nUn deux trois.\nPartager"}, {"p": [Dropped("Photo : X", "credit")]})
    assert (worse.keep.precision, worse.keep.recall) == (0.5, 0.5)
    assert (worse.drop.precision, worse.drop.recall) == (0.5, 0.5)
    assert worse.reasons == 0.0
    assert faults(GOLD, "Un deux trois.").lost == ("Quatre cinq.",)
    assert score_cleaning([GOLD], {}).keep.recall == 0.0


def test_gold_pages_are_cleaned_well() -> None:
    folder = Path(__file__).parent / "gold" / "pages"
    from songngu.data.reading import ReadingSettings, read

    gold = [GoldPage.of(json.loads(line)) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    options = ReadingSettings(min_words=1, near_duplicates=0, site_repetition=False)
    found = {d.id: d for d in read(sorted(folder.glob("p*")), settings=options)}
    score = score_cleaning(gold, {i: d.text for i, d in found.items()}, {i: d.dropped for i, d in found.items()})
    assert score.keep.f1 >= 0.97
    assert score.drop.f1 >= 0.97
