"""A stage's topics as a look sees them: whether each is there, and how old its newest event is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.health.observation import Topic
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from wms_connector.kafka.topics import ActualTopic
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

    class Admin(Protocol):
        """What is needed of kafka.admin.TopicAdmin."""

        def describe(self, names: Iterable[str]) -> Mapping[str, ActualTopic]:
            """Describe those of the topics that exist."""

    class Records(Protocol):
        """What is needed of kafka.records.Records."""

        def newest(self, partitions: Mapping[str, int]) -> Mapping[str, int | None]:
            """Give each topic's newest timestamp in milliseconds since 1970."""

        def ends(self, partitions: Mapping[str, int]) -> Mapping[str, int]:
            """Give where each topic ends."""


_MS: Final = 1000


def observe_topics(
    admin: Admin, records: Records, pipeline: Pipeline, stage: Stage, *, ends: bool = False
) -> tuple[Topic, ...]:
    """Look at every topic of a stage; data topics have a table and perhaps a newest record.

    `ends`: ask where they end as well, for who tells how fast they grow.

    Raises a KafkaFailure.
    """
    names = topic_names(pipeline, stage)
    tables = {topic: str(table) for table, topic in names.data.items()}
    there = admin.describe(names.all)
    data = {name: there[name].partitions for name in tables if name in there}
    newest = records.newest(data)
    end = records.ends(data) if ends else {}
    return tuple(
        Topic(
            name=name,
            exists=name in there,
            table=tables.get(name, ""),
            newest=None if (time := newest.get(name)) is None else time / _MS,
            end=end.get(name),
        )
        for name in names.all
    )
