"""Work that ends in time, also where what it waits for has no limit of its own."""

from __future__ import annotations

import queue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class LateError(WmsError):
    """It did not end in time; nobody knows whether it will."""


def within(seconds: float, work: Callable[[], T], late: str) -> T:
    """Give what `work` gives, or raise what it raises; LateError, which says `late`, after that.

    What is late is left behind in a thread that does not keep the process alive.
    """
    done: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def carry_out() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            done.put((None, error))

    Thread(target=carry_out, daemon=True).start()
    try:
        found, error = done.get(timeout=seconds)
    except queue.Empty:
        raise LateError(late) from None
    if error is not None:
        raise error
    return found  # type: ignore[return-value]  # None only where `work` gives it
