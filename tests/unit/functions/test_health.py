"""The check in AWS: what it asks, what it restarts, and what it leaves for others to see."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from confluent_kafka import KafkaError
from tests.unit.aws.fakes import client_error
from tests.unit.connect.fake_worker import status
from tests.unit.functions.support import (
    DATABASE,
    FORMER,
    PASSWORD,
    SERVICE,
    USER,
    Surroundings,
    event,
)
from tests.unit.kafka.fake_cluster import FakeTopic, failed
from tests.unit.oracle.fakes import FakeConnection

from wms_connector.aws.errors import AwsError, DeniedError
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions import health
from wms_connector.health.measure import JUDGED
from wms_connector.kafka.topics import desired
from wms_connector.model.errors import SecretError
from wms_connector.model.names import EXPORTER_PORT
from wms_connector.model.pipeline import Pipeline
from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from pathlib import Path

NAME = "wms-oracle-cdc"
ORACLE = "io.debezium.connector.oracle.OracleConnector"
FIGURES = """\
# TYPE HeapMaxBytes gauge
HeapMaxBytes 1000.0
HeapCollectedBytes 500.0
HeapAfterCollectionBytes 250.0
"""


@pytest.fixture
def pipeline(repository: Path) -> Pipeline:
    return Pipeline.load(repository / "pipeline.toml")


@pytest.fixture
def well(around: Surroundings, pipeline: Pipeline) -> Surroundings:
    """A stage at which nothing is to be found."""
    around.worker.add(NAME, {"connector.class": ORACLE})
    for topic in desired(pipeline, around.names.stage):
        around.cluster.topics[topic.name] = FakeTopic(topic.partitions, topic.replication, {})
    around.network = replace(around.network, addresses=lambda _: ())
    return around


def checked(around: Surroundings, pipeline: Pipeline, name: str = "schedule") -> dict[str, Any]:
    return health.work(event(name), around.place(), pipeline)


def ids(answer: dict[str, Any]) -> list[str]:
    return [finding["id"] for finding in answer["findings"]]


def restarts(around: Surroundings) -> int:
    return len([call for call in around.worker.calls if "restart" in call])


def fail(around: Surroundings, trace: str = "java.lang.IllegalStateException: odd") -> None:
    around.worker.states[NAME] = status(NAME, "RUNNING", ("FAILED",), trace)


def away(*_: Any) -> Any:
    raise TimeoutError


def test_a_stage_that_is_well_has_nothing_to_tell_and_all_flags_at_0(
    well: Surroundings, pipeline: Pipeline
) -> None:
    answer = checked(well, pipeline)
    assert answer["healthy"] is True
    assert ids(answer) == []
    flags = {metric: value for (metric, about), value in well.measured().items() if not about}
    told = {kind.metric.name for kind in JUDGED if kind.metric is not None}
    assert {"HealthCheckFailed", "EcsServiceUnhealthy", "DbTcpUnreachable"} <= flags.keys() & told
    assert {flags[name] for name in told & flags.keys()} == {0.0}
    assert "RotationRefused" not in flags  # only a rotation knows
    kept = well.place().checks.last()
    assert kept is not None
    assert kept.healthy
    assert (kept.at, kept.interval) == (well.clock.now, 600.0)


@pytest.mark.parametrize("name", ["schedule", "cloudwatch-alarm"])
def test_a_failed_task_is_restarted_whoever_asks(
    well: Surroundings, pipeline: Pipeline, name: str
) -> None:
    fail(well)
    answer = checked(well, pipeline, name)
    assert ids(answer) == ["task-failed"]
    assert answer["attempted"] == [NAME]
    assert restarts(well) == 1
    measured = well.measured()
    assert measured["ConnectorTaskFailed", ""] == 1.0
    assert measured["AutoRestartAttempted", ""] == 1.0
    assert measured["AutoRestartsLeft", ""] == 2.0
    assert [attempt.connector for attempt in well.place().attempts.read().attempts] == [NAME]
    assert checked(well, pipeline)["attempted"] == []


def test_restarts_end_with_the_budget_and_that_is_told(
    well: Surroundings, pipeline: Pipeline
) -> None:
    for _ in range(6):
        fail(well)
        answer = checked(well, pipeline)
        well.clock.now += 600
    assert restarts(well) == 3
    assert "restart-budget-exceeded" in ids(answer)
    assert well.measured()["AutoRestartBudgetExceeded", ""] == 1.0
    kept = well.place().checks.last()
    assert kept is not None
    assert kept.restarts is not None
    assert kept.restarts.left == 0
    assert kept.waits


def test_a_restart_that_was_not_made_costs_nothing(well: Surroundings, pipeline: Pipeline) -> None:
    fail(well)

    def rebalancing(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/restart"):
            return httpx.Response(409, json={"error_code": 409, "message": "rebalancing"})
        return well.worker(request)

    well.transport = httpx.MockTransport(rebalancing)
    assert checked(well, pipeline)["attempted"] == []
    assert well.place().attempts.read().attempts == ()


def test_the_state_of_soft_things_goes_from_check_to_check(
    well: Surroundings, pipeline: Pipeline
) -> None:
    well.worker.states[NAME] = status(NAME, "RUNNING", ())
    found = []
    for _ in range(3):
        found.append(ids(checked(well, pipeline)))
        well.clock.now += 600
    assert [("no-tasks" in one) for one in found] == [False, False, True]


def test_no_worker_at_all_is_one_cause(well: Surroundings, pipeline: Pipeline) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    well.transport = httpx.MockTransport(away)
    few = {**SERVICE, "runningCount": 0, "events": [{"message": "cannot pull the image"}]}
    well.ecs.answers["describe_services"] = {"services": [few]}
    answer = checked(well, pipeline)
    assert ids(answer)[0] == "service-unhealthy"
    assert "ECS: cannot pull the image" in answer["findings"][0]["evidence"]
    causes = [one["because_of"] for one in answer["findings"] if one["id"] == "connect-unreachable"]
    assert causes == ["service-unhealthy"]
    assert "ConnectorTaskFailed" not in {metric for metric, _ in well.measured()}


def test_a_deployment_of_the_workers_is_seen_as_one(well: Surroundings, pipeline: Pipeline) -> None:
    fail(well)
    rolling = {**SERVICE, "deployments": [{"rolloutState": "IN_PROGRESS"}, {}]}
    well.ecs.answers["describe_services"] = {"services": [rolling]}
    answer = checked(well, pipeline)
    assert answer["attempted"] == []
    assert "replaced" in answer["waits"][NAME]


def test_a_database_that_takes_no_connection(well: Surroundings, pipeline: Pipeline) -> None:
    well.network = replace(well.network, dial=away)
    assert "database-unreachable" in ids(checked(well, pipeline))
    assert well.measured()["DbTcpUnreachable", ""] == 1.0


def test_a_topic_that_somebody_deleted(well: Surroundings, pipeline: Pipeline) -> None:
    gone = desired(pipeline, well.names.stage)[0].name
    del well.cluster.topics[gone]
    answer = checked(well, pipeline)
    assert [one["about"] for one in answer["findings"]] == [gone]


def kafka_fails(around: Surroundings, code: int) -> None:
    around.cluster.errors |= {("describe", name): failed(code) for name in around.cluster.topics}


def test_brokers_that_do_not_answer(well: Surroundings, pipeline: Pipeline) -> None:
    kafka_fails(well, KafkaError._TRANSPORT)
    assert ids(checked(well, pipeline)) == ["brokers-unreachable"]


@pytest.mark.parametrize("question", ["service", "topics"])
def test_a_question_that_is_refused_is_a_finding(
    well: Surroundings, pipeline: Pipeline, question: str
) -> None:
    if question == "service":
        well.ecs.answers["describe_services"] = client_error("AccessDenied")
    else:
        kafka_fails(well, KafkaError.TOPIC_AUTHORIZATION_FAILED)
    answer = checked(well, pipeline)
    assert ids(answer) == ["check-failed"]
    assert answer["findings"][0]["about"] == question
    assert well.measured()["HealthCheckFailed", ""] == 1.0


def test_secrets_are_in_nothing_that_is_kept_or_told(
    well: Surroundings, pipeline: Pipeline
) -> None:
    fail(well, f"java.sql.SQLException: {USER} refused with {PASSWORD}, before with {FORMER}")
    answer = checked(well, pipeline)
    kept = json.dumps(well.item("health")) + json.dumps(answer)
    for secret in (USER, PASSWORD, FORMER):
        assert secret not in kept


@pytest.mark.parametrize("secret", ["database_secret", "broker_secret"])
def test_without_a_secret_the_check_says_that_it_is_blind(
    well: Surroundings, pipeline: Pipeline, secret: str
) -> None:
    well.secrets.delete_secret(
        SecretId=getattr(well.deployment, secret), ForceDeleteWithoutRecovery=True
    )
    if secret == "database_secret":  # nothing could be redacted
        with pytest.raises(SecretError):
            checked(well, pipeline)
        assert well.worker.calls == []
    else:
        assert ids(checked(well, pipeline)) == ["check-failed"]
    assert well.measured()["HealthCheckFailed", ""] == 1.0


def test_without_the_ledger_nothing_is_restarted_and_the_check_has_failed(
    well: Surroundings, pipeline: Pipeline
) -> None:
    fail(well)
    well.dynamodb.delete_table(TableName=well.deployment.ledger)
    with pytest.raises(AwsError, match="the ledger"):
        checked(well, pipeline)
    assert restarts(well) == 0
    assert well.measured() == {("HealthCheckFailed", ""): 1.0}


def test_a_last_check_that_cannot_be_read_is_written_anew(
    well: Surroundings, pipeline: Pipeline
) -> None:
    well.place().ledger.table.put("health", {"at": {"N": "1"}, "history": {"N": "1"}})
    assert checked(well, pipeline)["healthy"] is True
    assert well.place().checks.last() is not None


def test_a_check_that_cannot_be_kept_tells_its_figures_all_the_same(
    well: Surroundings, pipeline: Pipeline
) -> None:
    def denied(**_: object) -> None:
        raise client_error("AccessDeniedException")

    well.network = replace(well.network, dial=away)
    calls, writing = well.dynamodb.meta.events, "before-call.dynamodb.PutItem"
    calls.register(writing, denied)
    try:
        with pytest.raises(DeniedError, match="write to the ledger"):
            checked(well, pipeline)
    finally:  # other tests have the same client
        calls.unregister(writing, denied)
    measured = well.measured()
    assert measured["DbTcpUnreachable", ""] == 1.0
    assert measured["HealthCheckFailed", ""] == 1.0


def test_a_failure_that_cannot_be_measured_either_is_the_first_failure(
    well: Surroundings, pipeline: Pipeline
) -> None:
    well.dynamodb.delete_table(TableName=well.deployment.ledger)
    well.cloudwatch.answers["put_metric_data"] = client_error("AccessDenied")
    with pytest.raises(AwsError, match="the ledger"):
        checked(well, pipeline)


def test_metrics_that_are_refused_are_raised_and_the_check_is_kept(
    well: Surroundings, pipeline: Pipeline
) -> None:
    well.cloudwatch.answers["put_metric_data"] = client_error("AccessDenied")
    with pytest.raises(DeniedError, match="write metrics"):
        checked(well, pipeline)
    assert well.place().checks.last() is not None  # what a mail quotes is there before


def test_a_slow_check_says_that_it_is_late(well: Surroundings, pipeline: Pipeline) -> None:
    well.clock.now += 60
    checked(well, pipeline)
    well.clock.now -= 60
    assert checked(well, pipeline)["healthy"]
    kept = well.place().checks.last()
    assert kept is not None
    assert kept.at == well.clock.now + 60


def test_an_operator_may_ask_without_an_event(well: Surroundings, pipeline: Pipeline) -> None:
    assert health.work({}, well.place(), pipeline)["healthy"]


# The workers' Java


def test_each_worker_s_heap_is_asked_by_its_address(well: Surroundings, pipeline: Pipeline) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/metrics":
            return well.worker(request)
        asked.append(f"{request.url.host}:{request.url.port}")
        if request.url.host == "10.0.0.2":  # gone, and still in DNS
            raise httpx.ConnectTimeout("late", request=request)
        return httpx.Response(200, text=FIGURES)

    well.transport = httpx.MockTransport(answer)
    hosts: list[str] = []

    def addresses(host: str) -> tuple[str, ...]:
        hosts.append(host)
        return ("10.0.0.1", "10.0.0.2")

    well.network = replace(well.network, addresses=addresses)
    assert checked(well, pipeline)["healthy"]
    assert hosts == ["worker"]
    assert sorted(asked) == [f"10.0.0.1:{EXPORTER_PORT}", f"10.0.0.2:{EXPORTER_PORT}"]
    assert well.measured()["WorkerHeapFreePercent", "10.0.0.1"] == 75.0
    assert ("WorkerHeapFreePercent", "10.0.0.2") not in well.measured()


def test_workers_of_which_none_tells_its_figures_blind_the_check(
    well: Surroundings, pipeline: Pipeline
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500) if request.url.path == "/metrics" else well.worker(request)

    well.transport = httpx.MockTransport(answer)
    well.network = replace(well.network, addresses=lambda _: ("10.0.0.1",))
    found = checked(well, pipeline)
    assert ids(found) == ["check-failed"]
    assert "10.0.0.1" in found["findings"][0]["evidence"]
    assert "status 500" in found["findings"][0]["evidence"]


# Oracle's own terms


class Oracle:
    """A database that the check signs in to."""

    def __init__(self, around: Surroundings) -> None:
        self.error: Exception | None = None
        self.signed_in: list[str] = []
        self.session = FakeConnection()
        around.change(database=DatabaseShape("oracle"))
        around.network = replace(around.network, oracle=self.open)

    def open(self, address: Any, password: Any) -> Database:
        assert password.get_secret_value() == PASSWORD
        self.signed_in.append(str(address))
        if self.error is not None:
            raise self.error
        return Database(self.session)


@pytest.fixture
def oracle(well: Surroundings) -> Oracle:
    well.worker.offsets[NAME] = [
        {"partition": {"server": "wms"}, "offset": {"scn": "100", "commit_scn": "100"}}
    ]
    return Oracle(well)


def test_the_lag_is_asked_for_in_one_session_that_is_left(
    well: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    checked(well, pipeline)
    assert oracle.signed_in == [f"{USER}@db.example:1521/ORCL"]
    assert oracle.session.did[-1] == "close"
    assert oracle.session.call_timeout == 10_000
    assert any("V$DATABASE" in sql for sql, _ in oracle.session.asked)
    assert not any("CONTAINER" in sql for sql, _ in oracle.session.asked)


def test_the_session_is_in_the_pluggable_database(
    well: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    text = json.dumps({**DATABASE, "password": PASSWORD, "pdb": "PDB1"})
    well.secrets.put_secret_value(SecretId=well.deployment.database_secret, SecretString=text)
    checked(well, pipeline)
    assert oracle.session.asked[0][0] == "ALTER SESSION SET CONTAINER = PDB1"


def test_a_refused_password_is_a_finding_and_is_not_tried_at_each_check(
    well: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.error = OracleFailure(f"ORA-01017: invalid credential of {USER}; logon denied")
    for _ in range(36):  # six hours
        answer = checked(well, pipeline)
        assert "login-refused" in ids(answer)
        assert USER not in json.dumps(answer)
        well.clock.now += 600
    assert len(oracle.signed_in) == 1
    checked(well, pipeline)
    assert len(oracle.signed_in) == 2
    oracle.error = None
    text = json.dumps({**DATABASE, "password": PASSWORD, "more": 1})
    well.secrets.put_secret_value(SecretId=well.deployment.database_secret, SecretString=text)
    assert "login-refused" not in ids(checked(well, pipeline))
    assert well.place().rotations.refusal() is None
    checked(well, pipeline)
    assert len(oracle.signed_in) == 4


def test_a_database_that_is_away_for_the_check_is_tried_at_the_next_one(
    well: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.error = OracleFailure("DPY-6005: cannot connect to database")
    for _ in range(2):
        answer = checked(well, pipeline)
        assert "login-refused" not in ids(answer)
    assert len(oracle.signed_in) == 2
