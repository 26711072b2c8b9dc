"""Looking at a deployment: what AWS answers becomes facts, and no failure stops another look."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.aws.fakes import Calls, ControlFunction, aws_of, client_error
from tests.unit.aws.healthy import DEPLOYMENT, NAMES, OUTPUT_VALUES, OWN, REACH, TOPICS
from tests.unit.connect.fake_worker import FakeWorker, status

from wms_connector.aws.checks import Check
from wms_connector.aws.control import digest
from wms_connector.aws.verify.brokers import observe_ingress
from wms_connector.aws.verify.facts import (
    AlertFacts,
    Comer,
    IngressFacts,
    IngressRule,
    ServiceFacts,
    SubscriptionFacts,
    Unseen,
)
from wms_connector.aws.verify.observe import Observer
from wms_connector.model.errors import SecretError, SecretNotFoundError
from wms_connector.model.secrets import AlertEmails
from wms_connector.model.security import KafkaSecurity

CLUSTER = "arn:aws:kafka:eu-central-1:1:cluster/c/1"


def described(name: str, **outputs: str) -> dict[str, Any]:
    return {
        "Stacks": [
            {
                "StackName": name, "StackId": f"arn:{name}", "StackStatus": "CREATE_COMPLETE",
                "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()],
            }
        ]
    }  # fmt: skip


class Here:
    def __init__(self) -> None:
        worker = FakeWorker()
        worker.add(OWN, {"connector.class": "X"})
        self.worker = worker
        self.control = ControlFunction(NAMES, worker)
        self.deployment = DEPLOYMENT
        self.stacks: dict[str, Any] = {
            NAMES.alerts_stack: described(NAMES.alerts_stack, AlertsTopicArn="arn:topic"),
            NAMES.connector_stack: described(NAMES.connector_stack, **OUTPUT_VALUES),
        }
        self.service: dict[str, Any] = {
            "status": "ACTIVE", "desiredCount": 2, "runningCount": 1, "pendingCount": 1,
            "deployments": [{"rolloutState": "IN_PROGRESS", "rolloutStateReason": "started"}],
            "events": [{"message": "newest"}, {"message": "older"}],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        }  # fmt: skip
        self.subscriptions = [
            {"Endpoint": "a@x.com", "SubscriptionArn": "arn:aws:sns:x"},
            {"Endpoint": "b@x.com", "SubscriptionArn": "PendingConfirmation"},
        ]
        kept = {"at": {"N": "90"}, "interval": {"N": "600"}, "severity": {"S": "info"}}
        self.health: dict[str, Any] = {"Item": kept}
        self.emails: Any = AlertEmails(emails=("a@x.com", "odd"))
        self.clients: dict[str, Any] = {
            "cloudformation": Calls(describe_stacks=self._stack),
            "ecs": Calls(describe_services=lambda **_: {"services": [self.service]}),
            "dynamodb": Calls(get_item=lambda **_: self.health),
            "sns": Calls(
                list_subscriptions_by_topic=lambda **_: {"Subscriptions": self.subscriptions}
            ),
            "kafka": Calls(
                describe_cluster_v2={
                    "ClusterInfo": {
                        "Provisioned": {"BrokerNodeGroupInfo": {"SecurityGroups": ["sg-b"]}}
                    }
                }
            ),
            "ec2": Calls(
                describe_security_group_rules={
                    "SecurityGroupRules": [
                        {"IsEgress": False, "IpProtocol": "tcp", "FromPort": 9098, "ToPort": 9098,
                         "ReferencedGroupInfo": {"GroupId": "sg-w"}},
                    ]
                },
                describe_subnets={"Subnets": [{"CidrBlock": "10.0.1.0/24"}]},
            ),
        }  # fmt: skip

    def _stack(self, StackName: str) -> Any:  # noqa: N803
        found = self.stacks[StackName]
        if isinstance(found, Exception):
            raise found
        return found

    def observe(self) -> Any:
        self.control.own = {
            "/-/deployment": self.deployment.model_dump(mode="json"),
            "/-/topics": TOPICS.model_dump(mode="json"),
            "/-/reach": REACH.model_dump(mode="json"),
        }
        calls = Calls(
            invoke=self.control.invoke,
            get_function_configuration={"VpcConfig": {"SubnetIds": ["subnet-2"]}},
        )
        clients = {"lambda": calls, **self.clients}

        def emails() -> AlertEmails:
            if isinstance(self.emails, Exception):
                raise self.emails
            return self.emails

        return Observer(aws_of(**clients), NAMES, emails=emails, clock=lambda: 100.0).observe()


@pytest.fixture
def here() -> Here:
    return Here()


def test_everything_is_looked_at(here: Here) -> None:
    seen = here.observe()
    assert seen.now == 100.0
    assert seen.connector_stack.outputs["Stage"] == "main"
    assert seen.outputs == OUTPUT_VALUES
    assert seen.service == ServiceFacts(2, 1, 1, "IN_PROGRESS", "started", "newest")
    assert seen.deployment == DEPLOYMENT
    assert seen.topics == TOPICS
    assert seen.brokers == REACH
    assert seen.health == Check(at=90.0, interval=600.0, severity="info")
    assert seen.alerts == AlertFacts(
        (SubscriptionFacts("a@x.com", True), SubscriptionFacts("b@x.com", False)),
        ("a@x.com",),
        ("odd",),
    )
    facts = seen.connectors[OWN]
    assert (facts.summary, facts.is_running, facts.causes) == ("RUNNING, task 0 RUNNING", True, ())
    assert facts.digest == digest({"connector.class": "X"})


def test_a_failed_task_comes_with_its_causes(here: Here) -> None:
    trace = "java.lang.A: first\n\tat x\nCaused by: java.sql.B: ORA-01017 password=tiger"
    here.worker.states[OWN] = status(OWN, "RUNNING", ("FAILED", "FAILED"), trace)
    facts = here.observe().connectors[OWN]
    assert not facts.is_running
    assert len(facts.causes) == len(set(facts.causes)) > 0
    assert "tiger" not in str(facts)


def test_a_connector_without_a_status_is_unassigned(here: Here) -> None:
    del here.worker.states[OWN]
    facts = here.observe().connectors[OWN]
    assert (facts.summary, facts.is_running, facts.is_held) == ("UNASSIGNED", False, False)


def test_nothing_more_is_asked_of_a_stage_that_is_not_there(here: Here) -> None:
    gone = client_error("ValidationError", "Stack with id x does not exist")
    here.stacks = dict.fromkeys(here.stacks, gone)
    seen = here.observe()
    assert (seen.alerts_stack, seen.connector_stack) == (None, None)
    for what in ("service", "connectors", "topics", "deployment", "health", "brokers", "alerts"):
        assert isinstance(getattr(seen, what), Unseen)
    assert here.control.asked == []


def test_each_look_that_fails_is_unseen_and_stops_no_other(here: Here) -> None:
    no = client_error("AccessDeniedException", "x is not authorized to perform: a:B on y")
    here.clients |= {
        "ecs": Calls(describe_services=no),
        "sns": Calls(list_subscriptions_by_topic=no),
        "dynamodb": Calls(get_item=no),
    }
    seen = here.observe()
    for what in ("service", "alerts", "health"):
        found = getattr(seen, what)
        assert isinstance(found, Unseen)
        assert "Ask for a:B" in found.hint
    assert seen.topics == TOPICS
    assert OWN in seen.connectors


def test_a_service_that_was_deleted_by_hand(here: Here) -> None:
    here.service["status"] = "INACTIVE"
    assert "there is no ECS service" in here.observe().service.reason
    here.clients["ecs"] = Calls(describe_services={"services": []})
    assert "there is no ECS service" in here.observe().service.reason


def test_a_service_that_says_little(here: Here) -> None:
    here.service = {"desiredCount": 1, "runningCount": 1}
    assert here.observe().service == ServiceFacts(1, 1, 0, "")


def test_no_health_check_yet(here: Here) -> None:
    here.health = {}
    assert here.observe().health is None


def test_addresses_that_are_not_there_or_not_to_be_read(here: Here) -> None:
    here.emails = SecretNotFoundError("there is no secret")
    assert here.observe().alerts.wanted is None
    here.emails = SecretError("reading it is denied", hint="Allow it")
    assert here.observe().alerts == Unseen("reading it is denied", "Allow it")


def test_with_the_clusters_arn_the_brokers_rules_are_read(here: Here) -> None:
    here.deployment = DEPLOYMENT.model_copy(update={"cluster_arn": CLUSTER})
    facts = here.observe().brokers
    assert isinstance(facts, IngressFacts)
    assert (facts.groups, facts.port) == (("sg-b",), 9098)
    assert facts.rules == (IngressRule("sg-w", 9098, 9098),)
    assert facts.wanted == (
        Comer("workers", "the-WorkersSecurityGroup", ("10.0.1.0/24",)),
        Comer("functions", "the-FunctionsSecurityGroup", ("10.0.1.0/24",)),
    )
    assert all(asked.path != "/-/reach" for asked in here.control.asked)


def test_subnets_that_cannot_be_seen_leave_the_groups(here: Here) -> None:
    here.deployment = DEPLOYMENT.model_copy(update={"cluster_arn": CLUSTER})
    no = client_error("UnauthorizedOperation")
    here.clients["ec2"].answers["describe_subnets"] = no
    assert [comer.ranges for comer in here.observe().brokers.wanted] == [(), ()]
    here.clients["ecs"] = Calls(describe_services=no)
    assert [comer.ranges for comer in here.observe().brokers.wanted] == [(), ()]


def test_a_control_function_that_may_not_be_looked_at_has_no_subnets(here: Here) -> None:
    no = client_error("AccessDeniedException")
    aws = aws_of(**{"lambda": Calls(get_function_configuration=no)})
    observer = Observer(aws, NAMES, emails=lambda: AlertEmails(emails=("a@x.com",)))
    assert observer._function_subnets() == []


def test_rules_of_a_serverless_cluster() -> None:
    def rule(protocol: str, first: int, last: int, **more: Any) -> dict[str, Any]:
        return {"IpProtocol": protocol, "FromPort": first, "ToPort": last, "IsEgress": False} | more

    rules = [
        rule("-1", -1, -1, IsEgress=True, CidrIpv4="0.0.0.0/0"),
        rule("udp", 1, 2, CidrIpv4="1.0.0.0/8"),
        {"IsEgress": False, "IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8"},
        rule("tcp", -1, -1, CidrIpv6="fd::/8"),
        rule("tcp", 1, 9, PrefixListId="pl-1"),
        rule("tcp", 1, 9),
    ]
    info = {"Serverless": {"VpcConfigs": [{"SecurityGroupIds": ["sg-1"]}, {"SubnetIds": []}]}}
    aws = aws_of(
        kafka=Calls(describe_cluster_v2={"ClusterInfo": info}),
        ec2=Calls(describe_security_group_rules={"SecurityGroupRules": rules}),
    )
    facts = observe_ingress(aws, CLUSTER, KafkaSecurity.IAM, {"functions": ("sg-f", [])})
    assert facts.groups == ("sg-1",)
    assert facts.rules == (
        IngressRule("10.0.0.0/8", None, None),
        IngressRule("fd::/8", None, None),
        IngressRule("pl-1", 1, 9),
        IngressRule("", 1, 9),
    )
    assert facts.wanted == (Comer("functions", "sg-f", ()),)


def test_a_cluster_without_groups_is_told(here: Here) -> None:
    here.deployment = DEPLOYMENT.model_copy(update={"cluster_arn": CLUSTER})
    here.clients["kafka"] = Calls(describe_cluster_v2={"ClusterInfo": {}})
    assert "names no security group" in here.observe().brokers.reason


def test_alerts_of_a_stack_that_cannot_be_seen(here: Here) -> None:
    here.stacks[NAMES.alerts_stack] = client_error("Throttling")
    seen = here.observe()
    assert (
        seen.alerts
        == seen.alerts_stack
        == Unseen(
            "cannot look at the stack wms-alerts-main: AWS wants fewer calls (Throttling)",
            "Try again in a minute",
        )
    )
