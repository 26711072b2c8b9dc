"""A stage on the emulated AWS: its pipeline file, its secrets, and the commands of an operator."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import httpx
from confluent_kafka.admin import AdminClient
from tests.e2e.support import PATIENCE, Reader, until

from wms_connector.aws.checks import Check, Checks
from wms_connector.aws.ledger_table import LedgerTable
from wms_connector.kafka.clients import Cluster, client_settings
from wms_connector.local import ports, worker
from wms_connector.model.environment import Env
from wms_connector.model.names import EXPORTER_PORT
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import psutil
    from tests.aws.emulator import Emulator

    from wms_connector.local.runtime import LocalRuntime

VPC: Final = {"id": "vpc-0123456789abcdef0", "privateSubnets": ["subnet-0123456789abcdef0"]}
EMAIL: Final = "on-call@example.com"
COMMAND_SECONDS: Final = 900
_EXPORTER: Final = re.compile(r"\.jar=127\.0\.0\.1:\d+:")
_hosts = itertools.count(2)


@dataclass(frozen=True)
class Ground:
    """What stages stand on: the emulator, and a runtime's broker and database."""

    emulator: Emulator
    runtime: LocalRuntime
    repository: Path

    @property
    def folder(self) -> Path:
        """A folder of these tests."""
        return self.emulator.folder

    @cached_property
    def database(self) -> Mapping[str, str]:
        """The values of `dbInfo`, by the names of the worker's variables."""
        from wms_connector.local.sources import source_of

        state = self.runtime.recorded()
        return source_of(state).worker_environment(self.runtime.folder, state)

    @property
    def brokers(self) -> str:
        """The broker's address."""
        return self.runtime.status().bootstrap_servers

    @property
    def password(self) -> str:
        """The database user's: must be seen nowhere."""
        return self.database[Env.DB_PASSWORD]

    def database_secret(self) -> str:
        """Give `dbInfo`, as an operator has written it."""
        keys = {
            "ip": Env.DB_HOST,
            "port": Env.DB_PORT,
            "db": Env.DB_NAME,
            "pdb": Env.DB_PDB,
            "user": Env.DB_USER,
            "password": Env.DB_PASSWORD,
            "jdbcUrl": Env.DB_URL,
        }
        return json.dumps({key: self.database[name] for key, name in keys.items()})

    def keep_secrets(self) -> None:
        """Put the secrets of every stage into Secrets Manager."""
        for key, value in {
            "vpc": json.dumps(VPC),
            "iam/path": "/applications/",
            "iam/permissionsBoundary": f"arn:aws:iam::{self.emulator.account}:policy/boundary",
            "brokerString": json.dumps({"brokerString": self.brokers}),
            "dbInfo": self.database_secret(),
            "alertEmails": json.dumps({"emails": [EMAIL]}),
        }.items():
            self.keep_secret("default", key, value)

    def keep_secret(self, stage: str, key: str, value: str) -> None:
        """Put one secret there."""
        self.emulator.client("secretsmanager").create_secret(
            Name=f"mmdl/{stage}/{key}", SecretString=value
        )

    @cached_property
    def admin(self) -> AdminClient:
        """Looks at the broker."""
        return AdminClient(client_settings(Cluster(self.brokers, KafkaSecurity.PLAINTEXT)))

    def topics(self) -> set[str]:
        """Give the names of all topics that the broker has."""
        return set(self.admin.list_topics(timeout=PATIENCE).topics)

    def worker_command(self, folder: Path, host: str) -> list[str]:
        """Give how a worker is started here, with its own folder, and its exporter at `host`."""
        launch = self.runtime.recorded().parts[worker.name(1)].launch
        own = folder / "worker"
        (own / "tmp").mkdir(parents=True, exist_ok=True)
        theirs = self.runtime.folder.part(worker.name(1))
        arguments = own / "java.args"
        shutil.copy(theirs / "exporter.yaml", own)
        text = (theirs / "java.args").read_text().replace(str(theirs), str(own))
        text, count = _EXPORTER.subn(f".jar={host}:{EXPORTER_PORT}:", text)
        assert count == 1, text
        arguments.write_text(text)
        return [launch.argv[0], f"@{arguments}"]

    def plugin_path(self) -> str:
        """Give the plugins of the runtime's worker."""
        settings = self.runtime.folder.part(worker.name(1)) / "worker.properties"
        lines = dict(
            line.split("=", 1) for line in settings.read_text().splitlines() if "=" in line
        )
        return lines["plugin.path"]


