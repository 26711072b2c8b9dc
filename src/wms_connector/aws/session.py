"""The one place that makes clients of AWS's API; boto3 is imported when the first is made."""

from __future__ import annotations

import importlib
import os
import threading
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.errors import (
    AwsError,
    NoRegionError,
    SignInError,
    ToolsMissingError,
    translated,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 30.0
"""Of AWS's own interfaces, which answer within a few; botocore would wait 60 s for each."""


class Aws:
    """An account and a region, as the environment names them.

    `AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL` and all else that AWS's own tools read work
    here too. `session` takes the place of boto3's; `environment` that of the process.
    """

    def __init__(self, session: Any = None, environment: Mapping[str, str] = os.environ) -> None:
        self._given = session
        self._environment = environment
        self._clients: dict[tuple[str, float | None], Any] = {}
        self._account: str | None = None
        self._lock = threading.RLock()  # a session must not make two clients at once

    def client(self, service: str, *, once_within: float | None = None) -> Any:
        """Give a client of a service, the same one each time.

        It tries failed calls again, unless `once_within` seconds is given: then a call is sent
        once and its answer awaited so long. Raises AwsError.
        """
        with self._lock:
            key = (service, once_within)
            if key not in self._clients:
                self._clients[key] = self._made(service, once_within)
            return self._clients[key]

    def doing(self, what: str) -> AbstractContextManager[None]:
        """Translate botocore's errors within: `what` follows "cannot"."""
        return translated(what, self.place)

    @property
    def region(self) -> str:
        """The region; raises NoRegionError."""
        found = self._session.region_name
        if not found:
            raise NoRegionError(
                "no AWS region was named",
                hint="Set AWS_REGION, for example to us-east-1, and sign in if you have not "
                "(AWS_PROFILE)",
            )
        return str(found)

    @property
    def account(self) -> str:
        """The account's number, asked for once; raises AwsError."""
        with self._lock:
            if self._account is None:
                with translated("find out the account", lambda: f"region {self.region}"):
                    self._account = str(self.client("sts").get_caller_identity()["Account"])
            return self._account

    def check(self) -> None:
        """Raise NoRegionError, SignInError or ToolsMissingError where nothing could work.

        Who cannot find out the account's number for another reason may go on.
        """
        try:
            _ = self.account
        except (NoRegionError, SignInError, ToolsMissingError):
            raise
        except AwsError:
            pass

    def place(self) -> str:
        """Say where this is, as far as it can be found out: `account 1234, region us-east-1`."""
        told = []
        for what in ("account", "region"):
            try:
                told.append(f"{what} {getattr(self, what)}")
            except AwsError:
                told.append(f"unknown {what}")
        return ", ".join(told)

    @property
    def _session(self) -> Any:
        with self._lock:
            if self._given is None:
                boto3 = _imported("boto3")
                # boto3 itself knows AWS_DEFAULT_REGION only; AWS's other tools prefer this one.
                region = self._environment.get("AWS_REGION") or None
                with translated("sign in", lambda: "no account"):
                    self._given = boto3.session.Session(region_name=region)
            return self._given

    def _made(self, service: str, once_within: float | None) -> Any:
        config = _imported("botocore.config").Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=once_within or ANSWER_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1 if once_within else 4},
            user_agent_extra="wms-connector",
        )
        region = self.region
        with translated(f"reach {service}", lambda: f"region {region}"):
            return self._session.client(service, config=config)


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise ToolsMissingError(
            "boto3, which talks to AWS, is not installed",
            hint="Install it with `scripts/setup aws`",
        ) from None
