"""What Oracle refuses, as sentences that keep its code."""

from __future__ import annotations

import re
from typing import Final

from wms_connector.model.errors import UsageError, WmsError

_CODE: Final = re.compile(r"\b(?:ORA|DPY|TNS|PLS)-\d{4,5}\b")
# python-oracledb adds a line that leads to its documentation.
_HELP: Final = re.compile(r"\s*\bHelp: https?://\S+")


class OracleFailure(WmsError):  # noqa: N818 - an Error of that name is the driver's
    """Something that Oracle, or the way to it, answered instead of what was asked for.

    `code` is its first code (`ORA-00942`, `DPY-6005`, `TNS-12541`) or None; `text` is the whole
    answer in one line, the code included.
    """

    def __init__(self, text: str, *, code: str | None = None, hint: str | None = None) -> None:
        self.text = " ".join(_HELP.sub("", text).split())
        found = _CODE.search(self.text)
        self.code = code or (found.group(0) if found else None)
        self.evidence = self.text if self.code is None else f"{self.code} {self.text}"
        super().__init__(f"the database answers {self.text.rstrip('.')}", hint=hint)


class AddressError(UsageError):
    """A text is no address of an Oracle database. Never holds the text: it may be a password."""


def translated(error: BaseException) -> OracleFailure:
    """Make a failure of what a DB-API driver raised.

    The code is `args[0].full_code` where the driver gives one, else the first in the text.
    """
    told = error.args[0] if error.args else None
    code = getattr(told, "full_code", None)
    text = str(error).strip() or type(error).__name__
    return OracleFailure(text, code=code if isinstance(code, str) and code else None)
