"""Whether an account is ready for a deployment: asked before anything is built or shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.aws.errors import DeniedError, code_of
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from wms_connector.aws.session import Aws

QUALIFIER: Final = "one"
"""Of the bootstrap stack whose roles and buckets the deployment uses."""

NEEDED_VERSION: Final = 6
"""Of the bootstrap stack: what the CDK's templates ask for themselves."""

_PARAMETER: Final = f"/cdk-bootstrap/{QUALIFIER}/version"


class NotBootstrappedError(WmsError):
    """The account has no bootstrap stack with the right qualifier, or an old one."""


def check_bootstrapped(aws: Aws) -> None:
    """Raise NotBootstrappedError, with the command to run, unless the account is bootstrapped.

    Who may not look is let pass: the deployment itself reads the same parameter, as another role.
    """
    command = f"scripts/cdk bootstrap --qualifier {QUALIFIER} aws://{aws.account}/{aws.region}"
    version = _version(aws)
    if version is None:
        return
    if version == 0:
        raise NotBootstrappedError(
            f"account {aws.account} is not bootstrapped with the qualifier {QUALIFIER} in "
            f"{aws.region}",
            hint=f"Have somebody who may do it run `{command}`",
        )
    if version < NEEDED_VERSION:
        raise NotBootstrappedError(
            f"the bootstrap stack {QUALIFIER} of account {aws.account} in {aws.region} has version "
            f"{version}, and {NEEDED_VERSION} is needed",
            hint=f"Have somebody who may do it run `{command}`",
        )


def _version(aws: Aws) -> int | None:
    """The bootstrap stack's version: 0 if there is none, None if it cannot be told."""
    try:
        with aws.doing("see whether the account is bootstrapped"):
            answer = _asked(aws)
    except DeniedError:
        return None
    value = "0" if answer is None else answer["Parameter"]["Value"]
    return int(value) if value.isdecimal() else None


def _asked(aws: Aws) -> dict[str, dict[str, str]] | None:
    try:
        found: dict[str, dict[str, str]] = aws.client("ssm").get_parameter(Name=_PARAMETER)
    except Exception as error:
        if code_of(error) == "ParameterNotFound":
            return None
        raise
    return found
