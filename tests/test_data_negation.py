import pytest
from songngu.data.negation import Negations, denials, hints, negations, pattern


@pytest.mark.parametrize(
    ("text", "language", "strong", "weak"),
    [
        ("Il n'a pas signé.", "fr", 2, False),
        ("Il n’est venu que hier.", "fr", 0, True),
        ("Ce n'est qu'un début.", "fr", 0, True),
        ("Il part avant que la pluie ne tombe.", "fr", 0, True),
        ("Il part sans bruit.", "fr", 0, True),
        ("C'est impossible.", "fr", 0, True),
        ("Il signe.", "fr", 0, False),
        ("Ông không ký.", "vi", 1, False),
        ("Ông có ký không?", "vi", 0, True),
        ("Không khí trong lành.", "vi", 0, True),
        ("Ông không chỉ ký.", "vi", 0, True),
        ("Ông ký.", "vi", 0, False),
        ("", "vi", 0, False),
        ("He didn’t sign.", "en", 1, False),
        ("Nobody has ever seen it and we cannot help.", "en", 2, True),
        ("He left without a word.", "en", 0, True),
        ("It is impossible.", "en", 0, True),
        ("Not only did he sign, he smiled.", "en", 0, True),
        ("The union of notaries in Norway knows her.", "en", 0, False),
        ("Er hat nicht unterschrieben.", "de", 1, False),
        ("Keine Einigung, und niemand weiß warum.", "de", 2, False),
        ("Er ging ohne ein Wort.", "de", 0, True),
        ("Nicht nur er hat unterschrieben.", "de", 0, True),
        ("Unser Verein unterschreibt unter Freunden.", "de", 0, False),
        ("No firmó.", "es", 1, False),
        ("Nunca lo vio nadie.", "es", 2, False),
        ("Se fue sin una palabra.", "es", 0, True),
        ("No solo firmó, sino que sonrió.", "es", 0, True),
        ("Noruega firma en noviembre.", "es", 0, False),
    ],
)
def test_negations(text: str, language: str, strong: int, weak: bool) -> None:
    assert negations(text, language) == Negations(strong, weak)


def test_a_language_without_a_table_says_nothing() -> None:
    assert negations("Han kommer inte.", "sv") is None and pattern("sv") is None


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Il n’a pas signé.", "fr", ["n’", "pas"]),
        ("Ce n’est qu’un début.", "fr", []),
        ("Hàng không không phát triển.", "vi", ["không"]),
        ("Ông có ký không?", "vi", []),
        ("Han kommer inte.", "sv", []),
        ("He isn’t here, not only there.", "en", ["isn’t"]),
        ("Niemand kam, nicht zuletzt er.", "de", ["Niemand"]),
        ("No obstante, no vino.", "es", ["no"]),
    ],
)
def test_where_the_words_stand_that_deny(text: str, language: str, words: list[str]) -> None:
    found = denials(text, language)
    assert [text[start:end] for start, end in found] == words


def test_hints_are_words_that_may_deny_in_another_way() -> None:
    text = "Il part sans bruit, c'est impossible."
    assert [text[a:b] for a, b in hints(text, "fr")] == ["sans", "impossible"]
    assert hints("Han går utan.", "sv") == []
