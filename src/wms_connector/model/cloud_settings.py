"""The sections of the pipeline file that only a deployment reads: network, roles, logs."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from wms_connector.model.settings import Section

RETENTIONS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip
"""Days for which CloudWatch Logs offers to keep a log group's events."""


def _network(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError as error:
        raise ValueError(f"{error}; write an IPv4 range, for example 10.20.0.0/16") from None


def _retention(days: int) -> int:
    if days not in RETENTIONS:
        offered = ", ".join(str(days) for days in RETENTIONS)
        raise ValueError(f"CloudWatch Logs does not offer it: allowed are {offered}")
    return days


Range = Annotated[str, AfterValidator(_network)]


class NetworkSettings(Section):
    """Where workers and functions may connect to, for what the secrets call by a name.

    A database or broker that its secret gives as an IPv4 address is reached by that address alone,
    and its range here is not used. A security group cannot name a host.
    """

    database_ranges: tuple[Range, ...] = Field(default=("10.0.0.0/8",), min_length=1)
    broker_ranges: tuple[Range, ...] = Field(default=("10.0.0.0/8",), min_length=1)
    aws_ranges: tuple[Range, ...] = Field(default=("0.0.0.0/0",), min_length=1)


class IamSettings(Section):
    """Whether the account asks for a path and a permissions boundary on every role.

    True: the secrets `iam/path` and `iam/permissionsBoundary` name them, and must be there.
    """

    path: bool = True
    permissions_boundary: bool = True


class LogSettings(Section):
    """How long CloudWatch keeps what workers and functions log."""

    retention_days: Annotated[int, AfterValidator(_retention)] = 30
