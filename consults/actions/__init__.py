"""Every write to the record, each one transaction."""
