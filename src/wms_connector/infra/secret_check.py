"""Whether a stage's secrets would let synthesis go on: all of them, not only the first that fails.

By the very readings that synthesis itself makes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from wms_connector.infra.secret_reader import SecretReader
from wms_connector.model.errors import SecretError, SecretSourceError
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.secrets import Resolved, SecretSource
    from wms_connector.model.stage import Stage

State = Literal["ok", "not needed", "unknown", "warning", "failed"]

_TOLD: Final = {
    KafkaSecurity.PLAINTEXT: "plain text",
    KafkaSecurity.TLS: "TLS without a sign-in",
    KafkaSecurity.IAM: "IAM",
}
_UNKNOWN: Final = "brokerString tells whether it is needed"


@dataclass(frozen=True, slots=True)
class CheckedSecret:
    """What became of one secret: `found` unless it is not there, `problem` unless it is ok.

    `failed` stops a deployment, `warning` does not. `unknown`: another secret's failure hides it.
    """

    key: str
    state: State
    found: Resolved | None = None
    problem: str | None = None


def check_secrets(
    pipeline: Pipeline, stage: Stage, source: SecretSource
) -> tuple[CheckedSecret, ...]:
    """Read each secret as synthesis does; raises SecretSourceError if none of them can be read."""
    reader = SecretReader(pipeline, stage, source)
    chosen = pipeline.kafka.security
    security = None if chosen == "auto" else KafkaSecurity(chosen)

    def brokers() -> None:
        nonlocal security
        told, secret = reader.brokers()
        security = reader.sign_in(secret.path, told)
        reader.security(secret.path, told)

    def emails() -> str | None:
        bad = reader.emails().invalid
        return refused_addresses(reader.found["alertEmails"].path, bad) if bad else None

    def kafka_auth() -> CheckedSecret:
        if security is KafkaSecurity.SCRAM:
            return _checked(reader, "kafkaAuth", reader.kafka)
        if security is None:
            return CheckedSecret("kafkaAuth", "unknown", problem=_UNKNOWN)
        reason = f"it is for SCRAM, and the brokers are reached by {_TOLD[security]}"
        return CheckedSecret("kafkaAuth", "not needed", problem=reason)

    def account_s(key: str, setting: str, reading: Callable[[], str]) -> CheckedSecret:
        if getattr(pipeline.iam, setting):
            return _checked(reader, key, reading)
        reason = f"the pipeline file has {setting} = false under [iam]"
        return CheckedSecret(key, "not needed", problem=reason)

    return (
        _checked(reader, "vpc", reader.vpc),
        _checked(reader, "brokerString", brokers),
        kafka_auth(),
        _checked(reader, "dbInfo", reader.database),
        _checked(reader, "alertEmails", emails, warns=True),
        account_s("iam/path", "path", reader.role_path),
        account_s("iam/permissionsBoundary", "permissions_boundary", reader.boundary),
    )


def refused_addresses(path: str, addresses: Sequence[str]) -> str:
    """Say which addresses of `alertEmails` are none: the deployment goes on without them."""
    named = ", ".join(repr(address) for address in addresses)
    what = (
        "which is no address and hears of nothing"
        if len(addresses) == 1
        else "which are no addresses and hear of nothing"
    )
    return f"{path} names {named}, {what}; mend the secret and deploy again"


def _checked(
    reader: SecretReader, key: str, reading: Callable[[], object], *, warns: bool = False
) -> CheckedSecret:
    try:
        told = reading()
    except SecretSourceError:
        raise
    except SecretError as error:
        return CheckedSecret(key, "failed", reader.found.get(key), str(error))
    found = reader.found[key]
    if warns and isinstance(told, str):
        return CheckedSecret(key, "warning", found, told)
    return CheckedSecret(key, "ok", found)
