"""The demo: the whole story in about a minute, and whether the promises held."""
