"""Addresses of e-mail: one form of each, so that the same one is told as the same."""

from __future__ import annotations


def normalized(address: str) -> str:
    """Give an address trimmed and with its domain in lower case, which tells none apart.

    What is before the `@` stays as it is: whether its case counts is the receiver's to say.
    """
    local, _, domain = address.strip().rpartition("@")
    return f"{local}@{domain.lower()}"
