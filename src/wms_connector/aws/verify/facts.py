"""What was seen of a deployment: values, or why something could not be seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.aws.checks import Check
    from wms_connector.aws.control import DeploymentReport, ReachReport, TopicsReport
    from wms_connector.aws.stacks import Stack

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Unseen:
    """A question that was not answered, and what to do about it."""

    reason: str
    hint: str = ""


Seen: TypeAlias = _T | Unseen


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """The workers' ECS service. `rollout` is that of its newest deployment: COMPLETED,
    IN_PROGRESS or FAILED; `message` is the service's newest event."""  # noqa: D205, D209

    desired: int
    running: int
    pending: int
    rollout: str
    rollout_reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ConnectorFacts:
    """A connector. `summary` as in `RUNNING, task 0 FAILED`; `causes` of its traces, redacted.

    `digest` is that of the configuration which the workers have.
    """

    summary: str
    is_running: bool
    is_held: bool
    digest: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionFacts:
    """One subscription of the alerts' topic."""

    endpoint: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Who gets alerts, and the addresses of the secret (None where there is no such secret)."""

    subscriptions: tuple[SubscriptionFacts, ...]
    wanted: tuple[str, ...] | None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngressRule:
    """One rule of the brokers' groups: ports and who may come (a group's id or an address range).

    Ports are None where the rule means all of them.
    """

    source: str
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class IngressFacts:
    """The brokers' own rules, read from their security groups.

    `wanted`: who of ours has to come in: the name, its group, and the ranges of its subnets.
    """

    groups: tuple[str, ...]
    port: int
    rules: tuple[IngressRule, ...]
    wanted: tuple[Comer, ...]


@dataclass(frozen=True, slots=True)
class Comer:
    """Who connects to the brokers: `workers` or `functions`."""

    what: Literal["workers", "functions"]
    group: str
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that was seen of a stage at `now` (seconds since 1970).

    `brokers` are the brokers' rules where the cluster's ARN is known, else which TCP connections
    could be made from the functions' subnets. `health` is None where no check was ever noted.
    """

    now: float
    alerts_stack: Seen[Stack | None]
    connector_stack: Seen[Stack | None]
    deployment: Seen[DeploymentReport]
    service: Seen[ServiceFacts]
    connectors: Seen[Mapping[str, ConnectorFacts]]
    topics: Seen[TopicsReport]
    alerts: Seen[AlertFacts]
    brokers: Seen[IngressFacts | ReachReport]
    health: Seen[Check | None]
    outputs: Mapping[str, str] = field(default_factory=dict)
