"""What is exchanged with a connector's source: how it is asked, and its answer for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Row: TypeAlias = Mapping[str, Any]
"""Values by names in lower case."""

Ask: TypeAlias = Callable[[str, Mapping[str, Any]], Row | None]
"""A query and its values -> its first row, None without one; raises a WmsError."""


@dataclass(frozen=True, slots=True)
class Told:
    """The whole answer of a source, for programs and for people."""

    value: Mapping[str, Any]
    lines: Sequence[str] = ()
