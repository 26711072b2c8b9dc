"""The question before something is lost."""

from __future__ import annotations

import sys

import click

from wms_connector.model.errors import UsageError, WmsError


def confirm(what: str, *, yes: bool) -> None:
    """Ask before something is lost; raises UsageError where nobody can answer, without `yes`."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"this would {what}", hint="Say --yes if you mean it")
    if not click.confirm(f"This will {what}. Go on?", err=True):
        raise WmsError("nothing was done", hint="You said no")
