"""The cleaning gold and its pages agree: every character of a page is kept, dropped with a reason, or its title."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from lxml import html

PAGES = Path(__file__).parent / "gold" / "pages"
ROWS = [json.loads(line) for line in (PAGES / "gold.jsonl").read_text("utf-8").splitlines()]
REASONS = {
    "agency tag", "byline", "caption", "comments", "copyright", "credit", "date line", "dateline", "navigation",
    "newsletter", "pull quote", "related link", "share", "tags", "teasers",
}  # fmt: skip


def _text(name: str) -> str:
    """The visible text of a page."""
    path = next(path for path in PAGES.glob(f"{name}.*"))
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        tree = html.document_fromstring(text)
        for hidden in tree.xpath("//head | //script | //style"):
            hidden.drop_tree()
        text = tree.text_content()
    return text


def test_there_are_enough_pages_of_every_kind() -> None:
    suffix = {path.stem: path.suffix for path in PAGES.glob("p*.*")}
    kinds = [(row["lang"], suffix[row["id"]]) for row in ROWS]
    assert set(suffix) == {row["id"] for row in ROWS}
    assert all(kinds.count((lang, kind)) >= 15 for lang in ("fr", "vi") for kind in (".html", ".txt"))
    assert sum(len(row["keep"]) >= 5 for row in ROWS) >= 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_kept_blocks_stand_in_the_page_in_order(row: dict) -> None:
    text, at = _text(row["id"]), 0
    assert unicodedata.is_normalized("NFC", text)
    for block in row["keep"]:
        found = text.find(block, at)
        assert found >= 0, block
        at = found + len(block)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_other_character_is_dropped_with_a_known_reason(row: dict) -> None:
    text = _text(row["id"])
    assert {block["why"] for block in row["drop"]} <= REASONS
    blocks = row["keep"] + [block["text"] for block in row["drop"]] + [row["title"] or ""]
    for block in sorted(blocks, key=len, reverse=True):
        assert block in _text(row["id"])
        text = text.replace(block, " ")
    assert not re.search(r"\w", text)


def test_no_kept_block_repeats() -> None:
    blocks = [block for row in ROWS for block in row["keep"]]
    assert len(set(blocks)) == len(blocks)
