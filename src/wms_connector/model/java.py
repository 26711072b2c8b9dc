"""Java's options: the same for a part on a laptop and for the worker in its image."""

from __future__ import annotations

from typing import Final

OPTIONS: Final = (
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    # It warns of adapters that it cannot reuse, which costs nothing (JDK 25).
    "-Xlog:aot*=error",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
)
"""Of everything that is Java."""

WORKER_OPTIONS: Final = ("-XX:+UseG1GC",)
"""Of Kafka Connect's worker besides. Java chooses its collector by the machine's size unless it is
told, and a small container would get another one than the tests run on."""

WORKER_MAIN: Final = "org.apache.kafka.connect.cli.ConnectDistributed"


AGENT: Final = "-javaagent:"


def exporter_option(jar: str, address: str, configuration: str) -> str:
    """Give the option that has a worker tell its figures at `host:port`: Prometheus' JMX exporter.

    `configuration` is the path of what `health.exporter` renders. Its jar has to stand on the class
    path too: Java's ahead-of-time cache takes what is loaded from there, and of an agent nothing.
    """
    return f"{AGENT}{jar}={address}:{configuration}"


def logging_option(configuration: str) -> str:
    """Give the option that names Log4j's configuration, a path."""
    return f"-Dlog4j2.configurationFile={configuration}"


def quoted(argument: str) -> str:
    """Write a word of a launcher's argument file."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
