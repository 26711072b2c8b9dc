"""`python -m wms_connector.cli`: the command line without its script."""

from __future__ import annotations

from wms_connector.cli.main import main

if __name__ == "__main__":
    main()
