"""Asks each worker's Java for its figures, all at once: on a laptop by port, in AWS by address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from wms_connector.health.exporter import PATH
from wms_connector.health.figures import ExporterError, Figures, figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

SECONDS: Final = 3.0
"""For one worker: an answer takes some milliseconds, or a second on a machine at its limit."""
_LIMIT: Final = 4_000_000
_OK: Final = 200


def ask_workers(
    places: Mapping[str, str],
    *,
    seconds: float = SECONDS,
    transport: httpx.BaseTransport | None = None,
) -> tuple[Figures, ...]:
    """Ask `places`, `host:port` by worker; give those that answered, in their order.

    One that does not answer may be starting, or stopping: it is left out. Raises ExporterError,
    with the first one's reason, if there are some and none answers.
    """
    if not places:
        return ()
    with ThreadPoolExecutor(len(places), thread_name_prefix="exporter") as pool:
        asked = [
            pool.submit(_ask, name, place, seconds, transport) for name, place in places.items()
        ]
    errors = [error for one in asked if (error := one.exception()) is not None]
    if unforeseen := [error for error in errors if not isinstance(error, ExporterError)]:
        raise unforeseen[0]
    if len(errors) == len(asked):
        raise errors[0]
    return tuple(one.result() for one in asked if one.exception() is None)


def _ask(name: str, place: str, seconds: float, transport: httpx.BaseTransport | None) -> Figures:
    import httpx

    try:
        with httpx.Client(timeout=seconds, trust_env=False, transport=transport) as client:
            answer = client.get(f"http://{place}{PATH}")
    except httpx.HTTPError as error:
        raise ExporterError(
            f"{name} does not tell its figures at {place}: {error or type(error).__name__}",
            hint="See that it runs, and that the port of its exporter can be reached",
        ) from None
    if answer.status_code != _OK or len(answer.content) > _LIMIT:
        raise ExporterError(
            f"{name} does not tell its figures at {place}: status {answer.status_code}, "
            f"{len(answer.content)} bytes",
            hint="See that it is the worker's exporter that answers on this port",
        )
    return figures(name, answer.text)
