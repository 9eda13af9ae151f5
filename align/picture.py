"""A picture of an alignment: the similarity of all sentences, and the beads that were found, as SVG or PNG."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..data import files
from ..data.core import Bead
from ..data.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

_WIDTH = 960  # pixels that the longer text takes, at most
_SURE, _UNSURE = (0, 140, 60), (230, 120, 0)
_MARGIN = 48


def save_picture(path: Path, similarity: np.ndarray, beads: Sequence[Bead]) -> None:
    """Write the similarity matrix (source, target) with the beads' outlines; sure beads are green, others orange.

    Raises:
        UsageError: the suffix is neither .svg nor .png.
    """
    suffix = files.suffix(path)
    if suffix not in (".svg", ".png"):
        raise UsageError(f"{path}: pictures are .svg or .png")
    pixels = _pixels(similarity, beads)
    with files.atomic(path) as temporary:
        temporary.write_bytes(_png(pixels) if suffix == ".png" else _svg(pixels, similarity.shape).encode())


def _pixels(similarity: np.ndarray, beads: Sequence[Bead]) -> np.ndarray:
    """RGB (height, width, 3): dark where sentences are alike."""
    import numpy as np

    n, m = (max(1, size) for size in similarity.shape)
    scale = max(1.0, min(24.0, _WIDTH / max(n, m)))
    height, width = round(n * scale), round(m * scale)
    rows, columns = (np.arange(height) / scale).astype(int), (np.arange(width) / scale).astype(int)
    shade = 255 - 215 * np.clip(similarity[np.ix_(rows.clip(0, n - 1), columns.clip(0, m - 1))], 0, 1)
    picture = np.repeat(shade[:, :, None], 3, axis=2).astype(np.uint8)
    for bead in beads:
        for i in bead.source:
            for j in bead.target:
                colour = _SURE if (bead.confidence or 0) >= 0.5 else _UNSURE
                _outline(picture, [round(x * scale) for x in (i, i + 1, j, j + 1)], colour)
    return picture


def _outline(picture: np.ndarray, box: list[int], colour: tuple[int, int, int]) -> None:
    top, bottom, left, right = box
    thick = 1 if bottom - top < 6 else 2
    picture[top : top + thick, left:right] = colour
    picture[bottom - thick : bottom, left:right] = colour
    picture[top:bottom, left : left + thick] = colour
    picture[top:bottom, right - thick : right] = colour


def _png(pixels: np.ndarray) -> bytes:
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _svg(pixels: np.ndarray, shape: tuple[int, ...]) -> str:
    height, width, _ = pixels.shape
    image = base64.b64encode(_png(pixels)).decode()
    texts = []
    for k, (count, length) in enumerate(zip(shape, (height, width), strict=True)):
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if count / s <= 20)
        for number in range(0, count, step):
            at = _MARGIN + (number + 0.5) * length / max(1, count)
            x, y = (_MARGIN - 6, at + 4) if k == 0 else (at, _MARGIN - 6)
            texts.append(f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{"end" if k == 0 else "middle"}">{number}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + _MARGIN + 8}" height="{height + _MARGIN + 8}" '
        f'font-family="sans-serif" font-size="11"><title>similarity of source (down) and target (across), and beads</title>'
        f'<image x="{_MARGIN}" y="{_MARGIN}" width="{width}" height="{height}" href="data:image/png;base64,{image}"/>'
        f"{''.join(texts)}</svg>\n"
    )
