"""A corpus's figures count what is there."""

import json

import pytest
from songngu.data.core import Corpus, Segment
from songngu.data.figures import figures, length_class, month, origin

ROWS = (
    Segment("Le chat dort.", "Con mèo ngủ.", "a", "b", (0,), (0,), 0.5, 0.95, "2019-09-04", split="train"),
    Segment("Le chien et le chat.", "Chó và mèo.", "a", "b", (1, 2), (1,), 0.5, 1.0, None, "2019-09-05", split="train"),
    Segment("Oui.", "Vâng.", "c", "d", source_date="XXXX-01-01", provenance="old.tmx", split="test"),
)


def test_counts():
    found = figures(Corpus("fr", "vi", ROWS))
    assert found.segments == 3
    assert (found.source.tokens, found.source.types, found.source.documents) == (9, 6, 2)
    assert found.target.mean_tokens == pytest.approx(7 / 3)
    assert found.source.lengths == {"1–4": 2, "5–9": 1}
    assert found.source.growth == ((9, 6),)
    assert found.shapes == {"1-1": 2, "2-1": 1}
    assert found.confidence == (0,) * 9 + (2,)
    assert found.correct == pytest.approx(0.975)
    assert {name: group.segments for name, group in found.months.items()} == {"2019-09": 2, "unknown": 1}
    assert found.origins["old.tmx"].confidence is None
    assert found.splits == {"train": 2, "test": 1}
    json.dumps(found.json())


def test_an_empty_corpus_has_figures():
    found = figures(Corpus("fr", "vi", ()))
    assert (found.segments, found.source.mean_tokens, found.correct) == (0, 0.0, None)


def test_growth_never_falls():
    rows = [Segment(" ".join(f"m{j}" for j in range(i % 50)), "x") for i in range(500)]
    growth = figures(Corpus("fr", "vi", rows)).source.growth
    assert len(growth) > 5
    assert list(growth) == sorted(growth)


@pytest.mark.parametrize(
    ("tokens", "expected"), [(0, "0"), (1, "1–4"), (4, "1–4"), (5, "5–9"), (99, "75–99"), (1000, "100+")]
)
def test_length_classes(tokens, expected):
    assert length_class(tokens) == expected


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (Segment("a", "b"), ("unknown", "unknown")),
        (
            Segment("a", "b", source_url="https://www.a.example/1", target_url="http://vi.a.example/"),
            ("a.example – vi.a.example", "unknown"),
        ),
        (Segment("a", "b", provenance="run1", target_date="2020"), ("run1", "2020")),
    ],
)
def test_origin_and_month(segment, expected):
    assert (origin(segment), month(segment)) == expected
