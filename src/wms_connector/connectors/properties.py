"""Java's `.properties` format, written so that Java reads back what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPES: Final = {
    "\\": "\\\\",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\f": "\\f",
}
_FIRST_OF_BMP_REST: Final = 0x7F
_BMP_END: Final = 0xFFFF


def render_properties(properties: Mapping[str, str]) -> str:
    """Write properties one a line, sorted by key, in the escapes of `java.util.Properties`."""
    lines = (
        f"{_escaped(key, of_key=True)}={_escaped(properties[key])}\n" for key in sorted(properties)
    )
    return "".join(lines)


def _escaped(text: str, *, of_key: bool = False) -> str:
    written = [_escape(character, of_key=of_key) for character in text]
    # White space after '=' is skipped by Java unless its first character is escaped.
    if not of_key and text.startswith(" "):
        written[0] = "\\ "
    return "".join(written)


def _escape(character: str, *, of_key: bool) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if of_key and character in " =:#!":
        return f"\\{character}"
    code = ord(character)
    if character >= " " and code < _FIRST_OF_BMP_REST:
        return character
    if code <= _BMP_END:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
