"""The gold of hand-placed translation errors is well formed.

A line is `{from, to, source, target, errors: [{kind, where, side}], also?, glossary?}`. `where` is the exact text at fault
on its `side`: for what the translation lacks, the piece of the source. `also` lists kinds that may fairly be reported beside
the placed error (a dropped clause takes its number with it); they are neither required nor false alarms.
"""

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "gold" / "checks.fr-vi.jsonl").read_text("utf-8").splitlines()
]
KINDS = {
    "addition", "brackets", "date", "glossary", "inconsistency", "length", "name", "negation", "number", "omission",
    "placeholder", "punctuation", "repetition", "spacing", "tone_placement", "unicode", "unit", "untranslated", "url",
    "wrong_language",
}  # fmt: skip


def test_there_are_enough_pairs_of_every_kind() -> None:
    kinds = Counter(error["kind"] for row in ROWS for error in row["errors"])
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 5
    assert sum(bool(row["errors"]) for row in ROWS) >= 220
    assert sum(not row["errors"] for row in ROWS) >= 60
    assert {(row["from"], row["to"]) for row in ROWS} == {("fr", "vi"), ("vi", "fr")}


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_every_error_points_at_text(row: dict) -> None:
    assert set(row) <= {"from", "to", "source", "target", "errors", "also", "glossary"}
    for error in row["errors"]:
        assert error["where"] in row[error["side"]]
    placed = {error["kind"] for error in row["errors"]}
    assert set(row.get("also", ())) <= KINDS - placed
    assert ("glossary" in row) == ("glossary" in placed)
    for source_term, target_term in row.get("glossary", ()):
        assert source_term.casefold() in row["source"].casefold()
        assert (target_term.casefold() not in row["target"].casefold()) or len(row["glossary"]) > 1


def test_only_inconsistent_rows_share_a_source() -> None:
    targets: dict[str, set[str]] = {}
    for row in ROWS:
        targets.setdefault(row["source"], set()).add(row["target"])
    inconsistent = {row["source"] for row in ROWS if row["errors"] and row["errors"][0]["kind"] == "inconsistency"}
    assert {source for source, found in targets.items() if len(found) > 1} == inconsistent


def test_clean_rows_are_in_normal_form() -> None:
    for row in ROWS:
        kinds = {error["kind"] for error in row["errors"]}
        assert unicodedata.is_normalized("NFC", row["source"])
        assert unicodedata.is_normalized("NFC", row["target"]) or "unicode" in kinds
