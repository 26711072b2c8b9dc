"""A secret got a new value: what happens to the workers, and what is heard of it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from confluent_kafka import KafkaError
from tests.unit.aws.fakes import client_error
from tests.unit.functions.support import DATABASE, PASSWORD, USER, Surroundings, event
from tests.unit.kafka.fake_cluster import failed
from tests.unit.oracle.fakes import FakeConnection

from wms_connector.aws.errors import AwsError
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.functions import rotation
from wms_connector.functions.frame import FunctionError, carried_out
from wms_connector.functions.rotate import WaitingError
from wms_connector.model.errors import SecretError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import OracleFailure

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = "RotationRefused"


@pytest.fixture
def pipeline(repository: Path) -> Pipeline:
    return Pipeline.load(repository / "pipeline.toml")


class Oracle:
    """A database that takes who has the right password."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.takes = PASSWORD
        self.error: Exception | None = None
        self.signed_in: list[str] = []
        self.session = FakeConnection()
        around.change(database=DatabaseShape("oracle"))
        around.network = replace(around.network, oracle=self.open)

    def open(self, address: Any, password: Any) -> Database:
        self.signed_in.append(str(address))
        if self.error is not None:
            raise self.error
        if password.get_secret_value() != self.takes:
            told = f"ORA-01017: invalid username/password for {USER}; logon denied"
            raise OracleFailure(told)
        return Database(self.session)


@pytest.fixture
def oracle(around: Surroundings) -> Oracle:
    return Oracle(around)


def rotated(around: Surroundings, pipeline: Pipeline, sent: Any = ...) -> dict[str, Any]:
    asked = event("secret-label-updated") if sent is ... else sent
    return rotation.work(asked, around.place(), pipeline)


def replacements(around: Surroundings) -> int:
    return len([call for call, _ in around.ecs.asked if call == "update_service"])


