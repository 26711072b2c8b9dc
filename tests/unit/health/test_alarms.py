"""The lists hold together: kinds, metrics, alarms, composites."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from wms_connector.health import metrics
from wms_connector.health.alarms import (
    ALARMS,
    COMPOSITES,
    TASK_FAILED_NOW,
    Composite,
    Missing,
    Statistic,
    explained,
)
from wms_connector.health.findings import BY_ALARM, BY_ID, KINDS, Kind, explainers
from wms_connector.health.metrics import Metric, Space
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

METRICS = [value for value in vars(metrics).values() if isinstance(value, Metric)]
NAMES = Names(Stage.parse("feature-a"), "wms")
WATCHED = (*ALARMS, TASK_FAILED_NOW)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_has_an_alarm_or_a_reason(metric: Metric) -> None:
    watched = [alarm for alarm in WATCHED if alarm.metric is metric]
    assert bool(watched) != bool(metric.no_alarm), metric.name
    assert len(watched) <= 1


def test_a_metric_s_name_is_one() -> None:
    assert max(Counter((metric.space, metric.name) for metric in METRICS).values()) == 1
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]+", metric.name) for metric in METRICS)
    assert all(metric.what and not metric.what.endswith(".") for metric in METRICS)


def test_an_alarm_s_name_is_one_and_letters_and_digits() -> None:
    names = [one.name for one in (*WATCHED, *COMPOSITES)]
    assert max(Counter(names).values()) == 1
    for name in names:
        assert NAMES.alarm(name) == f"wms-connector-feature-a-{name}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_is_mailed_by_one_alarm_or_by_an_event(kind: Kind) -> None:
    mails = [alarm.name for alarm in ALARMS if alarm.kind is kind and alarm.mails]
    mails += [composite.name for composite in COMPOSITES if composite.kind is kind]
    assert mails == ([kind.alarm] if kind.metric is not None else [])
    assert BY_ALARM[kind.alarm] is kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_kind_is_whole(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.id)
    assert kind.title
    assert not kind.title.endswith(".")
    assert kind.title.isascii()
    assert kind.cause.endswith(".")
    assert kind.step.endswith((".", ")"))
    order = [other.id for other in KINDS]
    for cause in kind.explained_by:
        assert order.index(cause) < order.index(kind.id), "causes stand first"


def test_composites_are_of_alarms_that_are_there() -> None:
    watching = {alarm.name: alarm for alarm in ALARMS}
    for composite in COMPOSITES:
        assert watching[composite.of].kind is composite.kind
        assert not watching[composite.of].mails
        assert composite.quiet
        assert composite.of not in composite.quiet
        for quiet in composite.quiet:
            cause = watching[quiet].kind
            assert cause in explainers(composite.kind)
            assert cause is not None
            assert cause.severity >= composite.kind.severity or cause.id in {
                "held", "not-running", "worker-unhealthy", "log-not-archived",
            }  # fmt: skip


def test_a_rule_is_cloudwatch_s() -> None:
    (rule,) = [c.rule(NAMES.alarm) for c in COMPOSITES if c.kind.id == "worker-unhealthy"]
    assert rule == (
        'ALARM("wms-connector-feature-a-WorkerUnhealthySeen") AND NOT '
        '(ALARM("wms-connector-feature-a-BrokersUnreachable") OR '
        'ALARM("wms-connector-feature-a-ServiceUnhealthy") OR '
        'ALARM("wms-connector-feature-a-ConnectUnreachableSeen"))'
    )
    longest = max(COMPOSITES, key=lambda one: len(one.quiet))
    assert len(longest.rule(NAMES.alarm)) < 10_240, "CloudWatch takes no longer rule"


def test_what_explains_is_followed_to_its_end() -> None:
    assert explainers(BY_ID["check-failed"]) == ()
    assert [kind.id for kind in explainers(BY_ID["connect-unreachable"])] == [
        "brokers-unreachable", "service-unhealthy",
    ]  # fmt: skip
    found = {kind.id for kind in explainers(BY_ID["lag-high"])}
    assert {"service-unhealthy", "task-failed", "topic-missing", "no-progress"} <= found
    for kind in KINDS:
        assert kind not in explainers(kind)


def test_silence_is_the_watchdog_s_alone_and_logs_are_counted() -> None:
    for alarm in ALARMS:
        if alarm.metric.space is Space.LOGS:
            assert (alarm.statistic, alarm.missing) == (Statistic.SUM, Missing.NOT_BREACHING)
        else:
            assert alarm.statistic is Statistic.MAXIMUM
            breaching = alarm.kind is BY_ID["check-failed"]
            assert alarm.missing is (Missing.BREACHING if breaching else Missing.IGNORE)
        assert alarm.minutes is None
        assert 1 <= alarm.datapoints <= alarm.periods


def test_a_failed_task_starts_a_check_at_once_and_mails_nobody() -> None:
    assert TASK_FAILED_NOW.metric.space is Space.WORKERS
    assert (TASK_FAILED_NOW.checks, TASK_FAILED_NOW.mails) == (True, False)
    assert [alarm.name for alarm in ALARMS if alarm.checks] == []


def test_what_a_restart_may_heal_mails_when_it_has_not() -> None:
    for name in ("task-failed", "connector-failed"):
        (alarm,) = [alarm for alarm in ALARMS if alarm.kind is BY_ID[name]]
        assert (alarm.periods, alarm.datapoints) == (2, 2)


def test_a_kind_without_a_metric_explains_no_alarm() -> None:
    assert explained(BY_ID["worker-stopped"]) == ()
    assert isinstance(COMPOSITES[0], Composite)
