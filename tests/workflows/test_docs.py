"""What docs/aws.md and the README say of commands and workflows is true."""

from __future__ import annotations

import re

import pytest
from tests.workflows.workflow import ROOT, WORKFLOWS

from wms_connector.cli.main import COMMANDS, cli

PAGES = ["README.md", "docs/aws.md", "docs/costs.md"]
BLOCKS = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def _commands(page: str) -> list[list[str]]:
    text = (ROOT / page).read_text(encoding="utf-8")
    shown = "\n".join(BLOCKS.findall(text)) + "\n" + "\n".join(re.findall(r"`([^`\n]+)`", text))
    return [
        line.split("#")[0].split()
        for line in re.findall(r"(?:^|/)wms-connector +([a-z].*)", shown, re.MULTILINE)
    ]


@pytest.mark.parametrize("page", PAGES[:2])
def test_every_command_is_one_and_has_the_options_that_are_shown(page: str) -> None:
    found = _commands(page)
    assert len(found) > 5
    for words in found:
        for name in words[0].split("|"):
            assert name in COMMANDS, words
            command = cli.get_command(None, name)  # type: ignore[arg-type]
            assert command is not None
            if words[1:] and words[1] in getattr(command, "commands", {}):
                command = command.commands[words[1]]  # type: ignore[attr-defined]
            options = {option for parameter in command.params for option in parameter.opts}
            used = {word for word in words if word.startswith("--")}
            assert used - options == set(), words


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)]+)\)", text):
        target, _, anchor = link.partition("#")
        if re.match(r"https?:|\.\./\.\./", target):
            continue
        file = folder / target if target else ROOT / page
        assert file.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\s-]", "", text).strip().lower().replace(" ", "-")
                     for text in headings}  # fmt: skip
            assert anchor in slugs, link


def test_the_table_of_workflows_says_when_they_run() -> None:
    text = (ROOT / "docs/aws.md").read_text(encoding="utf-8").partition("## Workflows")[2]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", text, re.MULTILINE))
    for name, when in rows.items():
        triggers = set(WORKFLOWS[name]["on"])
        assert ("pull request" in when) <= ("pull_request" in triggers), name
        assert ("weekly" in when) == ("schedule" in triggers), name
        assert ("by hand" in when) <= ("workflow_dispatch" in triggers), name


def test_the_badges_are_of_a_workflow_and_of_the_file_that_is_published() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "workflows/ci.yml/badge.svg" in readme
    published = WORKFLOWS["ci"]["jobs"]["badge"]["steps"][-1]["run"]
    assert "raw/badges/coverage.svg" in readme
    assert "coverage.svg" in published
    assert "heads/badges" in published