class Site:
    """One stage, its folder and its port."""

    def __init__(self, ground: Ground, stage: str, *, without: str = "") -> None:
        self.ground = ground
        self.folder = ground.folder / f"stage-{stage}"
        self.folder.mkdir()
        self._commands = itertools.count(1)
        # The exporter's port is the same for all workers: each stage has an address of its own.
        self.host = f"127.{os.getpid() >> 8 & 255}.{os.getpid() & 255}.{next(_hosts)}"
        self.port = ports.choose()
        self.url = f"http://{self.host}:{self.port}"
        self.pipeline_file = self.folder / "pipeline.toml"
        self._write_pipeline(without)
        self.stage = self.pipeline.stage(stage)
        self.names = self.pipeline.names(self.stage)
        self._announce_task()

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline file as it is now."""
        return Pipeline.load(self.pipeline_file)

    def _write_pipeline(self, without: str) -> None:
        """Write the pipeline file of WMS for one broker, perhaps without a table."""
        text = (self.ground.repository / "pipeline.toml").read_text()
        text = text.replace("replication = 3", "replication = 1")
        self.pipeline_file.write_text(text.replace(f'  "{without}",\n', ""))

    @property
    def stacks(self) -> tuple[str, str]:
        """Both stacks."""
        return self.names.alerts_stack, self.names.connector_stack

    def run(self, *arguments: str, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a command of the product as an operator would; the password is seen nowhere."""
        return self._started([sys.executable, "-m", "wms_connector.cli", *arguments], status=status)

    def cdk(self, command: str, *, status: int | None = 0) -> str:
        """Run plain `cdk` for both stacks, from the clone; gives all that is told."""
        done = self._started(
            [sys.executable, "-m", "wms_connector.infra.toolkit", command, *self.stacks,
             "-c", f"stage={self.stage.name}", "-c", f"pipeline={self.pipeline_file}",
             *self.context, "--require-approval", "never",
             "--output", str(self.folder / "cdk.out")],
            status=status,
        )  # fmt: skip
        return f"{done.stdout}\n{done.stderr}"

    @property
    def context(self) -> list[str]:
        """What is different on an emulator."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return ["-c", f"connect-url={self.url}", "-c", f"functions-python={python}"]

    def _started(
        self, command: list[str], *, status: int | None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; if the tests end before, so does it, with all it started."""
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.ground.emulator.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                out, err = process.communicate(timeout=COMMAND_SECONDS)
            except BaseException:
                process.terminate()
                raise
        told = f"{out}\n{err}"
        number = next(self._commands)
        (self.folder / f"command-{number:02}.txt").write_text(f"{command}\n{told}")
        assert self.ground.password not in told
        assert status is None or process.returncode == status, told
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def of_stage(
        self, command: str, *arguments: str, status: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command with this stage and its pipeline file."""
        file = str(self.pipeline_file)
        return self.run(
            command, "--stage", self.stage.name, "--pipeline", file, *arguments, status=status
        )

    def json_of(self, command: str, *arguments: str, status: int | None = 0) -> Any:
        """Run a command with --json, and give what it tells."""
        return json.loads(self.of_stage(command, "--json", *arguments, status=status).stdout)

    def deploy(self, *, status: int = 0) -> str:
        """Deploy the stage; gives all that is told."""
        done = self.of_stage("deploy", "--yes", *self.context, status=status)
        return f"{done.stdout}\n{done.stderr}"

    def destroy(self, *, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Destroy the stage: from its name alone, without a pipeline file."""
        return self.run(
            "destroy", "--stage", self.stage.name, "--product", "wms", "--yes", status=status
        )

    def stack(self, name: str | None = None) -> dict[str, Any] | None:
        """Give a stack, that of the workers unless told otherwise; None if there is none."""
        cloudformation = self.ground.emulator.client("cloudformation")
        stacks = cloudformation.describe_stacks()["Stacks"]
        wanted = name or self.names.connector_stack
        return next((stack for stack in stacks if stack["StackName"] == wanted), None)

    def status_of(self, name: str | None = None) -> str | None:
        """Give a stack's status."""
        stack = self.stack(name)
        return None if stack is None else str(stack["StackStatus"])

    def connector(self) -> Any:
        """Give the connector's status, from the worker itself."""
        answer = httpx.get(
            f"{self.url}/connectors/{self.names.connector}/status", timeout=60, trust_env=False
        )
        return answer.json()

    def events(self) -> list[tuple[str, str, str]]:
        """Give what CloudFormation tells of both stacks, oldest first: id, resource, status."""
        cloudformation = self.ground.emulator.client("cloudformation")
        pages = cloudformation.get_paginator("describe_stack_events")
        found = []
        for stack in self.stacks:
            told = [
                (event["EventId"], event["LogicalResourceId"], event["ResourceStatus"])
                for page in pages.paginate(StackName=stack)
                for event in page["StackEvents"]
            ]
            found += reversed(told)
        return found

    @property
    def ledger(self) -> LedgerTable:
        """What the stage's functions remember."""
        return LedgerTable(self.ground.emulator.client("dynamodb"), self.names.ledger)

    def checked(self, after: float = 0.0) -> Check:
        """Wait for a health check after a time, seconds since 1970, and give it."""

        def done() -> Check | None:
            check = Checks(self.ledger).last()
            return check if check is not None and check.at > after else None

        check = until(done, "a health check")
        assert check is not None
        return check

    def call(self, purpose: str, event: Any = None) -> Any:
        """Call one of the stage's functions as an operator would, and give its answer."""
        answer = self.ground.emulator.client("lambda").invoke(
            FunctionName=self.names.function(purpose), Payload=json.dumps(event)
        )
        told = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, told
        return told

    def worker(self) -> psutil.Process:
        """Give the process of the stage's one task."""
        [found] = [
            process
            for process in self.ground.emulator.processes()
            if any(str(self.folder) in word for word in process.cmdline()[1:])
        ]
        return found

    def tasks(self) -> list[str]:
        """Give the running tasks of the service."""
        ecs = self.ground.emulator.client("ecs")
        found: list[str] = ecs.list_tasks(cluster=self.names.cluster)["taskArns"]
        return found

    def answers(self) -> bool:
        """Whether the worker takes part: it may be starting."""
        try:
            return httpx.get(f"{self.url}/health", timeout=60, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def states(self) -> list[str]:
        """Give the connector's state and those of its tasks."""
        status = self.connector()
        return [status["connector"]["state"], *(task["state"] for task in status["tasks"])]

    def config(self) -> dict[str, str]:
        """Give the connector's configuration, from the worker itself."""
        url = f"{self.url}/connectors/{self.names.connector}/config"
        found: dict[str, str] = httpx.get(url, timeout=60, trust_env=False).json()
        return found

    def own_topics(self) -> set[str]:
        """Give those of the broker's topics that this stage's desired set names."""
        return set(topic_names(self.pipeline, self.stage).all) & self.ground.topics()

    def reader(self, *, from_beginning: bool = False) -> Reader:
        """Read the stage's data topics."""
        topics = topic_names(self.pipeline, self.stage).data.values()
        return Reader(self.ground.runtime.status(), topics, from_beginning=from_beginning)

    def _announce_task(self) -> None:
        """Say what the container's image is here: the laptop's Java, with this stage's port."""
        file = self.ground.folder / "tasks.json"
        images = json.loads(file.read_text()) if file.exists() else {}
        images[self.names.cluster] = {
            "command": self.ground.worker_command(self.folder, self.host),
            "folder": str(self.folder),
            "properties": {
                "plugin.path": self.ground.plugin_path(),
                "listeners": self.url,
                "rest.advertised.host.name": self.host,
                "rest.advertised.port": str(self.port),
            },
        }
        file.write_text(json.dumps(images))
