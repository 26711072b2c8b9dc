from __future__ import annotations

import httpx
import pytest
from tests.unit.clock import Clock

from wms_connector.connect.deadline import Deadline


def test_what_is_left_of_the_time_bounds_each_wait() -> None:
    clock, seen = Clock(), []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(dict(request.extensions["timeout"]))
        clock.sleep(6)
        return httpx.Response(200)

    transport = Deadline(10, httpx.MockTransport(answer), clock=clock)
    with httpx.Client(transport=transport, timeout=30) as client:
        client.get("http://w", timeout=httpx.Timeout(30, connect=3))
        client.get("http://w", timeout=None)
        with pytest.raises(httpx.ConnectTimeout, match="no time left"):
            client.get("http://w")
    assert seen[0] == {"connect": 3, "read": 10, "write": 10, "pool": 10}
    assert set(seen[1].values()) == {4}


def test_without_a_transport_it_is_the_network() -> None:
    with (
        httpx.Client(transport=Deadline(5)) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("http://127.0.0.1:1")
