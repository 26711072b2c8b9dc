"""Rights as values: what may be done, with what. A role is given these and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from aws_cdk import Stack

_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}")
"""What Secrets Manager appends to a secret's name in its ARN."""

SUFFIX_LENGTH: Final = 7
"""Characters of that."""

STATEMENT_LIMIT: Final = 4_000
"""Characters of a statement's resources. What a role's own policy cannot hold (10,240 characters),
the CDK puts into managed policies of at most 6,144: by whole statements."""


@dataclass(frozen=True, slots=True)
class Right:
    """One statement of a policy. `conditions`: operator -> key -> value, as IAM writes them.

    `why` has to say why a resource is a pattern (`*`), where one is.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    effect: Literal["Allow", "Deny"] = "Allow"
    conditions: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    why: str = ""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The resources that are patterns of any length."""
        return tuple(resource for resource in self.resources if "*" in resource)

    def parts(self) -> tuple[Right, ...]:
        """The same right as statements that are short enough; one, unless the names are many."""
        shares: list[list[str]] = [[]]
        for resource in self.resources:
            if shares[-1] and sum(map(len, shares[-1])) + len(resource) > STATEMENT_LIMIT:
                shares.append([])
            shares[-1].append(resource)
        return tuple(replace(self, resources=tuple(share)) for share in shares)


@dataclass(frozen=True, slots=True)
class Account:
    """Where a stack lives, for the ARNs of what it is allowed: texts, or the CDK's tokens."""

    partition: str
    region: str
    number: str

    def arn(self, service: str, resource: str) -> str:
        """Give the ARN of something of this account in this region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.number}:{resource}"

    def secret_arn(self, secret: str) -> str:
        """Give the ARN of a secret by its path, or by its ARN, whole or without AWS's suffix.

        A `?` is one character, so no secret matches whose path is longer or shorter.
        """
        if not secret.startswith("arn:"):
            return self.arn("secretsmanager", f"secret:{secret}-??????")
        return secret if is_whole(secret) else f"{secret}-??????"


def is_whole(secret_arn: str) -> bool:
    """Tell whether a secret's ARN ends in the six characters that AWS appends to its name."""
    return _SUFFIX.fullmatch(secret_arn[-SUFFIX_LENGTH:]) is not None


def account_of(stack: Stack) -> Account:
    """Give the account and region of a stack; tokens where the template fits any."""
    return Account(stack.partition, stack.region, stack.account)


def read_secrets(account: Account, secrets: tuple[str, ...]) -> tuple[Right, ...]:
    """Allow reading these secrets, by path or ARN, and decrypting them.

    A secret may be encrypted with a key of the operator's own, whose name nothing here can know:
    so any key, but only through Secrets Manager, and only for these very secrets.
    """
    arns = tuple(dict.fromkeys(account.secret_arn(secret) for secret in secrets))
    return (
        Right(("secretsmanager:GetSecretValue",), arns),
        Right(
            ("kms:Decrypt",),
            (account.arn("kms", "key/*"),),
            conditions=(
                (
                    "StringEquals",
                    (("kms:ViaService", f"secretsmanager.{account.region}.amazonaws.com"),),
                ),
                ("StringLike", (("kms:EncryptionContext:SecretARN", list(arns)),)),
            ),
            why="A secret may have a key of the operator's own, whose name is not known; only "
            "through Secrets Manager, and only for the stage's own secrets.",
        ),
    )


def write_logs(log_group_arn: str, *, looks: bool = False) -> Right:
    """Allow writing into a log group that is there; never creating one.

    A role that may create log groups brings that of a destroyed stage back with its last line.
    `looks`: the writer asks first which streams there are, as the CloudWatch agent does.
    """
    return Right(
        (
            "logs:CreateLogStream",
            "logs:PutLogEvents",
            *(("logs:DescribeLogStreams",) if looks else ()),
        ),
        (f"{log_group_arn}:*",),
        why="The streams of this one log group; their names are made when a writer starts.",
    )


def publish(account: Account, topic: str) -> tuple[Right, ...]:
    """Allow publishing to a topic, and encrypting what is published with the topic's key.

    The key is another stack's and has no name beforehand: so any key, but only through SNS, and
    only for this very topic.
    """
    return (
        Right(("sns:Publish",), (topic,)),
        Right(
            ("kms:Decrypt", "kms:GenerateDataKey"),
            (account.arn("kms", "key/*"),),
            conditions=(
                (
                    "StringEquals",
                    (
                        ("kms:ViaService", f"sns.{account.region}.amazonaws.com"),
                        ("kms:EncryptionContext:aws:sns:topicArn", topic),
                    ),
                ),
            ),
            why="The topic's key is made by another stack and has no name beforehand; only through "
            "SNS, and only for the stage's own topic.",
        ),
    )
