"""Where things lie unless the user says otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.model.stage import Stage

APPLICATION: Final = "wms-connector"


def default_cache(environment: Mapping[str, str] | None = None) -> Path:
    """Give `WMS_CONNECTOR_CACHE`, or the user's cache folder."""
    variables = os.environ if environment is None else environment
    if chosen := variables.get("WMS_CONNECTOR_CACHE"):
        return Path(chosen).expanduser().absolute()
    base = variables.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / APPLICATION


def default_state(stage: Stage, environment: Mapping[str, str] | None = None) -> Path:
    """Give `WMS_CONNECTOR_STATE`, or the stage's own folder in the user's state folder."""
    variables = os.environ if environment is None else environment
    if chosen := variables.get("WMS_CONNECTOR_STATE"):
        return Path(chosen).expanduser().absolute()
    base = variables.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / APPLICATION / stage.slug
