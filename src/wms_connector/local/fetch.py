"""Fetches artefacts from a Maven repository into the cache: in parallel, verified, resumable."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import httpx
import tenacity

from wms_connector.local.errors import ArtifactError
from wms_connector.local.maven import Repository, repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from wms_connector.local.lock import Artifact
    from wms_connector.local.progress import Progress

_CHUNK: Final = 262_144  # bytes
_PARALLEL: Final = 8
_ATTEMPTS: Final = 5
_SPARE: Final = 268_435_456  # bytes left free for what is unpacked
_NOT_SATISFIABLE: Final = 416
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500


class _TransferError(Exception):
    """A transfer that may succeed when it is tried again."""


class Cache:
    """Where verified artefacts lie, by their checksums; shared by every runtime of a user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, artifact: Artifact) -> Path:
        """Where an artefact lies, or will."""
        return self.folder / "artifacts" / artifact.sha256 / artifact.coordinate.file

    def missing(self, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Tell which artefacts are not there. Verified when they came; now only their size is."""
        return tuple(artifact for artifact in artifacts if not self._is_there(artifact))

    def _is_there(self, artifact: Artifact) -> bool:
        try:
            return self.path(artifact).stat().st_size == artifact.size
        except OSError:
            return False

    @contextlib.contextmanager
    def locked(self, progress: Progress, cancelled: threading.Event) -> Iterator[None]:
        """Keep two commands from writing to the cache at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as handle:
            told = False
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not told:
                        progress.note(f"waiting for another command that fills {self.folder}")
                        told = True
                    if cancelled.wait(0.1):
                        raise ArtifactError("the download was cancelled") from None
            yield


def fetch(
    artifacts: Sequence[Artifact],
    cache: Cache,
    progress: Progress,
    *,
    find_repository: Callable[[], Repository] = repository,
    transport: httpx.BaseTransport | None = None,
    wait_seconds: float = 0.5,
    cancelled: threading.Event | None = None,
) -> tuple[Path, ...]:
    """Bring artefacts into the cache and return where they lie, in the order given.

    What is there already costs no network. Broken transfers are resumed and tried again
    (`wait_seconds`, then longer); a wrong checksum, an unknown artefact or a full disk is an
    ArtifactError at once.
    """
    stop = cancelled or threading.Event()
    try:
        if cache.missing(artifacts):
            with cache.locked(progress, stop):
                if missing := cache.missing(artifacts):
                    _check_space(cache, missing)
                    transfer = _Transfer(cache, find_repository(), progress, missing, stop)
                    transfer.run(transport, wait_seconds)
    except OSError as error:
        raise _disk_error(cache.folder, error) from None
    return tuple(cache.path(artifact) for artifact in artifacts)


class _Transfer:
    """One download of several artefacts."""

    def __init__(
        self,
        cache: Cache,
        source: Repository,
        progress: Progress,
        artifacts: Sequence[Artifact],
        cancelled: threading.Event,
    ) -> None:
        self._cache = cache
        self._source = source
        self._progress = progress
        # The largest first: they decide when all is there.
        self._artifacts = sorted(artifacts, key=lambda artifact: -artifact.size)
        self._total = sum(artifact.size for artifact in artifacts)
        self._arrived: dict[str, int] = {}
        self._guard = threading.Lock()
        self._cancelled = cancelled

    def run(self, transport: httpx.BaseTransport | None, wait_seconds: float) -> None:
        auth = None
        if self._source.user is not None and self._source.password is not None:
            auth = (self._source.user, self._source.password.get_secret_value())
        # The machine's own certificates, so that a company's mirror is trusted as elsewhere.
        verify = ssl.create_default_context()
        if not verify.get_ca_certs() and not (ssl.get_default_verify_paths().capath):
            verify = httpx.create_ssl_context()
        with (
            httpx.Client(
                transport=transport,
                auth=auth,
                verify=verify,
                timeout=30,
                follow_redirects=True,
                # Bytes as they are stored: a jar must not be unpacked on the way.
                headers={"Accept-Encoding": "identity"},
            ) as client,
            ThreadPoolExecutor(_PARALLEL, thread_name_prefix="fetch") as pool,
        ):
            jobs = [
                pool.submit(self._one, client, artifact, wait_seconds)
                for artifact in self._artifacts
            ]
            try:
                for job in jobs:
                    job.result()
            except BaseException:
                self._cancelled.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _one(self, client: httpx.Client, artifact: Artifact, wait_seconds: float) -> None:
        address = self._source.address(artifact.coordinate)
        try:
            for attempt in tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(_TransferError),
                stop=tenacity.stop_after_attempt(_ATTEMPTS),
                wait=tenacity.wait_exponential(multiplier=wait_seconds, max=wait_seconds * 16),
                sleep=self._pause,
                reraise=True,
            ):
                with attempt:
                    self._try(client, artifact, address)
        except _TransferError as error:
            raise ArtifactError(
                f"{artifact.coordinate} could not be fetched from {address}: {error}",
                hint="Check the network, or name your company's mirror in ~/.m2/settings.xml; "
                "what has arrived is kept",
            ) from None

    def _try(self, client: httpx.Client, artifact: Artifact, address: str) -> None:
        target = self._cache.path(artifact)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        digest = hashlib.sha256()
        have = _take_up(part, artifact.size, digest.update)
        if have < artifact.size:
            headers = {"Range": f"bytes={have}-"} if have else {}
            try:
                with client.stream("GET", address, headers=headers) as response:
                    if response.status_code != httpx.codes.PARTIAL_CONTENT and have:
                        part.unlink()
                        digest, have = hashlib.sha256(), 0
                    _check_status(response, artifact, address)
                    with part.open("ab") as file:
                        for chunk in response.iter_raw():
                            if self._cancelled.is_set():
                                raise ArtifactError("the download was cancelled")
                            have += len(chunk)
                            if have > artifact.size:
                                break
                            file.write(chunk)
                            digest.update(chunk)
                            self._told(artifact, have)
            except httpx.TransportError as error:
                raise _TransferError(str(error) or type(error).__name__) from error
        if have < artifact.size:
            raise _TransferError(f"the transfer ended after {have:,} of {artifact.size:,} bytes")
        if have > artifact.size or digest.hexdigest() != artifact.sha256:
            part.unlink()
            raise ArtifactError(
                f"what came from {address} is not {artifact.coordinate} as it was locked: "
                f"its SHA-256 or size differs from artifacts.lock (sha256:{artifact.sha256})",
                hint="Nothing of it was kept. Look at who changed the repository or its mirror",
            )
        part.replace(target)
        self._told(artifact, artifact.size)

    def _pause(self, seconds: float) -> None:
        if self._cancelled.wait(seconds):
            raise ArtifactError("the download was cancelled")

    def _told(self, artifact: Artifact, arrived: int) -> None:
        with self._guard:
            self._arrived[artifact.sha256] = arrived
            self._progress.transfer(sum(self._arrived.values()), self._total)


