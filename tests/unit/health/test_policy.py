"""The policy is the pipeline file's, and a trace says what a restart is worth."""

from __future__ import annotations

import pytest
from tests.unit.health.looks import BOOM, LOGIN, NO_TOPIC, PURGED, RIGHTS

from wms_connector.health.policy import Policy
from wms_connector.health.traces import POSITION, SIGN_IN, TOPIC, refuses_sign_in, trouble
from wms_connector.model.pipeline import Pipeline
from wms_connector.oracle.catalogue import ENTRIES, Recovery

ORACLE = 'connector = "debezium"\ntables = ["WMS.T"]\n'
JDBC = 'connector = "jdbc"\ntables = ["WMS.T"]\n[jdbc]\n'


def of(text: str) -> Policy:
    return Policy.of(Pipeline.parse(text))


def test_defaults_are_those_of_the_file() -> None:
    assert of(ORACLE) == Policy()


def test_everything_can_be_set() -> None:
    policy = of(
        ORACLE + "[health]\nrestarts = 5\nrestart_window_minutes = 90\nsoft_observations = 2\n"
        "lag_seconds = 130\narchive_headroom_hours = 24\n"
    )
    assert (policy.restarts, policy.window, policy.soft) == (5, 5_400.0, 2)
    assert (policy.lag, policy.headroom_hours) == (130.0, 24.0)


def test_a_standstill_is_longer_than_what_moves_offsets() -> None:
    assert of(ORACLE + "[debezium]\nheartbeat_interval_ms = 600_000\n").stand == 1_800.0
    assert of(ORACLE + "[debezium]\nheartbeat_interval_ms = 1_000\n").stand == 180.0
    assert of(JDBC + "delay_ms = 600_000\npoll_interval_ms = 2_000\n").stand == 620.0


def test_an_idle_source_is_never_too_late() -> None:
    """Only a heartbeat tells Debezium's, and JDBC's rows wait for their delay by design."""
    short = "[health]\nlag_seconds = 10\n"
    slow = "[debezium]\nheartbeat_interval_ms = 600_000\n"
    assert of(ORACLE + slow).lag == 1_200.0
    assert of(ORACLE + short).lag == 120.0
    assert of(JDBC + "delay_ms = 600_000\npoll_interval_ms = 2_000\n").lag == 620.0
    assert of(JDBC + "delay_ms = 0\npoll_interval_ms = 500\n" + short).lag == 10.0


def test_checks_that_lie_far_apart_are_not_in_a_row() -> None:
    assert of(ORACLE).gap == 3_600.0
    assert of(ORACLE + "[health]\ncheck_interval_minutes = 60\n").gap == 10_800.0


@pytest.mark.parametrize(
    ("trace", "kind"),
    [
        (BOOM, ""),
        ("", ""),
        (LOGIN, "login-refused"),
        (PURGED, "position-lost"),
        (RIGHTS, "restart-useless"),
        # The refusal counts wherever it stands, and frames say nothing.
        (f"{LOGIN}\nCaused by: ORA-12541: no listener", "login-refused"),
        ("An exception occurred in the change event producer. This connector will be stopped.", ""),
        # The root cause decides of the rest.
        ("ORA-01031: insufficient privileges\nCaused by: ORA-03113: end-of-file", ""),
        ("ORA-03113: end-of-file\nCaused by: ORA-01031: insufficient privileges",
         "restart-useless"),
        ("ORA-01555: snapshot too old", ""),
        ("java.lang.OutOfMemoryError: Java heap space", ""),
    ],
)  # fmt: skip
def test_what_a_trace_is_reported_as(trace: str, kind: str) -> None:
    assert trouble(trace).kind == kind


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_every_entry_that_no_restart_heals_is_restarted_never(entry) -> None:  # type: ignore[no-untyped-def]
    if entry.frame or not (entry.codes or entry.phrases):
        return
    found = trouble(f"x.Y: {entry.codes[0] if entry.codes else entry.phrases[0]}: z")
    assert found.entry is entry
    assert bool(found.kind) == (not entry.restart)
    assert found.step.startswith(f"{entry.who}: ")
    assert found.line == f"{entry.name}: {entry.meaning}"


def test_the_keys_that_are_told_apart_are_entries() -> None:
    by_key = {entry.key: entry for entry in ENTRIES}
    for key in SIGN_IN | POSITION:
        assert not by_key[key].restart, key
    for key in TOPIC:
        assert by_key[key].restart, key
    # Who has to take a new snapshot because logs are gone has lost a position.
    for key in ("restart-point-purged", "slot-missing", "slot-lost"):
        assert Recovery.SNAPSHOT in by_key[key].recovery


def test_a_topic_that_is_waited_for() -> None:
    assert trouble(NO_TOPIC).wants_topic
    assert not trouble(BOOM).wants_topic


def test_a_line_never_holds_what_the_text_says_of_a_refusal() -> None:
    assert refuses_sign_in("ORA-01017: secret hunter2") == (
        "ORA-01017: the database refuses user or password"
    )
    assert refuses_sign_in("ORA-12541") == ""
