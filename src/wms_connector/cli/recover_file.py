"""Where a repair is written down: beside the stage's state, for its owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from wms_connector.connect.recovery import Record, Repair
from wms_connector.local.state import StateFolder
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.model.stage import Stage


class RecoverFile:
    """The record of a repair of one connector that is under way, and those that are done."""

    def __init__(self, folder: Path, stage: Stage, connector: str) -> None:
        self._folder = StateFolder(folder)
        self._stem = f"recover-{stage.slug}-{connector}"
        self._name = f"{self._stem}.json"
        self.path = folder / self._name

    def read(self, repair: Repair) -> Record | None:
        """Give the record of a repair that was interrupted.

        A snapshot takes the place of a repair of the schema history that led nowhere; the other
        way round raises WmsError.
        """
        try:
            record = Record.model_validate_json(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, ValidationError):
            raise WmsError(
                f"{self.path} cannot be read",
                hint="It holds the offset of an interrupted repair; move it away to begin anew",
            ) from None
        if record.repair is not repair:
            if repair is Repair.SNAPSHOT:
                return None
            raise WmsError(
                f"`recover {record.repair}` was begun here at {record.started} and not finished",
                hint=f"Finish it with the same command, or move {self.path} away",
            )
        return record

    def keep(self, record: Record) -> None:
        """Write it down, durably, before anything is changed."""
        self._folder.make()
        self._folder.write_private(self._name, record.model_dump_json(indent=1) + "\n")

    def finish(self, record: Record) -> None:
        """Keep it under another name: the repair is done."""
        self.path.rename(self.finished(record))

    def finished(self, record: Record) -> Path:
        """The name that it has then."""
        when = "".join(letter for letter in record.started if letter.isalnum())
        return self.path.with_name(f"{self._stem}-{when}.done.json")
