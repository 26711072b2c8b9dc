"""The page of costs: sums that add up, and sizes that are those of the code."""

from __future__ import annotations

import re
from math import prod
from pathlib import Path

import pytest

from wms_connector.health import metrics
from wms_connector.health.alarms import ALARMS, COMPOSITES, TASK_FAILED_NOW
from wms_connector.health.metrics import Metric
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.sizing import DEFAULT, MIB_PER_GIB, PRODUCTION, Sizing

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ")
]
PRICES = {
    row[0]: float(row[2])
    for row in ROWS
    if len(row) == 4 and row[2][:1].isdigit() and "=" not in row[2]
}
TIMES = "\u00d7"
COLUMNS = {1: DEFAULT, 2: DEFAULT, 3: PRODUCTION}
AMOUNTS = [row for row in ROWS if row[0] in PRICES and "=" in row[1]]


def _cell(text: str) -> tuple[float, float]:
    """Give quantity and amount of a cell such as `2 * 730 = 59.10`, with a multiplication sign."""
    quantity, amount = text.split("=")
    return prod(float(factor) for factor in quantity.split(TIMES)), float(amount)


@pytest.mark.parametrize("column", COLUMNS)
def test_amounts_are_quantities_times_prices_and_add_up(column: int) -> None:
    assert {row[0] for row in AMOUNTS} == set(PRICES)
    for row in AMOUNTS:
        quantity, amount = _cell(row[column])
        assert amount == pytest.approx(quantity * PRICES[row[0]], abs=0.005), row[0]
    total = next(row for row in ROWS if row[0] == "**a month**")[column]
    exact = sum(_cell(row[column])[0] * PRICES[row[0]] for row in AMOUNTS)
    assert float(total.strip("*")) == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize(("column", "sizing"), COLUMNS.items())
def test_sizes_are_those_of_the_code(column: int, sizing: Sizing) -> None:
    cells = {row[0]: row[column] for row in AMOUNTS}
    assert float(cells["vCPU"].split(TIMES)[0]) == sizing.cpu / 1024 * sizing.workers
    assert float(cells["memory"].split(TIMES)[0]) == sizing.memory / MIB_PER_GIB * sizing.workers


@pytest.mark.parametrize(
    ("stage", "sizing"),
    [("main", DEFAULT), ("val", DEFAULT), ("my-branch", DEFAULT), ("production", PRODUCTION)],
)
def test_the_pipeline_file_as_it_ships_has_these_sizes(stage: str, sizing: Sizing) -> None:
    pipeline = Pipeline.load(ROOT / "pipeline.toml")
    assert pipeline.sizing(pipeline.stage(stage)) == sizing


def test_metrics_and_alarms_are_as_many_as_the_code_makes() -> None:
    cells = {row[0]: [_cell(text)[0] for text in row[1:4]] for row in AMOUNTS}
    # Beside those on the stage's metrics: on the mail function, and what composites wait for.
    assert set(cells["alarm"]) == {len(ALARMS) + len((TASK_FAILED_NOW, "mail-failed"))}
    assert set(cells["composite"]) == {len(COMPOSITES) + len(("never",))}
    pipeline = Pipeline.load(ROOT / "pipeline.toml")
    stage = pipeline.stage("main")
    times = {
        "Connector": len(set(pipeline.connector_names(stage).values())),
        "Topic": len(pipeline.captured),
        "Worker": pipeline.sizing(stage).workers,
    }
    made = 0
    for metric in (one for one in vars(metrics).values() if isinstance(one, Metric)):
        # Each has the stage's own figure; what is told apart has one for each value as well.
        made += 1 + times.get(metric.dimension, 0)
    insights = 38
    assert cells["metric"] == [made, made + insights, made + insights]


def test_a_working_day_of_a_branch() -> None:
    cents = re.search(r"ten hours costs about (\d+) cents", TEXT)
    assert cents
    month = sum(_cell(row[1])[0] * PRICES[row[0]] for row in AMOUNTS)
    assert int(cents[1]) / 100 == pytest.approx(month / 730 * 10, abs=0.05)


def test_the_readme_says_the_same() -> None:
    told = re.search(
        r"some \$(\d+) a month, \$(\d+)\s+for `production`, \$(\d+) for a branch",
        (ROOT / "README.md").read_text(encoding="utf-8"),
    )
    assert told
    branch, main, production = (
        sum(_cell(row[column])[0] * PRICES[row[0]] for row in AMOUNTS) for column in (1, 2, 3)
    )
    for text, month in zip(told.groups(), (main, production, branch), strict=True):
        assert int(text) == round(month)
