"""What each role may do in an Amazon MSK cluster that authorises by IAM: exact names, pure values.

Actions are those of MSK's documentation of IAM access control ("Semantics of IAM authorization
policy actions and resources").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from wms_connector.infra.constructs.rights import Right
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.infra.inputs import StageInputs
    from wms_connector.model.names import Names
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

FORMER_TASKS: Final = 8
"""Tasks of a connector whose transactional ids are allowed at least. A connector that gets fewer
tasks first fences those it had, and needs their ids for it."""

_CONNECT: Final = ("kafka-cluster:Connect", "kafka-cluster:DescribeCluster")
_DESCRIBE: Final = (
    "kafka-cluster:DescribeTopic",
    "kafka-cluster:DescribeTopicDynamicConfiguration",
)
_READ: Final = "kafka-cluster:ReadData"
_WRITE: Final = "kafka-cluster:WriteData"


@dataclass(frozen=True, slots=True)
class Msk:
    """A cluster's ARN, and what it makes of names: `arn:…:topic/<cluster>/<uuid>/<name>`."""

    cluster_arn: str

    @classmethod
    def of(cls, inputs: StageInputs) -> Self | None:
        """Give the stage's cluster; None if it is signed in to otherwise, for then IAM has no say.

        `read_inputs` sees to it that there is an ARN where there has to be one.
        """
        arn = inputs.pipeline.kafka.cluster_arn
        return cls(arn) if arn is not None and inputs.security is KafkaSecurity.IAM else None

    def topics(self, names: Iterable[str]) -> tuple[str, ...]:
        """ARNs of topics."""
        return self._of("topic", names)

    def groups(self, names: Iterable[str]) -> tuple[str, ...]:
        """ARNs of consumer groups."""
        return self._of("group", names)

    def transactional_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """ARNs of transactional ids."""
        return self._of("transactional-id", names)

    def _of(self, kind: str, names: Iterable[str]) -> tuple[str, ...]:
        start, _, cluster = self.cluster_arn.partition(":cluster/")
        return tuple(dict.fromkeys(f"{start}:{kind}/{cluster}/{name}" for name in names))


def worker_rights(
    msk: Msk, pipeline: Pipeline, stage: Stage, tasks: Mapping[str, int]
) -> tuple[Right, ...]:
    """Give a worker's rights: produce, keep Connect's state, be one of its group, transactions.

    `tasks`: connector -> its `tasks.max`. It may create no topic: they are there before it starts,
    and a dying worker must not bring a deleted one back.
    """
    names, topics = pipeline.names(stage), topic_names(pipeline, stage)
    written = [*topics.data.values(), *([topics.heartbeat] if topics.heartbeat else [])]
    kept = [*([topics.schema_history] if topics.schema_history else []), *topics.connect]
    groups = [names.group_id, *([names.schema_history_group] if topics.schema_history else [])]
    ids = [
        name
        for connector, count in tasks.items()
        for name in names.transactional_ids(connector, max(count, FORMER_TASKS))
    ]
    return (
        # Idempotent producers ask for the last one; those of exactly-once are.
        Right((*_CONNECT, "kafka-cluster:WriteDataIdempotently"), (msk.cluster_arn,)),
        Right((*_DESCRIBE, _WRITE), msk.topics(written)),
        Right((*_DESCRIBE, _READ, _WRITE), msk.topics(kept)),
        Right(("kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"), msk.groups(groups)),
        Right(
            ("kafka-cluster:DescribeTransactionalId", "kafka-cluster:AlterTransactionalId"),
            msk.transactional_ids(ids),
        ),
    )


def topics_rights(msk: Msk, pipeline: Pipeline, stage: Stage) -> tuple[Right, ...]:
    """Give the rights of the function that makes the stage's topics, and deletes ephemeral ones.

    That of a named stage may delete nothing at all.
    """
    topics = topic_names(pipeline, stage)
    own = msk.topics(topics.all)
    make = ("kafka-cluster:CreateTopic", "kafka-cluster:AlterTopicDynamicConfiguration")
    rights = (Right(_CONNECT, (msk.cluster_arn,)), Right((*_DESCRIBE, *make), own))
    if stage.is_named:
        return (*rights, *_look_for_others(msk, pipeline.names(stage)))
    return (*rights, *_deletion(msk, pipeline.names(stage)))


def registration_rights(msk: Msk, pipeline: Pipeline, stage: Stage) -> tuple[Right, ...]:
    """Give the rights of the function that registers: to look for the other named stages."""
    looks = _look_for_others(msk, pipeline.names(stage)) if stage.is_named else ()
    return (Right(_CONNECT, (msk.cluster_arn,)), *looks) if looks else ()


def control_rights(msk: Msk, pipeline: Pipeline, stage: Stage) -> tuple[Right, ...]:
    """Give the rights of the function that reports on the topics: looking, no record is read."""
    topics = topic_names(pipeline, stage)
    return (Right(_CONNECT, (msk.cluster_arn,)), Right(_DESCRIBE, msk.topics(topics.all)))


def sign_in_rights(msk: Msk, _pipeline: Pipeline, _stage: Stage) -> tuple[Right, ...]:
    """Give the rights of the function that tries a rotated secret: to sign in, and no more."""
    return (Right(_CONNECT, (msk.cluster_arn,)),)


def _look_for_others(msk: Msk, names: Names) -> tuple[Right, ...]:
    """Allow a named stage to see whether another one is on the cluster: its config topic tells."""
    if names.shared_by_named_stages:
        return ()
    marks = [other.connect_topics.config for other in names.other_named_stages()]
    return (Right(("kafka-cluster:DescribeTopic",), msk.topics(marks)),)


def _deletion(msk: Msk, names: Names) -> tuple[Right, ...]:
    """Allow deleting what is the ephemeral stage's own, also of tables that it no longer has.

    Their names are in the ledger and in no pipeline file, so they cannot be spelled out here. They
    are `<stage>.<product>.<schema>.<table>` or `<stage>.aws.<product>.cdc.<schema>.<table>`, with
    no dot and no hyphen in schema and table. IAM's `*` takes dots too, so what has more dots, or a
    hyphen beside the schema's dot, is denied: stage `a` cannot delete a topic of stage `a.wms`. The
    function checks each name by the same rule (`model.topics.owns_topic`).
    """
    starts = (
        f"{names.stage}.{names.product}.",
        f"{names.stage}.aws.{names.product}.cdc.",
    )
    actions = ("kafka-cluster:DescribeTopic", "kafka-cluster:DeleteTopic")
    exact = (names.schema_history, names.heartbeat, *names.connect_topics)
    why = (
        "Topics of tables that the pipeline file no longer has: nobody knows their names "
        "beforehand. With what is denied beside it, only the stage's own can match."
    )
    # Kafka refuses to delete a group that has members: so the function knows that none is left.
    group = ("kafka-cluster:DescribeGroup", "kafka-cluster:DeleteGroup")
    return (
        Right(group, msk.groups([names.group_id])),
        Right(actions, msk.topics((*exact, *(f"{start}*.*" for start in starts))), why=why),
        Right(
            ("kafka-cluster:DeleteTopic",),
            msk.topics(
                [f"{start}{more}" for start in starts for more in ("*.*.*", "*-*.*", "*.*-*")]
            ),
            effect="Deny",
            why=why,
        ),
    )
