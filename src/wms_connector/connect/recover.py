"""Doing what a plan of a repair says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from wms_connector.connect.apply import SETTLE_SECONDS
from wms_connector.connect.errors import WaitError
from wms_connector.connect.models import ConnectorState
from wms_connector.connect.recovery import (
    MODE,
    RECOVERY,
    Act,
    Record,
    Seen,
    has_offset,
    in_snapshot,
    is_marked,
    marked,
)
from wms_connector.connect.wait import Waiting, failure_of, until_running, until_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.models import OffsetEntry
    from wms_connector.connect.recovery import Step

_POLL_SECONDS: Final = 0.5
_FAILED_SECONDS: Final = 5.0  # what failed before is shown until Connect has taken the change up
_AGAIN: Final = "It goes on without you; the same command again waits for its end"


class Keeper(Protocol):
    """Keeps what was before a repair, so that it can be gone on with."""

    def keep(self, record: Record) -> None:
        """Write it down, durably, before anything is changed."""

    def finish(self, record: Record) -> None:
        """Put it away: the repair is done."""


def look(client: ConnectClient, name: str) -> Seen:
    """See a connector as it is now; raises what the client raises."""
    info = client.connector(name)
    return Seen(name, client.status(name), info.config, client.offsets(name).offsets)


def carry_out(
    steps: Iterable[Step],
    client: ConnectClient,
    record: Record,
    keeper: Keeper,
    waiting: Waiting | None = None,
) -> None:
    """Do the steps, one after the other. After a failure, look and plan again.

    `waiting.seconds` is for each thing that is waited for. Raises what the client raises,
    FailedError when the connector fails meanwhile, WaitError at a deadline.
    """
    wait = waiting or Waiting()
    for step in steps:
        wait.progress(step.told)
        _do(step.act, client, record, keeper, wait)


def _do(  # noqa: C901 - one a step
    act: Act, client: ConnectClient, record: Record, keeper: Keeper, wait: Waiting
) -> None:
    name = record.connector
    match act:
        case Act.RECORD:
            keeper.keep(record)
        case Act.STOP:
            client.stop(name)
            until_state(client, name, ConnectorState.STOPPED, wait)
        case Act.FORGET:
            client.reset_offsets(name)
        case Act.MARK:
            client.set_offsets(name, marked(record.offsets))
        case Act.CONFIGURE:
            _set_mode(client, name, RECOVERY)
        case Act.RESUME:
            client.resume(name)
        case Act.AWAIT_SNAPSHOT:
            _until(client, name, wait, "the snapshot is not complete", _snapshot_done)
        case Act.AWAIT_HISTORY:
            _until(client, name, wait, "the schema history is not rebuilt", _history_done)
        case Act.CONFIGURE_BACK:
            _set_mode(client, name, record.mode)
        case Act.AWAIT_RUNNING:
            until_running(client, [name], replace(wait, settle=max(wait.settle, SETTLE_SECONDS)))
        case Act.FINISH:
            keeper.finish(record)


def _set_mode(client: ConnectClient, name: str, mode: str | None) -> None:
    found = client.connector(name).config
    config = {key: value for key, value in found.items() if value is not None and key != MODE}
    client.put(name, config if mode is None else {**config, MODE: mode})


def _snapshot_done(offsets: tuple[OffsetEntry, ...]) -> bool:
    return has_offset(offsets) and not in_snapshot(offsets)


def _history_done(offsets: tuple[OffsetEntry, ...]) -> bool:
    return _snapshot_done(offsets) and not is_marked(offsets)


def _until(
    client: ConnectClient,
    name: str,
    wait: Waiting,
    missing: str,
    done: Callable[[tuple[OffsetEntry, ...]], bool],
) -> None:
    started = wait.clock()
    told = ""
    while True:
        status = client.status(name)
        if (summary := status.summary()) != told:
            told = summary
            wait.progress(f"{name}: {summary}")
        if status.has_failed and wait.clock() - started >= _FAILED_SECONDS:
            raise failure_of(status)
        if status.is_running and done(client.offsets(name).offsets):
            return
        if wait.clock() - started >= wait.seconds:
            raise WaitError(f"{missing} after {wait.seconds:.0f} s: {name} is {told}", hint=_AGAIN)
        wait.sleep(_POLL_SECONDS)
