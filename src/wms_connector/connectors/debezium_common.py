"""What the configurations of both Debezium connectors have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wms_connector.connectors.converters import JSON_WITH_SCHEMAS
from wms_connector.connectors.tuning import DEBEZIUM_QUEUE, producer_overrides

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

_SPECIAL: Final = re.compile(r"([.$^|?*+()\[\]{}\\])")


def escaped(text: str) -> str:
    """Write an identifier as a regular expression that matches it and nothing else."""
    return _SPECIAL.sub(r"\\\1", text)


def include_list(values: Iterable[object]) -> str:
    """Write exact names as one of Debezium's lists of regular expressions.

    Debezium matches each entry against the whole name, so that entries need no `^` and `$`.
    """
    return ",".join(escaped(str(value)) for value in values)


def debezium_settings(pipeline: Pipeline, stage: Stage) -> dict[str, str]:
    """Give the settings that a Debezium connector has whatever its database."""
    return {
        "tasks.max": "1",
        "topic.prefix": pipeline.names(stage).topic_prefix,
        "schema.include.list": include_list(pipeline.schemas),
        "table.include.list": include_list(pipeline.tables),
        "snapshot.mode": "initial",
        "decimal.handling.mode": pipeline.debezium.decimal_handling,
        "interval.handling.mode": "string",
        "time.precision.mode": "adaptive",
        "tombstones.on.delete": "true",
        # The default skips TRUNCATE, after which a topic would keep rows that the table has lost.
        "skipped.operations": "none",
        **_delivery(pipeline),
        **DEBEZIUM_QUEUE,
        **producer_overrides(pipeline),
        **JSON_WITH_SCHEMAS,
    }


def _delivery(pipeline: Pipeline) -> dict[str, str]:
    required = pipeline.delivery == "exactly-once"
    return {
        "exactly.once.support": "required" if required else "requested",
        # One poll, one transaction: bounded in bytes by the queue, and committed at once.
        "transaction.boundary": "poll",
        "errors.max.retries": "-1",
        "errors.tolerance": "none",
        "event.processing.failure.handling.mode": "fail",
    }
