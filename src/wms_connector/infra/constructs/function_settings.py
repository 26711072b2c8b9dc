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
    sign_in_rights,
    topics_rights,
)
from wms_connector.infra.constructs.rights import Right, publish, read_secrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.infra.constructs.rights import Account
    from wms_connector.infra.context import Options
    from wms_connector.infra.inputs import StageInputs
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """One function. `purpose` is of its name (at most 8 characters); `handler` as Lambda has it.

    `retries` is how often Lambda tries again where nobody waits for the answer (alarms, rules);
    None: its caller waits for it, and is told. What waits longer than `oldest_s` is thrown away.
    """

    purpose: str
    handler: str
    timeout_s: int
    what: str
    in_vpc: bool = True
    retries: int | None = None
    oldest_s: int = 3600


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
HEALTH: Final = FunctionSettings(
    "health",
    "wms_connector.functions.health.handler",
    # Its questions are asked side by side, within a minute; then restarts have another one.
    180,
    "Looks at the stage, judges, measures, and restarts what a restart heals",
    # The next look is the second try, and knows more.
    retries=0,
    oldest_s=300,
)
MAIL: Final = FunctionSettings(
    "mail",
    "wms_connector.functions.mail.handler",
    # A ledger that does not answer is given up before: the mail goes out without its evidence.
    120,
    "Puts alarms and events into words, and publishes them to the stage's alerts",
    # It needs SNS and the ledger alone: the less can keep it from speaking, the better.
    in_vpc=False,
    retries=2,
)
ROTATION: Final = FunctionSettings(
    "rotation",
    "wms_connector.functions.rotation.handler",
    # It signs in to the database and to the brokers, once each.
    120,
    "Tries a rotated password, and replaces the workers if it is good",
    # Only where it could not try: a password that is refused is not tried again.
    retries=2,
)
ALL: Final = (TOPICS, REGISTER, COMPLETE, CONTROL, HEALTH, MAIL, ROTATION)


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
        CONTROL: (
            *secrets,
            *_ledger(inputs, account, "GetItem"),
            *_kafka(control_rights, inputs),
        ),
        HEALTH: (
            *secrets,
            *_ledger(inputs, account, "GetItem", "PutItem", "UpdateItem"),
            Right(("ecs:DescribeServices",), (service_arn(inputs, account),)),
            _measure(inputs),
            *_kafka(control_rights, inputs),
        ),
        MAIL: (
            *_ledger(inputs, account, "GetItem", "UpdateItem"),
            *publish(account, alerts_topic(inputs, account)),
        ),
        ROTATION: (
            *secrets,
            *_ledger(inputs, account, "GetItem", "UpdateItem"),
            # No role is handed over: the task definition stays the same.
            Right(("ecs:UpdateService",), (service_arn(inputs, account),)),
            Right(("lambda:InvokeFunction",), (function_arn(MAIL, inputs, account),)),
            _measure(inputs),
            *_kafka(sign_in_rights, inputs),
        ),
    }
    return rights[settings]


def function_arn(settings: FunctionSettings, inputs: StageInputs, account: Account) -> str:
    """Give a function's ARN, put together from names."""
    return account.arn("lambda", f"function:{inputs.names.function(settings.purpose)}")


def failures_to(settings: FunctionSettings, inputs: StageInputs, account: Account) -> str | None:
    """Where Lambda reports an event that a function gave up on: an ARN.

    What cannot be put into words goes to the topic as it came, so that no alarm is swallowed. A
    check that fails is missed by the alarm on its metric.
    """
    places = {
        MAIL: alerts_topic(inputs, account),
        ROTATION: function_arn(MAIL, inputs, account),
    }
    return places.get(settings)


def deployment(inputs: StageInputs, options: Options, account: Account) -> Deployment:
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
        alerts_topic=alerts_topic(inputs, account),
        shared_by_named_stages=names.shared_by_named_stages,
        version=version("wms-connector"),
    )


def _kafka(
    rights: Callable[[Msk, Pipeline, Stage], tuple[Right, ...]], inputs: StageInputs
) -> tuple[Right, ...]:
    msk = Msk.of(inputs)
    return () if msk is None else rights(msk, inputs.pipeline, inputs.stage)


def alerts_topic(inputs: StageInputs, account: Account) -> str:
    """Give the ARN of the stage's alerts, which another stack makes first."""
    return account.arn("sns", inputs.names.alerts_topic)


def service_arn(inputs: StageInputs, account: Account) -> str:
    """Give the ARN of the service of the stage's workers."""
    return account.arn("ecs", f"service/{inputs.names.cluster}/{inputs.names.cluster}")


def _measure(inputs: StageInputs) -> Right:
    """Allow writing the stage's own metrics of health; CloudWatch knows no resource for it."""
    only = (("cloudwatch:namespace", inputs.names.health_namespace),)
    return Right(("cloudwatch:PutMetricData",), ("*",), conditions=(("StringEquals", only),))


def _ledger(inputs: StageInputs, account: Account, *actions: str) -> tuple[Right, ...]:
    table = account.arn("dynamodb", f"table/{inputs.names.ledger}")
    return (Right(tuple(f"dynamodb:{action}" for action in actions), (table,)),)
