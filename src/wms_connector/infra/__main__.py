"""What the CDK's command line starts: `python -m wms_connector.infra`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.infra.context import Context
from wms_connector.infra.node import use_node
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from wms_connector.model.secrets import SecretSource

_INVALID: Final = "ValidationFailed"


def main() -> int:
    """Read, build, write the assembly; an error is one line."""
    try:
        context = Context.read(os.environ, root=Path.cwd())
        use_node()
        from wms_connector.infra.inputs import read_inputs

        inputs = read_inputs(context.pipeline, context.stage, _source(context))
        from wms_connector.infra.app import build  # four seconds: only when all else is right

        build(inputs, context.options, account=context.account, region=context.region).synth()
    except WmsError as error:
        sys.stderr.write(f"wms-connector: {' '.join(str(error).split())}\n")
        return error.exit_code
    except RuntimeError as error:  # what the CDK's library raises, whatever went wrong in it
        if _INVALID not in str(error):
            raise
        sys.stderr.write(
            "wms-connector: the templates do not pass the CDK's own checks, which are told above. "
            "Mend what they name, or report it\n"
        )
        return 1
    return 0


def _source(context: Context) -> SecretSource:
    if context.secrets is not None:
        from wms_connector.model.secret_sources import FileSecrets

        return FileSecrets(context.secrets)
    from wms_connector.aws.secret_source import secrets_manager
    from wms_connector.aws.session import Aws

    # The command line signed in already, and knows the region from its own configuration.
    known = {"AWS_REGION": context.region} if context.region else {}
    return secrets_manager(Aws(environment=os.environ | known))


if __name__ == "__main__":
    sys.exit(main())
