"""The pipeline file: what an operator edits, and nothing else."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from wms_connector.model.cloud_settings import IamSettings, LogSettings, NetworkSettings
from wms_connector.model.errors import PipelineError, WmsError
from wms_connector.model.names import TOPIC_LIMIT, Names
from wms_connector.model.secrets import resolve
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.settings import (
    DebeziumSettings,
    HealthSettings,
    JdbcSettings,
    KafkaSettings,
    Section,
    StageSettings,
    TableField,
    TopicSettings,
    default_sizing,
)
from wms_connector.model.stage import DEFAULT_PRODUCT, Stage, check_product

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.model.secrets import Resolved, SecretSource
    from wms_connector.model.sizing import Sizing
    from wms_connector.model.table import Table

Delivery = Literal["exactly-once", "at-least-once"]
FILE_NAME: Final = "pipeline.toml"
_SIZE_LIMIT: Final = 1_048_576  # bytes; a pipeline file has some hundred
_LONGEST_STAGE: Final = "x" * 64


def _product(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return check_product(value)
    except WmsError as error:
        raise ValueError(str(error)) from None


class Pipeline(Section):
    """One product's pipeline. `Pipeline.load` reads a file, `Pipeline.parse` its text."""

    product: Annotated[str, BeforeValidator(_product)] = DEFAULT_PRODUCT
    connector: Literal["debezium", "jdbc"] = "debezium"
    delivery: Delivery = "exactly-once"
    secrets_prefix: str = Field(default="mmdl", pattern=r"^[A-Za-z0-9/_+=.@-]{1,128}$")
    tables: tuple[TableField, ...] = Field(min_length=1)
    jdbc: JdbcSettings = JdbcSettings()
    debezium: DebeziumSettings = DebeziumSettings()
    topics: TopicSettings = TopicSettings()
    kafka: KafkaSettings = KafkaSettings()
    health: HealthSettings = HealthSettings()
    network: NetworkSettings = NetworkSettings()
    iam: IamSettings = IamSettings()
    logs: LogSettings = LogSettings()
    stages: dict[str, StageSettings] = Field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Pipeline:
        """Read a file; raises PipelineError that names file, key, value and what is allowed."""
        try:
            size = path.stat().st_size
            if size > _SIZE_LIMIT:
                raise PipelineError(
                    f"{path} has {size:,} bytes, more than a pipeline file can have",
                    hint=f"Name the right file with --pipeline; the limit is {_SIZE_LIMIT:,}",
                )
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise PipelineError(
                f"there is no pipeline file {path}",
                hint="Run the command where pipeline.toml is, or name it with --pipeline FILE",
            ) from None
        except UnicodeDecodeError as error:
            raise PipelineError(
                f"{path} is not UTF-8 text (byte {error.start})", hint="Save it as UTF-8"
            ) from None
        except OSError as error:
            raise PipelineError(
                f"{path} cannot be read: {error.strerror}", hint="Check the path and its rights"
            ) from None
        return cls.parse(text, origin=str(path))

    @classmethod
    def parse(cls, text: str, *, origin: str = FILE_NAME) -> Pipeline:
        """Read a file's text; `origin` is what errors call it."""
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PipelineError(
                f"{origin} is not valid TOML: {error}", hint="Mend that line"
            ) from None
        try:
            # As JSON, because strict types (no "3" for 3) still take a list for a tuple there.
            return cls.model_validate_json(json.dumps(values, default=str), strict=True)
        except ValidationError as error:
            raise PipelineError(_told(origin, error)) from None

    @property
    def captured(self) -> tuple[Table, ...]:
        """The tables that the chosen kind of connector reads."""
        return (self.jdbc.tables or self.tables) if self.connector == "jdbc" else self.tables

    @property
    def schemas(self) -> tuple[str, ...]:
        """Schemas of the captured tables, each once, in the file's order."""
        return tuple(dict.fromkeys(table.schema for table in self.captured))

    def stage(self, text: str | None) -> Stage:
        """Read a stage's name for this pipeline's product; raises StageError."""
        return Stage.parse(text, product=self.product)

    def names(self, stage: Stage) -> Names:
        """All names of a stage of this pipeline."""
        return Names(stage, self.product, self.kafka.shared_by_named_stages)

    def data_topic(self, stage: Stage, table: Table) -> str:
        """The topic that a table's changes reach, by the chosen kind of connector."""
        names = self.names(stage)
        if self.connector == "jdbc":
            return names.jdbc_topic(table)
        return names.debezium_topic(table)

    def connector_names(self, stage: Stage) -> dict[str, str]:
        """The connector of each schema; for Debezium one and the same."""
        names, first = self.names(stage), self.schemas[0]
        if self.connector == "debezium":
            return dict.fromkeys(self.schemas, names.connector)
        return {schema: names.jdbc_connector(schema, first) for schema in self.schemas}

    @property
    def guarantee(self) -> Delivery:
        """The delivery that readers can rely on: JDBC has no exactly-once, whatever is asked."""
        return "at-least-once" if self.connector == "jdbc" else self.delivery

    def settings(self, stage: Stage) -> StageSettings:
        """What the file says about one stage; the defaults if it says nothing."""
        return self.stages.get(stage.name) or StageSettings()

    def sizing(self, stage: Stage) -> Sizing:
        """Task, container and number of workers of a stage."""
        return self.settings(stage).sizing or default_sizing(stage.name)

    def secret(self, source: SecretSource, stage: Stage, key: str) -> Resolved:
        """Read a stage's secret by this file's rules; raises what `secrets.resolve` raises."""
        own_only = key in self.settings(stage).require_own_secrets
        return resolve(source, self.names(stage), self.secrets_prefix, key, own_only=own_only)

    def security(self, brokers: str) -> KafkaSecurity:
        """How to sign in at these brokers; raises PipelineError if their ports do not tell."""
        chosen = self.kafka.security
        return KafkaSecurity.of_brokers(brokers) if chosen == "auto" else KafkaSecurity(chosen)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in self.stages:
            try:
                Stage.parse(name, product=self.product)
            except WmsError as error:
                raise ValueError(f"stages.{name}: {error}") from None
        for key, tables in (("tables", self.tables), ("jdbc.tables", self.jdbc.tables)):
            twice = [str(table) for table, count in Counter(tables).items() if count > 1]
            if twice:
                raise ValueError(f"{key} names {', '.join(twice)} more than once")
        for key, found in (
            ("jdbc.tables", {str(table) for table in self.jdbc.tables}),
            ("jdbc.keys", set(self.jdbc.keys)),
        ):
            if unknown := sorted(found - {str(table) for table in self.tables}):
                raise ValueError(f"{key} names {', '.join(unknown)}, which is not among tables")
        for table in self.captured if self.connector == "jdbc" else self.jdbc.tables:
            if not table.is_plain:
                raise ValueError(f"jdbc cannot read {table}: its name does not fit a topic's")
        self._check_topics()
        return self

    def _check_topics(self) -> None:
        """Refuse here what a broker would refuse later, for the longest stage that there can be."""
        names = Names(Stage.parse(_LONGEST_STAGE), self.product)
        seen: dict[str, Table] = {}
        for table, topic in [
            *((table, names.debezium_topic(table)) for table in self.tables),
            *((table, names.jdbc_topic(table)) for table in self.jdbc.tables or self.tables),
        ]:
            if len(topic) > TOPIC_LIMIT:
                raise ValueError(
                    f"the topic of {table} would have {len(topic)} characters for a stage of 64, "
                    f"over Kafka's {TOPIC_LIMIT}: use a view with a shorter name"
                )
            # Kafka refuses two topics that differ only in '.' and '_'.
            other = seen.setdefault(topic.replace(".", "_"), table)
            if other != table:
                raise ValueError(f"{other} and {table} would share the topic {topic}")


def _told(origin: str, error: ValidationError) -> str:
    """Put pydantic's findings into one line: file, key, value, what is allowed."""
    told = []
    for finding in error.errors(include_url=False):
        key = ".".join(str(part) for part in finding["loc"]) or "the file"
        message = finding["msg"].removeprefix("Value error, ")
        if finding["type"] == "extra_forbidden":
            message = "no such key; docs/pipeline.md lists them"
        elif finding["type"] == "missing":
            message = "it is required"
        elif not isinstance(finding["input"], dict):
            message = f"{finding['input']!r} is refused: {message}"
        told.append(f"{key}: {message}")
    return f"{origin}: " + "; ".join(told)
