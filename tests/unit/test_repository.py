"""What holds for every file of the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Addresses of package indexes, absolute paths of one machine, and keys.
FORBIDDEN = {
    "a package index": re.compile(r"https?://(?:registry|repo\d?|files|index|pypi|proxy)\.[a-z]"),
    "a path of one machine": re.compile(r"(?<![\w.$])/(?:home|root|Users|work)/[a-z]"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a Git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in _tracked()
        if path != Path(__file__) and path.stat().st_size < 2_000_000
        for match in [FORBIDDEN[what].search(path.read_text(encoding="utf-8", errors="replace"))]
        if match
    ]
    assert found == []


def test_every_script_is_executable_and_says_what_it_does() -> None:
    for script in [*(ROOT / "scripts").iterdir(), ROOT / ".ci/run"]:
        assert script.stat().st_mode & 0o111, script
        assert script.read_text().startswith("#!/bin/sh\n# "), script
