"""The alarms of a stage: each watches what code emits, and one cause sends one mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.infra.template import of_type, outlives, text

from wms_connector.health import metrics
from wms_connector.health.alarms import ALARMS, COMPOSITES, TASK_FAILED_NOW, Missing
from wms_connector.health.findings import BY_ID, KINDS
from wms_connector.health.metrics import WORKERS_DIMENSION, Metric, Space
from wms_connector.infra.alerts.publishers import UNWORDED

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized

BY_EVENT = {"worker-stopped", "service-event", "rotation-waiting"}
"""Kinds that are told by an event, not by a metric."""


def alarms(stage: Synthesized) -> dict[str, dict[str, Any]]:
    """Properties of the alarms on metrics, by what follows the stage in their names."""
    return _named(stage, "AWS::CloudWatch::Alarm")


def composites(stage: Synthesized) -> dict[str, dict[str, Any]]:
    """Properties of those on other alarms."""
    return _named(stage, "AWS::CloudWatch::CompositeAlarm")


def called(stage: Synthesized, properties: dict[str, Any], key: str = "AlarmActions") -> set[str]:
    """What an alarm calls: purposes of functions, and `topic`."""
    found = set()
    for action in properties.get(key, []):
        arn = text(action)
        if arn.startswith("arn:"):
            assert arn.rpartition(":")[2] == stage.inputs.names.alerts_topic
            found.add("topic")
        else:
            name = stage.connector["Resources"][arn[2:].partition(".")[0]]["Properties"]
            found.add(name["FunctionName"].rpartition("-")[2])
    return found


def _named(stage: Synthesized, type_: str) -> dict[str, dict[str, Any]]:
    prefix = stage.inputs.names.alarm_prefix
    return {
        one["Properties"]["AlarmName"].removeprefix(prefix): one["Properties"]
        for one in of_type(stage.connector, type_).values()
    }


def test_each_watches_its_metric_under_the_stages_own_name(each: Synthesized) -> None:
    names = each.inputs.names
    spaces = {
        Space.HEALTH: names.health_namespace,
        Space.LOGS: names.logs_namespace,
        Space.WORKERS: names.workers_namespace,
    }
    found = alarms(each)
    for spec in (*ALARMS, TASK_FAILED_NOW):
        alarm = found.pop(spec.name)
        assert alarm["MetricName"] == spec.metric.name
        assert alarm["Namespace"] == spaces[spec.metric.space]
        # The stage's own figure is emitted without a dimension; the workers' agent needs one.
        assert alarm.get("Dimensions") == (
            [{"Name": WORKERS_DIMENSION, "Value": each.inputs.stage.name}]
            if spec.metric.space is Space.WORKERS
            else None
        )
        assert alarm["TreatMissingData"] == spec.missing.value
        assert alarm["Statistic"] == spec.statistic.value
        minutes = spec.minutes or each.inputs.pipeline.health.check_interval_minutes
        assert alarm["Period"] == 60 * minutes
        assert alarm["EvaluationPeriods"] == spec.periods
        assert alarm["DatapointsToAlarm"] == spec.datapoints
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["Threshold"] == spec.threshold
    assert set(found) == {BY_ID["mail-failed"].alarm}


def test_each_metric_has_an_alarm_or_a_reason() -> None:
    every = {one for one in vars(metrics).values() if isinstance(one, Metric)}
    watched = {spec.metric for spec in (*ALARMS, TASK_FAILED_NOW)}
    assert watched <= every
    for metric in every:
        assert (metric in watched) is not bool(metric.no_alarm), metric.name


def test_each_finding_has_exactly_one_alarm_that_tells_somebody(each: Synthesized) -> None:
    telling = [
        name
        for name, one in (alarms(each) | composites(each)).items()
        if called(each, one) & {"mail", "topic"}
    ]
    assert sorted(telling) == sorted(kind.alarm for kind in KINDS if kind.id not in BY_EVENT)


def test_who_is_told_is_told_of_the_end_too_by_who_knows_of_the_beginning(
    each: Synthesized,
) -> None:
    """A new alarm's first value is an end for CloudWatch: only the function can tell."""
    for one in (alarms(each) | composites(each)).values():
        assert called(each, one, "OKActions") == called(each, one) & {"mail"}
        assert "InsufficientDataActions" not in one


