"""Questions of one look that are asked side by side, and why some have no answer.

Nothing here raises: who fails or does not end leaves a reason.
"""

from __future__ import annotations

import threading
import time
import traceback
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wms_connector.health.observation import Question

T = TypeVar("T")

_PACKAGE: Final = "wms_connector"


class Questions:
    """Those of one look, which ends after `seconds`; `redact` masks reasons.

    `unseen` says, by question, why there is no answer: the first reason counts.
    """

    def __init__(self, seconds: float, redact: Callable[[str], str]) -> None:
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self.redact = redact
        self.unseen: dict[Question, str] = {}

    def begin(self, question: Question, probe: Callable[[], T | None] | None) -> Answer[T]:
        """Ask in a thread; None is a probe that this place does not have."""
        return Answer(self, question, probe)

    def left(self) -> float:
        """Give the seconds until the look ends."""
        return max(0.0, self._until - time.monotonic())

    def note(self, question: Question, error: BaseException, about: str = "") -> None:
        """Keep why a question failed."""
        told = f"{about}: {_reason(error)}" if about else _reason(error)
        self.unseen.setdefault(question, self.redact(told))

    def late(self, question: Question, seconds: float | None = None) -> None:
        """Keep that a question did not end, within the look or within fewer seconds."""
        waited = self._seconds if seconds is None else seconds
        self.unseen.setdefault(question, f"no answer within {waited:.0f} s")


class Answer(Generic[T]):
    """An answer that comes, fails, or is not waited for any longer.

    `answered` and `error` say which; while it is waited for, neither.
    """

    def __init__(
        self, look: Questions, question: Question, probe: Callable[[], T | None] | None
    ) -> None:
        self._look = look
        self._question = question
        self._probe = probe
        self._value: T | None = None
        self.error: BaseException | None = None
        self.answered = False
        # A daemon: who hangs in it must not keep the process from ending.
        self._thread = threading.Thread(target=self._ask, name=f"look {question}", daemon=True)
        if probe is not None:
            self._thread.start()

    def get(self, *, seconds: float | None = None) -> T | None:
        """Wait for it, `seconds` more at the most; None where there is none, and why is noted."""
        if self._probe is None:
            return None
        left = self._look.left()
        self._thread.join(left if seconds is None else min(left, seconds))
        if self._thread.is_alive():
            self._look.late(self._question, seconds)
            return None
        if self.error is not None:
            self._look.note(self._question, self.error)
        return self._value

    def _ask(self) -> None:
        try:
            self._value = self._probe() if self._probe else None
            self.answered = True
        except BaseException as error:  # noqa: BLE001 - told in `unseen`
            self.error = error


def _reason(error: BaseException) -> str:
    """One line. The text of what is not ours may hold a secret: its kind and place are told."""
    if isinstance(error, WmsError):
        return " ".join(error.what.split())
    places = list(traceback.extract_tb(error.__traceback__))
    ours = [frame for frame in places if _PACKAGE in frame.filename] or places
    where = ours[-1] if ours else None
    place = f" in {where.name}, line {where.lineno}" if where else ""
    return f"{type(error).__name__}{place}"
