"""What every call to Kafka Connect has in common: parsing, redacting, naming what is wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr, TypeAdapter, ValidationError

from wms_connector.connect.errors import (
    RefusedError,
    UnexpectedAnswerError,
)
from wms_connector.connect.http import ANSWER_LIMIT, Http, Patience
from wms_connector.connect.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wms_connector.connect.models import (
        ConfigDefinition,
        ConnectorStatus,
    )
    from wms_connector.connect.reply import Reply

_T = TypeVar("_T")
OK: Final = (httpx.codes.OK, httpx.codes.CREATED, httpx.codes.ACCEPTED, httpx.codes.NO_CONTENT)


class Caller:
    """Base of the client: the connection, and how answers become values or errors."""

    def __init__(
        self,
        urls: str | Sequence[str],
        *,
        secrets: Iterable[SecretStr | str] = (),
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        answer_limit: int = ANSWER_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = Http(
            [urls] if isinstance(urls, str) else urls,
            transport=transport,
            patience=patience,
            answer_limit=answer_limit,
            clock=clock,
            sleep=sleep,
        )
        self.redactor = Redactor(secrets)
        self._definitions: dict[str, tuple[ConfigDefinition, ...]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @property
    def where(self) -> str:
        """The workers' addresses, as messages show them."""
        return self._http.where

    def _ok(self, reply: Reply, what: str, *, quoting: bool = True) -> Any:
        """Give an answer's data, or raise RefusedError.

        Without `quoting` the answer's words stay out of the error: for calls whose body holds
        references, which the worker may have resolved into them.
        """
        if reply.status in OK:
            return reply.data
        message = self.redactor.text(message_of(reply)) if quoting else ""
        if "STOPPED state" in message:
            raise RefusedError(
                f"offsets cannot be changed while {what} runs",
                hint="Stop it first: `wms-connector stop`",
            )
        raise RefusedError(
            f"Kafka Connect at {self.where} refuses the call for {what} ({reply.status})"
            + (f": {message}" if message else ""),
            hint="Check what was asked, and whether something in front of it wants a sign-in",
        )

    def _told(self, data: Any) -> str:
        message = data.get("message", "") if isinstance(data, dict) else ""
        return self.redactor.text(str(message))

    def _safe(self, status: ConnectorStatus) -> ConnectorStatus:
        """Mask the traces: they quote URLs, users and whatever else went wrong."""
        head = status.connector
        return status.model_copy(
            update={
                "connector": head.model_copy(
                    update={"trace": head.trace and self.redactor.text(head.trace)}
                ),
                "tasks": tuple(
                    task.model_copy(update={"trace": task.trace and self.redactor.text(task.trace)})
                    for task in status.tasks
                ),
            }
        )

    def _parsed(self, form: type[_T], data: Any) -> _T:
        try:
            return TypeAdapter(form).validate_python(data)
        except ValidationError as error:
            # Only how many, never what: the answer may hold what the worker resolved.
            wrong = error.error_count()
        raise UnexpectedAnswerError(
            f"{self.where} does not answer as Kafka Connect does "
            f"({wrong} fields are not as expected)",
            hint="Check that this is a Kafka Connect worker's address",
        )


def part(text: str) -> str:
    """Escape a text for a URL's path."""
    return quote(text, safe="")


def message_of(reply: Reply) -> str:
    """Give an error answer's message, as the worker wrote it: redact before it is shown."""
    message = reply.data.get("message", "") if isinstance(reply.data, dict) else ""
    return str(message).strip()
