"""Types of resources that the emulator does not know."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

_RECORDED = ("AWS::ECS::ClusterCapacityProviderAssociations",)
"""Types that have no effect here: they are accepted and written down."""


def install() -> None:
    """Add them."""
    handlers = provisioners._RESOURCE_HANDLERS
    for direction in ("Ingress", "Egress"):
        store = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"
        handlers[f"AWS::EC2::SecurityGroup{direction}"] = _rules(store)
    for kind in _RECORDED:
        handlers[kind] = {"create": _record, "delete": _forget}


def _rules(store: str) -> dict[str, Any]:
    def create(_logical_id: str, properties: Any, _stack: str) -> tuple[str, dict[str, str]]:
        [rule] = provisioners._ec2_sg_permissions([properties])
        rule["SecurityGroupRuleId"] = made = f"sgr-{new_uuid()[:17].replace('-', '0')}"
        group = ec2._security_groups.get(properties["GroupId"])
        if group is None:
            raise ValueError(f"The security group {properties['GroupId']!r} does not exist")
        group[store].append(rule)
        return made, {"Id": made}

    def delete(physical_id: str, properties: Any) -> None:
        group = ec2._security_groups.get(properties["GroupId"])
        if group is not None:
            group[store] = [
                rule for rule in group[store] if rule.get("SecurityGroupRuleId") != physical_id
            ]

    return {"create": create, "delete": delete}


def _record(logical_id: str, _properties: Any, stack: str) -> tuple[str, dict[str, str]]:
    return f"{stack}-{logical_id}", {}


def _forget(_physical_id: str, _properties: Any) -> None:
    pass