def _take_up(part: Path, size: int, update: Callable[[bytes], object]) -> int:
    """Hash what an earlier try left, and say how much that is."""
    have = 0
    with contextlib.suppress(FileNotFoundError), part.open("rb") as file:
        if os.fstat(file.fileno()).st_size > size:
            part.unlink()
            return 0
        while chunk := file.read(_CHUNK):
            update(chunk)
            have += len(chunk)
    return have


def _check_status(response: httpx.Response, artifact: Artifact, address: str) -> None:
    status = response.status_code
    if response.is_success:
        return
    if status >= _SERVER_ERROR or status in {_TOO_MANY, _NOT_SATISFIABLE}:
        raise _TransferError(f"the repository answered {status} {response.reason_phrase}")
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        raise ArtifactError(
            f"the repository has no {artifact.coordinate}: {address} answered {status}",
            hint="If ~/.m2/settings.xml names a mirror, ask its keepers whether it holds this; "
            "otherwise check image/artifacts.lock",
        )
    raise ArtifactError(
        f"{address} answered {status} {response.reason_phrase} for {artifact.coordinate}",
        hint="Check the mirror's sign-in under <servers> in ~/.m2/settings.xml",
    )


def _check_space(cache: Cache, missing: Sequence[Artifact]) -> None:
    needed = sum(artifact.size for artifact in missing) + _SPARE
    free = shutil.disk_usage(cache.folder).free
    if free < needed:
        raise ArtifactError(
            f"{cache.folder} has {free / 1e6:.0f} MB free, and {needed / 1e6:.0f} MB are needed",
            hint="Free some space, or name another folder in WMS_CONNECTOR_CACHE",
        )


def _disk_error(folder: Path, error: OSError) -> ArtifactError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return ArtifactError(
            f"no space is left in {folder}",
            hint="Free some space, or name another folder in WMS_CONNECTOR_CACHE; "
            "what has arrived is kept",
        )
    return ArtifactError(
        f"{error.filename or folder} cannot be written: {error.strerror}",
        hint="Check the folder's rights, or name another one in WMS_CONNECTOR_CACHE",
    )
