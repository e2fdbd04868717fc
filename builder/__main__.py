"""``python -m builder``."""

from builder.cli import main
from builder.store.memory import expect_records

expect_records()
main()
