"""A branch's stage from its deployment to its end, on the emulated AWS and real Kafka Connect.

One story: each test takes the stage as the one before has left it.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from confluent_kafka.admin import NewTopic
from tests.aws.conftest import LATER_TABLE
from tests.e2e.support import Writer, flows, snapshot_rows, until

from wms_connector.cli.database import opened
from wms_connector.local import broker
from wms_connector.local.standin.control import FOR_EVER
from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from tests.aws.site import Ground, Site

    from wms_connector.local.standin.control import Standin

LARGE_OBJECTS = r"LOGMNR_CONTENTS.*OPERATION_CODE IN \([^)]*\b9\b"
"""What LogMiner is asked by a connector with `lob.enabled`, and by no other."""


def rows_of(site: Site) -> int:
    """How many rows the stage's tables have."""
    with opened(site.ground.runtime.status().database_dsn) as database:
        counts = [
            database.scalar(f"SELECT COUNT(*) FROM {table.quoted}")
            for table in site.pipeline.captured
        ]
    return sum(counts)


def replace_tables(site: Site) -> None:
    """One table less, and one that was not there."""
    text = site.pipeline_file.read_text()
    line = '  "MMDL.PLAN_BASE_WVR_TBL",\n'
    site.pipeline_file.write_text(text.replace(line, f'  "{LATER_TABLE}",\n'))


def test_both_stacks_stand_and_every_row_was_read(branch: Site) -> None:
    assert [branch.status_of(stack) for stack in branch.stacks] == ["CREATE_COMPLETE"] * 2
    assert branch.states() == ["RUNNING", "RUNNING"]
    assert branch.own_topics() == set(topic_names(branch.pipeline, branch.stage).all)
    with branch.reader(from_beginning=True) as reader:
        reader.until(lambda change: change.op == "r", "the snapshot", count=rows_of(branch))
        flows(reader, branch.ground.runtime.status())


def test_a_second_deployment_does_nothing(branch: Site) -> None:
    """By plain `cdk` too, which makes the very same of the stage."""
    before = branch.events(), branch.tasks()
    told = branch.cdk("deploy")
    assert told.count("(no changes)") == 2, told
    assert (branch.events(), branch.tasks()) == before


def test_verify_finds_nothing_amiss(branch: Site) -> None:
    branch.checked()
    found = branch.json_of("verify")
    assert found["verdict"] == "ok", found
    subjects = {finding["subject"] for finding in found["findings"]}
    assert {*branch.stacks, branch.names.connector} <= subjects
    assert branch.own_topics() <= subjects


def test_an_operators_verbs_go_through_control(branch: Site) -> None:
    name = branch.names.connector
    [status] = branch.json_of("status")["connectors"]
    assert (status["name"], status["state"]) == (name, "RUNNING")
    [action] = branch.json_of("plan")["actions"]
    assert (action["connector"], action["action"]) == (name, "unchanged")
    assert branch.json_of("offsets")[name]
    branch.of_stage("pause")
    until(lambda: branch.states() == ["PAUSED", "PAUSED"], "the pause")
    branch.of_stage("resume")
    branch.of_stage("apply")
    assert branch.states() == ["RUNNING", "RUNNING"]


def test_what_is_not_deployed_is_not_applied(branch: Site) -> None:
    text = branch.pipeline_file.read_text()
    replace_tables(branch)
    try:
        refused = branch.of_stage("apply", status=2)
        assert "wms-connector deploy" in refused.stderr
    finally:
        branch.pipeline_file.write_text(text)


def test_a_changed_table_list_updates_topics_and_connector(branch: Site) -> None:
    gone = {"MMDL.PLAN_BASE_WVR_TBL"}
    former, tasks = branch.own_topics(), branch.tasks()
    replace_tables(branch)
    [later] = [table for table in branch.pipeline.tables if str(table) == LATER_TABLE]
    topic = topic_names(branch.pipeline, branch.stage).data[later]
    assert topic not in branch.ground.topics()
    branch.deploy()
    assert branch.status_of() == "UPDATE_COMPLETE"
    assert branch.states() == ["RUNNING", "RUNNING"]
    assert topic in branch.ground.topics()
    captured = set(branch.config()["table.include.list"].replace("\\", "").split(","))
    assert LATER_TABLE in captured
    assert not captured & gone
    # Neither the workers nor a topic of a table that is not captured any more.
    assert branch.tasks() == tasks
    assert former <= branch.ground.topics()
    dsn = branch.ground.runtime.status().database_dsn
    with branch.reader() as reader, Writer(dsn):
        reader.until(lambda change: change.table == LATER_TABLE, f"a change of {LATER_TABLE}")


