"""The public texts that networks are learned from, read out of a folder."""

import json
from pathlib import Path

from benchmarks.texts import (
    Text,
    apart,
    blocks,
    courses,
    handbooks,
    questions,
    sections,
    untokenised,
    wiki,
    wikinews,
)

LESSON = """<!--
metadata: 1
-->
# {title}

![A picture](picture.jpg)

{first} [{link}](../lesson.md)

```sh
make all
```

* {one}
* {two}

| a | b |
|---|---|

## {second}

{last}
"""
FRENCH = {
    "title": "Mesurer l'humidité du sol",
    "first": "Dans cette leçon, vous mesurez l'humidité de la terre avec un capteur simple. Il coûte très peu. Voyez aussi",
    "link": "la leçon d'avant.",
    "one": "Le capteur se plante dans le pot, près de la racine",
    "two": "Branchez ensuite les deux fils rouges sur la carte verte",
    "second": "Arroser les plantes sans y penser",
    "last": "La pompe démarre quand la terre est sèche depuis une heure.",
}
VIETNAMESE = {
    "title": "Đo độ ẩm của đất trồng",
    "first": "Trong bài học này, bạn đo độ ẩm của đất bằng một cảm biến đơn giản. Giá của nó rất thấp. Xem thêm",
    "link": "bài học trước.",
    "one": "Cảm biến được cắm vào chậu, gần rễ của cây",
    "two": "Sau đó hãy nối hai dây đỏ vào bảng mạch xanh",
    "second": "Tưới cây mà không cần nghĩ đến",
    "last": "Máy bơm chạy khi đất đã khô được một giờ.",
}


def _course(folder: Path, name: str, texts: dict[str, str]) -> None:
    for code, text in texts.items():
        path = folder / "courses" / "garden" / code / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_blocks_are_what_people_read() -> None:
    found = blocks(LESSON.format(**FRENCH))
    assert [kind for kind, _ in found] == ["#", "p", "*", "*", "#", "p"]
    assert found[1][1].endswith("Voyez aussi la leçon d'avant.")
    assert not any("make" in text or "|" in text or "metadata" in text for _, text in found)
    assert [len(section) for section in sections(LESSON.format(**FRENCH))] == [0, 4, 2]


def test_lessons_are_paired_section_by_section(tmp_path: Path) -> None:
    french, vietnamese = LESSON.format(**FRENCH), LESSON.format(**VIETNAMESE)
    shorter = vietnamese.replace(f"* {VIETNAMESE['one']}\n", "")
    _course(tmp_path, "1/README.md", {"fr": french, "vi": vietnamese})
    (text,) = courses(tmp_path)
    assert list(text.sides) == ["fr", "vi"]
    pairs = list(zip(*text.sides.values(), strict=True))
    assert (FRENCH["two"], VIETNAMESE["two"]) in pairs and (FRENCH["last"], VIETNAMESE["last"]) in pairs
    # the paragraph is cut into sentences; one of four words is too short to learn from
    assert any(
        source.startswith("Dans cette leçon") and target.startswith("Trong bài học") and source.endswith("simple.")
        for source, target in pairs
    )
    assert not any("coûte" in source for source, _ in pairs)
    # a section whose lists differ is left out, the others stay; here too little is left of the lesson
    _course(tmp_path, "1/README.md", {"vi": shorter})
    assert courses(tmp_path) == []


def test_a_notice_on_every_page_counts_once(tmp_path: Path) -> None:
    for page in ("1/README.md", "2/README.md"):
        _course(tmp_path, page, {"fr": LESSON.format(**FRENCH), "vi": LESSON.format(**VIETNAMESE)})
    assert len(courses(tmp_path)) == 1


def test_questions_and_their_paragraphs(tmp_path: Path) -> None:
    texts = {
        "en": ("The bridge was opened in 1931 by the mayor. It fell down two years later.", "Who opened the old bridge?"),
        "de": ("Die Brücke wurde 1931 vom Bürgermeister eröffnet. Sie stürzte zwei Jahre später ein.", "Wer hat die alte Brücke eröffnet?"),
        "es": ("El puente fue inaugurado en 1931 por el alcalde. Se derrumbó dos años más tarde.", "¿Quién inauguró el viejo puente?"),
        "vi": ("Cây cầu được thị trưởng khánh thành năm 1931. Hai năm sau nó bị sập xuống.", "Ai đã khánh thành cây cầu cũ?"),
    }  # fmt: skip
    (tmp_path / "questions").mkdir()
    for code, (context, question) in texts.items():
        article = {"paragraphs": [{"context": context, "qas": [{"question": question}]}]}
        record = json.dumps({"data": [article]})
        (tmp_path / "questions" / f"xquad.{code}.json").write_text(record, encoding="utf-8")
    (text,) = questions(tmp_path)
    assert {len(lines) for lines in text.sides.values()} == {3}
    assert text.sides["vi"][2] == "Ai đã khánh thành cây cầu cũ?"
    assert text.sides["en"][1] == "It fell down two years later."


