"""The Oracle stand-in: a server of its own that answers what Debezium's connector asks Oracle."""
