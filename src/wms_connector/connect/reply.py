"""What an HTTP answer means, before anybody knows what was asked. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import httpx

from wms_connector.connect.errors import (
    AlreadyExistsError,
    InternalError,
    RebalanceError,
    ServerError,
    StartingError,
    UnexpectedAnswerError,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no passing fault: status and JSON (None when the body is empty)."""

    status: int
    data: Any


def classified(status: int, content: bytes, what: str, where: str) -> Reply:
    """Raise for passing faults; give everything else to who knows what was asked."""
    data = parse(content)
    message = data.get("message") if isinstance(data, dict) else None
    lower = message.lower() if isinstance(message, str) else ""
    if status == httpx.codes.CONFLICT:
        if "already exists" in lower:
            raise AlreadyExistsError(
                f"{what}: a connector of that name exists", hint="Use `wms-connector apply`"
            )
        raise RebalanceError(
            f"{where} cannot do {what} now: the workers are rebalancing",
            hint="Try again in a few seconds",
        )
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        raise StartingError(
            f"{where} is not ready for {what} (503)", hint="Wait until the worker has started"
        )
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        # With a message of its own, a 500 passes only if the workers could not agree; the text
        # itself stays here, because it can quote what the worker resolved.
        lasting = status == httpx.codes.INTERNAL_SERVER_ERROR and lower and not PASSES.search(lower)
        raise (InternalError if lasting else ServerError)(
            f"{where} failed inside on {what} ({status})",
            hint="Look into the worker's log at this time",
        )
    if data is _NO_JSON or httpx.codes.is_redirect(status):
        raise UnexpectedAnswerError(
            f"{where} does not answer {what} as Kafka Connect does (status {status}, no JSON)",
            hint="Check that this is a Kafka Connect worker's address",
        )
    return Reply(status, data)


_NO_JSON: Final = object()
PASSES: Final = re.compile(r"timed out|forward|rebalanc|leader|starting up", re.IGNORECASE)
"""Words by which a 500 that passes is told from one that lasts."""


def parse(content: bytes) -> Any:
    """Read JSON; None for an empty body, and for no JSON a mark that fits no form."""
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _NO_JSON
