from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wms_connector.model.errors import PipelineError
from wms_connector.model.table import Table


def test_a_table_in_sql_is_quoted_in_the_case_it_was_written() -> None:
    assert Table.parse("Mmdl.PLAN$_TBL").quoted == '"Mmdl"."PLAN$_TBL"'


@given(st.text())
def test_no_table_that_is_accepted_can_leave_its_quotes(text: str) -> None:
    for tried in (text, f"WMS.{text}", f"{text}.T"):
        try:
            table = Table.parse(tried)
        except PipelineError:
            continue
        assert table.quoted.count('"') == 4
