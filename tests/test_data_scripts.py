"""Scripts of letters and languages."""

import pytest
from songngu.data.identification import contradicted
from songngu.data.scripts import foreign_letters, own_letters


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [
        ("Он сказал, что всё хорошо.", "vi", "Онсказалчтовсёхорошо"),
        ("Il a lu « Война и мир » hier soir.", "fr", "Войнаимир"),
        ("Il a lu « Война и мир » hier soir, chez sa sœur, avec ses enfants.", "fr", ""),
        ("Nguyễn Chí Vịnh", "vi", ""),
        ("12 345", "fr", ""),
        ("Он сказал", "ru", ""),
    ],
)
def test_letters_of_another_script(text: str, language: str, foreign: str) -> None:
    assert foreign_letters(text, language) == foreign
    assert own_letters(text, language) <= 1


def test_a_short_text_in_another_script_contradicts_its_language() -> None:
    assert contradicted("Россия провела выборы.", "vi", ("fr", "vi")) == "ru"
    assert contradicted("Россия провела выборы.", "ru", ("fr", "ru")) == ""
    assert contradicted("La Russie a tenu des élections.", "vi", ("fr", "vi")) == ""  # too short to be sure
