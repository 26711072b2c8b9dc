"""Answers of `config/validate`, rebuilt so that nothing a worker resolved can leave the client.

The worker replaces `${env:DB_PASSWORD}` before it validates. So an answer can repeat a password,
a user, a host or a URL: as a field's value, among recommended values, inside an error's text (of
any field, not only of the one that held the reference), even in a field's name where names derive
from values (`transforms.<alias>.type`). The client does not know those values, so it cannot search
for them. Therefore, as soon as a submitted configuration holds one reference, nothing of the
answer's free text is passed on:

- a field's value is the one that was submitted;
- names are those that were submitted, those of the plugin's definitions (asked for without any
  configuration), and Kafka Connect's own;
- definitions are the plugin's, from that same question;
- an error's text becomes one of the sentences below, chosen by what the text contains;
- recommended values are dropped.

Without a reference nothing is resolved: texts pass, with the submitted passwords masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

from wms_connector.connect.redact import Redactor, has_reference
from wms_connector.model.masking import is_secret_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wms_connector.connect.models import ConfigDefinition

WITHHELD: Final = (
    "refused by the worker; its reason is withheld, because it can quote a resolved secret"
)
# The first pattern that is found decides. Each sentence is ours, word for word.
_SENTENCES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), sentence)
    for pattern, sentence in (
        (r"ORA-01017", "the database refuses user or password (ORA-01017)"),
        (r"ORA-28000", "the database user is locked (ORA-28000)"),
        (r"ORA-28001", "the database password has expired (ORA-28001)"),
        (r"ORA-12514", "the database's listener does not know the service (ORA-12514)"),
        (r"ORA-12505", "the database's listener does not know the SID (ORA-12505)"),
        (r"ORA-12541", "no listener at the database's host and port (ORA-12541)"),
        (r"ORA-(12170|17800|17820|17002|18953)", "the database does not answer"),
        (r"password authentication failed|28P01", "the database refuses user or password"),
        (r'database "[^"]*" does not exist|3D000', "there is no database of that name"),
        (r"unknown ?host|name or service not known", "the database's host name is unknown"),
        (r"connection( to .*)? (was )?refused", "nothing listens at the database's host and port"),
        (r"timed? ?out", "the database does not answer in time"),
        (
            r"unable to connect|(could not|cannot) connect|connection attempt failed",
            "the database cannot be reached",
        ),
        (r"error while validating connector config", "the database check failed"),
        (r"regular expression|regex", "it is no valid regular expression"),
        (r"has invalid format", "its form is wrong, or its reference could not be resolved"),
        (r"missing required configuration|a value is required|must be non-", "it is required"),
        (r"configuration is not defined", "the plugin does not define this key"),
        (r"positive", "it must be a positive whole number"),
        (r"not a number|not an? (integer|long|number)|is expected|expected value", "wrong type"),
        (r"must be at least|no less than|greater than", "the value is too small"),
        (r"must be no more than|at most|less than", "the value is too large"),
        (r"must be one of|one of the following", "the value is none of those allowed"),
        (r"could not be found|failed to find any class|class not found", "no such class"),
    )
)
# Keys of Kafka Connect itself (SourceConnectorConfig of 4.x): they never derive from values.
FRAMEWORK_KEYS: Final = frozenset(
    {
        "name", "connector.class", "connector.plugin.version", "tasks.max", "tasks.max.enforce",
        "key.converter", "key.converter.plugin.version",
        "value.converter", "value.converter.plugin.version",
        "header.converter", "header.converter.plugin.version",
        "transforms", "predicates", "config.action.reload",
        "errors.retry.timeout", "errors.retry.delay.max.ms", "errors.tolerance",
        "errors.log.enable", "errors.log.include.messages", "topic.creation.groups",
        "exactly.once.support", "transaction.boundary", "transaction.boundary.interval.ms",
        "offsets.storage.topic",
    }
)  # fmt: skip


class RawValue(BaseModel):
    """`configs[].value` as the worker sends it. Stays inside this package."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    name: str
    errors: list[str] = []
    recommended_values: list[str | None] = []


