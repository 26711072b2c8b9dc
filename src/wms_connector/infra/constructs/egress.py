"""Where workers and functions may connect to: values, from what the stage's secrets say."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wms_connector.infra.inputs import StageInputs

HTTPS: Final = 443


@dataclass(frozen=True, slots=True)
class Egress:
    """TCP to one port of a range of addresses; `what` is for whoever reads the rule."""

    cidr: str
    port: int
    what: str


def egress(inputs: StageInputs) -> tuple[Egress, ...]:
    """Give every destination of a stage outside itself, each once.

    A host that is an address is reached by that address alone. A security group cannot name a
    host, so what is called by a name is reached in the pipeline file's ranges.
    """
    network = inputs.pipeline.network
    database = _ranges(inputs.database_host, network.database_ranges)
    rules = [Egress(cidr, inputs.database_port, "the database") for cidr in database]
    rules += [
        Egress(cidr, broker.port, "Kafka brokers")
        for broker in inputs.brokers
        for cidr in _ranges(broker.host, network.broker_ranges)
    ]
    rules += [Egress(cidr, HTTPS, "AWS") for cidr in network.aws_ranges]
    # By destination, not by text: two brokers in one range are one rule.
    return tuple({(rule.cidr, rule.port): rule for rule in reversed(rules)}.values())[::-1]


def _ranges(host: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return otherwise
    return (f"{address}/{32 if isinstance(address, IPv4Address) else 128}",)
