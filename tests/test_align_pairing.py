"""Pairing on vectors made for the purpose: every sentence's meaning is its first word."""

import hashlib
import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from songngu.align.pairing import PairSettings, pair
from songngu.align.splitting import split_document
from songngu.data.core import Document, Sentence
from songngu.data.errors import SongnguError, UsageError


class MeaningEncoder:
    """A fake: a sentence's vector is drawn from its words but the last, its language's own offset and a little noise."""

    dimension = 64
    signature = "fake"

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        rows = [self._vector(s) + 0.5 * _noise("language " + str(language)) + 0.15 * _noise(s) for s in sentences]
        out = np.array(rows, dtype=np.float32).reshape(len(sentences), self.dimension)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    @staticmethod
    def _vector(sentence: str) -> np.ndarray:
        meaning, topic = (*sentence.split(), "", "")[:2]
        return 0.8 * _noise(meaning) + 0.6 * _noise(topic)


def _noise(key: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).normal(size=MeaningEncoder.dimension)
    return vector / np.linalg.norm(vector)


def report(name: str, language: str, meanings: Sequence[str], topic: str, date: str | None = None) -> Document:
    lines = [f"{meaning} {topic} {language}{'x' * 40}" for meaning in meanings]
    text, spans = "", []
    for line in lines:
        spans.append(Sentence(len(text), len(text) + len(line)))
        text += line + "\n"
    return Document(id=name, text=text, language=language, sentences=tuple(spans), date=date)


def event(number: int, *, date: str | None = None) -> list[Document]:
    told = [f"e{number}s{k}" for k in range(8)]
    return [
        report(f"f{number}", "fr", told[:6], f"t{number}", date),
        report(f"v{number}", "vi", [told[1], told[0], *told[3:8]], f"t{number}", date),
    ]


def found(documents: Sequence[Document], **options: object) -> set[tuple[str, str]]:
    pairs = pair(
        documents,
        source_language="fr",
        target_language="vi",
        encoder=MeaningEncoder(),
        settings=PairSettings(**options),  # type: ignore[arg-type]
    )
    return {(p.source, p.target) for p in pairs}


def test_pairs_the_reports_of_one_event_and_leaves_the_others_alone():
    documents = [d for n in range(6) for d in event(n)][:-1]
    assert found(documents) == {(f"f{n}", f"v{n}") for n in range(5)}


def test_a_single_true_pair_is_found_and_two_strangers_are_not():
    one, other = event(1), event(2)
    assert found(one) == {("f1", "v1")}
    assert found([one[0], other[1]]) == set()


def test_the_other_half_of_a_story_is_another_event():
    first = report("f", "fr", [f"a{k}" for k in range(8)], "story", "2024-05-01")
    second = report("v", "vi", [f"b{k}" for k in range(8)], "story", "2024-05-02")
    assert found([first, second]) == set()


@hypothesis_settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_documents_does_not_matter(rng: random.Random):
    documents = [d for n in range(5) for d in event(n)]
    expected = pair(documents, source_language="fr", target_language="vi", encoder=MeaningEncoder())
    rng.shuffle(documents)
    assert pair(documents, source_language="fr", target_language="vi", encoder=MeaningEncoder()) == expected


@pytest.mark.parametrize(
    ("dates", "window", "expected"),
    [
        (("2024-05-01", "2024-05-02"), 3, True),
        (("2024-05-01", "2024-05-09"), 3, False),
        (("2024-05-01", "2024-05-09"), 30, True),
        (("2024-05-01", None), 3, True),
        ((None, None), 0, True),
        (("2024-05", "2024-05-30"), 0, True),
        (("2024-04", "2024-05-30"), 3, False),
    ],
)
def test_the_window_keeps_reports_of_other_days_apart(dates, window, expected):
    one, other = event(1)
    documents = [one.with_(date=dates[0]), other.with_(date=dates[1])]
    assert (found(documents, window=window) == {("f1", "v1")}) is expected


def test_nothing_to_pair():
    one, other = event(1)
    assert found([]) == set()
    assert found([one]) == set()
    assert found([one, one.with_(id="again")]) == set()
    assert found([one, other.with_(sentences=(), text="")]) == set()


def test_documents_without_sentences_are_split_first():
    one, other = event(1)
    bare = [d.with_(sentences=()) for d in (one, other)]
    assert found(bare) == found([split_document(d) for d in bare]) == {("f1", "v1")}


def test_duplicate_ids_are_named():
    one, _ = event(1)
    with pytest.raises(SongnguError, match="'f1'"):
        found([one, one])


def test_an_unknown_mode_lists_the_choices():
    with pytest.raises(UsageError, match="one-to-one"):
        PairSettings(mode="many")
