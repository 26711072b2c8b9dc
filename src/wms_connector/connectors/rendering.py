"""From a pipeline to the configurations of all its connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.connectors.debezium_oracle import debezium_oracle
from wms_connector.connectors.debezium_postgres import debezium_postgres
from wms_connector.connectors.jdbc_source import jdbc_source

if TYPE_CHECKING:
    from wms_connector.connectors.shape import DatabaseShape
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.security import KafkaSecurity
    from wms_connector.model.stage import Stage


def render(
    pipeline: Pipeline, stage: Stage, *, database: DatabaseShape, security: KafkaSecurity
) -> dict[str, dict[str, str]]:
    """Give each connector's name and its configuration: strings, keys sorted.

    A pure value: addresses and credentials are references to the worker's environment. Kind
    `debezium` has one connector; kind `jdbc` one a schema. Raises StageError for a stage of
    another product.
    """
    names = pipeline.names(stage)
    if pipeline.connector == "jdbc":
        configs = {
            name: jdbc_source(pipeline, stage, schema, database=database)
            for schema, name in pipeline.connector_names(stage).items()
        }
    elif database.vendor == "postgres":
        configs = {names.connector: debezium_postgres(pipeline, stage)}
    else:
        configs = {
            names.connector: debezium_oracle(pipeline, stage, database=database, security=security)
        }
    return {name: dict(sorted(config.items())) for name, config in configs.items()}
