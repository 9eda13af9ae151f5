"""What checks look at and what they report: a `Case` is one line of a bitext, a `Finding` one thing that looks wrong in
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..data.agreement import Facts
from ..data.errors import UsageError
from ..data.languages import table
from ..data.text import normalise, one_line

if TYPE_CHECKING:
    from ..models.gaps import Side

SEVERITIES = ("warning", "error")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that looks wrong: line (from 1), kind, severity (error or warning), where, message, and how sure it is.

    `where` is `source`, `target` or `both`, followed by a span of the text as given where one is known: `target:12-19`.
    """

    line: int
    kind: str
    severity: str
    where: str
    message: str
    confidence: float

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise UsageError(f"severity must be one of {', '.join(SEVERITIES)}, not {self.severity!r}")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"line {self.line}: a confidence is a probability in [0, 1], not {self.confidence}")

    def record(self) -> dict[str, Any]:
        """The finding as a JSON object."""
        return asdict(self)


class Case:
    """One line of a bitext with what the checks need to know of it, worked out once and only if a check asks."""

    def __init__(self, line: int, source: str, target: str, *, source_language: str, target_language: str) -> None:
        self.line = line
        self.raw = {"source": source, "target": target}
        self.languages = {"source": source_language, "target": target_language}
        self.around: tuple[str, ...] = ()  # the targets of the lines before and after, where they are known
        self.words: tuple[Side, Side] | None = None  # both sides' words, where an encoder read them
        self.source, self.target = one_line(normalise(source)), one_line(normalise(target))

    def text(self, side: str) -> str:
        """The normalised text of one side."""
        return self.source if side == "source" else self.target

    def knowledge(self, side: str) -> Mapping[str, Any]:
        """The `checks` table of one side's language; empty where it has none."""
        return table(self.languages[side], "checks") or {}

    @cached_property
    def facts(self) -> dict[str, Facts]:
        """The dates, numbers and names of each side."""
        return {side: Facts(self.text(side), self.languages[side]) for side in ("source", "target")}

    def finding(
        self,
        kind: str,
        severity: str,
        side: str,
        message: str,
        confidence: float,
        *,
        span: tuple[int, int] | None = None,
    ) -> Finding:
        """A finding on this line."""
        where = f"{side}:{span[0]}-{span[1]}" if span else side
        return Finding(self.line, kind, severity, where, message, round(confidence, 3))
