"""AWS Secrets Manager as whoever is signed in reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.model.secret_sources import SecretsManager

if TYPE_CHECKING:
    from wms_connector.aws.session import Aws


def secrets_manager(aws: Aws) -> SecretsManager:
    """Give the secrets of the account that one is signed in to.

    The account is asked for first, so that who is not signed in hears that and not of a secret.
    Raises AwsError.
    """
    _ = aws.account
    return SecretsManager(aws.client("secretsmanager"))
