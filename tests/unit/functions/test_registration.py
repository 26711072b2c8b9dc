from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.unit.connect.fake_worker import error, status
from tests.unit.functions.support import FORMER, PASSWORD, USER, Surroundings, event
from tests.unit.kafka.fake_cluster import FakeTopic

from wms_connector.aws.properties import registration_properties
from wms_connector.connect.errors import ForeignStageError
from wms_connector.functions import registration
from wms_connector.functions.registration_resource import (
    GIVE_UP_SECONDS,
    LOOKS,
    RegistrationError,
    RegistrationResource,
)
from wms_connector.kafka.errors import SecondNamedStageError
from wms_connector.model.errors import SecretError, WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "wms-oracle-cdc"
ID = "wms-connector-feature-a-registration"
LASTING = f"""org.apache.kafka.connect.errors.ConnectException: it broke for {USER}
\tat a.B.c(B.java:1)
Caused by: java.sql.SQLException: ORA-01031: insufficient privileges, {PASSWORD} or {FORMER}
"""
PASSING = "java.sql.SQLException: ORA-12541: Cannot connect. No listener at db.example:1521"


def look(around: Surroundings, name: str = "registration-create-look") -> dict[str, Any]:
    asked = event(name)
    return registration.look(asked, around.place(asked["ResourceProperties"]))


def run(around: Surroundings, name: str = "registration-create-look") -> dict[str, Any]:
    """Look until it is complete, as the framework does."""
    for _ in range(5):
        answer = look(around, name)
        if answer["IsComplete"]:
            return answer
        assert set(answer) == {"IsComplete"}  # the framework refuses Data before the end
    raise AssertionError("it is never complete")


def fails(around: Surroundings, trace: str) -> None:
    """Let the connector fail whenever it is started."""
    failing = status(NAME, "RUNNING", ("FAILED",), trace)
    around.worker.starts_as[NAME] = failing
    if NAME in around.worker.states:
        around.worker.states[NAME] = failing


def an_update_fails(around: Surroundings) -> None:
    """Register, then let an update come whose connector fails for good."""
    run(around)
    fails(around, LASTING)
    with pytest.raises(RegistrationError):
        look(around, "registration-update-look")


