"""What every command prints: stages, problems, one line of summary."""

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Sequence
from typing import Self

import click
from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.status import Status
from rich.table import Table

from builder.errors import Problem, ProblemError, has_errors

ERR = Console(stderr=True, soft_wrap=True, highlight=False)
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def read_key() -> str:
    """Return the next key pressed; ``q`` at the end of the input.

    A key typed ahead is not lost, as click.getchar loses it, and an arrow is one key and no letter.
    """
    terminal = sys.stdin.fileno()
    if not sys.stdin.isatty():
        return os.read(terminal, 1).decode(errors="replace") or "q"
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSADRAIN)
    try:
        key = os.read(terminal, 1)
        # An arrow is a sequence: escape, a bracket, and signs up to a letter.
        if key == b"\x1b" and select.select([terminal], [], [], 0.05)[0]:
            key += os.read(terminal, 1)
            while key[-1:] in b"[O0123456789;":
                key += os.read(terminal, 1)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    return "q" if key in (b"", b"\x04") else key.decode(errors="replace")


def read_line(question: str) -> str:
    """Return the line that answers a question, and leave what was typed after it."""
    click.echo(f"{question}: ", nl=False)
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as keys:
        if line := keys.readline():
            return line.decode(errors="replace")
    raise click.Abort


class AtlasCommand(click.Command):
    """A command that works on an atlas, and writes nothing into a folder that holds none."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command where the project is an atlas; raises UsageError elsewhere."""
        if not ctx.obj.is_atlas:
            raise click.UsageError(
                f"{ctx.obj.root} is no atlas: it has no content/terms/. Name its folder by --root."
            )
        return super().invoke(ctx)


class AtlasGroup(click.Group):
    """The commands of the atlas."""

    command_class = AtlasCommand

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; problems, in what it loads too, are lines on stderr and exit code 1."""
        try:
            return super().invoke(ctx)
        except ProblemError as error:
            show(error.problems)
        except KeyboardInterrupt:
            ERR.print("Stopped; the site published before still stands.")
        sys.exit(1)


class Stages:
    """Shows how far a command is: a live line on a terminal, nothing elsewhere until the end."""

    def __init__(self) -> None:
        self._status: Status | None = ERR.status("…") if ERR.is_terminal else None
        self._since = time.perf_counter()
        self._stage = ""

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status:
            self._status.stop()

    def notify(self, stage: str) -> None:
        """Show the stage that begins."""
        if self._status:
            self._status.update(stage)

    def progress(self, done: int, total: int) -> None:
        """Show how many papers are read, as a bar."""
        if self._status:
            row = Table.grid(padding=(0, 1))
            bar = ProgressBar(total=total, completed=done, width=30)
            row.add_row(bar, f"{done:,} of {total:,} papers")
            self._status.update(row)

    @property
    def seconds(self) -> str:
        """Seconds since the command began, as text."""
        return f"{time.perf_counter() - self._since:.1f} s"


def show(problems: Sequence[Problem]) -> None:
    """Print problems, one a line, and then their count."""
    for problem in problems:
        colour = _COLOURS[problem.level]
        ERR.print(str(problem), style=colour if ERR.is_terminal else None, markup=False)
    if errors := sum(problem.level == "error" for problem in problems):
        ERR.print(f"{count(errors, 'error')}.", markup=False)


def finish(problems: Sequence[Problem], summary: str) -> None:
    """Print problems and one line of summary; exit 1 if any problem is an error."""
    show(problems)
    click.echo(summary)
    if has_errors(problems):
        sys.exit(1)


def count(number: int, noun: str) -> str:
    """Return a number with its noun in the right form."""
    several = "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{'' if number == 1 else several}"
