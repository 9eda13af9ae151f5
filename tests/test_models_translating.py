import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from songngu.data.core import Document, Sentence
from songngu.data.errors import SongnguError
from songngu.models.translating import cut, hide, reveal, translate, translate_document, translate_stream
from songngu.models.translation_files import translate_file
from songngu.models.translators import Translator, translator


@dataclass
class Words:
    """A stand-in that "translates" by a function of the sentence; its tokens are words."""

    rule: Callable[[str], str] = str.upper
    second: Callable[[str], str] | None = None
    limit: int | None = None
    seen: list[str] = field(default_factory=list)
    signature: str = "mt:words"

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        return [len(sentence.split()) for sentence in sentences]

    def careful(self) -> "Words | None":
        return Words(self.second, limit=self.limit, seen=self.seen) if self.second else None

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:
        self.seen += sentences
        return [self.rule(sentence) for sentence in sentences]


FR_VI: dict[str, Any] = {"source_language": "fr", "target_language": "vi"}


def test_the_stand_in_is_a_translator() -> None:
    assert isinstance(Words(), Translator)


def test_empty_lines_stay_empty_and_order_is_kept() -> None:
    model = Words()
    assert translate(["b", "", "  ", "a\u00a0c", "b"], model=model, **FR_VI) == ["B", "", "", "A C", "B"]
    assert model.seen == ["b", "a c"]  # what comes twice is translated once


@pytest.mark.parametrize("window", [1, 3, 100])
def test_windows_change_nothing(window: int) -> None:
    sentences = [f"phrase {i % 7}" for i in range(20)]
    found = [t.text for t in translate_stream(sentences, model=Words(), window=window, **FR_VI)]
    assert found == [s.upper() for s in sentences]


def test_output_starts_after_the_first_window() -> None:
    def endless():
        while True:
            yield "encore"

    stream = translate_stream(endless(), model=Words(), window=2, **FR_VI)
    assert [next(stream).text for _ in range(5)] == ["ENCORE"] * 5


def test_a_sentence_over_the_limit_is_cut_at_clauses_and_said_so() -> None:
    model = Words(limit=4)
    (found,) = translate_stream(["un deux trois, quatre cinq ; six sept huit neuf dix onze"], model=model, **FR_VI)
    assert found.flags == ("split",) and not found.suspect
    assert found.text == "UN DEUX TROIS, QUATRE CINQ ; SIX SEPT HUIT NEUF DIX ONZE"
    assert all(len(piece.split()) <= 4 for piece in model.seen)


@pytest.mark.parametrize(
    ("sentence", "limit", "pieces"),
    [
        ("a b, c d, e f", 4, ["a b, c d,", "e f"]),
        ("a b c d e f g", 3, ["a b c", "d e f", "g"]),
        ("a b : c d – e f", 5, ["a b : c d", "– e f"]),
    ],
)
def test_cut(sentence: str, limit: int, pieces: list[str]) -> None:
    assert cut(sentence, limit, Words()) == pieces
    assert " ".join(pieces) == sentence


def test_a_loop_is_tried_again_once() -> None:
    model = Words(lambda s: "rồi rồi rồi rồi rồi rồi", second=str.upper)
    (found,) = translate_stream(["Le président arrive."], model=model, **FR_VI)
    assert found.text == "LE PRÉSIDENT ARRIVE." and found.flags == ("retried",) and not found.suspect


def test_what_stays_wrong_is_flagged() -> None:
    model = Words(lambda s: "rồi rồi rồi rồi rồi rồi", second=lambda s: "la la la la la la")
    (found,) = translate_stream(["Le président arrive."], model=model, **FR_VI)
    assert found.text == "rồi rồi rồi rồi rồi rồi" and found.flags == ("retried", "loop") and found.suspect


def test_dropped_text_is_found_by_its_length() -> None:
    long = "Le président de la République est arrivé lundi à Séoul pour une visite de trois jours."
    (found,) = translate_stream([long], model=Words(lambda s: "Tổng thống đến."), **FR_VI)
    assert found.flags == ("dropped",)


def test_placeholders_come_through_a_model_that_would_break_them() -> None:
    model = Words(lambda s: s.replace("{name}", "{tên}").replace("https://a.vn/b", "liên kết"))
    (found,) = translate_stream(["Bonjour {name}, voir https://a.vn/b."], model=model, **FR_VI)
    assert found.text == "Bonjour {name}, voir https://a.vn/b." and found.flags == ("retried",)


def test_a_lost_placeholder_is_flagged() -> None:
    (found,) = translate_stream(["Bonjour {name} !"], model=Words(lambda s: "Xin chào bạn !"), **FR_VI)
    assert found.flags == ("retried", "protected") and found.suspect


def test_hide_and_reveal_are_inverse() -> None:
    sentence = 'Cliquez <a href="x y">ici</a> ou écrivez à a.b@c.fr, %(n)s fois (https://x.vn/a_(b)).'
    masked, spans = hide(sentence)
    assert spans == ['<a href="x y">', "</a>", "a.b@c.fr", "%(n)s", "https://x.vn/a_(b)"]
    assert reveal(masked, spans) == sentence
    assert reveal("var 1 VAR0 VAR9", ["a", "b"]) == "b a VAR9"


def test_percentages_are_no_placeholders() -> None:
    assert hide("une hausse de 20 % des prix, 5% de plus, 100 %.") == (
        "une hausse de 20 % des prix, 5% de plus, 100 %.",
        [],
    )


