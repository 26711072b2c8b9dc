"""What looks after a stage: who calls which function, when, and what becomes of a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.infra.template import actions, of_type, outlives, resources, statements, text
from tests.infra.variants import BRANCH, VARIANTS

from wms_connector.health.metrics import BEHIND, EVENT_AGE
from wms_connector.infra.constructs.function_settings import HEALTH, MAIL, ROTATION
from wms_connector.infra.policies import has_dashboard
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.infra.conftest import Synthesized

WATCHING = {
    "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
}  # fmt: skip


def rules(stage: Synthesized) -> dict[str, dict[str, Any]]:
    """Properties of the rules by what follows the stage in their names."""
    prefix = stage.inputs.names.alarm_prefix
    return {
        one["Properties"]["Name"].removeprefix(prefix): one["Properties"]
        for one in of_type(stage.connector, "AWS::Events::Rule").values()
    }


def purpose(stage: Synthesized, reference: dict[str, Any]) -> str:
    """Which function is meant by a reference."""
    name = text(reference)[2:-1].partition(".")[0]
    function: str = stage.connector["Resources"][name]["Properties"]["FunctionName"]
    return function.removeprefix(f"{stage.inputs.names.connector_stack}-")


def test_each_rule_calls_its_function(each: Synthesized) -> None:
    called = {}
    for name, one in rules(each).items():
        (target,) = one["Targets"]
        # As it came: neither a role nor a text of ours is between event and function.
        assert set(target) == {"Arn", "Id", "RetryPolicy"}
        called[name] = purpose(each, target["Arn"])
    assert called == {
        "Check": "health",
        "Deployed": "health",
        "Secret": "rotation",
        "Stopped": "mail",
        "Unwell": "mail",
        "Trouble": "mail",
        "GaveUp": "mail",
    }


def test_the_check_has_its_interval(each: Synthesized) -> None:
    minutes = each.inputs.pipeline.health.check_interval_minutes
    assert rules(each)["Check"]["ScheduleExpression"] == f"rate({minutes} minutes)"


def test_a_deployment_of_the_connectors_is_looked_at(each: Synthesized) -> None:
    detail = rules(each)["Deployed"]["EventPattern"]["detail"]
    (connectors,) = of_type(each.connector, "Custom::KafkaConnectors")
    assert detail["logical-resource-id"] == [connectors]
    assert detail["stack-id"] == [{"Ref": "AWS::StackId"}]


def test_nothing_watches_what_is_not_there_yet(each: Synthesized) -> None:
    """And nothing restarts what is being deleted."""
    (connectors,) = of_type(each.connector, "Custom::KafkaConnectors")
    watching = {
        name for name, one in each.connector["Resources"].items() if one["Type"] in WATCHING
    }
    early = {name for name in watching if connectors not in outlives(each.connector, name)}
    names = {each.connector["Resources"][name]["Properties"].get("Name") for name in early}
    assert names == {each.inputs.names.rule("Deployed")}
    assert early <= outlives(each.connector, connectors)


def test_rotation_hears_of_the_workers_secrets_and_no_others(
    assemblies: Mapping[str, Synthesized],
) -> None:
    found = {name: rules(stage)["Secret"]["EventPattern"] for name, stage in assemblies.items()}
    assert {name: one["detail"]["name"] for name, one in found.items()} == {
        "main": ["mmdl/default/brokerString", "mmdl/default/dbInfo"],
        "branch": [f"mmdl/{BRANCH}/{key}" for key in ("brokerString", "dbInfo", "kafkaAuth")],
        "production": ["mmdl/production/brokerString", "mmdl/production/dbInfo"],
    }
    for one in found.values():
        assert one["detail"]["labelUpdated"] == ["AWSCURRENT"]
        assert one["source"] == ["aws.secretsmanager"]


def test_who_may_call_them(each: Synthesized) -> None:
    names = each.inputs.names
    alarms: dict[str, list[str]] = {}
    for one in of_type(each.connector, "AWS::Lambda::Permission").values():
        properties = one["Properties"]
        assert properties["Action"] == "lambda:InvokeFunction"
        function = purpose(each, properties["FunctionName"])
        if properties["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com":
            assert properties["SourceAccount"] == "111122223333"
            alarms.setdefault(function, []).append(properties["SourceArn"].rpartition(":")[2])
        else:
            assert properties["Principal"] == "events.amazonaws.com"
            source = properties["SourceArn"]["Fn::GetAtt"][0]
            rule = each.connector["Resources"][source]["Properties"]
            assert purpose(each, rule["Targets"][0]["Arn"]) == function
    assert alarms == {"health": [names.alarm("TaskFailedNow")], "mail": [names.alarm("*")]}


def test_what_becomes_of_events_that_nobody_waits_for(each: Synthesized) -> None:
    found = {
        purpose(each, one["Properties"]["FunctionName"]): one["Properties"]
        for one in of_type(each.connector, "AWS::Lambda::EventInvokeConfig").values()
    }
    assert set(found) == {"health", "mail", "rotation"}
    for settings in (HEALTH, MAIL, ROTATION):
        one = found[settings.purpose]
        assert one["MaximumRetryAttempts"] == settings.retries
        assert one["MaximumEventAgeInSeconds"] == settings.oldest_s
    names = each.inputs.names
    places = {
        name: one["DestinationConfig"]["OnFailure"]["Destination"].rpartition(":")[2]
        for name, one in found.items()
        if "DestinationConfig" in one
    }
    # What cannot be worded goes out as it came; what rotation gives up on is worded.
    assert places == {"mail": names.alerts_topic, "rotation": names.function("mail")}


def test_the_mail_function_speaks_without_the_vpc_and_reads_no_secret(each: Synthesized) -> None:
    (mail,) = [
        one["Properties"]
        for one in of_type(each.connector, "AWS::Lambda::Function").values()
        if one["Properties"].get("FunctionName") == each.inputs.names.function("mail")
    ]
    assert "VpcConfig" not in mail
    role = mail["Role"]["Fn::GetAtt"][0]
    rights = {
        (action, resource)
        for statement in statements(each.connector, role)
        for action in actions(statement)
        for resource in resources(statement)
    }
    topic = f"arn:aws:sns:us-east-1:111122223333:{each.inputs.names.alerts_topic}"
    assert ("sns:Publish", topic) in rights
    assert not [one for one in rights if one[0].startswith(("secretsmanager:", "ec2:", "ecs:"))]
    # The topic's policy, which was there first, names it.
    assert each.connector["Resources"][role]["Properties"]["RoleName"] == (
        each.inputs.names.function("mail")
    )


def test_metrics_go_into_the_stages_own_namespace_alone(each: Synthesized) -> None:
    seen = 0
    for role in of_type(each.connector, "AWS::IAM::Role"):
        for statement in statements(each.connector, role):
            if "cloudwatch:PutMetricData" in actions(statement):
                only = statement["Condition"]["StringEquals"]["cloudwatch:namespace"]
                assert only == each.inputs.names.health_namespace
                seen += 1
    assert seen == 2


def test_nobody_may_do_more_to_the_service_than_it_needs(each: Synthesized) -> None:
    allowed = {
        (action, resource.rpartition(":")[2])
        for role in of_type(each.connector, "AWS::IAM::Role")
        for statement in statements(each.connector, role)
        for action in actions(statement)
        for resource in resources(statement)
        if action.startswith("ecs:")
    }
    service = f"service/{each.inputs.names.cluster}/{each.inputs.names.cluster}"
    assert allowed == {("ecs:DescribeServices", service), ("ecs:UpdateService", service)}


@pytest.mark.parametrize(
    ("stage", "settings", "wanted"),
    [
        ("main", "", True),
        ("production", "", True),
        ("branch", "", False),
        ("branch", "[stages.branch]\ndashboard = true", True),
        ("branch", "[stages.other]\ndashboard = true", False),
    ],
)
def test_who_has_a_dashboard(stage: str, settings: str, wanted: bool) -> None:
    pipeline = Pipeline.parse(f'tables = ["WMS.A"]\n{settings}')
    assert has_dashboard(pipeline, pipeline.stage(stage)) is wanted


def test_the_dashboard_answers_in_the_order_of_the_questions(
    assemblies: Mapping[str, Synthesized],
) -> None:
    for stage in assemblies.values():
        found = list(of_type(stage.connector, "AWS::CloudWatch::Dashboard").values())
        assert len(found) == has_dashboard(stage.inputs.pipeline, stage.inputs.stage)
    (dashboard,) = of_type(assemblies["main"].connector, "AWS::CloudWatch::Dashboard").values()
    names = assemblies["main"].inputs.names
    assert dashboard["Properties"]["DashboardName"] == names.connector_stack
    widgets = json.loads(text(dashboard["Properties"]["DashboardBody"]))["widgets"]
    placed = sorted(widgets, key=lambda one: (one["y"], one["x"]))
    titles = [one["properties"]["title"] for one in placed]
    assert [title.partition("?")[0] for title in titles[:4]] == [
        "Is it flowing", "How far behind", "Since when", "What was tried",
    ]  # fmt: skip
    assert {one["type"] for one in placed} == {"metric", "alarm", "log"}
    assert all(one["x"] + one["width"] <= 24 for one in placed)


def test_the_dashboard_shows_what_is_emitted(main: Synthesized) -> None:
    (dashboard,) = of_type(main.connector, "AWS::CloudWatch::Dashboard").values()
    widgets = json.loads(text(dashboard["Properties"]["DashboardBody"]))["widgets"]
    shown = {
        tuple(part for part in metric if isinstance(part, str))
        for one in widgets
        for metric in one["properties"].get("metrics", [])
    }
    names, pipeline = main.inputs.names, main.inputs.pipeline
    connector = (names.health_namespace, BEHIND.name, BEHIND.dimension, names.connector)
    assert connector in shown
    for table in pipeline.captured:
        topic = pipeline.data_topic(main.inputs.stage, table)
        assert (names.health_namespace, EVENT_AGE.name, EVENT_AGE.dimension, topic) in shown


def test_one_stage_asks_nothing_of_another(assemblies: Mapping[str, Synthesized]) -> None:
    """What watches `main` names no other stage, and nobody watches by a pattern of stages."""
    for stage in assemblies.values():
        others = [
            one.inputs.names.connector_stack for one in assemblies.values() if one is not stage
        ]
        for one in stage.connector["Resources"].values():
            if one["Type"] in WATCHING:
                assert not [name for name in others if f"{name}/" in json.dumps(one)]
    assert len(assemblies) == len(VARIANTS)
