# ruff: noqa: INP001 - one script, no package
"""A badge as SVG: `python3 .github/badge.py LABEL PERCENT`. Needs nothing but Python."""

from __future__ import annotations

import sys
from html import escape

# Width of a character of 11 px Verdana, on average, and the room beside a word.
CHARACTER, ROOM = 6.6, 12
COLOURS = ((95, "#1a7f37"), (85, "#7a8f00"), (70, "#bf8700"), (0, "#cf222e"))


def badge(label: str, percent: float) -> str:
    """Draw a label and a percentage; the colour follows the percentage."""
    value = f"{percent:.0f}%"
    colour = next(colour for least, colour in COLOURS if percent >= least)
    left = round(len(label) * CHARACTER + ROOM)
    right = round(len(value) * CHARACTER + ROOM)
    name = escape(label)
    size = f'width="{left + right}" height="20"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">
  <title>{name}: {value}</title>
  <rect width="{left}" height="20" fill="#57606a"/>
  <rect x="{left}" width="{right}" height="20" fill="{colour}"/>
  <g fill="#fff" text-anchor="middle" font-family="Verdana, Geneva, sans-serif" font-size="11">
    <text x="{left / 2}" y="14">{name}</text>
    <text x="{left + right / 2}" y="14">{value}</text>
  </g>
</svg>"""


if __name__ == "__main__":
    print(badge(sys.argv[1], float(sys.argv[2])))  # noqa: T201 - this is what it is for
