from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wms_connector.local import lock
from wms_connector.local.errors import LockFileError
from wms_connector.local.lock import Purpose
from wms_connector.local.lock_artifacts import Wish, wishes
from wms_connector.local.maven import Coordinate

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "ab" * 32
LINE = f"broker,worker org.x:y:1 12 sha256:{DIGEST}"


def test_a_lock_reads_what_it_writes() -> None:
    locked = lock.load()
    assert lock.parse(lock.render(locked)) == tuple(sorted(locked, key=lambda a: a.coordinate))


def test_the_repositorys_lock_has_what_the_runtime_needs() -> None:
    locked = lock.load()
    for purpose, artifact in [
        (Purpose.BROKER, "kafka_2.13"),
        (Purpose.WORKER, "connect-runtime"),
        (Purpose.ORACLE, "debezium-connector-oracle"),
        (Purpose.POSTGRES, "debezium-connector-postgres"),
        (Purpose.IAM, "aws-msk-iam-auth"),
        (Purpose.METRICS, "jmx_prometheus_javaagent"),
    ]:
        chosen = lock.select(locked, {purpose})
        assert artifact in {found.coordinate.artifact for found in chosen}


def kafka_of(purpose: Purpose) -> str:
    """The one version of Kafka on a class path."""
    [version] = {
        found.coordinate.version
        for found in lock.select(lock.load(), {purpose})
        if found.coordinate.group == "org.apache.kafka"
    }
    return version


def test_the_broker_is_one_that_ends_every_transaction() -> None:
    """From 4.3.0 to 4.4.0 it does not: KAFKA-20734."""
    broker = tuple(int(part) for part in kafka_of(Purpose.BROKER).split("."))
    assert not (4, 3, 0) <= broker <= (4, 4, 0)
    assert kafka_of(Purpose.WORKER)


def test_a_class_path_has_no_artefact_twice() -> None:
    for purpose in (Purpose.BROKER, Purpose.WORKER):
        names = [
            (found.coordinate.group, found.coordinate.artifact)
            for found in lock.select(lock.load(), {purpose})
        ]
        assert len(names) == len(set(names))


def test_the_lock_serves_every_line_of_its_input(repository: Path) -> None:
    wanted = list(wishes((repository / "image" / "artifacts.in").read_text()))
    locked = {found.coordinate: found.purposes for found in lock.load()}
    assert [wish for wish in wanted if wish.purpose not in locked[wish.coordinate]] == []


def test_comments_and_empty_lines_are_skipped() -> None:
    (only,) = lock.parse(f"# head\n\n{LINE}  # why\n")
    assert only.purposes == {Purpose.BROKER, Purpose.WORKER}
    assert (only.size, only.sha256) == (12, DIGEST)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"broker org.x:y:1 0 sha256:{DIGEST}", "test:1 is not"),
        ("broker org.x:y:1 12 sha256:ab", "test:1 is not"),
        (f"broken org.x:y:1 12 sha256:{DIGEST}", "'broken' is not a valid Purpose"),
        (f"broker org.x 12 sha256:{DIGEST}", "no Maven coordinate"),
        (f"{LINE}\n{LINE}", "test:2 names org.x:y:1 a second time"),
    ],
)
def test_a_damaged_lock_is_refused_with_its_line(line: str, told: str) -> None:
    with pytest.raises(LockFileError, match=told):
        lock.parse(line, origin="test")


def test_the_input_is_purpose_coordinate_and_alone() -> None:
    found = list(wishes("# x\nbroker a:b:1\nplugin-oracle a:c:1:plugin:tar.gz alone # y\n"))
    assert found == [
        Wish(Purpose.BROKER, Coordinate("a", "b", "1"), alone=False),
        Wish(Purpose.ORACLE, Coordinate("a", "c", "1", "plugin", "tar.gz"), alone=True),
    ]


@pytest.mark.parametrize("line", ["broker", "nothing a:b:1", "broker a:b:1 together"])
def test_other_input_is_refused(line: str) -> None:
    with pytest.raises(LockFileError, match="line 1"):
        list(wishes(line))
