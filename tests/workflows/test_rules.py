"""Rules of our own for workflows, beside those of actionlint and zizmor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.workflows.workflow import FOLDER, JOBS, NAMES, ROOT, STEPS, WORKFLOWS, Step

from wms_connector.model.stage import NAMED_STAGES

PINNED = re.compile(
    r"^\s*uses: (?P<action>[\w.-]+/[\w.-]+)@(?P<digest>[0-9a-f]{40}) # v\d+\.\d+\.\d+$"
)
# Everything that an outsider may have written: https://securitylab.github.com names them.
WITH_CREDENTIALS = {"deploy", "ephemeral", "destroy"}


def _jobs(name: str) -> dict[str, Any]:
    return WORKFLOWS[name]["jobs"]


def test_there_is_every_workflow_that_the_docs_name() -> None:
    assert set(NAMES) == {
        "ci", "deploy", "destroy", "ephemeral", "pre-commit", "dependency-review", "release",
        "image", "oracle",
    }  # fmt: skip
    text = (ROOT / "docs/aws.md").read_text()
    assert all(f"`{name}`" in text for name in NAMES)


def test_every_action_is_pinned_by_digest_and_says_its_version() -> None:
    digests: dict[str, set[str]] = {}
    for path in FOLDER.iterdir():
        for line in path.read_text().splitlines():
            if re.match(r"^[\s-]*uses:", line):
                found = PINNED.match(line)
                assert found, f"{path.name}: {line.strip()}"
                digests.setdefault(found["action"], set()).add(found["digest"])
    assert digests
    assert {action: found for action, found in digests.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_rights_are_given_to_jobs_only(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_every_job_says_its_rights_time_and_runner(job: dict[str, Any]) -> None:
    assert job["permissions"]
    assert job["timeout-minutes"] <= 120
    assert job["runs-on"] == "ubuntu-24.04"


def test_who_may_write_runs_no_package_of_others() -> None:
    writers = {name for name, job in JOBS.items() if {"contents", "pull-requests"} & _writes(job)}
    assert writers == {"ci, badge", "release, offer"}
    for step in STEPS:
        if f"{step.workflow}, {step.job}" in writers and "uses" in step.content:
            assert step.content["uses"].startswith("actions/checkout@")
        if f"{step.workflow}, {step.job}" in writers:
            assert "setup" not in step.content.get("run", "")


def test_only_what_deploys_may_take_a_role() -> None:
    takers = {name for name, job in JOBS.items() if "id-token" in _writes(job)}
    assert takers == {"deploy, deploy", "ephemeral, deploy", "destroy, destroy"}
    for name, job in JOBS.items():
        assert ("environment" in job) == (name in takers)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_no_expression_stands_in_a_script(step: Step) -> None:
    assert "${{" not in step.content.get("run", "")


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_no_checkout_leaves_a_credential_behind(step: Step) -> None:
    if step.content.get("uses", "").startswith("actions/checkout@"):
        assert step.content["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", NAMES)
def test_scripts_stop_at_the_first_failure(name: str) -> None:
    if any("run" in step.content for step in STEPS if step.workflow == name):
        assert WORKFLOWS[name]["defaults"]["run"]["shell"] == "bash"


def test_no_secret_is_stored_for_any_workflow() -> None:
    assert [name for name in NAMES if "secrets." in (FOLDER / f"{name}.yml").read_text()] == []


def test_every_file_that_a_script_names_is_there() -> None:
    named = {
        path
        for step in STEPS
        for path in re.findall(r"(?:\.github|\.ci|scripts)/[\w./-]+", step.content.get("run", ""))
    }
    assert ".github/summarized" in named
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_what_runs_for_outsiders_gets_neither_role_nor_cache_of_a_stage() -> None:
    for name in NAMES:
        assert "pull_request_target" not in WORKFLOWS[name]["on"]
        assert "workflow_run" not in WORKFLOWS[name]["on"]
    cached = {step.workflow for step in STEPS if "actions/cache" in step.content.get("uses", "")}
    assert not cached & WITH_CREDENTIALS


# Stages


def test_deploy_runs_for_exactly_the_named_stages_each_in_its_environment() -> None:
    assert WORKFLOWS["deploy"]["on"] == {"push": {"branches": [*NAMED_STAGES]}}
    job = _jobs("deploy")["deploy"]
    assert job["environment"] == job["env"]["STAGE"] == "${{ github.ref_name }}"
    assert job["needs"] == "tested"


def test_one_thing_at_a_time_happens_to_a_stage_and_nothing_is_cut_off() -> None:
    groups = {name: WORKFLOWS[name]["concurrency"] for name in WITH_CREDENTIALS}
    assert {name: group["group"] for name, group in groups.items()} == {
        "deploy": "stage-${{ github.ref_name }}",
        "ephemeral": "stage-${{ github.head_ref }}",
        "destroy": "stage-${{ inputs.branch || github.event.ref }}",
    }
    assert not any(group["cancel-in-progress"] for group in groups.values())


@pytest.mark.parametrize("name", ["deploy", "ephemeral"])
def test_what_changes_is_shown_before_and_verified_after(name: str) -> None:
    runs = [step.get("run", "") for step in _jobs(name)["deploy"]["steps"]]
    commands = [found[1] for run in runs if (found := re.search(r"wms-connector (\w+)", run))]
    assert [name for name in commands if name != "names"] == ["diff", "deploy", "verify"]


@pytest.mark.parametrize("name", sorted(WITH_CREDENTIALS))
def test_tools_are_installed_before_credentials_are_there(name: str) -> None:
    steps = _jobs(name)["destroy" if name == "destroy" else "deploy"]["steps"]
    order = [step["name"] for step in steps]
    assert order.index("Set up") < order.index("Sign in")
    assert "aws-actions/configure-aws-credentials@" in steps[order.index("Sign in")]["uses"]


def test_destroy_checks_out_the_default_branch_only_and_reads_nothing_of_the_deleted_one() -> None:
    steps = _jobs("destroy")["destroy"]["steps"]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"]["ref"] for step in checkouts] == [
        "${{ github.event.repository.default_branch }}"
    ]
    assert not any(re.search(r"git (fetch|checkout|clone)", step.get("run", "")) for step in steps)


def test_destroy_has_no_list_of_stages_and_synthesizes_nothing() -> None:
    text = (FOLDER / "destroy.yml").read_text()
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for stage in NAMED_STAGES:
        assert not re.search(rf"\b{stage}\b", code)
    assert not re.search(r"\b(synth|diff|cdk)\b", code)


@pytest.mark.parametrize("name", ["ephemeral", "destroy"])
def test_a_branch_reaches_the_shell_as_a_quoted_variable(name: str) -> None:
    for step in STEPS:
        if step.workflow == name and "BRANCH" in (run := step.content.get("run", "")):
            assert re.findall(r".{11}BRANCH.?", run) == ['--branch="$BRANCH"'] * run.count("BRANCH")


def test_destroy_runs_for_branches_and_by_hand() -> None:
    workflow = WORKFLOWS["destroy"]
    assert set(workflow["on"]) == {"delete", "workflow_dispatch"}
    assert "github.event.ref_type == 'branch'" in workflow["jobs"]["destroy"]["if"]


def test_a_fork_is_never_deployed() -> None:
    condition = _jobs("ephemeral")["deploy"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository &&" in condition
    assert "contains(github.event.pull_request.labels.*.name, 'deploy') &&" in condition
    assert "||" not in condition.rsplit("(", 1)[0]


def _writes(job: dict[str, Any]) -> set[str]:
    return {right for right, level in job["permissions"].items() if level == "write"}
