import numpy as np
import pytest
from songngu.models import gaps
from songngu.models.gaps import FEATURES, Side, evidence_of, length_z, weights


class Words:
    """Gives every word of a text its own direction, the same on both sides: a dictionary in place of an encoder."""

    layers, dimension, signature = None, 64, "words"

    def encode(self, sentences, language=None):
        raise NotImplementedError

    def encode_words(self, sentences, layer=None):
        return [self._words(text) for text in sentences]

    def _words(self, text):
        spans, end = [], 0
        for word in text.split():
            start = text.index(word, end)
            end = start + len(word)
            spans.append((start, end))
        rows = [
            np.random.default_rng(sum(map(ord, text[a:b].strip(",.").casefold()))).normal(size=64) for a, b in spans
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, 64)
        return np.array(spans, dtype=np.int64).reshape(-1, 2), vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


WHOLE = "the minister came to town on monday evening, where he will meet farmers and fishermen of the whole coast."
SHORT = "the minister came to town on monday evening."


def found(source: str, target: str):
    (pair,) = gaps.gaps([source], [target], source_language="fr", target_language="vi", encoder=Words())
    return pair


def test_a_dropped_clause_is_the_deepest_gap() -> None:
    dropped, added = found(WHOLE, SHORT)
    assert dropped is not None and WHOLE[dropped.start : dropped.end].startswith("where he will meet")
    assert dropped.end == len(WHOLE) and (added is None or dropped.chance > added.chance)


def test_an_added_clause_is_a_gap_of_the_target() -> None:
    dropped, added = found(SHORT, WHOLE)
    assert added is not None and "farmers" in WHOLE[added.start : added.end]
    assert dropped is None or added.chance > dropped.chance


def test_a_whole_translation_is_less_suspect() -> None:
    whole, _ = found(WHOLE, WHOLE)
    cut, _ = found(WHOLE, SHORT)
    assert cut is not None and (whole is None or whole.chance < 0.1 < cut.chance)


@pytest.mark.parametrize(("source", "target"), [("", ""), ("un", ""), ("", "một"), ("…", "!"), ("a", "b")])
def test_odd_text_does_no_harm(source: str, target: str) -> None:
    assert all(gap is None or 0.0 <= gap.chance <= 1.0 for gap in found(source, target))


def test_every_weight_has_its_evidence() -> None:
    assert set(weights()) == {*FEATURES, "bias"}
    cosines = np.eye(3, dtype=np.float32)
    spans = np.array([(0, 1), (2, 3), (4, 5)])
    evidence, (first, last) = evidence_of(Side("a b c", spans, cosines), Side("a b c", spans, cosines.T), "fr", "vi")
    assert tuple(evidence) == FEATURES and first == last == 0 and evidence["depth"] == 0.0


def test_lengths_are_told_in_deviations() -> None:
    assert length_z("a" * 100, "b" * 50, "fr", "fr") < -2 < 2 < length_z("a" * 50, "b" * 100, "fr", "fr")
