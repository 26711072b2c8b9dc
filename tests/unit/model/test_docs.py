"""docs/pipeline.md names every key of the pipeline file, with its default."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wms_connector.model.cloud_settings import IamSettings, LogSettings, NetworkSettings
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.settings import (
    DebeziumSettings,
    HealthSettings,
    JdbcSettings,
    KafkaSettings,
    StageSettings,
    TopicSettings,
)
from wms_connector.model.sizing import Sizing

if TYPE_CHECKING:
    from pydantic import BaseModel

TEXT = (Path(__file__).parents[3] / "docs/pipeline.md").read_text()


@pytest.mark.parametrize(
    "section",
    [Pipeline, DebeziumSettings, JdbcSettings, KafkaSettings, HealthSettings, StageSettings,
     TopicSettings, Sizing, NetworkSettings, IamSettings, LogSettings],
)  # fmt: skip
def test_every_key_is_documented(section: type[BaseModel]) -> None:
    sections = {
        "debezium", "jdbc", "topics", "kafka", "health", "network", "iam", "logs", "stages",
    }  # fmt: skip
    for key, field in section.model_fields.items():
        if section is Pipeline and key in sections:
            assert f"## `[{key}" in TEXT
            continue
        lines = [line for line in TEXT.splitlines() if f"`{key}`" in line]
        assert lines, key
        default = field.default
        if section is not Sizing and isinstance(default, str | int) and key != "connector_class":
            shown = f'`"{default}"`' if isinstance(default, str) else f"`{str(default).lower()}`"
            assert any(shown in line for line in lines), (key, shown)
