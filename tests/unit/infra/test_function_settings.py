"""What a function waits for ends before the function does, and before whoever waits for it."""

from __future__ import annotations

from wms_connector.aws.control_transport import ANSWER_SECONDS as OPERATOR_SECONDS
from wms_connector.aws.session import CONNECT_SECONDS
from wms_connector.functions.check import CALLS_SECONDS as CHECK_SECONDS
from wms_connector.functions.flush_table import SECONDS as FLUSH_SECONDS
from wms_connector.functions.mail import LEDGER_SECONDS
from wms_connector.functions.network import SIGN_IN_SECONDS
from wms_connector.functions.registration_resource import (
    CALLS_SECONDS,
    DELETE_SECONDS,
    GIVE_UP_SECONDS,
    LOOK_SECONDS,
)
from wms_connector.functions.relay import ANSWER_SECONDS
from wms_connector.functions.topics_resource import WORKERS_SECONDS
from wms_connector.infra.constructs.function_settings import (
    ALL,
    COMPLETE,
    CONTROL,
    HEALTH,
    MAIL,
    REGISTER,
    ROTATION,
    TOPICS,
)
from wms_connector.kafka.admin import CHANGE_SECONDS
from wms_connector.kafka.calls import LOOK_SECONDS as KAFKA_SECONDS

START_SECONDS = 15
"""For a cold start and reading the secrets."""
AWS_SECONDS = 40
"""For an interface of AWS that does not answer: a connection is given up four times after 10 s."""
HOUR = 3_600
"""CloudFormation's limit for a custom resource, where none is set."""


def test_a_relayed_call_ends_before_the_function_and_the_function_before_the_operator() -> None:
    assert START_SECONDS + ANSWER_SECONDS <= CONTROL.timeout_s < OPERATOR_SECONDS


def test_a_look_ends_before_the_function_and_the_last_look_before_cloudformation() -> None:
    kafka = 2 * KAFKA_SECONDS
    look = START_SECONDS + AWS_SECONDS + CALLS_SECONDS + kafka
    assert LOOK_SECONDS < CALLS_SECONDS
    assert look <= COMPLETE.timeout_s
    assert GIVE_UP_SECONDS + 2 * COMPLETE.timeout_s < HOUR


def test_a_deletion_of_the_registration_ends_before_the_function() -> None:
    assert REGISTER.timeout_s > START_SECONDS + DELETE_SECONDS


def test_topics_are_made_and_deleted_before_the_function_ends() -> None:
    created = 2 * KAFKA_SECONDS + 5 * CHANGE_SECONDS
    undone = 2 * CHANGE_SECONDS
    deleted = WORKERS_SECONDS + 2 * KAFKA_SECONDS + 2 * CHANGE_SECONDS + FLUSH_SECONDS
    most = START_SECONDS + 2 * AWS_SECONDS + max(created + undone, deleted)
    assert most <= TOPICS.timeout_s


def test_a_check_and_its_restarts_end_before_the_function() -> None:
    assert HEALTH.timeout_s >= START_SECONDS + AWS_SECONDS + CHECK_SECONDS


def test_a_mail_goes_out_though_the_ledger_does_not_answer() -> None:
    questions = 3 * max(CONNECT_SECONDS, LEDGER_SECONDS)  # the check, the rotation, the last mail
    assert MAIL.timeout_s > START_SECONDS + questions + AWS_SECONDS


def test_a_rotated_secret_is_tried_before_the_function_ends() -> None:
    assert ROTATION.timeout_s > START_SECONDS + AWS_SECONDS + 2 * SIGN_IN_SECONDS


def test_each_purpose_fits_into_a_function_s_name() -> None:
    assert all(len(settings.purpose) <= 8 for settings in ALL)
