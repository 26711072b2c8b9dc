"""Every role has what it needs and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.infra.template import actions, of_type, resources, statements
from tests.infra.variants import CLUSTER

from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized

INLINE_LIMIT, MANAGED_LIMIT = 10_240, 6_144
"""Characters of all policies of a role's own, and of one managed policy: IAM's."""

# Actions that know no resource, and whose they are.
WITHOUT_RESOURCE = {
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "logs:DescribeLogGroups",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}


def allowed(stage: Synthesized) -> list[tuple[str, str, str]]:
    """(role, action, resource) of everything that is allowed."""
    return [
        (role, action, resource)
        for role in of_type(stage.connector, "AWS::IAM::Role")
        for statement in statements(stage.connector, role)
        if statement["Effect"] == "Allow"
        for action in actions(statement)
        for resource in resources(statement)
    ]


def test_no_action_is_a_pattern(each: Synthesized) -> None:
    assert [one for one in allowed(each) if "*" in one[1]] == []


def test_everything_is_said_only_where_there_is_nothing_else_to_say(each: Synthesized) -> None:
    everything = {action for _, action, resource in allowed(each) if resource == "*"}
    assert {one for one in everything if not one.startswith("ec2:")} <= WITHOUT_RESOURCE


def test_no_managed_policy_of_aws_and_no_other_kind_of_policy(each: Synthesized) -> None:
    assert of_type(each.connector, "AWS::IAM::ManagedPolicy") == {}
    for role in of_type(each.connector, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]
        assert "Policies" not in role["Properties"]


def test_only_the_secrets_that_won_are_read(each: Synthesized) -> None:
    inputs = each.inputs
    won = {inputs.broker_secret.path, inputs.database_secret.path}
    if inputs.kafka_secret is not None:
        won.add(inputs.kafka_secret.path)
    read = {
        resource for _, action, resource in allowed(each) if action.startswith("secretsmanager:")
    }
    assert {one.split(":secret:")[1] for one in read} == {f"{path}-??????" for path in won}


def test_keys_are_used_for_those_secrets_and_the_alerts_alone(each: Synthesized) -> None:
    for role in of_type(each.connector, "AWS::IAM::Role"):
        for statement in statements(each.connector, role):
            if "kms:Decrypt" in actions(statement):
                through = statement["Condition"]["StringEquals"]["kms:ViaService"]
                if through.startswith("sns."):
                    only = statement["Condition"]["StringEquals"]
                    topic = only["kms:EncryptionContext:aws:sns:topicArn"]
                    assert topic.endswith(f":{each.inputs.names.alerts_topic}")
                else:
                    assert through.startswith("secretsmanager.")
                    assert "kms:EncryptionContext:SecretARN" in statement["Condition"]["StringLike"]


def test_who_reads_secrets(each: Synthesized) -> None:
    readers = {role for role, action, _ in allowed(each) if action.endswith(":GetSecretValue")}
    assert {re.sub(r"[0-9A-F]{8}$", "", one) for one in readers} == {
        "WorkersTaskRolesExecution",
        "FunctionsTopicsRole",
        "FunctionsCompleteRole",
        "FunctionsControlRole",
        "FunctionsHealthRole",
        "FunctionsRotationRole",
    }


def test_no_log_group_can_come_back(each: Synthesized) -> None:
    assert [one for one in allowed(each) if one[1] == "logs:CreateLogGroup"] == []


def test_the_ledger_is_one_table_and_is_never_emptied(each: Synthesized) -> None:
    used = {(action, resource) for _, action, resource in allowed(each)
            if action.startswith("dynamodb:")}  # fmt: skip
    assert {resource.split(":table/")[1] for _, resource in used} == {each.inputs.names.ledger}
    assert {action for action, _ in used} == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
    }


def test_the_image_is_pulled_from_one_repository(each: Synthesized) -> None:
    pulled = {resource for _, action, resource in allowed(each)
              if action.startswith("ecr:") and action != "ecr:GetAuthorizationToken"}  # fmt: skip
    (repository,) = pulled
    assert repository.endswith(":repository/cdk-one-container-assets-111122223333-us-east-1")


def test_rights_for_a_hundred_tables_fit_into_what_iam_takes() -> None:
    from aws_cdk import App, Stack
    from aws_cdk import aws_iam as iam
    from aws_cdk.assertions import Template

    from wms_connector.infra.constructs.granting import grant
    from wms_connector.infra.constructs.msk_rights import Msk, topics_rights, worker_rights

    tables = [f'"MMDL.PLAN_OF_SOME_KIND_{number:03}_TBL"' for number in range(100)]
    pipeline = Pipeline.parse(f"tables = [{', '.join(tables)}]")
    stage, msk = pipeline.stage("production"), Msk(CLUSTER)
    stack = Stack(App())
    for id_, rights in (
        ("Worker", worker_rights(msk, pipeline, stage, {"wms-oracle-cdc": 1})),
        ("Topics", topics_rights(msk, pipeline, stage)),
    ):
        grant(iam.Role(stack, id_, assumed_by=iam.ServicePrincipal("x.amazonaws.com")), rights)
    template = Template.from_stack(stack).to_json()
    for type_, limit in (
        ("AWS::IAM::Policy", INLINE_LIMIT),
        ("AWS::IAM::ManagedPolicy", MANAGED_LIMIT),
    ):
        sizes = [
            len(json.dumps(one["Properties"]["PolicyDocument"], separators=(",", ":")))
            for one in of_type(template, type_).values()
        ]
        assert sizes
        assert max(sizes) <= limit
