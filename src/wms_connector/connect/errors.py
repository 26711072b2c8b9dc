"""What can go wrong with Kafka Connect's REST API, as sentences.

    ConnectFailure
    ├── UnreachableError       no worker answered; nothing was done
    ├── UncertainError         the answer was lost: it may have been done
    ├── RebalanceError         409: workers are sharing out the work; try again
    ├── StartingError          503: the worker is not ready yet
    ├── ServerError            the worker failed inside
    │   └── InternalError      for a reason of its own, which seldom goes away
    ├── NotFoundError          no such connector (says which there are) or plugin
    ├── AlreadyExistsError     a connector of that name is there
    ├── RejectedConfigError    the configuration, with a message a field
    ├── RefusedError           400, 401, 403 and the like: the call is not allowed
    ├── UnsupportedError       the worker is too old for the call; nothing was done
    │   └── HalfDoneError      it was, and has done something else than it was asked
    ├── UnexpectedAnswerError  not Kafka Connect: no JSON, another form, too long
    ├── FailedError            a connector or task is FAILED, with the causes of its trace
    ├── ForeignStageError      the connector is another stage's; nothing was done
    └── WaitError              it did not happen in time; says what is still missing

No error carries an answer's body: bodies can hold what a worker resolved from its secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ConnectFailure(WmsError):  # noqa: N818 - ConnectError is the HTTP library's
    """Something that Kafka Connect refused or did not answer."""


class UnreachableError(ConnectFailure):
    """No worker answered, and nothing was sent."""


class UncertainError(ConnectFailure):
    """A call that must not be repeated blindly was sent, and its answer was lost."""


class RebalanceError(ConnectFailure):
    """The workers are rebalancing; charged to no budget."""


class StartingError(ConnectFailure):
    """The worker answers, but is not ready."""


class ServerError(ConnectFailure):
    """The worker failed inside, or something in front of it did."""


class InternalError(ServerError):
    """The worker failed for a reason of its own, for example a fault in a plugin."""


class NotFoundError(ConnectFailure):
    """There is no connector of that name; `existing` are those that there are."""

    def __init__(self, name: str, existing: Sequence[str], *, kind: str = "connector") -> None:
        self.name = name
        self.existing = tuple(existing)
        there = ", ".join(existing)
        super().__init__(
            f"there is no {kind} {name!r}",
            hint=f"There are: {there}" if there else f"There is no {kind} at all",
        )


class AlreadyExistsError(ConnectFailure):
    """A connector of that name exists."""


class RejectedConfigError(ConnectFailure):
    """Kafka Connect refuses a configuration; `fields` has its messages by key."""

    def __init__(
        self, name: str, fields: Mapping[str, Sequence[str]], *, general: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.fields = {key: tuple(messages) for key, messages in fields.items()}
        told = [f"{key}: {', '.join(messages)}" for key, messages in self.fields.items()]
        self.evidence = "\n".join([*told, *general])
        super().__init__(
            f"Kafka Connect refuses the configuration of {name!r}: "
            + ("; ".join([*told, *general]) or "it gives no reason"),
            hint="Nothing was changed. Mend these settings; `wms-connector lint` says more",
        )


class RefusedError(ConnectFailure):
    """The worker understands the call and does not allow it."""


class UnsupportedError(ConnectFailure):
    """The worker is too old for the call."""


class HalfDoneError(UnsupportedError):
    """The worker is too old for a part of the call, and has done the rest."""


class UnexpectedAnswerError(ConnectFailure):
    """What answers is not Kafka Connect, or not in a form that it is known to give."""


class FailedError(ConnectFailure):
    """A connector or task is FAILED; `evidence` holds the traces."""

    def __init__(self, what: str, *, hint: str | None = None, evidence: str | None = None) -> None:
        self.evidence = evidence
        super().__init__(what, hint=hint)


class ForeignStageError(ConnectFailure):
    """A connector that bears our name works for another stage; nothing was done."""

    exit_code = 2


class WaitError(ConnectFailure):
    """Something did not happen before the deadline."""
