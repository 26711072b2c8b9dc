"""`watch` as text: the screen, the lines, the loop, and how fast events come."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console
from tests.unit.clock import Clock
from tests.unit.health import looks
from tests.unit.health.looks import AT, BOOM, NAME, Store, connector, failed, look, task

from wms_connector.cli.watch_glance import Glance, Scene, glance_of, rates
from wms_connector.cli.watch_loop import SHORTEST_PAUSE, watch
from wms_connector.cli.watch_place import OnLaptop
from wms_connector.cli.watch_plain import BEAT_SECONDS, JsonView, PlainView, Teller
from wms_connector.cli.watch_screen import ScreenView, screen, sparkline
from wms_connector.health.act import act
from wms_connector.health.budget import Attempt, budget
from wms_connector.health.look import Look
from wms_connector.health.observation import Observation, Reach, Topic
from wms_connector.health.source import Told
from wms_connector.model.errors import WmsError
from wms_connector.model.names import Names
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

SCENE = Scene("branch-1", "stage branch-1 on this laptop", "exactly-once", {"kind": "laptop"})
BEHIND = Told({"bytes_behind": 12}, ["behind PostgreSQL: 12 bytes; the last change is 3 s old"])
TOPIC = Topic(name="wms.A.B", exists=True, table="A.B", newest=AT - 5, end=100)


def glance(seen: Observation | None = None, former: Glance | None = None, **more: Any) -> Glance:
    """What a look at a stage gives; it is well but for what is given."""
    seen = seen or look()
    verdict = looks.judged(seen)
    made = glance_of(Look(seen, verdict, budget((), seen.at, looks.POLICY)), {NAME: BEHIND}, former)
    return replace(made, **more)


def drawn(shown: Glance, width: int = 100, height: int = 40, **more: Any) -> str:
    lines = screen(SCENE, shown, shown.at + 2, width, height, **more)
    assert len(lines) <= height
    assert all(len(line.plain) <= width for line in lines)
    return "\n".join(line.plain.rstrip() for line in lines)


def test_the_screen_of_a_stage_that_is_well() -> None:
    former = glance(look(topics=(TOPIC,), at=AT - 10))
    grown = replace_topics(end=1334)
    told = drawn(glance(grown, former), when="next in 3 s", history=[0, 50, 123.4])
    assert told == (
        "stage branch-1 on this laptop  exactly-once\n"
        "looked 2 s ago, next in 3 s\n"
        "healthy\n"
        "\n"
        "wms-oracle-cdc  RUNNING  10.0.0.1:8083\n"
        "  behind PostgreSQL: 12 bytes; the last change is 3 s old\n"
        "  task 0  RUNNING  10.0.0.1:8083\n"
        "w1: heap 50 % free, queue 90 % free\n"
        "\n"
        "automatic restarts left: 3 of 3\n"
        "\n"
        "table  newest event   events/s\n"
        "A.B             7 s        123\n"
        "all                        123  ▁▄█"
    )


def replace_topics(**more: Any) -> Observation:
    return look(topics=(TOPIC.model_copy(update=more),))


def test_findings_come_with_what_was_seen_the_cause_and_the_next_step() -> None:
    told = drawn(glance(look(failed(BOOM))), width=70)
    assert "1 finding: A task is FAILED" in told
    assert "CRITICAL  A task is FAILED  for 2 s" in told
    assert "  seen: task 0 of wms-oracle-cdc on 10.0.0.1:8083:" in told
    assert "  cause: It met an error that it does not retry itself." in told
    assert "  next: It is restarted by itself while restarts are left." in told
    assert "  task 0  FAILED  10.0.0.1:8083" in told


def test_what_follows_from_a_cause_names_it_instead_of_a_step() -> None:
    down = look(failed(looks.NO_LISTENER), database=Reach(ok=False, reason="connection refused"))
    told = drawn(glance(down), height=60)
    assert "2 findings, 1 of them a cause: The database does not take connections" in told
    assert "  because: The database does not take connections" in told
    assert told.count("  next: ") == 1


def test_a_worker_that_is_gone_is_a_finding_and_no_crash() -> None:
    gone = look(connect=Reach(ok=False, reason="nobody listens"), worker=None, connectors=None)
    told = drawn(glance(gone))
    assert "connectors  not seen  no worker answers" in told
    assert "CRITICAL  No worker answers" in told


def test_a_missing_connector_a_foreign_one_and_one_without_tasks_are_told() -> None:
    idle = connector("wms-oracle-cdc-2", tasks=(), ours=True)
    foreign = connector("theirs", ours=False, flow=None)
    told = drawn(glance(look(idle, foreign, desired=(NAME, idle.name))), height=80)
    assert "wms-oracle-cdc  MISSING" in told
    assert "theirs  RUNNING  10.0.0.1:8083  (not this pipeline's)" in told
    assert "  no task: nothing is read" in told


def test_restarts_that_were_made_and_that_wait_are_told() -> None:
    made = glance(restarted=[NAME], not_restarted={"other": "a restart does not heal it"})
    told = drawn(made)
    assert f"restarted {NAME} in this look" in told
    assert "other was not restarted: a restart does not heal it" in told


def test_a_place_that_cannot_be_looked_at_shows_what_was_seen_last() -> None:
    told = drawn(glance(problem="the function is gone. Deploy first"))
    assert "nobody can look\nthe function is gone. Deploy first" in told
    assert f"{NAME}  RUNNING" in told
    assert "nothing was seen yet" in drawn(Glance(AT, problem="no"))


@pytest.mark.parametrize("width", [20, 40, 79, 200])
@pytest.mark.parametrize("height", [1, 5, 10, 24, 60])
def test_it_fits_into_any_terminal(width: int, height: int) -> None:
    tables = tuple(
        Topic(name=f"wms.A.T{number}", exists=number != 3, table=f"A.T{number}", newest=None)
        for number in range(30)
    )
    seen = look(failed(BOOM), topics=tables)
    drawn(glance(seen), width=width, height=height)


def test_tables_that_have_no_room_are_counted() -> None:
    tables = tuple(
        Topic(name=f"wms.A.T{number}", exists=True, table=f"A.T{number}") for number in range(30)
    )
    told = drawn(glance(look(topics=tables)), height=20)
    assert "none yet" in told
    shown = told.count("A.T")
    assert f"… and {30 - shown} more" in told
    assert told.endswith("-")
    assert "no topic" in drawn(glance(look(topics=(TOPIC.model_copy(update={"exists": False}),))))


def test_a_sparkline_is_as_high_as_its_highest() -> None:
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([0, 7, 14]) == "▁▅█"


def test_the_terminal_is_filled_and_given_back() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=60, height=20)
    with ScreenView(SCENE, console, clock=lambda: AT) as view:
        view.begin()
        view.show(glance(), 5.0)
    told = out.getvalue()
    assert told.startswith("\x1b[?1049h")
    assert "looking …" in told
    assert "next in 5 s" in told
    assert told.endswith("\x1b[?25h\x1b[?1049l")


def test_rates_are_by_the_ends_of_topics() -> None:
    before = look(topics=(TOPIC, TOPIC.model_copy(update={"name": "new", "end": None})), at=AT - 4)
    now = look(topics=(TOPIC.model_copy(update={"end": 110}),
                       TOPIC.model_copy(update={"name": "new"})))  # fmt: skip
    assert rates(None, now) == {}
    assert rates(now, now) == {}
    assert rates(before, now) == {"wms.A.B": 2.5}
    assert rates(now, before.model_copy(update={"at": AT + 9})) == {}  # made anew: it ends earlier
    assert rates(before, look(topics=None)) == {}


def test_lines_are_told_when_something_changes() -> None:
    teller = Teller(SCENE)
    first = teller.lines(glance())
    assert first[:-1] == [
        "stage branch-1 on this laptop",
        "exactly-once",
        f"{NAME}: RUNNING on 10.0.0.1:8083",
        f"task 0 of {NAME}: RUNNING on 10.0.0.1:8083",
        "automatic restarts left: 3 of 3",
    ]
    assert first[-1].startswith("healthy, newest event 5 s old, behind PostgreSQL: 12 bytes")
    assert teller.lines(glance(look(at=AT + 5))) == []
    [state, found, cause, step] = teller.lines(glance(look(failed(BOOM), at=AT + 10)))
    assert state == f"task 0 of {NAME}: FAILED on 10.0.0.1:8083"
    assert found.startswith("CRITICAL  A task is FAILED: task 0 of wms-oracle-cdc")
    assert cause.startswith("  cause: ")
    assert step.startswith("  next: ")
    assert teller.lines(glance(look(failed(BOOM), at=AT + 15))) == []
    well = teller.lines(glance(look(at=AT + 20)))
    assert well == [
        f"task 0 of {NAME}: RUNNING on 10.0.0.1:8083",
        f"over: A task is FAILED ({NAME}), after 10 s",
    ]


def test_now_and_then_a_line_says_that_nothing_changed() -> None:
    teller = Teller(SCENE)
    teller.lines(glance())
    assert teller.lines(glance(look(at=AT + BEAT_SECONDS - 1))) == []
    [line] = teller.lines(glance(look(at=AT + BEAT_SECONDS)))
    assert line.startswith("healthy")
    assert teller.lines(glance(look(at=AT + BEAT_SECONDS + 5))) == []


def test_who_cannot_look_says_so_once_and_when_it_can_again() -> None:
    teller = Teller(SCENE)
    teller.lines(glance(look(failed(BOOM))))
    blind = replace(glance(look(failed(BOOM))), problem="no rights", at=AT + 5)
    assert teller.lines(blind) == ["nobody can look: no rights"]
    assert teller.lines(replace(blind, at=AT + 10)) == []
    assert teller.lines(glance(look(failed(BOOM), at=AT + 15))) == ["can look again"]


def test_what_is_gone_and_what_is_missing_is_told() -> None:
    teller = Teller(SCENE)
    teller.lines(glance(look(connector(tasks=(task(), task(number=1))))))
    assert teller.lines(glance(look(at=AT + 5))) == [f"task 1 of {NAME} is no longer there"]
    gone = look(topics=(TOPIC.model_copy(update={"exists": False}),), at=AT + 10)
    assert teller.lines(glance(gone))[0] == "A.B: its topic is not there"


def test_commands_of_the_laptop_say_of_which_stage() -> None:
    seen = look(failed(BOOM))
    taken = Look(seen, looks.judged(seen), budget((), seen.at, looks.POLICY))
    laptop: Any = SimpleNamespace(
        look=lambda repair: taken, flows=SimpleNamespace(told={}), is_stopped=False
    )
    here = OnLaptop(laptop, SCENE, Names(Stage.parse("branch-1"), "wms"))
    [found] = here.look(None).findings
    assert "`wms-connector status --stage branch-1`" in found["next_step"]


def test_what_no_worker_tells_of_is_not_seen_instead_of_gone() -> None:
    teller = Teller(SCENE)
    missing = TOPIC.model_copy(update={"exists": False})
    teller.lines(glance(look(topics=(missing,))))
    assert (
        "do not list them"
        in teller.lines(glance(look(connectors=None, topics=(missing,), at=AT + 1)))[0]
    )
    down = {"connect": Reach(ok=False, reason="refused"), "worker": None, "connectors": None}
    silent = teller.lines(glance(look(**down, topics=None, at=AT + 5)))
    assert silent[0] == "connectors and tasks are not seen: no worker answers"
    assert not [line for line in silent if "no longer" in line or "there again" in line]
    back = teller.lines(glance(look(connector(tasks=()), topics=(TOPIC,), at=AT + 10)))
    assert set(back) >= {
        "connectors and tasks are seen again",
        f"task 0 of {NAME} is no longer there",
        "A.B: its topic is there again",
    }


def test_a_note_is_told_once_and_its_end_is_no_news() -> None:
    teller = Teller(SCENE)
    assert "no rights" in teller.lines(glance(notes=["no rights"]))
    assert teller.lines(glance(look(at=AT + 5))) == []


def test_restarts_are_told_with_what_is_left() -> None:
    teller = Teller(SCENE)
    teller.lines(glance())
    seen = look(failed(BOOM), at=AT + 5)
    verdict = looks.judged(seen)
    acted = act(
        verdict, store=Store(), restart=lambda _: None, policy=looks.POLICY, now=lambda: AT + 5
    )
    made = glance_of(Look(seen, verdict, acted.budget, acted), {}, None)
    lines = teller.lines(made)
    assert "automatic restarts left: 2 of 3" in lines
    assert f"restarted {NAME}" in lines
    waiting = looks.judged(seen, attempts=(Attempt(AT, NAME),))
    held = glance_of(Look(seen, waiting, acted.budget), {}, None)
    [line] = [line for line in teller.lines(held) if "not restarted" in line]
    assert line.startswith(f"{NAME} is not restarted: the next restart may be attempted at ")


def test_what_follows_names_its_cause_in_a_line() -> None:
    down = look(failed(looks.NO_LISTENER), database=Reach(ok=False, reason="refused"))
    lines = Teller(SCENE).lines(glance(down))
    assert "  because of: database-unreachable" in lines


def test_lines_have_the_time_of_day_and_json_one_object_each() -> None:
    said: list[str] = []
    with PlainView(SCENE, say=said.append) as plain:
        plain.begin()
        plain.show(glance(), 5.0)
    assert said[0] == "08:00:00Z  stage branch-1 on this laptop"
    said.clear()
    with JsonView(SCENE, say=said.append) as view:
        view.begin()
        view.show(glance(), 5.0)
        view.show(replace(glance(look(desired=(NAME, "x"))), problem="p"), 5.0)
    first, second = (json.loads(line) for line in said)
    assert first["healthy"] is True
    assert first["where"] == {"kind": "laptop"}
    assert first["connectors"][0]["lag"] == {"bytes_behind": 12}
    assert first["connectors"][0]["tasks"][0]["state"] == "RUNNING"
    assert first["restarts"] == {"left": 3, "limit": 3, "allowed_at": AT}
    assert first["workers"][0]["heap_free"] == 0.5
    assert first["topics"][0]["newest_seconds"] == 5
    assert (second["healthy"], second["problem"]) == (False, "p")
    assert second["connectors"][1] == {"name": "x", "state": "MISSING", "tasks": []}
    assert Glance(AT).as_json(SCENE)["topics"] is None


class Shown:
    """A view that remembers."""

    def __init__(self) -> None:
        self.glances: list[Glance] = []
        self.pauses: list[float] = []

    def begin(self) -> None:
        pass

    def show(self, shown: Glance, pause: float) -> None:
        self.glances.append(shown)
        self.pauses.append(pause)


def watched(
    take: Callable[[Glance | None], Glance], clock: Clock, seconds: float | None, every: float = 5.0
) -> tuple[Glance, Shown]:
    shown = Shown()
    last = watch(
        take, shown, every=every, seconds=seconds, clock=clock, wall=clock, sleep=clock.sleep
    )
    return last, shown


def test_it_looks_at_the_beginning_of_each_interval_until_its_time_is_over() -> None:
    clock, times = Clock(), list[float]()

    def take(former: Glance | None) -> Glance:
        assert (former is None) == (not times)
        times.append(clock())
        clock.sleep(1)
        return Glance(clock())

    last, shown = watched(take, clock, 12)
    assert times == [0, 5, 10]
    assert shown.pauses == [4, 4, 4]
    assert last is shown.glances[-1]
    assert len(watched(lambda _: Glance(clock()), clock, 0)[1].glances) == 1


def test_a_look_that_takes_longer_than_the_interval_is_followed_by_a_pause() -> None:
    clock = Clock()

    def take(_: Glance | None) -> Glance:
        clock.sleep(9)
        return Glance(clock())

    assert set(watched(take, clock, 60)[1].pauses) == {SHORTEST_PAUSE}


def test_a_look_that_cannot_be_taken_is_shown_and_the_next_one_is_tried() -> None:
    clock = Clock()
    answers: list[Glance | None] = [None, glance(), None, glance()]

    def take(_: Glance | None) -> Glance:
        if (answer := answers.pop(0)) is None:
            raise WmsError("no way", hint="Wait")
        return answer

    last, shown = watched(take, clock, 15)
    assert [one.problem for one in shown.glances] == ["no way. Wait", "", "no way. Wait", ""]
    assert shown.glances[2].seen is not None
    assert (shown.glances[2].healthy, last.healthy) == (False, True)


def test_whoever_interrupts_it_ends_it() -> None:
    def take(_: Glance | None) -> Glance:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watched(take, Clock(), None)
