"""What every handler has around it: logs and traces that hold no secret, failures as a sentence."""

from __future__ import annotations

import functools
import json
import os
from typing import TYPE_CHECKING, Any, cast

from aws_lambda_powertools import Logger, Tracer

from wms_connector.functions.place import Place
from wms_connector.functions.readable import places, readable
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[Any, Place], dict[str, Any]]
    Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

logger = Logger()
"""Structured; its service is POWERTOOLS_SERVICE_NAME. No event is ever logged."""
tracer = Tracer(auto_patch=False)


class FunctionError(Exception):
    """What CloudFormation, or whoever invoked the function, reads: one line without a secret."""


def framed(work: Work) -> Handler:
    """Make a Lambda handler of a function that takes the event and a Place."""

    # Neither what comes back nor an error's chain goes into a trace.
    @tracer.capture_lambda_handler(capture_response=False, capture_error=False)
    @logger.inject_lambda_context(log_event=False)
    @functools.wraps(work)
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        del context
        return carried_out(work, event, Place(os.environ, public=_public(event)))

    return cast("Handler", handler)


def carried_out(work: Work, event: dict[str, Any], place: Place) -> dict[str, Any]:
    """Do the work; whatever fails becomes one FunctionError, logged and raised without a cause.

    A chain of errors would show in traces and logs what they quote.
    """
    try:
        return work(event, place)
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not be shown
        told = readable(error, redact=place.redactor().text)
        more: dict[str, Any] = {"error": type(error).__name__}
        if not isinstance(error, WmsError):
            more["places"] = places(error)
    logger.error(told, extra=more)
    raise FunctionError(told)


def telling(place: Place) -> Callable[[str], None]:
    """Make what logs a line, without the secrets that were read so far."""

    def told(line: str) -> None:
        logger.info(place.redactor().text(line))

    return told


def _public(event: Any) -> str:
    """A custom resource's properties stand in the template, so all of them may be shown."""
    found = event.get("ResourceProperties") if isinstance(event, dict) else None
    return json.dumps(found)
