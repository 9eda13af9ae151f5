"""Language identification: short lines, missing diacritics, mixed pages."""

import pytest
from songngu.data.identification import identify, identify_blocks
from songngu.data.text import fold

LINES = {
    "fr": [
        "Le ministre a inauguré la gare.",
        "Trois ans de travaux dans la ville",
        "Une réunion s'est tenue hier à Paris.",
    ],
    "vi": ["Bộ trưởng khánh thành nhà ga.", "Ba năm xây dựng ở thành phố", "Hội nghị đã diễn ra hôm qua tại Hà Nội."],
    "en": [
        "The minister opened the station.",
        "Three years of work in the city",
        "A meeting was held in London yesterday.",
    ],
    "de": ["Der Minister hat den Bahnhof eröffnet.", "Eine Sitzung fand gestern in Berlin statt."],
    "es": ["El ministro inauguró la estación de tren.", "La reunión se celebró ayer en Madrid."],
}


@pytest.mark.parametrize(("language", "line"), [(code, line) for code, lines in LINES.items() for line in lines])
def test_short_lines(language: str, line: str) -> None:
    found, sure = identify(line)
    assert found == language
    assert 0.3 < sure <= 1.0


@pytest.mark.parametrize("line", LINES["vi"])
def test_vietnamese_without_diacritics(line: str) -> None:
    assert identify(fold(line))[0] == "vi"


def test_candidates_restrict_and_keep_their_form() -> None:
    assert identify(LINES["de"][0], ["fr-CA", "vi"])[0] == "fr-CA"
    assert identify(LINES["vi"][0], ["FR", "vie"])[0] == "vi"


@pytest.mark.parametrize("text", ["", "  ", "123 456", "!!! … —"])
def test_text_without_letters_has_no_language(text: str) -> None:
    assert identify(text) == ("", 0.0)
    assert identify_blocks([text]) == ("", 0.0)


def test_a_mixed_page_keeps_its_main_language() -> None:
    page = ["Home", "World", "Politics", "Read more", *LINES["vi"] * 2, LINES["en"][0]]
    found, share = identify_blocks(page)
    assert found == "vi"
    assert 0.5 < share < 1.0


def test_a_long_text_costs_no_more_than_a_short_one() -> None:
    assert identify("Le ministre a inauguré la gare de la ville. " * 100_000)[0] == "fr"
