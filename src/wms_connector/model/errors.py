"""The errors of the product: each says what happened, about what, and what to do next."""

from __future__ import annotations


class WmsError(Exception):
    """Something that the product could not do.

    `what` is one sentence without its full stop: what happened, and about what.
    `hint` is the next step, in the imperative. The command line prints both in one line
    and ends with `exit_code`. `evidence` is what another program said, redacted, in full: the
    command line looks it up in the error catalogue.
    """

    exit_code = 1
    evidence: str | None = None

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        self.what = what
        self.hint = hint
        super().__init__(what if hint is None else f"{what}. {hint}")


class UsageError(WmsError):
    """Something was asked for in a way that is not allowed; nothing was done."""

    exit_code = 2


class StageError(UsageError):
    """A text is not a stage."""


class PipelineError(UsageError):
    """A pipeline file cannot be used."""


class SecretError(WmsError):
    """A secret could not be read, or is not of the expected form. Never holds its value."""


class SecretNotFoundError(SecretError):
    """No secret of that name: the one error after which the default may be read."""


class SecretSourceError(SecretError):
    """The file that holds all secrets cannot be used: no secret of it could be read."""
