"""The pair command on our own samples."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from songngu.cli.main import main
from songngu.data.names import names
from songngu.data.quantities import quantities

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
REPORTS = str(SAMPLES / "reports")


def gold() -> set[tuple[str, str]]:
    lines = (SAMPLES / "gold" / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    return {(a, b) for a, b in (line.split("\t")[:2] for line in lines)}


class FactEncoder:
    """A fake that is quick: a sentence is the sum of its names and numbers, which are the same in both languages."""

    dimension = 64
    signature = "fake"

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        rows = np.array([self._row(s, language or "fr") for s in sentences], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _row(self, sentence: str, language: str) -> np.ndarray:
        keys = {n.key for n in names(sentence, language)} | {str(q.value) for q in quantities(sentence, language)}
        return sum((self._noise(key) for key in sorted(keys)), 0.5 * self._noise(sentence))

    def _noise(self, key: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
        return np.random.default_rng(seed).normal(size=self.dimension)


@pytest.fixture(autouse=True)
def quick_encoder(monkeypatch):
    monkeypatch.setattr("songngu.models.encoders.encoder", lambda name="builtin": FactEncoder())


def test_json_lines_name_pairs_with_their_evidence(capsys):
    assert main(["pair", REPORTS, "--json", "--quiet"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(r["source"], r["target"]) for r in records}
    assert len(found & gold()) >= 8
    assert found <= gold()
    assert all(0.5 <= r["confidence"] <= 1 and r["why"] for r in records)


def test_events_are_clusters(capsys):
    assert main(["pair", REPORTS, "--json", "--quiet", "--mode", "events"]) == 0
    clusters = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {(s, t) for c in clusters for s in c["source"] for t in c["target"]}
    assert len(found & gold()) >= 6


def test_plain_lines_are_for_reading(capsys):
    assert main(["pair", REPORTS, "--explain", "--quiet", "--min-pair-confidence", "0.9"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("  ") or len(line.split("\t")) == 3 for line in lines)
    assert any("same names" in line for line in lines)


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
