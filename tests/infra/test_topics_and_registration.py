"""The two custom resources, and in which order the stack is made and deleted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.infra.template import named, of_type, outlives

from wms_connector.aws.properties import connectors_of, topics_of
from wms_connector.connectors.rendering import render
from wms_connector.kafka.topics import desired

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized


def only(stage: Synthesized, type_: str) -> tuple[str, dict[str, Any]]:
    ((name, resource),) = of_type(stage.connector, type_).items()
    return name, resource["Properties"]


def test_the_topics_resource_says_all_that_is_desired(each: Synthesized) -> None:
    _, properties = only(each, "Custom::KafkaTopics")
    wanted = desired(each.inputs.pipeline, each.inputs.stage)
    assert {topic.name: topic for topic in topics_of(properties)} == {
        topic.name: topic for topic in wanted
    }
    assert properties["Keep"] == ("true" if each.inputs.stage.is_named else "false")


def test_the_registration_resource_says_the_whole_configuration(each: Synthesized) -> None:
    _, properties = only(each, "Custom::KafkaConnectors")
    inputs = each.inputs
    assert connectors_of(properties) == render(
        inputs.pipeline, inputs.stage, database=inputs.database, security=inputs.security
    )


def test_a_changed_configuration_does_not_touch_the_workers(each: Synthesized) -> None:
    (definition,) = of_type(each.connector, "AWS::ECS::TaskDefinition").values()
    text = json.dumps(definition)
    assert "table.include.list" not in text
    assert "Custom" not in text


def test_topics_go_after_the_workers_and_before_what_their_deletion_needs(
    each: Synthesized,
) -> None:
    template = each.connector
    topics, _ = only(each, "Custom::KafkaTopics")
    service, _ = only(each, "AWS::ECS::Service")
    registration, _ = only(each, "Custom::KafkaConnectors")
    assert topics in outlives(template, service)
    assert service in outlives(template, registration)
    stays = outlives(template, topics)
    needed = {
        name
        for type_ in (
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::SecurityGroupEgress",
            "AWS::EC2::SecurityGroupIngress",
            "AWS::DynamoDB::Table",
            "AWS::Logs::LogGroup",
            "AWS::KMS::Key",
        )
        for name in of_type(template, type_)
    }
    assert needed <= stays
    for part in ("FunctionsTopics", "FunctionsTopicsRole", "FunctionsTopicsRoleDefaultPolicy",
                 "FunctionsInterfaces"):  # fmt: skip
        assert named(template["Resources"], part) in stays


def test_what_starts_a_task_stands_before_the_service(each: Synthesized) -> None:
    service, _ = only(each, "AWS::ECS::Service")
    before = outlives(each.connector, service)
    for part in ("WorkersTaskRolesExecution", "WorkersTaskRolesExecutionDefaultPolicy"):
        assert named(each.connector["Resources"], part) in before


def test_the_registration_is_asked_for_an_hour(each: Synthesized) -> None:
    machine = each.connector["Resources"][
        named(each.connector["Resources"], "RegistrationFrameworkProviderwaiterstatemachine")
    ]["Properties"]
    definition = json.dumps(machine["DefinitionString"])
    assert '\\"IntervalSeconds\\":15' in definition.replace("\\\\", "\\")
    attempts = int(definition.replace("\\", "").split('"MaxAttempts":')[1].split(",")[0])
    assert attempts * 15 == 3600


def test_verify_finds_what_it_looks_for(each: Synthesized) -> None:
    outputs = each.connector["Outputs"]
    assert {
        "Stage", "Cluster", "Service", "ControlFunction", "LogGroup", "Ledger", "Vpc",
        "WorkersSecurityGroup", "FunctionsSecurityGroup",
    } <= set(outputs)  # fmt: skip
    assert outputs["Stage"]["Value"] == each.inputs.stage.name
