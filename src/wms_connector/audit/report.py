"""What an audit found, for programs and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, computed_field

if TYPE_CHECKING:
    from rich.console import RenderableType

Delivery = Literal["exactly-once", "at-least-once"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeyExample(_Part):
    """A key, and where its last event stands: `topic[partition]@offset`."""

    key: str
    event: str | None = None


class DifferentExample(KeyExample):
    """A key whose values differ: per column what the source and what the topic has."""

    columns: dict[str, tuple[str | None, str | None]]


class Examples(_Part):
    """The first few keys of each kind."""

    missing: tuple[KeyExample, ...] = ()
    extra: tuple[KeyExample, ...] = ()
    different: tuple[DifferentExample, ...] = ()
    duplicates: tuple[KeyExample, ...] = ()
    gaps: tuple[KeyExample, ...] = ()


class UnreadableRecord(_Part):
    """A record that could not be understood, and why."""

    topic: str
    partition: int
    offset: int
    reason: str


class TableReport(_Part):
    """One table. All numbers count rows or records.

    `events` are the changes that a consumer of committed records reads, `events_uncommitted` those
    of one that reads all; `duplicates` and `duplicates_uncommitted` are the changes among them that
    had been there before. `gaps` are keys between whose changes one is missing, which the row
    before each tells; `chained` says whether that could be seen at all. `in_flight` events belong
    to transactions that the audited state does not hold. `incomplete` says that the topic no longer
    has its beginning, `unjudged` how many rows could therefore not be judged. `unavailable` counts,
    by column, rows whose last event lacks it.
    """

    table: str
    topic: str
    rows: int
    missing: int
    extra: int
    different: int
    duplicates: int
    duplicates_uncommitted: int | None
    events: int
    events_uncommitted: int | None
    gaps: int = 0
    chained: bool = False
    in_flight: int
    tombstones: int
    truncates: int
    unreadable: int
    incomplete: bool = False
    unjudged: int = 0
    not_compared: dict[str, str] = {}
    unavailable: dict[str, int] = {}
    notes: tuple[str, ...] = ()
    problem: str | None = None
    examples: Examples = Examples()
    duplicates_allowed: bool = False

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ok(self) -> bool:
        """Whether nothing is lost, nothing too much, and nothing twice that must not be."""
        wrong = self.missing + self.extra + self.different + self.gaps + self.unreadable
        if not self.duplicates_allowed:
            wrong += self.duplicates
        return not wrong and self.problem is None


class Totals(_Part):
    """Sums over the tables."""

    rows: int
    missing: int
    extra: int
    different: int
    duplicates: int
    duplicates_uncommitted: int | None
    events: int
    events_uncommitted: int | None
    gaps: int
    in_flight: int
    unreadable: int
    unjudged: int


class Report(_Part):
    """The audit. `passed` says whether the connector was seen to be past the audited moment.

    `position` is that moment in the source's log, `transactions` how many of the source's
    transactions the read events belong to, `seconds` what the audit took, `waited` how much of
    it for the connector.
    """

    tables: tuple[TableReport, ...]
    delivery: Delivery
    passed: bool
    position: int
    transactions: int
    seconds: float
    waited: float
    unreadable: tuple[UnreadableRecord, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def totals(self) -> Totals:
        """Sums over the tables."""
        fields: dict[str, int | None] = {}
        for name in Totals.model_fields:
            values = [getattr(table, name) for table in self.tables]
            fields[name] = None if None in values else sum(values)
        return Totals.model_validate(fields)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def ok(self) -> bool:
        """Whether no table shows a difference. Incomplete topics are told, not counted."""
        return all(table.ok for table in self.tables)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def incomplete(self) -> bool:
        """Whether a topic has lost its beginning, so that some rows could not be judged."""
        return any(table.incomplete for table in self.tables)

    def sentences(self) -> list[str]:
        """Everything that the table of numbers does not say, most important first."""
        told = [f"{t.table}: {t.problem}" for t in self.tables if t.problem]
        if not self.passed:
            told.append(
                "the connector was not seen to pass the moment at which the audit began"
                + ("" if self.ok else ": what is missing may still be on its way")
            )
        for table in self.tables:
            told += _sentences(table)
        told += [
            f"unreadable: {r.topic}[{r.partition}]@{r.offset}: {r.reason}" for r in self.unreadable
        ]
        if self.delivery == "at-least-once":
            told.append(
                "delivery is at-least-once: duplicates are expected, and no failure of this audit"
            )
        return told

    def render(self) -> RenderableType:
        """Give the table, the sentences and the verdict for Rich."""
        from rich.console import Group
        from rich.text import Text

        verdict = (
            Text("nothing lost, nothing too much", style="bold green")
            if self.ok
            else Text("the topics and the database differ", style="bold red")
        )
        if self.ok and not self.totals.duplicates:
            verdict.append(", nothing twice")
        if self.incomplete:
            verdict.append(f"; {self.totals.unjudged} rows could not be judged", style="yellow")
        verdict.append(
            f" ({self.totals.events:,} events of {self.transactions:,} transactions "
            f"in {self.seconds:.1f} s)",
            style="dim",
        )
        return Group(self._numbers(), *map(Text, self.sentences()), verdict)

    def _numbers(self) -> RenderableType:
        from rich.table import Table

        shown = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
        shown.add_column("table")
        for name in ("rows", "missing", "extra", "different", "gaps", "twice", "events", "aborted"):
            shown.add_column(name, justify="right")
        parts: list[tuple[str, TableReport | Totals]] = [(t.table, t) for t in self.tables]
        for name, part in [*parts, ("total", self.totals)]:
            all_events = part.events_uncommitted
            shown.add_row(
                name,
                f"{part.rows:,}",
                *(_mark(count) for count in (part.missing, part.extra, part.different, part.gaps)),
                _mark(part.duplicates, "yellow" if self.delivery == "at-least-once" else "red"),
                f"{part.events:,}",
                "-" if all_events is None else f"{all_events - part.events:,}",
            )
        return shown


def _mark(count: int, style: str = "red") -> str:
    return f"[bold {style}]{count:,}[/]" if count else "0"


def _sentences(table: TableReport) -> list[str]:
    told = []
    if table.incomplete:
        told.append(
            f"{table.table}: the beginning of {table.topic} was removed by retention; "
            f"{table.unjudged} rows without an event since then were not judged"
        )
    told += [f"{table.table}: {note}" for note in table.notes]
    if table.in_flight:
        told.append(f"{table.table}: {table.in_flight} events of later transactions were left out")
    told += [f"{table.table}.{c}: not compared: {why}" for c, why in table.not_compared.items()]
    told += [
        f"{table.table}.{column}: not in the last event of {count} rows, whose other columns agree"
        for column, count in table.unavailable.items()
    ]
    for kind in ("missing", "extra", "duplicates", "gaps"):
        for one in getattr(table.examples, kind):
            place = f" ({one.event})" if one.event else ""
            told.append(f"{table.table}: {kind.removesuffix('s')}: {one.key}{place}")
    for one in table.examples.different:
        values = ", ".join(
            f"{column}: source {_value(source)}, topic {_value(topic)}"
            for column, (source, topic) in one.columns.items()
        )
        told.append(f"{table.table}: different: {one.key} ({one.event}): {values}")
    return told


def _value(text: str | None) -> str:
    if text is None:
        return "NULL"
    return repr(text) if len(text) <= 60 else f"{text[:60]!r}…"  # noqa: PLR2004
