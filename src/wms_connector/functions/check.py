"""One health check of a deployment: look, restart, remember, and then the metrics.

The ledger is written before the metrics: an alarm rings by them, and its mail quotes the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wms_connector.aws.checks import Check, Restarts
from wms_connector.aws.metrics import put_metrics
from wms_connector.connect.deadline import Deadline
from wms_connector.connect.http import Patience
from wms_connector.health.look import look
from wms_connector.health.metrics import CHECK_FAILED, Measurement
from wms_connector.health.observe import LOOK_SECONDS
from wms_connector.health.policy import Policy
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.aws.attempts import LedgerAttempts
    from wms_connector.connect.client import ConnectClient
    from wms_connector.functions.place import Place
    from wms_connector.health.budget import Attempt, Log
    from wms_connector.health.history import History
    from wms_connector.health.look import Look
    from wms_connector.model.pipeline import Pipeline

_PATIENCE: Final = Patience(seconds=5.0, unreachable_seconds=3.0)
"""The next check comes soon: a rebalance is waited for briefly."""
CALLS_SECONDS: Final = LOOK_SECONDS + 60.0
"""For all calls to the workers: the look, and restarts after it."""


@dataclass(frozen=True, slots=True)
class LedgerMemory:
    """What a look needs of those before it (`health.look.Memory`).

    The history is kept with the check, when all of it is known: `keep` has nothing to do.
    """

    attempts: LedgerAttempts
    before: History

    def read(self) -> Log:
        """Give the attempted restarts."""
        return self.attempts.read()

    def replace(self, log: Log, attempts: tuple[Attempt, ...]) -> bool:
        """Write them, unless somebody else has since."""
        return self.attempts.replace(log, attempts)

    def history(self) -> History:
        """Give the history of the last check."""
        return self.before

    def keep(self, history: History) -> None:
        """Leave it to the check."""


class HealthCheck:
    """One stage's check. `told` hears what is found and done, a line each."""

    def __init__(
        self, place: Place, pipeline: Pipeline, told: Callable[[str], object] = str
    ) -> None:
        self._place = place
        self._pipeline = pipeline
        self._told = told

    def run(self) -> dict[str, Any]:
        """Carry it out; gives the verdict as JSON.

        Whatever fails, HealthCheckFailed is 1 then, and the failure is raised: AwsError,
        SecretError, ConnectFailure.
        """
        try:
            return self._carried_out()
        except Exception:
            self._flag()
            raise

    def _carried_out(self) -> dict[str, Any]:
        place = self._place
        memory = LedgerMemory(place.attempts, place.checks.history())
        with self._client() as client:
            found = self._look(client, memory)
        self._tell(found)
        verdict, acted = found.verdict, found.acted
        restarts = None if found.budget is None else Restarts.of(found.budget)
        interval = 60.0 * self._pipeline.health.check_interval_minutes
        try:
            if not place.checks.write(Check.of(verdict, interval, restarts), verdict.history):
                self._told("a later check has been noted already")
        finally:  # what was seen rings, also where the ledger does not take it
            measured = (*verdict.measurements, *(acted.measurements if acted else ()))
            put_metrics(place.aws, place.names.health_namespace, measured, verdict.at)
        return verdict.as_json() | {"attempted": list(acted.attempted) if acted else []}

    def _look(self, client: ConnectClient, memory: LedgerMemory) -> Look:
        from wms_connector.functions.probes import StageProbes

        place = self._place
        stage = place.deployment.parsed_stage
        return look(
            StageProbes(place, self._pipeline).probes(client),
            tuple(dict.fromkeys(self._pipeline.connector_names(stage).values())),
            Policy.of(self._pipeline),
            memory,
            restart=client.restart_failed,
            clock=place.clock,
            redact=client.redactor.text,
        )

    def _client(self) -> ConnectClient:
        place = self._place
        return place.connect(
            secrets=place.secrets.hidden(),
            transport=Deadline(CALLS_SECONDS, place.transport, clock=place.clock),
            patience=_PATIENCE,
        )

    def _tell(self, found: Look) -> None:
        verdict, acted = found.verdict, found.acted
        if not verdict.findings:
            self._told("healthy")
        for finding in verdict.findings:
            because = f", because of {finding.because.id}" if finding.because else ""
            self._told(f"{finding.kind.id} ({finding.about}): {finding.evidence}{because}")
        for name, reason in verdict.waits.items():
            self._told(f"{name} is not restarted: {reason}")
        if acted is None:
            return
        for name in acted.attempted:
            doubt = acted.doubts.get(name)
            self._told(f"restarted {name}{f', perhaps: {doubt}' if doubt else ''}")
        for name, reason in acted.not_made.items():
            self._told(f"{name} was not restarted: {reason}")

    def _flag(self) -> None:
        """Say by the metric that the check failed; that it failed is raised in any case."""
        place = self._place
        try:
            failed = (Measurement(CHECK_FAILED, 1.0),)
            put_metrics(place.aws, place.names.health_namespace, failed, place.clock())
        except WmsError as error:  # then no value at all tells it: the alarm takes silence so
            self._told(f"the failure cannot be measured: {error.what}")
