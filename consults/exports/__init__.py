"""What leaves the record: read from what is stored, never written back."""
