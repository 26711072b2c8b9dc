"""A secret of the stage that got a new value: the function that tries it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from wms_connector.infra.constructs.calls import rule
from wms_connector.infra.constructs.environment import secrets_read
from wms_connector.infra.constructs.event_patterns import secret_changed
from wms_connector.infra.constructs.function_settings import ROTATION

if TYPE_CHECKING:
    from constructs import IDependable

    from wms_connector.infra.constructs.functions import Functions
    from wms_connector.infra.inputs import StageInputs


class Rotation(Construct):
    """Exactly the secrets that the workers have in their environment, and no others of the account.

    `after`: what has to be there before a secret's change means anything.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        functions: Functions,
        after: tuple[IDependable, ...],
    ) -> None:
        super().__init__(scope, id_)
        changed = rule(
            self,
            "Changed",
            name=inputs.names.rule("Secret"),
            what=f"A secret of {inputs.names.connector_stack} has a new value",
            function=functions.of(ROTATION),
            pattern=secret_changed(secrets_read(inputs)),
        )
        changed.node.add_dependency(*after)
