"""What every role of a stack has, whoever made it: the account's path for roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import CfnResource, IAspect

if TYPE_CHECKING:
    from constructs import IConstruct


@jsii.implements(IAspect)
class RolePath:
    """Puts a path on every role, those of the CDK's own frameworks included."""

    def __init__(self, path: str) -> None:
        self._path = path

    def visit(self, node: IConstruct) -> None:
        """Look at one construct of the tree."""
        if isinstance(node, CfnResource) and node.cfn_resource_type == "AWS::IAM::Role":
            node.add_property_override("Path", self._path)
