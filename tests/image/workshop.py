"""Builds the image without a Docker daemon and without a network, and runs what it says.

buildah builds on a base that mmdebstrap makes from Debian's packages; a container is the image's
own process in namespaces of its own: as the image's user, with a read-only root, a file system for
its volume, and the machine's network, so that it reaches the broker of the tests.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

TOOLS: Final = ("buildah", "mmdebstrap", "unshare", "nsenter", "ip")
_PACKAGES: Final = ("buildah", "mmdebstrap", "util-linux", "iproute2")
BASE: Final = "base-of-the-tests"
_SUITE: Final = "bookworm"
# A C library and a shell, and no more: what README.md asks of a base.
_BASE_PACKAGES: Final = "base-files,bash,coreutils,dash,libc-bin"

_SHIM: Final = """#!/bin/sh
# In place of docker: buildah in a network namespace with nothing but its loopback. It cannot take
# --network itself without another kind of isolation.
set -eu
arguments=
shift
while [ $# -gt 0 ]; do
    case $1 in
        --network) shift 2 ;;
        *) arguments="$arguments '$1'"; shift ;;
    esac
done
eval "set -- $arguments"
export UP='ip link set lo up && exec "$@"'
exec unshare --net sh -c "$UP" up {buildah} build --isolation chroot --format docker "$@"
"""

_CONTAINER: Final = """set -eu
root=$1; user=$2; plugin=$3; shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
owner=$(stat -c 'uid=%u,gid=%g,mode=%a' "$root/tmp")
mount -t tmpfs -o "$owner" tmpfs "$root/tmp"
mkdir -p "$root/mnt"
mount --bind "$plugin" "$root/mnt"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" "$root" "$@"
"""


def prepare_tools() -> None:
    """Install what is missing if that can be done, else skip with the reason."""
    if os.geteuid() != 0:
        pytest.skip("building the image without Docker needs root: namespaces and mounts")
    missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing and shutil.which("apt-get"):
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *_PACKAGES]):
            subprocess.run(
                ["apt-get", "--quiet", *command],
                check=False,
                capture_output=True,
                timeout=300,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        missing = [name for name in TOOLS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"apt-get cannot install {', '.join(missing)} here")
    probe = ["unshare", "--net", "--mount", "--pid", "--fork", "mount", "--make-rprivate", "/"]
    done = subprocess.run(probe, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"there are no namespaces to build and run in: {done.stderr.strip()}")


class Workshop:
    """buildah with a storage of its own, in a folder that is removed with everything in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tool = [
            "buildah",
            f"--root={folder / 'storage'}",
            f"--runroot={folder / 'run'}",
            f"--storage-driver={_driver(folder)}",
        ]
        self.shim = folder / "docker"
        self.shim.write_text(_SHIM.format(buildah=" ".join(self._tool)))
        self.shim.chmod(0o755)

    def buildah(self, *arguments: str) -> str:
        """Run buildah and give its output."""
        return _run([*self._tool, *arguments])

    def make_base(self, archive: Path) -> None:
        """Make the base image; the archive is kept for a week, as Debian moves on."""
        if not archive.is_file() or time.time() - archive.stat().st_mtime > 7 * 86_400:
            archive.parent.mkdir(parents=True, exist_ok=True)
            fresh = archive.with_name(f"{os.getpid()}-{archive.name}")
            hook = "--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr"
            made = subprocess.run(
                ["mmdebstrap", "--quiet", "--variant=extract", f"--include={_BASE_PACKAGES}", hook,
                 _SUITE, str(fresh)],
                check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            )  # fmt: skip
            if made.returncode != 0:
                fresh.unlink(missing_ok=True)
                pytest.skip(f"mmdebstrap has no Debian for a base: {made.stderr.strip()[-500:]}")
            fresh.replace(archive)
        container = self.buildah("from", "scratch").strip()
        self.buildah("add", "--quiet", container, str(archive), "/")
        self.buildah("commit", "--quiet", "--rm", container, BASE)

    @contextmanager
    def image(self, name: str) -> Iterator[Image]:
        """Unpack an image."""
        described = json.loads(self.buildah("inspect", "--type", "image", name))
        container = self.buildah("from", name).strip()
        try:
            root = self.buildah("mount", container).strip()
            yield Image(root, described["Docker"]["config"])
        finally:
            self.buildah("umount", container)
            self.buildah("rm", container)


@dataclass(frozen=True)
class Image:
    """An unpacked image: its files, and its configuration as Docker has it."""

    root: str
    config: dict[str, Any]

    def start(
        self,
        environment: Mapping[str, str],
        *,
        plugin: Path,
        output: Path,
        command: Sequence[str] = (),
    ) -> Container:
        """Start the image's process, or another command in its place.

        `plugin` is a folder that is seen as /mnt.
        """
        own = dict(pair.split("=", 1) for pair in self.config["Env"])
        words = command or self.config["Entrypoint"]
        with output.open("wb") as stream:
            process = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--fork", "--", "sh", "-c",
                 _CONTAINER, "container", self.root, self.config["User"], str(plugin), *words],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], **own, **environment},
            )  # fmt: skip
        return Container(self, process, output)


@dataclass(frozen=True)
class Container:
    """A container that was started; `process` is what waits for it."""

    image: Image
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def main(self) -> psutil.Process:
        """Its first process, as this machine sees it."""
        [child] = psutil.Process(self.process.pid).children()
        return child

    def told(self) -> str:
        """What it has written."""
        return self.output.read_text(errors="replace")

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, as its user: as ECS does with a health check."""
        return subprocess.run(
            ["nsenter", f"--target={self.main.pid}", "--mount", "--pid", "chroot",
             f"--userspec={self.image.config['User']}", self.image.root, *command],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )  # fmt: skip

    def end(self, seconds: float) -> int:
        """Wait until it has ended, and give its status."""
        return self.process.wait(timeout=seconds)

    def kill(self) -> None:
        """End it whatever it does: with its first process its whole namespace ends."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children():
                child.kill()
        self.process.kill()
        self.process.wait(timeout=30)


def _driver(folder: Path) -> str:
    """Layers as overlays where the kernel lets us: a fraction of the copying."""
    probe = folder / "probe"
    for name in ("lower", "upper", "work", "merged"):
        (probe / name).mkdir(parents=True)
    options = f"lowerdir={probe}/lower,upperdir={probe}/upper,workdir={probe}/work"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(probe / "merged")]
    works = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    if works:
        _run(["umount", str(probe / "merged")])
    return "overlay" if works else "vfs"


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr[-4000:]}"
    return done.stdout
