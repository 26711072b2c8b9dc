"""Handler of the operators' way to the workers: see `relay` for what it passes on."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

import wms_connector
from wms_connector.aws.control import DEPLOYMENT, HEALTH, REACH, TOPICS, HealthReport
from wms_connector.aws.deployment import packaged_pipeline
from wms_connector.connect.deadline import Deadline
from wms_connector.connect.redact import Redactor
from wms_connector.connectors.rendering import render
from wms_connector.functions.frame import framed, logger
from wms_connector.functions.relay import ANSWER_SECONDS, Relay
from wms_connector.functions.reports import deployment_report, reach_report, topics_report

if TYPE_CHECKING:
    from pydantic import BaseModel

    from wms_connector.functions.place import Place
    from wms_connector.model.pipeline import Pipeline


def work(event: dict[str, Any], place: Place, pipeline: Pipeline | None = None) -> dict[str, Any]:
    """Answer one call of an operator. Without its secrets nothing could be redacted: it fails."""
    deployment, stage = place.deployment, place.deployment.parsed_stage
    packaged = pipeline or packaged_pipeline(Path(wms_connector.__file__).parents[1])
    configs = render(packaged, stage, database=deployment.database, security=deployment.security)
    place.public = json.dumps(configs)
    redactor = Redactor(place.secrets.hidden())
    # A validation asks the worker twice: both together must end before the function does.
    limit = Deadline(ANSWER_SECONDS, place.transport, clock=place.clock)
    with httpx.Client(transport=limit, trust_env=False) as client:
        relay = Relay(
            place.names,
            configs,
            deployment.connect_url,
            client,
            redactor,
            {
                DEPLOYMENT: partial(deployment_report, deployment, packaged, configs),
                TOPICS: partial(_topics, place, packaged),
                REACH: partial(reach_report, place.secrets),
                HEALTH: lambda: HealthReport(check=place.checks.last()),
            },
        )
        reply = relay.answer(event)
    logger.info(f"answered {reply.status}")
    return reply.model_dump()


def _topics(place: Place, pipeline: Pipeline) -> BaseModel:
    from wms_connector.kafka.topics import desired

    return topics_report(place.kafka, desired(pipeline, place.deployment.parsed_stage))


handler = framed(work)
