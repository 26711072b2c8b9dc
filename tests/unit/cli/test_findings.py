from __future__ import annotations

import json
from typing import Any

from wms_connector.aws.checks import Check
from wms_connector.cli.findings import (
    finding_lines,
    named,
    restart_lines,
    topic_lines,
    topics_json,
)
from wms_connector.cli.last_check import told_of
from wms_connector.health.findings import BY_ID
from wms_connector.health.observation import Topic
from wms_connector.health.verdict import Finding
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

NOW = 10_000.0
FAILED = Finding(BY_ID["task-failed"], "c", "task 0 of c: it broke", NOW - 300)
BEHIND = Finding(
    BY_ID["lag-high"], "c", "c is 10 min behind", NOW - 60, because=BY_ID["task-failed"]
)
LOW = Finding(BY_ID["headroom-low"], "c", "2 h are left", NOW - 60)


def test_a_finding_says_what_was_seen_why_and_what_to_do() -> None:
    told = finding_lines([FAILED.as_json()], NOW)
    assert told[0] == "CRITICAL  A task is FAILED (for 5 min)"
    assert told[1] == "  seen: task 0 of c: it broke"
    assert told[2].startswith("  cause: It met an error")
    assert any(line.startswith("  next: It is restarted by itself") for line in told)
    assert max(map(len, told)) <= 100


def test_commands_can_be_copied_as_they_are() -> None:
    silent = Finding(BY_ID["check-failed"], "check", "no answer", NOW)
    names = Names(Stage.parse("main"), "wms")
    steps = [one["next_step"] for one in named([FAILED.as_json(), silent.as_json()], names)]
    assert "`wms-connector status --stage main`" in steps[0]
    assert "`wms-connector-main-health`" in steps[1]


def test_what_is_ahead_of_this_clock_is_not_older_than_it_is() -> None:
    [told] = topics_json([Topic(name="a", exists=True, newest=NOW + 0.4)], NOW) or []
    assert told["newest_seconds"] == 0.0


def test_what_follows_from_another_finding_says_from_which() -> None:
    told = finding_lines([FAILED.as_json(), BEHIND.as_json()], NOW)
    assert told[-3:] == [
        "WARNING  Further behind than allowed (for 60 s)",
        "  seen: c is 10 min behind",
        "  because: A task is FAILED",
    ]


def test_restarts_left() -> None:
    def told(**value: Any) -> list[str]:
        return restart_lines(value, NOW)

    assert restart_lines(None, NOW) == []
    assert told(left=3, limit=3, allowed_at=NOW) == ["automatic restarts left: 3 of 3"]
    assert told(left=0, limit=0, allowed_at=None) == ["automatic restarts are turned off"]
    assert told(left=0, limit=3, allowed_at=NOW + 3600) == [
        "automatic restarts left: 0 of 3; the next is free at 1970-01-01 03:46 UTC"
    ]


def test_how_old_events_are() -> None:
    topics = [
        Topic(name="a", exists=True, table="S.A", newest=NOW - 5.04),
        Topic(name="b", exists=True, table="S.B"),
        Topic(name="c", exists=False, table="S.C"),
        Topic(name="internal", exists=True),
    ]
    assert topic_lines(topics, NOW) == [
        "newest event of S.A: 5 s old",
        "newest event of S.B: none yet",
    ]
    found = topics_json(topics, NOW)
    assert found is not None
    assert found[0] == {"name": "a", "table": "S.A", "exists": True, "newest_seconds": 5.0}
    assert [topic["exists"] for topic in found] == [True, True, False, True]
    assert (topic_lines(None, NOW), topics_json(None, NOW)) == ([], None)


def check(**more: Any) -> Check:
    value = {
        "at": NOW - 240, "interval": 600.0, "severity": "critical",
        "findings": [json.loads(json.dumps(f.as_json())) for f in (FAILED, LOW)],
        "restarts": {"limit": 3, "left": 1, "allowed_at": NOW},
    }  # fmt: skip
    return Check.model_validate(value | more)


def test_a_check_says_what_one_look_cannot_and_leaves_the_rest_to_it() -> None:
    last = told_of(check(), NOW)
    assert last.lines == ["last health check: 4 min ago"]
    assert last.restarts == {"limit": 3, "left": 1, "allowed_at": NOW}
    found = last.beside([])
    assert [(one["id"], one["seen_at"]) for one in found] == [("headroom-low", NOW - 240)]
    now = [LOW.as_json()]
    assert last.beside(now) == now


def test_a_check_that_is_overdue_is_found() -> None:
    last = told_of(check(at=NOW - 7200, findings=[], severity="info", restarts=None), NOW)
    [silent] = last.beside([])
    assert (silent["id"], silent["severity"], silent["since"]) == (
        "check-failed", "critical", NOW - 7200,
    )  # fmt: skip
    assert silent["evidence"] == "the last check was 2 h ago, and one is due every 10 min"
    assert last.restarts is None


def test_before_the_first_check() -> None:
    last = told_of(None, NOW)
    assert (last.beside([]), last.restarts) == ([], None)
    assert last.lines == ["no health check has run yet"]
