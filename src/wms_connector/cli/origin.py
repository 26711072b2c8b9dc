"""With which pipeline a laptop's runtime was started: kept beside its state."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from wms_connector.model.errors import PipelineError, UsageError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.table import Table

FILE: Final = "pipeline.json"


class Origin(BaseModel):
    """A pipeline file and, where `--tables` was given, the tables in place of the file's."""

    model_config = ConfigDict(frozen=True)

    path: str
    tables: tuple[str, ...] = ()

    def load(self) -> Pipeline:
        """Read the file as it is now, with the tables in their place."""
        pipeline = Pipeline.load(Path(self.path))
        if not self.tables:
            return pipeline
        parsed = tuple(Table.parse(text) for text in self.tables)
        twice = sorted({str(table) for table in parsed if parsed.count(table) > 1})
        if twice:
            raise UsageError(f"--tables names {', '.join(twice)} twice", hint="Name each once")
        jdbc = pipeline.jdbc.model_copy(update={"tables": (), "keys": {}})
        return pipeline.model_copy(update={"tables": parsed, "jdbc": jdbc})


def recorded(state_dir: Path) -> Origin | None:
    """What a runtime was started with, or None if there is none; raises PipelineError."""
    file = state_dir / FILE
    try:
        return Origin.model_validate_json(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError):
        raise PipelineError(
            f"{file} does not tell which pipeline was started",
            hint="Name the pipeline file with --pipeline",
        ) from None
