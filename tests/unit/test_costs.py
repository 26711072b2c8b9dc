"""The page of costs: sums that add up, and sizes that are those of the code."""

from __future__ import annotations

import re
from math import prod
from pathlib import Path

import pytest

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


def test_a_working_day_of_a_branch() -> None:
    cents = re.search(r"ten hours costs about (\d+) cents", TEXT)
    assert cents
    month = sum(_cell(row[1])[0] * PRICES[row[0]] for row in AMOUNTS)
    assert int(cents[1]) / 100 == pytest.approx(month / 730 * 10, abs=0.05)
