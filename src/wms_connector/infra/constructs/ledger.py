"""What a stage remembers beside its template, above all which topics it ever made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb

from wms_connector.aws.ledger_items import KEY
from wms_connector.infra.policies import removal_policy
from wms_connector.infra.validation import acknowledge

if TYPE_CHECKING:
    from constructs import Construct

    from wms_connector.infra.inputs import StageInputs


class Ledger(dynamodb.Table):
    """A table of a few items. It is encrypted with DynamoDB's own key: it holds names, no data."""

    def __init__(self, scope: Construct, id_: str, *, inputs: StageInputs) -> None:
        super().__init__(
            scope,
            id_,
            table_name=inputs.names.ledger,
            partition_key=dynamodb.Attribute(name=KEY, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy(inputs),
        )
        acknowledge(
            self,
            {
                "NIST.800.53.R5-DynamoDBInBackupPlan": "Point-in-time recovery goes back to any "
                "second of 35 days; a backup plan is the account's to make, not a stage's."
            },
        )
