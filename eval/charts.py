"""Charts as inline SVG and as tables with bars: no script, no fonts, colours from the page's style."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .calibration import Calibration

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 560, 210, 46, 30, 14


def band(confidence: float | None) -> str:
    """The colour class of a confidence: c0 (doubtful) to c4 (sure); `cx` where there is none."""
    if confidence is None:
        return "cx"
    return f"c{sum(confidence >= edge for edge in (0.5, 0.7, 0.85, 0.95))}"


def number(value: float) -> str:
    """A figure for people: thousands apart by thin spaces, at most two decimals."""
    shown = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")
    return shown.replace(",", "\u202f")


def ticks(most: float, count: int = 4) -> list[float]:
    """Round values from 0 to at least `most`."""
    if most <= 0:
        return [0, 1]
    raw = most / count
    power = 10 ** (len(str(int(raw))) - 1)
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw)
    return [n * step for n in range(int(-(-most // step)) + 1)]


def confidence_histogram(bins: Sequence[int], label: str, *, chooses: bool = False) -> str:
    """Bars of equal confidence bins over [0, 1], coloured by confidence; `chooses` lets the page's filter take a
    bar."""
    scale = ticks(max(bins, default=0))
    width = (WIDTH - LEFT) / len(bins)
    bars = []
    for n, count in enumerate(bins):
        low, high = n / len(bins), (n + 1) / len(bins)
        height = _height(count, scale)
        text = f"{low:.2f}–{high:.2f}: {number(count)}"
        chosen = f' class="hb" data-low="{low:.2f}" data-high="{high:.2f}"' if chooses else ""
        bars.append(
            f"<g{chosen}><title>{text}</title>"
            f'<rect class="hit" x="{LEFT + n * width:.1f}" y="{TOP}" width="{width:.1f}" height="{HEIGHT - TOP - BOTTOM}"/>'
            f'<rect class="{band((low + high) / 2)}" x="{LEFT + n * width + 1.5:.1f}" y="{HEIGHT - BOTTOM - height:.1f}" '
            f'width="{width - 3:.1f}" height="{height:.1f}" rx="2"/></g>'
        )
    marks = [_x_label(LEFT + (WIDTH - LEFT) * n / 4, f"{n / 4:g}") for n in range(5)]
    return _svg(label, [*_grid(scale), *bars, *marks])


def steps(series: Sequence[tuple[str, Sequence[int]]], step: int, label: str) -> str:
    """Outlines of several histograms with bins of `step`, as shares in percent, one colour each."""
    shares = [(name, [100 * v / max(sum(values), 1) for v in values]) for name, values in series]
    scale = ticks(max((v for _, values in shares for v in values), default=0))
    count = max((len(values) for _, values in shares), default=1)
    width = (WIDTH - LEFT) / count
    parts = _grid(scale, unit=" %")
    for k, (name, values) in enumerate(shares):
        heights = [HEIGHT - BOTTOM - _height(v, scale) for v in values]
        points = "".join(f"H{LEFT + n * width:.1f}V{y:.1f}H{LEFT + (n + 1) * width:.1f}" for n, y in enumerate(heights))
        base = HEIGHT - BOTTOM
        shown = f'<path class="area l{k}" d="M{LEFT},{base}{points}V{base}Z"/><path class="line l{k}" d="M{LEFT},{base}{points}V{base}"/>'
        parts.append(f"<g><title>{escape(name)}</title>{shown}</g>")
    marks = [_x_label(LEFT + n * width, f"{n * step}") for n in range(0, count, 4)]
    return _svg(label, [*parts, *marks]) + _key([name for name, _ in shares])


def lines(series: Sequence[tuple[str, Sequence[tuple[float, float]]]], label: str) -> str:
    """Lines through points (x, y) from the origin, one colour each."""
    scale = ticks(max((y for _, points in series for _, y in points), default=0))
    across = ticks(max((x for _, points in series for x, _ in points), default=0))
    parts = _grid(scale)
    for k, (name, points) in enumerate(series):
        path = " ".join(
            f"{LEFT + (WIDTH - LEFT - 8) * x / across[-1]:.1f},{HEIGHT - BOTTOM - _height(y, scale):.1f}"
            for x, y in points
        )
        parts.append(f'<g><title>{escape(name)}</title><polyline class="line l{k}" points="{path}"/></g>')
    marks = [_x_label(LEFT + (WIDTH - LEFT - 8) * x / across[-1], number(x)) for x in across]
    return _svg(label, [*parts, *marks]) + _key([name for name, _ in series])


def reliability(calibration: Calibration, title: str) -> str:
    """A whole SVG file: how often beads of each confidence are right, against the diagonal where both agree.

    A dot's area is the number of judged confidences in its bin.
    """
    size, edge = 420, 46
    span = size - 2 * edge
    most = max((b.count for b in calibration.bins), default=1)

    def place(x: float, y: float) -> tuple[float, float]:
        return edge + span * x, size - edge - span * y

    parts = []
    for value in (0, 0.25, 0.5, 0.75, 1):
        (x, y), (right, top) = place(value, value), place(1, 1)
        parts.append(f'<path d="M{x:.1f},{place(0, 0)[1]}V{top}M{edge},{y:.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{size - edge + 18}" text-anchor="middle">{value:g}</text>')
        parts.append(f'<text x="{edge - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    parts.append(f'<path d="M{x0},{y0}L{x1},{y1}" stroke="#888" stroke-dasharray="4 4"/>')
    points = [(*place(b.confidence, b.accuracy), 3 + 11 * (b.count / most) ** 0.5, b.count) for b in calibration.bins]
    parts.append(
        f'<polyline fill="none" stroke="#156f83" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, *_ in points)}"/>'
    )
    parts += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="#156f83" fill-opacity=".55"><title>{n}</title></circle>'
        for x, y, r, n in points
    ]
    note = f"{title}: ECE {calibration.ece:.3f}, {calibration.count} judged"
    parts.append(f'<text x="{size / 2}" y="24" text-anchor="middle" font-size="14">{escape(note)}</text>')
    parts.append(f'<text x="{size / 2}" y="{size - 8}" text-anchor="middle">confidence</text>')
    parts.append(
        f'<text x="14" y="{size / 2}" text-anchor="middle" transform="rotate(-90 14 {size / 2})">share that is right</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}" '
        f'font-family="sans-serif" font-size="12" fill="#333"><rect width="{size}" height="{size}" fill="#fff"/>'
        f"{''.join(parts)}</svg>\n"
    )


def bar_table(head: Sequence[str], rows: Sequence[tuple[str, float, Sequence[str], str]]) -> str:
    """A table whose rows have a name, a bar of the share (in [0, 1]), cells with the figures, and a colour class."""
    header = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f'<td class="bar"><span class="{colour}" style="width:{100 * min(max(share, 0), 1):.1f}%"></span></td>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, share, cells, colour in rows
    )
    return f'<table class="bars"><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>'


def _height(value: float, scale: Sequence[float]) -> float:
    return (HEIGHT - TOP - BOTTOM) * value / scale[-1]


def _grid(scale: Sequence[float], unit: str = "") -> list[str]:
    parts = []
    for value in scale:
        y = HEIGHT - BOTTOM - _height(value, scale)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}{unit}</text>'
        )
    return parts


def _x_label(x: float, text: str) -> str:
    anchor = "start" if x <= LEFT else "end" if x >= WIDTH - 1 else "middle"
    return f'<text class="tick" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label, quote=True)}">'
        f"{''.join(parts)}</svg>"
    )


def _key(names: Sequence[str]) -> str:
    return (
        '<p class="key">'
        + "".join(f'<span class="l{k}">{escape(name)}</span>' for k, name in enumerate(names))
        + "</p>"
    )
