import re

import numpy as np
import pytest
from songngu.data.errors import UsageError
from songngu.data.languages import table
from songngu.eval.checks import KINDS, check
from songngu.eval.checks_corpus import Term
from songngu.eval.checks_form import misplaced_tone
from songngu.eval.checks_meaning import name
from songngu.eval.findings import Case, Finding
from songngu.models.gaps import Side

# source, target, source language, target language, the kinds that must be found
WRONG = [
    ("Le taux est de 5,4 %.", "Tỷ lệ là 4,5%.", "fr", "vi", {"number"}),
    ("Il a 1 234,5 hectares.", "Ông có 1.234,6 héc-ta.", "fr", "vi", {"number"}),
    ("Il a vingt-trois ans.", "Anh ấy 32 tuổi.", "fr", "vi", {"number"}),
    ("La ville est à 20 kilomètres.", "Thành phố cách đó 20 dặm.", "fr", "vi", {"unit"}),
    ("Le contrat vaut 5 millions d'euros.", "Hợp đồng trị giá 5 triệu đô la.", "fr", "vi", {"unit"}),
    ("Il arrivera le 3 mai.", "Ông sẽ đến ngày 4 tháng 5.", "fr", "vi", {"date"}),
    ("Il arrivera mardi.", "Ông sẽ đến vào thứ Tư.", "fr", "vi", {"date"}),
    ("C'est la deuxième réunion du comité.", "Đây là cuộc họp thứ năm của ủy ban.", "fr", "vi", {"number"}),
    ("Il visite la France.", "Ông thăm Đức.", "fr", "vi", {"name"}),
    ("Emmanuel Macron a parlé.", "Angela Merkel đã phát biểu.", "fr", "vi", {"name"}),
    ("Il n'a pas signé l'accord.", "Ông đã ký thỏa thuận.", "fr", "vi", {"negation"}),
    ("He didn't sign the agreement.", "Ông đã ký thỏa thuận.", "en", "vi", {"negation"}),
    ("Er hat den Vertrag nicht unterschrieben.", "Il a signé l'accord.", "de", "fr", {"negation"}),
    ("Ông đã ký thỏa thuận.", "No firmó el acuerdo.", "vi", "es", {"negation"}),
    ("Le ministre a signé l'accord hier.", "Le ministre a signé l'accord hier.", "fr", "vi", {"untranslated"}),
    ("Le ministre a signé l'accord hier.", "Bộ trưởng đã ký l'accord hier.", "fr", "vi", {"untranslated"}),
    ("Le ministre a signé un accord.", "Bộ trưởng bộ trưởng bộ trưởng đã ký một thỏa thuận.", "fr", "vi", {"repetition"}),
    ("Le ministre a signé un accord.", "Bộ trưởng đã đã ký một thỏa thuận.", "fr", "vi", {"repetition"}),
    ("Le ministre est-il venu ?", "Bộ trưởng đã đến.", "fr", "vi", {"punctuation"}),
    ("Il est venu (hier).", "Ông đã đến (hôm qua.", "fr", "vi", {"brackets"}),
    ("Il est venu (hier).", "Ông đã đến hôm qua).", "fr", "vi", {"brackets"}),
    ("Il est venu hier.", "Ông đã đến  hôm qua.", "fr", "vi", {"spacing"}),
    ("Ông đã đến.", "Il est venu .", "vi", "fr", {"spacing"}),
    ("Ông đã đến chưa?", "Est-il venu?", "vi", "fr", {"spacing"}),
    ("Bonjour {name} !", "Xin chào {tên}!", "fr", "vi", {"placeholder"}),
    ("Voir https://a.fr/b.", "Xem https://a.fr/c.", "fr", "vi", {"url"}),
    ("Il est venu hier.", "O\u0302ng đã đến hôm qua.", "fr", "vi", {"unicode"}),
    ("Il est venu.", "Ông đã đến, ông qúa già.", "fr", "vi", {"tone_placement"}),
]  # fmt: skip
RIGHT = [
    ("Le taux est de 5,4 %.", "Tỷ lệ là 5,4%.", "fr", "vi"),
    ("Il possède 1 234,5 hectares.", "Ông sở hữu 1.234,5 héc-ta.", "fr", "vi"),
    ("Quatre-vingt-douze personnes sont venues.", "92 người đã đến.", "fr", "vi"),
    ("Deux millions de Français sont partis.", "Hai triệu người Pháp đã rời đi.", "fr", "vi"),
    ("Il arrivera mardi 3 mai à 14 h 30.", "Ông sẽ đến lúc 14 giờ 30 thứ Ba ngày 3/5.", "fr", "vi"),
    ("La Corée du Sud et le Vietnam coopèrent.", "Hàn Quốc và Việt Nam hợp tác.", "fr", "vi"),
    ("Nguyen Phu Trong est arrivé.", "Ông Nguyễn Phú Trọng đã đến.", "fr", "vi"),
    ("Il n'a pas signé l'accord.", "Ông chưa ký thỏa thuận.", "fr", "vi"),
    ("He never signed the agreement.", "Ông chưa bao giờ ký thỏa thuận.", "en", "vi"),
    ("Not only the minister signed.", "Bộ trưởng và những người khác đã ký.", "en", "vi"),
    ("Niemand ist gekommen.", "Personne n'est venu.", "de", "fr"),
    ("Ông không đến.", "No ha venido.", "vi", "es"),
    ("Ce n'est qu'un début.", "Đây chỉ là khởi đầu.", "fr", "vi"),
    ("Est-il venu ?", "Ông ấy có đến không?", "fr", "vi"),
    ("Il marche lentement.", "Anh ấy đi từ từ.", "fr", "vi"),
    ("Đi từ từ thôi.", "Allez-y doucement.", "vi", "fr"),
    ("« Bonjour », dit-il.", "“Xin chào”, ông nói.", "fr", "vi"),
    ("", "", "fr", "vi"),
    ("Il est venu à 11 h (UTC+1).", "Ông đã đến lúc 11 giờ (UTC + 1).", "fr", "vi"),
    ("Elle a pris le film (35 mm).", "Cô lấy cuộn phim (35 mm).", "fr", "vi"),
    ("C'est du hip hop.", "Đó là nhạc hip hop.", "fr", "vi"),
    ("Il y vit depuis un siècle.", "Ông sống ở đó 100 năm nay.", "fr", "vi"),
    ("Il mesure 1,88 m.", "Anh ấy cao 1m88.", "fr", "vi"),
    ("Il a traversé le Pacifique.", "Ông đã vượt Thái Bình Dương.", "fr", "vi"),
    ("OK", "OK", "fr", "vi"),
]


