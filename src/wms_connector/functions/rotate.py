"""A rotation: what the new secrets are good for is tried first, then the workers are replaced.

New workers read all secrets, so all are tried, whichever has changed. One that is refused stops the
rotation: the old workers go on with what they have. What cannot be tried because nobody answers
stops it too, and raises, so that it is tried again: new workers could not start either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wms_connector.aws.metrics import put_metrics
from wms_connector.aws.workers_service import replace_tasks
from wms_connector.functions.database import Answer, StageDatabase
from wms_connector.functions.secret_event import meant, secrets_of
from wms_connector.health.metrics import ROTATION_REFUSED, Measurement
from wms_connector.model.errors import SecretError, WmsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.functions.place import Place
    from wms_connector.model.pipeline import Pipeline


class WaitingError(WmsError):
    """The new secrets could not be tried; nothing was replaced."""


class RefusedError(WmsError):
    """A secret is no good; nothing was replaced."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """One stage's rotation. `told` hears what is done."""

    place: Place
    pipeline: Pipeline
    told: Callable[[str], object] = str

    def answer(self, event: Any) -> dict[str, Any]:
        """Try the secrets and replace the workers; tells whether that was begun, and why not.

        Raises WaitingError where the database or the brokers are out of reach, AwsError,
        SecretError where a secret cannot be read. A refusal does not raise: the metric
        RotationRefused says so, and the same version is not tried again unless by hand.
        """
        asked = meant(event, self.place.deployment)
        if not asked.paths:
            return self._nothing(asked.why)
        secrets, rotations = self.place.secrets, self.place.rotations
        versions = {path: secrets.version(path) for path in secrets_of(self.place.deployment)}
        known = rotations.replaced()
        if not asked.by_hand and all(known.get(path) == versions[path] for path in asked.paths):
            if all(known.get(path) == version for path, version in versions.items()):
                # A refused version was taken out of force again: nothing is wrong any more.
                rotations.note_replaced(versions)
                self._measure(0.0)
            return self._nothing("the workers were replaced with this version already")
        try:
            self._try_all(again=asked.by_hand)
        except RefusedError as refused:
            rotations.note_stopped(refused.what)
            self._measure(1.0)
            return self._nothing(refused.what)
        except WaitingError as waiting:
            rotations.note_stopped(waiting.what)
            raise
        return self._replace(versions)

    def _replace(self, versions: Mapping[str, str]) -> dict[str, Any]:
        name = self.place.names.cluster
        replace_tasks(self.place.aws, name, name)
        self.place.rotations.note_replaced(versions)
        self._measure(0.0)
        self.told(f"the workers of {name} are being replaced")
        return {"replaced": True, "why": ""}

    def _nothing(self, why: str) -> dict[str, Any]:
        self.told(f"nothing is replaced: {why}")
        return {"replaced": False, "why": why}

    def _try_all(self, *, again: bool) -> None:
        """Raise RefusedError or WaitingError; the brokers first, for they lock nobody out."""
        self._try_kafka()
        self._try_database(again=again)

    def _try_kafka(self) -> None:
        from wms_connector.kafka.errors import KafkaFailure, NoRightsError, SignInError

        try:
            brokers = self.place.secrets.brokers()
            if self.place.deployment.kafka_secret is not None:
                self.place.secrets.cluster()
        except SecretError as malformed:  # it was read: what is wrong is what it says
            raise RefusedError(self._safe(malformed.what)) from None
        try:
            self.place.kafka.topics.broker_count()
        except SignInError as refused:
            raise RefusedError(self._safe(refused.what)) from None
        except NoRightsError:
            self.told("the brokers take the sign-in")
        except KafkaFailure as error:
            raise WaitingError(
                f"the brokers cannot be asked, so no worker is replaced: {self._safe(error.what)}",
                hint=f"Check {brokers} and the network",
            ) from None

    def _try_database(self, *, again: bool) -> None:
        database = StageDatabase(self.place, pluggable=self.pipeline.connector == "jdbc")
        try:
            self.place.secrets.database()
        except SecretError as malformed:
            raise RefusedError(self._safe(malformed.what)) from None
        known = None if again else database.known_refusal()
        if known is not None:
            raise RefusedError(f"the database refused this version before: {known.reason}")
        tried = database.try_sign_in()
        path = self.place.deployment.database_secret
        match tried.answer:
            case Answer.REFUSED:
                raise RefusedError(f"the database refuses the user of {path}: {tried.reason}")
            case Answer.AWAY:
                raise WaitingError(
                    f"the database of {path} does not answer, so its password is not tried and no "
                    f"worker is replaced: {tried.reason}",
                    hint="It is tried again; if it stays so, ask the DBA",
                )
            case Answer.UNTRIED:
                self.told(f"the database takes connections; not checked: {tried.reason}")
            case Answer.TAKEN:
                self.told(f"the database takes the user of {path}")

    def _measure(self, value: float) -> None:
        measured = (Measurement(ROTATION_REFUSED, value),)
        place = self.place
        put_metrics(place.aws, place.names.health_namespace, measured, place.clock())

    def _safe(self, text: str) -> str:
        return self.place.redactor().text(text)
