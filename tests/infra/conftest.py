"""Each kind of stage, synthesized once a session, with cdk-nag's rules looking on.

`WMS_CONNECTOR_UPDATE_GOLDEN=1 pytest tests/infra/test_snapshot.py` writes the snapshot anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.infra.variants import VARIANTS, Variant

from wms_connector.infra.node import use_node

use_node()  # before the CDK's library is imported, here and in every test

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.infra.inputs import StageInputs

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Synthesized:
    """A stage's assembly: its folder, both templates, and what the rules found."""

    variant: Variant
    inputs: StageInputs
    folder: Path
    alerts: dict[str, Any]
    connector: dict[str, Any]
    report: dict[str, Any]

    @property
    def templates(self) -> dict[str, dict[str, Any]]:
        """Both, by their stack's name."""
        names = self.inputs.names
        return {names.alerts_stack: self.alerts, names.connector_stack: self.connector}

    def of_type(self, type_: str) -> dict[str, dict[str, Any]]:
        """Resources of a type in both stacks, by their logical ids."""
        return {
            name: resource
            for template in self.templates.values()
            for name, resource in template["Resources"].items()
            if resource["Type"] == type_
        }


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Synthesized]:
    """Every variant, by its name."""
    folder = tmp_path_factory.mktemp("assemblies")
    return {name: _synthesized(variant, folder / name) for name, variant in VARIANTS.items()}


@pytest.fixture(params=list(VARIANTS))
def each(request: pytest.FixtureRequest, assemblies: Mapping[str, Synthesized]) -> Synthesized:
    """One variant after the other."""
    return assemblies[request.param]


@pytest.fixture
def main(assemblies: Mapping[str, Synthesized]) -> Synthesized:
    """A named stage."""
    return assemblies["main"]


@pytest.fixture
def branch(assemblies: Mapping[str, Synthesized]) -> Synthesized:
    """An ephemeral stage."""
    return assemblies["branch"]


def _synthesized(variant: Variant, folder: Path) -> Synthesized:
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

    from wms_connector.infra.app import build
    from wms_connector.infra.context import Options
    from wms_connector.infra.inputs import read_inputs

    pipeline, stage = variant.pipeline, variant.stage
    inputs = read_inputs(pipeline, stage, variant.source)
    app = build(
        inputs,
        Options(pipeline_file=ROOT / "pipeline.toml"),
        account="111122223333",
        region="us-east-1",
        outdir=folder,
        context=json.loads((ROOT / "cdk.json").read_text())["context"],
    )
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    try:
        app.synth()
    except RuntimeError as error:  # findings: test_nag shows them, the templates are there
        if "ValidationFailed" not in str(error):
            raise
    return Synthesized(
        variant=variant,
        inputs=inputs,
        folder=folder,
        alerts=_json(folder / f"{inputs.names.alerts_stack}.template.json"),
        connector=_json(folder / f"{inputs.names.connector_stack}.template.json"),
        report=_json(folder / "validation-report.json"),
    )


def _json(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value
