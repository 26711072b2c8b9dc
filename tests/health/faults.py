"""Real faults of a runtime: how each comes about, what is found, and the step that ends it."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql
from tests.e2e.support import until, write_one

from wms_connector.kafka.clients import Cluster, admin_client
from wms_connector.local.registration import apply_topics
from wms_connector.model.security import KafkaSecurity
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.health.scene import Scene


@dataclass(frozen=True)
class Fault:
    """`found` is what watch and the check in AWS find; `first`, what watch finds before that.

    Without `by_function` the check cannot see it: it signs in to Oracle, not to PostgreSQL.
    `step` ends it: what the finding's next step says, or what a container service does by itself.
    """

    name: str
    arrange: Callable[[Scene], object]
    found: frozenset[str]
    step: Callable[[Scene], object]
    says: str
    first: str = ""
    by_function: bool = True


def _killed(part: str) -> Callable[[Scene], object]:
    return lambda scene: scene.runtime.kill(part)


def _started(part: str) -> Callable[[Scene], object]:
    return lambda scene: scene.runtime.start(part)


def _run(*words: str) -> Callable[[Scene], object]:
    def command(scene: Scene) -> None:
        result = scene.command(*words)
        assert result.status == 0, result

    return command


def _drop_slot(scene: Scene) -> None:
    """As a DBA does with one that nobody reads: while the connector is stopped."""
    slot = scene.runtime.pipeline.names(scene.runtime.stage).slot

    def dropped() -> bool:
        with scene.database() as connection, contextlib.suppress(psycopg.errors.ObjectInUse):
            connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])
            return True
        return False

    _run("stop")(scene)
    until(dropped, "the slot is dropped")
    write_one(scene.runtime.status())  # nothing but a snapshot brings it
    scene.command("resume")  # which tells that it fails


def _delete_topics(scene: Scene) -> None:
    runtime = scene.runtime
    topics = list(topic_names(runtime.pipeline, runtime.stage).data.values())
    cluster = Cluster(runtime.status().bootstrap_servers, KafkaSecurity.PLAINTEXT)
    client, _ = admin_client(cluster)
    for deleted in client.delete_topics(topics).values():
        deleted.result()


def _make_topics(scene: Scene) -> None:
    """As `local up` does; what was in it is read again, for that is lost with it."""
    runtime = scene.runtime
    apply_topics(runtime.pipeline, runtime.stage, runtime.recorded().ports["broker"], str)
    _run("recover", "snapshot", "--yes", "--anyway", "topics were deleted")(scene)


def _refuse(scene: Scene) -> None:
    """Another password, and nobody who is still signed in with the one before."""
    scene.password(secrets.token_urlsafe(12))
    with scene.database() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )


def _admit(scene: Scene) -> None:
    scene.password(scene.runtime.folder.password().get_secret_value())


def alter_password(connection: psycopg.Connection, user: str, word: str) -> None:
    """Give a user another password."""
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(word))
    )


WORKER: Final = Fault(
    "worker killed", _killed("worker-1"), frozenset({"service-unhealthy", "connect-unreachable"}),
    _started("worker-1"), "another worker starts",
)  # fmt: skip
DATABASE: Final = Fault(
    "database stopped", _killed("postgres"), frozenset({"database-unreachable"}),
    _started("postgres"), "the database starts",
)  # fmt: skip
BROKER: Final = Fault(
    "broker stopped", _killed("broker"), frozenset({"brokers-unreachable"}),
    _started("broker"), "the broker starts",
)  # fmt: skip
PAUSED: Final = Fault(
    "connector paused", _run("pause"), frozenset({"held"}),
    _run("resume"), "`wms-connector resume`",
)  # fmt: skip
TOPICS: Final = Fault(
    "topics deleted", _delete_topics, frozenset({"topic-missing"}),
    _make_topics, "`wms-connector local up`, `wms-connector recover snapshot`",
)  # fmt: skip
SLOT: Final = Fault(
    "slot dropped", _drop_slot, frozenset({"position-lost", "task-failed"}),
    _run("recover", "snapshot", "--yes"), "`wms-connector recover snapshot`",
    first="position-lost",
)  # fmt: skip
LOGIN: Final = Fault(
    "log-in refused", _refuse, frozenset({"login-refused"}),
    _admit, "the password is put right", by_function=False,
)  # fmt: skip

HEAL: Final = (DATABASE, BROKER, PAUSED, LOGIN)
"""What ends without a trace: nothing is lost, and nothing comes twice."""
SNAPSHOT: Final = (SLOT, TOPICS)
"""What only a new snapshot heals: the last of them leaves topics that are exact."""
