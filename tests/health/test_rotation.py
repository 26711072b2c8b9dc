"""A password that changes while changes flow: nothing lost, nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from tests.e2e.support import Writer, assert_exact, audited, flows

from wms_connector.local.rotation import PasswordRefusedError, adopt, rotate
from wms_connector.local.runtime import LocalRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support import Reader


@pytest.fixture
def two(runtime: LocalRuntime) -> Iterator[LocalRuntime]:
    """The shared runtime with a second worker, which is taken away again."""
    grown = LocalRuntime(runtime.folder.path, runtime.pipeline, runtime.stage, workers=2)
    grown.up()
    yield grown
    runtime.up()


def pids(runtime: LocalRuntime) -> dict[str, int | None]:
    return {part.name: part.pid for part in runtime.status().parts if part.kind == "worker"}


def test_the_password_changes_under_load(two: LocalRuntime, reader: Reader) -> None:
    before, word = pids(two), two.folder.password()
    with Writer(two.status().database_dsn) as writer:
        writer.until_written(20)
        with pytest.raises(PasswordRefusedError, match="no worker was replaced"):
            adopt(two, SecretStr("not the database's"))
        assert (pids(two), two.folder.password()) == (before, word)
        flows(reader, two.status())
        assert rotate(two) == ("worker-1", "worker-2")
        after = pids(two)
        assert two.folder.password() != word
        assert all(after[name] not in {None, before[name]} for name in before)
        flows(reader, two.status())
        writer.until_written(20)
    assert_exact(audited(two))
