"""`--source`: which database a laptop's runtime has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from wms_connector.local.state import SourceName

F = TypeVar("F", bound=Callable[..., Any])

SOURCES: Final[dict[SourceName, str]] = {
    "postgres": "PostgreSQL",
    "oracle": "a stand-in for Oracle",
}
"""What each is called in a sentence."""


def source_option(function: F) -> F:
    """Give a command `--source`."""
    return click.option(
        "--source",
        type=click.Choice(list(SOURCES)),
        help="The database: PostgreSQL in Oracle's place, or a stand-in that answers what the "
        "Oracle connector asks.  [default: postgres; what is there already keeps its own]",
    )(function)
