"""`secrets check`: which path of each secret a stage reads, never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, command
from wms_connector.cli.secret_option import secret_source, secrets_option

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.infra.secret_check import CheckedSecret


@click.group()
def secrets() -> None:
    """Look at the secrets of a stage without showing them."""


@secrets.command(epilog="Example: wms-connector secrets check --stage main --secrets secrets.json")
@secrets_option()
@command
def check(app: App, location: Path | None) -> int:
    """Tell for each secret which path won, and whether a deployment could use it; 1 if not."""
    from wms_connector.infra.secret_check import check_secrets

    findings = [
        _told(checked)
        for checked in check_secrets(app.pipeline, app.stage, secret_source(location))
    ]
    width = max(len(finding["key"]) for finding in findings) + 2
    lines = (
        f"{finding['state']:<12}{finding['key']:<{width}}"
        f"{finding.get('problem') or finding['path']}"
        for finding in findings
    )
    app.show(findings, "\n".join(lines))
    return int(any(finding["state"] == "failed" for finding in findings))


def _told(checked: CheckedSecret) -> dict[str, Any]:
    found = checked.found
    told: dict[str, Any] = {
        "key": checked.key,
        "state": checked.state,
        "path": found.path if found else None,
        "origin": found.origin if found else None,
    }
    return told if checked.problem is None else told | {"problem": checked.problem}
