from __future__ import annotations

import json
import socket
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from confluent_kafka import KafkaError
from pydantic import SecretStr
from tests.unit.connect.fake_worker import status
from tests.unit.functions.support import DATABASE, PASSWORD, USER, Surroundings
from tests.unit.kafka.fake_cluster import FakeTopic, failed

from wms_connector.aws.checks import Check
from wms_connector.aws.control import (
    DeploymentReport,
    HealthReport,
    ReachReport,
    TopicsReport,
    digest,
)
from wms_connector.connectors.rendering import render
from wms_connector.functions import control
from wms_connector.functions.relay import ANSWER_SECONDS
from wms_connector.functions.reports import address_of, reach_report
from wms_connector.health.findings import BY_ID
from wms_connector.health.history import History
from wms_connector.health.verdict import Finding, Verdict
from wms_connector.kafka.topics import desired
from wms_connector.model.errors import SecretError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.secrets import DbInfo

if TYPE_CHECKING:
    from pathlib import Path

NAME = "wms-oracle-cdc"


@pytest.fixture
def pipeline(repository: Path) -> Pipeline:
    return Pipeline.load(repository / "pipeline.toml")


def ask(around: Surroundings, pipeline: Pipeline, method: str, path: str) -> dict[str, Any]:
    return control.work({"method": method, "path": path}, around.place(), pipeline)


def test_a_call_reaches_the_worker_and_comes_back_without_secrets(
    around: Surroundings, pipeline: Pipeline
) -> None:
    around.worker.add(NAME, {})
    trace = f"{USER} refused with {PASSWORD}"
    around.worker.states[NAME] = status(NAME, "FAILED", (), trace)
    reply = ask(around, pipeline, "GET", f"/connectors/{NAME}/status")
    assert reply["status"] == 200
    assert PASSWORD not in reply["body"]
    assert USER not in reply["body"]


