"""The parts of the alerts stack."""
