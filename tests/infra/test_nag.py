"""cdk-nag: AwsSolutions and NIST 800-53 rev. 5, and the CDK's own checks of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.conftest import Synthesized


def test_no_finding_is_left_without_a_reason(each: Synthesized) -> None:
    found = [
        f"{violation['ruleName']} ({report['pluginName']}): {place['constructPath']}"
        for report in each.report["pluginReports"]
        for violation in report["violations"]
        for place in violation.get("violatingConstructs", [])
    ]
    assert found == []


def test_the_rules_find_what_is_wrong(tmp_path: Path) -> None:
    """Or else the test above would pass because nobody looks."""
    from aws_cdk import App, Stack, Validations
    from aws_cdk.aws_sns import Topic
    from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

    app = App(outdir=str(tmp_path))
    Topic(Stack(app, "Bad"), "Open")
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = (tmp_path / "validation-report.json").read_text()
    assert "AwsSolutions-SNS3" in report
    assert "NIST.800.53.R5-SNSEncryptedKMS" in report
