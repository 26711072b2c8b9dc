"""Secrets Manager as whoever is signed in reads it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from wms_connector.aws.errors import SignInError
from wms_connector.aws.secret_source import secrets_manager
from wms_connector.aws.session import Aws


class Session:
    """An account with one secret, or nobody who is signed in."""

    region_name = "eu-west-1"

    def __init__(self, *, signed_in: bool = True) -> None:
        self.signed_in = signed_in

    def client(self, _service: str, **_: Any) -> Session:
        return self

    def get_caller_identity(self) -> dict[str, str]:
        if not self.signed_in:
            raise NoCredentialsError
        return {"Account": "111122223333"}

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - AWS's spelling
        return {"SecretString": f"text of {SecretId}"}


def test_a_secret_is_read() -> None:
    source = secrets_manager(Aws(Session()))
    assert source.read("mmdl/main/vpc").get_secret_value() == "text of mmdl/main/vpc"


def test_who_is_not_signed_in_hears_that_and_not_of_a_secret() -> None:
    with pytest.raises(SignInError, match="there are no AWS credentials"):
        secrets_manager(Aws(Session(signed_in=False)))