def test_a_registration_that_fails_is_rolled_back_with_its_reason(
    branch: Site, standin: Standin
) -> None:
    """Oracle refuses what the new configuration asks, and nothing that others ask."""
    config, text = branch.config(), branch.pipeline_file.read_text()
    standin.fault(LARGE_OBJECTS, error="ORA-01031", times=FOR_EVER)
    settings = '[debezium]\nlob_enabled = true\nlog_mining_strategy = "online_catalog"\n'
    branch.pipeline_file.write_text(f"{text}\n{settings}")
    try:
        told = branch.deploy(status=1)
    finally:
        branch.pipeline_file.write_text(text)
    assert "ORA-01031" in told, told
    assert branch.status_of() == "UPDATE_ROLLBACK_COMPLETE"
    assert branch.states() == ["RUNNING", "RUNNING"]
    assert branch.config() == config
    with branch.reader() as reader:
        flows(reader, branch.ground.runtime.status())


def test_destroy_removes_exactly_the_stages_topics(branch: Site) -> None:
    own = {
        *topic_names(branch.pipeline, branch.stage).all,
        f"{branch.stage}.wms.MMDL.PLAN_BASE_WVR_TBL",  # of a table that was taken out
    }
    decoys = {f"{branch.stage}.wms", f"{branch.stage}.wms.WMS.OTHER", f"{branch.stage}b.wms.WMS.T"}
    ground = branch.ground
    for future in ground.admin.create_topics([NewTopic(name, 1, 1) for name in decoys]).values():
        future.result(60)
    others = ground.topics() - own
    assert own <= ground.topics()
    assert decoys <= others
    worker = branch.worker()
    done = branch.destroy()
    assert f"{len(own)} topics deleted" in done.stdout
    assert f"LOG_MINING_FLUSH_{branch.stage.slug.upper().replace('-', '_')}" in done.stdout
    assert ground.topics() == others
    assert [branch.stack(name) for name in branch.stacks] == [None, None]
    assert not worker.is_running()
    assert left_behind(ground, branch) == []
    # Once more, as a workflow does that was started twice.
    assert "there is nothing of stage" in branch.destroy().stdout
    ground.admin.delete_topics(sorted(decoys))


def left_behind(ground: Ground, site: Site) -> list[str]:
    """What still bears the stage's name in AWS."""
    emulator, prefix = ground.emulator, (*site.stacks,)
    groups = emulator.client("logs").describe_log_groups()["logGroups"]
    names = [
        *(group["logGroupName"] for group in groups),
        *(f["FunctionName"] for f in emulator.client("lambda").list_functions()["Functions"]),
        *emulator.client("dynamodb").list_tables()["TableNames"],
        *emulator.client("ecs").list_clusters()["clusterArns"],
        *(role["RoleName"] for role in emulator.client("iam").list_roles()["Roles"]),
        *(topic["TopicArn"] for topic in emulator.client("sns").list_topics()["Topics"]),
    ]
    return [name for name in names if any(stack in name for stack in prefix)]


@pytest.mark.usefixtures("long")
def test_the_same_name_again_begins_with_a_new_snapshot(branch: Site) -> None:
    rows = rows_of(branch)
    branch.cdk("deploy")
    with branch.reader(from_beginning=True) as reader:
        reader.until(lambda change: change.op == "r", "the snapshot", count=rows)
        assert snapshot_rows(reader) == rows


@pytest.mark.usefixtures("long")
def test_neither_a_dead_connect_nor_a_dead_broker_leaves_anything(branch: Site) -> None:
    """Connect is dead: nobody waits for it. The broker is: the deletion fails, and is repeated.

    The functions by themselves are asked the same in tests/integration/functions.
    """
    ground, runtime = branch.ground, branch.ground.runtime
    own = set(topic_names(branch.pipeline, branch.stage).all)
    others = ground.topics() - own
    os.kill(branch.worker().pid, signal.SIGKILL)
    # Half of it was done before: somebody else, or an attempt that was cut short.
    half = sorted(own)[::2]
    for future in ground.admin.delete_topics(half).values():
        future.result(60)
    runtime.kill(broker.NAME)
    try:
        refused = branch.destroy(status=1)
    finally:
        runtime.start(broker.NAME)
    assert "could not be deleted" in refused.stderr
    assert "repeat the command" in refused.stderr
    assert branch.status_of() == "DELETE_FAILED"
    done = branch.destroy()
    assert f"{len(own) - len(half)} topics deleted" in done.stdout
    assert ground.topics() == others
    assert left_behind(ground, branch) == []


def test_no_password_is_written_down_anywhere(ground: Ground, branch: Site) -> None:
    """Not in the functions' logs, the workers', the assemblies', nor in any function's package."""
    del branch
    files = [path for path in ground.folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    hidden = ground.password.encode()
    assert [path for path in files if hidden in path.read_bytes()] == []
