"""What the runbook says of each kind beside its cause: where to look, what to do, what heals."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Guide:
    """`look` are commands or places that show more, `do` are steps, in this order.

    `itself` says what happens by itself, and what it costs to wait.
    """

    look: tuple[str, ...]
    do: tuple[str, ...]
    itself: str


@cache
def guides() -> Mapping[str, Guide]:
    """Give the guides by the id of a kind, from guides.toml."""
    text = files("wms_connector.health").joinpath("guides.toml").read_text(encoding="utf-8")
    return {
        kind: Guide(tuple(guide["look"]), tuple(guide["do"]), guide["itself"])
        for kind, guide in tomllib.loads(text).items()
    }
