"""What filters do to a corpus, counted: how many segments each would remove alone and did remove, with examples, score by score."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .filters import FilterSettings, Verdict, filters
from .plots import rows

EXAMPLES = 5


@dataclass(slots=True)
class FilterCount:
    """One filter's work. `alone` counts the segments it does not accept, `first` those it is the first to refuse, `only` those that
    every other filter accepts.
    """

    alone: int = 0
    first: int = 0
    only: int = 0
    examples: list[tuple[str, str, float]] = field(default_factory=list)
    scores: Counter[float] = field(default_factory=Counter)


class FilterReport:
    """Counts verdicts as they pass: iterate over `watch(verdicts)`, then read `counts`, `json()` or `html()`."""

    def __init__(self, settings: FilterSettings) -> None:
        self.settings = settings
        self.bounds = {found.name: bound for found, bound in settings.chosen()}
        self.counts = {name: FilterCount() for name in self.bounds}
        self.segments = self.kept = 0

    def watch(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        """The verdicts, each counted."""
        for verdict in verdicts:
            self._add(verdict)
            yield verdict

    def _add(self, verdict: Verdict) -> None:
        self.segments += 1
        self.kept += verdict.kept
        for place, reason in enumerate(verdict.reasons):
            count = self.counts[reason.filter]
            count.alone += 1
            count.first += place == 0
            count.only += len(verdict.reasons) == 1
            if place == 0 and len(count.examples) < EXAMPLES:
                count.examples.append((verdict.segment.source_text, verdict.segment.target_text, reason.score))
        for name, score in verdict.scores.items():
            if score is not None:
                self.counts[name].scores[round(score, 2)] += 1

    def json(self) -> dict[str, Any]:
        """The report as JSON values."""
        known = filters()
        return {
            "preset": self.settings.preset,
            "segments": self.segments,
            "kept": self.kept,
            "filters": {
                name: {
                    "removes": known[name].removes,
                    "keeps": f"{known[name].keeps} {self.bounds[name]:g}",
                    "alone": count.alone,
                    "first": count.first,
                    "only": count.only,
                    "quantiles": _quantiles(count.scores),
                    "examples": [{"source": s, "target": t, "score": score} for s, t, score in count.examples],
                }
                for name, count in self.counts.items()
            },
        }

    def plot(self) -> str:
        """SVG: what each filter would remove alone, and what it was the first to remove."""
        found = {name: (float(count.alone), float(count.first)) for name, count in self.counts.items() if count.alone}
        return rows(
            f"{self.segments - self.kept} of {self.segments} segments removed", found, ("alone", "first to refuse")
        )

    def table(self) -> str:
        """The counts as text in columns."""
        lines = [f"{'filter':<14} {'keeps':<15} {'alone':>8} {'first':>8} {'only':>8}  removes"]
        for name, count in self.counts.items():
            bound = f"{filters()[name].keeps} {self.bounds[name]:g}"
            cells = " ".join(f"{value:>8}" for value in self._counts(count))
            lines.append(f"{name:<14} {bound:<15} {cells}  {filters()[name].removes}")
        notes = [
            f"{self.kept} of {self.segments} segments kept ({self.settings.preset})",
            "alone: would remove by itself; first: removed as the first to refuse; only: no other filter refused",
        ]
        silent = [name for name, count in self.counts.items() if not count.scores]
        if silent and self.segments:
            notes.append(f"–: nothing to say here (no model, or nothing known): {', '.join(silent)}")
        return "\n".join([*lines, *notes])

    def html(self) -> str:
        """One self-contained page: plot, a table of all filters, examples of what each was the first to refuse."""
        from .markup import text

        head = ("filter", "removes", "keeps", "alone", "first", "only", "scores: 5 %", "50 %", "95 %")
        parts = [
            f"<h1>{self.kept:,} of {self.segments:,} segments kept</h1><p>Preset {self.settings.preset}. "
            "Alone: would be removed by this filter by itself; first: removed, as the first filter to refuse; only: no "
            "other filter refused.</p>",
            self.plot(),
            f"<table class='n'><tr>{''.join(f'<th>{text(cell)}</th>' for cell in head)}</tr>",
        ]
        for name, count in self.counts.items():
            found, shares = filters()[name], _quantiles(count.scores)
            spread = [f"{score:g}" for score in shares.values()] or ["–"] * 3
            cells = (name, found.removes, f"{found.keeps} {self.bounds[name]:g}", *self._counts(count), *spread)
            parts.append(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in cells)}</tr>")
        parts.append("</table>")
        for name, count in self.counts.items():
            rows_ = "".join(
                f"<tr><td>{text(s)}</td><td>{text(t)}</td><td>{score:.3g}</td></tr>" for s, t, score in count.examples
            )
            if rows_:
                parts.append(f"<h2>{text(name)}: {text(filters()[name].removes)}</h2><table>{rows_}</table>")
        return _PAGE + "\n".join(parts) + "</body></html>\n"

    @staticmethod
    def _counts(count: FilterCount) -> tuple[str, ...]:
        """What was counted, as text; dashes for a filter that had nothing to say of any segment."""
        known = (count.alone, count.first, count.only)
        return tuple(f"{value:,}" for value in known) if count.scores else ("–",) * len(known)


def _quantiles(scores: Counter[float]) -> dict[str, float]:
    """Scores below which 5, 50 and 95 % of the segments lie."""
    ordered = sorted(scores)
    sums: list[int] = []
    for score in ordered:
        sums.append(scores[score] + (sums[-1] if sums else 0))
    if not sums:
        return {}
    return {f"{q} %": ordered[bisect.bisect_left(sums, sums[-1] * q / 100)] for q in (5, 50, 95)}


_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Filters</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #8884;padding:.3rem;vertical-align:top}td:last-child{text-align:right}
th{text-align:left}.n td:nth-child(n+4),.n th:nth-child(n+4){text-align:right}.n{font-size:.9em;margin:1rem 0}
svg{max-width:100%}</style></head><body>
"""
