"""`lint`: a configuration against its plugin's definitions and against experience."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wms_connector.cli.app import App, laptop_command
from wms_connector.cli.shape import Shape, shape_options
from wms_connector.cli.target import Target, url_option
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wms_connector.connectors.lint import Finding, Kind

_SIZE_LIMIT: Final = 1_048_576  # bytes; a configuration has some thousand


@click.command(epilog="Example: wms-connector lint old-connector.json")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@url_option
@shape_options
@laptop_command
def lint(app: App, file: Path | None, urls: tuple[str, ...], shape: Shape) -> int:
    """Check FILE (JSON or .properties), or the stage's own configurations; exit 1 on errors.

    Settings are checked against a list kept here, or with --url against what the plugin of that
    worker defines, and by the plugin itself, which then also tries its database.
    """
    from wms_connector.connectors.lint import Kind, Severity

    configs = {file.name: _read(file)} if file else shape.configs(app)
    found: dict[str, list[Finding]] = {}
    for name, config in configs.items():
        plugin = config.get("connector.class", "")
        kind = Kind.of(plugin)
        if kind is None:
            raise UsageError(
                f"{name}: the connector.class {plugin!r} is not one that lint knows",
                hint="It knows Debezium's Oracle and PostgreSQL and Confluent's and Aiven's JDBC",
            )
        found[name] = _checked(config, urls, kind)
    errors = sum(f.severity is Severity.ERROR for some in found.values() for f in some)
    lines = [f"{name}: {finding}" for name, some in found.items() for finding in some]
    warnings = len(lines) - errors
    summary = f"{errors} errors, {warnings} warnings in {', '.join(found)}"
    value = {name: [asdict(finding) for finding in some] for name, some in found.items()}
    app.show(value, "\n".join([*lines, summary if lines else f"{', '.join(found)}: clean"]))
    return int(errors > 0)


def _checked(config: Mapping[str, str], urls: tuple[str, ...], kind: Kind) -> list[Finding]:
    from wms_connector.connectors.lint import lint as check

    if not urls:
        return check(config, kind=kind)
    from wms_connector.connectors.lint import Definition, Definitions, committed

    with Target(urls, is_local=False).client() as client:
        reported = client.definitions(config["connector.class"])
        # A connector gets its name when it is registered; the plugin asks for one before.
        refused = client.validate({"name": "lint", **config}).errors
    definitions = Definitions.from_reported(
        (
            Definition(d.name, d.type.lower(), d.default_value, d.required, d.importance.lower())
            for d in reported
        ),
        committed(kind),
    )
    return [*check(config, definitions, kind=kind), *_refused(refused)]


def _refused(errors: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """What the plugin itself says, a database that it cannot reach included."""
    from wms_connector.connectors.lint import Finding, Severity

    for key, messages in errors.items():
        for message in messages:
            said = f"the plugin refuses it: {message}"
            yield Finding(Severity.ERROR, key, None, said, "Mend it")


def _read(file: Path) -> dict[str, str]:
    """Read a connector's configuration: JSON, bare or under `config`, or Java properties."""
    try:
        if file.stat().st_size > _SIZE_LIMIT:
            raise UsageError(f"{file} is over a megabyte", hint="Name a connector's configuration")
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{file} cannot be read: {what}", hint="Check the path") from None
    if not text.lstrip().startswith("{"):
        import javaproperties

        try:
            return dict(javaproperties.loads(text))
        except ValueError as error:
            raise UsageError(f"{file} is no Java properties: {error}", hint="Mend it") from None
    try:
        values = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}", hint="Mend it") from None
    inner = values.get("config", values)
    if not isinstance(inner, dict) or not all(
        isinstance(value, str | int | float | bool) for value in inner.values()
    ):
        raise UsageError(
            f"{file} holds no configuration", hint='Expected {"key": "value"}, or that as config'
        )
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in inner.items()
    }
