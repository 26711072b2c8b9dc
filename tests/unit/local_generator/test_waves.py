"""Which transactions are made: reproducible, plausible, and true to what is in the tables."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from wms_connector.local.waves import BASE, WMS_TABLES, Command, Statement, Waves

KNOWN = {
    table: [(n,) if table.name == BASE else (n, 1) for n in range(1, 60)] for table in WMS_TABLES
}


def waves(seed: int, known=KNOWN) -> Waves:
    return Waves(seed, tables=WMS_TABLES, known=known, first_id=1000)


@given(st.integers(0, 2**32))
def test_the_same_seed_makes_the_same_statements(seed):
    one, two = waves(seed), waves(seed)
    assert [one.transaction() for _ in range(20)] == [two.transaction() for _ in range(20)]


def test_other_seeds_make_others():
    assert waves(1).transaction() != waves(2).transaction()


def keys_of(statement: Statement) -> list[tuple[int, ...]]:
    """Keys that an update or a delete names."""
    size = 1 if statement.table.name == BASE else 2
    count = statement.sql.rpartition(" WHERE ")[2].count('"PLAN_WVR_ID"')
    values = statement.parameters[-size * count :]
    return [tuple(values[i : i + size]) for i in range(0, len(values), size)]


def inserted(statement: Statement) -> list[tuple[int, ...]]:
    size = 1 if statement.table.name == BASE else 2
    width = len(statement.parameters) // statement.rows
    return [tuple(statement.parameters[i * width :][:size]) for i in range(statement.rows)]


@given(st.integers(0, 2**32), st.booleans())
def test_every_statement_meets_the_rows_it_names(seed, filled):
    """Run on a model: so each makes as many events as it says, and none fails."""
    made = waves(seed, KNOWN if filled else {})
    rows = {table: set(KNOWN[table]) if filled else set() for table in WMS_TABLES}
    for _ in range(40):
        transaction = made.transaction()
        at_begin = {table: set(keys) for table, keys in rows.items()}
        at_savepoint = at_begin
        counted = 0
        for step in transaction.steps:
            if isinstance(step, Command):
                if step.sql.startswith("SAVEPOINT"):
                    at_savepoint = {table: set(keys) for table, keys in rows.items()}
                    held = counted
                elif step.sql.startswith("ROLLBACK TO"):
                    rows, counted = at_savepoint, held
                elif step.sql == "ROLLBACK":
                    rows, counted = at_begin, 0
                continue
            here = rows[step.table]
            counted += step.rows
            if step.kind == "insert":
                new = inserted(step)
                assert len(new) == step.rows
                assert not here & set(new)
                here |= set(new)
                continue
            keys = keys_of(step)
            assert set(keys) <= here
            assert len(set(keys)) == len(keys)
            if step.kind == "delete":
                here -= set(keys)
            if step.sql.split(" WHERE ")[0].endswith('SET "PLAN_WVR_ID" = %s'):
                here -= set(keys)
                here.add((step.parameters[0], *keys[0][1:]))
        assert transaction.events == counted


def test_it_does_a_bit_of_everything():
    made = waves(5)
    seen = Counter()
    for _ in range(3000):
        transaction = made.transaction()
        seen["commit" if transaction.commits else "roll-back"] += 1
        seen["held"] += transaction.hold > 0
        seen["savepoint"] += any(
            isinstance(s, Command) and s.sql.startswith("SAVEPOINT") for s in transaction.steps
        )
        seen["several tables"] += len({s.table for s in transaction.lasting}) > 1
        for statement in transaction.lasting:
            seen[statement.kind] += 1
            seen["several rows"] += statement.rows > 2
            seen["key"] += 'SET "PLAN_WVR_ID"' in statement.sql
            assert statement.sql.count("%s") == len(statement.parameters)
    assert all(seen.values()), seen
    assert set(seen) == {
        "commit", "roll-back", "held", "savepoint", "several tables", "insert", "update", "delete",
        "several rows", "key",
    }  # fmt: skip
    assert 0.05 < seen["roll-back"] / 3000 < 0.2
