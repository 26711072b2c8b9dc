"""The way to a deployment's workers: an httpx transport that invokes the control function.

A client of Kafka Connect does not know the difference. What it would send as a body goes no
further than this machine: the function is told its digest only.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from wms_connector.aws.control import (
    ANSWER_LOST,
    DEPLOYMENT,
    FAULT,
    FORBIDDEN,
    HEALTH,
    NOT_SENT,
    OTHER_CONFIG,
    PURPOSE,
    REACH,
    TOPICS,
    ControlReply,
    ControlRequest,
    DeploymentReport,
    HealthReport,
    ReachReport,
    TopicsReport,
    allowed,
    digest,
)
from wms_connector.aws.errors import (
    ControlError,
    DeniedError,
    MissingError,
    NotDeployedError,
    NotReadyError,
    ThrottledError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.aws.checks import Check
    from wms_connector.aws.session import Aws
    from wms_connector.model.names import Names

_T = TypeVar("_T", bound=BaseModel)

ANSWER_SECONDS: Final = 130.0
"""For one answer: a worker may try its database for 90 s, and the function starts up first."""
_THROTTLED_WAITS: Final = (1.0, 2.0, 4.0)
_READY_WAITS: Final = (5.0, 10.0, 20.0, 20.0, 20.0, 20.0)
"""A function that has slept for weeks gets its network back within a minute or so."""


class LambdaTransport(httpx.BaseTransport):
    """Relays requests through a stage's control function.

    Raises AwsError where the function is missing, may not be invoked, fails, or refuses the call;
    httpx's own errors where no worker took the call or its answer was lost.
    """

    def __init__(
        self, aws: Aws, names: Names, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._aws = aws
        self._names = names
        self._function = names.function(PURPOSE)
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Relay one request."""
        reply = self._invoked(self._asked(request))
        if reply.status in {FORBIDDEN, OTHER_CONFIG}:
            raise ControlError(
                f"{self._function}: {_message(reply.body) or 'the call is refused'}",
                hint=f"Deploy first: `wms-connector deploy --stage {self._names.stage}`"
                if reply.status == OTHER_CONFIG
                else "Use the same version of wms-connector as the deployment",
            )
        if reply.status == NOT_SENT:
            raise httpx.ConnectError(_message(reply.body), request=request)
        if reply.status == ANSWER_LOST:
            raise httpx.ReadError(_message(reply.body), request=request)
        return httpx.Response(reply.status, headers=reply.headers, text=reply.body, request=request)

    def _asked(self, request: httpx.Request) -> ControlRequest:
        """What of a request goes to the function; raises ControlError for what it never relays."""
        path = request.url.raw_path.split(b"?")[0].decode("ascii")
        try:
            asked = ControlRequest.model_validate(
                {
                    "method": request.method,
                    "path": path,
                    "query": request.url.params.multi_items(),
                    "config_digest": _digest_of(request.read()),
                }
            )
        except ValidationError:
            asked = None
        if asked is None or allowed(asked, self._names) is None:
            raise ControlError(
                f"{request.method} {path} is not relayed to a deployment: only looking at its "
                "own connectors, and restarting, pausing, stopping or removing them, is",
                hint="Deploy a change; a call with a body of its own needs --url and a way to "
                "the workers",
            )
        return asked

    def _invoked(self, asked: ControlRequest) -> ControlReply:
        # A connection that breaks is httpx's own error: the client knows which calls it may
        # repeat, and says of the others that they may have been done.
        waits = {ThrottledError: iter(_THROTTLED_WAITS), NotReadyError: iter(_READY_WAITS)}
        while True:
            try:
                return self._once(asked)
            except (ThrottledError, NotReadyError) as error:  # nothing was done
                if (pause := next(waits[type(error)], None)) is None:
                    raise
                self._sleep(pause)

    def _once(self, asked: ControlRequest) -> ControlReply:
        client = self._aws.client("lambda", once_within=ANSWER_SECONDS)
        try:
            with self._aws.doing(f"invoke {self._function}"):
                answer = _invoke(client, self._function, asked)
        except MissingError:
            raise not_deployed(self._names, self._aws.place()) from None
        except DeniedError as error:
            raise DeniedError(
                f"{error.what}",
                hint=f"Ask for lambda:InvokeFunction on {self._function}",
                action="lambda:InvokeFunction",
            ) from None
        failed, payload = answer
        if failed:
            raise self._failed(payload)
        try:
            return ControlReply.model_validate(payload)
        except ValidationError:
            raise ControlError(
                f"{self._function} does not answer as a control function does",
                hint="Use the same version of wms-connector as the deployment",
            ) from None

    def _failed(self, payload: Any) -> Exception:
        """Tell a time-out, after which anything may have been done, from a fault inside.

        A fault's words are shown if they are ours. Others nobody has redacted: they stay in the
        function's log.
        """
        found = payload if isinstance(payload, dict) else {}
        kind = str(found.get("errorType", ""))
        log = f"aws logs tail /aws/lambda/{self._function}"
        if kind == FAULT:
            return ControlError(
                f"{self._function} cannot do its work: {found.get('errorMessage', '')}",
                hint=f"Its log says more: {log}",
            )
        if kind == "Sandbox.Timedout" or "timed out" in str(found.get("errorMessage", "")):
            return httpx.ReadTimeout(f"{self._function} ran out of time")
        return ControlError(
            f"{self._function} failed inside ({kind or 'it gives no reason'})",
            hint=f"Look into its log: {log}",
        )


