from __future__ import annotations

import pytest

from wms_connector.connect.trace import causes

TRACE = """org.apache.kafka.connect.errors.ConnectException: An exception occurred in the change \
event producer. This connector will be stopped.
\tat io.debezium.pipeline.ErrorHandler.setProducerThrowable(ErrorHandler.java:73)
\tat java.base/java.lang.Thread.run(Thread.java:1447)
\tSuppressed: java.lang.RuntimeException: close failed
\t\tat x.Y.z(Y.java:1)
Caused by: io.debezium.DebeziumException: Supplemental logging not configured.
Use command: ALTER DATABASE ADD SUPPLEMENTAL LOG DATA
\tat io.debezium.X.y(X.java:1)
\t... 9 common frames omitted
Caused by: java.sql.SQLException: ORA-00942: table or view does not exist
"""


def test_a_trace_is_its_exceptions_from_the_outermost_to_the_root() -> None:
    outer, middle, root = causes(TRACE)
    assert outer.startswith("ConnectException: An exception occurred in the change event producer.")
    assert middle.startswith("DebeziumException: Supplemental logging not configured. Use command")
    assert root == "SQLException: ORA-00942: table or view does not exist"


def test_what_a_cause_repeats_is_said_once() -> None:
    trace = "a.b.XException: c.YException: broken\nCaused by: c.YException: broken\n"
    assert causes(trace) == ("XException: c.YException: broken", "YException: broken")
    same = "a.b.XException: broken\nCaused by: a.b.XException: broken\n"
    assert causes(same) == ("XException: broken",)


def test_of_many_causes_the_first_and_the_last_stay() -> None:
    trace = "a.XException: 0\n" + "".join(f"Caused by: a.XException: {n}\n" for n in range(1, 20))
    assert causes(trace, most=3) == ("XException: 0", "XException: 18", "XException: 19")


def test_a_long_message_is_cut() -> None:
    (told,) = causes("a.XException: " + "x" * 1000)
    assert len(told) == 401


@pytest.mark.parametrize("trace", ["", "\n \n", "\tat a.b.C.d(C.java)\n"])
def test_no_trace_has_no_causes(trace: str) -> None:
    assert causes(trace) == ()


def test_a_line_that_is_no_java_trace_is_kept_as_it_is() -> None:
    assert causes("the worker left the group") == ("the worker left the group",)
