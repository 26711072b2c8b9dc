"""Hypothesis strategies for valid stages and pipelines."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from wms_connector.model.errors import StageError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.stage import NAMED_STAGES, Stage

ALPHABET = string.ascii_letters + string.digits + "._-"
# Words out of which one stage could spell the names of another.
WORDS = [
    "a",
    "b",
    "A",
    "wms",
    "aws",
    "mgmt",
    "cdc",
    "connect",
    "schema-changes",
    "main",
    "val",
    "WMS",
    "MMDL",
    "T",
    "__debezium-heartbeat",
    "wms-connector-a",
    "config",
]


def _valid(text: str) -> bool:
    try:
        Stage.parse(text)
    except StageError:
        return False
    return True


_free = st.text(ALPHABET, min_size=1, max_size=64)
_spelled = st.builds(
    lambda words, sep: sep.join(words)[:64],
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
    st.sampled_from([".", "-", "_", "--", ""]),
)
ephemeral_stages = (
    st.one_of(_free, _spelled)
    .filter(_valid)
    .filter(lambda text: text not in NAMED_STAGES)
    .map(Stage.parse)
)
# A stage beside one that is built to spell its slug.
neighbours = ephemeral_stages.flatmap(
    lambda stage: st.tuples(
        st.just(stage),
        st.one_of(
            ephemeral_stages,
            st.sampled_from(
                [
                    stage.slug,
                    stage.name.lower(),
                    stage.name.replace(".", "_"),
                    stage.name.replace("_", "-"),
                    f"{stage.name}.wms",
                    f"{stage.name}-",
                ]
            )
            .filter(_valid)
            .filter(lambda text: text not in NAMED_STAGES)
            .map(Stage.parse),
        ),
    )
)
named_stages = st.sampled_from(NAMED_STAGES).map(Stage.parse)
kinds = st.sampled_from(["debezium", "jdbc"])


def pipeline(kind: str = "debezium", **more: object) -> Pipeline:
    """The four tables of WMS in a pipeline of a kind."""
    tables = [f"{s}.{t}" for s in ("MMDL", "WMS") for t in ("PLAN_BASE_WVR_TBL", "T")]
    return Pipeline.model_validate({"connector": kind, "tables": tables, **more})
