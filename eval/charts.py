"""Charts as inline SVG and as tables with bars: no script, no fonts, colours from the page's style."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

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
