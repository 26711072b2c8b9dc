"""Whether the brokers let us in: their own security groups, which are not ours to change."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.errors import AwsError, MissingError
from wms_connector.aws.verify.facts import Comer, IngressFacts, IngressRule
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.aws.session import Aws

PORTS: Final = {
    KafkaSecurity.PLAINTEXT: 9092,
    KafkaSecurity.TLS: 9094,
    KafkaSecurity.SCRAM: 9096,
    KafkaSecurity.IAM: 9098,
}
"""Amazon MSK's ports, which cannot be chosen."""
_TCP: Final = frozenset({"tcp", "6", "-1"})


def admits(facts: IngressFacts, comer: Comer) -> bool:
    """Tell whether some rule lets somebody come to the brokers' port.

    By its group, or by address ranges that together hold all of its subnets.
    """
    fitting = [rule for rule in facts.rules if _has_port(rule, facts.port)]
    if any(rule.source == comer.group for rule in fitting):
        return True
    open_to = [network for rule in fitting if (network := _network(rule.source)) is not None]
    return bool(comer.ranges) and all(_inside(text, open_to) for text in comer.ranges)


def observe_ingress(
    aws: Aws, cluster_arn: str, security: KafkaSecurity, comers: Mapping[str, tuple[str, list[str]]]
) -> IngressFacts:
    """Read the rules of a cluster's brokers. Raises AwsError.

    `comers`: for `workers` and `functions`, the security group and the subnets.
    """
    groups = _groups(aws, cluster_arn)
    rules = tuple(_rules(aws, groups))
    wanted = tuple(
        Comer("workers" if what == "workers" else "functions", group, tuple(_ranges(aws, subnets)))
        for what, (group, subnets) in comers.items()
    )
    return IngressFacts(groups, PORTS[security], rules, wanted)


def _groups(aws: Aws, cluster_arn: str) -> tuple[str, ...]:
    with aws.doing(f"look at the cluster {cluster_arn}"):
        info = aws.client("kafka").describe_cluster_v2(ClusterArn=cluster_arn)["ClusterInfo"]
    if "Serverless" in info:
        networks = info["Serverless"].get("VpcConfigs", ())
        found = [group for network in networks for group in network.get("SecurityGroupIds", ())]
    else:
        found = info.get("Provisioned", {}).get("BrokerNodeGroupInfo", {}).get("SecurityGroups", [])
    if not found:
        raise MissingError(
            f"AWS names no security group of the cluster {cluster_arn}",
            hint="Check [kafka] cluster_arn of the pipeline file",
        )
    return tuple(dict.fromkeys(found))


def _rules(aws: Aws, groups: Iterable[str]) -> Iterable[IngressRule]:
    with aws.doing("read the rules of the brokers' security groups"):
        pages = (
            aws.client("ec2")
            .get_paginator("describe_security_group_rules")
            .paginate(Filters=[{"Name": "group-id", "Values": list(groups)}])
        )
        found = [rule for page in pages for rule in page["SecurityGroupRules"]]
    for rule in found:
        if rule.get("IsEgress") or rule.get("IpProtocol") not in _TCP:
            continue
        source = (
            rule.get("ReferencedGroupInfo", {}).get("GroupId")
            or rule.get("CidrIpv4")
            or rule.get("CidrIpv6")
            or rule.get("PrefixListId")
            or ""
        )
        yield IngressRule(source, *_ports(rule))


def _ports(rule: Mapping[str, Any]) -> tuple[int | None, int | None]:
    if rule.get("IpProtocol") == "-1" or rule.get("FromPort", -1) == -1:
        return None, None
    return int(rule["FromPort"]), int(rule["ToPort"])


def _ranges(aws: Aws, subnets: list[str]) -> list[str]:
    if not subnets:
        return []
    try:
        with aws.doing("look at our subnets"):
            found = aws.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    except AwsError:
        return []  # then only a rule for the group itself can be seen to let us in
    return sorted(subnet["CidrBlock"] for subnet in found)


def _has_port(rule: IngressRule, port: int) -> bool:
    return rule.first is None or rule.last is None or rule.first <= port <= rule.last


def _network(text: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return None


def _inside(text: str, open_to: list[ipaddress.IPv4Network]) -> bool:
    network = _network(text)
    return network is not None and any(network.subnet_of(other) for other in open_to)
