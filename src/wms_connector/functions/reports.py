"""What the control function tells of itself: the deployment, its topics, and whom it reaches."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Literal

from wms_connector.aws.control import (
    DeploymentReport,
    ReachedReport,
    ReachReport,
    TopicReport,
    TopicsReport,
    digest,
)
from wms_connector.health.tcp import reached
from wms_connector.model.brokers import parse_brokers
from wms_connector.oracle.address import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from wms_connector.aws.deployment import Deployment
    from wms_connector.aws.stage_secrets import StageSecrets
    from wms_connector.functions.place import Kafka
    from wms_connector.health.tcp import Dial
    from wms_connector.kafka.plan import TopicPlan
    from wms_connector.kafka.topics import DesiredTopic
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.secrets import DbInfo

_AT_ONCE: Final = 32
"""Connections that are tried side by side: a large cluster must not outlast the function."""


def deployment_report(
    deployment: Deployment, pipeline: Pipeline, configs: Mapping[str, Mapping[str, str]]
) -> DeploymentReport:
    """Tell what the stage was deployed with."""
    return DeploymentReport(
        stage=deployment.stage,
        product=deployment.product,
        version=deployment.version,
        security=deployment.security,
        database=deployment.database,
        connectors={name: digest(config) for name, config in configs.items()},
        cluster_arn=deployment.cluster_arn,
        guarantee=pipeline.guarantee,
    )


def topics_report(kafka: Kafka, desired: Iterable[DesiredTopic]) -> TopicsReport:
    """Compare the desired topics with what is there; ask for the newest record of each data topic.

    Raises KafkaFailure.
    """
    from wms_connector.kafka.plan import plan
    from wms_connector.kafka.topics import Purpose

    wanted = tuple(desired)
    actual = kafka.topics.describe(topic.name for topic in wanted)
    data = {
        topic.name: actual[topic.name].partitions
        for topic in wanted
        if topic.purpose is Purpose.DATA and topic.name in actual
    }
    times = kafka.records.newest(data)
    made = plan(wanted, actual)
    return TopicsReport(
        topics=tuple(
            TopicReport(
                name=topic.name,
                purpose=topic.purpose.value,
                exists=topic.name in actual,
                differences=tuple(_differences(made, topic.name)),
                newest_ms=times.get(topic.name),
            )
            for topic in wanted
        )
    )


def reach_report(secrets: StageSecrets, *, dial: Dial = socket.create_connection) -> ReachReport:
    """Try a TCP connection to each broker and to the database; raises SecretError."""
    places: list[tuple[str, Literal["broker", "database"], tuple[str, int]]] = [
        (f"broker {number}", "broker", (broker.host, broker.port))
        for number, broker in enumerate(parse_brokers(secrets.brokers()), 1)
    ]
    places.append(("database", "database", address_of(secrets.database())))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        tried = [pool.submit(_reached, *place, dial) for place in places]
        return ReachReport(tried=tuple(each.result() for each in tried))


def address_of(info: DbInfo) -> tuple[str, int]:
    """Give the host and port of a database, out of a jdbcUrl where that tells them.

    Otherwise the secret's own: those for which the network's rules are made.
    """
    url = "" if info.jdbc_url is None else info.jdbc_url.get_secret_value()
    return place_of(url.partition("@")[2]) or (info.host, info.port)


def _differences(made: TopicPlan, topic: str) -> Iterator[str]:
    for alter in made.alter:
        if alter.topic == topic:
            for change in alter.changes:
                yield f"{change.key} is {change.before or 'unset'}, desired {change.after}"
    for found in made.differences:
        if found.topic == topic:
            yield f"{found.what}: {found.actual}, desired {found.desired}; {found.why}"


def _reached(
    what: str, kind: Literal["broker", "database"], address: tuple[str, int], dial: Dial
) -> ReachedReport:
    found = reached(address, dial=dial)
    return ReachedReport(
        what=what, kind=kind, port=address[1], reached=found.ok, reason=found.reason
    )
