"""``python -m builder``."""

from builder.cli import main
from builder.store.memory import expect_records


def run() -> None:
    """Run a command, as ``exosome-atlas`` or ``python -m builder``."""
    expect_records()
    main(prog_name="exosome-atlas")


if __name__ == "__main__":
    run()
