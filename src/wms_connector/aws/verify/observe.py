"""Looking at a deployment: each question by itself, side by side; none of them stops another."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wms_connector.aws.checks import Check, Checks
from wms_connector.aws.control import PURPOSE, digest
from wms_connector.aws.control_transport import Control, LambdaTransport
from wms_connector.aws.errors import AwsError, MissingError
from wms_connector.aws.ledger_table import LedgerTable
from wms_connector.aws.stacks import Stack, Stacks
from wms_connector.aws.verify.brokers import observe_ingress
from wms_connector.aws.verify.facts import (
    AlertFacts,
    ConnectorFacts,
    IngressFacts,
    Observation,
    Seen,
    ServiceFacts,
    SubscriptionFacts,
    Unseen,
)
from wms_connector.aws.workers_service import describe_service
from wms_connector.model.errors import SecretNotFoundError, WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.aws.control import DeploymentReport, ReachReport
    from wms_connector.aws.session import Aws
    from wms_connector.connect.client import ConnectClient
    from wms_connector.model.names import Names
    from wms_connector.model.secrets import AlertEmails

_T = TypeVar("_T")
_AT_ONCE: Final = 8
_NOT_ASKED: Final = Unseen("the stack of the workers is not there")


def seen(question: Callable[[], _T]) -> Seen[_T]:
    """Ask, and give the reason where there is no answer."""
    try:
        return question()
    except WmsError as error:
        return Unseen(error.what, error.hint or "")


class Observer:
    """Asks AWS, and the stage's control function, about one stage.

    `emails` reads the secret `alertEmails`; `client` makes a client of the workers. `clock` gives
    seconds since 1970.
    """

    def __init__(
        self,
        aws: Aws,
        names: Names,
        *,
        emails: Callable[[], AlertEmails],
        client: Callable[[], ConnectClient] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._aws = aws
        self._names = names
        self._emails = emails
        self._control = Control(aws, names)
        self._client = client or self._through_control
        self._clock = clock

    def observe(self) -> Observation:
        """Look at everything."""
        stacks = Stacks(self._aws)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            alerts = pool.submit(seen, lambda: stacks.find(self._names.alerts_stack))
            connector = seen(lambda: stacks.find(self._names.connector_stack))
            there = isinstance(connector, Stack)
            outputs = connector.outputs if isinstance(connector, Stack) else {}

            def ask(question: Callable[[], _T]) -> Callable[[], Seen[_T]]:
                return pool.submit(seen, question).result if there else lambda: _NOT_ASKED

            deployment = ask(self._control.deployment)
            service = ask(lambda: self._service(outputs))
            connectors = ask(self._connectors)
            topics = ask(self._control.topics)
            health = ask(self._health)
            brokers = ask(lambda: self._brokers(deployment(), outputs))
            stack = alerts.result()
            subscribed = pool.submit(seen, lambda: self._alerts(stack))
            return Observation(
                now=self._clock(),
                alerts_stack=stack,
                connector_stack=connector,
                deployment=deployment(),
                service=service(),
                connectors=connectors(),
                topics=topics(),
                alerts=subscribed.result(),
                brokers=brokers(),
                health=health(),
                outputs=outputs,
            )

    def _through_control(self) -> ConnectClient:
        from wms_connector.connect.client import ConnectClient

        transport = LambdaTransport(self._aws, self._names)
        return ConnectClient(f"http://{self._names.function(PURPOSE)}", transport=transport)

    def _service(self, outputs: Mapping[str, str]) -> ServiceFacts:
        found = self._described(outputs)
        newest = found.get("deployments", [{}])[0]
        events = found.get("events", [])
        return ServiceFacts(
            desired=found["desiredCount"],
            running=found["runningCount"],
            pending=found.get("pendingCount", 0),
            rollout=newest.get("rolloutState", ""),
            rollout_reason=newest.get("rolloutStateReason", ""),
            message=events[0].get("message", "") if events else "",
        )

    def _described(self, outputs: Mapping[str, str]) -> dict[str, Any]:
        names = self._names
        cluster, service = (outputs.get(key, names.cluster) for key in ("Cluster", "Service"))
        return describe_service(self._aws, cluster, service)

    def _connectors(self) -> dict[str, ConnectorFacts]:
        from wms_connector.connect.trace import causes

        with self._client() as client:
            expanded = client.expanded()
        found = {}
        for name, entry in expanded.items():
            state = entry.status
            traces = [state.connector.trace, *(task.trace for task in state.tasks)] if state else []
            told = (cause for trace in traces if trace for cause in causes(trace))
            found[name] = ConnectorFacts(
                summary=state.summary() if state else "UNASSIGNED",
                is_running=state is not None and state.is_running,
                is_held=state is not None and state.is_held,
                digest=digest({key: value or "" for key, value in entry.info.config.items()}),
                causes=tuple(dict.fromkeys(told)),
            )
        return found

    def _alerts(self, stack: Seen[Stack | None]) -> AlertFacts:
        if isinstance(stack, Unseen):
            raise AwsError(stack.reason, hint=stack.hint)
        if stack is None:
            raise MissingError("the stack of the alerts is not there")
        topic = stack.outputs.get("AlertsTopicArn", "")
        with self._aws.doing(f"look at the subscriptions of {self._names.alerts_topic}"):
            pages = (
                self._aws.client("sns")
                .get_paginator("list_subscriptions_by_topic")
                .paginate(TopicArn=topic)
            )
            found = [entry for page in pages for entry in page["Subscriptions"]]
        subscriptions = tuple(
            SubscriptionFacts(entry["Endpoint"], entry["SubscriptionArn"].startswith("arn:"))
            for entry in found
        )
        try:
            emails = self._emails()
        except SecretNotFoundError:
            return AlertFacts(subscriptions, None)
        return AlertFacts(subscriptions, emails.distinct, emails.invalid)

    def _brokers(
        self, deployment: Seen[DeploymentReport], outputs: Mapping[str, str]
    ) -> IngressFacts | ReachReport:
        if isinstance(deployment, Unseen) or deployment.cluster_arn is None:
            return self._control.reach()
        return observe_ingress(
            self._aws,
            deployment.cluster_arn,
            deployment.security,
            {
                "workers": (outputs.get("WorkersSecurityGroup", ""), self._worker_subnets(outputs)),
                "functions": (outputs.get("FunctionsSecurityGroup", ""), self._function_subnets()),
            },
        )

    def _worker_subnets(self, outputs: Mapping[str, str]) -> list[str]:
        try:
            network = self._described(outputs).get("networkConfiguration", {})
        except AwsError:
            return []  # the service has a finding of its own
        subnets: list[str] = network.get("awsvpcConfiguration", {}).get("subnets", [])
        return subnets

    def _function_subnets(self) -> list[str]:
        name = self._names.function(PURPOSE)
        try:
            with self._aws.doing(f"look at the function {name}"):
                found = self._aws.client("lambda").get_function_configuration(FunctionName=name)
        except AwsError:
            return []  # then only a rule for its group can be seen to let it in
        subnets: list[str] = found.get("VpcConfig", {}).get("SubnetIds", [])
        return subnets

    def _health(self) -> Check | None:
        client = self._aws.client("dynamodb")
        return Checks(LedgerTable(client, self._names.ledger, self._aws.place)).last()
