"""From an event to a mail, with what the ledger knows of its cause, and on to the topic.

A mail goes out whatever the ledger says or does not say. What cannot be worded or published raises:
Lambda tries again, and then gives the event to the topic as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wms_connector.aws.errors import AwsError
from wms_connector.aws.mails import Claim, Mails, change
from wms_connector.aws.mails import event as event_at
from wms_connector.health import text
from wms_connector.health.alarms import is_over
from wms_connector.health.ecs_text import of_ecs
from wms_connector.health.findings import BY_ID
from wms_connector.health.moments import moment
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.aws.checks import Check
    from wms_connector.aws.mails import Decide
    from wms_connector.functions.place import Place

T = TypeVar("T")

_REFUSED: Final = "rotation-refused"
_WAITING: Final = "rotation-waiting"
_TASK: Final = "ECS Task State Change"
_STOPPED: Final = "worker-stopped"
_RECENT_SECONDS: Final = 3_600.0
"""Restarts that a mail speaks of."""
_ERROR: Final = 1_000  # characters of what a function says of its failure


class UnknownEventError(WmsError):
    """An event that nobody has put into words."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A mail, what it is about, and how the last one about that decides whether it goes out."""

    mail: text.Mail
    about: str
    decide: Decide


@dataclass(frozen=True, slots=True)
class Mailer:
    """Words and publishes for one stage.

    `runbook` is the address where the runbook is read; `told` hears what is sent.
    """

    place: Place
    runbook: str
    told: Callable[[str], object] = str

    def send(self, event: Any) -> dict[str, Any]:
        """Mail what an event says; gives the subject, empty where it is not to be mailed.

        An alarm of another stage is its own function's to mail: CloudWatch may call this one for
        each alarm whose name begins as this stage's do. Raises UnknownEventError, AwsError.
        """
        if (other := self._of_another_stage(event)) is not None:
            self.told(f"not mailed: {other} is no alarm of stage {self.place.names.stage}")
            return {"subject": ""}
        worded = self._worded(event)
        mails = Mails(self.place.ledger.table)
        unnoted: Claim | None = Claim(mails, "", "")
        claim = self._asked(lambda: mails.claim(worded.about, worded.decide), unnoted)
        if claim is None:
            self.told(f"not mailed: {worded.mail.subject}")
            return {"subject": ""}
        try:
            self._publish(worded.mail)
        except AwsError:
            if claim is not unnoted:
                self._asked(claim.give_back, None)
            raise
        self.told(f"mailed: {worded.mail.subject}")
        return {"subject": worded.mail.subject}

    def _of_another_stage(self, event: Any) -> str | None:
        """Give the name of an alarm that is not this stage's."""
        data = event.get("alarmData") if isinstance(event, Mapping) else None
        name = str(data["alarmName"]) if data else ""
        return None if not name or self.place.names.owns_alarm(name) else name

    def _worded(self, event: Any) -> Worded:
        found = event if isinstance(event, Mapping) else {}
        if "alarmData" in found:
            return self._alarm(found["alarmData"])
        now = event_at(self.place.clock())
        if found.get("source") == "aws.ecs":
            task = found.get("detail-type") == _TASK
            about = _STOPPED if task else str((found.get("detail") or {}).get("eventName", "?"))
            return Worded(of_ecs(self._stage(), found), about, now)
        if self._is_failed_rotation(found):
            return Worded(self._waiting(found), _WAITING, now)
        what = found.get("detail-type") or found.get("source") or type(event).__name__
        raise UnknownEventError(
            f"an event ({what}) is none that is put into words",
            hint="See which rule or alarm calls this function",
        )

    def _alarm(self, data: Mapping[str, Any]) -> Worded:
        name, told = str(data["alarmName"]), data["state"]
        state, at = str(told["value"]), str(told.get("timestamp", ""))
        check = self._asked(self.place.checks.last, None)
        findings = check.findings if check else ()
        mail = text.of_alarm(
            self._stage(),
            name,
            state=state,
            reason=str(told.get("reason", "")),
            at=at,
            evidence=(*findings, *self._rotation()),
            tried=self._tried(check),
        )
        about = name.rpartition("-")[2]
        over = is_over(about, {str(finding.get("id")) for finding in findings})
        return Worded(mail, about, change(state, at, over=over))

    def _rotation(self) -> tuple[Mapping[str, Any], ...]:
        """Why nothing was replaced, as a finding: the check does not judge it."""
        stopped = self._asked(self.place.rotations.stopped, "")
        return ({"id": _REFUSED, "evidence": stopped},) if stopped else ()

    def _tried(self, check: Check | None) -> list[str]:
        if check is None:
            return []
        since = self.place.clock() - _RECENT_SECONDS
        log = self._asked(self.place.attempts.read, None)
        recent = [attempt for attempt in log.attempts if attempt.at > since] if log else []
        lines = [f"restarted {one.connector} at {moment(one.at)}" for one in recent]
        lines += [f"{name} is not restarted: {why}" for name, why in check.waits.items()]
        if lines and check.restarts is not None:
            lines.append(f"restarts left: {max(0, check.restarts.left)} of {check.restarts.limit}")
        return lines

    def _is_failed_rotation(self, event: Mapping[str, Any]) -> bool:
        """Whether it is Lambda's record of a rotation that failed each time it was tried."""
        arn = str((event.get("requestContext") or {}).get("functionArn", ""))
        return self.place.names.function("rotation") in arn.split(":")

    def _waiting(self, record: Mapping[str, Any]) -> text.Mail:
        answer = record.get("responsePayload") or {}
        why = str(answer.get("errorMessage") or record["requestContext"].get("condition", ""))
        at = str(record.get("timestamp", ""))
        return text.of_kind(self._stage(), BY_ID[_WAITING], [why[:_ERROR]], at=at)

    def _publish(self, mail: text.Mail) -> None:
        topic = self.place.deployment.alerts_topic
        with self.place.aws.doing(f"publish to {self.place.names.alerts_topic}"):
            self.place.aws.client("sns").publish(
                TopicArn=topic, Subject=mail.subject, Message=mail.body
            )

    def _asked(self, question: Callable[[], T], otherwise: T) -> T:
        """Ask the ledger; without it a mail says less, and goes out all the same."""
        try:
            return question()
        except AwsError as error:
            self.told(f"the ledger is not asked: {error.what}")
            return otherwise

    def _stage(self) -> text.Place:
        names = self.place.names
        return text.Place(names.stage.name, names.connector_stack, self.runbook)
