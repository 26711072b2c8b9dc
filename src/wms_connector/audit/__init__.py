"""Compares the rows of the source with the state that the topics describe."""
