"""What AWS refuses or does not answer, as sentences with a next step.

    AwsError
    ├── ToolsMissingError    boto3 is not installed
    ├── SignInError          no credentials, or they have expired
    ├── NoRegionError        no region was named
    ├── DeniedError          signed in, but not allowed
    ├── ThrottledError       too many calls: nothing was done
    ├── NotReadyError        it is just being made ready: nothing was done
    ├── OutOfReachError      no answer from AWS
    ├── MissingError         there is no such thing
    ├── NotDeployedError     the stage is not in this account and region
    ├── ControlError         the control function failed, or does not relay the call
    ├── StackError           CloudFormation failed, or the stack cannot be touched now
    └── NamedStageError      a named stage is never destroyed

Errors of botocore are told by their class's name and their code, so that nothing of it is
imported before it is needed.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

from wms_connector.model.errors import UsageError, WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class AwsError(WmsError):
    """Something that AWS refused or did not answer."""


class ToolsMissingError(AwsError):
    """What talks to AWS is not installed."""


class SignInError(AwsError):
    """AWS does not know who asks."""


class NoRegionError(AwsError):
    """No region was named."""


class DeniedError(AwsError):
    """Who asks is not allowed to; `action` as in IAM, where AWS tells it."""

    def __init__(self, what: str, *, hint: str | None = None, action: str | None = None) -> None:
        self.action = action
        super().__init__(what, hint=hint)


class ThrottledError(AwsError):
    """AWS wants fewer calls; nothing was done."""


class NotReadyError(AwsError):
    """AWS is just making ready what was asked for; nothing was done."""


class OutOfReachError(AwsError):
    """No answer came from AWS."""


class MissingError(AwsError):
    """There is no thing of that name."""


class NotDeployedError(AwsError):
    """The stage is not deployed in this account and region."""


class ControlError(AwsError):
    """The control function failed, or refuses the call."""


class StackError(AwsError):
    """A stack could not be deleted, or cannot be touched now."""


class NamedStageError(UsageError):
    """Named stages are never destroyed."""


_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
     "AuthorizationErrorException", "ForbiddenException", "Forbidden"}
)  # fmt: skip
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN_KEY: Final = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure",
     "SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken"}
)  # fmt: skip
_THROTTLED: Final = frozenset(
    {"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded",
     "ThrottledException", "EC2ThrottledException", "LimitExceededException"}
)  # fmt: skip
# Of Lambda: it takes the network away from a function that nobody has called for weeks, and gives
# it back at the next call, which fails.
_NOT_READY: Final = frozenset(
    {"ResourceNotReadyException", "ENINotReadyException", "ResourceConflictException",
     "CodeArtifactUserPendingException"}
)  # fmt: skip
_MISSING: Final = frozenset(
    {"ResourceNotFoundException", "NotFoundException", "NotFound", "ClusterNotFoundException",
     "ServiceNotFoundException", "InvalidGroup.NotFound", "InvalidSubnetID.NotFound"}
)  # fmt: skip
_AGAIN: Final = "Sign in again (for example `aws sso login`), and check AWS_PROFILE"


def code_of(error: BaseException) -> str:
    """AWS's code of an error answer, for example AccessDenied; empty where there was none."""
    response = getattr(error, "response", None)
    found = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return str(found)


@contextlib.contextmanager
def translated(doing: str, place: Callable[[], str]) -> Iterator[None]:
    """Turn errors of botocore into an AwsError that says what was being done, and where.

    `doing` follows "cannot": `look at the stack wms-connector-main`. `place` is asked only when
    something went wrong. Other errors pass.
    """
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith(("botocore", "boto3")):
            raise
        raise translate(error, doing, place) from None


def translate(error: Exception, doing: str, place: Callable[[], str]) -> AwsError:  # noqa: PLR0911 - one for each kind
    """Give the AwsError for an error of botocore."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "NoRegionError" in kinds:
        return NoRegionError(
            f"cannot {doing}: no region was named", hint="Set AWS_REGION, for example to us-east-1"
        )
    if kinds & {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"}:
        return SignInError(f"cannot {doing}: there are no AWS credentials", hint=_AGAIN)
    if "ProfileNotFound" in kinds:
        return SignInError(f"cannot {doing}: {error}", hint="Check AWS_PROFILE and ~/.aws/config")
    if any("Token" in kind or kind.startswith("SSO") for kind in kinds):
        return SignInError(f"cannot {doing}: the sign-in has expired", hint=_AGAIN)
    if "ClientError" in kinds:
        return _answered(error, doing, place)
    if kinds & {"HTTPClientError", "ConnectionError", "EndpointConnectionError"}:
        url = getattr(error, "kwargs", {}).get("endpoint_url")
        to = f" at {url}" if url else ""
        return OutOfReachError(
            f"cannot {doing}: AWS does not answer{to} ({type(error).__name__})",
            hint="Check the network, its proxy, AWS_REGION and AWS_ENDPOINT_URL",
        )
    return AwsError(f"cannot {doing}: {error}", hint="Check the region and how you sign in")


def _answered(error: Any, doing: str, place: Callable[[], str]) -> AwsError:  # noqa: PLR0911 - one for each kind
    code = code_of(error)
    message = " ".join(str(error.response.get("Error", {}).get("Message", "")).split())
    if code in _EXPIRED:
        return SignInError(f"cannot {doing}: the sign-in has expired", hint=_AGAIN)
    if code in _UNKNOWN_KEY:
        return SignInError(f"cannot {doing}: AWS does not know these credentials", hint=_AGAIN)
    if code in _DENIED:
        return _denied(message, doing, place())
    if code in _THROTTLED:
        return ThrottledError(
            f"cannot {doing}: AWS wants fewer calls ({code})", hint="Try again in a minute"
        )
    if code in _NOT_READY:
        return NotReadyError(
            f"cannot {doing}: it is just being made ready ({code})", hint="Try again in a minute"
        )
    if code in _MISSING:
        return MissingError(
            f"cannot {doing}: it is not there ({place()})", hint="Check account and region"
        )
    told = message.rstrip(".") or code
    return AwsError(f"cannot {doing} ({place()}): {told}", hint="Check what AWS says")


def _denied(message: str, doing: str, place: str) -> DeniedError:
    found = re.search(r"perform: ([\w-]+:\w+)", message)
    who = re.search(r"(arn:[^\s\"']+) is not authorized", message)
    action = found[1] if found else None
    subject = who[1] if who else "who you are signed in as"
    explicit = ", an explicit deny forbids it" if "explicit deny" in message else ""
    return DeniedError(
        f"you may not {doing}: {subject} is refused{explicit} ({place})",
        hint=f"Ask for {action}, or sign in as a role that has it"
        if action
        else "Ask for the right, or sign in as a role that has it",
        action=action,
    )
