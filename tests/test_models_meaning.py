"""Cosines of a segment's sides: centred by language, and independent of how the corpus is cut into batches once the mean stands."""

import numpy as np
import pytest
from songngu.data.core import Segment
from songngu.models.meaning import Cosines, counter


class FakeEncoder:
    """A stand-in: a vector for each meaning number in the text, plus a large part that all texts of a language share."""

    dimension, signature = 32, "enc:fake"

    def encode(self, sentences, language=None):
        common = np.full(32, 1.0 if language == "fr" else -1.0)
        rows = [
            common + np.random.default_rng(int(text.split()[-1]) if text[-1].isdigit() else 0).normal(size=32)
            for text in sentences
        ]
        rows = np.asarray(rows, dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_translations_are_close_and_others_are_not():
    same = [Segment(f"phrase {i}", f"câu {i}") for i in range(1, 60)]
    other = [Segment(f"phrase {i}", f"câu {i + 100}") for i in range(1, 60)]
    found = np.array(Cosines(FakeEncoder(), "fr", "vi")(same + other))
    assert found[:59].min() > 0.8
    assert abs(found[59:].mean()) < 0.1


def test_batches_do_not_matter_when_the_mean_stands():
    rows = [Segment(f"phrase {i}", f"câu {i}") for i in range(1, 200)]
    cosines = Cosines(FakeEncoder(), "fr", "vi")
    cosines(rows * 30)
    assert cosines(rows[:7]) == pytest.approx(cosines(rows)[:7], abs=1e-5)


def test_encoders_without_a_tokenizer_count_nothing():
    assert counter(FakeEncoder()) is None
