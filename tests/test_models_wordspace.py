"""The space of words: pooling, equal views, and that translations meet in it."""

import numpy as np
from songngu.models.caching import CachingEncoder
from songngu.models.wordspace import WordSpace, WordView, encoded, pooled_words, word_space


class Plain:
    dimension, signature = 3, "enc:plain"

    def encode(self, sentences, language=None):
        return np.eye(3, dtype=np.float32)[[len(s) % 3 for s in sentences]]


def test_pooled_words_leaves_out_what_has_no_letter():
    text = "l'an 5 – fin"
    offsets = np.array([[0, 2], [2, 4], [4, 6], [6, 8], [9, 12]])
    places, rows = pooled_words(text, offsets, np.arange(10, dtype=np.float32).reshape(5, 2))
    assert places.tolist() == [[0, 4], [5, 6], [9, 12]]
    assert rows.tolist() == [[1, 2], [4, 5], [8, 9]]
    assert len(pooled_words("– …", offsets[:0], np.zeros((0, 2), np.float32))[1]) == 0


def test_views_of_one_language_are_equal():
    space = WordSpace(1, np.eye(2, dtype=np.float32), np.zeros(2, np.float32), 0.0)
    views = [WordView(code, space, np.zeros(2)) for code in ("fr", "fr", "vi")]
    assert views[0] == views[1] != views[2]
    assert len({*views}) == 2


def test_an_encoder_without_a_space_gives_vectors_only():
    assert word_space(Plain()) is None
    rows, words = encoded(Plain(), ["a", "bb"], "fr")
    assert rows.shape == (2, 3)
    assert words is None


def test_one_run_gives_the_vectors_of_encode(builtin):
    texts = ["Le vin est bon.", "", "Le vin est bon.", "Il pleut sur Hanoï depuis trois jours."]
    rows, words = encoded(builtin, texts, "fr")
    assert words is not None
    np.testing.assert_allclose(rows, builtin.encode(texts), atol=1e-5)
    assert [len(w.weights) for w in words] == [4, 0, 4, 7]
    np.testing.assert_allclose(np.linalg.norm(words[3].vectors.astype(float), axis=1), 1, atol=1e-2)
    assert (words[3].weights > 0).all()


def test_a_long_sentence_keeps_all_its_words(builtin):
    _, words = encoded(builtin, ["mot " * 900], "fr")
    assert words is not None
    assert len(words[0].weights) == 900


def test_words_meet_their_translations(builtin):
    _, french = encoded(builtin, ["Le président a visité une école à Hanoï."], "fr")
    _, vietnamese = encoded(
        builtin, ["Chủ tịch đã thăm một trường học ở Hà Nội.", "Giá gạo tăng mạnh trong tháng qua."], "vi"
    )
    assert french is not None
    assert vietnamese is not None
    best = [(french[0].vectors.astype(float) @ v.vectors.astype(float).T).max(axis=1).mean() for v in vietnamese]
    assert best[0] > best[1] + 0.2


def test_remembered_words_are_the_same_and_encoded_once(builtin):
    class Counting:
        dimension, signature = builtin.dimension, builtin.signature

        def __init__(self):
            self.asked = []

        def encode_with_words(self, sentences, layer, reduce):
            self.asked += sentences
            return builtin.encode_with_words(sentences, layer, reduce)

        def encode_words(self, sentences, layer=None):
            return builtin.encode_words(sentences, layer)

    inner = Counting()
    coder = CachingEncoder(inner, words=True)  # type: ignore[arg-type]
    first = coder.encode(["Un chat.", "Un chien."], "fr")
    rows, words = encoded(coder, ["Un chien.", "Un chat."], "fr")
    np.testing.assert_array_equal(rows, first[::-1])
    assert inner.asked == ["Un chat.", "Un chien."]
    assert words is not None
    assert [len(w.weights) for w in words] == [2, 2]
