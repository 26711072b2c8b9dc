"""Stages: which deployment of the product is meant, and what it may call its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal

from wms_connector.model.errors import StageError

NAMED_STAGES: Final = ("main", "val", "production")
DEFAULT_PRODUCT: Final = "wms"
SLUG_LIMIT: Final = 28
"""Characters of a slug, so that every name derived from it fits AWS's shortest limit (64)."""

_PATTERN: Final = re.compile(r"[a-zA-Z0-9._-]{1,64}")
_PLAIN_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_PRODUCT: Final = re.compile(r"[a-z][a-z0-9-]{0,15}")
_HASH_DIGITS: Final = 10
_ALLOWED: Final = (
    "Allowed are main, val, production, or 1 to 64 letters, digits, dots, underscores, hyphens"
)
# Names that a person writes when they mean a named stage.
_READS_AS: Final = {
    "master": "main",
    "trunk": "main",
    "dev": "main",
    "develop": "main",
    "development": "main",
    "validation": "val",
    "prod": "production",
    "prd": "production",
}
# First labels of topics that belong to no stage; the product's own name is the fourth.
_FOREIGN_LABELS: Final = {
    DEFAULT_PRODUCT: "the named stages' own topics begin with it",
    "aws": "the named stages' JDBC topics begin with it",
    "mgmt": "every team's Kafka Connect topics begin with it",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A deployment of the product. `Stage.parse` and `Stage.from_branch` are the ways to get one.

    `name` is what the operator wrote, unchanged. `slug` is its form for CloudFormation, IAM, SNS,
    DNS and Lambda: `[a-z0-9-]`, at most 28 characters, different for different stages.
    """

    name: str
    slug: str

    @classmethod
    def parse(cls, text: str | None, *, product: str = DEFAULT_PRODUCT) -> Stage:
        """Read a stage's name for a product's pipeline; nothing is trimmed or guessed.

        Raises StageError, which shows what was given, why it is refused, and what is allowed.
        """
        if text is None or text == "":
            raise StageError(
                "no stage was given",
                hint="Name one with --stage, --branch or the environment variable STAGE. "
                f"{_ALLOWED}",
            )
        if not _PATTERN.fullmatch(text):
            raise StageError(f"{_shown(text)} is no stage: {_fault(text)}", hint=_ALLOWED)
        if text not in NAMED_STAGES:
            _refuse_foreign(text, product)
        return cls(text, _slug(text))

    @classmethod
    def from_branch(cls, branch: str, *, product: str = DEFAULT_PRODUCT) -> Stage:
        """Give the stage of a Git branch; different branches never share one.

        A branch that is a stage's name as it stands, at most 28 characters and without `--`, is
        its own stage; any other becomes `<readable part>--<10 hex of its SHA-256>`.
        Raises StageError for a branch whose stage would be refused (`prod`, `Main`, `wms`).
        """
        text = branch.removeprefix("refs/heads/")
        if not text:
            raise StageError("the branch's name is empty", hint="Give a branch, for example main")
        if _PATTERN.fullmatch(text) and len(text) <= SLUG_LIMIT and "--" not in text:
            return cls.parse(text, product=product)
        return cls.parse(_hashed(text), product=product)

    @property
    def is_named(self) -> bool:
        """Whether this is main, val or production, whose topics nothing deletes."""
        return self.name in NAMED_STAGES

    @property
    def kind(self) -> Literal["named", "ephemeral"]:
        """`named` or `ephemeral`."""
        return "named" if self.is_named else "ephemeral"

    @property
    def namespace(self) -> str | None:
        """The first part of every topic of an ephemeral stage; none for a named one."""
        return None if self.is_named else self.name

    def __str__(self) -> str:
        return self.name


def check_product(text: str) -> str:
    """Return a product's name, or raise StageError: it begins topics, stacks and service names."""
    if not _PRODUCT.fullmatch(text):
        raise StageError(
            f"{_shown(text)} is no product name",
            hint="Allowed are 1 to 16 lower-case letters, digits and hyphens, a letter first",
        )
    # `x.aws.wms` as a stage of product `cdc` would write stage x's JDBC topics of product `wms`;
    # product `wms-connector` with stage `a` would join the workers of `wms` with `connector-a`.
    if text in {"aws", "mgmt", "cdc", "default"} or re.search(r"-(alerts|connector)\b", text):
        raise StageError(
            f"{_shown(text)} cannot be a product: names of other products or stages could be the "
            "same",
            hint="Choose the name of what the database serves, for example wms",
        )
    return text


def _refuse_foreign(text: str, product: str) -> None:
    lower = text.lower()
    if lower in NAMED_STAGES:
        raise StageError(
            f"{_shown(text)} is no stage: it differs from {lower} in case only",
            hint=f"Write {lower} if you mean the named stage",
        )
    if lower in _READS_AS:
        meant = _READS_AS[lower]
        raise StageError(
            f"{_shown(text)} is refused: it reads as the named stage {meant}",
            hint=f"Write {meant} if you mean it, or choose another name for a branch environment",
        )
    if lower == "default":
        raise StageError(
            f"{_shown(text)} is refused: it is where secrets fall back to",
            hint="Choose another name",
        )
    label = lower.split(".", 1)[0]
    if label in _FOREIGN_LABELS or label == product:
        reason = _FOREIGN_LABELS.get(label, "the named stages' own topics begin with it")
        raise StageError(
            f"{_shown(text)} is refused: its topics would begin with {label!r}, and {reason}",
            hint=f"Put something before it, for example my-{text}",
        )
    if text.startswith("__"):
        raise StageError(
            f"{_shown(text)} is refused: topics that begin with two underscores are Kafka's and "
            "Debezium's own",
            hint=f"Leave them out, for example {text.lstrip('_') or 'my-branch'}",
        )


def _slug(name: str) -> str:
    plain = _PLAIN_SLUG.fullmatch(name) and len(name) <= SLUG_LIMIT and "--" not in name
    return name if plain else _hashed(name)


def _hashed(text: str) -> str:
    """Make a readable form that nothing else shares: it holds `--`, which no plain form does."""
    room = SLUG_LIMIT - _HASH_DIGITS - 2
    readable = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:room].strip("-") or "s"
    return f"{readable}--{hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]}"


def _shown(text: str) -> str:
    limit = 80
    return repr(text) if len(text) <= limit else f"{text[:limit]!r}… ({len(text)} characters)"


def _fault(text: str) -> str:
    if text != text.strip() or any(character.isspace() for character in text):
        return "it holds white space"
    if bad := sorted(set(re.findall(r"[^a-zA-Z0-9._-]", text))):
        return f"it holds {' '.join(repr(character) for character in bad[:5])}"
    return "it is longer than 64 characters"