def refusing(around: Surroundings) -> Callable[[httpx.Request], httpx.Response]:
    """A worker that takes no configuration."""

    def refuses(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/validate"):
            wrong = {"name": "database.user", "errors": [f"ORA-01017: {PASSWORD}"]}
            return httpx.Response(200, json={"error_count": 1, "configs": [{"value": wrong}]})
        if request.method == "PUT":
            return error(400, f"invalid: {PASSWORD}")
        if request.url.path.startswith("/connector-plugins"):
            return httpx.Response(200, json=[])
        return around.worker(request)

    return refuses


def test_the_event_is_answered_at_once_and_carries_when_it_began(around: Surroundings) -> None:
    answer = registration.begin(event("registration-create"), around.place())
    assert answer == {"PhysicalResourceId": ID, "Data": {"Started": "1700000000"}}
    asked = event("registration-update-look")
    assert registration.begin(asked, around.place())["PhysicalResourceId"] == ID
    assert around.worker.calls == []


def test_properties_that_cannot_be_read_fail_at_the_event(around: Surroundings) -> None:
    asked = event("registration-create")
    asked["ResourceProperties"]["Connectors"] = "[]"
    with pytest.raises(WmsError, match="Connectors of the custom resource cannot be read"):
        registration.begin(asked, around.place())


def test_it_registers_and_is_complete_when_a_later_look_finds_it_running(
    around: Surroundings,
) -> None:
    assert look(around) == {"IsComplete": False}
    answer = look(around)
    assert answer["IsComplete"] is True
    assert answer["Data"]["Running"] == f"{NAME}: RUNNING, task 0 RUNNING"
    assert around.worker.configs[NAME]["database.password"] == "${env:DB_PASSWORD}"


def test_a_changed_configuration_is_registered_and_a_rollback_brings_the_former(
    around: Surroundings,
) -> None:
    run(around)
    run(around, "registration-update-look")
    assert around.worker.configs[NAME]["max.batch.size"] == "4096"
    run(around)
    assert "max.batch.size" not in around.worker.configs[NAME]


def test_a_connector_of_a_former_kind_or_schema_is_removed(around: Surroundings) -> None:
    around.worker.add(f"{NAME}-WMS", {"topic.prefix": "feature-a.aws.wms.cdc.WMS."})
    around.worker.add("somebody-s", {"a": "b"})
    run(around)
    assert sorted(around.worker.configs) == ["somebody-s", NAME]


def test_a_paused_connector_stays_paused_and_is_reported(around: Surroundings) -> None:
    run(around)
    around.worker.states[NAME] = status(NAME, "PAUSED", ("PAUSED",))
    answer = look(around)
    assert answer == {"IsComplete": True, "Data": {"Running": "", "Held": NAME}}


def test_what_is_told_of_many_connectors_fits_into_an_answer(around: Surroundings) -> None:
    desired = {f"{NAME}-{number}": {"connector.class": "C"} for number in range(200)}
    properties = registration_properties(desired, delivery="x")
    resource = RegistrationResource(around.place(properties))
    resource.look(properties, request="r", started=around.clock.now)
    answer = resource.look(properties, request="r", started=around.clock.now)
    assert answer["IsComplete"] is True
    assert len(str(answer).encode()) < 3000


def test_it_waits_for_healthy_workers(around: Surroundings) -> None:
    around.worker.health = "starting"
    assert look(around) == {"IsComplete": False}
    around.transport = httpx.MockTransport(_refused)
    assert look(around) == {"IsComplete": False}
    around.transport = httpx.MockTransport(lambda _: error(409, "rebalance"))
    assert look(around) == {"IsComplete": False}
    assert around.worker.configs == {}


def test_a_connector_that_is_still_starting_is_looked_at_again(around: Surroundings) -> None:
    around.worker.starts_as[NAME] = status(NAME, "RUNNING", ())
    assert look(around) == {"IsComplete": False}
    around.worker.states[NAME] = status(NAME, "RUNNING", ("RUNNING",))
    del around.worker.starts_as[NAME]
    run(around)


def test_workers_that_never_come_fail_with_the_last_reason(around: Surroundings) -> None:
    around.transport = httpx.MockTransport(_refused)
    around.clock.now += GIVE_UP_SECONDS
    with pytest.raises(RegistrationError, match=r"do not run after 2[56] minutes: no Kafka Conn"):
        look(around)


def test_a_lasting_failure_fails_at_once_with_the_connector_s_own_reason(
    around: Surroundings,
) -> None:
    fails(around, LASTING)
    with pytest.raises(RegistrationError) as caught:
        look(around)
    told = str(caught.value)
    assert told.startswith(f"{NAME}: task 0 is FAILED: ConnectException: it broke for ****")
    assert "ORA-01031: insufficient privileges" in told
    for secret in (PASSWORD, FORMER, USER):
        assert secret not in told + (caught.value.evidence or "")


def test_a_failure_that_the_new_configuration_mends_is_none(around: Surroundings) -> None:
    run(around)
    around.worker.states[NAME] = status(NAME, "RUNNING", ("FAILED",), LASTING)
    run(around, "registration-update-look")


def test_a_former_failure_is_restarted_once(around: Surroundings) -> None:
    run(around)
    around.worker.states[NAME] = status(NAME, "RUNNING", ("FAILED",), LASTING)
    run(around)


def test_a_failure_that_shows_only_seconds_after_each_start_is_one(around: Surroundings) -> None:
    run(around)
    later = status(NAME, "RUNNING", ("FAILED",), LASTING)
    around.worker.states[NAME] = later
    assert look(around) == {"IsComplete": False}  # restarted, and RUNNING for a while
    around.worker.states[NAME] = later
    with pytest.raises(RegistrationError, match=r"insufficient privileges.*\(2 times\)"):
        look(around)


def test_a_passing_failure_is_looked_at_three_times(around: Surroundings) -> None:
    fails(around, PASSING)
    answers = [look(around) for _ in range(LOOKS - 1)]
    assert answers == [{"IsComplete": False}] * (LOOKS - 1)
    with pytest.raises(RegistrationError, match=r"\(3 times\)"):
        look(around)
    assert around.item("registration")["failures"] == {"N": "3"}


def test_a_passing_failure_that_passes_is_no_failure(around: Surroundings) -> None:
    fails(around, PASSING)
    assert look(around) == {"IsComplete": False}
    del around.worker.starts_as[NAME]
    run(around)


def test_each_request_has_its_own_three_looks(around: Surroundings) -> None:
    around.ledger.count_failure("another request")
    around.ledger.count_failure("another request")
    fails(around, PASSING)
    assert look(around) == {"IsComplete": False}


def test_without_a_ledger_the_first_failure_counts(around: Surroundings) -> None:
    around.dynamodb.delete_table(TableName=around.deployment.ledger)
    fails(around, PASSING)
    with pytest.raises(RegistrationError, match="No listener"):
        look(around)


def test_a_refused_configuration_fails_with_its_fields(around: Surroundings) -> None:
    around.transport = httpx.MockTransport(refusing(around))
    with pytest.raises(RegistrationError, match="refuses user or password") as caught:
        look(around)
    assert PASSWORD not in str(caught.value)


# What fails, and then the roll-back fails too


def rolled_back(around: Surroundings, **changed: Any) -> dict[str, Any]:
    """Look at the update by which CloudFormation takes `registration-update-look` back."""
    asked = event("registration-update-look")
    new, old = asked["ResourceProperties"], asked["OldResourceProperties"]
    asked |= {"ResourceProperties": old, "OldResourceProperties": new, "RequestId": "roll-back"}
    asked |= changed
    return registration.look(asked, around.place(asked["ResourceProperties"]))


def test_a_rollback_to_what_fails_too_is_complete_so_that_the_stack_is_not_stuck(
    around: Surroundings,
) -> None:
    an_update_fails(around)
    assert around.worker.configs[NAME]["max.batch.size"] == "4096"
    answer = rolled_back(around)
    assert answer["IsComplete"] is True
    assert "ORA-01031" in answer["Data"]["Failed"]
    assert PASSWORD not in str(answer)
    assert "max.batch.size" not in around.worker.configs[NAME]


def test_a_rollback_whose_configuration_is_not_in_place_fails(around: Surroundings) -> None:
    an_update_fails(around)

    around.transport = httpx.MockTransport(refusing(around))
    for _ in range(2):  # the second is that of continue-update-rollback
        with pytest.raises(RegistrationError):
            rolled_back(around)
    around.transport = None
    assert rolled_back(around)["IsComplete"] is True


def test_an_ordinary_update_fails_although_another_has_failed_before(
    around: Surroundings,
) -> None:
    an_update_fails(around)
    other = registration_properties({NAME: {"connector.class": "C"}}, delivery="x")
    with pytest.raises(RegistrationError):
        rolled_back(around, ResourceProperties=other)


def test_what_failed_is_forgotten_when_an_update_has_gone_well(around: Surroundings) -> None:
    an_update_fails(around)
    around.worker.starts_as.clear()
    around.worker.states[NAME] = status(NAME, "RUNNING", ("RUNNING",))
    run(around, "registration-update-look")
    assert "undo" not in around.item("registration")
    fails(around, LASTING)
    with pytest.raises(RegistrationError):
        rolled_back(around)


def test_without_a_ledger_a_rollback_is_an_ordinary_update(around: Surroundings) -> None:
    run(around)
    around.dynamodb.delete_table(TableName=around.deployment.ledger)
    fails(around, LASTING)
    with pytest.raises(RegistrationError):
        rolled_back(around)


def test_another_stage_s_worker_is_left_alone(around: Surroundings) -> None:
    around.worker.add(NAME, {"topic.prefix": "feature-b.wms"})
    with pytest.raises(ForeignStageError):
        look(around)


def test_secrets_that_cannot_be_read_stop_it_before_anything_is_shown(
    around: Surroundings,
) -> None:
    around.secrets.delete_secret(
        SecretId=around.deployment.database_secret, ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(SecretError):
        look(around)
    assert around.worker.calls == []


def test_a_second_named_stage_is_refused_but_never_a_rollback(
    around: Surroundings, named: Surroundings
) -> None:
    del around  # its secrets are those of main too
    properties = registration_properties({NAME: {"connector.class": "C"}}, delivery="x")

    def looked() -> dict[str, Any]:
        resource = RegistrationResource(named.place(properties))
        return resource.look(properties, request="r", started=named.clock.now)

    looked()
    assert looked()["IsComplete"] is True
    other = named.names.other_named_stages()[0].connect_topics.config
    named.cluster.topics[other] = FakeTopic(1, 3, {})
    assert looked()["IsComplete"] is True  # nothing to change
    named.worker.configs.clear()
    named.worker.states.clear()
    with pytest.raises(SecondNamedStageError, match=other):
        looked()
    assert named.worker.configs == {}


# Deleting


def test_a_deletion_removes_the_stage_s_connectors(around: Surroundings) -> None:
    look(around)
    around.worker.add("somebody-s", {"a": "b"})
    answer = registration.begin(event("registration-delete"), around.place())
    assert answer == {"PhysicalResourceId": ID}
    assert list(around.worker.configs) == ["somebody-s"]
    looked = registration.look(event("registration-delete"), around.place())
    assert looked == {"IsComplete": True}
    registration.begin(event("registration-delete"), around.place())  # twice is fine


def _refused(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize("answer", [_refused, lambda _: error(500), lambda _: error(409)])
def test_a_broken_connect_neither_delays_nor_fails_a_deletion(
    around: Surroundings, answer: Any
) -> None:
    around.transport = httpx.MockTransport(answer)
    began = around.clock.now
    registration.begin(event("registration-delete"), around.place())
    assert around.clock.now - began <= 10


def test_a_connect_that_never_answers_is_left_after_seconds(around: Surroundings) -> None:
    def hangs(request: httpx.Request) -> httpx.Response:
        around.clock.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("silence")

    around.transport = httpx.MockTransport(hangs)
    began = around.clock.now
    registration.begin(event("registration-delete"), around.place())
    assert around.clock.now - began <= 10


def test_another_stage_s_connectors_survive_a_deletion(around: Surroundings) -> None:
    around.worker.add(NAME, {"topic.prefix": "feature-b.wms"})
    told: list[str] = []
    RegistrationResource(around.place(), told.append).delete()
    assert NAME in around.worker.configs
    assert "(ForeignStageError)" in told[0]
