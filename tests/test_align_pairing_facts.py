"""Facts under keys that do not depend on the language, and their weights."""

import pytest
from songngu.align.pairing_facts import Weights, facts, shared_forms
from songngu.data.core import Document, Sentence


def document(text: str, language: str, date: str | None = None) -> Document:
    return Document(id=language, text=text, language=language, sentences=(Sentence(0, len(text)),), date=date)


FRENCH = "Le 3 septembre 2019, Nguyen Chi Vinh a reçu 56 délégations à Séoul, en République de Corée, selon l'ONU (1 234,5 euros)."
VIETNAMESE = "Ngày 3/9/2019, ông Nguyễn Chí Vịnh tiếp 56 đoàn tại Seoul, Hàn Quốc, theo Liên hợp quốc (1.234,5 euro)."


def test_both_languages_state_the_same_facts():
    ours, theirs = facts(document(FRENCH, "fr")), facts(document(VIETNAMESE, "vi"))
    assert ours.all == theirs.all
    assert ours.all >= {
        ("day", "09-03"),
        ("name", "nguyen"),
        ("name", "vinh"),
        ("number", "56"),
        ("number", "1234.5"),
        ("place", "KR"),
        ("place", "seoul"),
        ("place", "UN"),
    }
    assert ours.sentences == (ours.all,)


@pytest.mark.parametrize(
    ("text", "language", "key"),
    [
        ("une distance de 620 km", "fr", ("measure", "620")),
        ("cách 385 dặm", "vi", ("measure", "385")),
        ("il y a 7 blessés", "fr", ("small", "7")),
        ("1,234 người", "vi", ("number", "1234")),
    ],
)
def test_kinds_of_numbers(text, language, key):
    assert facts(document(text, language)).all == {key}


def test_small_numbers_in_words_are_no_facts():
    assert facts(document("les deux parties", "fr")).all == frozenset()


def test_rare_facts_weigh_more_and_a_small_folder_keeps_the_prior():
    common = [facts(document(f"à Séoul, le {n} personnes avec Judy Thomas", "fr")) for n in range(100, 150)]
    weights = Weights(common)
    assert weights.of(("number", "101")) > weights.of(("place", "seoul"))
    few = Weights(common[:2])
    assert few.of(("name", "thomas")) > 2.0


def test_the_most_telling_common_facts_come_first():
    ours, theirs = facts(document(FRENCH, "fr")), facts(document(VIETNAMESE, "vi"))
    shown = shared_forms(ours, theirs, Weights([ours, theirs]))
    assert ("name", "Nguyen Chi Vinh", "Nguyễn Chí Vịnh") in shown
    assert len(shown) == 4
