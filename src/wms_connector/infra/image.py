"""The worker's image as a value: what it is made from, its digest, and how a container is run.

Making it is `wms_connector.local.image`'s business. Nothing is fetched or built to know its digest,
so a template can be made on a machine that has neither the artefacts nor Docker.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self

from wms_connector.connectors.properties import render_properties
from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.connectors.worker import WorkerPlace, worker_properties
from wms_connector.health.exporter import exporter_config
from wms_connector.model.environment import Env
from wms_connector.model.errors import WmsError
from wms_connector.model.java import OPTIONS, WORKER_OPTIONS, logging_option, quoted
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.plugin import VARIABLE, PluginError, PluginSource
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["debezium", "jdbc"]
Platform = Literal["linux/amd64", "linux/arm64"]

BASE_VARIABLE: Final = "WMS_CONNECTOR_IMAGE_BASE"
"""Environment variable that names another base image, a company's own for example."""

AGENT_IMAGE_VARIABLE: Final = "WMS_CONNECTOR_AGENT_IMAGE"
"""Environment variable that names another image of the CloudWatch agent, a mirror's for example."""

HOME: Final = "/opt/connect"
PLUGIN_PATH: Final = f"{HOME}/plugins"
TEMPORARY: Final = "/tmp"  # noqa: S108 - the container's own, a volume
"""The one folder that the container writes to: a volume that its user owns."""
USER: Final = "10001:10001"
STOP_TIMEOUT_S: Final = 60
"""Seconds between SIGTERM and SIGKILL. Connect gives its tasks 10 s
(`task.shutdown.graceful.timeout.ms`), closes its clients, and leaves its group."""
LOG_EVENT: Final = r"^\d{4}-\d\d-\d\dT"
"""How a log event begins: further lines (a stack trace) belong to it."""


class Liveness(NamedTuple):
    """ECS's health check of a container; times in seconds."""

    command: tuple[str, ...]
    interval_s: int
    timeout_s: int
    retries: int
    start_period_s: int


HEALTH: Final = Liveness(("CMD", f"{HOME}/alive"), 35, 10, 10, 180)
"""`GET /` without a JVM. It does not ask the brokers, and answers while they are away; and even if
it did not, the first of ten silences and the last are more than five minutes apart. Three minutes
more are given to a start on half a processor."""

SCRIPTS: Final = ("worker", "alive")
_FILES: Final = (
    "Dockerfile", ".dockerignore", *SCRIPTS, "train", "server.properties", "java.lock",
    "artifacts.lock",
)  # fmt: skip
_LOGGING: Final = "log4j2.xml"
_RECIPE: Final = 2  # one more whenever `local.image` puts the same files together otherwise
_DEFAULT_BASE: Final = re.compile(r"^ARG BASE=(\S+)$", re.MULTILINE)


class ImageError(WmsError):
    """The worker's image cannot be described or made."""


