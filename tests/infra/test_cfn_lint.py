"""cfn-lint on every template."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.infra.conftest import Synthesized

# The CDK writes dependencies out that follow from references as well.
IGNORED = ["W3005"]


def test_cfn_lint_finds_nothing(assemblies: Mapping[str, Synthesized]) -> None:
    templates = [
        str(stage.folder / f"{stack}.template.json")
        for stage in assemblies.values()
        for stack in stage.templates
    ]
    assert len(templates) == 2 * len(assemblies)
    program = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [program, "--regions", "us-east-1", "--ignore-checks", *IGNORED, "--template", *templates],
        capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
