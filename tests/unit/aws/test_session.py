"""Clients of AWS are made in one place, and their errors say what to do."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from botocore import exceptions as boto
from tests.unit.aws.fakes import ACCOUNT, REGION, Calls, Session, aws_of, client_error

from wms_connector.aws import session
from wms_connector.aws.errors import (
    AwsError,
    DeniedError,
    MissingError,
    NoRegionError,
    OutOfReachError,
    SignInError,
    ThrottledError,
    ToolsMissingError,
    translate,
    translated,
)
from wms_connector.aws.session import Aws

ARN = "arn:aws:sts::123456789012:assumed-role/reader/ann"


def place() -> str:
    return "account 1, region r"


def denied(action: str, more: str = "") -> Exception:
    text = f"User: {ARN} is not authorized to perform: {action} on resource: *{more}"
    return client_error("AccessDenied", text)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (boto.NoRegionError(), NoRegionError, "no region was named. Set AWS_REGION"),
        (boto.NoCredentialsError(), SignInError, "there are no AWS credentials. Sign in again"),
        (
            boto.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            SignInError,
            "there are no AWS credentials",
        ),
        (boto.ProfileNotFound(profile="odd"), SignInError, "(odd) could not be found"),
        (boto.TokenRetrievalError(provider="sso", error_msg="x"), SignInError, "has expired"),
        (boto.UnauthorizedSSOTokenError(), SignInError, "has expired"),
        (client_error("ExpiredTokenException"), SignInError, "has expired"),
        (client_error("InvalidClientTokenId"), SignInError, "does not know these credentials"),
        (client_error("ThrottlingException"), ThrottledError, "wants fewer calls"),
        (client_error("ResourceNotFoundException"), MissingError, "it is not there (account 1"),
        (
            boto.EndpointConnectionError(endpoint_url="https://x"),
            OutOfReachError,
            "AWS does not answer at https://x (EndpointConnectionError)",
        ),
        (
            boto.ConnectTimeoutError(endpoint_url="https://x"),
            OutOfReachError,
            "does not answer at https://x",
        ),
        (boto.ReadTimeoutError(endpoint_url="https://x"), OutOfReachError, "ReadTimeoutError"),
        (client_error("Odd", "two\n lines."), AwsError, "cannot look (account 1, region r): two"),
        (client_error("Odd", ""), AwsError, "cannot look (account 1, region r): Odd"),
        (boto.UnknownServiceError(service_name="x", known_service_names=["y"]), AwsError, "x"),
        (
            denied("ecs:DescribeServices"),
            DeniedError,
            f"{ARN} is refused (account 1, region r). Ask for ecs:DescribeServices",
        ),
        (
            denied("ecs:X", " with an explicit deny in a service control policy"),
            DeniedError,
            "an explicit deny forbids it",
        ),
        (
            client_error("UnauthorizedOperation", "You are not authorized."),
            DeniedError,
            "who you are signed in as is refused",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_each_error_says_what_and_what_next(
    error: Exception, kind: type[AwsError], told: str
) -> None:
    found = translate(error, "look", place)
    assert type(found) is kind
    assert told in str(found)
    assert "\n" not in str(found)
    assert found.hint


def test_errors_of_others_pass() -> None:
    with pytest.raises(KeyError), translated("look", place):
        raise KeyError
    with pytest.raises(SignInError), translated("look", place):
        raise boto.NoCredentialsError


def test_account_and_region_are_asked_for_once() -> None:
    sts = Calls(get_caller_identity={"Account": ACCOUNT})
    aws = aws_of(sts=sts)
    assert aws.place() == f"account {ACCOUNT}, region {REGION}"
    assert aws.account == ACCOUNT
    aws.check()
    assert len(sts.asked) == 1


def test_where_the_account_cannot_be_told_it_says_so() -> None:
    aws = aws_of(sts=Calls(get_caller_identity=denied("sts:GetCallerIdentity")))
    aws.check()
    assert aws.place() == f"unknown account, region {REGION}"
    unsigned = aws_of(sts=Calls(get_caller_identity=boto.NoCredentialsError()))
    with pytest.raises(SignInError, match="cannot find out the account"):
        unsigned.check()


def test_without_a_region_nothing_is_asked() -> None:
    aws = aws_of(region=None)
    with pytest.raises(NoRegionError, match="Set AWS_REGION"):
        aws.client("ecs")
    with pytest.raises(NoRegionError):
        aws.check()
    assert aws.place() == "unknown account, unknown region"


def test_a_client_is_made_once_and_tries_again_unless_it_must_not() -> None:
    made = Session(ecs=Calls(), **{"lambda": Calls()})
    aws = Aws(made, environment={})
    assert aws.client("ecs") is aws.client("ecs")
    aws.client("lambda", once_within=130.0)
    (_, usual), (_, once) = made.configs
    assert usual.retries == {"mode": "standard", "total_max_attempts": 4}
    assert once.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (usual.read_timeout, once.read_timeout) == (30.0, 130.0)
    assert (usual.user_agent_extra, usual.connect_timeout) == ("wms-connector", 10.0)


def test_a_client_that_cannot_be_made_is_told() -> None:
    aws = aws_of(odd=boto.UnknownServiceError(service_name="odd", known_service_names=["y"]))
    with pytest.raises(AwsError, match="cannot reach odd"):
        aws.client("odd")


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        ({"AWS_REGION": ""}, "us-east-1"),
    ],
)
def test_the_region_is_that_of_aws_other_tools(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert Aws(environment=environment).region == region


def test_without_boto3_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)  # as if it were not installed
    with pytest.raises(ToolsMissingError, match="scripts/setup aws"):
        Aws().check()


def test_nothing_of_botocore_is_needed_to_import_it() -> None:
    source: Any = vars(session)
    assert "boto3" not in source
    assert "botocore" not in source
