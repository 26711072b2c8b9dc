"""Golden files: what a configuration is, to be reviewed as a difference.

`WMS_CONNECTOR_UPDATE_GOLDEN=1 pytest tests/unit/connectors` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable

_REPOSITORY = Path(__file__).parents[3]
_UPDATE = os.environ.get("WMS_CONNECTOR_UPDATE_GOLDEN") == "1"


@pytest.fixture(scope="session")
def golden() -> Callable[[str, str], None]:
    """Compare a text with a file of the repository, or write the file."""

    def check(path: str, text: str) -> None:
        file = _REPOSITORY / path
        if _UPDATE:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.is_file(), f"{path} is missing: set WMS_CONNECTOR_UPDATE_GOLDEN=1 to write it"
        assert text == file.read_text(encoding="utf-8"), (
            f"{path} differs: if that is meant, set WMS_CONNECTOR_UPDATE_GOLDEN=1 and review it"
        )

    return check


@pytest.fixture(scope="session")
def wms() -> Pipeline:
    return Pipeline.load(_REPOSITORY / "pipeline.toml")


@pytest.fixture(scope="session")
def wms_jdbc(wms: Pipeline) -> Pipeline:
    return wms.model_copy(update={"connector": "jdbc"})


@pytest.fixture(scope="session")
def tms() -> Pipeline:
    """Another product: at-least-once, `$` in a table, two schemas, keys, update timestamps."""
    return Pipeline.load(_REPOSITORY / "tests" / "data" / "tms.toml")
