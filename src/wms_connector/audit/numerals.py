"""Numbers, bytes and bits of events as cells."""

from __future__ import annotations

import binascii
import struct
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from wms_connector.audit.cells import UNAVAILABLE_BYTES, UnavailableError
from wms_connector.events.display import decimal_of
from wms_connector.events.schema import CONNECT_DECIMAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.events.schema import Field

    Converter = Callable[[Any], str]

INTEGERS: Final = ("int8", "int16", "int32", "int64")


def decimal_text(text: str) -> str:
    """Write a number without an exponent and without zeros that say nothing."""
    if text in _SPECIAL:
        return _SPECIAL[text]
    whole, _, fraction = text.partition(".")
    if whole.isdecimal() and text.isascii() and (whole[0] != "0" or whole == "0"):
        if not fraction:
            return whole
        if fraction.isdecimal():
            fraction = fraction.rstrip("0")
            return f"{whole}.{fraction}" if fraction else whole
    # Signs, exponents, leading zeros or points: rarer, and left to the library.
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is no number")
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return "0" if text == "-0" else text


_SPECIAL: Final[Mapping[str, str]] = {
    "NaN": "NaN",
    "NAN": "NaN",
    "Infinity": "Infinity",
    "POSITIVE_INFINITY": "Infinity",
    "-Infinity": "-Infinity",
    "NEGATIVE_INFINITY": "-Infinity",
}
_EXACT_DIGITS: Final = 15  # decimal digits that every IEEE double keeps


def decimal(field: Field, digits: int | None) -> Converter | None:
    """Give the function for a number's field, or nothing if its digits do not survive."""
    if field.name == CONNECT_DECIMAL:
        scale = int(field.parameters["scale"])

        def precise(value: Any) -> str:
            if not isinstance(value, str):
                return decimal_text(str(value))
            return decimal_text(str(decimal_of(value, scale)))

        return precise
    if field.name == "io.debezium.data.VariableScaleDecimal":
        return lambda value: decimal_text(str(decimal_of(value["value"], value["scale"])))
    if field.type in {"float", "double"} and (digits is None or digits > _EXACT_DIGITS):
        return None
    if field.type in {"string", "float", "double", *INTEGERS}:
        return lambda value: decimal_text(str(value))
    return None


# Floating point


def double(value: Any) -> str:
    """Write a double: its eight bytes."""
    return struct.pack(">d", float(value)).hex()


def single(value: Any) -> str:
    """Write a single as the double of the same value."""
    # What stands in the JSON is the shortest text of the single, which is not the same double.
    return double(struct.unpack(">f", struct.pack(">f", float(value)))[0])


# Bytes and bits


def hexadecimal(value: Any) -> str:
    """Write bytes, which come in base64; raises UnavailableError."""
    if value == UNAVAILABLE_BYTES:
        raise UnavailableError
    return binascii.a2b_base64(value, strict_mode=True).hex()


def bits(value: Any) -> str:
    """Write a bit string, which comes in base64, or as a boolean if it has one bit."""
    if isinstance(value, bool):
        return "1" if value else ""
    number = int.from_bytes(binascii.a2b_base64(value, strict_mode=True), "little")
    return f"{number:b}" if number else ""


def boolean(value: Any) -> str:
    """Write a boolean."""
    return {True: "t", False: "f"}[value]