def test_wikipedia_without_lists_and_headings(tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    page = (
        "Hà Nội là thủ đô của nước Việt Nam và là thành phố lớn.[1] Thành phố nằm bên bờ sông Hồng rộng lớn.\n\n"
        "== Lịch sử ==\nTrang web http://example.org có nhiều thông tin về thành phố này.\nDanh sách các quận nội thành của thành phố\n"
    )
    (tmp_path / "wiki" / "hà nội.txt").write_text(page, encoding="utf-8")
    assert list(wiki(tmp_path)) == [
        "Hà Nội là thủ đô của nước Việt Nam và là thành phố lớn.",
        "Thành phố nằm bên bờ sông Hồng rộng lớn.",
    ]


def test_an_empty_folder_has_no_texts(tmp_path: Path) -> None:
    assert not list(wiki(tmp_path)) and not questions(tmp_path) and not courses(tmp_path)


PAGE = {
    "fr": [
        "Ce chapitre montre comment mesurer la pluie avec une bouteille.",
        "Coupez la bouteille à mi-hauteur et retournez le goulot.",
        "Cette phrase n'a été écrite que pour les lecteurs français de la page.",
        "Enterrez la bouteille dans le jardin, loin des arbres.",
        "Chaque matin, notez la hauteur de l'eau en millimètres.",
        "Au bout d'un mois, dessinez une courbe sur du papier quadrillé.",
        "Comparez vos chiffres avec ceux de la station météo.",
    ],
    "vi": [
        "Chương này cho thấy cách đo lượng mưa bằng một cái chai.",
        "Hãy cắt chai ở giữa và lật ngược cổ chai lại.",
        "Hãy chôn cái chai trong vườn, xa các cây cối.",
        "Mỗi buổi sáng, hãy ghi lại chiều cao của nước tính bằng milimét.",
        "Sau một tháng, hãy vẽ một đường cong trên giấy kẻ ô vuông.",
        "Hãy so sánh số liệu của bạn với số liệu của trạm thời tiết.",
    ],
}


def test_pages_of_a_handbook_are_aligned(builtin, tmp_path: Path) -> None:
    for code, lines in PAGE.items():
        page = tmp_path / "handbooks" / "rain" / code / "chapter1" / "1.mdx"
        page.parent.mkdir(parents=True)
        page.write_text("# 1\n\n<Tip>\n\n" + "\n\n".join(lines) + "\n\n```\nmake all\n```\n", encoding="utf-8")
    (tmp_path / "handbooks" / "rain" / "fr" / "2.md").write_text("Une page sans traduction.", encoding="utf-8")
    (text,) = handbooks(tmp_path)
    assert text.sides["fr"] == [line for k, line in enumerate(PAGE["fr"]) if k != 2]
    assert text.sides["vi"] == PAGE["vi"]


def _news(folder: Path, rows: list[tuple[str, str]]) -> None:
    for k, code in enumerate(("en", "vi")):
        path = folder / "wikinews" / f"data_alt.true.{code}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(row[k] for row in rows), encoding="utf-8")


NEWS = [
    (f"the {name} won its {k} - 2 match at home on Monday .", f"đội {name} đã thắng trận đấu {k} - 2 trên sân nhà hôm thứ Hai .")
    for k, name in enumerate(("Lions", "Tigers", "Bears", "Wolves", "Eagles", "Sharks"), 3)
]  # fmt: skip


def test_news_is_written_as_people_write_it() -> None:
    english = "`` we don ' t know , ' ' the minister ' s aide said ( in Paris ) . it costs $ 5 ."
    vietnamese = '" chúng tôi không biết , " trợ lý của bộ trưởng nói ( tại Pa - ri ) . nó giá 5 % .'
    assert untokenised(english, vietnamese) == "\"We don't know,\" the minister's aide said (in Paris). It costs $5."
    assert (
        untokenised(vietnamese, "pa-ri") == '"Chúng tôi không biết," trợ lý của bộ trưởng nói (tại Pa-ri). Nó giá 5%.'
    )
    assert untokenised("Co - Operative bank", "ngân hàng") == "Co – Operative bank"  # a dash for all that is known


def test_news_whose_hyphens_are_unknown_is_left_out(tmp_path: Path) -> None:
    assert wikinews(tmp_path) == []
    plain = [(a.replace(" - ", "-"), b.replace(" - ", "-")) for a, b in NEWS]
    _news(tmp_path, [*plain, NEWS[0]])
    (text,) = wikinews(tmp_path)
    assert text.sides["en"][0] == "The Lions won its 3-2 match at home on Monday."
    assert text.sides["vi"][0] == "Đội Lions đã thắng trận đấu 3-2 trên sân nhà hôm thứ Hai."
    assert len(text.sides["en"]) == len(NEWS)


def test_texts_that_share_ten_words_with_evaluation_data_are_left_out(tmp_path: Path) -> None:
    eval_ = tmp_path / "eval" / "some"
    eval_.mkdir(parents=True)
    said = "Hier, une ministre a dit que la ville de Hué aura deux ponts de plus."
    (eval_ / "a.jsonl").write_text(json.dumps({"doc": [{"fr": [said]}]}), encoding="utf-8")
    (eval_ / "b.vi").write_text("Trời mưa to ở Huế.\n", encoding="utf-8")
    (eval_ / "notes.txt").write_text(
        "un texte qui n'est pas à mesurer et qui reste donc bien permis\n", encoding="utf-8"
    )
    texts = {
        "nine": "Une ministre a dit que la ville de Hué a cela",
        "ten": "UNE MINISTRE A DIT QUE LA VILLE DE HUE AURA tout",
        "line": "trời mưa to ở huế",
        "notes": "un texte qui n'est pas à mesurer et qui reste donc bien permis",
    }
    kept = apart([Text({"fr": ["Une ligne.", text]}) for text in texts.values()], tmp_path)
    assert [text.sides["fr"][1] for text in kept] == [texts["nine"], texts["notes"]]
