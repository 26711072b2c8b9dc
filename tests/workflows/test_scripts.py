"""The scripts inside workflows, run with a stand-in for GitHub's command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.workflows.workflow import ROOT, STEPS, Step, script

GH = """#!/bin/sh
{ printf '<%s>' "$@"; echo; } >>"$CALLS"
for argument in "$@"; do
    case $argument in body=@*) cat "${argument#body=@}" >"$CALLS.body" ;; esac
done
[ -z "${ANSWERS:-}" ] || { head -n 1 "$ANSWERS"; sed -i 1d "$ANSWERS"; }
"""


class Runner:
    """Runs a step's script as a runner does: bash -eo pipefail, its variables, its summary."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = folder / "tools"
        tools.mkdir()
        self.tool("gh", GH)
        self.tool("sleep", "#!/bin/sh\n")
        self.env = {
            "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8",
            "GITHUB_REPOSITORY": "owner/name", "GITHUB_REPOSITORY_OWNER": "owner",
            "GITHUB_SHA": "5ha", "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            "GITHUB_OUTPUT": str(folder / "output"), "RUNNER_TEMP": str(folder),
            "CALLS": str(folder / "calls"), "GIT_CONFIG_GLOBAL": os.devnull,
        }  # fmt: skip

    def tool(self, name: str, text: str) -> None:
        path = self.folder / "tools" / name
        path.write_text(text)
        path.chmod(0o755)

    def answers(self, *lines: str) -> None:
        (self.folder / "answers").write_text("".join(f"{line}\n" for line in lines))
        self.env["ANSWERS"] = str(self.folder / "answers")

    def run(
        self, text: str, cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
            cwd=cwd or self.folder, env=self.env | env, timeout=60,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def calls(self) -> list[str]:
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step.content], ids=str)
def test_every_script_is_bash(step: Step) -> None:
    subprocess.run(["bash", "-n", "-c", step.content["run"]], check=True)


# How deploy waits for ci

WAIT = script("deploy", "tested", "Wait until ci has passed for this commit")


def test_deployment_waits_until_ci_has_passed(runner: Runner) -> None:
    runner.answers("not there yet", "queued", "in_progress", "success")
    assert runner.run(WAIT).returncode == 0
    assert len(runner.calls) == 4
    assert "<head_sha=5ha>" in runner.calls[0]
    assert "<event=push>" in runner.calls[0]


@pytest.mark.parametrize("state", ["failure", "cancelled", "timed_out", "skipped", "what next"])
def test_nothing_is_deployed_that_ci_did_not_pass(runner: Runner, state: str) -> None:
    runner.answers("in_progress", state)
    found = runner.run(WAIT)
    assert found.returncode == 1
    assert f"::error::ci of this commit: {state}" in found.stdout


def test_an_answer_that_does_not_come_stops_the_wait(runner: Runner) -> None:
    runner.tool("gh", "#!/bin/sh\nexit 1\n")
    assert runner.run(WAIT).returncode == 1


# The stage of a branch

WHICH = script("ephemeral", "deploy", "Which stage")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which scripts/setup has run."""
    folder = tmp_path / "checkout"
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/wms-connector").symlink_to(Path(sys.executable).with_name("wms-connector"))
    (folder / "pipeline.toml").write_text((ROOT / "pipeline.toml").read_text())
    return folder


@pytest.fixture
def jq(runner: Runner) -> None:
    """Just enough of jq: a runner has it, a developer's machine need not."""
    runner.tool(
        "jq",
        f"""#!{sys.executable}
import json, sys
names = json.load(open(sys.argv[-1]))
print(names["kind"] if sys.argv[2] == ".kind" else f"Stage {{names['stage']}}, {{names['kind']}}")
""",
    )


@pytest.mark.usefixtures("jq")
@pytest.mark.parametrize("branch", ["-x", "$(touch gone);`touch gone`'\""])
def test_any_branch_is_only_a_name(runner: Runner, checkout: Path, branch: str) -> None:
    found = runner.run(WHICH, checkout, BRANCH=branch)
    assert found.returncode == 0, found.stderr
    assert "ephemeral" in runner.summary
    assert not (checkout / "gone").exists()


@pytest.mark.usefixtures("jq")
@pytest.mark.parametrize("branch", ["main", "val", "production"])
def test_a_label_does_not_deploy_a_named_stage(runner: Runner, checkout: Path, branch: str) -> None:
    found = runner.run(WHICH, checkout, BRANCH=branch)
    assert found.returncode == 1
    assert "::error::a named stage" in found.stdout


@pytest.mark.usefixtures("jq")
@pytest.mark.parametrize("branch", ["Main", ""])
def test_a_branch_whose_stage_is_refused_is_not_deployed(
    runner: Runner, checkout: Path, branch: str
) -> None:
    found = runner.run(WHICH, checkout, BRANCH=branch)
    assert found.returncode == 2
    assert found.stderr.startswith("wms-connector: ")


# release

OFFER = script("release", "offer", "Open or update the pull request")


