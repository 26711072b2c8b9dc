"""Kafka Connect's REST API, typed. Any worker of a group will do; several can be given.

What comes out is safe to show: configurations and traces are redacted by key and by the values
of `secrets`, validate answers are rebuilt (see `validation`). `ConnectorInfo.config` alone is as
the worker has it, because differences are made from it: show it through `redactor`.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import httpx

from wms_connector.connect.caller import message_of, part
from wms_connector.connect.errors import (
    HalfDoneError,
    NotFoundError,
    RejectedConfigError,
    UnsupportedError,
)
from wms_connector.connect.models import (
    ConnectorInfo,
    ConnectorState,
    ConnectorStatus,
    Expanded,
    HeadStatus,
    InitialState,
    OffsetEntry,
    Offsets,
)
from wms_connector.connect.plugins import INVALID, VALIDATING_SECONDS, PluginCalls
from wms_connector.connect.validation import (
    sentences,
)
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.connect.reply import Reply


class ConnectClient(PluginCalls):
    """A client of one Connect cluster. Use it as a context manager, or call `close`.

    `urls` are workers of the same group. `secrets` are values to mask in all texts. `transport`
    takes the place of the network; `clock` and `sleep` are in seconds. Every method raises a
    ConnectFailure that says what to do next; passing faults are tried again within `patience`.
    """

    # Connectors

    def connectors(self) -> tuple[str, ...]:
        """Names of the connectors, sorted."""
        data = self._ok(self._http.call("GET", "/connectors"), "the connectors")
        return tuple(sorted(self._parsed(tuple[str, ...], data)))

    def expanded(self) -> dict[str, Expanded]:
        """Every connector with configuration and status (2.3 and later).

        Kafka Connect leaves out of this answer what has no status yet, so that is asked for.
        """
        params = {"expand": ["info", "status"]}
        data = self._ok(self._http.call("GET", "/connectors", params=params), "the connectors")
        found = self._parsed(dict[str, Expanded], data)
        for name in self.connectors():
            if name not in found:
                with contextlib.suppress(NotFoundError):  # removed just now
                    found[name] = Expanded(info=self.connector(name))
        return {
            name: entry.model_copy(update={"status": entry.status and self._safe(entry.status)})
            for name, entry in sorted(found.items())
        }

    def connector(self, name: str) -> ConnectorInfo:
        """One connector with its configuration, references unresolved."""
        reply = self._http.call("GET", _path(name))
        return self._parsed(ConnectorInfo, self._found(reply, name))

    def create(
        self,
        name: str,
        config: Mapping[str, str],
        *,
        initial_state: InitialState | None = None,
    ) -> ConnectorInfo:
        """Create a connector, perhaps stopped or paused (3.7 and later).

        Raises AlreadyExistsError. `put` is the call that may be repeated; use this one only for
        an initial state.
        """
        body: dict[str, Any] = {"name": name, "config": {**config, "name": name}}
        if initial_state is not None:
            body["initial_state"] = initial_state.value
        _path(name)
        return self._registered("POST", "/connectors", name, config, body)

    def put(self, name: str, config: Mapping[str, str]) -> ConnectorInfo:
        """Create a connector or replace its configuration; doing it twice does no harm."""
        _checked_name(name, config)
        return self._registered("PUT", f"{_path(name)}/config", name, config, dict(config))

    def patch(self, name: str, changes: Mapping[str, str | None]) -> ConnectorInfo:
        """Change single keys; None removes one (3.8 and later)."""
        reply = self._http.call(
            "PATCH", f"{_path(name)}/config", body=dict(changes), seconds=VALIDATING_SECONDS
        )
        if reply.status in INVALID:
            # What is invalid may be a key that was there before: treat all as references.
            raise RejectedConfigError(name, {}, general=sentences([message_of(reply)]))
        return self._parsed(ConnectorInfo, self._found(reply, name, quoting=False))

    def delete(self, name: str, *, missing_ok: bool = False) -> bool:
        """Remove a connector; its offsets stay. Tells whether it was there."""
        reply = self._http.call("DELETE", _path(name))
        if reply.status == httpx.codes.NOT_FOUND and missing_ok:
            return False
        self._found(reply, name)
        return True

    def status(self, name: str) -> ConnectorStatus:
        """State of a connector and its tasks. One that is just being created is UNASSIGNED."""
        reply = self._http.call("GET", f"{_path(name)}/status")
        if reply.status == httpx.codes.NOT_FOUND and name in self.connectors():
            return ConnectorStatus(name=name, connector=HeadStatus(state=ConnectorState.UNASSIGNED))
        return self._safe(self._parsed(ConnectorStatus, self._found(reply, name)))

    # Running

    def restart(
        self, name: str, *, include_tasks: bool = False, only_failed: bool = False
    ) -> ConnectorStatus | None:
        """Restart a connector, with its tasks, or only what is FAILED; gives what restarts.

        Workers before 3.0 ignore both parameters, restart the connector alone and answer as if
        all was well: raises UnsupportedError before anything is done where the version shows it,
        else HalfDoneError.
        """
        selective = include_tasks or only_failed
        if selective and _before_3(version := self.worker().version):
            raise UnsupportedError(
                f"the worker at {self.where} has version {version}, and ignores which tasks "
                "to restart before 3.0; nothing was restarted",
                hint="Restart single tasks: `wms-connector restart --task N`",
            )
        params = {"includeTasks": include_tasks, "onlyFailed": only_failed}
        reply = self._http.call(
            "POST",
            f"{_path(name)}/restart",
            params={key: str(value).lower() for key, value in params.items()},
            repeatable=False,
        )
        data = self._found(reply, name)
        if not selective:
            return None
        if reply.status != httpx.codes.ACCEPTED or not data:
            raise HalfDoneError(
                f"a worker at {self.where} ignored which tasks of {name!r} to restart "
                "(workers before 3.0 do): only the connector itself was restarted",
                hint="Restart single tasks: `wms-connector restart --task N`",
            )
        return self._safe(self._parsed(ConnectorStatus, data))

    def restart_failed(self, name: str) -> None:
        """Restart what is FAILED of a connector, tasks included, and nothing else."""
        self.restart(name, include_tasks=True, only_failed=True)

    def restart_task(self, name: str, task: int) -> None:
        """Restart one task."""
        reply = self._http.call(
            "POST", f"{_path(name)}/tasks/{int(task)}/restart", repeatable=False
        )
        if reply.status == httpx.codes.NOT_FOUND and name in self.connectors():
            tasks = [str(found.id) for found in self.status(name).tasks]
            raise NotFoundError(f"{name} task {task}", tasks, kind="task")
        self._found(reply, name)

    def pause(self, name: str) -> None:
        """Pause: tasks stay, and read nothing."""
        self._found(self._http.call("PUT", f"{_path(name)}/pause"), name)

    def resume(self, name: str) -> None:
        """Resume what was paused or stopped."""
        self._found(self._http.call("PUT", f"{_path(name)}/resume"), name)

    def stop(self, name: str) -> None:
        """Stop: tasks are shut down (3.5 and later)."""
        self._found(self._http.call("PUT", f"{_path(name)}/stop"), name)

    # Offsets and topics

    def offsets(self, name: str) -> Offsets:
        """How far a connector has read (3.5 and later)."""
        reply = self._http.call("GET", f"{_path(name)}/offsets")
        return self._parsed(Offsets, self._found(reply, name))

    def set_offsets(self, name: str, offsets: Iterable[OffsetEntry]) -> str:
        """Set where a STOPPED connector goes on; gives the worker's message (3.6 and later)."""
        body = {"offsets": [entry.model_dump() for entry in offsets]}
        reply = self._http.call("PATCH", f"{_path(name)}/offsets", body=body)
        return self._told(self._found(reply, name))

    def reset_offsets(self, name: str) -> str:
        """Forget how far a STOPPED connector has read; gives the worker's message."""
        return self._told(self._found(self._http.call("DELETE", f"{_path(name)}/offsets"), name))

    def topics(self, name: str) -> tuple[str, ...]:
        """Topics that a connector has used since it was created."""
        data = self._found(self._http.call("GET", f"{_path(name)}/topics"), name)
        found = self._parsed(dict[str, dict[str, tuple[str, ...]]], data)
        return tuple(sorted(found.get(name, {}).get("topics", ())))

    def set_log_level(self, logger: str, level: str) -> None:
        """Set a logger's level on every worker (`scope=cluster`, 3.7 and later)."""
        what = f"the level of {logger}"
        path, params = f"/admin/loggers/{part(logger)}", {"scope": "cluster"}
        self._ok(self._http.call("PUT", path, params=params, body={"level": level}), what)

    def _found(self, reply: Reply, name: str, *, quoting: bool = True) -> Any:
        if reply.status == httpx.codes.NOT_FOUND:
            existing = self.connectors()
            if name in existing:
                raise UnsupportedError(
                    f"the worker at {self.where} does not know this call",
                    hint="A newer Kafka Connect does: `GET /` shows its version",
                )
            raise NotFoundError(name, existing)
        return self._ok(reply, f"the connector {name!r}", quoting=quoting)


def _path(name: str) -> str:
    # Its web server refuses escaped slashes and the like in a path, so none can be addressed.
    if not name.strip() or name in {".", ".."} or re.search(r"[\x00-\x1f\x7f/\\;%]", name):
        raise UsageError(
            f"{name!r} is no connector's name",
            hint="Kafka Connect cannot address an empty one, or one with / \\ ; or %",
        )
    return f"/connectors/{part(name)}"


def _checked_name(name: str, config: Mapping[str, str]) -> None:
    if config.get("name", name) != name:
        raise UsageError(
            f"the configuration of {name!r} has the name {config['name']!r}",
            hint="Leave `name` out of the configuration",
        )


def _before_3(version: str) -> bool:
    """Tell whether a worker is older than Kafka 3.0; Confluent's 7.0 is Kafka 3.0."""
    found = re.match(r"(\d+)\.", version)
    if found is None:
        return False
    confluent = re.search(r"-(ccs|ce)\b", version) is not None
    return int(found[1]) < (7 if confluent else 3)
