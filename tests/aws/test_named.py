"""A named stage on the emulated AWS: deployed like a branch's, and kept whatever is asked."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.aws.site import Site
from tests.e2e.support import Writer, assert_exact, audited, until

from wms_connector.model.topics import topic_names

if TYPE_CHECKING:
    from tests.aws.site import Ground


def test_nothing_is_lost_and_nothing_comes_twice(named: Site) -> None:
    runtime = named.ground.runtime
    with Writer(runtime.status().database_dsn) as writer:
        writer.until_written(200)
    assert_exact(audited(runtime, stage=named.stage, urls=(named.url,)))


def test_destroy_refuses_it(named: Site) -> None:
    before = named.events()
    refused = named.destroy(status=2)
    assert "never destroyed" in refused.stderr
    assert named.events() == before


def test_the_cdks_own_destroy_needs_a_stage(ground: Ground) -> None:
    """And says which command is the right one."""
    done = subprocess.run(
        [sys.executable, "-m", "wms_connector.infra.toolkit", "destroy", "--all", "--force"],
        cwd=ground.repository,
        env=ground.emulator.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode != 0
    assert "wms-connector destroy --stage" in f"{done.stdout}{done.stderr}"


@pytest.mark.usefixtures("long")
def test_a_second_named_stage_is_refused(named: Site) -> None:
    """The function by itself is asked the same in tests/integration/functions."""
    before = named.config(), named.ground.topics()
    second = Site(named.ground, "val")
    told = second.cdk("deploy", status=1)
    assert "the stage val would write the topics of main" in told, told
    assert second.status_of() == "ROLLBACK_COMPLETE"
    assert (named.config(), named.ground.topics()) == before
    assert named.states() == ["RUNNING", "RUNNING"]


def test_its_topics_outlive_even_its_stack(named: Site) -> None:
    """Somebody takes the protection away and deletes the stack by hand."""
    topics = set(topic_names(named.pipeline, named.stage).all)
    cloudformation = named.ground.emulator.client("cloudformation")
    name = named.names.connector_stack
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=name)
    until(lambda: named.status_of() != "DELETE_IN_PROGRESS", "the end of the deletion")
    assert named.status_of() in {None, "DELETE_COMPLETE"}
    assert topics <= named.ground.topics()
