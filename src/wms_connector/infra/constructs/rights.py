"""Rights as values: what may be done, with what. A role is given these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam


@dataclass(frozen=True, slots=True)
class Right:
    """One statement of a policy. `conditions`: operator -> key -> value, as IAM writes them."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    effect: Literal["Allow", "Deny"] = "Allow"
    conditions: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()

    def statement(self) -> iam.PolicyStatement:
        """Give it as the CDK has it."""
        from aws_cdk import aws_iam as iam

        return iam.PolicyStatement(
            effect=iam.Effect.ALLOW if self.effect == "Allow" else iam.Effect.DENY,
            actions=list(self.actions),
            resources=list(self.resources),
            conditions={operator: dict(pairs) for operator, pairs in self.conditions} or None,
        )


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
        """Give the ARN of a secret by its path; six characters that AWS appends are unknown.

        A `?` is one character, so no other secret can match whose path is longer or shorter. A
        secret that is given by its ARN is that one.
        """
        return (
            secret
            if secret.startswith("arn:")
            else self.arn("secretsmanager", f"secret:{secret}-??????")
        )


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
        ),
    )


def write_logs(log_group_arn: str) -> Right:
    """Allow writing into a log group that is there; never creating one.

    A role that may create log groups brings that of a destroyed stage back with its last line.
    """
    return Right(("logs:CreateLogStream", "logs:PutLogEvents"), (f"{log_group_arn}:*",))
