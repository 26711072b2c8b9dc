"""Tables of the source database, and the form of their names in topics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wms_connector.model.errors import PipelineError

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_$#]{0,127}")
_NOT_IN_TOPICS: Final = re.compile(r"[^a-zA-Z0-9._-]")


@dataclass(frozen=True, slots=True, order=True)
class Table:
    """A table by schema and name, in the case in which the database keeps them."""

    schema: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Table:
        """Read `SCHEMA.TABLE`; raises PipelineError for anything else.

        Identifiers: a letter or underscore, then letters, digits, `_`, `$`, `#`; at most 128
        characters (Oracle's limit since 12.2; PostgreSQL's is 63).
        """
        schema, dot, name = text.partition(".")
        if not dot or not _IDENTIFIER.fullmatch(schema) or not _IDENTIFIER.fullmatch(name):
            raise PipelineError(
                f"{text!r} is no table",
                hint="Write SCHEMA.TABLE, for example WMS.PLAN_BASE_WVR_TBL, without quotes",
            )
        return cls(schema, name)

    @property
    def quoted(self) -> str:
        """`"SCHEMA"."TABLE"` as it stands in SQL; no identifier holds a quotation mark."""
        return f'"{self.schema}"."{self.name}"'

    @property
    def topic_suffix(self) -> str:
        """`SCHEMA.TABLE` as it stands in a topic: Debezium turns `$` and `#` into `_`."""
        return _NOT_IN_TOPICS.sub("_", str(self))

    @property
    def is_plain(self) -> bool:
        """Whether no character of it has a meaning in a regular expression."""
        return re.fullmatch(r"[A-Za-z0-9_]+\.[A-Za-z0-9_]+", str(self)) is not None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"
