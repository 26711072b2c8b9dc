"""The options that say what a configuration is made for: which database, which sign-in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from wms_connector.cli.secret_option import db_info, secret_source, secrets_option
from wms_connector.model.errors import UsageError
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from pathlib import Path

    from wms_connector.cli.app import App
    from wms_connector.connectors import DatabaseShape

Vendor = Literal["oracle", "postgres"]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Shape:
    """What was asked for; `None` where the command decides."""

    source: Vendor | None
    pdb: bool
    url: bool
    security: str | None
    secrets: Path | None

    def database(self, app: App, *, laptop: bool = False) -> DatabaseShape:
        """The database's shape: that of the secrets if they are named, else of the options.

        Without either, the laptop's connectors are about the laptop's database.
        """
        from wms_connector.connectors import DatabaseShape

        if laptop and not (self.secrets or self.source or self.pdb or self.url):
            from wms_connector.local.sources import source_of

            return source_of(app.control().recorded()).shape
        if self.secrets is None:
            return DatabaseShape(self.source or "oracle", pdb=self.pdb, url=self.url)
        info = db_info(app, self.secrets)
        return DatabaseShape(
            self.source or "oracle", pdb=info.pdb is not None, url=info.jdbc_url is not None
        )

    def kafka(self, app: App, default: KafkaSecurity = KafkaSecurity.TLS) -> KafkaSecurity:
        """How clients sign in: as named, as the brokers' ports say, else the default."""
        if self.security is not None:
            return KafkaSecurity(self.security)
        if self.secrets is not None:
            from wms_connector.model.secrets import BrokerString, parse

            source = secret_source(self.secrets)
            found = parse(app.pipeline.secret(source, app.stage, "brokerString"), BrokerString)
            return app.pipeline.security(found.brokers)
        setting = app.pipeline.kafka.security
        return default if setting == "auto" else KafkaSecurity(setting)

    def configs(self, app: App, *, laptop: bool = False) -> dict[str, dict[str, str]]:
        """The stage's connectors and their configurations."""
        from wms_connector.connectors import render

        return render(
            app.pipeline,
            app.stage,
            database=self.database(app, laptop=laptop),
            security=self.kafka(app, KafkaSecurity.PLAINTEXT if laptop else KafkaSecurity.TLS),
        )


def shape_options(function: F) -> F:
    """Give a command the options of a `Shape`, and call it with one as `shape`."""

    @click.option(
        "--source",
        type=click.Choice(["oracle", "postgres"]),
        help="The database.  [default: oracle; on the laptop runtime its own]",
    )
    @click.option("--pdb", is_flag=True, help="dbInfo names a pluggable database.")
    @click.option("--database-url", is_flag=True, help="dbInfo holds a whole jdbcUrl.")
    @click.option(
        "--security",
        type=click.Choice([*KafkaSecurity]),
        help="How clients sign in to Kafka.  [default: the pipeline file's; tls if that is auto]",
    )
    @secrets_option("all of this")
    @functools.wraps(function)
    def wrapped(
        *args: Any,
        source: Vendor | None,
        pdb: bool,
        database_url: bool,
        security: str | None,
        location: Path | None,
        **rest: Any,
    ) -> Any:
        if location is not None and (pdb or database_url):
            raise UsageError(
                "--pdb and --database-url say what --secrets says too",
                hint="Leave them out, or leave out --secrets",
            )
        shape = Shape(source, pdb, database_url, security, location)
        return function(*args, shape=shape, **rest)

    return wrapped  # type: ignore[return-value]
