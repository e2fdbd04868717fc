"""What people do with the records: read papers in, correct, check, ask, explain, add."""
