"""The image as a value: what its digest depends on, and that it is what runs on a laptop."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import pytest

from wms_connector.health.exporter import exporter_config
from wms_connector.infra.image import (
    BASE_VARIABLE,
    HEALTH,
    HOME,
    STOP_TIMEOUT_S,
    ImageError,
    ImageSource,
    default_base,
    file,
    files,
    training_pipeline,
)
from wms_connector.local import lock, worker
from wms_connector.local.java import LOGGING
from wms_connector.local.lock import Purpose
from wms_connector.model.names import EXPORTER_PORT
from wms_connector.model.plugin import VARIABLE, PluginError

DEBEZIUM = training_pipeline("debezium")
JDBC = training_pipeline("jdbc", "io.example.Source")


def source(**changes: object) -> ImageSource:
    return replace(ImageSource.of(DEBEZIUM, environment={}), **changes)  # type: ignore[arg-type]


def test_the_digest_tells_images_apart() -> None:
    images = [
        source(),
        source(base="other"),
        source(platform="linux/arm64"),
        source(plugins=("one.zip#sha256=" + "1" * 64,)),
        source(plugins=("one.zip#sha256=" + "2" * 64,)),
        source(connector="jdbc", connector_class="io.a.A", plugins=("one.zip#sha256=" + "1" * 64,)),
        source(connector="jdbc", connector_class="io.a.B", plugins=("one.zip#sha256=" + "1" * 64,)),
    ]
    digests = [image.digest() for image in images]
    assert len(set(digests)) == len(images)
    assert source().digest() == digests[0]
    assert source().name == f"wms-connector-worker:{digests[0][:16]}"


def test_an_archive_is_the_same_wherever_it_lies_and_a_folder_by_its_content(
    tmp_path: Path,
) -> None:
    checksum = "#sha256=" + "a" * 64
    assert (
        source(plugins=(f"/a/p.zip{checksum}",)).digest()
        == source(plugins=(f"/b/p.zip{checksum}",)).digest()
    )
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder, text in zip(folders, ("a", "a", "b"), strict=True):
        (folder / "lib").mkdir(parents=True)
        (folder / "lib" / "one.jar").write_text(text)
    digests = [source(plugins=(str(folder),)).digest() for folder in folders]
    assert digests[0] == digests[1] != digests[2]
    with pytest.raises(PluginError, match="there is no folder"):
        source(plugins=(str(tmp_path / "none"),)).digest()


def test_every_file_of_the_image_counts() -> None:
    folder = Path(__file__).parents[3] / "image"
    others = {"README.md", "artifacts.in", "agent"}  # the agent is an image of its own
    assert {path.name for path in files()} == {
        path.name for path in folder.iterdir() if path.name not in others
    } | {"log4j2.xml"}


def test_the_environment_names_base_and_plugin() -> None:
    environment = {BASE_VARIABLE: "theirs", VARIABLE: "/one:/two"}
    assert ImageSource.of(DEBEZIUM, environment=environment) == ImageSource("debezium", "theirs")
    jdbc = ImageSource.of(JDBC, environment=environment, platform="linux/arm64")
    assert jdbc == ImageSource(
        "jdbc", "theirs", "linux/arm64", "io.example.Source", ("/one", "/two")
    )
    named = ImageSource.of(JDBC, environment=environment, base="mine", plugins=("/three",))
    assert (named.base, named.plugins) == ("mine", ("/three",))


def test_the_base_is_pinned() -> None:
    assert re.fullmatch(r"debian:[a-z]+-slim@sha256:[0-9a-f]{64}", default_base())


def test_jdbc_without_its_plugin_says_how_to_get_it() -> None:
    image = ImageSource.of(JDBC, environment={})
    for ask in (image.sources, image.digest):
        with pytest.raises(ImageError, match=f"no[nt]e.*{VARIABLE}"):
            ask()


def test_the_command_names_all_that_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = source().command()
    assert plain[1:7] == ["-m", "wms_connector.cli", "image", "build", "--connector", "debezium"]
    assert "--plugin" not in plain
    # The CDK runs it somewhere else.
    jdbc = ImageSource.of(JDBC, environment={}, plugins=("p.zip#sha256=" + "a" * 64,)).command()
    assert jdbc[-2:] == ["--plugin", f"{tmp_path}/p.zip#sha256=" + "a" * 64]
    assert jdbc[jdbc.index("--connector-class") + 1] == "io.example.Source"


def test_java_runs_with_the_laptop_s_options() -> None:
    text = source().texts()["connect/java.options"]
    options = {json.loads(line) for line in text.splitlines()}
    laptop = {
        option.replace(str(LOGGING), f"{HOME}/log4j2.xml")
        for option in worker.program(()).java_options()
        if not option.startswith(("-Xmx", "-XX:Tiered"))
    }
    assert options - laptop == {"-Djava.io.tmpdir=/tmp", "-XX:+ErrorFileToStderr"}
    assert laptop <= options


def test_a_worker_tells_its_figures_where_they_are_asked_for() -> None:
    assert source().texts()["connect/exporter.yaml"] == exporter_config()
    script = file("worker").read_text(encoding="utf-8")
    assert f":-0.0.0.0:{EXPORTER_PORT}}}:$home/exporter.yaml" in script
    [jar] = lock.select(lock.load(), {Purpose.METRICS})
    pattern = "jmx_prometheus_javaagent-*.jar"
    assert fnmatch(jar.coordinate.file, pattern)
    assert f"/libs/{pattern})" in script
    # Java takes no cache with an agent that was recorded without one.
    train = file("train").read_text(encoding="utf-8")
    assert f"/libs/{pattern})" in train
    assert "-javaagent:" in train


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [(DEBEZIUM, "io.debezium.connector.oracle.OracleConnector"), (JDBC, "io.example.Source")],
)
def test_the_training_validates_the_connector(pipeline: object, name: str) -> None:
    texts = ImageSource.of(pipeline, environment={}).texts()  # type: ignore[arg-type]
    assert set(texts) == {
        "connect/exporter.yaml",
        "connect/java.options",
        "training/worker.properties",
        f"training/validate/{name}.json",
    }
    config = json.loads(texts[f"training/validate/{name}.json"])
    assert config["connector.class"] == name
    train = (Path(__file__).parents[3] / "image" / "train").read_text(encoding="utf-8")
    set_there = set(re.findall(r"\b([A-Z_]+)=", train))
    referred = set(re.findall(r"\$\{env:(\w+)\}", "".join(texts.values())))
    assert referred <= set_there
    port = re.search(r"^rest=(\d+)$", train, re.MULTILINE)
    assert port is not None
    assert f":{port[1]}\n" in texts["training/worker.properties"]


def test_ecs_takes_the_health_check_and_the_stop_timeout() -> None:
    # The limits are those of ECS's HealthCheck and ContainerDefinition on Fargate.
    assert 5 <= HEALTH.interval_s <= 300
    assert 2 <= HEALTH.timeout_s <= 60
    assert 1 <= HEALTH.retries <= 10
    assert 0 <= HEALTH.start_period_s <= 300
    assert (HEALTH.retries - 1) * HEALTH.interval_s > 300  # even of an outage that it could see
    assert 30 < STOP_TIMEOUT_S <= 120
    alive = (Path(__file__).parents[3] / "image" / "alive").read_text(encoding="utf-8")
    limit = re.search(r"timeout --signal=KILL (\d+)", alive)
    assert limit is not None
    assert int(limit[1]) < HEALTH.timeout_s
