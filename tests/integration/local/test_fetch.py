"""Fetching from a real HTTP server that breaks off, lies, and has nothing."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from wms_connector.local.errors import ArtifactError
from wms_connector.local.fetch import Cache, fetch
from wms_connector.local.lock import Artifact, Purpose
from wms_connector.local.maven import Coordinate, Repository
from wms_connector.local.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = bytes(range(256)) * 4096  # 1 MiB


@dataclass
class Site:
    """What the server does; `asked` has the path and the range of each request."""

    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)  # bytes, a request
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    def repository(self) -> Repository:
        return Repository(self.address)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            made.asked.append((self.path, wanted))
            if made.statuses:
                self.send_error(made.statuses.pop(0))
                return
            content = made.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=")[:-1]) if wanted and made.ranges else 0
            body = content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            limit = made.break_after.pop(0) if made.break_after else len(body)
            self.wfile.write(body[:limit])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.address = f"http://127.0.0.1:{server.server_port}/m2"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


class Seen(Silent):
    """Keeps what was told of the transfer."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def transfer(self, done: int, total: int) -> None:
        self.told.append((done, total))


def artifact(site: Site, name: str = "a", content: bytes = CONTENT) -> Artifact:
    coordinate = Coordinate("org.x", name, "1")
    site.files[f"/m2/{coordinate.path}"] = content
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(coordinate, frozenset({Purpose.WORKER}), len(content), digest)


def bring(site: Site, cache: Cache, *artifacts: Artifact) -> tuple[Path, ...]:
    return fetch(artifacts, cache, Silent(), find_repository=site.repository, wait_seconds=0.01)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def leftovers(cache: Cache) -> list[str]:
    return [path.name for path in cache.folder.rglob("*.part")]


def test_all_arrive_and_the_second_time_nothing_is_asked(site: Site, cache: Cache) -> None:
    wanted = [artifact(site, f"a{number}", CONTENT[number:]) for number in range(10)]
    seen = Seen()
    paths = fetch(wanted, cache, seen, find_repository=site.repository)
    assert [path.read_bytes() for path in paths] == [CONTENT[number:] for number in range(10)]
    total = sum(found.size for found in wanted)
    assert seen.told[-1] == (total, total)
    assert len(site.asked) == 10

    def offline() -> Repository:
        pytest.fail("the network was looked for")

    assert fetch(wanted, cache, Silent(), find_repository=offline) == paths


def test_a_broken_transfer_is_resumed_where_it_broke(site: Site, cache: Cache) -> None:
    wanted = artifact(site)
    site.break_after = [300_000, 300_000]
    (path,) = bring(site, cache, wanted)
    assert path.read_bytes() == CONTENT
    assert site.asked[0][1] is None
    assert all(asked and asked.startswith("bytes=") for _, asked in site.asked[1:])
    assert leftovers(cache) == []


def test_without_ranges_it_begins_anew(site: Site, cache: Cache) -> None:
    wanted = artifact(site)
    site.break_after, site.ranges = [300_000], False
    (path,) = bring(site, cache, wanted)
    assert path.read_bytes() == CONTENT


def test_passing_faults_are_tried_again(site: Site, cache: Cache) -> None:
    wanted = artifact(site)
    site.statuses = [503, 429, 500]
    bring(site, cache, wanted)
    assert len(site.asked) == 4


def test_a_transfer_that_never_ends_well_gives_up_and_keeps_what_came(
    site: Site, cache: Cache
) -> None:
    wanted = artifact(site)
    site.break_after = [100_000] * 10
    with pytest.raises(ArtifactError, match=r"ended|closed|incomplete|peer") as caught:
        bring(site, cache, wanted)
    assert "org.x:a:1" in str(caught.value)
    assert len(site.asked) == 5
    site.break_after = []
    (path,) = bring(site, cache, wanted)
    assert path.read_bytes() == CONTENT
    assert site.asked[-1][1] == "bytes=500000-"


@pytest.mark.parametrize("content", [CONTENT[:-1] + b"x", CONTENT + b"x"])
def test_what_is_not_as_locked_is_not_kept(site: Site, cache: Cache, content: bytes) -> None:
    wanted = artifact(site)
    site.files[f"/m2/{wanted.coordinate.path}"] = content
    with pytest.raises(ArtifactError, match=r"not org\.x:a:1 as it was locked"):
        bring(site, cache, wanted)
    assert leftovers(cache) == []
    assert cache.missing([wanted]) == (wanted,)
    assert len(site.asked) == 1


def test_an_artefact_that_is_not_there_is_told_at_once(site: Site, cache: Cache) -> None:
    wanted = artifact(site)
    site.files.clear()
    with pytest.raises(ArtifactError, match=r"the repository has no org\.x:a:1") as caught:
        bring(site, cache, wanted)
    assert "settings.xml" in str(caught.value)
    assert len(site.asked) == 1


def test_a_refused_sign_in_is_told(site: Site, cache: Cache) -> None:
    wanted = artifact(site)
    site.statuses = [401]
    with pytest.raises(ArtifactError, match="401 Unauthorized"):
        bring(site, cache, wanted)


def test_no_network_is_told(cache: Cache, site: Site) -> None:
    wanted = artifact(site)
    nobody = Repository("http://127.0.0.1:9/m2")
    with pytest.raises(ArtifactError, match="Connection refused"):
        fetch([wanted], cache, Silent(), find_repository=lambda: nobody, wait_seconds=0.01)


def test_a_damaged_file_in_the_cache_is_fetched_again(site: Site, cache: Cache) -> None:
    wanted = artifact(site)
    (path,) = bring(site, cache, wanted)
    path.write_bytes(b"short")
    (path,) = bring(site, cache, wanted)
    assert path.read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written_is_told(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match="WMS_CONNECTOR_CACHE"):
        bring(site, Cache(tmp_path / "file"), artifact(site))


def test_too_little_space_is_told_before_anything_is_asked(site: Site, cache: Cache) -> None:
    small = artifact(site)
    huge = Artifact(small.coordinate, small.purposes, 10**18, small.sha256)
    with pytest.raises(ArtifactError, match="MB are needed"):
        bring(site, cache, huge)
    assert site.asked == []


def test_two_at_once_fetch_each_artefact_once(site: Site, cache: Cache) -> None:
    wanted = [artifact(site, f"a{number}") for number in range(4)]
    threads = [threading.Thread(target=bring, args=(site, cache, *wanted)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.asked) == 4
    assert cache.missing(wanted) == ()
