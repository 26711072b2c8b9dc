"""Connector and worker configurations as values, and what can be said against one."""

from __future__ import annotations

from wms_connector.connectors.properties import render_properties
from wms_connector.connectors.rendering import render
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.connectors.worker import WorkerPlace, worker_properties

__all__ = [
    "DatabaseShape",
    "WorkerPlace",
    "render",
    "render_properties",
    "worker_properties",
]
