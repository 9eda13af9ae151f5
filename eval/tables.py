"""Tables of results as aligned text, Markdown, LaTeX or tab-separated values."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..data.errors import choose

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "−": r"$-$",
    "≥": r"$\geq$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of cells; the first column is a name, the others are figures (set flush right)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def render(self, form: str = "text") -> str:
        """The table in one of `FORMS`.

        Raises:
            UsageError: there is no such form.
        """
        if form not in FORMS:
            raise choose("table format", form, FORMS)
        return FORMS[form](self)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table of the header and rows."""
    return Table(tuple(header), tuple(tuple(row) for row in rows))


def _width(text: str) -> int:
    # combining marks take no room, East Asian wide characters take two
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = []
    for n, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(cell))
        cells.append(space + cell if n else cell + space)
    return "  ".join(cells).rstrip()


def _text(t: Table) -> str:
    widths = [max(map(_width, column)) for column in zip(t.header, *t.rows, strict=True)]
    return "\n".join(_padded(row, widths) for row in (t.header, *t.rows))


def _markdown(t: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    rule = "|".join(["", "---", *(["---:"] * (len(t.header) - 1)), ""])
    return "\n".join([line(t.header), rule, *(line(row) for row in t.rows)])


def _latex(t: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return " & ".join("".join(_LATEX.get(c, c) for c in cell) for cell in cells) + r" \\"

    columns = "l" + "r" * (len(t.header) - 1)
    rows = [line(row) for row in t.rows]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            line(t.header),
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _tsv(t: Table) -> str:
    return "\n".join("\t".join(row) for row in (t.header, *t.rows))


FORMS: dict[str, Callable[[Table], str]] = {"text": _text, "markdown": _markdown, "latex": _latex, "tsv": _tsv}
