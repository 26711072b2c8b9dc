"""Kafka Connect's REST API: client, models, and the way from desired to actual connectors."""
