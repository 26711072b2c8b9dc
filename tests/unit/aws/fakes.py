"""AWS in memory: a session of clients, a CloudFormation that deletes, a control function."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from botocore.exceptions import ClientError

from wms_connector.aws.control import ControlReply, ControlRequest, allowed
from wms_connector.aws.session import Aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wms_connector.model.names import Names

ACCOUNT = "123456789012"
REGION = "eu-central-1"


def client_error(code: str, message: str = "said AWS", operation: str = "Op") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Calls:
    """A client whose methods are given by name: a value, an error, or a function of the call."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self.answers:
            raise AttributeError(name)

        def call(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            answer = self.answers[name]
            if isinstance(answer, Exception):
                raise answer
            return answer(**arguments) if callable(answer) else answer

        return call

    def get_paginator(self, name: str) -> Any:
        call = getattr(self, name)

        class Pages:
            def paginate(self, **arguments: Any) -> Iterator[Any]:
                yield call(**arguments)

        return Pages()


class Session:
    """What boto3's session gives."""

    def __init__(self, region: str | None = REGION, **clients: Any) -> None:
        self.region_name = region
        self.clients = {"sts": Calls(get_caller_identity={"Account": ACCOUNT}), **clients}
        self.configs: list[tuple[str, Any]] = []

    def client(self, service: str, config: Any) -> Any:
        self.configs.append((service, config))
        found = self.clients[service]
        if isinstance(found, Exception):
            raise found
        return found


def aws_of(region: str | None = REGION, **clients: Any) -> Aws:
    return Aws(Session(region, **clients), environment={})


class CloudFormation:
    """Stacks that are deleted one resource a look. `fails` are reasons by logical id."""

    def __init__(self) -> None:
        self.stacks: dict[str, dict[str, Any]] = {}
        self.pending: dict[str, list[Callable[[], None]]] = {}
        self.fails: dict[str, str] = {}
        self.keeps: set[str] = set()
        self.calls: list[str] = []
        self.forgets = False
        self._time = datetime(2026, 1, 1, tzinfo=UTC)
        self.events: dict[str, list[dict[str, Any]]] = {}

    def add(self, name: str, *resources: str, **more: Any) -> None:
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/1"
        self.stacks[arn] = {
            "StackName": name, "StackId": arn, "StackStatus": "CREATE_COMPLETE",
            "resources": list(resources), **more,
        }  # fmt: skip
        self.events[arn] = []
        self._event(arn, name, "CREATE_COMPLETE", arn)

    def status(self, name: str) -> str:
        return self._find(name)["StackStatus"]

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        self.calls.append(f"describe {StackName.rsplit('/', maxsplit=1)[-1]}")
        stack = self._find(StackName)
        steps = self.pending.get(stack["StackId"], [])
        if steps:
            steps.pop(0)()
        if stack["StackStatus"] == "DELETE_COMPLETE" and self.forgets:
            raise self._missing(StackName)
        return {"Stacks": [stack]}

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        stack = self._find(StackName)
        arn = stack["StackId"]
        self.calls.append(f"delete {stack['StackName']}")
        self.pending[arn] = [lambda: self._stack(arn, "DELETE_IN_PROGRESS")]
        for resource in list(stack["resources"]):
            self.pending[arn].append(
                lambda r=resource: self._resource(arn, r, "DELETE_IN_PROGRESS")
            )
            self.pending[arn].append(lambda r=resource: self._resource_ends(arn, r))
        self.pending[arn].append(lambda: self._ends(arn))

    def get_paginator(self, name: str) -> Any:
        assert name == "describe_stack_events"
        events = self.events

        class Pages:
            def paginate(self, StackName: str) -> Iterator[dict[str, Any]]:  # noqa: N803
                found = events[StackName][::-1]
                for start in range(0, len(found), 3):
                    yield {"StackEvents": found[start : start + 3]}

        return Pages()

    def _find(self, name: str) -> dict[str, Any]:
        for arn, stack in self.stacks.items():
            gone = stack["StackStatus"] == "DELETE_COMPLETE"
            if arn == name or (stack["StackName"] == name and not gone):
                return stack
        raise self._missing(name)

    def _missing(self, name: str) -> ClientError:
        return client_error("ValidationError", f"Stack with id {name} does not exist")

    def _resource(self, arn: str, logical: str, status: str, reason: str = "") -> None:
        self._event(arn, logical, status, f"physical-{logical}", reason)

    def _resource_ends(self, arn: str, logical: str) -> None:
        if logical in self.fails:
            self._resource(arn, logical, "DELETE_FAILED", self.fails[logical])
            return
        self.stacks[arn]["resources"].remove(logical)
        self._resource(
            arn, logical, "DELETE_SKIPPED" if logical in self.keeps else "DELETE_COMPLETE"
        )

    def _ends(self, arn: str) -> None:
        failed = self.stacks[arn]["resources"]
        if failed:
            self.stacks[arn]["StackStatusReason"] = f"failed to delete: {failed}. "
        self._stack(arn, "DELETE_FAILED" if failed else "DELETE_COMPLETE")

    def _stack(self, arn: str, status: str) -> None:
        self.stacks[arn]["StackStatus"] = status
        self._event(arn, self.stacks[arn]["StackName"], status, arn)

    def _event(self, arn: str, logical: str, status: str, physical: str, reason: str = "") -> None:
        self._time += timedelta(seconds=1)
        self.events[arn].append(
            {
                "EventId": f"{arn}-{len(self.events[arn])}", "StackId": arn,
                "Timestamp": self._time, "LogicalResourceId": logical,
                "PhysicalResourceId": physical, "ResourceType": f"AWS::{logical}",
                "ResourceStatus": status, "ResourceStatusReason": reason,
            }
        )  # fmt: skip


class ControlFunction:
    """Lambda with a stage's control function in front of a worker; `own` are its own answers."""

    def __init__(
        self, names: Names, worker: Callable[[httpx.Request], httpx.Response] | None = None
    ) -> None:
        self.names = names
        self.worker = worker
        self.configs: dict[str, dict[str, str]] = {}
        self.own: dict[str, Any] = {}
        self.asked: list[ControlRequest] = []
        self.answers: list[Any] = []
        """Before anything else: errors to raise, replies, or raw (FunctionError, payload)."""

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> Any:  # noqa: N803
        assert (FunctionName, InvocationType) == (self.names.function("control"), "RequestResponse")
        failed, payload = self.handle(json.loads(Payload))
        answer = {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(payload).encode())}
        return answer | ({"FunctionError": "Unhandled"} if failed else {})

    def handle(self, payload: dict[str, Any]) -> tuple[bool, Any]:
        asked = ControlRequest.model_validate(payload)
        self.asked.append(asked)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, ControlReply):
                return False, answer.model_dump()
            return answer
        return False, self._reply(asked).model_dump()

    def _reply(self, asked: ControlRequest) -> ControlReply:
        from wms_connector.aws.control import digest

        rule = allowed(asked, self.names)
        if rule is None:
            return ControlReply.own(403, "that is not relayed")
        if rule.rule.own:
            return ControlReply(status=200, body=json.dumps(self.own[asked.path]))
        body = None
        if rule.rule.renders:
            found = [c for c in self.configs.values() if digest(c) == asked.config_digest]
            if not found:
                return ControlReply.own(412, "the deployed pipeline renders another configuration")
            body = found[0]
        assert self.worker is not None
        request = httpx.Request(
            asked.method, f"http://worker{asked.path}", params=list(asked.query), json=body
        )
        answer = self.worker(request)
        return ControlReply(status=answer.status_code, body=answer.text)