@dataclass(frozen=True, slots=True)
class ImageSource:
    """What an image is made from. `connector_class` and `plugins` are kind `jdbc`'s."""

    connector: Kind
    base: str
    platform: Platform = "linux/amd64"
    connector_class: str = ""
    plugins: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        pipeline: Pipeline,
        *,
        base: str | None = None,
        platform: Platform = "linux/amd64",
        plugins: tuple[str, ...] | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """Take what is not named from the environment, else from the Dockerfile."""
        chosen = base or environment.get(BASE_VARIABLE) or default_base()
        if pipeline.connector != "jdbc":
            return cls(pipeline.connector, chosen, platform)
        named = tuple(filter(None, environment.get(VARIABLE, "").split(os.pathsep)))
        return cls(
            "jdbc",
            chosen,
            platform,
            pipeline.jdbc.connector_class,
            named if plugins is None else plugins,
        )

    def digest(self) -> str:
        """Give the SHA-256, in hex, of all that the image depends on.

        Raises ImageError and PluginError for an operator's plugin that is missing.
        """
        parts = [
            json.dumps([_RECIPE, self.connector, self.base, self.platform, self.connector_class]),
            *(f"{name}\n{text}" for name, text in sorted(self.texts().items())),
            *(f"{name}\n{file(name).read_text(encoding='utf-8')}" for name in _FILES),
            logging_configuration().read_text(encoding="utf-8"),
            *map(_plugin_digest, self.sources()),
        ]
        whole = "".join(hashlib.sha256(part.encode()).hexdigest() for part in parts)
        return hashlib.sha256(whole.encode()).hexdigest()

    def sources(self) -> tuple[PluginSource, ...]:
        """Give the operator's plugins; raises ImageError if kind `jdbc` has none."""
        if self.connector == "jdbc" and not self.plugins:
            raise ImageError(
                "a pipeline of kind jdbc needs its connector's plugin in the image, and Maven's "
                "central repository has none",
                hint=f"Download it from its maker and name its folder, or its archive as "
                f'FILE#sha256=DIGEST, in {VARIABLE}; or set connector = "debezium"',
            )
        return tuple(PluginSource.parse(text) for text in self.plugins)

    @property
    def name(self) -> str:
        """Name of the image on the machine that builds it."""
        return f"wms-connector-worker:{self.digest()[:16]}"

    def command(self) -> list[str]:
        """Give the command that builds the image and prints its name: a CDK asset's executable."""
        kind = ["--connector", self.connector]
        if self.connector_class:
            kind += ["--connector-class", self.connector_class]
        plugins = (word for text in self.plugins for word in ("--plugin", _absolute(text)))
        return [
            sys.executable, "-m", "wms_connector.cli", "image", "build",
            *kind, "--base", self.base, "--platform", self.platform, *plugins,
        ]  # fmt: skip

    def texts(self) -> dict[str, str]:
        """Give the files of the build that are rendered: path in the context and text."""
        options = (
            *OPTIONS,
            *WORKER_OPTIONS,
            logging_option(f"{HOME}/{_LOGGING}"),
            f"-Djava.io.tmpdir={TEMPORARY}",
            # What a crash of Java leaves goes where the logs go: the container's files go with it.
            "-XX:+ErrorFileToStderr",
        )
        pipeline = training_pipeline(self.connector, self.connector_class)
        stage = pipeline.stage("training")
        place = WorkerPlace(
            plugin_path=PLUGIN_PATH,
            advertised_host=Env.REST_ADVERTISED_HOST_NAME.reference,
            replication=1,
            rest_host="127.0.0.1",
            rest_port=_TRAINING_PORT,
        )
        configs = render(
            pipeline, stage, database=DatabaseShape(pdb=True), security=KafkaSecurity.PLAINTEXT
        )
        return {
            "connect/exporter.yaml": exporter_config(),
            "connect/java.options": "".join(f"{quoted(option)}\n" for option in options),
            "training/worker.properties": render_properties(
                worker_properties(pipeline, stage, where=place)
            ),
            **{
                f"training/validate/{config['connector.class']}.json": json.dumps(
                    {"name": name, **config}
                )
                for name, config in configs.items()
            },
        }


_TRAINING_PORT: Final = 18083  # as image/train has it


def training_pipeline(connector: Kind, connector_class: str = "") -> Pipeline:
    """Give a pipeline of one table: its worker and connectors are what a build trains on."""
    text = f'connector = "{connector}"\ntables = ["WMS.A"]\n'
    if connector == "jdbc":
        text += f'[jdbc]\nkeys = {{ "WMS.A" = ["ID"] }}\nconnector_class = "{connector_class}"\n'
    return Pipeline.parse(text, origin="the training's pipeline")


def default_base() -> str:
    """Give the base that the Dockerfile names."""
    match = _DEFAULT_BASE.search(file("Dockerfile").read_text(encoding="utf-8"))
    if match is None:
        raise ImageError("image/Dockerfile names no base", hint="Let it begin with ARG BASE=…")
    return match[1]


def files() -> Iterator[Path]:
    """Give the files that are written by hand, or locked."""
    yield from map(file, _FILES)
    yield logging_configuration()


def file(name: str) -> Path:
    """Give a file of image/: in an installed package beside this module, else in the clone."""
    beside = Path(__file__).with_name("image_files") / name
    return beside if beside.is_file() else Path(__file__).parents[3] / "image" / name


def logging_configuration() -> Path:
    """Give Log4j's configuration: the one of the laptop's workers."""
    return Path(__file__).parents[1] / "local" / _LOGGING


def _absolute(text: str) -> str:
    name, mark, checksum = text.partition("#")
    return f"{Path(name).expanduser().absolute()}{mark}{checksum}"


def _plugin_digest(source: PluginSource) -> str:
    """Tell a plugin by its content: an archive by its checksum, a folder by its files'."""
    if source.sha256 is not None:
        return source.sha256
    folder = source.path.expanduser()
    if not folder.is_dir():
        raise PluginError(
            f"there is no folder {folder}", hint="Name the folder that holds the plugin's jars"
        )
    found = sorted(
        (str(path.relative_to(folder)), path) for path in folder.rglob("*") if path.is_file()
    )
    lines = []
    for name, path in found:
        with path.open("rb") as stream:
            lines.append(f"{name} {hashlib.file_digest(stream, 'sha256').hexdigest()}")
    return "\n".join(lines)
