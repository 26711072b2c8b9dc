"""Connector and worker configurations as values: pure functions to dictionaries of text."""