class Control:
    """What the control function knows by itself, of the deployment and of its topics."""

    def __init__(
        self, aws: Aws, names: Names, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._transport = LambdaTransport(aws, names, sleep=sleep)
        self._function = names.function(PURPOSE)

    def deployment(self) -> DeploymentReport:
        """Ask what the stage was deployed with; raises AwsError."""
        return self._answer(DEPLOYMENT, DeploymentReport)

    def topics(self) -> TopicsReport:
        """Ask how the topics are; raises AwsError."""
        return self._answer(TOPICS, TopicsReport)

    def reach(self) -> ReachReport:
        """Ask who can be reached from the functions' subnets; raises AwsError."""
        return self._answer(REACH, ReachReport)

    def health(self) -> Check | None:
        """Ask for the last health check; None if there was none yet. Raises AwsError."""
        return self._answer(HEALTH, HealthReport).check

    def _answer(self, path: str, form: type[_T]) -> _T:
        request = httpx.Request("GET", f"http://{self._function}{path}")
        try:
            response = self._transport.handle_request(request)
        except httpx.TransportError as error:
            raise ControlError(
                f"{self._function} does not answer GET {path}: {error}",
                hint="Try again; its log says more",
            ) from None
        if response.status_code != httpx.codes.OK:
            told = _message(response.text) or f"status {response.status_code}"
            raise ControlError(
                f"{self._function} cannot answer GET {path}: {told}", hint="Its log says more"
            )
        try:
            return form.model_validate_json(response.text)
        except ValidationError:
            raise ControlError(
                f"{self._function} does not answer GET {path} in the form that is known here",
                hint="Use the same version of wms-connector as the deployment",
            ) from None


def not_deployed(names: Names, place: str) -> NotDeployedError:
    """Give the error for a stage of which there is nothing here."""
    return NotDeployedError(
        f"stage {names.stage} is not deployed in this account and region ({place})",
        hint=f"Check AWS_PROFILE and AWS_REGION, or `wms-connector deploy --stage {names.stage}`",
    )


def _invoke(client: Any, function: str, asked: ControlRequest) -> tuple[bool, Any]:
    """Give whether the function failed, and what it says."""
    try:
        answer = client.invoke(
            FunctionName=function,
            InvocationType="RequestResponse",
            Payload=asked.model_dump_json().encode(),
        )
        content = answer["Payload"].read()
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        if kinds & {"ReadTimeoutError", "ConnectionClosedError", "ResponseStreamingError"}:
            raise httpx.ReadTimeout(f"{function} did not answer") from error
        raise
    return "FunctionError" in answer, _data(content)


def _data(content: bytes | str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _digest_of(body: bytes) -> str | None:
    config = _data(body)
    return digest(config) if isinstance(config, dict) else None


def _message(body: str) -> str:
    found = _data(body)
    return str(found.get("message", "")) if isinstance(found, dict) else ""
