"""`verify`: whether a deployment does its work, from the operator's machine."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

import click

from wms_connector.cli.app import App, command

if TYPE_CHECKING:
    from wms_connector.aws.session import Aws
    from wms_connector.aws.verify.finding import Finding
    from wms_connector.model.secrets import AlertEmails


@click.command(epilog="Example: wms-connector verify --stage main")
@command
def verify(app: App) -> int:
    """Look at a stage's deployment in AWS: stacks, workers, connectors, topics, brokers, alerts.

    Exit 1 if something does not do its work; what is only worth a look does not count.
    """
    from wms_connector.aws.session import Aws
    from wms_connector.aws.verify.assess import assess
    from wms_connector.aws.verify.finding import Level, worst
    from wms_connector.aws.verify.observe import Observer

    names = app.names
    aws = Aws()
    aws.check()
    place = aws.place()
    if not app.as_json:
        click.echo(f"stage {app.stage} in AWS ({place})", err=True)
    observer = Observer(aws, names, emails=functools.partial(_emails, app, aws))
    findings = assess(observer.observe(), names)
    verdict = worst(findings)
    counts = Counter(finding.level.value for finding in findings)
    summary = ", ".join(f"{counts[level.value]} {level.value}" for level in Level)
    value = {
        "stage": app.stage.name,
        "place": place,
        "verdict": verdict.value,
        "counts": {level.value: counts[level.value] for level in Level},
        "findings": [finding.as_json() for finding in findings],
    }
    app.show(value, "\n".join([*_table(findings), summary]))
    return int(verdict is Level.FAIL)


def _table(findings: tuple[Finding, ...]) -> list[str]:
    areas = max((len(finding.area) for finding in findings), default=0)
    lines = []
    for finding in findings:
        line = f"{finding.level.value:<6}{finding.area:<{areas}}  {finding.subject}: "
        lines.append(line + finding.found)
        if finding.step:
            lines.append(f"      -> {finding.step}")
    return lines


def _emails(app: App, aws: Aws) -> AlertEmails:
    from wms_connector.aws.secret_source import secrets_manager
    from wms_connector.model.secrets import AlertEmails, parse

    found = app.pipeline.secret(secrets_manager(aws), app.stage, "alertEmails")
    return parse(found, AlertEmails)
