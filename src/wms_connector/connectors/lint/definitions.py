"""Which settings a plugin defines: from a worker's answer, or from the lists kept here."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Kind(StrEnum):
    """Plugins that lint knows, by the name of their list."""

    DEBEZIUM_ORACLE = "debezium-oracle"
    DEBEZIUM_POSTGRES = "debezium-postgres"
    JDBC_CONFLUENT = "jdbc-confluent"
    JDBC_AIVEN = "jdbc-aiven"

    @classmethod
    def of(cls, connector_class: str) -> Kind | None:
        """Tell the kind of a `connector.class`, also of Connect's short forms of it."""
        return _BY_CLASS.get(connector_class.rpartition(".")[2].removesuffix("Connector")) or next(
            (kind for start, kind in _JDBC.items() if connector_class.startswith(start)), None
        )

    @property
    def is_debezium(self) -> bool:
        """Whether it is one of Debezium's."""
        return self in {Kind.DEBEZIUM_ORACLE, Kind.DEBEZIUM_POSTGRES}


_BY_CLASS: Final = {
    "Oracle": Kind.DEBEZIUM_ORACLE,
    "Postgres": Kind.DEBEZIUM_POSTGRES,
}
_JDBC: Final = {
    "io.confluent.connect.jdbc.": Kind.JDBC_CONFLUENT,
    "io.aiven.connect.jdbc.": Kind.JDBC_AIVEN,
}
# Settings of transforms, predicates and clients are reported only where a configuration has them.
_NESTED: Final = (
    "transforms.",
    "predicates.",
    "producer.override.",
    "consumer.override.",
    "admin.override.",
)
_NO_CHOICES: Final = (".converter", ".plugin.version")


@dataclass(frozen=True, slots=True)
class Definition:
    """A setting. `type` is Kafka's, in lower case; `values` is empty where any will do."""

    name: str
    type: str
    default: str | None = None
    required: bool = False
    importance: str = "medium"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definitions:
    """All settings of a plugin, with Connect's own, by name."""

    by_name: Mapping[str, Definition]

    @classmethod
    def from_validation(cls, answer: Mapping[str, Any]) -> Self:
        """Read the answer to `PUT /connector-plugins/<class>/config/validate`.

        Definitions alone are taken from it: its values are what the worker resolved.
        """
        found = {}
        for entry in answer["configs"]:
            definition = _definition(entry)
            if not definition.name.startswith(_NESTED):
                found[definition.name] = definition
        return cls(found)

    @classmethod
    def from_reported(cls, reported: Iterable[Definition], known: Definitions) -> Self:
        """Take what a plugin reports of itself, with the choices that `known` has for it.

        `GET /connector-plugins/<class>/config` gives types and defaults and no choices.
        """
        return cls(
            {
                entry.name: replace(
                    entry,
                    required=entry.required and not entry.name.endswith(".converter.type"),
                    values=known.by_name[entry.name].values if entry.name in known.by_name else (),
                )
                for entry in reported
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        entries = json.loads(text)
        return cls(
            {
                entry["name"]: Definition(**{**entry, "values": tuple(entry.get("values", ()))})
                for entry in entries
            }
        )

    def to_json(self) -> str:
        """Write one setting a line, sorted by name, without what is at its usual value."""
        usual = asdict(Definition(name="", type=""))
        lines = []
        for name in sorted(self.by_name):
            entry = asdict(self.by_name[name])
            kept = {key: value for key, value in entry.items() if value != usual[key]}
            lines.append(f"  {json.dumps(kept)}")
        return "[\n" + ",\n".join(lines) + "\n]\n"

    def with_choices(self, choices: Mapping[str, tuple[str, ...]]) -> Self:
        """Add the values that are known to be allowed and that the plugin does not report."""
        merged = dict(self.by_name)
        for name, values in choices.items():
            if name in merged and not merged[name].values:
                merged[name] = replace(merged[name], values=values)
        return type(self)(merged)

    def with_more(self, names: Mapping[str, str]) -> Self:
        """Add settings (name to type) that the plugin reads and does not report."""
        more = {name: Definition(name, kind) for name, kind in names.items()}
        return type(self)({**more, **self.by_name})


def _definition(entry: Mapping[str, Any]) -> Definition:
    definition = entry["definition"]
    name, kind = definition["name"], definition["type"].lower()
    choices = (entry.get("value") or {}).get("recommended_values") or ()
    if kind != "string" or name.endswith(_NO_CHOICES):
        choices = ()
    return Definition(
        name=name,
        type=kind,
        default=definition["default_value"],
        # Converters report their own `converter.type` as required, and Connect sets it itself.
        required=definition["required"] and not name.endswith(".converter.type"),
        importance=definition["importance"].lower(),
        values=tuple(sorted(choices)),
    )


@cache
def committed(kind: Kind) -> Definitions:
    """Give the list kept here: of the real plugin, or, for JDBC, of its own answer elsewhere."""
    definitions = Definitions.from_json(_read(f"{kind}.json"))
    if kind.is_debezium:
        return definitions
    framework = Definitions.from_json(_read("connect.json"))
    return Definitions({**framework.by_name, **definitions.by_name})


@cache
def client_settings(client: str) -> frozenset[str]:
    """Names of the settings of a Kafka client: `producer`, `consumer` or `admin`."""
    names: list[str] = json.loads(_read("clients.json"))[client]
    return frozenset(names)


def _read(name: str) -> str:
    return (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
