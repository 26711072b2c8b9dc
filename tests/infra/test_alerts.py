"""The alerts stack."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.infra.variants import VARIANTS, Variant

from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized


def _only(stage: Synthesized, type_: str) -> dict[str, Any]:
    (found,) = stage.of_type(type_).values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def _statements(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        statement["Sid"]: statement for statement in document["Statement"] if "Sid" in statement
    }


def _template(emails: list[Any]) -> dict[str, Any]:
    """The alerts stack of stage main with these addresses, without the other stack."""
    from aws_cdk import App
    from aws_cdk.assertions import Template

    from wms_connector.infra.alerts_stack import AlertsStack
    from wms_connector.infra.inputs import read_inputs

    variant = Variant(
        "main", VARIANTS["main"].secrets | {"mmdl/default/alertEmails": {"emails": emails}}
    )
    inputs = read_inputs(variant.pipeline, variant.stage, variant.source)
    stack = AlertsStack(App(), inputs.names.alerts_stack, inputs=inputs)
    template: dict[str, Any] = Template.from_stack(stack).to_json()
    return template


def _subscriptions(emails: list[Any]) -> dict[str, str]:
    return {
        name: resource["Properties"]["Endpoint"]
        for name, resource in _template(emails)["Resources"].items()
        if resource["Type"] == "AWS::SNS::Subscription"
    }


def test_the_topic_has_the_stages_name_and_its_own_key(each: Synthesized) -> None:
    topic = _only(each, "AWS::SNS::Topic")
    assert topic["TopicName"] == f"Alerts-wms-alerts-{each.inputs.stage.slug}"
    (key_id,) = [
        name for name, resource in each.alerts["Resources"].items()
        if resource["Type"] == "AWS::KMS::Key"
    ]  # fmt: skip
    assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": [key_id, "Arn"]}
    key = each.alerts["Resources"][key_id]
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Delete"


def test_only_this_stages_alarms_and_rules_may_publish(each: Synthesized) -> None:
    statements = _statements(_only(each, "AWS::SNS::TopicPolicy")["PolicyDocument"])
    stack = each.inputs.names.connector_stack
    for sid, service, source in (
        ("AlarmsOfThisStage", "cloudwatch", f"cloudwatch:us-east-1:111122223333:alarm:{stack}-*"),
        ("RulesOfThisStage", "events", f"events:us-east-1:111122223333:rule/{stack}-*"),
    ):
        statement = statements.pop(sid)
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnLike": {"aws:SourceArn": f"arn:aws:{source}"},
            "ArnNotLike": {"aws:SourceArn": f"arn:aws:{source}-*"},
        }
    # What is left only forbids: whatever does not come over TLS.
    (left,) = statements.values()
    assert (left["Effect"], left["Principal"]) == ("Deny", "*")
    assert left["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_alarm_of_a_stage_whose_name_begins_with_this_ones_may_not_publish(
    main: Synthesized,
) -> None:
    document = _only(main, "AWS::SNS::TopicPolicy")["PolicyDocument"]
    condition = _statements(document)["AlarmsOfThisStage"]["Condition"]

    def passes(alarm: str) -> bool:
        arn = f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{alarm}"
        like, unlike = (condition[key]["aws:SourceArn"] for key in ("ArnLike", "ArnNotLike"))
        return fnmatchcase(arn, like) and not fnmatchcase(arn, unlike)

    assert passes(main.inputs.names.alarm("TaskFailed"))
    for other in ("main-2", "main-TaskFailed", "m", "mainly"):
        assert not passes(Names(Stage.parse(other), "wms").alarm("TaskFailed")), other


def test_every_alarm_and_rule_that_tells_somebody_may_publish(each: Synthesized) -> None:
    names = {"AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::CompositeAlarm": "AlarmName",
             "AWS::Events::Rule": "Name"}  # fmt: skip
    given = {
        str(one["Properties"].get(name))
        for type_, name in names.items()
        for one in each.of_type(type_).values()
        if "Alerts-" in json.dumps(one["Properties"])
    }
    prefix = re.escape(each.inputs.names.alarm_prefix)
    assert [name for name in given if not re.fullmatch(f"{prefix}[A-Za-z0-9]+", name)] == []


def test_the_key_is_used_by_the_same_and_for_this_topic(each: Synthesized) -> None:
    key = next(r for r in each.alerts["Resources"].values() if r["Type"] == "AWS::KMS::Key")
    statements = _statements(key["Properties"]["KeyPolicy"])
    alarms, rules = statements["AlarmsOfThisStage"], statements["RulesThroughTheTopic"]
    assert alarms["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    # EventBridge's calls name neither account nor rule to KMS: the topic is what holds them.
    topic = _only(each, "AWS::SNS::Topic")["TopicName"]
    assert rules["Condition"] == {
        "StringEquals": {
            "kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:us-east-1:111122223333:{topic}"
        }
    }


def test_each_address_is_subscribed_once() -> None:
    found = _subscriptions(["b@example.com", " a@example.com ", "a@EXAMPLE.com", "b@example.com"])
    assert sorted(found.values()) == ["a@example.com", "b@example.com"]


def test_a_changed_list_changes_what_changed_and_nothing_else() -> None:
    before = _subscriptions(["a@example.com", "b@example.com"])
    after = _subscriptions(["c@example.com", "b@example.com"])
    stays = {name for name, address in before.items() if address == "b@example.com"}
    assert set(before) & set(after) == stays
    assert _subscriptions(["b@example.com", "a@example.com"]) == before


def test_bad_addresses_are_named_and_get_nothing() -> None:
    template = _template(["a@example.com", "nobody", "b c@example.com"])
    refused = template["Outputs"]["RefusedAddresses"]["Value"]
    assert refused == "'nobody', 'b c@example.com'"
    assert len(_subscriptions(["a@example.com", "nobody", "b c@example.com"])) == 1
