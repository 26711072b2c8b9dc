"""cdk-nag: AwsSolutions and NIST 800-53 rev. 5, and the CDK's own checks of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized


def test_no_finding_is_left_without_a_reason(each: Synthesized) -> None:
    found = [
        f"{violation['ruleName']} ({report['pluginName']}): {place['constructPath']}"
        for report in each.report["pluginReports"]
        for violation in report["violations"]
        for place in violation.get("violatingConstructs", [])
    ]
    assert found == []


def test_the_rules_were_asked(each: Synthesized) -> None:
    names = {report["pluginName"] for report in each.report["pluginReports"]}
    assert {"AwsSolutions", "NIST.800.53.R5", "CloudFormation Validate"} <= names
