"""Word alignment: offsets, and links of a fake encoder; the gate has the error rate on our gold."""

import numpy as np
import pytest
from songngu.models import words


class FakeEncoder:
    """Every word is one sub-word; equal first letters get equal vectors."""

    def encode_words(self, sentences, layer=None):
        found = []
        for text in sentences:
            spans = words.words(text)
            vectors = np.zeros((len(spans), 128), dtype=np.float32)
            for k, (start, _) in enumerate(spans):
                vectors[k, ord(text[start]) % 128] = 1
            found.append((np.array(spans).reshape(-1, 2), vectors))
        return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'eau, 3,5 %", ["L'", "eau", ",", "3,5", "%"]),
        ("Đối thoại.", ["Đối", "thoại", "."]),
        ("", []),
    ],
)
def test_words(text, expected):
    assert [text[a:b] for a, b in words.words(text)] == expected


def test_links_of_words_that_are_alike():
    (links,) = words.align_words(["alpha beta"], ["bravo axis"], FakeEncoder(), layer=None)
    assert [(k.source, k.target) for k in links] == [(0, 1), (1, 0)]


def test_empty_text_has_no_links():
    assert words.align_words(["", "a"], ["b", ""], FakeEncoder()) == [[], []]


def test_tokens_must_follow_each_other():
    assert words.token_spans("a  bc", ["a", "bc"]) == [(0, 1), (3, 5)]
    with pytest.raises(ValueError, match="does not follow"):
        words.token_spans("a x bc", ["a", "bc"])


def test_one_word_links_to_all_parts_of_its_translation():
    similarity = np.array([[0.8, 0.75, 0.1, 0.0], [0.1, 0.0, 0.7, 0.1]], dtype=np.float32)
    assert [(k.source, k.target) for k in words._links(similarity)] == [(0, 0), (0, 1), (1, 2)]


def test_words_that_are_unlike_have_no_links_even_where_there_is_no_choice():
    assert words._links(np.array([[0.1]], dtype=np.float32)) == []
    assert words._links(np.array([[0.9]], dtype=np.float32)) == [words.WordLink(0, 0, 0.9)]
