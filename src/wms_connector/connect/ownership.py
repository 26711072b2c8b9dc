"""Whether connectors are the stage's own: their names do not tell, what they are set to does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connect.errors import ForeignStageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.connect.reconcile import ActualConnector
    from wms_connector.model.names import Names

_FLUSH_TABLE: Final = "log.mining.flush.table.name"
_SLOT: Final = "slot.name"
_COMMON: Final = "LOG_MINING_FLUSH_"  # of the names that we give; the plugin's own has no more


def check_stage(names: Names, actual: Mapping[str, ActualConnector]) -> None:
    """Raise ForeignStageError if a connector with one of our names serves another stage.

    Every stage's connector has the same name, in a Connect cluster of the stage's own. So the
    address of another stage's worker would have its connector changed, paused or removed. The
    topic prefix tells ephemeral stages, flush table and slot tell named ones from each other.
    A connector that somebody made by hand, with the prefix and none of these, counts as ours.
    """
    for name, connector in actual.items():
        if names.owns_connector(name) and (told := _foreign(names, connector.config)):
            raise ForeignStageError(
                f"the connector {name} there is not that of stage {names.stage}: it has {told}",
                hint="Check --url and --stage: each stage has Kafka Connect workers of its own",
            )


def _foreign(names: Names, config: Mapping[str, str | None]) -> str | None:
    prefix = config.get("topic.prefix")
    jdbc = names.jdbc_prefix("*").removesuffix("*.")
    if prefix is not None and prefix != names.topic_prefix and not prefix.startswith(jdbc):
        return f"topic.prefix={prefix}"
    table, slot = config.get(_FLUSH_TABLE), config.get(_SLOT)
    if table is not None and table.startswith(_COMMON) and table != names.flush_table:
        return f"{_FLUSH_TABLE}={table}"
    if slot is not None and slot != names.slot:
        return f"{_SLOT}={slot}"
    return None
