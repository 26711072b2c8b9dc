"""The right by which Lambda makes and removes the functions' network interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from wms_connector.infra.constructs.granting import INLINE, statement
from wms_connector.infra.constructs.rights import Right, account_of
from wms_connector.infra.validation import acknowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_ec2 as ec2
    from constructs import Construct

_ACTIONS: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


class NetworkInterfaces(iam.Policy):
    """One policy of all functions' roles.

    Lambda itself needs the right, under the function's role; functions' code is denied it (Lambda's
    guide, "Execution role permissions for VPC access"). Lambda removes the interfaces some minutes
    after the functions are gone, and with the role's right: so the security group, which cannot be
    deleted before, depends on this policy and not only on the functions.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        roles: Sequence[iam.IRole],
        names: Sequence[str],
        group: ec2.SecurityGroup,
    ) -> None:
        account = account_of(Stack.of(scope))
        functions = [account.arn("lambda", f"function:{name}") for name in names]
        code = ("ArnEquals", (("lambda:SourceFunctionArn", functions),))
        rights = (
            Right(_ACTIONS, ("*",)),
            Right(_ACTIONS, ("*",), effect="Deny", conditions=(code,)),
        )
        super().__init__(
            scope, id_, roles=list(roles), statements=[statement(right) for right in rights]
        )
        group.node.add_dependency(self)
        acknowledge(self, INLINE)
