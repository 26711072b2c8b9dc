"""Where secrets come from: AWS Secrets Manager, or a file or folder that stands in for it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from pydantic import SecretStr

from wms_connector.model.errors import SecretError, SecretNotFoundError, SecretSourceError

if TYPE_CHECKING:
    from pathlib import Path


_MOST_FILES: Final = 1000


class SecretsManagerClient(Protocol):
    """The one call of boto3's `secretsmanager` client that is used."""

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803 - AWS's spelling
        """Return the current version of a secret."""
        ...


@dataclass(frozen=True, slots=True)
class SecretsManager:
    """AWS Secrets Manager, read with a client that is passed in."""

    client: SecretsManagerClient
    _arns: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    _versions: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def read(self, path: str) -> SecretStr:
        """Return the current version's text; denied and throttled are errors of their own."""
        try:
            answer = self.client.get_secret_value(SecretId=path)
        except Exception as error:
            raise _translated(path, error) from error
        if "SecretString" not in answer:
            raise SecretError(f"{path} is binary", hint="Store it as text")
        if "ARN" in answer:
            self._arns[path] = answer["ARN"]
        self._versions[path] = answer.get("VersionId", "")
        return SecretStr(answer["SecretString"])

    def arn(self, path: str) -> str | None:
        """Return the ARN of a secret that was read, with the characters that AWS appends."""
        return self._arns.get(path)

    def version(self, path: str) -> str:
        """Return the id of the version that was read; empty if none was."""
        return self._versions.get(path, "")


@dataclass(frozen=True, slots=True)
class FileSecrets:
    """A JSON file `{path: value, ...}`, or a folder with a file a path (also `path.json`)."""

    location: Path

    def read(self, path: str) -> SecretStr:
        """Return the text at a path; a value that is no text is given as JSON."""
        if self.location.is_dir():
            return self._from_folder(path)
        values = self._from_file()
        if path not in values:
            raise SecretNotFoundError(f"{self.location} has no {path}")
        value = values[path]
        return SecretStr(value if isinstance(value, str) else json.dumps(value))

    def paths(self) -> tuple[str, ...]:
        """All paths, without the `.json` of a folder's files; of a folder the first thousand."""
        if not self.location.is_dir():
            return tuple(self._from_file())
        files = (file for file in self.location.rglob("*") if file.is_file())
        found = (str(file.relative_to(self.location)) for file in islice(files, _MOST_FILES))
        return tuple(sorted(path.removesuffix(".json") for path in found))

    def _from_folder(self, path: str) -> SecretStr:
        root = self.location.resolve()
        for candidate in (root / path, root / f"{path}.json"):
            if not candidate.resolve().is_relative_to(root):
                raise SecretError(
                    f"{path!r} leads out of {self.location}", hint="Use a path inside the folder"
                )
            if candidate.is_file():
                return SecretStr(_text(candidate))
        raise SecretNotFoundError(f"{self.location} has no {path}")

    def _from_file(self) -> dict[str, Any]:
        try:
            values = json.loads(_text(self.location))
        except ValueError as error:
            at = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "its start"
            raise SecretSourceError(
                f"{self.location} is not JSON at {at}", hint="Mend it"
            ) from None
        if not isinstance(values, dict):
            raise SecretSourceError(
                f"{self.location} holds no JSON object",
                hint='Expected {"mmdl/default/dbInfo": {...}, ...}',
            )
        return values


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SecretError(f"{path} is not UTF-8 text", hint="Save it as UTF-8") from None
    except FileNotFoundError:
        raise SecretSourceError(
            f"there is no file or folder {path}",
            hint="Name one with --secrets, or leave it out to read AWS Secrets Manager",
        ) from None
    except OSError as error:
        raise SecretError(
            f"{path} cannot be read: {error.strerror}", hint="Check its rights"
        ) from None


def _translated(path: str, error: Exception) -> SecretError:
    """Tell botocore's errors apart by their code, without importing botocore."""
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    if code == "ResourceNotFoundException":
        return SecretNotFoundError(f"there is no secret {path}")
    if code in {"AccessDeniedException", "AccessDenied"}:
        return SecretError(
            f"reading {path} is denied", hint="Allow secretsmanager:GetSecretValue on it"
        )
    if code in {"ThrottlingException", "TooManyRequestsException", "Throttling"}:
        return SecretError(f"reading {path} is throttled", hint="Try again in a minute")
    if code == "DecryptionFailure":
        return SecretError(f"{path} cannot be decrypted", hint="Allow kms:Decrypt on its key")
    return SecretError(
        f"{path} cannot be read ({code or type(error).__name__})",
        hint="Check the account, the region and the network",
    )
