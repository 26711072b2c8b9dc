"""A connector of a look for programs: `status` and `watch` give the same fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.health.observation import Connector
    from wms_connector.health.source import Told


def connector_json(
    connector: Connector,
    lag: Told | None,
    explain: Callable[[str], list[dict[str, object]]] | None = None,
) -> dict[str, Any]:
    """Give it with its tasks; `explain` tells what a trace means, for who wants that as well."""

    def traced(trace: str) -> dict[str, Any]:
        meaning = {"explained": explain(trace)} if explain else {}
        return {**meaning, "trace": trace or None}

    return {
        "name": connector.name,
        "ours": connector.ours,
        "state": connector.state,
        "worker": connector.worker,
        **traced(connector.trace),
        "tasks": [
            {"id": task.id, "state": task.state, "worker": task.worker, **traced(task.trace)}
            for task in connector.tasks
        ],
        "lag": dict(lag.value) if lag else None,
    }
