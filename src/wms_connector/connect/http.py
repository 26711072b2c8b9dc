"""One call to a group of Kafka Connect workers: fail over, try again, translate. No meanings."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
import tenacity

from wms_connector.connect.errors import (
    ConnectFailure,
    InternalError,
    RebalanceError,
    ServerError,
    StartingError,
    UncertainError,
    UnexpectedAnswerError,
    UnreachableError,
)
from wms_connector.connect.reply import Reply, classified, parse
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ANSWER_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of the longest answer that is read; a busy cluster's status has some hundred thousand."""
NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Errors after which nothing was done."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call is tried again, in seconds.

    `seconds` is for a worker that answers and cannot now (rebalance, start, failure inside);
    kcctl waits as long for a rebalance. `unreachable_seconds` is for workers that do not answer,
    and for one that fails for a reason of its own, which seldom goes away.
    Waits double from `first` to `longest`.
    """

    seconds: float = 30.0
    unreachable_seconds: float = 5.0
    first: float = 0.1
    longest: float = 3.0


class Http:
    """Calls to the workers of one Connect cluster; any of them can answer.

    `transport` takes the place of the network. A worker that answered last is asked first.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        answer_limit: int = ANSWER_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._urls = [_checked(url) for url in urls]
        if not self._urls:
            raise UsageError("no Kafka Connect URL was given", hint="Give one, http://HOST:8083")
        # Workers are in the private network; a proxy of the environment is not meant for them.
        self._client = httpx.Client(
            transport=transport, trust_env=False, headers={"Accept": "application/json"}
        )
        self._patience = patience or Patience()
        self._limit = answer_limit
        self._clock = clock
        self._sleep = sleep

    @property
    def where(self) -> str:
        """What messages call the workers; without any user information of the URL."""
        return ", ".join(_shown(url) for url in self._urls)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        body: Any = None,
        repeatable: bool = True,
        as_it_is: bool = False,
        final: frozenset[int] = frozenset(),
        seconds: float = 30.0,
    ) -> Reply:
        """Call, and try again while it makes sense.

        `repeatable` is false for a call that does harm when it is done twice: then it is tried
        again only when it certainly was not done (nothing sent, 409, 503), and a lost answer
        raises UncertainError. An answer with a status in `final` is given as it is, and with
        `as_it_is` the first answer whatever its status. `seconds` is for one answer.
        """
        started = self._clock()

        def give_up(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            patience = self._patience
            brief = isinstance(error, UnreachableError | InternalError)
            limit = patience.unreachable_seconds if brief else patience.seconds
            return self._clock() - started + state.upcoming_sleep > limit

        def worth_it(error: BaseException) -> bool:
            passing = isinstance(error, UnreachableError | RebalanceError | StartingError)
            return passing or (repeatable and isinstance(error, ServerError))

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(worth_it),
            wait=tenacity.wait_exponential(
                multiplier=self._patience.first, max=self._patience.longest
            ),
            stop=give_up,
            sleep=self._sleep,
            reraise=True,
        )
        request = {"method": method, "params": params, "json": body, "timeout": seconds}

        def attempt() -> Reply:
            where, status, content = self._round(path, request, repeatable=repeatable)
            if as_it_is or status in final:
                return Reply(status, parse(content))
            return classified(status, content, f"{method} {path}", where)

        return attempt() if as_it_is else retrying(attempt)

    def _round(
        self, path: str, request: dict[str, Any], *, repeatable: bool
    ) -> tuple[str, int, bytes]:
        """Ask each worker once, until one answers; give who did, its status and its body."""
        what = f"{request['method']} {path}"
        reason = ""
        for url in tuple(self._urls):
            try:
                status, content = self._ask(url + path, request)
            except NOT_SENT as error:
                reason = _reason(error)
                continue
            except httpx.TransportError as error:
                reason = _reason(error)
                if repeatable:
                    continue
                raise UncertainError(
                    f"{_shown(url)} did not answer {what} ({reason}): it may have been done",
                    hint="Look with `wms-connector status` before you do it again",
                ) from None
            except httpx.RequestError as error:
                raise UnexpectedAnswerError(
                    f"{_shown(url)} does not answer {what} as Kafka Connect does "
                    f"({type(error).__name__})",
                    hint="Check that this is a Kafka Connect worker's address",
                ) from None
            # The worker that answered is asked first from now on. Set at once: another thread may
            # be going through them.
            self._urls = [url, *(other for other in self._urls if other != url)]
            return _shown(url), status, content
        raise UnreachableError(
            f"no Kafka Connect worker answers at {self.where} ({reason})",
            hint="Check that the worker runs, the address, and that the network lets you through",
        )

    def _ask(self, url: str, request: dict[str, Any]) -> tuple[int, bytes]:
        options = {key: value for key, value in request.items() if value is not None}
        with self._client.stream(url=url, **options) as response:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > self._limit:
                    raise UnexpectedAnswerError(
                        f"{_shown(url)} answers with more than {self._limit:,} bytes",
                        hint="Check that this is a Kafka Connect worker's address",
                    )
            return response.status_code, bytes(content)


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise UsageError(
            "a Kafka Connect URL must have the form http://HOST:PORT",
            hint="For example http://127.0.0.1:8083",
        )
    return url.rstrip("/")


def _shown(url: str) -> str:
    parsed = httpx.URL(url)
    return str(parsed.copy_with(userinfo=b"", path="/", query=None)).rstrip("/")


def _reason(error: ConnectFailure | httpx.TransportError) -> str:
    text = str(error).strip()
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return text or type(error).__name__
