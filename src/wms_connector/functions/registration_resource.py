"""The registration as CloudFormation's resource: each look plans, applies, and waits a little.

The framework asks again every few seconds, always with the same event. What one look must know of
the former ones is in the ledger (how often the connector has failed of something that passes) and
in the event (when the registration began).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.errors import AwsError
from wms_connector.aws.properties import connectors_of
from wms_connector.connect.apply import apply
from wms_connector.connect.deadline import Deadline
from wms_connector.connect.errors import (
    FailedError,
    NotFoundError,
    RebalanceError,
    RejectedConfigError,
    ServerError,
    StartingError,
    UncertainError,
    UnexpectedAnswerError,
    UnreachableError,
    UnsupportedError,
    WaitError,
)
from wms_connector.connect.http import Patience
from wms_connector.connect.ownership import check_stage
from wms_connector.connect.reconcile import Verb, actual_of, plan
from wms_connector.connect.wait import Waiting, failure_of
from wms_connector.functions.readable import LIMIT, causes_of, cut, readable
from wms_connector.functions.undo import Update
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.connect.apply import Outcome
    from wms_connector.connect.client import ConnectClient
    from wms_connector.connect.reconcile import Plan
    from wms_connector.functions.place import Place

LOOK_SECONDS: Final = 40.0
"""How long one look waits for RUNNING: a former FAILED may be shown for 20 s after a change."""
SETTLE_SECONDS: Final = 3.0
"""How long RUNNING must last within one look, for a task that goes on failing and restarting."""
LOOKS: Final = 3
"""How often a connector may fail of something that passes before the deployment fails."""
GIVE_UP_SECONDS: Final = 1_500.0
"""How long workers may be away: they were up before this began. The framework's own limit is an
hour, and its message then says nothing of the reason."""
CALLS_SECONDS: Final = 180.0
"""For all calls of one look: a plugin may try its database for 90 s. The function has longer."""
DELETE_SECONDS: Final = 8.0
"""All that a deletion may take: the workers go right after it anyway."""

# What passes by itself, or is told by the next look. A worker that has just begun to listen does
# not know its own calls yet.
_WAIT: Final = (
    WaitError,
    UnreachableError,
    UncertainError,
    RebalanceError,
    StartingError,
    ServerError,
    NotFoundError,
    UnexpectedAnswerError,
    UnsupportedError,
)
_BRIEF: Final = Patience(seconds=10, unreachable_seconds=3)
_HURRIED: Final = Patience(seconds=4, unreachable_seconds=2)


class RegistrationError(WmsError):
    """The connectors do not run with this configuration; `evidence` is the connector's own.

    `in_place`: they have the configuration, and fail with it.
    """

    def __init__(
        self,
        what: str,
        *,
        hint: str | None = None,
        evidence: str | None = None,
        in_place: bool = False,
    ) -> None:
        self.evidence = evidence
        self.in_place = in_place
        super().__init__(what, hint=hint)


@dataclass(frozen=True, slots=True)
class RegistrationResource:
    """One stage's connectors. `told` hears what is done."""

    place: Place
    told: Callable[[str], object] = str

    def look(
        self,
        properties: Mapping[str, Any],
        former: Mapping[str, Any] | None = None,
        *,
        request: str,
        started: float,
    ) -> dict[str, Any]:
        """Bring the connectors to their configuration; tell whether they run with it.

        `former` are the properties before an update. One that takes back an update which failed is
        complete when the former configuration is in place again, even if connectors fail with it:
        whatever lets them fail, the stack must not be stuck half-way for it. Raises
        RegistrationError when they never will run, ForeignStageError, SecondNamedStageError,
        SecretError.
        """
        update = Update(self.place, former or {}, properties, self.told)
        try:
            answer = self._looked(properties, request, started)
        except RegistrationError as error:
            undo = update.is_undo()
            if undo and error.in_place:
                told = readable(error, redact=self.place.redactor().text)
                self.told(f"the former configuration is back, and does not run: {told}")
                return {"IsComplete": True, "Data": {"Running": "", "Held": "", "Failed": told}}
            if not undo:
                update.has_failed()
            raise
        if answer["IsComplete"]:
            update.went_well()
        return answer

    def _looked(
        self, properties: Mapping[str, Any], request: str, started: float
    ) -> dict[str, Any]:
        desired = connectors_of(properties)
        before: FailedError | None = None
        try:
            with self._client() as client:
                if not client.health().is_healthy:
                    return self._pending(WaitError("no worker is ready"), started)
                made, before = self._planned(client, desired)
                if before is not None:
                    # The first time it may have failed of what was before this deployment.
                    others = (Verb.REMOVE, Verb.CREATE, Verb.UPDATE)
                    in_place = not any(made.of(verb) for verb in others)
                    self._judge(before, self._counted(request), lasting=2, in_place=in_place)
                outcome = self._applied(made, client)
        except (FailedError, RejectedConfigError) as error:
            failures = 0 if before else self._counted(request)
            # A connector is waited for when all have their configuration.
            self._judge(error, failures, lasting=0, in_place=isinstance(error, FailedError))
            return self._pending(error, started)
        except _WAIT as error:
            return self._pending(error, started)
        if not outcome.done.is_empty:
            # A task can show RUNNING for seconds before it fails: the next look must find it so.
            return self._pending(WaitError("changed just now"), started)
        held = [action.name for action in outcome.done.actions if action.held]
        running = "; ".join(f"{n}: {status.summary()}" for n, status in outcome.running.items())
        self.told(running or "no connector has to run")
        # CloudFormation takes an answer of 4096 bytes in all.
        data = {"Running": cut(running, LIMIT), "Held": cut(", ".join(held), LIMIT)}
        return {"IsComplete": True, "Data": data}

    def delete(self) -> None:
        """Remove the stage's connectors if that can be done at once; never fails, never waits."""
        try:
            limit = self._within(DELETE_SECONDS)
            with self.place.connect(transport=limit, patience=_HURRIED) as client:
                actual = actual_of(client.expanded())
                check_stage(self.place.names, actual)
                for name in filter(self.place.names.owns_connector, actual):
                    client.delete(name, missing_ok=True)
                    self.told(f"removed {name}")
        except Exception as error:  # noqa: BLE001 - a broken Connect must not keep a stack alive
            kind = type(error).__name__
            self.told(f"connectors were left to end with their workers ({kind})")

    def _client(self) -> ConnectClient:
        return self.place.connect(
            secrets=self.place.secrets.hidden(),
            transport=self._within(CALLS_SECONDS),
            patience=_BRIEF,
        )

    def _within(self, seconds: float) -> Deadline:
        return Deadline(seconds, self.place.transport, clock=self.place.clock)

    def _planned(
        self, client: ConnectClient, desired: Mapping[str, Mapping[str, str]]
    ) -> tuple[Plan, FailedError | None]:
        """Plan; and tell which connector has failed although its configuration is as desired."""
        names = self.place.names
        actual = actual_of(client.expanded())
        check_stage(names, actual)
        made = plan(desired, actual, owned=names.owns_connector)
        changed = {action.name for action in made.of(Verb.UPDATE)}
        for action in made.of(Verb.RESTART):
            status = actual[action.name].status
            if status is not None and action.name not in changed:
                return made, failure_of(status)
        return made, None

    def _applied(self, made: Plan, client: ConnectClient) -> Outcome:
        # A roll-back that has nothing to change harms nobody, and must not be refused.
        if self.place.names.stage.is_named and (made.of(Verb.CREATE) or made.of(Verb.UPDATE)):
            from wms_connector.kafka.guard import check_alone

            check_alone(self.place.names, self.place.kafka.topics)
        for line in made.lines(client.redactor):
            self.told(line)
        waiting = Waiting(
            LOOK_SECONDS, SETTLE_SECONDS, self.told, clock=self.place.clock, sleep=self.place.sleep
        )
        return apply(made, client, waiting=waiting)

    def _counted(self, request: str) -> int:
        """Count a failure of this deployment."""
        try:
            return self.place.ledger.count_failure(request)
        except AwsError as refused:
            self.told(f"failures cannot be counted, so the first one counts: {refused.what}")
            return LOOKS

    def _judge(
        self,
        error: FailedError | RejectedConfigError,
        failures: int,
        *,
        lasting: int,
        in_place: bool,
    ) -> None:
        """Raise when it has failed too often: LOOKS times of what passes, `lasting` of the rest."""
        causes = causes_of(error)
        passes = bool(causes) and causes[0].transient
        if failures < (LOOKS if passes else lasting):
            return
        times = f" ({failures} times)" if failures > 1 else ""
        raise RegistrationError(
            f"{error.what}{times}",
            hint="Mend the cause, then deploy again",
            evidence=error.evidence,
            in_place=in_place,
        ) from None

    def _pending(self, reason: WmsError, started: float) -> dict[str, Any]:
        """Ask for another look, or give up when it has been long enough."""
        waited = self.place.clock() - started
        if waited >= GIVE_UP_SECONDS:
            raise RegistrationError(
                f"the connectors do not run after {waited / 60:.0f} minutes: {reason.what}",
                hint="Look into the workers' log; then deploy again",
                evidence=reason.evidence,
            ) from None
        self.told(f"not yet: {readable(reason, redact=self.place.redactor().text)}")
        return {"IsComplete": False}
