"""Each function as a value: what runs, for how long, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from wms_connector.aws.control import PURPOSE as CONTROL_PURPOSE
from wms_connector.aws.deployment import Deployment
from wms_connector.infra.constructs.environment import secrets_read
from wms_connector.infra.constructs.msk_rights import (
    Msk,
    control_rights,
    registration_rights,
    topics_rights,
)
from wms_connector.infra.constructs.rights import Right, read_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.infra.constructs.rights import Account
    from wms_connector.infra.context import Options
    from wms_connector.infra.inputs import StageInputs
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """One function. `purpose` is of its name (at most 8 characters); `handler` as Lambda has it."""

    purpose: str
    handler: str
    timeout_s: int
    what: str


# 512 MiB for each: of that librdkafka, the signer and pydantic take some 150, and Lambda gives
# processor by memory; with less, importing them takes longer than what they then do.
MEMORY_MIB: Final = 512

TOPICS: Final = FunctionSettings(
    "topics",
    "wms_connector.functions.topics.handler",
    # Deleting waits up to two minutes for the workers to leave, and each of Kafka's answers up to
    # half a minute; creating dozens of topics on a busy cluster takes minutes.
    600,
    "Makes the stage's topics, and deletes an ephemeral stage's",
)
REGISTER: Final = FunctionSettings(
    "register",
    "wms_connector.functions.registration.on_event",
    # A deletion asks the workers for ten seconds at most; nothing else is done here.
    60,
    "Begins a registration of the connectors",
)
COMPLETE: Final = FunctionSettings(
    "complete",
    "wms_connector.functions.registration.is_complete",
    # One look: the plugin checks a configuration for up to 95 s, because it signs in to the
    # database for that; then tasks are given 45 s to start.
    300,
    "Plans, applies and watches a registration of the connectors",
)
CONTROL: Final = FunctionSettings(
    CONTROL_PURPOSE,
    "wms_connector.functions.control.handler",
    # The longest call that it passes on is answered after 100 s.
    120,
    "Passes operators' calls on to the workers",
)
ALL: Final = (TOPICS, REGISTER, COMPLETE, CONTROL)


def function_rights(
    settings: FunctionSettings, inputs: StageInputs, account: Account
) -> tuple[Right, ...]:
    """Give what a function may do in AWS and in Kafka, beside writing its own log."""
    # Those that read the secrets sign in with them, or redact by their values.
    secrets = read_secrets(account, secrets_read(inputs))
    rights = {
        TOPICS: (
            *secrets,
            *_ledger(inputs, account, "GetItem", "PutItem", "UpdateItem"),
            *_kafka(topics_rights, inputs),
        ),
        REGISTER: (),
        COMPLETE: (
            *secrets,
            *_ledger(inputs, account, "UpdateItem"),
            *_kafka(registration_rights, inputs),
        ),
        CONTROL: (*secrets, *_kafka(control_rights, inputs)),
    }
    return rights[settings]


def deployment(inputs: StageInputs, options: Options) -> Deployment:
    """Give what every function knows of its deployment."""
    kafka, names = inputs.kafka_secret, inputs.names
    return Deployment(
        stage=inputs.stage.name,
        product=inputs.pipeline.product,
        security=inputs.security,
        database=inputs.database,
        broker_secret=inputs.broker_secret.path,
        database_secret=inputs.database_secret.path,
        kafka_secret=None if kafka is None else kafka.reference,
        cluster_arn=inputs.pipeline.kafka.cluster_arn,
        connect_url=options.connect_url or names.connect_url,
        ledger=names.ledger,
        shared_by_named_stages=names.shared_by_named_stages,
        version=version("wms-connector"),
    )


def _kafka(
    rights: Callable[[Msk, Pipeline, Stage], tuple[Right, ...]], inputs: StageInputs
) -> tuple[Right, ...]:
    msk = Msk.of(inputs)
    return () if msk is None else rights(msk, inputs.pipeline, inputs.stage)


def _ledger(inputs: StageInputs, account: Account, *actions: str) -> tuple[Right, ...]:
    table = account.arn("dynamodb", f"table/{inputs.names.ledger}")
    return (Right(tuple(f"dynamodb:{action}" for action in actions), (table,)),)
