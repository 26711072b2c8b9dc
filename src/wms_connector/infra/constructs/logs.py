"""Log groups that the stack owns: encrypted, kept for as long as the pipeline file says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from wms_connector.infra.policies import removal_policy, retention

if TYPE_CHECKING:
    from wms_connector.infra.inputs import StageInputs

_SHORTEST_WAIT: Final = 7
"""Days until a deleted key is gone: KMS allows no fewer."""


class Logs(Construct):
    """The stage's log groups and the key that they share.

    Every group is made here and none by whoever writes into it, so that none comes back when a
    last line arrives after the stack is gone.
    """

    def __init__(self, scope: Construct, id_: str, *, inputs: StageInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        self.key = kms.Key(
            self,
            "Key",
            description=f"Encrypts the logs of {inputs.names.connector_stack}",
            enable_key_rotation=True,
            pending_window=Duration.days(_SHORTEST_WAIT),
            removal_policy=removal_policy(inputs),
        )
        self.workers = self.group("Workers", inputs.names.log_group)
        self.metrics = self.group("Metrics", inputs.names.metrics_log_group)

    def group(self, id_: str, name: str) -> logs.LogGroup:
        """Make a log group, and let CloudWatch Logs use the key for it."""
        stack = Stack.of(self)
        arn = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name=name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                # As CloudWatch Logs' guide has them ("Encrypt log data ... using AWS KMS").
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                ],
                resources=["*"],
                conditions={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}},
            )
        )
        return logs.LogGroup(
            self,
            id_,
            log_group_name=name,
            retention=retention(self._inputs),
            encryption_key=self.key,
            removal_policy=removal_policy(self._inputs),
        )
