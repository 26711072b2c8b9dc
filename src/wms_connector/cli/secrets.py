"""`secrets check`: which path of each secret a stage reads, never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wms_connector.cli.app import App, command
from wms_connector.cli.secret_option import secret_source, secrets_option
from wms_connector.model.errors import SecretError, SecretNotFoundError, WmsError
from wms_connector.model.secrets import (
    PLAIN_SECRETS,
    SECRETS,
    AlertEmails,
    BrokerString,
    kafka_auth_arn,
    parse,
)

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.model.secrets import SecretSource


@click.group()
def secrets() -> None:
    """Look at the secrets of a stage without showing them."""


@secrets.command(epilog="Example: wms-connector secrets check --stage main --secrets secrets.json")
@secrets_option()
@command
def check(app: App, location: Path | None) -> int:
    """Tell for each secret which path won, and whether its form is right; exit 1 if one fails."""
    source = secret_source(location)
    findings = [_checked(app, source, key) for key in (*SECRETS, *PLAIN_SECRETS)]
    width = max(len(finding["key"]) for finding in findings) + 2
    lines = (
        f"{finding['state']:<8} {finding['key']:<{width}} "
        f"{finding.get('problem') or finding['path']}"
        for finding in findings
    )
    app.show(findings, "\n".join(lines))
    return int(any(finding["state"] == "failed" for finding in findings))


def _checked(app: App, source: SecretSource, key: str) -> dict[str, Any]:
    optional = key in {"kafkaAuth", "alertEmails", "vpc", *PLAIN_SECRETS}
    found: dict[str, Any] = {"key": key, "state": "ok", "path": None, "origin": None}
    try:
        resolved = app.pipeline.secret(source, app.stage, key)
        found |= {"path": resolved.path, "origin": resolved.origin}
        if (form := SECRETS.get(key)) and not (key == "kafkaAuth" and kafka_auth_arn(resolved)):
            _check_value(app, resolved.path, parse(resolved, form))
    except SecretNotFoundError as error:
        return found | {"state": "absent" if optional else "failed", "problem": str(error)}
    except SecretError as error:
        return found | {"state": "failed", "problem": str(error)}
    return found


def _check_value(app: App, path: str, value: object) -> None:
    """Look at what a form alone does not tell: brokers' ports, addresses of people."""
    if isinstance(value, AlertEmails) and value.invalid:
        raise SecretError(
            f"{path} names {', '.join(value.invalid)}, which is no address", hint="Mend it"
        )
    if isinstance(value, BrokerString):
        try:
            app.pipeline.security(value.brokers)
        except WmsError as error:
            raise SecretError(f"{path}: {error.what}", hint=error.hint) from None