def kinds_found(source: str, target: str, one: str, other: str, **options) -> set[str]:
    return {f.kind for f in check([(source, target)], source_language=one, target_language=other, **options)}


@pytest.mark.parametrize(("source", "target", "one", "other", "kinds"), WRONG)
def test_errors_are_found(source: str, target: str, one: str, other: str, kinds: set[str]) -> None:
    assert kinds <= kinds_found(source, target, one, other)


@pytest.mark.parametrize(("source", "target", "one", "other"), RIGHT)
def test_good_translations_raise_no_alarm(source: str, target: str, one: str, other: str) -> None:
    assert kinds_found(source, target, one, other) == set()


def test_findings_say_line_place_and_certainty() -> None:
    pairs = [("Bien.", "Tốt."), ("Il a 20 ans.", "Anh ấy 30 tuổi.")]
    (finding,) = check(pairs, source_language="fr", target_language="vi")
    assert (finding.line, finding.kind, finding.severity) == (2, "number", "error")
    assert finding.where == "target:7-9" or finding.where.startswith("target:")
    assert "20" in finding.message and "30" in finding.message and 0.5 <= finding.confidence <= 1
    assert set(finding.record()) == {"line", "kind", "severity", "where", "message", "confidence"}


def test_inconsistent_translations_name_each_other() -> None:
    pairs = [("À suivre.", "Xem tiếp."), ("Bien.", "Tốt."), ("À suivre.", "Còn nữa.")]
    found = list(check(pairs, source_language="fr", target_language="vi", kinds=["inconsistency"]))
    assert [(f.line, f.kind) for f in found] == [(1, "inconsistency"), (3, "inconsistency")]
    assert "line 3" in found[0].message and "Xem tiếp" in found[1].message


def test_a_glossary_is_obeyed_or_not() -> None:
    terms = [
        Term("ministre", ("bộ trưởng",)),
        Term("ministre des Affaires étrangères", ("ngoại trưởng", "bộ trưởng ngoại giao")),
    ]
    options = {"glossary": terms, "kinds": ["glossary"]}
    assert kinds_found("Le ministre parle.", "Thủ tướng nói.", "fr", "vi", **options) == {"glossary"}
    assert kinds_found("Les ministres parlent.", "Các Bộ trưởng nói.", "fr", "vi", **options) == set()
    # the longer term is asked for, not the shorter one inside it
    assert (
        kinds_found("Le ministre des Affaires étrangères parle.", "Ngoại trưởng nói.", "fr", "vi", **options) == set()
    )


