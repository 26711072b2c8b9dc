"""Which of a stage's secrets an event speaks of. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from wms_connector.aws.deployment import Deployment

CURRENT: Final = "AWSCURRENT"
_SUFFIX: Final = 7
"""Characters that Secrets Manager appends to a secret's name in its ARN: `-a1b2c3`."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The paths of the secrets that are meant; `by_hand`: an operator asks, without an event.

    Without any, `why` says so.
    """

    paths: tuple[str, ...] = ()
    why: str = ""
    by_hand: bool = False


def secrets_of(deployment: Deployment) -> tuple[str, ...]:
    """Give the paths (or ARNs) of the secrets that the workers have in their environment."""
    kafka = (deployment.kafka_secret,) if deployment.kafka_secret else ()
    return (deployment.database_secret, deployment.broker_secret, *kafka)


def meant(event: Any, deployment: Deployment) -> Meant:
    """Read an event: `Secret Label Updated`, or nothing at all, which means every secret."""
    own = secrets_of(deployment)
    if not event:
        return Meant(own, by_hand=True)
    if not isinstance(event, Mapping) or event.get("source") != "aws.secretsmanager":
        return Meant(why="this is no event of a secret")
    detail = event.get("detail") or {}
    label, name = detail.get("labelUpdated"), str(detail.get("name", ""))
    if label != CURRENT:
        return Meant(why=f"the label {label} moved: only {CURRENT} means a new value")
    arns = [str(arn) for arn in event.get("resources") or ()]
    paths = tuple(path for path in own if path == name or any(_is(path, arn) for arn in arns))
    return Meant(paths) if paths else Meant(why=f"{name} is none of the stage's secrets")


def _is(path: str, arn: str) -> bool:
    """Whether a path that is an ARN, whole or without AWS's suffix, is that of an event."""
    return path.startswith("arn:") and arn in {path, f"{path}{arn[-_SUFFIX:]}"}
