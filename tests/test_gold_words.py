"""The word-alignment gold is well formed: tokens stand in their sentence, links point at tokens."""

import json
from pathlib import Path

import pytest

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "gold" / "words.fr-vi.jsonl").read_text("utf-8").splitlines()
]


def test_there_are_enough_pairs() -> None:
    assert len(ROWS) >= 40
    assert len({row["fr"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["fr"][:30])
def test_tokens_cover_the_sentence_and_links_are_in_range(row: dict) -> None:
    for side in ("fr", "vi"):
        assert "".join("".join(row[f"{side}_tokens"]).split()) == "".join(row[side].split())
    sure, possible = ({tuple(link) for link in row[name]} for name in ("sure", "possible"))
    assert sure
    assert sure <= possible
    assert all(0 <= i < len(row["fr_tokens"]) and 0 <= j < len(row["vi_tokens"]) for i, j in possible)


def test_most_tokens_are_linked() -> None:
    tokens = sum(len(row["fr_tokens"]) + len(row["vi_tokens"]) for row in ROWS)
    linked = sum(len({i for i, _ in row["possible"]}) + len({j for _, j in row["possible"]}) for row in ROWS)
    assert linked / tokens > 0.95
