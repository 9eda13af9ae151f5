"""Findings for people, for programs (JSON Lines, CSV) and for tools that read SARIF."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from .. import __version__
from .checks import KINDS
from .findings import Finding

# SARIF 2.1.0 calls them levels
_LEVELS = {"error": "error", "warning": "warning"}


def human(findings: Iterable[Finding], pairs: Mapping[int, tuple[str, str]], *, path: str) -> Iterator[str]:
    """One block a finding: place, severity, kind, how sure, message, and the line's two sides under the first of its
    findings."""
    last = 0
    for finding in findings:
        yield f"{path}:{finding.line}: {finding.severity} [{finding.kind}, {finding.confidence:.0%}] {finding.message}\n"
        if finding.line != last and finding.line in pairs:
            source, target = pairs[finding.line]
            yield f"    {source}\n    {target}\n"
        last = finding.line


def json_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """One JSON object a finding."""
    for finding in findings:
        yield json.dumps(finding.record(), ensure_ascii=False) + "\n"


def comma_separated(findings: Iterable[Finding]) -> Iterator[str]:
    """CSV with a header, as spreadsheets and CAT tools read it."""
    names = [field.name for field in fields(Finding)]
    yield _row(names)
    for finding in findings:
        record = finding.record()
        yield _row([str(record[name]) for name in names])


def _row(values: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()


def sarif(findings: Iterable[Finding], *, path: str) -> Iterator[str]:
    """One SARIF 2.1.0 log (OASIS): each kind a rule, each finding a result at a line of the target file."""
    rules = [
        {"id": kind, "shortDescription": {"text": f"translation check: {kind.replace('_', ' ')}"}} for kind in KINDS
    ]
    results = [
        {
            "ruleId": finding.kind,
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "rank": round(100 * finding.confidence, 1),
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": _region(finding)}}],
        }
        for finding in findings
    ]
    tool = {"driver": {"name": "songngu check", "version": __version__, "rules": rules}}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": tool, "results": results}],
    }
    yield json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _region(finding: Finding) -> dict[str, int]:
    side, _, span = finding.where.partition(":")
    if side != "target" or not span:
        return {"startLine": finding.line}
    start, end = (int(offset) for offset in span.split("-"))
    return {"startLine": finding.line, "startColumn": start + 1, "endColumn": end + 1}


FORMATS: dict[str, Callable[..., Iterator[str]]] = {
    "human": human,
    "json": json_lines,
    "csv": comma_separated,
    "sarif": sarif,
}


def summary(findings: Sequence[Finding], lines: int) -> str:
    """How many lines have findings, and how many findings of each kind there are."""
    flagged = len({finding.line for finding in findings})
    severities = Counter(finding.severity for finding in findings)
    kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(f.kind for f in findings).most_common())
    counts = f"{severities['error']} errors, {severities['warning']} warnings in {flagged} of {lines} lines"
    return f"{counts}: {kinds}" if findings else f"no findings in {lines} lines"
