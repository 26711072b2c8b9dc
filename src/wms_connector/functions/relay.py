"""Relays an operator's call to the stage's workers: only what is allowed, and nothing secret back.

A caller's body does not exist here. A configuration is rendered from the packaged pipeline, and
the caller's digest says whether he means the same one. Whatever answers a call that carries a
configuration can quote what the worker resolved from it, so nothing of its words is passed on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx
from pydantic import TypeAdapter, ValidationError

from wms_connector.aws.control import (
    ANSWER_LOST,
    FORBIDDEN,
    NOT_SENT,
    OTHER_CONFIG,
    RULES,
    ControlReply,
    ControlRequest,
    allowed,
    digest,
)
from wms_connector.connect.http import NOT_SENT as NEVER_SENT
from wms_connector.connect.models import ConfigDefinition
from wms_connector.connect.redact import Redactor
from wms_connector.connect.reply import PASSES
from wms_connector.connect.validation import RawValidation, Validation, rebuild, sentence_for
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import BaseModel

    from wms_connector.aws.control import Allowed
    from wms_connector.model.names import Names

ANSWER_SECONDS: Final = 100.0
"""For all answers to one call: the worker itself gives a plugin 90 s for its validation. The
function has 20 s more."""
ANSWER_LIMIT: Final = 1_500_000
"""Bytes of an answer: Lambda carries 6 MB, and as JSON within JSON two bytes can become seven."""
_DEFINITIONS: Final = TypeAdapter(tuple[ConfigDefinition, ...])
_REMOVE: Final = next(
    rule for rule in RULES if (rule.method, rule.pattern) == ("DELETE", "/connectors/{connector}")
)
_PLAIN: Final = {"content-type": "text/plain"}
_PASSING: Final = "the workers could not agree in time: they may be rebalancing"


@dataclass(frozen=True, slots=True)
class Relay:
    """One stage's relay.

    `configs` are the packaged pipeline's, by connector. `own` answers the questions to the
    function itself, by path; it raises WmsError. `workers` is the address of the REST interface.
    """

    names: Names
    configs: Mapping[str, Mapping[str, str]]
    workers: str
    http: httpx.Client
    redactor: Redactor = field(default_factory=Redactor)
    own: Mapping[str, Callable[[], BaseModel]] = field(default_factory=dict)

    def answer(self, event: Any) -> ControlReply:
        """Answer a call. What fails on the way is an answer too, by its status."""
        try:
            request = ControlRequest.model_validate(event)
        except ValidationError:
            return ControlReply.own(FORBIDDEN, "this is no call in the form that is relayed")
        found = allowed(request, self.names)
        if found is None:
            told = f"{request.method} {request.path} is not relayed"
            return ControlReply.own(FORBIDDEN, self.redactor.text(told[:200]))
        try:
            return self._answered(request, found)
        except _NoAnswerError as error:
            return error.reply

    def _answered(self, request: ControlRequest, found: Allowed) -> ControlReply:
        if found.rule.own:
            return self._own(self.own[request.path])
        if found.rule.renders:
            return self._rendered(request, found)
        if found.rule == _REMOVE and found.connector in self.configs:
            told = f"the deployed pipeline has the connector {found.connector}; deploy first"
            return ControlReply.own(OTHER_CONFIG, told)
        return self._passed(self._sent(request.method, request.path, query=request.query))

    def _own(self, ask: Callable[[], BaseModel]) -> ControlReply:
        try:
            report = ask().model_dump(mode="json")
        except WmsError as error:
            told = self.redactor.text(str(error))
            return ControlReply.own(httpx.codes.INTERNAL_SERVER_ERROR, told)
        return ControlReply(status=httpx.codes.OK, body=json.dumps(self.redactor.data(report)))

    def _rendered(self, request: ControlRequest, found: Allowed) -> ControlReply:
        """Send the configuration that the caller means, if it is one of ours."""
        for name, config in self.configs.items():
            if found.connector not in {None, name} or digest(config) != request.config_digest:
                continue
            if found.plugin is None:
                answer = self._sent("PUT", request.path, body=config)
                return self._passed(answer) if answer.is_success else _closed(answer)
            if found.plugin == config.get("connector.class"):
                return self._validated(request, {**config, "name": name})
        asked = found.connector or f"plugin {found.plugin}"
        return ControlReply.own(
            OTHER_CONFIG,
            f"the deployed pipeline renders another configuration for {asked}; deploy first",
        )

    def _validated(self, request: ControlRequest, config: Mapping[str, str]) -> ControlReply:
        """Rebuild the validation as the client does, before it leaves."""
        answer = self._sent("PUT", request.path, body=config)
        if not answer.is_success:
            return _closed(answer)
        definitions = self._sent("GET", request.path.removesuffix("/validate"))
        try:
            raw = RawValidation.model_validate(_data(answer))
            known = _DEFINITIONS.validate_python(_data(definitions))
        except ValidationError:
            # Only that it is unknown: its text may hold what the worker resolved.
            return ControlReply.own(ANSWER_LOST, "the worker's validation has an unknown form")
        shown = _as_answer(rebuild(config, raw, known, self.redactor))
        return ControlReply(status=httpx.codes.OK, body=json.dumps(shown))

    def _passed(self, answer: httpx.Response) -> ControlReply:
        """Pass a worker's answer on, redacted."""
        if not answer.content.strip():
            return ControlReply(status=answer.status_code)
        data = _data(answer)
        if data is None:
            text = "the worker's answer is not JSON, and is withheld"
            return ControlReply(status=answer.status_code, body=text, headers=_PLAIN)
        body = json.dumps(self.redactor.data(data))
        return ControlReply(status=answer.status_code, body=body)

    def _sent(
        self,
        method: str,
        path: str,
        *,
        query: tuple[tuple[str, str], ...] = (),
        body: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a call once: whoever asked decides whether to try again."""
        url = httpx.URL(self.workers + path)
        options = {"params": list(query) or None, "json": body, "timeout": ANSWER_SECONDS}
        content = bytearray()
        try:
            with self.http.stream(method, url, **options) as answer:  # type: ignore[arg-type]
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > ANSWER_LIMIT:
                        raise _NoAnswerError(ANSWER_LOST, "the worker's answer is too long")
                return httpx.Response(answer.status_code, content=bytes(content))
        except NEVER_SENT as error:
            told = f"no worker takes the call ({type(error).__name__})"
            raise _NoAnswerError(NOT_SENT, told) from None
        except httpx.HTTPError as error:
            told = f"the worker's answer was lost ({type(error).__name__})"
            raise _NoAnswerError(ANSWER_LOST, told) from None


class _NoAnswerError(Exception):
    """No answer of a worker: what the function says instead."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.reply = ControlReply.own(status, message)


def _data(answer: httpx.Response) -> Any:
    """Read an answer's JSON; None if it is none."""
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None


def _closed(answer: httpx.Response) -> ControlReply:
    """Give a refusal in words of ours only."""
    data = _data(answer)
    message = str(data.get("message", "")) if isinstance(data, dict) else ""
    told = sentence_for(message) if message else ""
    if answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR and PASSES.search(message):
        told = _PASSING
    body = json.dumps({"error_code": answer.status_code, "message": told})
    return ControlReply(status=answer.status_code, body=body)


def _as_answer(found: Validation) -> dict[str, Any]:
    """Write a validation as a worker does; what is withheld comes under names of ours."""
    shown = [
        _field(each.name, each.submitted, each.errors, each.recommended, defined=each.defined)
        for each in found.fields
    ]
    # `general` are the messages of the withheld, each with what kind of key it was before it.
    told = [text.partition(": ")[2] for text in found.general]
    shown += [
        _field(f"withheld.{number}", None, () if number else told, ())
        for number in range(found.withheld)
    ]
    return {"name": found.plugin, "error_count": found.error_count, "configs": shown}


def _field(
    name: str,
    value: str | None,
    errors: Iterable[str],
    recommended: Iterable[str],
    *,
    defined: bool = False,
) -> dict[str, Any]:
    return {
        "definition": {"name": name} if defined else None,
        "value": {
            "name": name,
            "value": value,
            "recommended_values": list(recommended),
            "errors": list(errors),
        },
    }
