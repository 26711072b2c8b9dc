"""Synthesizing again changes nothing: a second deployment has nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.infra.conftest import _synthesized

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.conftest import Synthesized


def test_the_same_stage_is_the_same_assembly_byte_by_byte(
    branch: Synthesized, tmp_path: Path
) -> None:
    again = _synthesized(branch.variant, tmp_path)

    def content(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "validation-report.json"
        }

    first, second = content(branch.folder), content(again.folder)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []
