"""Two named stages on one cluster would write the same topics: look before registering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.kafka.errors import NoRightsError, SecondNamedStageError

if TYPE_CHECKING:
    from wms_connector.kafka.admin import TopicAdmin
    from wms_connector.model.names import Names


def check_alone(names: Names, admin: TopicAdmin) -> None:
    """Raise SecondNamedStageError if another named stage lives on the cluster, or may do so.

    A named stage leaves a mark: its Connect config topic. The other named stages' are described,
    by exact name. Where that is not allowed nobody can tell, so it counts as being there.
    Ephemeral stages have topics of their own, and `shared_by_named_stages` allows it: no look.
    """
    if not names.stage.is_named or names.shared_by_named_stages:
        return
    marks = {other.connect_topics.config: other.stage for other in names.other_named_stages()}
    try:
        found = admin.existing(marks)
    except NoRightsError as error:
        raise SecondNamedStageError(
            f"cannot tell whether another named stage uses this cluster: {error.what}",
            hint=f"Allow Describe on {', '.join(marks)}, "
            "or set shared_by_named_stages = true under [kafka]",
        ) from None
    if found:
        others = ", ".join(f"{marks[topic]} (topic {topic})" for topic in found)
        raise SecondNamedStageError(
            f"the stage {names.stage} would write the topics of {others} on the same cluster",
            hint="Give each named stage its own cluster, or set shared_by_named_stages = true "
            "under [kafka] if both shall write them",
        )
