"""A door that answers as the test says: what the DB-API module is tried on."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANG_UP = object()


class Door:
    """Listens, keeps what was asked, and answers each request with `answer(request)`."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any]) -> None:
        self.asked: list[dict[str, Any]] = []
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    def serve(self) -> None:
        while True:
            try:
                opened, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(opened,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _talk(self, opened: socket.socket) -> None:
        with opened, opened.makefile("rb") as lines:
            for line in lines:
                request = json.loads(line)
                self.asked.append(request)
                answer = self._answer(request)
                if answer is HANG_UP:
                    return
                opened.sendall(json.dumps(answer).encode() + b"\n")

    def close(self) -> None:
        # Closing alone does not wake a thread that waits in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def door(answer: Callable[[dict[str, Any]], Any] = lambda _: {}) -> Iterator[Door]:
    made = Door(answer)
    serving = threading.Thread(target=made.serve, daemon=True)
    serving.start()
    try:
        yield made
    finally:
        made.close()
        serving.join(5)
