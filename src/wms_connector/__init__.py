"""Moves changes out of Oracle into Kafka: nothing lost, nothing twice."""