@pytest.fixture
def history(runner: Runner, tmp_path: Path) -> Path:
    """A checkout with main two commits before val, and no production."""
    folder = tmp_path / "history"
    made = runner.run(
        f"""
        git init --quiet --initial-branch main {folder} && cd {folder}
        git config user.name a && git config user.email a@b
        git commit --quiet --allow-empty -m first
        git update-ref refs/remotes/origin/val HEAD
        git commit --quiet --allow-empty -m 'second, for @everyone <b>'
        git commit --quiet --allow-empty -m third
        """
    )
    assert made.returncode == 0, made.stderr
    return folder


def test_a_release_is_offered_with_its_changes(
    runner: Runner, history: Path, tmp_path: Path
) -> None:
    runner.answers("")
    assert runner.run(OFFER, history, FROM="main").returncode == 0
    asked, opened = runner.calls
    assert "<head=owner:main>" in asked  # a fork's main is another owner's
    assert "<base=val><-f><head=main>" in opened.replace("<-f><base", "<base")
    assert "<title=Release main to val>" in opened
    body = (tmp_path / "calls.body").read_text().splitlines()
    assert body[0] == "What main has and val has not. Merging deploys val."
    assert [line.split(" ", 5)[5] for line in body[2:]] == ["third", "second, for @everyone <b>"]
    assert all(line.startswith("    ") for line in body[2:])


def test_an_open_release_is_updated(runner: Runner, history: Path) -> None:
    runner.answers("17")
    assert runner.run(OFFER, history, FROM="main").returncode == 0
    assert "<--method><PATCH><repos/owner/name/pulls/17>" in runner.calls[1]


def test_a_release_of_very_many_changes_fits_into_a_pull_request(
    runner: Runner, history: Path, tmp_path: Path
) -> None:
    long = "x" * 60_000
    assert runner.run(f"git commit --quiet --allow-empty -m {long}", history).returncode == 0
    runner.answers("")
    assert runner.run(OFFER, history, FROM="main").returncode == 0
    assert len((tmp_path / "calls.body").read_text()) < 65_536


def test_nothing_new_is_no_release(runner: Runner, history: Path) -> None:
    assert runner.run("git update-ref refs/remotes/origin/val HEAD", history).returncode == 0
    found = runner.run(OFFER, history, FROM="main")
    assert (found.returncode, runner.calls) == (0, [])
    assert "val has all that main has" in found.stdout


def test_a_branch_that_is_not_there_yet_is_no_fault(runner: Runner, history: Path) -> None:
    found = runner.run(OFFER, history, FROM="val")
    assert (found.returncode, runner.calls) == (0, [])
    assert "there is no branch production yet" in found.stdout


# The badge of ci

DRAW = script("ci", "badge", "Draw and publish")


def test_the_badge_is_published_as_one_commit_without_history(runner: Runner) -> None:
    runner.answers("tree", "commit", "")
    assert runner.run(DRAW, ROOT, COVERAGE="97").returncode == 0
    text = "\n".join(runner.calls)
    assert "<tree[][content]=<svg " in text
    assert "<tree=tree>" in text
    assert "<parents" not in text
    assert "<PATCH><repos/owner/name/git/refs/heads/badges>" in text
    assert "<ref=refs/heads/badges>" not in text


def test_the_first_badge_makes_the_branch(runner: Runner) -> None:
    runner.tool("gh", GH + '\ncase "$*" in *PATCH*) exit 1 ;; esac\n')
    runner.answers("tree", "commit", "", "")
    assert runner.run(DRAW, ROOT, COVERAGE="97").returncode == 0
    assert "<ref=refs/heads/badges>" in runner.calls[-1]


@pytest.mark.parametrize(("percent", "colour"), [("99", "#1a7f37"), ("0", "#cf222e")])
def test_a_badge_is_a_picture_with_a_title(percent: str, colour: str) -> None:
    drawn = subprocess.run(
        [sys.executable, ROOT / ".github/badge.py", "a<b", percent],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    picture = ET.fromstring(drawn)
    assert picture.findtext("{http://www.w3.org/2000/svg}title") == f"a<b: {percent}%"
    assert colour in drawn


# what goes into the summary

SUMMARIZED = ROOT / ".github/summarized"


@pytest.mark.parametrize("status", [0, 3])
def test_what_a_command_prints_is_shown_and_its_status_kept(runner: Runner, status: int) -> None:
    found = runner.run(f"{SUMMARIZED} 'A title' sh -c 'echo out; echo err >&2; exit {status}'")
    assert found.returncode == status
    assert found.stdout == "out\nerr\n"
    assert runner.summary.startswith("### A title\n\n    out\n    err\n")
    assert ("Exit status 3" in runner.summary) == (status == 3)


def test_a_summary_stays_below_what_github_takes(runner: Runner) -> None:
    runner.run(f"{SUMMARIZED} Long sh -c 'yes | head -c 3000000 | fold -w 200'")
    assert len(runner.summary) < 1024 * 1024