def test_the_watch_is_watched_without_a_function_of_ours(each: Synthesized) -> None:
    silent = alarms(each)[BY_ID["check-failed"].alarm]
    assert silent["TreatMissingData"] == Missing.BREACHING.value
    assert called(each, silent) == {"mail", "topic"}
    broken = alarms(each)[BY_ID["mail-failed"].alarm]
    assert called(each, broken) == {"topic"}
    assert (broken["Namespace"], broken["MetricName"]) == ("AWS/Lambda", "Errors")
    ((dimension, function),) = [(one["Name"], one["Value"]) for one in broken["Dimensions"]]
    assert dimension == "FunctionName"
    mail = each.connector["Resources"][function["Ref"]]["Properties"]["FunctionName"]
    assert mail == each.inputs.names.function("mail")
    assert (broken["Period"], broken["EvaluationPeriods"]) == (60, 1)


def test_what_takes_silence_for_a_failure_comes_last_of_all(each: Synthesized) -> None:
    """By then the check that follows the registration has spoken: no new stage wakes anybody."""
    resources, name = each.connector["Resources"], BY_ID["check-failed"].alarm
    (silent,) = [
        one
        for one in of_type(each.connector, "AWS::CloudWatch::Alarm")
        if resources[one]["Properties"]["AlarmName"] == each.inputs.names.alarm(name)
    ]
    assert set(of_type(each.connector, "AWS::CloudWatch::CompositeAlarm")) <= outlives(
        each.connector, silent
    )


def test_nothing_else_takes_silence_for_a_failure(each: Synthesized) -> None:
    breaching = {
        name for name, one in alarms(each).items() if one["TreatMissingData"] == "breaching"
    }
    assert breaching == {BY_ID["check-failed"].alarm}


def test_only_those_two_publish_by_themselves_and_the_topic_lets_them(each: Synthesized) -> None:
    every = alarms(each) | composites(each)
    publishing = {name for name, one in every.items() if "topic" in called(each, one)}
    assert publishing == {BY_ID[kind].alarm for kind in UNWORDED}
    (policy,) = each.of_type("AWS::SNS::TopicPolicy").values()
    (statement,) = [
        one
        for one in policy["Properties"]["PolicyDocument"]["Statement"]
        if one["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]
    allowed = {
        arn.rpartition(":")[2] for arn in statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    }
    assert allowed == {each.inputs.names.alarm(name) for name in publishing}


def test_a_failed_task_starts_the_check_within_minutes(each: Synthesized) -> None:
    now = alarms(each)[TASK_FAILED_NOW.name]
    assert (now["Period"], now["EvaluationPeriods"]) == (60, 1)
    assert called(each, now) == {"health"}
    assert "OKActions" not in now


def test_what_others_explain_waits_for_them(each: Synthesized) -> None:
    resources, names = each.connector["Resources"], each.inputs.names
    found = composites(each)
    never = found.pop("Never")
    assert never["AlarmRule"] == "FALSE"
    assert called(each, never) == set()
    assert set(found) == {spec.name for spec in COMPOSITES}
    every = {names.alarm(name) for name in alarms(each)}
    for spec in COMPOSITES:
        one = found[spec.name]
        rule = re.sub(
            r"\$\{(\w+)\}",
            lambda reference: resources[reference[1]]["Properties"]["AlarmName"],
            text(one["AlarmRule"]),
        )
        assert rule == spec.rule(names.alarm)
        assert len(rule) <= 10_240, "characters that PutCompositeAlarm takes"
        assert set(re.findall(r'ALARM\("([^"]+)"\)', rule)) <= every
        suppressor = resources[one["ActionsSuppressor"]["Fn::GetAtt"][0]]["Properties"]
        assert suppressor["AlarmName"] == names.alarm("Never")
        # Alarms on the figures of one check are evaluated within a minute of each other.
        assert one["ActionsSuppressorWaitPeriod"] >= 60
        assert one["ActionsSuppressorExtensionPeriod"] >= 60


def test_an_alarms_text_says_what_to_do(each: Synthesized) -> None:
    for name, one in (alarms(each) | composites(each)).items():
        told = one["AlarmDescription"]
        assert len(told) <= 1024, name
        assert "<stack>" not in told
        kind = next((kind for kind in KINDS if kind.alarm == name.removesuffix("Seen")), None)
        if kind is not None:
            assert kind.cause in told.replace(each.inputs.names.connector_stack, "<stack>")
            assert f"#{kind.id}" in told