class RawDefinition(BaseModel):
    """`configs[].definition`, of which only the name is used. Stays inside this package."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    name: str


class RawField(BaseModel):
    """One of `configs`. Stays inside this package."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    definition: RawDefinition | None = None
    value: RawValue | None = None  # Debezium leaves it out for some keys

    @property
    def name(self) -> str:
        """The key; empty when the worker gives none."""
        return self.value.name if self.value else self.definition.name if self.definition else ""


class RawValidation(BaseModel):
    """The worker's answer, unsafe to show. Stays inside this package."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    error_count: int = 0
    configs: list[RawField] = []

    def __repr__(self) -> str:
        return "RawValidation()"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class ValidatedField:
    """One key: the value as it was submitted (secrets masked), and what is wrong with it.

    `defined` tells whether plugin or Kafka Connect know the key at all.
    """

    name: str
    submitted: str | None
    errors: tuple[str, ...]
    defined: bool
    definition: ConfigDefinition | None
    recommended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validation:
    """A validated configuration, safe to show.

    `withheld` fields had names that may not be shown; `general` are the messages about those.
    """

    plugin: str
    error_count: int
    fields: tuple[ValidatedField, ...]
    withheld: int
    general: tuple[str, ...] = ()

    @property
    def errors(self) -> dict[str, tuple[str, ...]]:
        """Messages by key, only of the keys that have some."""
        return {field.name: field.errors for field in self.fields if field.errors}

    @property
    def undefined(self) -> tuple[str, ...]:
        """Submitted keys that nobody defines: Kafka Connect ignores them silently."""
        return tuple(f.name for f in self.fields if f.submitted is not None and not f.defined)


_OURS: Final = frozenset({WITHHELD, *(sentence for _, sentence in _SENTENCES)})


def sentence_for(text: str) -> str:
    """Give the sentence for an error's text; never a word of the text itself.

    One of these sentences stays as it is: answers that pass two clients say the same.
    """
    if text in _OURS:
        return text
    return next((told for pattern, told in _SENTENCES if pattern.search(text)), WITHHELD)


def sentences(texts: Iterable[str]) -> tuple[str, ...]:
    """Give the sentences for several texts, each once."""
    return tuple(dict.fromkeys(sentence_for(text) for text in texts))


def resolves(config: Mapping[str, str]) -> bool:
    """Tell whether a worker would resolve anything in this configuration."""
    return any(has_reference(value) for value in config.values())


def rebuild(
    submitted: Mapping[str, str],
    answer: RawValidation,
    definitions: Iterable[ConfigDefinition],
    redactor: Redactor,
) -> Validation:
    """Make what may leave from what was submitted, the answer and the plugin's definitions."""
    known = {definition.name: definition for definition in definitions}
    closed = resolves(submitted)
    own = Redactor(value for key, value in submitted.items() if value and is_secret_key(key))
    allowed = {*submitted, *known, *FRAMEWORK_KEYS}
    fields: dict[str, ValidatedField] = {}
    withheld = 0
    general: tuple[str, ...] = ()
    for raw in answer.configs:
        name = raw.name
        if closed and name not in allowed:
            withheld += 1
            general += sentences(raw.value.errors if raw.value else ())
            continue
        found = raw.value or RawValue(name=name)
        errors, recommended = found.errors, found.recommended_values
        fields[name] = ValidatedField(
            name=name,
            submitted=redactor.value(name, submitted.get(name)),
            errors=sentences(errors)
            if closed
            else tuple(redactor.text(own.text(text)) for text in errors),
            defined=raw.definition is not None,
            definition=known.get(name),
            recommended=()
            if closed
            else tuple(redactor.text(own.text(text)) for text in recommended if text is not None),
        )
    for name, value in submitted.items():
        if name not in fields:
            shown = redactor.value(name, value)
            fields[name] = ValidatedField(
                name, shown, (), defined=name in known, definition=known.get(name)
            )
    return Validation(
        plugin=submitted.get("connector.class", ""),
        error_count=answer.error_count,
        fields=tuple(fields[name] for name in sorted(fields)),
        withheld=withheld,
        general=tuple(dict.fromkeys(f"a key derived from a reference: {told}" for told in general)),
    )
