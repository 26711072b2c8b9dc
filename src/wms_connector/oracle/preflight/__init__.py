"""What has to be true of the database before a connector reads it: observe, then assess."""
