"""A Kafka Connect worker in memory, behind httpx's MockTransport."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
from tests.unit.clock import Clock

from wms_connector.connect.client import ConnectClient
from wms_connector.connect.http import Patience

URL = "http://worker:8083"
PLUGIN = "io.debezium.connector.oracle.OracleConnector"
Handler = Callable[[httpx.Request], httpx.Response]


def error(status: int, message: str = "said the worker") -> httpx.Response:
    return httpx.Response(status, json={"error_code": status, "message": message})


def client_of(handler: Handler, urls: str | list[str] = URL, **more: Any) -> ConnectClient:
    clock = more.pop("clock", None) or Clock()
    return ConnectClient(
        urls, transport=httpx.MockTransport(handler), clock=clock, sleep=clock.sleep, **more
    )


def answering(*responses: httpx.Response | Exception) -> tuple[Handler, list[httpx.Request]]:
    """Give one response after the other, the last one for ever."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        response = responses[min(len(asked), len(responses) - 1)]
        asked.append(request)
        if isinstance(response, Exception):
            raise response
        return httpx.Response(
            response.status_code, content=response.content, headers=response.headers
        )

    return handle, asked


class FakeWorker:
    """Connectors by name. `lag` is how many looks a change of state takes to show."""

    def __init__(self, *, version: str = "4.3.1", lag: int = 0) -> None:
        self.version = version
        self.lag = lag
        self.configs: dict[str, dict[str, str]] = {}
        self.states: dict[str, dict[str, Any]] = {}
        self._coming: dict[str, list[dict[str, Any]]] = {}
        self.calls: list[str] = []
        self.starts_as: dict[str, dict[str, Any]] = {}
        self.offsets: dict[str, list[dict[str, Any]]] = {}
        self.on_start: Callable[[str], None] | None = None
        """Told the name of each connector that starts to run: for what it would write."""

    def client(self, **more: Any) -> ConnectClient:
        return client_of(self, **more)

    def add(self, name: str, config: dict[str, str], *, state: str = "RUNNING", tasks=("RUNNING",)):
        self.configs[name] = {**config, "name": name}
        self.states[name] = status(name, state, tasks)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().split("?")[0]
        self.calls.append(f"{request.method} {unquote(path)}")
        if path == "/":
            return httpx.Response(200, json={"version": self.version})
        if path == "/health":
            return httpx.Response(200, json={"status": "healthy", "message": "It is healthy"})
        if path == "/connectors":
            if "expand" in request.url.params:
                return httpx.Response(200, json=self._expanded())
            return httpx.Response(200, json=sorted(self.configs))
        found = re.fullmatch(r"/connectors/([^/]+)(/.*)?", path)
        assert found
        return self._connector(request, unquote(found[1]), found[2] or "")

    def _connector(  # noqa: C901, PLR0911 - one a path
        self, request: httpx.Request, name: str, rest: str
    ) -> httpx.Response:
        if request.method == "PUT" and rest == "/config":
            config = json.loads(request.content)
            new = self.starts_as.get(name) or status(name, "RUNNING", ("RUNNING",))
            old = self.states.get(name)
            if old and old["connector"]["state"] == "STOPPED":
                new = old  # a new configuration does not start what was stopped
            self._change(name, [old] * self.lag if old else [], new)
            self.configs[name] = {**config, "name": name}
            return httpx.Response(200, json={"name": name, "config": config, "tasks": []})
        if name not in self.configs:
            return error(404, f"Connector {name} not found")
        if request.method == "DELETE" and not rest:
            del self.configs[name]
            self.states.pop(name, None)
            return httpx.Response(204)
        if rest == "/status":
            if self._coming.get(name):
                self.states[name] = self._coming[name].pop(0)
            if name not in self.states:
                return error(404, f"No status found for connector {name}")
            return httpx.Response(200, json=self.states[name])
        if rest == "/offsets":
            return self._offsets(request, name)
        if rest in {"/stop", "/pause", "/resume"}:
            state = {"/stop": "STOPPED", "/pause": "PAUSED", "/resume": "RUNNING"}[rest]
            new = status(name, state, () if state == "STOPPED" else (state,))
            if state == "RUNNING":
                new = self.starts_as.get(name) or new
            self._change(name, [self.states[name]] * self.lag, new)
            if state == "RUNNING" and self.on_start:
                self.on_start(name)
            return httpx.Response(202)
        if rest == "/restart":
            new = self.starts_as.get(name) or status(name, "RUNNING", ("RUNNING",))
            self._change(name, [self.states[name]] * self.lag, new)
            return httpx.Response(202, json=status(name, "RESTARTING", ("RESTARTING",)))
        assert (request.method, rest) == ("GET", "")
        return httpx.Response(200, json={"name": name, "config": self.configs[name], "tasks": []})

    def _offsets(self, request: httpx.Request, name: str) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"offsets": self.offsets.get(name, [])})
        if self.states[name]["connector"]["state"] != "STOPPED":
            return error(400, "Connectors must be in the STOPPED state before their offsets …")
        self.offsets[name] = (
            [] if request.method == "DELETE" else json.loads(request.content)["offsets"]
        )
        return httpx.Response(200, json={"message": "done"})

    def _change(self, name: str, before: list[dict[str, Any]], after: dict[str, Any]) -> None:
        self._coming[name] = [*before, after]

    def _expanded(self) -> dict[str, Any]:
        return {
            name: {
                "info": {"name": name, "config": self.configs[name], "tasks": []},
                "status": self.states[name],
            }
            for name in self.configs
            if name in self.states
        }


def status(
    name: str, state: str, tasks: tuple[str, ...], trace: str | None = None
) -> dict[str, Any]:
    head = {"state": state, "worker_id": "w:8083"}
    if trace and state == "FAILED":
        head["trace"] = trace
    return {
        "name": name,
        "connector": head,
        "tasks": [
            {"id": number, "state": task, "worker_id": "w:8083"}
            | ({"trace": trace} if trace and task == "FAILED" else {})
            for number, task in enumerate(tasks)
        ],
        "type": "source",
        "from_a_later_version": {"x": 1},
    }


__all__ = [
    "PLUGIN",
    "URL",
    "FakeWorker",
    "Patience",
    "answering",
    "client_of",
    "error",
    "status",
]
