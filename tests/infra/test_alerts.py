"""The alerts stack."""

from __future__ import annotations

import json
import re
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


def _role(stage: Synthesized) -> str:
    """ARN of the mail function's role, as CloudFormation will make it."""
    (role,) = [
        one["Properties"]
        for one in stage.of_type("AWS::IAM::Role").values()
        if one["Properties"].get("RoleName")
    ]
    return f"arn:aws:iam::111122223333:role{role.get('Path', '/')}{role['RoleName']}"


def _alarms(stage: Synthesized) -> list[str]:
    names = stage.inputs.names
    return [
        f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{names.alarm(what)}"
        for what in ("CheckFailed", "MailFailed")
    ]


def _rules(stage: Synthesized) -> list[str]:
    names = stage.inputs.names
    return [
        f"arn:aws:events:us-east-1:111122223333:rule/{names.rule(what)}"
        for what in ("Stopped", "Unwell", "Trouble", "GaveUp")
    ]


def test_alarms_rules_and_the_mail_function_may_publish_and_nobody_else(
    each: Synthesized,
) -> None:
    statements = _statements(_only(each, "AWS::SNS::TopicPolicy")["PolicyDocument"])
    assert {one["Action"] for one in statements.values()} == {"sns:Publish"}
    allowed = {sid: one for sid, one in statements.items() if one["Effect"] == "Allow"}
    assert set(allowed) == {"AlarmsOfTheWatchItself", "RulesOfEcsEvents", "TheMailFunction"}
    rules = allowed["RulesOfEcsEvents"]
    assert rules["Principal"] == {"Service": "events.amazonaws.com"}
    assert rules["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnEquals": {"aws:SourceArn": _rules(each)},
    }
    made = {one["Properties"]["Name"] for one in each.of_type("AWS::Events::Rule").values()}
    assert {arn.rpartition("/")[2] for arn in _rules(each)} <= made
    alarms = allowed["AlarmsOfTheWatchItself"]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnEquals": {"aws:SourceArn": _alarms(each)},
    }
    # A role that is not there yet cannot be a principal; the account with this condition can.
    function = allowed["TheMailFunction"]
    assert function["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    assert function["Condition"] == {"ArnEquals": {"aws:PrincipalArn": _role(each)}}


def test_what_may_publish_by_its_own_policy_is_refused_all_the_same(each: Synthesized) -> None:
    """In one account a role needs no word of the topic's."""
    statements = _statements(_only(each, "AWS::SNS::TopicPolicy")["PolicyDocument"])
    denied = {sid: one for sid, one in statements.items() if one["Effect"] == "Deny"}
    nobody = denied.pop("NobodyElse")
    assert nobody["Principal"] == {"AWS": "*"}
    assert nobody["Condition"] == {
        "Bool": {"aws:PrincipalIsAWSService": "false"},
        "ArnNotEquals": {"aws:PrincipalArn": _role(each)},
    }
    # And whatever does not come over TLS.
    (left,) = denied.values()
    assert (left["Principal"], left["Condition"]) == (
        "*",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_an_alarm_of_a_stage_whose_name_begins_with_this_ones_may_not_publish(
    main: Synthesized,
) -> None:
    for other in ("main-2", "main-CheckFailed", "m", "mainly"):
        alarm = Names(Stage.parse(other), "wms").alarm("CheckFailed")
        assert not [arn for arn in _alarms(main) if arn.endswith(f":{alarm}")], other


def test_rules_publish_nothing_by_themselves(each: Synthesized) -> None:
    """Raw events read badly: the mail function words them."""
    for one in each.of_type("AWS::Events::Rule").values():
        assert "Alerts-" not in json.dumps(one["Properties"])


def test_names_of_alarms_and_rules_have_no_hyphen_after_the_stage(each: Synthesized) -> None:
    """So that no name of stage `a` can be one of stage `a-b`."""
    names = {"AWS::CloudWatch::Alarm": "AlarmName", "AWS::CloudWatch::CompositeAlarm": "AlarmName",
             "AWS::Events::Rule": "Name"}  # fmt: skip
    given = {
        one["Properties"][name]
        for type_, name in names.items()
        for one in each.of_type(type_).values()
    }
    assert len(given) > 40
    prefix = re.escape(each.inputs.names.alarm_prefix)
    assert [name for name in given if not re.fullmatch(f"{prefix}[A-Za-z0-9]+", name)] == []


def test_the_key_is_used_by_the_same_and_for_this_topic(each: Synthesized) -> None:
    key = next(r for r in each.alerts["Resources"].values() if r["Type"] == "AWS::KMS::Key")
    statements = _statements(key["Properties"]["KeyPolicy"])
    assert set(statements) == {"AlarmsOfTheWatchItself", "RulesThroughTheTopic", "TheMailFunction"}
    alarms, function = statements["AlarmsOfTheWatchItself"], statements["TheMailFunction"]
    assert alarms["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}
    assert alarms["Condition"]["ArnEquals"] == {"aws:SourceArn": _alarms(each)}
    topic = _only(each, "AWS::SNS::Topic")["TopicName"]
    # EventBridge's calls name neither account nor rule to KMS: the topic is what holds them.
    assert statements["RulesThroughTheTopic"]["Condition"] == {
        "StringEquals": {
            "kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:us-east-1:111122223333:{topic}"
        }
    }
    assert function["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": _role(each)},
        "StringEquals": {
            "kms:ViaService": "sns.us-east-1.amazonaws.com",
            "kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:us-east-1:111122223333:{topic}",
        },
    }
    for one in statements.values():
        assert set(one["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}


def test_the_alerts_stand_without_the_other_stack(each: Synthesized) -> None:
    """They are deployed first: what they name of it is put together from names."""
    text = json.dumps(each.alerts)
    assert "Fn::ImportValue" not in text
    assert "Fn::GetStackOutput" not in text


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