def test_a_good_password_replaces_the_workers_once(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    assert rotated(around, pipeline) == {"replaced": True, "why": ""}
    name = "wms-connector-feature-a"
    assert around.ecs.asked == [
        ("update_service", {"cluster": name, "service": name, "forceNewDeployment": True})
    ]
    assert around.measured() == {(REFUSED, ""): 0.0}
    assert oracle.signed_in == [f"{USER}@db.example:1521/ORCL"]
    assert oracle.session.did == ["close"]
    again = rotated(around, pipeline)  # EventBridge may deliver an event twice
    assert again["why"] == "the workers were replaced with this version already"
    assert replacements(around) == 1
    assert len(oracle.signed_in) == 1


def test_a_wrong_password_is_tried_once_and_no_worker_goes(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.takes = "another"
    for _ in range(3):
        answer = rotated(around, pipeline)
        assert not answer["replaced"]
        assert "ORA-01017" in answer["why"]
        assert PASSWORD not in answer["why"]
        assert USER not in answer["why"]
        assert around.measured() == {(REFUSED, ""): 1.0}
    assert len(oracle.signed_in) == 1
    assert replacements(around) == 0
    assert "ORA-01017" in around.place().rotations.stopped()


def test_a_refused_version_that_goes_out_of_force_ends_the_alarm(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    """By moving the label back: the workers have that version already."""
    rotated(around, pipeline)
    around.place().rotations.note_stopped("what was in force in between was refused")
    around.cloudwatch.asked.clear()
    assert not rotated(around, pipeline)["replaced"]
    assert around.measured() == {(REFUSED, ""): 0.0}
    assert around.place().rotations.stopped() == ""
    assert replacements(around) == 1


def test_a_secret_that_the_workers_have_does_not_hide_that_another_is_refused(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    rotated(around, pipeline)
    wrong = {**DATABASE, "password": "wr0ng"}
    around.secrets.put_secret_value(
        SecretId=around.deployment.database_secret, SecretString=json.dumps(wrong)
    )
    rotated(around, pipeline)
    sent = event("secret-label-updated")
    sent["detail"]["name"] = around.deployment.broker_secret
    sent["resources"] = []
    assert not rotated(around, pipeline, sent)["replaced"]
    assert around.measured() == {(REFUSED, ""): 1.0}
    assert "ORA-01017" in around.place().rotations.stopped()


def test_an_operator_has_it_tried_again(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.takes = "another"
    rotated(around, pipeline)
    oracle.takes = PASSWORD
    assert rotated(around, pipeline, {})["replaced"]
    assert len(oracle.signed_in) == 2
    assert around.measured() == {(REFUSED, ""): 0.0}
    assert around.place().rotations.refusal() is None
    assert around.place().rotations.stopped() == ""
    assert rotated(around, pipeline, {})["replaced"]  # whoever asks by hand means it


def test_another_version_is_tried_anew(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.takes = "third"
    rotated(around, pipeline)
    text = json.dumps({**DATABASE, "password": "third"})
    around.secrets.put_secret_value(SecretId=around.deployment.database_secret, SecretString=text)
    assert rotated(around, pipeline)["replaced"]


@pytest.mark.parametrize(
    "error",
    [
        OracleFailure("ORA-12541: TNS:no listener"),
        OracleFailure("DPY-6005: cannot connect to database"),
        OracleFailure("ORA-01033: ORACLE initialization or shutdown in progress"),
    ],
)
def test_a_database_that_is_away_raises_so_that_it_is_tried_again(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline, error: Exception
) -> None:
    oracle.error = error
    with pytest.raises(WaitingError, match="its password is not tried"):
        rotated(around, pipeline)
    assert replacements(around) == 0
    assert around.measured() == {}
    oracle.error = None
    assert rotated(around, pipeline)["replaced"]


def test_a_database_that_hangs_is_one_that_is_away(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    ended = threading.Event()

    def hang(*_: Any) -> Database:
        ended.wait(30)
        return Database(oracle.session)

    around.network = replace(around.network, oracle=hang, sign_in_seconds=0.01)
    with pytest.raises(WaitingError, match="not answered for 0 s"):
        rotated(around, pipeline)
    ended.set()


def test_what_the_driver_cannot_speak_is_not_checked_if_the_database_is_there(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.error = OracleFailure("DPY-3015: password verifier type 0x939 is not supported")
    assert rotated(around, pipeline)["replaced"]
    assert around.place().rotations.refusal() is None

    def away(*_: Any) -> Any:
        raise TimeoutError

    around.network = replace(around.network, dial=away)
    with pytest.raises(WaitingError, match="no answer in time"):
        rotated(around, pipeline, {})


def test_an_address_that_only_jdbc_can_use_is_not_checked(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    text = json.dumps({**DATABASE, "password": PASSWORD, "jdbcUrl": "jdbc:oracle:oci:@x"})
    around.secrets.put_secret_value(SecretId=around.deployment.database_secret, SecretString=text)
    assert rotated(around, pipeline)["replaced"]
    assert oracle.signed_in == []


def test_of_a_database_that_is_not_oracle_the_connection_is_all_that_is_tried(
    around: Surroundings, pipeline: Pipeline
) -> None:
    assert rotated(around, pipeline)["replaced"]

    def refuse(*_: Any) -> Any:
        raise ConnectionRefusedError(111, "Connection refused")

    around.network = replace(around.network, dial=refuse)
    with pytest.raises(WaitingError, match="Connection refused"):
        rotated(around, pipeline, {})


def test_jdbc_signs_in_to_the_pluggable_database_itself(
    around: Surroundings, oracle: Oracle
) -> None:
    text = json.dumps({**DATABASE, "password": PASSWORD, "pdb": "PDB1"})
    around.secrets.put_secret_value(SecretId=around.deployment.database_secret, SecretString=text)
    jdbc = Pipeline.parse('connector = "jdbc"\ntables = ["A.B"]\n')
    assert rotated(around, jdbc)["replaced"]
    assert oracle.signed_in == [f"{USER}@db.example:1521/PDB1"]


def test_new_brokers_are_signed_in_to_before_the_workers_go(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    sent = event("secret-label-updated")
    sent["detail"]["name"] = around.deployment.broker_secret
    around.cluster.errors["describe_cluster", ""] = failed(KafkaError._TRANSPORT)
    with pytest.raises(WaitingError, match="no broker of b-1:9092,b-2:9092 answers"):
        rotated(around, pipeline, sent)
    assert oracle.signed_in == []
    around.cluster.errors.clear()
    assert rotated(around, pipeline, sent)["replaced"]
    assert len(oracle.signed_in) == 1  # new workers read all secrets, so all are tried


def test_brokers_that_refuse_the_user_keep_the_workers(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    around.change(security=KafkaSecurity.SCRAM, kafka_secret="kafka")
    text = json.dumps({"username": "connect", "password": "c4nary-k4fka"})
    around.secrets.create_secret(Name="kafka", SecretString=text)
    sent = event("secret-label-updated")
    sent["detail"]["name"] = "kafka"
    error = failed(KafkaError.SASL_AUTHENTICATION_FAILED, "user connect is wrong: c4nary-k4fka")
    around.cluster.errors["describe_cluster", ""] = error
    answer = rotated(around, pipeline, sent)
    assert "refuse the sign-in" in answer["why"]
    assert "c4nary-k4fka" not in answer["why"]
    assert around.measured() == {(REFUSED, ""): 1.0}
    assert around.signed_in[-1].password is not None
    denied = failed(KafkaError.CLUSTER_AUTHORIZATION_FAILED)
    around.cluster.errors["describe_cluster", ""] = denied  # signed in, and may not look
    assert rotated(around, pipeline, sent)["replaced"]
    assert oracle.signed_in


@pytest.mark.parametrize(
    ("secret", "text"),
    [("mmdl/default/dbInfo", "no JSON"), ("mmdl/default/brokerString", "{}")],
)
def test_a_malformed_secret_is_refused(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline, secret: str, text: str
) -> None:
    around.secrets.put_secret_value(SecretId=secret, SecretString=text)
    answer = rotated(around, pipeline)
    assert secret in answer["why"]
    assert around.measured() == {(REFUSED, ""): 1.0}
    assert oracle.signed_in == []


def test_a_malformed_kafka_secret_is_refused(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    around.change(security=KafkaSecurity.SCRAM, kafka_secret="kafka")
    around.secrets.create_secret(Name="kafka", SecretString="{}")
    assert "kafka is malformed" in rotated(around, pipeline)["why"]
    assert oracle.signed_in == []


def test_a_secret_that_cannot_be_read_raises(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    around.secrets.delete_secret(
        SecretId=around.deployment.broker_secret, ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(SecretError):
        rotated(around, pipeline)
    assert oracle.signed_in == []


def test_another_stage_s_secret_does_nothing_and_says_so(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    sent = event("secret-label-updated")
    sent["detail"]["name"] = "mmdl/main/dbInfo"
    sent["resources"] = []
    answer = rotated(around, pipeline, sent)
    assert answer == {"replaced": False, "why": "mmdl/main/dbInfo is none of the stage's secrets"}
    assert around.ecs.asked == []
    assert around.cloudwatch.asked == []


def test_ecs_that_refuses_is_raised_and_the_next_try_replaces(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    around.ecs.answers["update_service"] = client_error("ServerException")
    with pytest.raises(AwsError, match="replace the tasks"):
        rotated(around, pipeline)
    around.ecs.answers["update_service"] = {}
    assert rotated(around, pipeline)["replaced"]


def test_the_handler_s_failure_is_a_line_without_a_secret(
    around: Surroundings, oracle: Oracle, pipeline: Pipeline
) -> None:
    oracle.error = OracleFailure(f"ORA-12541: TNS:no listener, said {PASSWORD}")

    def work(sent: Any, place: Any) -> dict[str, Any]:
        return rotation.work(sent, place, pipeline)

    with pytest.raises(FunctionError) as caught:
        carried_out(work, event("secret-label-updated"), around.place())
    assert "mmdl/default/dbInfo does not answer" in str(caught.value)
    assert PASSWORD not in str(caught.value)
