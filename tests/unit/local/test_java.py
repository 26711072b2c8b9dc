"""Options of the Java parts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wms_connector.local import aot
from wms_connector.local.java import MORE_OPTIONS, Java, Program, argument_file

if TYPE_CHECKING:
    import pytest

PROGRAM = Program("a.Main", (Path("a.jar"),), 64, ("-XX:+UseSerialGC",))


def test_the_user_s_options_come_last_and_have_a_cache_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache, java = Path("cache"), Java(Path("java"), "25")
    monkeypatch.delenv(MORE_OPTIONS, raising=False)
    usual = aot.place(cache, java, PROGRAM)
    assert "-XX:TieredStopAtLevel=1" not in PROGRAM.java_options()
    monkeypatch.setenv(MORE_OPTIONS, "-XX:TieredStopAtLevel=1 '-Dgreeting=two words'")
    assert PROGRAM.java_options()[-2:] == ["-XX:TieredStopAtLevel=1", "-Dgreeting=two words"]
    assert '"-Dgreeting=two words"\n' in argument_file(PROGRAM, folder=Path("state"))
    assert aot.place(cache, java, PROGRAM) != usual
