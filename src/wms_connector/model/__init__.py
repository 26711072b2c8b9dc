"""Values and rules: stages, names, tables, the pipeline file, secrets, errors.

Imports nothing else of the product, and does no input or output of its own.
"""