def test_documents_keep_paragraphs_and_links() -> None:
    text = "Un. Deux trois.\n\nQuatre."
    sentences = (Sentence(0, 3, 0), Sentence(4, 15, 0), Sentence(17, 24, 1))
    document = Document("d", text, "fr", sentences, title="Titre")
    found = translate_document(document, target_language="vi", model=Words())
    assert found.document.text == "UN. DEUX TROIS.\n\nQUATRE." and found.document.title == "TITRE"
    assert found.document.sentence_texts == ("UN.", "DEUX TROIS.", "QUATRE.")
    assert [(b.source, b.target) for b in found.beads] == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]
    assert found.document.language == "vi"


def test_a_sentence_without_translation_is_a_null_bead() -> None:
    document = Document("d", "Un. Deux.", "fr", (Sentence(0, 3), Sentence(4, 9)))
    found = translate_document(document, target_language="vi", model=Words(lambda s: "" if s == "Un." else "HAI."))
    assert [(b.source, b.target) for b in found.beads] == [((0,), ()), ((1,), (0,))]
    assert found.document.text == "HAI."


def test_documents_need_language_and_sentences() -> None:
    with pytest.raises(SongnguError, match="songngu split"):
        translate_document(Document("d", "Un.", "fr"), target_language="vi", model=Words())


class Stopping(Words):
    """Breaks down after some windows, as a machine does."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.calls = calls

    def translate(self, sentences: Sequence[str], **languages: str) -> list[str]:
        self.calls -= 1
        if self.calls < 0:
            raise KeyboardInterrupt
        return super().translate(sentences, **languages)


def test_files_go_on_where_they_stopped(tmp_path: Path) -> None:
    source, target = tmp_path / "a.fr", tmp_path / "a.vi"
    lines = [f"ligne {i}" if i % 3 else "" for i in range(20)]
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        translate_file(source, target, model=Stopping(2), window=4, **FR_VI)
    assert not target.exists()
    model = Words()
    found = translate_file(source, target, model=model, window=4, **FR_VI)
    assert (found.lines, found.resumed, found.suspect) == (20, 8, ())
    assert target.read_text(encoding="utf-8").split("\n") == [line.upper() for line in lines] + [""]
    assert "ligne 7" not in model.seen and "ligne 8" in model.seen
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.fr", "a.vi"]


def test_a_changed_source_is_named(tmp_path: Path) -> None:
    source, target = tmp_path / "a.fr", tmp_path / "a.vi"
    source.write_text("un\ndeux\ntrois\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        translate_file(source, target, model=Stopping(2), window=1, **FR_VI)
    source.write_text("un\nzwei\ntrois\n", encoding="utf-8")
    with pytest.raises(SongnguError, match="line 2 is not what it was"):
        translate_file(source, target, model=Words(), window=1, **FR_VI)


def test_another_model_begins_anew(tmp_path: Path) -> None:
    source, target = tmp_path / "a.fr", tmp_path / "a.vi"
    source.write_text("un\ndeux\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        translate_file(source, target, model=Stopping(1), window=1, **FR_VI)
    found = translate_file(source, target, model=Words(signature="mt:other"), window=1, **FR_VI)
    assert found.resumed == 0 and target.read_text(encoding="utf-8") == "UN\nDEUX\n"


def test_precomputed_translations(tmp_path: Path) -> None:
    tsv, jsonl = tmp_path / "a.tsv", tmp_path / "a.jsonl"
    tsv.write_text("Un.\tMột.\nDeux.\tHai.\n", encoding="utf-8")
    jsonl.write_text(json.dumps({"source": "Un.", "translation": "Một."}) + "\n", encoding="utf-8")
    for file in (tsv, jsonl):
        assert translate(["Un.", "", " Un. "], model=f"precomputed:{file}", **FR_VI) == ["Một.", "", "Một."]
    with pytest.raises(SongnguError, match=r"a\.tsv has no translation of 1 of 1 sentences, e\.g\. 'Trois\.'"):
        translate(["Trois."], model=f"precomputed:{tsv}", **FR_VI)
    tsv.write_text("Un.\n", encoding="utf-8")
    with pytest.raises(SongnguError, match="line 1: no tab"):
        translator(f"precomputed:{tsv}")


@pytest.mark.parametrize(
    ("source", "text", "flags"),
    [
        ("Il a 25 ans.", "Anh ấy 52 tuổi.", ("number",)),
        ("Il y a 1 234,5 hectares.", "Có 1.234,5 héc-ta.", ()),
        ("Il a vingt-cinq ans.", "Anh ấy 25 tuổi.", ()),
        ("Près de 30 000 personnes sont là.", "Gần nhiều người có mặt ở đó.", ("number",)),
    ],
)
def test_numbers_are_guarded(source: str, text: str, flags: tuple[str, ...]) -> None:
    (found,) = translate_stream([source], model=Words(lambda s: text), **FR_VI)
    assert found.flags == flags


def test_a_changed_number_is_tried_again() -> None:
    model = Words(lambda s: "Anh ấy 52 tuổi.", second=lambda s: "Anh ấy 25 tuổi.")
    (found,) = translate_stream(["Il a 25 ans."], model=model, **FR_VI)
    assert (found.text, found.flags) == ("Anh ấy 25 tuổi.", ("retried",))