def test_without_secrets_nothing_could_be_redacted_so_nobody_is_asked(
    around: Surroundings, pipeline: Pipeline
) -> None:
    around.secrets.delete_secret(
        SecretId=around.deployment.database_secret, ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(SecretError):
        ask(around, pipeline, "GET", f"/connectors/{NAME}/status")
    assert around.worker.calls == []


def test_a_worker_that_hangs_is_given_up_before_the_function_is(
    around: Surroundings, pipeline: Pipeline
) -> None:
    report = ask(around, pipeline, "GET", "/-/deployment")["body"]
    meant = DeploymentReport.model_validate_json(report).connectors[NAME]
    began = around.clock.now

    def slow(request: httpx.Request) -> httpx.Response:
        around.clock.now += min(90, request.extensions["timeout"]["read"])
        return httpx.Response(200, json={"configs": []})

    around.transport = httpx.MockTransport(slow)
    plugin = "io.debezium.connector.postgresql.PostgresConnector"
    path = f"/connector-plugins/{plugin}/config/validate"
    asked = {"method": "PUT", "path": path, "config_digest": meant}
    control.work(asked, around.place(), pipeline)
    assert around.clock.now - began <= ANSWER_SECONDS


def test_the_deployment_tells_what_it_renders(around: Surroundings, pipeline: Pipeline) -> None:
    reply = ask(around, pipeline, "GET", "/-/deployment")
    report = DeploymentReport.model_validate_json(reply["body"])
    configs = render(
        pipeline,
        around.names.stage,
        database=around.deployment.database,
        security=around.deployment.security,
    )
    assert report.connectors == {name: digest(config) for name, config in configs.items()}
    assert report.version == "1.2.3"
    assert report.guarantee == "exactly-once"
    assert report.stage == "feature-a"


def test_the_last_check_is_told_without_secrets(around: Surroundings, pipeline: Pipeline) -> None:
    reply = ask(around, pipeline, "GET", "/-/health")
    assert HealthReport.model_validate_json(reply["body"]).check is None
    finding = Finding(BY_ID["task-failed"], NAME, f"{USER} has {PASSWORD}", 1.5)
    check = Check.of(Verdict(at=2.5, findings=(finding,)), 600.0)
    around.place().checks.write(check, History())
    report = HealthReport.model_validate_json(ask(around, pipeline, "GET", "/-/health")["body"])
    assert report.check is not None
    assert (report.check.at, report.check.severity) == (2.5, "critical")
    [told] = report.check.findings
    assert told["id"] == "task-failed"
    assert told["evidence"] == "******** has ********"


def test_topics_are_compared_with_what_is_desired(around: Surroundings, pipeline: Pipeline) -> None:
    wanted = desired(pipeline, around.names.stage)
    for topic in wanted[1:]:
        around.cluster.topics[topic.name] = FakeTopic(
            topic.partitions, topic.replication, dict(topic.settings)
        )
    second, third = wanted[1].name, wanted[2].name
    around.cluster.newest[second, 1] = 1_700_000_000_123
    around.cluster.topics[second].settings["retention.ms"] = "5"
    around.cluster.topics[third].settings.pop("cleanup.policy")
    around.cluster.topics[third].partitions = 7
    report = TopicsReport.model_validate_json(ask(around, pipeline, "GET", "/-/topics")["body"])
    found = {topic.name: topic for topic in report.topics}
    assert len(found) == len(wanted)
    assert not found[wanted[0].name].exists
    assert found[second].newest_ms == 1_700_000_000_123
    assert found[second].differences == ("retention.ms is 5, desired 604800000",)
    assert found[third].differences[0] == "cleanup.policy is unset, desired delete"
    assert found[third].differences[1].startswith("partitions: 7, desired 3; another number")
    assert found[third].newest_ms is None


def test_kafka_out_of_reach_is_an_answer(around: Surroundings, pipeline: Pipeline) -> None:
    for topic in desired(pipeline, around.names.stage):
        around.cluster.errors["describe", topic.name] = failed(KafkaError._TRANSPORT)
    reply = ask(around, pipeline, "GET", "/-/topics")
    assert reply["status"] == 500
    assert "no broker of b-1:9092,b-2:9092 answers" in json.loads(reply["body"])["message"]


def test_who_is_reached_is_told_by_port_and_reason(around: Surroundings) -> None:
    faults: dict[str, Exception] = {
        "b-1": TimeoutError(),
        "b-2": ConnectionRefusedError(111, "Connection refused"),
    }

    def dial(address: tuple[str, int], timeout: float) -> Any:
        assert timeout > 0
        if address[0] in faults:
            raise faults[address[0]]
        return nullcontext()

    report = reach_report(around.place().secrets, dial=dial)
    assert [(each.what, each.port, each.reached) for each in report.tried] == [
        ("broker 1", 9092, False),
        ("broker 2", 9092, False),
        ("database", 1521, True),
    ]
    assert "no answer in time" in report.tried[0].reason
    assert report.tried[1].reason == "Connection refused"
    faults |= {"b-1": socket.gaierror(), "b-2": OSError()}
    again = reach_report(around.place().secrets, dial=dial)
    assert again.tried[0].reason == "its host name is not known here"
    assert again.tried[1].reason == "OSError"


def test_brokers_that_swallow_packets_are_waited_for_side_by_side(around: Surroundings) -> None:
    brokers = ",".join(f"b-{number}:9092" for number in range(15))
    around.secrets.put_secret_value(SecretId=around.deployment.broker_secret, SecretString=brokers)
    together = threading.Barrier(16)  # broken unless all of them are tried at once

    def dial(address: tuple[str, int], timeout: float) -> Any:
        del address, timeout
        together.wait(10)
        return nullcontext()

    report = reach_report(around.place().secrets, dial=dial)
    assert [each.what for each in report.tried][-2:] == ["broker 15", "database"]


def test_reach_uses_the_network(around: Surroundings, pipeline: Pipeline) -> None:
    info = json.dumps({**DATABASE, "host": "127.0.0.1", "port": 1, "password": PASSWORD})
    around.secrets.put_secret_value(SecretId=around.deployment.database_secret, SecretString=info)
    around.secrets.put_secret_value(
        SecretId=around.deployment.broker_secret, SecretString="127.0.0.1:1"
    )
    reply = ask(around, pipeline, "GET", "/-/reach")
    report = ReachReport.model_validate_json(reply["body"])
    assert [each.reached for each in report.tried] == [False, False]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (None, ("db.example", 1521)),
        ("jdbc:oracle:thin:@//h.x:1530/S", ("h.x", 1530)),
        ("jdbc:oracle:thin:@h.x:1530:SID", ("h.x", 1530)),
        ("jdbc:oracle:thin:@h.x/S", ("h.x", 1521)),
        (
            "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST = h.x)(PORT=1599)))",
            ("h.x", 1599),
        ),
        ("jdbc:oracle:thin:@tcps://h.x:2484/S?wallet_location=/w", ("h.x", 2484)),
        ("jdbc:oracle:thin:@TCP://h.x/S", ("h.x", 1521)),
        # What does not tell: the secret's own.
        ("jdbc:oracle:thin:@ldap://directory:389/cn=x", ("db.example", 1521)),
        ("jdbc:oracle:thin:@(DESCRIPTION=())", ("db.example", 1521)),
        ("jdbc:oracle:thin:@//h.x,i.x:1521/S", ("db.example", 1521)),
        ("jdbc:oracle:thin:@an_alias?TNS_ADMIN=/a", ("db.example", 1521)),
        ("jdbc:oracle:oci:", ("db.example", 1521)),
        ("jdbc:postgresql://h.x:5432/d", ("db.example", 1521)),
    ],
)
def test_the_database_s_address_is_found(url: str | None, address: tuple[str, int]) -> None:
    info = DbInfo(host="db.example", dbname="X", user="u", password=SecretStr("p"), jdbcUrl=url)
    assert address_of(info) == address


def test_a_user_named_as_a_schema_does_not_make_topics_unreadable(
    around: Surroundings, pipeline: Pipeline
) -> None:
    info = json.dumps({**DATABASE, "user": "mmdl", "password": PASSWORD})
    around.secrets.put_secret_value(SecretId=around.deployment.database_secret, SecretString=info)
    reply = ask(around, pipeline, "GET", "/-/topics")
    assert "feature-a.wms.MMDL.PLAN_BASE_WVR_TBL" in reply["body"]


def test_the_packaged_pipeline_stands_beside_the_package(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    package = tmp_path / "wms_connector"
    package.mkdir()
    text = (repository / "pipeline.toml").read_text()
    (tmp_path / "pipeline.toml").write_text(text.replace("partitions = 3", "partitions = 4"))
    monkeypatch.setattr("wms_connector.__file__", str(package / "__init__.py"))
    around.transport = httpx.MockTransport(around.worker)
    reply = control.work({"method": "GET", "path": "/-/topics"}, around.place())
    assert reply["status"] == 200
