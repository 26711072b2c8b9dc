"""Kafka Connect's REST API, typed. Any worker of a group will do; several can be given.

What comes out is safe to show: configurations and traces are redacted by key and by the values
of `secrets`, validate answers are rebuilt (see `validation`). `ConnectorInfo.config` alone is as
the worker has it, because differences are made from it: show it through `redactor`.
"""

from __future__ import annotations

import contextlib
import re
import time
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr, TypeAdapter, ValidationError

from wms_connector.connect.errors import (
    ConnectFailure,
    NotFoundError,
    RefusedError,
    RejectedConfigError,
    UnexpectedAnswerError,
    UnsupportedError,
)
from wms_connector.connect.http import ANSWER_LIMIT, Http, Patience, Reply
from wms_connector.connect.models import (
    ConfigDefinition,
    ConnectorInfo,
    ConnectorState,
    ConnectorStatus,
    Expanded,
    HeadStatus,
    Health,
    InitialState,
    OffsetEntry,
    Offsets,
    Plugin,
    WorkerInfo,
)
from wms_connector.connect.redact import Redactor, has_reference
from wms_connector.connect.validation import (
    RawValidation,
    Validation,
    rebuild,
    resolves,
    sentences,
)
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_T = TypeVar("_T")
VALIDATING_SECONDS: Final = 95.0
"""For calls that make a plugin try its database; the worker itself gives up after 90 s."""
_OK: Final = (httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, httpx.codes.NO_CONTENT)
_FINAL: Final = frozenset({int(httpx.codes.INTERNAL_SERVER_ERROR)})
_INVALID: Final = (
    httpx.codes.BAD_REQUEST,
    httpx.codes.UNPROCESSABLE_ENTITY,
    httpx.codes.INTERNAL_SERVER_ERROR,
)


