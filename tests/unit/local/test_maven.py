from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.local.errors import ArtifactError, LockFileError
from wms_connector.local.maven import Coordinate, Repository, repository

if TYPE_CHECKING:
    from pathlib import Path

WORD = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,15}", fullmatch=True).filter(
    lambda text: ".." not in text
)


@given(group=WORD, artifact=WORD, version=WORD, classifier=WORD)
def test_a_coordinate_reads_what_it_writes(
    group: str, artifact: str, version: str, classifier: str
) -> None:
    for coordinate in (
        Coordinate(group, artifact, version),
        Coordinate(group, artifact, version, classifier, "tar.gz"),
    ):
        assert Coordinate.parse(str(coordinate)) == coordinate


def test_the_path_is_that_of_a_maven_repository() -> None:
    plain = Coordinate.parse("org.apache.kafka:kafka-clients:4.3.1")
    assert plain.path == "org/apache/kafka/kafka-clients/4.3.1/kafka-clients-4.3.1.jar"
    classified = Coordinate.parse("io.debezium:x:3.6.1.Final:plugin:tar.gz")
    assert classified.file == "x-3.6.1.Final-plugin.tar.gz"


@pytest.mark.parametrize(
    "text", ["", "a:b", "a:b:c:d", "a:b:c:d:e:f", "a:../b:1", "a:b:1 ", "a/b:c:1", "a::1"]
)
def test_what_is_no_coordinate_is_refused(text: str) -> None:
    with pytest.raises(LockFileError, match="no Maven coordinate"):
        Coordinate.parse(text)


SETTINGS = """<settings xmlns="http://maven.apache.org/SETTINGS/1.2.0">
  <servers><server><id>ours</id><username>me</username><password>${env.WORD}</password></server>
  </servers>
  <mirrors>
    <mirror><id>other</id><mirrorOf>jboss</mirrorOf><url>https://jboss.test/m</url></mirror>
    <mirror><id>ours</id><mirrorOf>%s</mirrorOf><url>https://mirror.test/m2/</url></mirror>
  </mirrors>
</settings>"""


@pytest.mark.parametrize("mirror_of", ["central", "*", "external:*", "jboss, central", "*,!snaps"])
def test_a_mirror_of_the_central_repository_is_used(tmp_path: Path, mirror_of: str) -> None:
    file = tmp_path / "settings.xml"
    file.write_text(SETTINGS % mirror_of)
    found = repository(file, {"WORD": "s3cret"})
    address = found.address(Coordinate.parse("a.b:c:1"))
    assert address == "https://mirror.test/m2/a/b/c/1/c-1.jar"
    assert found.user == "me"
    assert found.password is not None
    assert found.password.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize("mirror_of", ["jboss", "*,!central", ""])
def test_a_mirror_of_something_else_is_not(tmp_path: Path, mirror_of: str) -> None:
    file = tmp_path / "settings.xml"
    file.write_text(SETTINGS % mirror_of)
    found = repository(file, {})
    assert found == repository(tmp_path / "none.xml", {})
    assert found == Repository(found.url)


@pytest.mark.parametrize("text", ["<settings", "<!DOCTYPE x []><settings/>"])
def test_settings_that_cannot_be_read_are_an_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.xml"
    file.write_text(text)
    with pytest.raises(ArtifactError, match=r"settings\.xml"):
        repository(file, {})
