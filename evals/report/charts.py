"""Small charts as SVG text, without any library: lines and bars over one scale from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 420, 220, 36, 26  # The figure of `page.py` is 27rem wide.
_COLOURS = ("#0b6a5b", "#b4561f", "#3a5fa8", "#8a3b7c", "#6b6b00", "#444444")


def lines(series: Mapping[str, Sequence[tuple[float, float]]], x_label: str, *, x_max: float | None = None) -> str:
    """Draw named lines through (x, y); y is a share, x is drawn up to `x_max` or the largest."""
    most = x_max or max((x for points in series.values() for x, _ in points), default=1.0) or 1.0
    parts = [_axes(x_label, most)]
    for n, (name, points) in enumerate(series.items()):
        colour = _COLOURS[n % len(_COLOURS)]
        path = " ".join(f"{_x(x / most):.1f},{_y(y):.1f}" for x, y in points if x <= most)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_legend(n, name, colour))
    return _svg(parts, 16 * len(series))


def points(places: Mapping[str, tuple[float, float]], x_label: str) -> str:
    """Draw named points at (x, y)."""
    most = max((x for x, _ in places.values()), default=1.0) * 1.1 or 1.0
    parts = [_axes(x_label, most)]
    for n, (name, (x, y)) in enumerate(places.items()):
        colour = _COLOURS[n % len(_COLOURS)]
        parts.append(f'<circle cx="{_x(x / most):.1f}" cy="{_y(y):.1f}" r="5" fill="{colour}"/>')
        parts.append(_legend(n, name, colour))
    return _svg(parts, 16 * len(places))


def bars(groups: Mapping[str, Sequence[float]], names: Sequence[str]) -> str:
    """Draw for each group one bar per name, side by side."""
    width = (_WIDTH - _LEFT) / max(1, len(groups))
    each = width * 0.8 / max(1, len(names))
    parts = [_axes("", None)]
    for n, (group, values) in enumerate(groups.items()):
        left = _LEFT + n * width + width * 0.1
        for m, value in enumerate(values):
            parts.append(
                f'<rect x="{left + m * each:.1f}" y="{_y(value):.1f}" width="{each:.1f}"'
                f' height="{_y(0) - _y(value):.1f}" fill="{_COLOURS[m % len(_COLOURS)]}"><title>'
                f"{escape(group)}, {escape(names[m])}: {value:.3f}</title></rect>"
            )
        middle = left + width * 0.4
        parts.append(
            f'<text x="{middle:.1f}" y="{_HEIGHT - 12}" font-size="9" text-anchor="end"'
            f' transform="rotate(-35 {middle:.1f} {_HEIGHT - 12})">{escape(group)}</text>'
        )
    parts += [_legend(m, name, _COLOURS[m % len(_COLOURS)], below=52) for m, name in enumerate(names)]
    return _svg(parts, 52 + 16 * len(names))


def _axes(x_label: str, x_max: float | None) -> str:
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(share)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 4}" y="{y + 3:.1f}" font-size="10" text-anchor="end">{share:g}</text>')
    if x_max is not None:
        for share in (0, 0.5, 1):
            label = f"{share * x_max:.3g}"
            parts.append(
                f'<text x="{_x(share):.1f}" y="{_HEIGHT - 12}" font-size="10" text-anchor="middle">{label}</text>'
            )
    parts.append(
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT}" font-size="10" text-anchor="middle">{escape(x_label)}</text>'
    )
    return "".join(parts)


def _legend(n: int, name: str, colour: str, below: int = 6) -> str:
    y = _HEIGHT + below + 16 * n + 6
    return (
        f'<rect x="{_LEFT}" y="{y - 8}" width="10" height="10" fill="{colour}"/>'
        f'<text x="{_LEFT + 16}" y="{y + 1}" font-size="11">{escape(name)}</text>'
    )


def _svg(parts: Sequence[str], extra: int) -> str:
    height = _HEIGHT + extra + 10
    return (
        f'<svg viewBox="0 0 {_WIDTH + 8} {height}" role="img" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT)


def _y(share: float) -> float:
    return (_HEIGHT - _BOTTOM) - min(max(share, 0.0), 1.0) * (_HEIGHT - _BOTTOM - 8)
