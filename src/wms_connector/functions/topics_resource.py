"""The topics of a deployment as CloudFormation's resource: create, align, delete.

What was ever meant to be created is written to the ledger before it is created. So a deletion
knows every name, those of removed tables and of a former kind too, and can be repeated however it
was interrupted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.errors import AwsError, MissingError
from wms_connector.aws.ledger import Deletion as Report
from wms_connector.aws.properties import KEEP, topics_of
from wms_connector.functions.flush_table import drop
from wms_connector.functions.readable import cut, readable
from wms_connector.kafka.admin import Deleted
from wms_connector.kafka.destroy import deletion_of, destroy
from wms_connector.kafka.errors import KafkaFailure, UnreachableError
from wms_connector.kafka.guard import check_alone
from wms_connector.kafka.plan import plan
from wms_connector.model.errors import SecretError, StageError, WmsError
from wms_connector.model.topics import owns_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wms_connector.functions.flush_table import FlushTable
    from wms_connector.functions.network import Opener
    from wms_connector.functions.place import Place
    from wms_connector.kafka.plan import Difference, TopicPlan
    from wms_connector.kafka.topics import DesiredTopic

WORKERS_SECONDS: Final = 120.0
"""How long the workers may still be in their group: ECS has stopped them before, and a killed one
is a member for the 6 s of its session."""
_DATA_LIMIT: Final = 1_500
"""Bytes of the differences: CloudFormation takes an answer of 4096 in all."""


class LeftoverError(WmsError):
    """A creation failed, and what it had created could not be removed."""


@dataclass(frozen=True, slots=True)
class TopicsResource:
    """One stage's topics. `told` hears what is done; `opener` stands in for Oracle's driver."""

    place: Place
    told: Callable[[str], object] = str
    opener: Opener | None = None

    @property
    def id(self) -> str:
        """The resource's physical id. It never changes: a change would be a deletion."""
        return f"{self.place.names.connector_stack}-topics"

    def create(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Create what is desired, as `update` does.

        When it fails, an ephemeral stage's topics are removed again: the framework does not pass on
        the deletion that follows a failed creation.
        """
        try:
            return self._brought(properties, created=True)
        except Exception as error:
            self._undo(error)
            raise

    def update(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Create and align; topics that are no longer desired stay until the stage is destroyed.

        Raises KafkaFailure, AwsError, SecretError, StageError.
        """
        return self._brought(properties, created=False)

    def delete(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Delete every topic of an ephemeral stage; of a named one nothing, whatever is asked.

        Raises GroupInUseError while workers run, UnreachableError if Kafka is out of reach,
        StageError for a name that is another's, and nothing is forgotten then: do it again.
        """
        names = self.place.names
        if names.stage.is_named or properties.get(KEEP) == "true":
            self.told(f"stage {names.stage} keeps its topics")
            return {}
        recorded = self._recorded()
        never_created = recorded is not None and not recorded
        deletion = deletion_of(names, sorted({*(recorded or ()), *_named(properties)}))
        try:
            deleted = self._deleted(deletion.topics)
        except (KafkaFailure, SecretError) as error:
            if not never_created or not _out_of_reach(error):
                raise
            # Names are recorded before they are created, so there is nothing to delete.
            self.told(f"no topic was ever created; Kafka cannot be asked: {error.what}")
            deleted = Deleted((), deletion.topics)
        self.told(f"deleted {len(deleted.deleted)} topics; {len(deleted.absent)} were not there")
        self._report(deleted)
        return {}

    def _brought(self, properties: Mapping[str, Any], *, created: bool) -> dict[str, Any]:
        names = self.place.names
        desired = topics_of(properties)
        _check_own(self.place, desired)
        admin = self.place.kafka.topics
        made = plan(desired, admin.describe(topic.name for topic in desired))
        made.check()
        # When nothing is to be done nobody is harmed, and a roll-back must not be refused.
        if created or not made.is_empty:
            check_alone(names, admin)
        self.place.ledger.add_topics(topic.name for topic in desired)
        applied = admin.apply(made, progress=self.told)
        told = _told(made)
        for line in told:
            self.told(line)
        return {
            "PhysicalResourceId": self.id,
            "Data": {
                "Created": str(len(applied.created)),
                "Altered": str(len(applied.altered)),
                "Differences": cut("; ".join(told), _DATA_LIMIT),
            },
        }

    def _undo(self, error: Exception) -> None:
        """Remove what a failed creation has created."""
        if self.place.names.stage.is_named:
            return
        left: frozenset[str] | None = None
        try:
            left = self._recorded()
            if left:
                deletion = deletion_of(self.place.names, sorted(left))
                self._deleted(deletion.topics, seconds=0)
        except WmsError as failure:
            if left:
                first = error.what if isinstance(error, WmsError) else readable(error)
                raise LeftoverError(
                    f"{first}; and topics that were created are left, because {failure.what}",
                    hint="Remove them with `wms-connector topics destroy "
                    f"--stage {self.place.names.stage}`, or deploy and destroy the stage again",
                ) from None

    def _recorded(self) -> frozenset[str] | None:
        """The ledger's names: empty if none was ever recorded, None if there is no ledger."""
        try:
            return self.place.ledger.topics() or frozenset()
        except MissingError:
            self.told("there is no ledger: what the resource's properties name is deleted")
            return None

    def _deleted(self, topics: Iterable[str], *, seconds: float = WORKERS_SECONDS) -> Deleted:
        names, kafka = self.place.names, self.place.kafka
        kafka.groups.remove(names.group_id, seconds=seconds)
        return destroy(deletion_of(names, topics), kafka.topics)

    def _report(self, deleted: Deleted) -> None:
        table = self._flush_table()
        report = Report(len(deleted.deleted))
        if table is not None:
            gone = "is gone" if table.dropped else "is left"
            self.told(f"the table {table.name} in Oracle {gone}: {table.reason or 'dropped'}")
            report = Report(len(deleted.deleted), table.name, table.dropped, table.reason)
        try:
            self.place.ledger.report(report)
        except AwsError as error:
            self.told(f"nobody can be told through the ledger: {error.what}")

    def _flush_table(self) -> FlushTable | None:
        """Drop the table, if the database is one in which Debezium makes it."""
        if self.place.deployment.database.vendor != "oracle":
            return None
        place = self.place
        return drop(
            place.names.flush_table,
            place.secrets.database,
            self.opener,
            redact=lambda text: place.redactor().text(text),
        )


def _check_own(place: Place, desired: Iterable[DesiredTopic]) -> None:
    """Refuse what an ephemeral stage could not delete again."""
    names = place.names
    foreign = [topic.name for topic in desired if not owns_topic(names, topic.name)]
    if foreign and not names.stage.is_named:
        raise StageError(
            f"the stage {names.stage} does not own {', '.join(foreign)}; nothing was created",
            hint="Deploy the stage's own template",
        )


def _named(properties: Mapping[str, Any]) -> list[str]:
    """Names in the properties; none if they cannot be read, for the ledger has them all."""
    try:
        return [topic.name for topic in topics_of(properties)]
    except WmsError:
        return []


def _out_of_reach(error: WmsError) -> bool:
    return isinstance(error, UnreachableError | SecretError)


def _told(made: TopicPlan) -> list[str]:
    return [_sentence(difference) for difference in made.differences]


def _sentence(found: Difference) -> str:
    return (
        f"{found.topic} has {found.actual} {found.what}, desired {found.desired}; "
        f"left as it is: {found.why}"
    )