def test_a_copy_is_one_finding() -> None:
    source = "Le 3 mai, il n'a pas signé l'accord avec la France pour 20 euros."
    assert kinds_found(source, source, "fr", "vi") == {"untranslated"}


def test_lines_are_streamed() -> None:
    def endless():
        while True:
            yield ("Il a 20 ans.", "Anh ấy 30 tuổi.")

    assert next(check(endless(), source_language="fr", target_language="vi")).line == 1


def test_unknown_kinds_and_severities_are_refused() -> None:
    with pytest.raises(UsageError, match="unknown kind of finding 'numbers'; choose from"):
        list(check([], source_language="fr", target_language="vi", kinds=["numbers"]))
    with pytest.raises(UsageError, match="severity"):
        Finding(1, "number", "fatal", "target", "", 0.5)
    assert len(KINDS) == len(set(KINDS))


@pytest.mark.parametrize(
    "pair", [("a" * 100_000, "b" * 100_000), ("\x00\u200b", "\ud7ff"), ("%" * 50, "{" * 50), ("。", "…")]
)
def test_odd_text_does_no_harm(pair: tuple[str, str]) -> None:
    list(check([pair], source_language="fr", target_language="vi"))


def test_a_language_without_tables_is_checked_for_form_and_digits() -> None:
    assert kinds_found("Il a 20 ans.", "Han är 30 år.", "fr", "sv") == {"number"}


@pytest.mark.parametrize(
    "word",
    [
        "hoà",
        "hòa",
        "toàn",
        "quá",
        "già",
        "gì",
        "thuở",
        "khuỷu",
        "người",
        "mía",
        "Huế",
        "uỷ",
        "của",
        "nghĩa",
        "Paris",
        "rồi",
        "đêm",
    ],
)
def test_tone_marks_in_their_place(word: str) -> None:
    assert not misplaced_tone(word, (table("vi", "checks") or {})["tones"])


@pytest.mark.parametrize("word", ["tòan", "qúa", "gìa", "ngừơi", "miá", "cuả", "hòan"])
def test_tone_marks_out_of_place(word: str) -> None:
    assert misplaced_tone(word, (table("vi", "checks") or {})["tones"])


def test_a_case_normalises_but_remembers_the_raw_text() -> None:
    case = Case(1, " a\u00a0b ", "o\u0302", source_language="fr", target_language="vi")
    assert (case.source, case.target, case.raw["target"]) == ("a b", "ô", "o\u0302")


def read(source: str, target: str, strange: str, odds: float) -> Case:
    """A line of which the network says that a word of the translation has no counterpart, as surely as `odds` tell."""
    case = Case(1, source, target, source_language="fr", target_language="vi")
    spans = [np.array([match.span() for match in re.finditer(r"\w+", text)]) for text in (case.source, case.target)]
    cosines = np.full((len(spans[0]), len(spans[1])), 0.5, dtype=np.float32)
    odd = np.array([odds if case.target[a:b] == strange else -5.0 for a, b in spans[1]])
    one = Side(case.source, spans[0], cosines, np.full(len(spans[0]), -5.0), np.full(len(spans[0]) + 1, -5.0))
    case.words = one, Side(case.target, spans[1], cosines.T, odd, np.full(len(spans[1]) + 1, -5.0))
    return case


def test_a_strange_name_without_a_counterpart_is_told() -> None:
    lines = "Vidal avait rejoint le club il y a trois saisons.", "Ba mùa trước, Savary đã gia nhập câu lạc bộ."
    (found,) = [f for f in name(read(*lines, "Savary", 5.0)) if f.confidence >= 0.6]
    assert found.kind == "name" and found.severity == "error" and "Savary" in found.message
    start, end = map(int, found.where.removeprefix("target:").split("-"))
    assert lines[1][start:end] == "Savary"
    surer = max(f.confidence for f in name(read(*lines, "Savary", 8.0)))
    assert found.confidence < surer <= 0.75


@pytest.mark.parametrize(("strange", "odds"), [("Savary", 3.0), ("Savary", -5.0), ("mùa", 6.0)])
def test_a_strange_name_may_be_right(strange: str, odds: float) -> None:
    lines = "Vidal avait rejoint le club il y a trois saisons.", "Ba mùa trước, Savary đã gia nhập câu lạc bộ."
    assert all(f.confidence < 0.6 for f in name(read(*lines, strange, odds)))