class ConnectClient:
    """A client of one Connect cluster. Use it as a context manager, or call `close`.

    `urls` are workers of the same group. `secrets` are values to mask in all texts. `transport`
    takes the place of the network; `clock` and `sleep` are in seconds. Every method raises a
    ConnectFailure that says what to do next; passing faults are tried again within `patience`.
    """

    def __init__(
        self,
        urls: str | Sequence[str],
        *,
        secrets: Iterable[SecretStr | str] = (),
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        answer_limit: int = ANSWER_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = Http(
            [urls] if isinstance(urls, str) else urls,
            transport=transport,
            patience=patience,
            answer_limit=answer_limit,
            clock=clock,
            sleep=sleep,
        )
        self.redactor = Redactor(secrets)
        self._definitions: dict[str, tuple[ConfigDefinition, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def where(self) -> str:
        """The workers' addresses, as messages show them."""
        return self._http.where

    # The worker

    def worker(self) -> WorkerInfo:
        """Give version, commit and Kafka cluster."""
        return self._parsed(WorkerInfo, self._ok(self._http.call("GET", "/"), "GET /"))

    def health(self) -> Health:
        """Ask whether a worker is ready; one that is not does not raise, one that is away does.

        Raises UnsupportedError before 3.9, which has no such call.
        """
        reply = self._http.call("GET", "/health", as_it_is=True)
        if reply.status == httpx.codes.NOT_FOUND:
            raise UnsupportedError(
                f"the worker at {self.where} has no /health", hint="It came with Kafka Connect 3.9"
            )
        health = self._parsed(Health, reply.data)
        return health.model_copy(update={"message": self.redactor.text(health.message)})

    def plugins(self, *, connectors_only: bool = True) -> tuple[Plugin, ...]:
        """List the plugins; without `connectors_only` also converters, transforms and so on."""
        params = {"connectorsOnly": str(connectors_only).lower()}
        data = self._ok(self._http.call("GET", "/connector-plugins", params=params), "the plugins")
        return self._parsed(tuple[Plugin, ...], data)

    def definitions(self, plugin: str) -> tuple[ConfigDefinition, ...]:
        """Give a plugin's own definitions of its keys (3.2 and later). Nothing is resolved."""
        if plugin not in self._definitions:
            reply = self._http.call("GET", f"/connector-plugins/{_part(plugin)}/config")
            if reply.status == httpx.codes.NOT_FOUND:
                raise NotFoundError(plugin, [p.name for p in self.plugins()], kind="plugin")
            data = self._ok(reply, f"the definitions of {plugin}")
            self._definitions[plugin] = self._parsed(tuple[ConfigDefinition, ...], data)
        return self._definitions[plugin]

    def validate(self, config: Mapping[str, str]) -> Validation:
        """Let the plugin check a configuration, its database included. Safe to show.

        Raises UsageError when `connector.class` is missing or a reference.
        """
        plugin = config.get("connector.class", "")
        if not plugin or has_reference(plugin):
            raise UsageError(
                "a configuration is validated by its connector.class, which is missing "
                "or a reference",
                hint="Write the plugin's class as connector.class",
            )
        path = f"/connector-plugins/{_part(plugin)}/config/validate"
        reply = self._checked_by_plugin("PUT", path, dict(config))
        if reply.status in _INVALID or reply.status == httpx.codes.NOT_FOUND:
            plugins = [found.name for found in self.plugins()]
            if plugin not in plugins:
                raise NotFoundError(plugin, plugins, kind="plugin")
            if reply.status == httpx.codes.INTERNAL_SERVER_ERROR:
                reply = self._checked_by_plugin("PUT", path, dict(config), final=frozenset())
            if reply.status not in _OK:
                raise RejectedConfigError(plugin, {}, general=self._messages(reply, config))
        self._ok(reply, f"the validation of {plugin}")
        raw = self._parsed(RawValidation, reply.data)
        return rebuild(config, raw, self._known(plugin), self.redactor)

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
        if reply.status in _INVALID:
            # What is invalid may be a key that was there before: treat all as references.
            raise RejectedConfigError(name, {}, general=sentences([_message(reply)]))
        return self._parsed(ConnectorInfo, self._found(reply, name))

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
        all was well: raises UnsupportedError, before anything is done where the version shows it.
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
            raise UnsupportedError(
                f"a worker at {self.where} ignored which tasks of {name!r} to restart "
                "(workers before 3.0 do): only the connector itself was restarted",
                hint="Restart single tasks: `wms-connector restart --task N`",
            )
        return self._safe(self._parsed(ConnectorStatus, data))

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
        path, params = f"/admin/loggers/{_part(logger)}", {"scope": "cluster"}
        self._ok(self._http.call("PUT", path, params=params, body={"level": level}), what)

    # Common

    def _found(self, reply: Reply, name: str) -> Any:
        if reply.status == httpx.codes.NOT_FOUND:
            existing = self.connectors()
            if name in existing:
                raise UnsupportedError(
                    f"the worker at {self.where} does not know this call",
                    hint="A newer Kafka Connect does: `GET /` shows its version",
                )
            raise NotFoundError(name, existing)
        return self._ok(reply, f"the connector {name!r}")

    def _ok(self, reply: Reply, what: str) -> Any:
        if reply.status in _OK:
            return reply.data
        message = self.redactor.text(_message(reply))
        if "STOPPED state" in message:
            raise RefusedError(
                f"offsets cannot be changed while {what} runs",
                hint="Stop it first: `wms-connector stop`",
            )
        raise RefusedError(
            f"Kafka Connect at {self.where} refuses the call for {what} ({reply.status})"
            + (f": {message}" if message else ""),
            hint="Check what was asked, and whether something in front of it wants a sign-in",
        )

    def _registered(
        self, method: str, path: str, name: str, config: Mapping[str, str], body: Any
    ) -> ConnectorInfo:
        reply = self._checked_by_plugin(method, path, body)
        if reply.status in _INVALID:
            # Workers of 4.x answer 500 instead of 400 when a plugin leaves out a key's value, as
            # Debezium for PostgreSQL does. So only the validation tells which of them it was.
            fields, general = self._why(name, config)
            if reply.status == httpx.codes.INTERNAL_SERVER_ERROR and not (fields or general):
                reply = self._checked_by_plugin(method, path, body, final=frozenset())
            else:
                messages = general or (() if fields else self._messages(reply, config))
                raise RejectedConfigError(name, fields, general=messages)
        self._ok(reply, f"the connector {name!r}")
        return self._parsed(ConnectorInfo, reply.data)

    def _checked_by_plugin(
        self, method: str, path: str, body: Any, *, final: frozenset[int] = _FINAL
    ) -> Reply:
        return self._http.call(
            method,
            path,
            body=body,
            repeatable=method != "POST",
            final=final,
            seconds=VALIDATING_SECONDS,
        )

    def _why(
        self, name: str, config: Mapping[str, str]
    ) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        try:
            found = self.validate({**config, "name": name})
        except NotFoundError as error:
            return {"connector.class": (f"{error.what}. {error.hint}",)}, ()
        except (ConnectFailure, UsageError):
            return {}, ()
        return found.errors, found.general

    def _messages(self, reply: Reply, config: Mapping[str, str]) -> tuple[str, ...]:
        message = _message(reply)
        if resolves(config):
            return sentences([message])
        return (self.redactor.text(message),)

    def _known(self, plugin: str) -> tuple[ConfigDefinition, ...]:
        try:
            return self.definitions(plugin)
        except (NotFoundError, RefusedError, UnexpectedAnswerError):  # a worker before 3.2
            return ()

    def _told(self, data: Any) -> str:
        message = data.get("message", "") if isinstance(data, dict) else ""
        return self.redactor.text(str(message))

    def _safe(self, status: ConnectorStatus) -> ConnectorStatus:
        """Mask the traces: they quote URLs, users and whatever else went wrong."""
        head = status.connector
        return status.model_copy(
            update={
                "connector": head.model_copy(
                    update={"trace": head.trace and self.redactor.text(head.trace)}
                ),
                "tasks": tuple(
                    task.model_copy(update={"trace": task.trace and self.redactor.text(task.trace)})
                    for task in status.tasks
                ),
            }
        )

    def _parsed(self, form: type[_T], data: Any) -> _T:
        try:
            return TypeAdapter(form).validate_python(data)
        except ValidationError as error:
            # Only how many, never what: the answer may hold what the worker resolved.
            wrong = error.error_count()
        raise UnexpectedAnswerError(
            f"{self.where} does not answer as Kafka Connect does "
            f"({wrong} fields are not as expected)",
            hint="Check that this is a Kafka Connect worker's address",
        )


def _part(text: str) -> str:
    return quote(text, safe="")


def _path(name: str) -> str:
    # Its web server refuses escaped slashes and the like in a path, so none can be addressed.
    if not name.strip() or name in {".", ".."} or re.search(r"[\x00-\x1f\x7f/\\;%]", name):
        raise UsageError(
            f"{name!r} is no connector's name",
            hint="Kafka Connect cannot address an empty one, or one with / \\ ; or %",
        )
    return f"/connectors/{_part(name)}"


def _checked_name(name: str, config: Mapping[str, str]) -> None:
    if config.get("name", name) != name:
        raise UsageError(
            f"the configuration of {name!r} has the name {config['name']!r}",
            hint="Leave `name` out of the configuration",
        )


def _message(reply: Reply) -> str:
    message = reply.data.get("message", "") if isinstance(reply.data, dict) else ""
    return str(message).strip()


def _before_3(version: str) -> bool:
    """Tell whether a worker is older than Kafka 3.0; Confluent's 7.0 is Kafka 3.0."""
    found = re.match(r"(\d+)\.", version)
    if found is None:
        return False
    confluent = re.search(r"-(ccs|ce)\b", version) is not None
    return int(found[1]) < (7 if confluent else 3)
