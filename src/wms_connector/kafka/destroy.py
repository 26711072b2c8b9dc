"""Deleting an ephemeral stage's topics: exact names, each of them checked, nothing else.

A named stage cannot get this far: `Deletion`, the only thing that `destroy` takes, cannot be
made for one, whatever names it is given. No name is ever found by a listing or a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wms_connector.model.errors import StageError
from wms_connector.model.topics import deletable, owns_topic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.kafka.admin import Deleted, TopicAdmin
    from wms_connector.model.names import Names
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage


@dataclass(frozen=True, slots=True)
class Deletion:
    """Exact names that may be deleted, all of them the stage's own.

    Raises StageError for a named stage, and for a name that is not the stage's own.
    """

    names: Names
    topics: tuple[str, ...]

    def __post_init__(self) -> None:
        stage = self.names.stage
        if stage.is_named:
            raise StageError(
                f"topics of the named stage {stage} are never deleted",
                hint="Delete them by hand with Kafka's own tools if you are sure",
            )
        foreign = [topic for topic in self.topics if not owns_topic(self.names, topic)]
        if foreign:
            raise StageError(
                f"the stage {stage} does not own {', '.join(foreign)}; nothing was deleted",
                hint="Only the stage's exact names, as `wms-connector names` shows them, can be",
            )


def deletion(pipeline: Pipeline, stage: Stage, *, also: Iterable[str] = ()) -> Deletion:
    """Give what destroying a stage deletes: its desired set, and `also`, from what it once had."""
    topics = dict.fromkeys([*deletable(pipeline, stage), *also])
    return Deletion(pipeline.names(stage), tuple(topics))


def deletion_of(names: Names, topics: Iterable[str]) -> Deletion:
    """Give the deletion of names that were recorded when they were created; no file is needed."""
    return Deletion(names, tuple(dict.fromkeys(topics)))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deletion would do now."""

    would_delete: tuple[str, ...]
    absent: tuple[str, ...]

    def lines(self) -> list[str]:
        """Give it for people: `-` for each topic that would go."""
        count = f"{len(self.would_delete)} to delete, {len(self.absent)} not there"
        return [*(f"- {topic}" for topic in self.would_delete), count]

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {"delete": list(self.would_delete), "absent": list(self.absent)}


def preview(deletion: Deletion, admin: TopicAdmin) -> Preview:
    """Dry run: look which of the names exist; changes nothing."""
    found = admin.existing(deletion.topics)
    return Preview(
        tuple(topic for topic in deletion.topics if topic in found),
        tuple(topic for topic in deletion.topics if topic not in found),
    )


def destroy(deletion: Deletion, admin: TopicAdmin) -> Deleted:
    """Delete the names; those that are not there are fine, so it can be repeated.

    The stage's workers must be gone: a running one would write again.
    """
    return admin.delete(deletion.topics)
