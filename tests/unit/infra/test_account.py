"""Whether an account is bootstrapped: asked of Systems Manager, as the CDK asks it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from wms_connector.aws.errors import ThrottledError
from wms_connector.aws.session import Aws
from wms_connector.infra.account import NotBootstrappedError, check_bootstrapped

COMMAND = "`scripts/cdk bootstrap --qualifier one aws://123456789012/eu-west-1`"


class Session:
    """One account: its parameters, or the code of the error that reading them gives."""

    region_name = "eu-west-1"

    def __init__(self, parameters: dict[str, str] | None = None, code: str | None = None) -> None:
        self.parameters, self.code = parameters or {}, code

    def client(self, _service: str, **_: Any) -> Session:
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}

    def get_parameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N803 - AWS's spelling
        code = self.code or ("" if Name in self.parameters else "ParameterNotFound")
        if code:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetParameter")
        return {"Parameter": {"Value": self.parameters[Name]}}


def bootstrapped(version: str, qualifier: str = "one") -> Aws:
    return Aws(Session({f"/cdk-bootstrap/{qualifier}/version": version}))


@pytest.mark.parametrize("version", ["6", "27"])
def test_a_bootstrapped_account(version: str) -> None:
    check_bootstrapped(bootstrapped(version))


def test_an_account_that_is_not_names_the_command() -> None:
    with pytest.raises(NotBootstrappedError) as caught:
        check_bootstrapped(bootstrapped("27", "hnb659fds"))  # the CDK's own qualifier
    assert "not bootstrapped with the qualifier one in eu-west-1" in str(caught.value)
    assert COMMAND in str(caught.value)


def test_an_old_bootstrap_stack() -> None:
    with pytest.raises(NotBootstrappedError, match="has version 5, and 6 is needed") as caught:
        check_bootstrapped(bootstrapped("5"))
    assert COMMAND in str(caught.value)


def test_a_version_that_is_no_number_is_left_to_the_deployment() -> None:
    check_bootstrapped(bootstrapped("latest"))


def test_who_may_not_look_is_let_pass() -> None:
    check_bootstrapped(Aws(Session(code="AccessDeniedException")))


def test_any_other_error_is_told() -> None:
    with pytest.raises(ThrottledError, match="see whether the account is bootstrapped"):
        check_bootstrapped(Aws(Session(code="ThrottlingException")))
