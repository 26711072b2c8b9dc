"""The log filters, held against lines of real workers and against what only looks like them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.health.log_filter import compiled

from wms_connector.health.log_patterns import FILTERS
from wms_connector.health.metrics import (
    CONNECT_EXCEPTIONS,
    ORACLE_ERRORS,
    UNKNOWN_TOPICS,
    Metric,
    Space,
)
from wms_connector.infra.image import LOG_EVENT

LOGS = Path(__file__).parents[2] / "data" / "logs"
CORPUS = {
    "unknown-topic": {UNKNOWN_TOPICS},
    "connect-exception": {CONNECT_EXCEPTIONS},
    "oracle-reports": {ORACLE_ERRORS},
    "oracle-reports-failed": {ORACLE_ERRORS, CONNECT_EXCEPTIONS},
    "quiet": set(),
}
WHEN = "2026-11-21T18:47:01.970Z"
TRACE = (
    "\njava.sql.SQLException: ORA-01291: missing log file\n\tat a.B.c(B.java:1)\nCaused by: "
    "org.apache.kafka.connect.errors.ConnectException: UNKNOWN_TOPIC_OR_PARTITION\n"
)


def events(name: str) -> list[str]:
    text = (LOGS / f"{name}.log").read_text(encoding="utf-8")
    return [event for event in re.split(f"(?m)(?={LOG_EVENT})", text) if event]


def counted(event: str) -> set[Metric]:
    return {one.metric for one in FILTERS if compiled(one.pattern).search(event)}


@pytest.mark.parametrize(
    ("name", "event", "metrics"),
    [
        pytest.param(name, event, metrics, id=f"{name}-{number}")
        for name, metrics in CORPUS.items()
        for number, event in enumerate(events(name))
    ],
)
def test_each_event_counts_once_for_what_it_is(name: str, event: str, metrics: set[Metric]) -> None:
    assert counted(event) == metrics, f"{name}: {event[:300]}"


def test_the_corpus_is_there() -> None:
    files = {path.stem for path in LOGS.glob("*.log")}
    assert files == set(CORPUS)
    assert all(len(events(name)) > 1 for name in files)


@pytest.mark.parametrize("level", ["WARN ", "ERROR", "FATAL"])
def test_what_is_bad_counts_wherever_it_stands(level: str) -> None:
    everything = {ORACLE_ERRORS, CONNECT_EXCEPTIONS, UNKNOWN_TOPICS}
    for before in ("", "Thread[#82,log] ", "denied; "):
        assert counted(f"{WHEN} {level} [main] Task: {before}failed{TRACE}") == everything


@pytest.mark.parametrize(
    "event",
    [
        f"{WHEN} DEBUG [main] Task: failed{TRACE}",
        f"{WHEN} TRACE [main] Task: failed{TRACE}",
        f"{WHEN} INFO  [main] Task: ERROR is a word like any other{TRACE}",
        (
            f"{WHEN} INFO  [main] Config: values:\n\tretriable = .*ORA-01291.*\n\terrors.tolerance "
            "= none\n"
        ),
        f"{WHEN} INFO  [main] Scanner: Added plugin org.apache.kafka.connect.errors.DataException",
        f"{WHEN} WARN  [main] Config: 'ORA-' begins an error of Oracle's, ORA-1291 has five digits",
        f"{WHEN} WARN  [main] Client: java.net.ConnectException: Connection refused",
        f"{WHEN} WARN  [main] Plugins: org.apache.kafka.connect.errors is not a plugin",
        f"{WHEN} WARN  [main] Consumer: Subscribed topic is not available: LEADER_NOT_AVAILABLE",
        "worker: the worker's properties refer to what is not set: ORA-01291",
    ],
)
def test_what_only_looks_like_it_does_not_count(event: str) -> None:
    assert counted(event) == set()


def test_cloudwatch_takes_them() -> None:
    assert {one.metric for one in FILTERS} == {ORACLE_ERRORS, UNKNOWN_TOPICS, CONNECT_EXCEPTIONS}
    assert {one.metric.space for one in FILTERS} == {Space.LOGS}
    assert len(FILTERS) <= 5, "filters with a regular expression that a log group may have"
    for one in FILTERS:
        compiled(one.pattern)


@pytest.mark.parametrize(
    "pattern", ["ORA-", "%(a|b)%", "%a!%", "%é%", r"%\n%", "%", f"%{'a' * 1100}%"]
)
def test_what_cloudwatch_would_refuse_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        compiled(pattern)
