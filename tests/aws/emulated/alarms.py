"""Alarms as CloudWatch has them: what the emulator lacks.

An alarm sees its metric under exactly its dimensions, period by period, and with what it takes
missing values for. CloudWatch's clock is that of the values: each call that writes some has the
alarms of their namespaces evaluated at the time of the newest. Composite alarms come from templates
too, and wait for what suppresses them. An alarm that calls a function gives it CloudWatch's event.
"""

from __future__ import annotations

import contextvars
import threading
import time
from datetime import UTC, datetime
from typing import Any, Final

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners
from tests.aws.emulated import calls
from tests.aws.emulated.evaluation import state_of

_SECOND: Final = 0.01
"""How long a second is that an alarm waits."""
_ACTIONS: Final = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}
_WAITS: Final = "ActionsSuppressorWaitPeriod"

_store_datum = cloudwatch._store_datum
_publish = cloudwatch._dispatch_alarm_actions
_written: dict[str, float] = {}
_one_at_a_time = threading.RLock()


def install() -> None:
    """Put ours in the place of the emulator's."""
    cloudwatch._store_datum = _noted
    cloudwatch._evaluate_all_alarms = _evaluate_written
    # A new alarm is evaluated with the first values after it.
    cloudwatch._evaluate_alarm = lambda _alarm: None
    cloudwatch._dispatch_alarm_actions = _act_or_wait
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {
        "create": _put_composite,
        "delete": _delete_composite,
    }


def evaluate(namespace: str, now: float) -> None:
    """Give the alarms on a namespace's metrics their states at a time."""
    with _one_at_a_time:
        # In any order, says CloudWatch: here what is explained comes before what explains it.
        for alarm in reversed(list(cloudwatch._alarms.values())):
            if alarm.get("Namespace") == namespace:
                _evaluate(alarm, now)


def _noted(namespace: str, name: str, dimensions: Any, at: float, *rest: Any) -> None:
    _written[namespace] = max(at, _written.get(namespace, 0.0))
    _store_datum(namespace, name, dimensions, at, *rest)


def _evaluate_written() -> None:
    for namespace in list(_written):
        evaluate(namespace, _written.pop(namespace))


def _evaluate(alarm: dict[str, Any], now: float) -> None:
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    key = alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions)
    points = cloudwatch._metrics.get(key) or []
    values = [(point["Timestamp"], point["Value"]) for point in points]
    old, new = alarm["StateValue"], state_of(alarm, values, now)
    if new is None or new == old:
        return
    newest = points[-1]["Value"] if points else "no value"
    reason = (
        f"Threshold Crossed: the newest datapoint [{newest}], of {alarm['EvaluationPeriods']} "
        f"periods, {alarm['ComparisonOperator']} ({alarm['Threshold']}): {new}."
    )
    alarm |= {"StateValue": new, "StateReason": reason, "StateUpdatedTimestamp": int(time.time())}
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    _act_or_wait(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _act_or_wait(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
    """Act at once; a composite that begins to ring acts after its wait, if it still does."""
    wait = int(alarm.get(_WAITS) or 0)
    if new != "ALARM" or not wait:
        _act(alarm, old, new, reason)
        return

    def waited() -> None:
        with _one_at_a_time:
            if alarm["StateValue"] == "ALARM" and alarm["StateReason"] == reason:
                _act(alarm, old, new, reason)

    context = contextvars.copy_context()
    timer = threading.Timer(wait * _SECOND, context.run, (waited,))
    timer.daemon = True
    timer.start()


def _act(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
    _publish(alarm, old, new, reason)
    for arn in alarm.get(_ACTIONS[new]) or []:
        if ":lambda:" in arn:
            calls.call(arn, _event(alarm, old, new, reason))


def _event(alarm: dict[str, Any], old: str, new: str, reason: str) -> dict[str, Any]:
    """What CloudWatch gives a function ("Invoke a Lambda function from an alarm")."""
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "+0000"
    configuration: dict[str, Any] = {"description": alarm.get("AlarmDescription", "")}
    if "AlarmRule" in alarm:
        configuration["alarmRule"] = alarm["AlarmRule"]
    else:
        metric = {
            "namespace": alarm["Namespace"],
            "name": alarm["MetricName"],
            "dimensions": {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []},
        }
        told = {"metric": metric, "period": alarm["Period"], "stat": alarm["Statistic"]}
        configuration["metrics"] = [{"id": "m1", "metricStat": told, "returnData": True}]
    return {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": get_account_id(),
        "time": at,
        "region": get_region(),
        "alarmData": {
            "alarmName": alarm["AlarmName"],
            "state": {"value": new, "reason": reason, "timestamp": at},
            "previousState": {"value": old},
            "configuration": configuration,
        },
    }


def _put_composite(
    _logical_id: str, properties: dict[str, Any], _stack: str
) -> tuple[str, dict[str, str]]:
    """CloudFormation's resource: the emulator has its call alone, which knows no waiting."""
    name = str(properties["AlarmName"])
    given = {key: value for key, value in properties.items() if key != "Tags"}
    status, _, body = cloudwatch._put_composite_alarm({}, given, is_cbor=False, is_json=True)
    if status >= 400:
        raise ValueError(body.decode())
    alarm = cloudwatch._composite_alarms[name]
    alarm[_WAITS] = int(properties.get(_WAITS, 0))
    return name, {"Arn": alarm["AlarmArn"]}


def _delete_composite(physical_id: str, _properties: Any) -> None:
    cloudwatch._composite_alarms.pop(physical_id, None)
