"""The commands of the living review: search, screen and include."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from builder.cli.console import AtlasCommand, Stages, count, finish, reported_problems
from builder.project import Project

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def register(group: click.Group) -> None:
    """Add the commands to the command line."""
    for command in (search, screen, include_records):
        group.add_command(command)


@click.command(cls=AtlasCommand)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.pass_obj
def search(project: Project, names: tuple[str, ...]) -> None:
    """Run the strategies of content/searches/; keep new records."""
    from builder.refresh.search import search as run_search

    with reported_problems(), Stages() as stages:
        done = run_search(project, names, notify=stages.notify)
    for run in done.runs:
        click.echo(
            f"{run.strategy} ({run.database}): {run.found:,} found, {run.taken:,} read, "
            f"{run.new:,} new"
        )
    finish(
        done.problems,
        f"search: {count(done.records, 'record')} in content/screening.yml, "
        f"{done.duplicates:,} of them duplicates, {stages.seconds}",
    )


@click.command(cls=AtlasCommand)
@click.option("--by", metavar="NAME", help="Who screens; else the name that git knows.")
@click.option("--csv", "table", type=FILE, help="Take the decisions from this filled-in table.")
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write a table.")
@click.option("--rule", help="Decide by a rule: 'include: review AND open access'.")
@click.option("--disagreements", is_flag=True, help="List records on which screeners disagree.")
@click.pass_obj
def screen(project: Project, /, by: str | None, **way: Any) -> None:
    """Decide which records to include: by key, by table or by rule."""
    from builder.curate.review_flow import read_screening
    from builder.refresh import find_today, screening
    from builder.refresh.screen_session import keep_decisions

    chosen = [name for name, value in way.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other")
    with reported_problems():
        records = read_screening(project.root).records
        if way["disagreements"]:
            for record in screening.find_disagreements(records):
                said = "; ".join(
                    f"{d.by}: {d.verdict} ({d.reason or '-'})" for d in record.decisions
                )
                click.echo(f"{record.id}: {record.title[:80]}: {said}")
            return
        who = by or screening.find_screener(project)
        if way["export"]:
            waiting = screening.open_records(records, who)
            way["export"].write_text(
                screening.write_table(waiting), encoding="utf-8-sig", newline=""
            )
            click.echo(f"screen: {count(len(waiting), 'record')} written to {way['export']}")
            return
        if way["table"] or way["rule"]:
            if way["table"]:
                made = screening.read_table(
                    way["table"].read_bytes(), str(way["table"]), who, find_today(),
                    [record.id for record in records],
                )  # fmt: skip
            else:
                made = screening.apply_rule(way["rule"], records, who, find_today())
            keep_decisions(project, made)
            click.echo(f"screen: {count(len(made), 'decision')} by {who}")
            return
        _screen_by_key(project, who)


def _screen_by_key(project: Project, who: str) -> None:
    from builder.refresh import find_today
    from builder.refresh.screen_session import Session
    from builder.refresh.screening import find_words
    from builder.refresh.search import find_abstract

    session = Session(
        project, who, find_today(),
        show=click.echo,
        ask_key=click.getchar if sys.stdin.isatty() else lambda: sys.stdin.read(1) or "q",
        ask_line=lambda text: str(click.prompt(text, default="", show_default=False)),
        find_abstract=lambda record: find_abstract(project, record),
        words=find_words(project),
    )  # fmt: skip
    click.echo(f"screen: {count(session.run(), 'decision')} by {who}")


@click.command(cls=AtlasCommand, name="include")
@click.argument("records", metavar="[RECORD]...", nargs=-1)
@click.pass_obj
def include_records(project: Project, records: tuple[str, ...]) -> None:
    """Fetch included records into seeds/ and read them."""
    from builder.curate.reading import load_vocabulary
    from builder.refresh.include import include

    with reported_problems(), Stages() as stages:
        done = include(project, load_vocabulary(project), records, notify=stages.notify)
    for kind, brought in (("full text", done.seeds), ("abstract", done.abstracts)):
        for record, seed in brought.items():
            click.echo(f"{record}: {kind}, seeds/{seed}")
    for record, why in done.missed.items():
        click.echo(f"{record}: not retrieved ({why})")
    finish(
        done.problems,
        f"include: {count(len(done.seeds), 'full text')}, "
        f"{count(len(done.abstracts), 'abstract')}, "
        f"{len(done.missed):,} not retrieved; {count(len(done.changed), 'file')} changed, "
        f"{stages.seconds}",
    )
