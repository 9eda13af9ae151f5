"""XLSX for translators: a sheet with both texts side by side, confidence, shape and origin, under a frozen header.

It is written as a stream, so that it may be larger than memory; cells are plain strings, never formulas. A sheet holds 1,048,576 rows;
more segments go to further sheets. Text beyond a cell's 32,767 characters is cut, which the last character shows (…).
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from .core import Segment
from .files import atomic
from .formats import Format, Sink, Target
from .markup import attribute, text
from .tsv import numbers

SHEET_ROWS = 1_048_576
CELL = 32_767
_COLUMNS = (
    ("confidence", 11), ("shape", 8), ("source document", 24), ("target document", 24), ("source sentences", 16),
    ("target sentences", 16), ("source date", 12), ("target date", 12), ("source URL", 24), ("target URL", 24), ("split", 11),
)  # fmt: skip
# Office Open XML writes what XML cannot hold, and carriage returns, as _x001B_, and so escapes what looks like that.
_CODES = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FONT = '<sz val="11"/><name val="Calibri"/>'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf fontId="1" applyFont="1"/><xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def cell(value: str, style: int = 0) -> str:
    """A string cell."""
    if not value:
        return "<c/>"
    value = value if len(value) <= CELL else value[: CELL - 1] + "…"
    escaped = text(_CODES.sub(lambda match: f"_x{ord(match[0]):04X}_", value))
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _row(segment: Segment) -> str:
    s = segment
    confidence = "<c/>" if s.confidence is None else f"<c><v>{s.confidence}</v></c>"
    rest = (
        s.shape, s.source, s.target, numbers(s.source_sentences), numbers(s.target_sentences), s.source_date or "",
        s.target_date or "", s.source_url or "", s.target_url or "", s.split or "",
    )  # fmt: skip
    return f"<row>{cell(s.source_text, 2)}{cell(s.target_text, 2)}{confidence}{''.join(map(cell, rest))}</row>"


class _Sheets:
    """The open archive and its current sheet."""

    def __init__(self, archive: zipfile.ZipFile, target: Target) -> None:
        self._archive, self._target = archive, target
        self._stream: IO[bytes] | None = None
        self.count = self._rows = 0

    def add(self, segments: Sequence[Segment]) -> None:
        for segment in segments:
            if self._stream is None or self._rows == SHEET_ROWS:
                self.close()
                self._open()
            self._write(_row(segment))

    def close(self) -> None:
        if self._stream is not None:
            self._stream.write(b"</sheetData></worksheet>")
            self._stream.close()
            self._stream = None

    def finish(self) -> None:
        if not self.count:
            self._open()
        self.close()

    def _open(self) -> None:
        self.count, self._rows = self.count + 1, 0
        self._stream = self._archive.open(_entry(f"xl/worksheets/sheet{self.count}.xml"), "w", force_zip64=True)
        columns = (("", 60), ("", 60), *_COLUMNS)
        widths = "".join(
            f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, (_, w) in enumerate(columns, 1)
        )
        self._stream.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{widths}</cols><sheetData>'.encode()
        )
        names = (self._target.source_language, self._target.target_language, *(name for name, _ in _COLUMNS))
        self._write(f"<row>{''.join(cell(name, 1) for name in names)}</row>")

    def _write(self, row: str) -> None:
        assert self._stream is not None
        self._stream.write(row.encode())
        self._rows += 1


def _entry(name: str) -> zipfile.ZipInfo:
    # a fixed date, so that the same corpus gives the same bytes
    found = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


def _parts(count: int, title: str) -> dict[str, str]:
    numbers_ = range(1, count + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers_
    )
    sheets = "".join(f'<sheet name="{attribute(title)} {n}" sheetId="{n}" r:id="s{n}"/>' for n in numbers_)
    links = "".join(
        f'<Relationship Id="s{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers_
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="w" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="y" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    }


@contextlib.contextmanager
def writing(target: Target) -> Iterator[Sink]:
    """A sink that writes `bitext.xlsx`."""
    with atomic(target.path(".xlsx")) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        sheets = _Sheets(archive, target)
        try:
            yield sheets.add
            sheets.finish()
        finally:
            sheets.close()
        for name, content in _parts(sheets.count, "bitext").items():
            archive.writestr(_entry(name), _XML + content)
        archive.writestr(_entry("xl/styles.xml"), _STYLES)


FORMAT = Format(
    "xlsx",
    "a workbook for translators",
    writing,
    lambda target: (target.path(".xlsx"),),
    compressible=False,
)
