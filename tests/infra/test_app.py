"""What holds for both stacks of every kind of stage."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING

import pytest
from tests.infra.variants import VARIANTS

from wms_connector.model.cloud_settings import RETENTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.infra.conftest import Synthesized


def _artifact(stage: Synthesized, stack: str) -> dict[str, Any]:
    manifest = json.loads((stage.folder / "manifest.json").read_text())
    found: dict[str, Any] = manifest["artifacts"][stack]
    return found


@pytest.mark.parametrize("name", ["main", "production"])
def test_every_role_has_path_and_boundary(name: str, assemblies: Mapping[str, Synthesized]) -> None:
    roles = assemblies[name].of_type("AWS::IAM::Role")
    assert len(roles) > 5  # those of the CDK's own frameworks too
    for role in roles.values():
        assert role["Properties"]["Path"] == "/teams/wms/"
        boundary = role["Properties"]["PermissionsBoundary"]
        assert boundary == "arn:aws:iam::111122223333:policy/team-boundary"


def test_an_account_without_path_and_boundary_gets_none(branch: Synthesized) -> None:
    for role in branch.of_type("AWS::IAM::Role").values():
        assert not {"Path", "PermissionsBoundary"} & set(role["Properties"])


def test_named_stages_alone_are_protected_from_deletion(each: Synthesized) -> None:
    for stack in each.templates:
        protected = _artifact(each, stack)["properties"].get("terminationProtection", False)
        assert protected is each.inputs.stage.is_named


def test_stacks_carry_stage_and_product(each: Synthesized) -> None:
    for stack in each.templates:
        tags = _artifact(each, stack)["properties"]["tags"]
        assert tags == {"product": "wms", "stage": each.variant.stage_name}


def test_the_qualifier_is_one(each: Synthesized) -> None:
    for stack in each.templates:
        properties = _artifact(each, stack)["properties"]
        assert "/cdk-one-deploy-role-" in properties["assumeRoleArn"].replace(":role", "")
        assert properties["bootstrapStackVersionSsmParameter"] == "/cdk-bootstrap/one/version"


def test_alerts_are_deployed_first(each: Synthesized) -> None:
    names = each.inputs.names
    assert names.alerts_stack in _artifact(each, names.connector_stack)["dependencies"]


def test_what_holds_data_outlives_a_named_stage_only(each: Synthesized) -> None:
    kept = {
        resource["Type"]
        for template in each.templates.values()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    if each.inputs.stage.is_named:
        assert {"AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"} & kept
        assert "AWS::Logs::LogGroup" in kept
    else:
        assert kept == set()


def test_a_failed_first_deployment_leaves_nothing_in_the_next_ones_way(each: Synthesized) -> None:
    for template in each.templates.values():
        for resource in template["Resources"].values():
            assert resource.get("DeletionPolicy", "Delete") in {"Delete", "RetainExceptOnCreate"}


def test_every_log_group_forgets(each: Synthesized) -> None:
    groups = each.of_type("AWS::Logs::LogGroup")
    assert groups
    days = each.inputs.pipeline.logs.retention_days
    assert {group["Properties"]["RetentionInDays"] for group in groups.values()} == {days}


def test_every_retention_that_cloudwatch_offers_can_be_chosen(main: Synthesized) -> None:
    from aws_cdk import App, Stack
    from aws_cdk.aws_logs import LogGroup, RetentionDays

    from wms_connector.infra.policies import _RETENTION

    assert set(_RETENTION) == set(RETENTIONS)
    assert {*_RETENTION.values(), RetentionDays.INFINITE} == set(RetentionDays)
    stack = Stack(App())
    for days, value in _RETENTION.items():
        group = LogGroup(stack, f"Group{days}", retention=value)
        assert stack.resolve(group.node.default_child.retention_in_days) == days


def test_every_handler_is_there(each: Synthesized) -> None:
    """A template names them by text: each is a function of ours, or of the CDK's framework."""
    ours = 0
    for function in each.of_type("AWS::Lambda::Function").values():
        handler = function["Properties"]["Handler"]
        if handler.startswith("framework."):
            continue
        module, _, name = handler.rpartition(".")
        assert module.startswith("wms_connector.functions."), handler
        assert callable(getattr(importlib.import_module(module), name)), handler
        ours += 1
    assert ours >= 3


def test_nothing_of_a_function_or_task_is_public(each: Synthesized) -> None:
    text = json.dumps(each.connector)
    assert '"AssignPublicIp": "ENABLED"' not in text
    for group in each.of_type("AWS::EC2::SecurityGroupIngress").values():
        assert "CidrIp" not in group["Properties"]
    for group in each.of_type("AWS::EC2::SecurityGroup").values():
        assert not [rule for rule in group["Properties"].get("SecurityGroupIngress", [])
                    if "CidrIp" in rule]  # fmt: skip


def test_two_stages_share_no_resource_name(assemblies: Mapping[str, Synthesized]) -> None:
    """What has a name of its own in the account has another one in each stage."""
    keys = {"TopicName", "AliasName", "TableName", "LogGroupName", "FunctionName", "ClusterName"}
    seen: dict[tuple[str, str], str] = {}
    for stage, assembly in assemblies.items():
        for template in assembly.templates.values():
            for resource in template["Resources"].values():
                for key in keys & set(resource.get("Properties", {})):
                    value = resource["Properties"][key]
                    if isinstance(value, str):
                        place = (resource["Type"], value)
                        assert seen.setdefault(place, stage) == stage, place
    assert len(seen) >= 3 * len(VARIANTS)
