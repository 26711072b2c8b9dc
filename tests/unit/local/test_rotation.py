"""`local rotate` that the database refuses: what is told, and that nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import psycopg
import pytest

from wms_connector.local.control import LocalControl
from wms_connector.local.errors import LocalError
from wms_connector.local.rotation import rotate
from wms_connector.local.state import State

if TYPE_CHECKING:
    from pathlib import Path

STATE = State(
    stage="local", product="wms", cluster_id="c", database="wms", user="wms", ports={"postgres": 1}
)


@pytest.mark.parametrize(
    ("told", "step"),
    [
        ('FATAL:  password authentication failed for user "wms"', "ALTER ROLE wms PASSWORD"),
        ("permission denied to alter role", "Mend what the database says"),
    ],
)
def test_a_refusal_names_the_next_step(
    told: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = LocalControl(tmp_path)
    control.folder.make()
    control.folder.write(STATE)
    word = control.folder.password()
    tried: list[str] = []

    def connect(_: str, *, password: str, **__: object) -> NoReturn:
        tried.append(password)
        refused = "password authentication failed"
        raise psycopg.OperationalError(refused if len(tried) == 1 else f"{told}\nsecond line")

    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(LocalError, match="did not change the password of wms") as raised:
        rotate(control)
    hint = raised.value.hint or ""
    assert step in hint
    assert "wms-connector local rotate` again" in hint
    assert not any(secret in f"{raised.value} {hint}" for secret in tried)
    assert tried[1] == word.get_secret_value() == control.folder.password().get_secret_value()
