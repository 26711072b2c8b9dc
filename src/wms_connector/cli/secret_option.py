"""`--secrets FILE`, and the secrets that are read there or in AWS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wms_connector.model.secret_sources import FileSecrets
from wms_connector.model.secrets import DbInfo, parse

if TYPE_CHECKING:
    from wms_connector.cli.app import App
    from wms_connector.model.secrets import SecretSource

F = TypeVar("F", bound=Callable[..., Any])

_WHERE: Final = "A JSON file or a folder that stands in for AWS Secrets Manager."


def secrets_option(what: str | None = None) -> Callable[[F], F]:
    """Give a command `--secrets FILE`, as `location`; `what` says what is taken from there."""
    text = _WHERE if what is None else f"Take {what} from these secrets: a JSON file or a folder."
    return click.option(
        "--secrets", "location", type=click.Path(path_type=Path), metavar="FILE", help=text
    )


def secret_source(location: Path | None) -> SecretSource:
    """The file or folder that was named, else AWS Secrets Manager; raises WmsError."""
    if location is not None:
        return FileSecrets(location)
    from wms_connector.aws.secret_source import secrets_manager
    from wms_connector.aws.session import Aws

    return secrets_manager(Aws())


def db_info(app: App, location: Path | None) -> DbInfo:
    """The stage's database; raises SecretError."""
    return parse(app.pipeline.secret(secret_source(location), app.stage, "dbInfo"), DbInfo)
