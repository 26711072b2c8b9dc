"""What the CDK's command line is given with `-c key=value`, and the environment with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wms_connector.model.errors import StageError, UsageError
from wms_connector.model.pipeline import FILE_NAME, Pipeline
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

FUNCTIONS_PYTHON: Final = "3.13"
"""Python of the functions: Lambda's runtime, and what their packages are chosen for."""

# Where the CDK's command line leaves its context for the app that it starts.
_CONTEXT: Final = "CDK_CONTEXT_JSON"
_OVERFLOW: Final = "CONTEXT_OVERFLOW_LOCATION"
_ACCOUNT, _REGION = "CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION"


@dataclass(frozen=True, slots=True)
class Options:
    """What shapes the stacks and is neither in the pipeline file nor a secret.

    `connect_url` takes the place of the workers' own address, and `functions_python` that of
    Lambda's runtime: both for an emulator, which starts no tasks and has one Python.
    """

    pipeline_file: Path
    connect_url: str | None = None
    functions_python: str = FUNCTIONS_PYTHON


@dataclass(frozen=True, slots=True)
class Context:
    """One synthesis: which stage, from which file and secrets, for which account and region.

    `secrets` stands in for AWS Secrets Manager. Account and region are None where nobody is signed
    in: then the templates fit any.
    """

    stage: Stage
    pipeline: Pipeline
    options: Options
    secrets: Path | None = None
    account: str | None = None
    region: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str], *, root: Path) -> Context:
        """Read what the command line left; files are looked for in `root` unless named.

        The stage comes first: without a valid one, nothing else is looked at. Raises UsageError.
        """
        values = _Values(environment)
        text = values.get("stage") or environment.get("STAGE")
        if not text:
            raise StageError(
                "no stage was given, so nothing was done",
                hint="Deploy with `scripts/cdk deploy wms-alerts-<stage> wms-connector-<stage> "
                "-c stage=<stage>` or `wms-connector deploy --stage <stage>`, and destroy with "
                "`wms-connector destroy --stage <stage>`",
            )
        Stage.parse(text)
        file = Path(values.get("pipeline") or root / FILE_NAME)
        pipeline = Pipeline.load(file)
        secrets = values.get("secrets")
        return cls(
            stage=pipeline.stage(text),
            pipeline=pipeline,
            options=Options(
                pipeline_file=file,
                connect_url=values.get("connect-url"),
                functions_python=values.get("functions-python") or FUNCTIONS_PYTHON,
            ),
            secrets=Path(secrets) if secrets else None,
            account=environment.get(_ACCOUNT) or None,
            region=environment.get(_REGION) or None,
        )


class _Values:
    """The context as texts."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._values: dict[str, Any] = json.loads(environment.get(_CONTEXT) or "{}")
        if overflow := environment.get(_OVERFLOW):
            self._values |= json.loads(Path(overflow).read_text(encoding="utf-8"))

    def get(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is not None and not isinstance(value, str):
            raise UsageError(
                f"the context's {key!r} is {value!r}, which is no text",
                hint=f"Give it as `-c {key}=...`",
            )
        return value or None
