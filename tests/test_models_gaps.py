from dataclasses import replace

import numpy as np
import pytest
from songngu.models import gaps
from songngu.models.gaps import FEATURES, READ, Side, evidence_of, gaps_of, length_z, reader, sides, weights


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
    assert set(weights()) == {*FEATURES, "bias"} and set(weights(read=True)) == {*READ, "bias"}
    cosines = np.eye(3, dtype=np.float32)
    spans = np.array([(0, 1), (2, 3), (4, 5)])
    evidence, (first, last) = evidence_of(Side("a b c", spans, cosines), Side("a b c", spans, cosines.T), "fr", "vi")
    assert tuple(evidence) == FEATURES and first == last == 0 and evidence["depth"] == 0.0


def test_lengths_are_told_in_deviations() -> None:
    assert length_z("a" * 100, "b" * 50, "fr", "fr") < -2 < 2 < length_z("a" * 50, "b" * 100, "fr", "fr")


FR = "Le ministre visitera lundi le port de la ville, où il rencontrera des pêcheurs et des éleveurs de crevettes."
VI = "Bộ trưởng sẽ thăm cảng của thành phố vào thứ Hai, nơi ông gặp các ngư dân và người nuôi tôm."
CUT = "Bộ trưởng sẽ thăm cảng của thành phố vào thứ Hai."


def test_the_network_says_which_words_have_no_counterpart(builtin) -> None:
    view = reader(builtin, ("fr", "vi"))
    options = {"source_language": "fr", "target_language": "vi"}
    whole, cut = sides([FR, FR], [VI, CUT], **options, encoder=view)
    plain, _ = sides([FR, FR], [VI, CUT], **options, encoder=builtin)
    assert whole and cut and plain and plain[0].odd is None
    assert np.allclose(whole[0].cosines, plain[0].cosines, atol=0.02)
    assert whole[0].odd is not None and cut[0].odd is not None and cut[1].gone is not None
    assert len(cut[0].odd) == len(cut[0].spans) and len(cut[1].gone) == len(cut[1].spans) + 1
    where = [k for k, (start, _) in enumerate(cut[0].spans) if start >= FR.index("rencontrera")]
    assert cut[0].odd[where].mean() > 2 > -2 > whole[0].odd[where].mean()
    lacking, none = gaps_of(cut, ("fr", "vi"))[0], gaps_of(whole, ("fr", "vi"))[0]
    assert lacking is not None and lacking.chance > 0.6 and (none is None or none.chance < 0.2)
    assert sides([FR], [VI], **options, encoder=view)[0] is not None  # a view may be used again


def test_a_network_that_was_not_trained_on_a_language_is_not_asked(builtin) -> None:
    assert reader(builtin, ("fr", "th")) is builtin
    assert reader(Words(), ("fr", "vi")).signature == "words"  # type: ignore[arg-type]


def test_a_gap_is_placed_where_the_network_sees_it() -> None:
    text, spans = "ab cd ef gh ij kl", np.array([(0, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17)])
    cosines = np.full((6, 6), 0.2, dtype=np.float32)
    quiet, other = np.full(7, -4.0), Side(text, spans, cosines.T)
    plain, _ = gaps_of((Side(text, spans, cosines), other), ("fr", "vi"))
    odd = np.array([-4.0, -4.0, -4.0, 4.0, 4.0, -4.0])
    told, _ = gaps_of((replace(other, odd=odd, gone=quiet), replace(other, odd=quiet[1:], gone=quiet)), ("fr", "vi"))
    assert plain is not None and (plain.start, plain.end) == (0, 17)
    assert told is not None and (told.start, told.end) == (9, 14)
