"""An Oracle of the user's as the laptop's database: `--oracle-dsn` and what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wms_connector.local.state import External, SourceName


def external(
    source: SourceName | None, dsn: str | None, pdb: str | None, app: str | None
) -> tuple[External | None, dict[str, SecretStr]]:
    """Give the addresses, and the passwords by their names in the state folder.

    Passwords come from the addresses' files, the environment, or whoever sits there. Raises
    UsageError, SecretError.
    """
    if dsn is None:
        if pdb or app:
            raise UsageError(
                "--oracle-pdb and --oracle-app say more about --oracle-dsn, which is missing",
                hint="Add --oracle-dsn, or leave them out",
            )
        return None, {}
    if source == "postgres":
        raise UsageError("--source postgres and --oracle-dsn exclude each other", hint="Give one")
    from wms_connector.cli.database import oracle_password
    from wms_connector.local.sources.external import APPLICATION, CONNECTOR
    from wms_connector.local.state import External
    from wms_connector.oracle.address import OracleAddress

    connector = OracleAddress.parse(dsn)
    application = OracleAddress.parse(app) if app else connector
    if connector.is_standin or application.is_standin:
        raise UsageError(
            "--oracle-dsn names a stand-in, which belongs to a runtime already",
            hint="Use --source oracle",
        )
    password = oracle_password(connector)
    theirs = oracle_password(application) if app else password
    return (
        External(connector=str(connector), application=str(application), pdb=pdb),
        {CONNECTOR: password, APPLICATION: theirs},
    )
