"""Calls that reach a plugin: definitions, validation, and registering a connector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx

from wms_connector.connect.caller import OK, Caller, message_of, part
from wms_connector.connect.errors import (
    ConnectFailure,
    NotFoundError,
    RefusedError,
    RejectedConfigError,
    UnexpectedAnswerError,
    UnsupportedError,
)
from wms_connector.connect.models import (
    ConfigDefinition,
    ConnectorInfo,
    Health,
    Plugin,
    WorkerInfo,
)
from wms_connector.connect.redact import has_reference
from wms_connector.connect.validation import (
    RawValidation,
    Validation,
    rebuild,
    resolves,
    sentences,
)
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.connect.reply import Reply

VALIDATING_SECONDS: Final = 95.0
"""For calls that make a plugin try its database; the worker itself gives up after 90 s."""
_FINAL: Final = frozenset({int(httpx.codes.INTERNAL_SERVER_ERROR)})
INVALID: Final = (
    httpx.codes.BAD_REQUEST,
    httpx.codes.UNPROCESSABLE_ENTITY,
    httpx.codes.INTERNAL_SERVER_ERROR,
)


class PluginCalls(Caller):
    """Worker and plugins; and configurations that a plugin has to accept."""

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
            reply = self._http.call("GET", f"/connector-plugins/{part(plugin)}/config")
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
        path = f"/connector-plugins/{part(plugin)}/config/validate"
        reply = self._checked_by_plugin("PUT", path, dict(config))
        if reply.status in INVALID or reply.status == httpx.codes.NOT_FOUND:
            plugins = [found.name for found in self.plugins()]
            if plugin not in plugins:
                raise NotFoundError(plugin, plugins, kind="plugin")
            if reply.status == httpx.codes.INTERNAL_SERVER_ERROR:
                reply = self._checked_by_plugin("PUT", path, dict(config), final=frozenset())
            if reply.status not in OK:
                raise RejectedConfigError(plugin, {}, general=self._messages(reply, config))
        self._ok(reply, f"the validation of {plugin}", quoting=not resolves(config))
        raw = self._parsed(RawValidation, reply.data)
        return rebuild(config, raw, self._known(plugin), self.redactor)

    def _registered(
        self, method: str, path: str, name: str, config: Mapping[str, str], body: Any
    ) -> ConnectorInfo:
        reply = self._checked_by_plugin(method, path, body)
        if reply.status in INVALID:
            # Workers of 4.x answer 500 instead of 400 when a plugin leaves out a key's value, as
            # Debezium for PostgreSQL does. So only the validation tells which of them it was.
            fields, general = self._why(name, config)
            if reply.status == httpx.codes.INTERNAL_SERVER_ERROR and not (fields or general):
                reply = self._checked_by_plugin(method, path, body, final=frozenset())
            else:
                messages = general or (() if fields else self._messages(reply, config))
                raise RejectedConfigError(name, fields, general=messages)
        self._ok(reply, f"the connector {name!r}", quoting=not resolves(config))
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
        message = message_of(reply)
        if resolves(config):
            return sentences([message])
        return (self.redactor.text(message),)

    def _known(self, plugin: str) -> tuple[ConfigDefinition, ...]:
        try:
            return self.definitions(plugin)
        except (NotFoundError, RefusedError, UnexpectedAnswerError):  # a worker before 3.2
            return ()
