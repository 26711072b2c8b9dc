"""What a stage's functions know about their deployment: written by the stack, read by handlers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from wms_connector.connectors.shape import DatabaseShape
from wms_connector.model.errors import WmsError
from wms_connector.model.pipeline import FILE_NAME, Pipeline
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wms_connector.model.names import Names

VARIABLE: Final = "WMS_DEPLOYMENT"
"""Environment variable of every function: the JSON of a Deployment."""


class Deployment(BaseModel):
    """One stage's deployment. Names and paths only: nothing in it is a secret.

    The `*_secret` are the paths that won when the template was made, the stage's own or the
    default's: a function may read these and no others. `kafka_secret` is a path or an ARN, and
    None where brokers want no user. `connect_url` is the workers' REST interface. `alerts_topic` is
    the ARN of the topic that mails go to. `version` is that of the package which made the template:
    what is packaged for Lambda does not know its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    product: str
    security: KafkaSecurity
    database: DatabaseShape
    broker_secret: str
    database_secret: str
    kafka_secret: str | None = None
    cluster_arn: str | None = None
    connect_url: str
    ledger: str
    alerts_topic: str = ""
    shared_by_named_stages: bool = False
    version: str = "unknown"

    @property
    def parsed_stage(self) -> Stage:
        """The stage; raises StageError."""
        return Stage.parse(self.stage, product=self.product)

    @property
    def names(self) -> Names:
        """All names of the stage."""
        from wms_connector.model.names import Names

        return Names(self.parsed_stage, self.product, self.shared_by_named_stages)

    def environment(self) -> dict[str, str]:
        """Give the variables of a function."""
        return {VARIABLE: self.model_dump_json(exclude_none=True)}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read what the stack wrote; raises WmsError."""
        try:
            return cls.model_validate_json(environment.get(VARIABLE, ""))
        except ValidationError as error:
            raise WmsError(
                f"{VARIABLE} does not describe a deployment ({error.error_count()} faults)",
                hint="Deploy the stack again",
            ) from None


def packaged_pipeline(folder: Path) -> Pipeline:
    """Read the pipeline file that was packaged beside the handlers; raises PipelineError."""
    return Pipeline.load(folder / FILE_NAME)
