"""Plots as SVG text: small, self-contained, readable in light and dark pages and in print."""

from __future__ import annotations

from collections.abc import Mapping

from .markup import text

_HEIGHT, _BAR, _GAP, _MARGIN = 160, 46, 8, 36
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#444}.b{fill:#2f6f9f}.t{font-weight:600}"
    "@media(prefers-color-scheme:dark){text{fill:#ccc}.b{fill:#7ab8e0}}"
)


def bars(title: str, values: Mapping[str, float]) -> str:
    """A bar chart: one bar a name with its value over it."""
    most = max(values.values(), default=0) or 1
    width = 2 * _GAP + len(values) * (_BAR + _GAP)
    parts = [f'<text class="t" x="{_GAP}" y="16">{text(title)}</text>']
    for i, (name, value) in enumerate(values.items()):
        left, high = _GAP + i * (_BAR + _GAP), round(value / most * (_HEIGHT - 2 * _MARGIN), 1)
        top, middle = _HEIGHT - 24 - high, left + _BAR / 2
        parts.append(f'<rect class="b" x="{left}" y="{top:.1f}" width="{_BAR}" height="{high}"/>')
        parts.append(f'<text x="{middle}" y="{top - 4:.1f}" text-anchor="middle">{value:g}</text>')
        parts.append(f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{text(name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" height="{_HEIGHT}" role="img" '
        f'aria-label="{text(title)}"><style>{_STYLE}</style>{"".join(parts)}</svg>\n'
    )


def rows(title: str, values: Mapping[str, tuple[float, float]], names: tuple[str, str]) -> str:
    """A horizontal chart with two bars a name, for instance what each filter would remove and did remove."""
    most = max((max(pair) for pair in values.values()), default=0) or 1
    label, wide, step = 130, 420, 30
    high = 50 + step * len(values)
    parts = [f'<text class="t" x="{_GAP}" y="16">{text(title)}</text>']
    parts.append(f'<text x="{_GAP}" y="34">dark: {text(names[0])}, light: {text(names[1])}</text>')
    for i, (name, pair) in enumerate(values.items()):
        top = 44 + i * step
        parts.append(f'<text x="{label - 6}" y="{top + 15}" text-anchor="end">{text(name)}</text>')
        for j, value in enumerate(pair):
            length = round(value / most * wide, 1)
            shade = "" if j == 0 else ' fill-opacity=".5"'
            parts.append(f'<rect class="b" x="{label}" y="{top + 11 * j}" width="{length}" height="10"{shade}/>')
        parts.append(f'<text x="{label + wide + 8}" y="{top + 15}">{pair[0]:g} / {pair[1]:g}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {label + wide + 100} {high}" width="{label + wide + 100}" '
        f'height="{high}" role="img" aria-label="{text(title)}"><style>{_STYLE}</style>{"".join(parts)}</svg>\n'
    )
