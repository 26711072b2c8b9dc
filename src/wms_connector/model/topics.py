"""The topics of a stage, each by its exact name, and which names a stage may delete."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.model.errors import StageError
from wms_connector.model.names import ConnectTopics, Names, check_topic

if TYPE_CHECKING:
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage
    from wms_connector.model.table import Table

OFFSETS_PARTITIONS: Final = 25
STATUS_PARTITIONS: Final = 5
"""Partitions of Connect's topics, its own defaults; the config topic must have exactly one."""

_SCHEMA_AND_TABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class StageTopics:
    """Topics of a stage: a table's data, Debezium's own (none for JDBC), Connect's own."""

    data: dict[Table, str]
    schema_history: str | None
    heartbeat: str | None
    connect: ConnectTopics

    @property
    def internal(self) -> tuple[str, ...]:
        """All that are no data topics."""
        own = (self.schema_history, self.heartbeat)
        return (*(name for name in own if name is not None), *self.connect)

    @property
    def all(self) -> tuple[str, ...]:
        """Every topic of the stage."""
        return (*self.data.values(), *self.internal)


def topic_names(pipeline: Pipeline, stage: Stage) -> StageTopics:
    """Name every topic of a stage; raises StageError for one that Kafka would refuse."""
    names = pipeline.names(stage)
    debezium = pipeline.connector == "debezium"
    topics = StageTopics(
        data={table: pipeline.data_topic(stage, table) for table in pipeline.captured},
        schema_history=names.schema_history if debezium else None,
        heartbeat=names.heartbeat if debezium else None,
        connect=names.connect_topics,
    )
    for name in topics.all:
        check_topic(name)
    return topics


def deletable(pipeline: Pipeline, stage: Stage) -> tuple[str, ...]:
    """Names that destroying an ephemeral stage deletes. Raises StageError for a named stage."""
    if stage.is_named:
        raise StageError(
            f"topics of the named stage {stage} are never deleted",
            hint="Delete them by hand with Kafka's own tools if you are sure",
        )
    return topic_names(pipeline, stage).all


def owns_topic(names: Names, topic: str) -> bool:
    """Tell whether a topic's exact name is one that this ephemeral stage could have created.

    This is the check of a name that comes from elsewhere, for instance from what a deployed
    resource once created for a table that the pipeline file no longer has. A data topic ends in
    `<product>.<schema>.<table>` (Debezium) or `aws.<product>.cdc.<schema>.<table>` (JDBC), where
    schema and table hold no dot and no hyphen: so a name tells its stage without doubt, also
    beside a stage `a.wms`, whose schema history is `a.wms.wms.schema-changes`.
    """
    stage, product = names.stage, names.product
    if stage.is_named:
        return False
    if topic in {names.schema_history, names.heartbeat, *names.connect_topics}:
        return True
    for start in (f"{stage}.{product}.", f"{stage}.aws.{product}.cdc."):
        if topic.startswith(start) and _SCHEMA_AND_TABLE.fullmatch(topic.removeprefix(start)):
            return True
    return False
