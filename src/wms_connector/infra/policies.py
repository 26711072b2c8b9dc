"""What kinds of stage differ in: what outlives them, for how long logs are kept, and dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

if TYPE_CHECKING:
    from wms_connector.infra.inputs import StageInputs
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.stage import Stage

_RETENTION: Final = {
    1: RetentionDays.ONE_DAY,
    3: RetentionDays.THREE_DAYS,
    5: RetentionDays.FIVE_DAYS,
    7: RetentionDays.ONE_WEEK,
    14: RetentionDays.TWO_WEEKS,
    30: RetentionDays.ONE_MONTH,
    60: RetentionDays.TWO_MONTHS,
    90: RetentionDays.THREE_MONTHS,
    120: RetentionDays.FOUR_MONTHS,
    150: RetentionDays.FIVE_MONTHS,
    180: RetentionDays.SIX_MONTHS,
    365: RetentionDays.ONE_YEAR,
    400: RetentionDays.THIRTEEN_MONTHS,
    545: RetentionDays.EIGHTEEN_MONTHS,
    731: RetentionDays.TWO_YEARS,
    1096: RetentionDays.THREE_YEARS,
    1827: RetentionDays.FIVE_YEARS,
    2192: RetentionDays.SIX_YEARS,
    2557: RetentionDays.SEVEN_YEARS,
    2922: RetentionDays.EIGHT_YEARS,
    3288: RetentionDays.NINE_YEARS,
    3653: RetentionDays.TEN_YEARS,
}


def removal_policy(inputs: StageInputs) -> RemovalPolicy:
    """What becomes of a thing that holds data when its stack is deleted.

    A named stage's stays; unless the deployment that made it failed, for then its name would stand
    in the next one's way. An ephemeral stage leaves nothing.
    """
    if inputs.stage.is_named:
        return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    return RemovalPolicy.DESTROY


def retention(inputs: StageInputs) -> RetentionDays:
    """How long CloudWatch keeps a log group's events."""
    return _RETENTION[inputs.pipeline.logs.retention_days]


def has_dashboard(pipeline: Pipeline, stage: Stage) -> bool:
    """Tell whether a stage has a dashboard: a named one has, another where the file says so."""
    return stage.is_named or pipeline.settings(stage).dashboard
