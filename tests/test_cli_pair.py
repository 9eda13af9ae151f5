"""The pair command on our own samples."""

import json
from pathlib import Path

import pytest
from songngu.cli.main import main

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
REPORTS = str(SAMPLES / "reports")


def gold() -> set[tuple[str, str]]:
    lines = (SAMPLES / "gold" / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    return {(a, b) for a, b in (line.split("\t")[:2] for line in lines)}


def test_json_lines_and_events_find_the_pairs_of_the_samples(capsys):
    assert main(["pair", REPORTS, "--json", "--quiet"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(r["source"], r["target"]) for r in records} == gold()
    assert all(0.5 <= r["confidence"] <= 1 and r["why"] for r in records)
    assert main(["pair", REPORTS, "--json", "--quiet", "--mode", "events"]) == 0
    clusters = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(s, t) for c in clusters for s in c["source"] for t in c["target"]}
    assert len(found & gold()) >= 9


def test_explain_tells_the_evidence_for_two_reports(capsys):
    assert main(["pair", f"{REPORTS}/r05.txt", f"{REPORTS}/r12.txt", "--explain", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "the same event" in out
    assert "sentence pairs found" in out
    assert "Covid" in out


def test_explain_tells_why_two_reports_are_not_of_one_event(capsys):
    assert main(["pair", f"{REPORTS}/r05.txt", f"{REPORTS}/r16.txt", "--explain", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "not the same event" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere"], 1, "no report"),
        ([f"{REPORTS}/r05.txt"], 1, "one language"),
        ([REPORTS, "--source", "fr"], 2, "both"),
        ([REPORTS, "--min-pair-confidence", "7"], 2, "probability"),
        ([REPORTS, "--mode", "many"], 2, "one-to-one"),
    ],
)
def test_misuse_is_named(arguments, code, said, capsys):
    assert main(["pair", *arguments, "--quiet"]) == code
    assert said in capsys.readouterr().err
