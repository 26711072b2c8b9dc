"""What is given wrongly, or is not there: one line that says so, an exit status, no trace."""

from __future__ import annotations

import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from tests.e2e.command import wms

from wms_connector.local.control import LocalControl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.command import Result, Wms

    from wms_connector.local.runtime import LocalRuntime
    from wms_connector.local.status import LocalStatus

VERBS = [
    ["status"],
    ["wait", "--timeout", "3"],
    ["plan"],
    ["apply", "--yes"],
    ["restart"],
    ["pause"],
    ["resume"],
    ["stop"],
    ["offsets"],
]
BAD_DSN = "postgresql://someone:hidden@127.0.0.1:1/none"


class _Page(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><body>Welcome to the router</body></html>")

    do_GET = do_PUT = do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """Something that speaks HTTP and is no Kafka Connect."""
    with HTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def silence() -> Iterator[str]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def told_in_a_line(result: Result, status: int, *words: str) -> None:
    assert result.status == status, result
    [line] = result.err.splitlines()[-1:]
    assert line.startswith("wms-connector: ")
    assert "Traceback" not in result.out + result.err
    for word in words:
        assert word in line


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_a_url_that_is_no_kafka_connect(website: str, verb: list[str]) -> None:
    result = wms(*verb, "--stage", "tests", "--url", website)
    told_in_a_line(result, 1, website)
    assert "router" not in result.out


def test_a_url_that_nobody_serves() -> None:
    result = wms("status", "--stage", "tests", "--url", "http://127.0.0.1:1")
    told_in_a_line(result, 1, "127.0.0.1:1", "refused")


@pytest.mark.parametrize("url", ["nonsense", "ftp://127.0.0.1", "http://", "http://a b"])
def test_a_url_that_is_none(url: str) -> None:
    result = wms("status", "--stage", "tests", "--url", url)
    assert result.status in {1, 2}
    told_in_a_line(result, result.status)


@pytest.mark.skipif(
    os.environ.get("WMS_CONNECTOR_LONG") != "1", reason="half a minute: WMS_CONNECTOR_LONG=1"
)
def test_a_url_that_accepts_and_never_answers(silence: str) -> None:
    """It ends, whenever: a command that hangs would hang this test."""
    result = wms("status", "--stage", "tests", "--url", f"http://{silence}")
    told_in_a_line(result, 1, silence)


def test_brokers_that_are_none() -> None:
    destroy = ("topics", "destroy", "--yes", "--stage", "tests")
    told_in_a_line(wms(*destroy, "--brokers", "127.0.0.1:1"), 1, "127.0.0.1:1")


def test_audit_of_what_cannot_be_reached(local: LocalStatus) -> None:
    url, brokers, dsn = local.connect_url, local.bootstrap_servers, local.database_dsn
    common = ("audit", "--stage", "tests", "--timeout", "5")
    no_brokers = wms(*common, "--dsn", dsn, "--url", url, "--brokers", "127.0.0.1:1")
    told_in_a_line(no_brokers, 1)
    no_database = wms(*common, "--dsn", BAD_DSN, "--url", url, "--brokers", brokers)
    told_in_a_line(no_database, 1, "the database cannot be reached")
    assert "hidden" not in no_database.err
    no_worker = wms(*common, "--dsn", dsn, "--url", "http://127.0.0.1:1", "--brokers", brokers)
    told_in_a_line(no_worker, 1, "127.0.0.1:1")


def test_audit_of_a_table_that_is_not_there(command: Wms, repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.toml"
    text = (repository / "pipeline.toml").read_text()
    file.write_text(text.replace('  "MMDL.PLAN_BASE_WVR_TBL",\n', '  "MMDL.NOBODY_TBL",\n', 1))
    told_in_a_line(command("audit", "--pipeline", file), 1, "MMDL.NOBODY_TBL")
    told_in_a_line(
        command("local", "tail", "--pipeline", file, "--count", "1"),
        1,
        "there is no topic tests.wms.MMDL.NOBODY_TBL",
    )


def test_what_needs_the_database_while_it_is_down(command: Wms, runtime: LocalRuntime) -> None:
    runtime.kill("postgres")
    try:
        told_in_a_line(
            command("local", "write", "--count", "1"), 1, "the database cannot be reached"
        )
        told_in_a_line(command("audit"), 1, "the database cannot be reached")
        status = command("local", "status", "--json")
        assert status.status == 1
        assert [part["name"] for part in status.json["parts"] if not part["alive"]] == ["postgres"]
    finally:
        runtime.start("postgres")
    assert command("local", "write", "--count", "1", "--json").status == 0
    assert command("wait").status == 0


def test_what_needs_a_runtime_without_one(tmp_path: Path) -> None:
    state = ("--state", tmp_path / "none")
    for verb in (
        *(["local", name] for name in ("status", "tail", "write", "logs")),
        ["local", "kill", "worker-1"],
        ["status"],
        ["topics", "plan"],
        ["audit"],
    ):
        told_in_a_line(wms(*verb, *state), 1, "nothing was started", "local up")
    for _ in range(2):
        assert wms("local", "down", "--json", *state).json == {"stopped": [], "purged": False}


def test_up_again_says_what_runs(command: Wms, local: LocalStatus) -> None:
    again = command("local", "up", "--json")
    assert again.status == 0
    assert again.json["started"] == []
    assert {part["pid"] for part in again.json["parts"]} == {part.pid for part in local.parts}


def test_up_in_another_stage_s_folder(runtime: LocalRuntime) -> None:
    result = wms("local", "up", "--stage", "elsewhere", "--state", runtime.folder.path)
    told_in_a_line(result, 1, "belongs to stage tests")
    assert runtime.status().running


def test_up_while_another_command_works_on_it(command: Wms, runtime: LocalRuntime) -> None:
    with LocalControl(runtime.folder.path).folder.locked("something"):
        told_in_a_line(command("local", "up"), 1, "`something`", "is working on")
        told_in_a_line(command("local", "down"), 1, "is working on")
    assert runtime.status().running


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["local", "kill", "worker-9"], 1, ["worker-1"]),
        (["local", "kill", "worker-1", "--signal", "NOISE"], 2, ["NOISE"]),
        (["local", "logs", "nobody"], 1, ["worker-1"]),
        (["local", "write", "--rate", "0"], 2, ["rate"]),
        (["local", "tail", "--count", "0"], 2, ["count"]),
        (["local", "up", "--workers", "0"], 2, ["workers"]),
        (["local", "up", "--tables", "nonsense"], 2, ["nonsense"]),
        (["local", "up", "--tables", "a.b,a.b"], 2, ["a.b", "twice"]),
        (["restart", "--task", "-1"], 2, ["task"]),
        (["wait", "--timeout", "-1"], 2, ["timeout"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_use(command: Wms, args: list[str], status: int, words: list[str]) -> None:
    told_in_a_line(command(*args), status, *words)


def test_no_output_holds_the_password(command: Wms, runtime: LocalRuntime) -> None:
    password = runtime.folder.password().get_secret_value()
    for args in (
        ["local", "status"],
        ["local", "up"],
        ["local", "logs"],
        ["status"],
        ["plan"],
        ["offsets"],
        ["config"],
        ["worker"],
    ):
        for form in ([], ["--json"]):
            options = command.where[2:] if args[0] in {"config", "worker"} else command.where
            result = wms(*args, *form, *options)
            assert result.status == 0, result
            assert password not in result.out + result.err
