"""What a broker that does not start has told."""

from __future__ import annotations

import pytest

from wms_connector.local.broker import is_of_a_newer_one


def test_a_folder_of_a_newer_broker_is_known() -> None:
    """As Kafka 4.2.1 has it, started on what 4.3.1 has formatted."""
    assert is_of_a_newer_one(
        "broker ended while it started:\n  2026-11-21T19:12:52.706Z "
        "quorum-controller-1-event-handler ERROR Encountered fatal fault: Unable to apply "
        "FeatureLevelRecord record at offset 2 on active controller, from the batch with "
        "baseOffset 1\n  java.lang.RuntimeException: Tried to apply FeatureLevelRecord "
        "FeatureLevelRecord(name='metadata.version', featureLevel=30), but this controller only "
        "supports versions 7-29"
    )


@pytest.mark.parametrize(
    "told",
    [
        "broker ended while it started:\n  (it wrote nothing)",
        "java.io.IOException: No space left on device",
        "Formatting metadata directory data with metadata.version 4.2-IV1.",
        "name='share.version', featureLevel=3), but this controller only supports versions 0-2",
    ],
)
def test_other_failures_are_told_as_they_are(told: str) -> None:
    assert not is_of_a_newer_one(told)
