"""What reaches those who are subscribed to a stage's alerts."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.e2e.support import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.aws.site import Site


@dataclass(frozen=True)
class Message:
    """One mail: as SNS has it, before a mail server gets it."""

    subject: str
    body: str


class Inbox:
    """A queue that is subscribed to a stage's alerts; `messages` are what came, oldest first."""

    def __init__(self, site: Site) -> None:
        emulator = site.ground.emulator
        self._sqs = emulator.client("sqs")
        self._queue = self._sqs.create_queue(QueueName=f"inbox-{site.stage.slug}")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["QueueArn"]
        )
        sns = emulator.client("sns")
        [topic] = [
            found["TopicArn"]
            for found in sns.list_topics()["Topics"]
            if found["TopicArn"].endswith(f":{site.names.alerts_topic}")
        ]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"])
        self.messages: list[Message] = []

    def look(self, *, wait: int = 0) -> list[Message]:
        """Take what has come, or comes within some seconds; give all since the last `clear`."""
        while found := self._taken(wait):
            self.messages += found
            wait = 0
        return self.messages

    def clear(self) -> None:
        """Forget what has come so far."""
        self.look()
        self.messages = []

    def until(self, subject: str) -> Message:
        """Wait for a message whose subject begins so, and give it."""
        self.until_all([subject])
        return next(one for one in self.messages if one.subject.startswith(subject))

    def until_all(self, subjects: Iterable[str]) -> None:
        """Wait for messages whose subjects begin so."""
        wanted = set(subjects)

        def missing() -> set[str]:
            come = [message.subject for message in self.look(wait=1)]
            return {one for one in wanted if not any(each.startswith(one) for each in come)}

        deadline = time.monotonic() + PATIENCE
        while left := missing():
            assert time.monotonic() < deadline, f"never came: {left}; this did: {self.messages}"

    def _taken(self, wait: int) -> list[Message]:
        answer: dict[str, Any] = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait
        )
        found = []
        for message in answer.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            told = json.loads(message["Body"])
            found.append(Message(told["Subject"], told["Message"]))
        return found
