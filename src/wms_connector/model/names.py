"""Every name that the product gives: one place for whoever makes a thing and whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wms_connector.model.errors import StageError
from wms_connector.model.stage import NAMED_STAGES, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.model.table import Table

REST_PORT: Final = 8083
"""Port of Kafka Connect's REST interface, its own default."""

EXPORTER_PORT: Final = 9404
"""Port on which a worker tells what its Java counts: that of the Prometheus exporter's examples."""

TOPIC_LIMIT: Final = 249
"""Characters of a topic's name that a Kafka broker accepts."""


_RULE: Final = 8
"""Characters of a rule's name behind the stack's, so that EventBridge's 64 are kept."""


@dataclass(frozen=True, slots=True)
class ConnectTopics:
    """The three topics in which a Connect cluster keeps itself."""

    config: str
    offsets: str
    status: str

    def __iter__(self) -> Iterator[str]:
        return iter((self.config, self.offsets, self.status))


@dataclass(frozen=True, slots=True)
class Names:
    """All names of one stage of one product. A pure value; nothing is looked up."""

    stage: Stage
    product: str
    shared_by_named_stages: bool = False

    def __post_init__(self) -> None:
        # A stage parsed for one product must not be used for another that owns its first label,
        # nor one that was put together by hand with a slug that is another's.
        if Stage.parse(self.stage.name, product=self.product) != self.stage:
            raise StageError(
                f"the slug {self.stage.slug!r} is not that of stage {self.stage}",
                hint="Get stages from Stage.parse",
            )

    # AWS

    @property
    def alerts_stack(self) -> str:
        """CloudFormation stack of the alerts."""
        return f"{self.product}-alerts-{self.stage.slug}"

    @property
    def connector_stack(self) -> str:
        """CloudFormation stack of the workers."""
        return f"{self.product}-connector-{self.stage.slug}"

    @property
    def log_group(self) -> str:
        """CloudWatch log group of the workers."""
        return f"/aws/fargate/{self.connector_stack}-kafka-connect"

    @property
    def metrics_log_group(self) -> str:
        """CloudWatch log group of the lines that the workers' metrics are made from."""
        return f"{self.log_group}-metrics"

    @property
    def health_namespace(self) -> str:
        """CloudWatch namespace of the health check's metrics."""
        return f"{self.connector_stack}/Health"

    @property
    def logs_namespace(self) -> str:
        """CloudWatch namespace of the metrics that are filtered from the logs."""
        return f"{self.connector_stack}/ConnectorLogs"

    @property
    def workers_namespace(self) -> str:
        """CloudWatch namespace of the metrics that the workers' Java gives, once a minute."""
        return f"{self.connector_stack}/Workers"

    @property
    def alarm_prefix(self) -> str:
        """What every alarm's name begins with."""
        return f"{self.connector_stack}-"

    def alarm(self, what: str) -> str:
        """CloudWatch alarm. `what` is letters and digits, or `*` for the pattern of all alarms.

        No hyphen: or stage `a`'s alarm `b-c` and stage `a-b`'s alarm `c` were one, and no pattern
        could tell the stages apart.
        """
        if what != "*" and not (what.isalnum() and what.isascii()):
            raise ValueError(f"{what!r} is not letters and digits")
        return f"{self.alarm_prefix}{what}"

    def owns_alarm(self, name: str) -> bool:
        """Whether a name is that of an alarm of this stage: stage `a-b`'s begin as `a`'s do."""
        what = name.removeprefix(self.alarm_prefix)
        return what != name and what.isalnum() and what.isascii()

    def rule(self, what: str) -> str:
        """EventBridge rule; `what` as an alarm's, and short enough for EventBridge's limit."""
        if not (what.isalnum() and what.isascii() and len(what) <= _RULE):
            raise ValueError(f"{what!r} is not {_RULE} letters and digits or less")
        return f"{self.alarm_prefix}{what}"

    @property
    def alerts_topic(self) -> str:
        """SNS topic of the alerts."""
        return f"Alerts-{self.alerts_stack}"

    @property
    def cluster(self) -> str:
        """ECS cluster of the workers, and the ECS service in it: both have this name."""
        return self.connector_stack

    @property
    def dns_namespace(self) -> str:
        """Private DNS zone of the stage; only its own VPC can resolve it."""
        return f"{self.connector_stack}.internal"

    @property
    def connect_url(self) -> str:
        """Where the workers' REST interface answers, for our functions in the VPC."""
        return f"http://connect.{self.dns_namespace}:{REST_PORT}"

    @property
    def ledger(self) -> str:
        """DynamoDB table in which a stage remembers what a template cannot."""
        return f"{self.connector_stack}-ledger"

    def function(self, purpose: str) -> str:
        """Lambda function: at most 8 characters of purpose, so that Lambda's 64 are kept."""
        return f"{self.connector_stack}-{purpose}"

    # Kafka Connect

    @property
    def service(self) -> str:
        """Prefix of service names, with the stage as it was written."""
        return f"{self.product}-connector-{self.stage.name}"

    @property
    def group_id(self) -> str:
        """Group of the stage's workers: who shares it is one Connect cluster."""
        return self.service

    @property
    def connector(self) -> str:
        """The connector; for JDBC, the one of the first schema."""
        return f"{self.product}-oracle-cdc"

    def jdbc_connector(self, schema: str, first_schema: str) -> str:
        """Name the connector of one schema: JDBC topics do not carry it, so each has its own."""
        return self.connector if schema == first_schema else f"{self.connector}-{schema}"

    def owns_connector(self, name: str) -> bool:
        """Whether a connector of the stage's Connect cluster is one that this product made."""
        return name == self.connector or name.startswith(f"{self.connector}-")

    def transactional_ids(self, connector: str, tasks: int = 1) -> tuple[str, ...]:
        """Transactional ids of exactly-once delivery: the leader's, then one a task."""
        tasks_ids = (f"{self.group_id}-{connector}-{task}" for task in range(tasks))
        return (f"connect-cluster-{self.group_id}", *tasks_ids)

    # Topics

    @property
    def topic_prefix(self) -> str:
        """Debezium's `topic.prefix`."""
        return self._namespaced(self.product)

    def debezium_topic(self, table: Table) -> str:
        """Data topic of a table, as Debezium names it."""
        return f"{self.topic_prefix}.{table.topic_suffix}"

    def jdbc_prefix(self, schema: str) -> str:
        """`topic.prefix` of the JDBC connector of a schema; the plugin appends the bare table."""
        return self._namespaced(f"aws.{self.product}.cdc.{schema}.")

    def jdbc_topic(self, table: Table) -> str:
        """Data topic of a table, as the JDBC connector names it."""
        return f"{self.jdbc_prefix(table.schema)}{table.name}"

    @property
    def schema_history(self) -> str:
        """Topic of Debezium's schema history.

        Named stages that share a cluster each have their own, so that a recovery of one never
        reads or trims what another needs.
        """
        if self.stage.is_named and self.shared_by_named_stages:
            return f"{self.product}.schema-changes.{self.stage.name}"
        return self._namespaced(f"{self.product}.schema-changes")

    @property
    def schema_history_group(self) -> str:
        """Consumer group of Debezium's schema history."""
        return f"{self.topic_prefix}-schemahistory"

    @property
    def heartbeat(self) -> str:
        """Topic of Debezium's heartbeats."""
        return f"__debezium-heartbeat.{self.topic_prefix}"

    @property
    def connect_topics(self) -> ConnectTopics:
        """The worker's config, offsets and status topics."""
        base = self._namespaced(f"mgmt.connect.{self.service}")
        return ConnectTopics(f"{base}.config", f"{base}.offsets", f"{base}.status")

    def other_named_stages(self) -> tuple[Names, ...]:
        """Names of the named stages that this one is not: what must not be on the same cluster."""
        return tuple(
            Names(Stage.parse(name, product=self.product), self.product)
            for name in NAMED_STAGES
            if name != self.stage.name
        )

    # Database

    @property
    def flush_table(self) -> str:
        """Table in Oracle that makes LogMiner's writer flush; one a connector on a database."""
        return f"LOG_MINING_FLUSH_{self._identifier.upper()}"

    @property
    def slot(self) -> str:
        """PostgreSQL's replication slot and publication, where PostgreSQL is the source."""
        return f"{self.product.replace('-', '_')}_{self._identifier}"

    # Secrets

    def secret_paths(self, prefix: str, key: str) -> tuple[str, str]:
        """Where a secret is looked for: the stage's own, then the default."""
        return f"{prefix}/{self.stage.name}/{key}", f"{prefix}/default/{key}"

    @property
    def _identifier(self) -> str:
        return self.stage.slug.replace("-", "_")

    def _namespaced(self, name: str) -> str:
        namespace = self.stage.namespace
        return name if namespace is None else f"{namespace}.{name}"


def check_topic(name: str) -> str:
    """Return a topic's name, or raise StageError when it is longer than a broker accepts."""
    if len(name) > TOPIC_LIMIT:
        raise StageError(
            f"the topic {name!r} has {len(name)} characters, over Kafka's {TOPIC_LIMIT}",
            hint="Use a shorter stage, schema or table name",
        )
    return name
