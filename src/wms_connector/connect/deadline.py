"""A transport that gives up at a moment, whatever the worker does: for what must not wait."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable


class Deadline(httpx.BaseTransport):
    """Answers within `seconds` in all, over however many requests; then nobody is reached.

    A worker that takes a connection and sends a byte now and then is read on until the answer is
    whole: each wait is bounded, not their sum.
    """

    def __init__(
        self,
        seconds: float,
        transport: httpx.BaseTransport | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport or httpx.HTTPTransport()
        self._clock = clock
        self._ends = clock() + seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with what is left of the time."""
        left = self._ends - self._clock()
        if left <= 0:
            raise httpx.ConnectTimeout("there is no time left", request=request)
        asked = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            part: min(left, asked.get(part) or left)
            for part in ("connect", "read", "write", "pool")
        }
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
