"""AWS behind a socket, as far as the commands ask it: botocore talks to it as to the real one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "123456789012"


class StubAws:
    """Answers by service and call: `json["ecs.DescribeServices"] = {...}` or a function of the
    request; `stacks` are CloudFormation's, by name; `control` is the control function."""

    def __init__(self) -> None:
        self.json: dict[str, Any] = {}
        self.stacks: dict[str, dict[str, Any]] = {}
        self.subscriptions: list[tuple[str, str]] = []
        self.control: Callable[[dict[str, Any]], tuple[bool, Any]] | None = None
        self.denies: set[str] = set()
        self.calls: list[str] = []

    def add_stack(self, name: str, status: str = "CREATE_COMPLETE", **outputs: str) -> None:
        self.stacks[name] = {"status": status, "outputs": outputs}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer as the service that is asked does."""
        headers: dict[str, str] = {}
        path = request.url.raw_path.decode()
        if path.startswith("/2015-03-31/functions/"):
            name = path.split("/")[3]
            status, headers, text = self.invoke(name, json.loads(request.content))
        elif target := request.headers.get("X-Amz-Target"):
            status, headers, text = self.called(target, json.loads(request.content))
        else:
            form = {key: value[0] for key, value in parse_qs(request.content.decode()).items()}
            status, text = self.queried(form)
        return httpx.Response(status, headers=headers, content=text)

    # Lambda

    def invoke(self, name: str, payload: dict[str, Any]) -> tuple[int, dict[str, str], str]:
        self.calls.append(f"invoke {name} {payload['method']} {payload['path']}")
        if self.control is None:
            return _refusal("ResourceNotFoundException", f"Function not found: {name}", 404)
        failed, answer = self.control(payload)
        headers = {"X-Amz-Function-Error": "Unhandled"} if failed else {}
        return 200, headers, json.dumps(answer)

    # DynamoDB, ECS, Secrets Manager

    def called(self, target: str, request: dict[str, Any]) -> tuple[int, dict[str, str], str]:
        service, _, call = target.partition(".")
        name = f"{service.partition('_')[0].lower()}.{call}"
        self.calls.append(name)
        answer = self.json.get(name)
        if callable(answer):
            answer = answer(request)
        if answer is None:
            return _refusal("ResourceNotFoundException", "it is not there", 400)
        return 200, {}, json.dumps(answer)

    # STS, CloudFormation, SNS

    def queried(self, form: dict[str, str]) -> tuple[int, str]:
        action = form["Action"]
        self.calls.append(f"{action} {form.get('StackName', '')}".strip())
        if action in self.denies:
            told = f"User: arn:aws:iam::1:user/ann is not authorized to perform: x:{action} on y"
            return 403, _xml_error("AccessDenied", told)
        if action == "GetCallerIdentity":
            return 200, _xml(action, f"<Account>{ACCOUNT}</Account><Arn>a</Arn><UserId>u</UserId>")
        if action == "ListSubscriptionsByTopic":
            members = "".join(
                f"<member><Endpoint>{endpoint}</Endpoint><SubscriptionArn>{arn}</SubscriptionArn>"
                "</member>"
                for endpoint, arn in self.subscriptions
            )
            return 200, _xml(action, f"<Subscriptions>{members}</Subscriptions>")
        name = form["StackName"].rpartition("stack/")[2].removesuffix("/1")
        if name not in self.stacks:
            told = f"Stack with id {name} does not exist"
            return 400, _xml_error("ValidationError", told)
        return 200, _xml(action, getattr(self, action)(name))

    def DescribeStacks(self, name: str) -> str:  # noqa: N802 - AWS's spelling
        stack = self.stacks[name]
        if stack["status"] == "DELETE_IN_PROGRESS":
            stack["status"] = "DELETE_COMPLETE"
        outputs = "".join(
            f"<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
            for key, value in stack["outputs"].items()
        )
        return (
            f"<Stacks><member><StackName>{name}</StackName><StackId>{_arn(name)}</StackId>"
            f"<CreationTime>2026-01-01T00:00:00Z</CreationTime>"
            f"<StackStatus>{stack['status']}</StackStatus><Outputs>{outputs}</Outputs>"
            "</member></Stacks>"
        )

    def DescribeStackEvents(self, name: str) -> str:  # noqa: N802 - AWS's spelling
        status = self.stacks[name]["status"]
        return (
            f"<StackEvents><member><StackId>{_arn(name)}</StackId><StackName>{name}</StackName>"
            f"<EventId>{status}</EventId><LogicalResourceId>Rules</LogicalResourceId>"
            "<PhysicalResourceId>p</PhysicalResourceId><ResourceType>AWS::X::Y</ResourceType>"
            f"<Timestamp>2026-01-01T00:00:00Z</Timestamp><ResourceStatus>{status}</ResourceStatus>"
            "</member></StackEvents>"
        )

    def DeleteStack(self, name: str) -> str:  # noqa: N802 - AWS's spelling
        self.stacks[name]["status"] = "DELETE_IN_PROGRESS"
        return ""


def _arn(name: str) -> str:
    return f"arn:aws:cloudformation:eu-central-1:{ACCOUNT}:stack/{name}/1"


def _refusal(code: str, message: str, status: int) -> tuple[int, dict[str, str], str]:
    headers = {"X-Amzn-ErrorType": code}
    return status, headers, json.dumps({"__type": code, "Message": message})


def _xml(action: str, inner: str) -> str:
    return f"<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>"


def _xml_error(code: str, message: str) -> str:
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
        f"<Message>{escape(message)}</Message></Error></ErrorResponse>"
    )


__all__ = ["ACCOUNT", "StubAws"]
