"""Calls of functions for whose answer nobody waits, as Lambda makes them.

A call that fails is made again, as often as the function's own settings say, and then given to
where they say. All of one function's come one after the other, so that one process is enough, and
without the minutes that Lambda lets pass between.
"""

from __future__ import annotations

import contextvars
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from ministack.services import cloudwatch, eventbridge, lambda_svc

_RETRIES: Final = 2
"""Lambda's own number, where a function has none."""

_lines: dict[str, ThreadPoolExecutor] = {}


def install() -> None:
    """Put ours in the place of the emulator's."""
    lambda_svc.invoke_async_with_retry = _take
    eventbridge._dispatch_to_lambda = lambda arn, payload: call(arn, json.loads(payload))


def call(arn: str, event: Any) -> None:
    """Call a function by its ARN; one that is gone is not called."""
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        _take(lambda_svc._execution_record_for_config(function, config), event)


def _take(function: dict[str, Any], event: Any) -> None:
    name = str((function.get("config") or function)["FunctionName"])
    line = _lines.setdefault(name, ThreadPoolExecutor(1, thread_name_prefix=name))
    line.submit(contextvars.copy_context().run, _carried_out, name, function, event)


def _carried_out(name: str, function: dict[str, Any], event: Any) -> None:
    settings = (
        function.get("event_invoke_config")
        or (function.get("event_invoke_configs") or {}).get("$LATEST")
        or {}
    )
    result: dict[str, Any] = {}
    for _ in range(1 + int(settings.get("MaximumRetryAttempts", _RETRIES))):
        result = lambda_svc._execute_function(function, event)
        failed = bool(result.get("error"))
        _count(name, failed)
        if not failed:
            return
    target = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if target:
        lambda_svc._route_async_failure(target, name, event, result)


def _count(name: str, failed: bool) -> None:
    """Write Lambda's own metric, and have its alarms see it."""
    where = {"FunctionName": name}
    datum = "AWS/Lambda", "Errors", where, time.time(), "Count", float(failed), None, None, None
    cloudwatch._store_datum(*datum)
    cloudwatch._evaluate_all_alarms()
