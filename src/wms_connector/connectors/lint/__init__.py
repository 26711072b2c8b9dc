"""Lint: a connector's configuration against its plugin's definitions, and against experience.

Kafka Connect ignores keys that it does not know, and plugins check little of what loses data.
Everything here is a pure function: definitions come from a worker's answer
(`Definitions.from_validation`) or from the lists that are kept here (`committed`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wms_connector.connectors.lint.definitions import Definition, Definitions, Kind, committed
from wms_connector.connectors.lint.finding import HIDDEN, Finding, Severity
from wms_connector.connectors.lint.keys import check_keys
from wms_connector.connectors.lint.masking import holds_secret
from wms_connector.connectors.lint.names import CHOICES, UNREPORTED
from wms_connector.connectors.lint.rules_debezium import check_debezium
from wms_connector.connectors.lint.rules_delivery import check_delivery
from wms_connector.connectors.lint.rules_jdbc import check_jdbc
from wms_connector.connectors.lint.rules_oracle import check_oracle
from wms_connector.connectors.lint.rules_postgres import check_postgres
from wms_connector.connectors.lint.subject import Subject
from wms_connector.connectors.lint.values import check_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "HIDDEN",
    "Definition",
    "Definitions",
    "Finding",
    "Kind",
    "Severity",
    "committed",
    "holds_secret",
    "lint",
]

_RULES: Final[dict[Kind, tuple[Callable[[Subject], Iterator[Finding]], ...]]] = {
    Kind.DEBEZIUM_ORACLE: (check_debezium, check_oracle),
    Kind.DEBEZIUM_POSTGRES: (check_debezium, check_postgres),
    Kind.JDBC_CONFLUENT: (check_jdbc,),
    Kind.JDBC_AIVEN: (check_jdbc,),
}


def lint(
    config: Mapping[str, str], definitions: Definitions | None = None, *, kind: Kind
) -> list[Finding]:
    """Give what is wrong with a configuration, errors first, then by key.

    Without `definitions` the committed list of that kind is used. No finding shows a secret.
    """
    known = definitions if definitions is not None else committed(kind)
    subject = Subject(config, known.with_more(UNREPORTED[kind]).with_choices(CHOICES), kind)
    findings: list[Finding] = []
    for check in (check_keys, check_values, check_delivery, *_RULES[kind]):
        findings.extend(check(subject))
    return sorted(set(findings), key=lambda f: (f.severity is not Severity.ERROR, f.key, f.message))
