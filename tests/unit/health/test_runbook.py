"""docs/runbook.md is the code's, and speaks of every finding; docs/health.md lists them."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path

import click
import pytest

from wms_connector.cli.main import LazyGroup
from wms_connector.health.findings import BY_ID, KINDS
from wms_connector.health.guides import guides
from wms_connector.health.runbook import page
from wms_connector.health.text import Place
from wms_connector.oracle.catalogue import ENTRIES

PLACE = Place("main", "wms-connector-main", "docs/runbook.md")
DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_the_code_s() -> None:
    text = page(KINDS)
    if os.environ.get("WMS_CONNECTOR_UPDATE_GOLDEN"):
        (DOCS / "runbook.md").write_text(text, encoding="utf-8")
    assert (DOCS / "runbook.md").read_text(encoding="utf-8") == text, (
        "set WMS_CONNECTOR_UPDATE_GOLDEN=1"
    )


def test_the_page_is_printed_by_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("wms_connector.health", run_name="__main__")
    assert capsys.readouterr().out == page(KINDS)


def test_every_kind_has_one_section_with_all_that_a_person_needs() -> None:
    sections = dict(
        re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", page(KINDS), re.MULTILINE | re.DOTALL)
    )
    assert list(sections) == [kind.id for kind in KINDS]
    assert set(guides()) == set(sections)
    for kind in KINDS:
        text = " ".join(sections[kind.id].split())
        assert kind.title in text
        assert " ".join(kind.cause.split()) in text
        assert Place("<stage>", "<stack>", "").fill(kind.step) in text
        for part in ("Where to look: -", "What to do: 1.", "By itself:"):
            assert part in text, (kind.id, part)
        if kind.metric is not None:
            assert f"`<stack>-{kind.alarm}` on `{kind.metric.name}`" in text


def test_links_lead_somewhere() -> None:
    for name in ("runbook.md", "health.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+\.md)", text):
            assert (DOCS / target).exists(), target
        anchors = set(re.findall(r"^## (.*)$", (DOCS / "runbook.md").read_text(), re.MULTILINE))
        for anchor in re.findall(r"\]\((?:runbook\.md)?#([a-z-]+)\)", text):
            assert anchor in anchors, anchor


def test_commands_of_ecs_say_of_which_cluster_and_what() -> None:
    commands = re.findall(r"`(aws ecs [^`]+)`", " ".join(page(KINDS).split()))
    what = {
        "stop-task": "--task ",
        "describe-tasks": "--tasks ",
        "list-tasks": "",
        "update-service": "--service <stack>",
        "describe-services": "--services <stack>",
    }
    assert {command.split()[2] for command in commands} == set(what)
    for command in commands:
        assert "--cluster <stack>" in command
        assert what[command.split()[2]] in command


def test_health_md_lists_every_finding() -> None:
    text = (DOCS / "health.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([a-z-]+)\]\(runbook\.md#([a-z-]+)\) \|", text, re.MULTILINE)
    assert rows == [(kind.id, kind.id) for kind in KINDS]


def named(text: str) -> list[str]:
    """The commands that a text names, with the stage put in."""
    return re.findall(r"`wms-connector ([^`]+)`", PLACE.fill(" ".join(text.split())))


STEPS = [step for kind in KINDS for step in named(kind.step)]
STEPS += [step for entry in ENTRIES for step in named(entry.step)]


@pytest.mark.parametrize("command", sorted({*STEPS, *named(page(KINDS))}))
def test_commands_that_are_next_steps_can_be_given(command: str) -> None:
    words = command.split()
    found = LazyGroup().get_command(click.Context(LazyGroup()), words[0])
    while isinstance(found, click.Group):
        words = words[1:]
        found = found.get_command(click.Context(found), words[0])
    assert found is not None, words[0]
    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options
    assert "--stage" in words


def test_a_standstill_is_no_failure_so_its_restart_is_of_all() -> None:
    """Without --all, `restart` touches what is FAILED alone."""
    assert "restart --all --stage main" in named(BY_ID["no-progress"].step)
