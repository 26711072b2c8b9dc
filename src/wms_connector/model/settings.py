"""The sections of the pipeline file, each a frozen value with its defaults and limits."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from wms_connector.model.errors import WmsError
from wms_connector.model.sizing import DEFAULT, PRODUCTION, Sizing
from wms_connector.model.table import Table

HOUR_MS: Final = 3_600_000


def _to_table(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("write SCHEMA.TABLE as text")  # noqa: TRY004 - what pydantic reports
    try:
        return Table.parse(value)
    except WmsError as error:
        raise ValueError(str(error)) from None


TableField = Annotated[Table, BeforeValidator(_to_table)]
SecretKey = Literal[
    "dbInfo", "brokerString", "kafkaAuth", "alertEmails", "vpc", "iam/path",
    "iam/permissionsBoundary",
]  # fmt: skip
Column = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_$#]{0,127}$")]


class Section(BaseModel):
    """What every section has in common: frozen, strict about types, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class DebeziumSettings(Section):
    """Kind `debezium`: what an operator may want otherwise."""

    log_mining_strategy: Literal["online_catalog", "hybrid"] = "hybrid"
    lob_enabled: bool = False
    heartbeat_interval_ms: int = Field(default=60_000, ge=1_000, le=600_000)
    decimal_handling: Literal["string", "precise", "double"] = "string"

    @model_validator(mode="after")
    def _compatible(self) -> Self:
        if self.lob_enabled and self.log_mining_strategy == "hybrid":
            raise ValueError(
                'log_mining_strategy "hybrid", which is the default, does not go with '
                'lob_enabled = true; with "online_catalog" stop the connector for changes of '
                "a table's columns, when it has read all that was before"
            )
        return self


class JdbcSettings(Section):
    """Kind `jdbc`: the tables it reads (all, if it names none), and how it notices what is new."""

    tables: tuple[TableField, ...] = ()
    connector_class: str = "io.confluent.connect.jdbc.JdbcSourceConnector"
    mode: Literal["timestamp", "timestamp+incrementing"] = "timestamp"
    timestamp_columns: tuple[Column, ...] = Field(default=("SYS_ADD_TS",), min_length=1)
    incrementing_column: Column | None = None
    keys: dict[str, tuple[Column, ...]] = Field(default_factory=dict)
    poll_interval_ms: int = Field(default=2_000, ge=100, le=3_600_000)
    delay_ms: int = Field(default=8_000, ge=0, le=3_600_000)
    batch_max_rows: int = Field(default=5_000, ge=1, le=100_000)
    db_timezone: str = "UTC"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.mode == "timestamp+incrementing") != (self.incrementing_column is not None):
            raise ValueError(
                'incrementing_column goes with mode = "timestamp+incrementing", and only with it'
            )
        return self


class TopicSettings(Section):
    """Data topics: what a new one is given; Kafka's own words and units in the rest."""

    partitions: int = Field(default=3, ge=1, le=100)
    replication: int = Field(default=3, ge=1, le=9)
    retention_hours: int = Field(default=168, ge=1, le=87_600)
    cleanup: Literal["delete", "compact", "compact,delete"] = "delete"
    max_message_bytes: int = Field(default=8_388_608, ge=1_048_576, le=67_108_864)

    @property
    def retention_ms(self) -> int:
        """Retention in milliseconds, as a topic has it."""
        return self.retention_hours * HOUR_MS


class KafkaSettings(Section):
    """The cluster: how to sign in (`auto`: by the brokers' ports), and who else is on it."""

    security: Literal["auto", "plaintext", "tls", "scram", "iam"] = "auto"
    cluster_arn: str | None = None
    shared_by_named_stages: bool = False

    @model_validator(mode="after")
    def _iam_has_a_cluster(self) -> Self:
        if self.security == "iam" and self.cluster_arn is None:
            raise ValueError('security = "iam" needs cluster_arn: its rights are exact names')
        if self.cluster_arn is not None and not re.fullmatch(
            r"arn:aws[a-z-]*:kafka:[a-z0-9-]+:\d{12}:cluster/[^/]+/[^/]+", self.cluster_arn
        ):
            raise ValueError(
                "cluster_arn is no cluster's ARN: arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/UUID"
            )
        return self


class HealthSettings(Section):
    """When health speaks up, and how often it may restart."""

    check_interval_minutes: int = Field(default=10, ge=1, le=60)
    restarts: int = Field(default=3, ge=0, le=10)
    restart_window_minutes: int = Field(default=60, ge=10, le=1_440)
    soft_observations: int = Field(default=3, ge=1, le=10)
    lag_seconds: int = Field(default=300, ge=10, le=86_400)
    archive_headroom_hours: int = Field(default=6, ge=1, le=720)
    runbook: str = Field(default="docs/runbook.md", pattern=r"^[!-~]{1,500}$")


class StageSettings(Section):
    """What one stage has otherwise than the rest; named stages have a dashboard anyway."""

    sizing: Sizing | None = None
    require_own_secrets: tuple[SecretKey, ...] = ()
    ecs_exec: bool = False
    dashboard: bool = False


def default_sizing(stage: str) -> Sizing:
    """Sizing of a stage for which the file says nothing."""
    return PRODUCTION if stage == "production" else DEFAULT
