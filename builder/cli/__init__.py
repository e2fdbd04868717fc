"""The command line: the only place that prints or exits.

Exit codes: 0 all good, 1 problems in the input, 2 wrong use.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from builder.cli.console import AtlasGroup, Stages, count, finish, show
from builder.errors import ProblemError, has_errors
from builder.project import Project, find_project, find_version, use_word_lists

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=AtlasGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The atlas's folder; the current one, or the nearest above it, if not given.",
)
@click.version_option(find_version(), prog_name="exosome-atlas", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """Build the Exosome Atlas from the papers in seeds/."""
    context.obj = Project(root.resolve()) if root else find_project(Path.cwd())
    use_word_lists(context.obj)
    if not context.resilient_parsing:
        from builder.store.transaction import recover

        note = recover(context.obj)
        show([note] if note else [])


def command(name: str | None = None) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function whose first argument is the project."""
    return lambda function: main.command(name)(click.pass_obj(function))


@command()
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Read with so many processes; 1 reads in this one."
)
@click.option("--dask", metavar="ADDRESS", help="Read on the Dask cluster with this scheduler.")
def extract(project: Project, jobs: int | None, dask: str | None) -> None:
    """Read the papers in seeds/ and write content/papers/."""
    from builder.curate import extraction, reading

    if jobs and dask:
        raise click.UsageError("--jobs and --dask exclude each other")
    if project.is_read_only:
        problems = extraction.check(project).problems
        finish(problems, "extract: nothing can be written here; content/ was checked instead")
        return
    with Stages() as stages:
        pool = reading.WorkerPool(jobs, dask, stages.progress)
        report = extraction.extract(project, stages.notify, pool)
    finish(
        report.problems,
        f"extract: {count(report.papers, 'paper')}, {count(len(report.changed), 'file')} changed, "
        f"{stages.seconds}",
    )


@command()
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def check(project: Project, as_json: bool) -> None:
    """Check content/ against the seeds, and every name in it."""
    from builder import pipeline

    try:
        with Stages() as stages:
            problems = pipeline.check(project, stages.notify).problems
    except ProblemError as error:
        problems = error.problems
    if as_json:
        click.echo(json.dumps([asdict(p) for p in problems], ensure_ascii=False, indent=2))
        sys.exit(1 if has_errors(problems) else 0)
    levels = [problem.level for problem in problems]
    found = ", ".join(count(levels.count(level), level) for level in ("error", "warning"))
    finish(problems, f"check: {found}, {stages.seconds}")


@command()
def render(project: Project) -> None:
    """Write the pages as Markdown to build/docs/."""
    from builder import pipeline

    with Stages() as stages:
        report = pipeline.render(project, stages.notify)
    click.echo(
        f"render: {count(report.pages, 'page')}, {len(report.changed):,} changed, {stages.seconds}"
    )


@command()
@click.option("--force", is_flag=True, help="Publish even if nothing has changed.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Publish here, not to site/."
)
def build(project: Project, force: bool, out: Path | None) -> None:
    """Render, check and publish the site to site/."""
    from builder import pipeline

    project = Project(project.root, out.resolve() if out else None)
    with Stages() as stages:
        changed = pipeline.build(project, stages.notify, force=force)
    click.echo(f"build: {'published' if changed else 'nothing has changed'}, {stages.seconds}")


@command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0 takes one that is free.",
)
def serve(project: Project, host: str, port: int) -> None:
    """Preview the site; reload the browser on every change."""
    from builder import pipeline
    from builder.publish import serve as preview

    project = Project(project.root, project.preview)  # so that site/ stays as published
    with Stages():
        problems = pipeline.rebuild(project, fresh=True)
    show(problems)
    if not project.site.is_dir():
        sys.exit(1)
    try:
        again = lambda: pipeline.rebuild(project)  # noqa: E731
        server = preview.make_server(project, host, port, click.echo, again)
    except OSError as error:
        raise click.UsageError(f"can't listen on {host}:{port}: {error.strerror}") from error
    click.echo(f"Preview at http://{host}:{server.server_port}/ (Ctrl-C ends it)")
    try:
        server.serve()
    except KeyboardInterrupt:
        server.shutdown()


@command()
@click.argument("old")
@click.argument("new")
def rename(project: Project, old: str, new: str) -> None:
    """Let the address OLD lead to NEW.

    OLD and NEW are ids of a term (bmsc) or addresses (sources/bmsc/). A term is renamed wherever it
    stands.
    """
    from builder.curate import changes

    moves, changed = changes.rename(project, old, new)
    for source, target in moves.items():
        click.echo(f"{source} leads to {target} from now on.")
    click.echo(f"rename: {count(len(changed), 'file')} changed")


@command()
@click.argument("names", metavar="ID...", nargs=-1, required=True)
@click.option("--because", required=True, help="Why, in a sentence that readers will see.")
def retire(project: Project, names: tuple[str, ...], because: str) -> None:
    """Withdraw addresses whose records are gone.

    ID is an address (sources/bmsc/) or a record (source:bmsc). With a paper go the findings, works
    and trials that it alone brought.
    """
    from builder.curate import changes

    gone = changes.retire(project, names, because)
    click.echo(f"retire: {count(len(gone), 'address')} withdrawn")


@command()
@click.argument("paper")
@click.option("--because", required=True, help="Why, in a sentence that readers will see.")
def remove(project: Project, paper: str, because: str) -> None:
    """Take PAPER out: its seed, records and corrections.

    PAPER is its id, its address or the name of its seed. Its addresses are withdrawn, and go on
    saying so.
    """
    from builder.curate import changes

    withdrawn, changed = changes.remove(project, paper, because)
    gone = count(len(withdrawn), "address")
    click.echo(f"remove: {count(len(changed), 'file')} changed, {gone} withdrawn")


@command()
@click.argument("version")
def release(project: Project, version: str) -> None:
    """Freeze the data as VERSION, with what changed since."""
    from builder.publish.release import write_release

    with Stages() as stages:
        changes = write_release(project, version)
    said = ", ".join(f"{len(found):,} {word}" for word, found in changes["findings"].items())
    click.echo(f"release {version}: findings {said}, {stages.seconds}")


@command()
@click.option("--json", "as_json", is_flag=True, help="Print the questions as JSON.")
def questions(project: Project, as_json: bool) -> None:
    """List what a curator should look at, highest priority first."""
    from builder import store
    from builder.curate.questions import find_questions

    found = find_questions(store.load(project))
    if as_json:
        click.echo(json.dumps([q.to_data() for q in found], ensure_ascii=False, indent=2))
        return
    for question in found:
        click.echo(str(question))
    click.echo(f"{count(len(found), 'question')}.")


@command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--text", help="Read this text; with - one statement a line from standard input.")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["title", "abstract", "full-text"]),
    default="abstract",
    show_default=True,
    help="What the text is.",
)
@click.option("--column", default="", help="Read the text as a table cell in this column.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the default.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["bibtex", "ris", "csl"]),
    help="Print the reference list of FILE so.",
)
def read(
    project: Project, /, file: Path | None, text: str | None, style: str | None, **place: Any
) -> None:
    """Show what FILE, or a bare text, gives; nothing is written."""
    from builder.curate.reading import load_vocabulary
    from builder.export import reading

    if (file is None) == (text is None):
        raise click.UsageError("give either FILE or --text")
    if style and (file is None or place["as_json"]):
        raise click.UsageError("--format goes with FILE and without --json")
    vocabulary = load_vocabulary(project)
    if file is not None:
        found = reading.read_file(file, vocabulary)
        if found.bundle and style:
            click.echo(reading.format_references(found.bundle, style), nl=False)
        elif not style:
            click.echo(json.dumps(reading.view_file(found), ensure_ascii=False, indent=2))
        if not found.bundle:
            show(found.problems)
            sys.exit(1)
        return
    lines: Iterable[bytes] = [(text or "").encode()]
    if text == "-":
        lines = sys.stdin.buffer
    for line in lines:
        said = line.decode("utf-8", "replace")
        findings, problems = reading.read_text(said, vocabulary, place["kind"], place["column"])
        show(problems)
        indent = None if text == "-" else 2
        click.echo(json.dumps(reading.view_findings(findings), ensure_ascii=False, indent=indent))


@command()
@click.argument("finding")
def explain(project: Project, finding: str) -> None:
    """Show the words and rules behind FINDING.

    Of a term, by its id: every statement that names it.
    """
    from builder import store
    from builder.curate.questions import explain_finding

    try:
        lines = explain_finding(project, store.load(project), finding)
    except LookupError as error:
        raise click.BadParameter(str(error), param_hint="FINDING") from error
    for line in lines:
        click.echo(line)


@command()
@click.argument("part", type=click.Choice(["trials", "references"]), required=False)
def refresh(project: Project, part: str | None) -> None:
    """Ask registries and bibliographic services what is new.

    Both are asked if PART is not given.
    """
    from builder.refresh import PARTS
    from builder.refresh import refresh as ask

    with Stages() as stages:
        done = ask(project, (part,) if part else PARTS, notify=stages.notify)
    for news in done.news:
        click.echo(news)
    changed = ", ".join(path.relative_to(project.root).as_posix() for path in done.changed)
    finish(
        done.problems,
        f"refresh: asked for {count(done.trials, 'trial')} and {count(done.works, 'work')}; "
        f"{count(done.questions, 'new question')}; changed: {changed or 'nothing'}; "
        f"{stages.seconds}",
    )
    if done.changed:
        click.echo("Run exosome-atlas extract to compare the papers with what is new.")


@command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would come, and touch nothing.")
def add(project: Project, file: Path, dry_run: bool) -> None:
    """Take the paper FILE into seeds/, and show what it brings."""
    from builder.curate.changes import add_paper, describe_added

    with Stages() as stages:
        added = add_paper(project, file, dry_run=dry_run, notify=stages.notify)
    for line in describe_added(added):
        click.echo(line)
    done = "dry run, nothing was touched" if dry_run else f"seeds/{added.seed} is in"
    finish(added.problems, f"add: {done}, {stages.seconds}")


@command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
def search(project: Project, names: tuple[str, ...]) -> None:
    """Run the strategies of content/searches/; keep new records."""
    from builder.refresh.search import search as run_search

    with Stages() as stages:
        done = run_search(project, names, notify=stages.notify)
    for run in done.runs:
        click.echo(
            f"{run.strategy} ({run.database}): {run.found:,} found, {run.taken:,} read, "
            f"{run.new:,} new"
        )
    finish(
        done.problems,
        f"search: {count(done.records, 'record')} in content/screening.yml, "
        f"{done.duplicates:,} of them duplicates, {done.waiting:,} not screened, {stages.seconds}",
    )
    if done.waiting:
        click.echo("Run exosome-atlas screen to decide which to include.")


@command()
@click.option("--by", metavar="NAME", help="Who screens; else the name that git knows.")
@click.option("--csv", "table", type=FILE, help="Take the decisions from this filled-in table.")
@click.option("--export", type=click.Path(dir_okay=False, path_type=Path), help="Write a table.")
@click.option("--rule", help="Decide by a rule: 'include: review AND open access'.")
@click.option("--disagreements", is_flag=True, help="List records on which screeners disagree.")
def screen(project: Project, /, by: str | None, **way: Any) -> None:
    """Decide which records to include: by key, by table or by rule."""
    from builder.curate.review_flow import read_screening
    from builder.refresh import find_today, screening

    chosen = [name for name, value in way.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other")
    records = read_screening(project.root).records
    if way["disagreements"]:
        found = screening.find_disagreements(records)
        for record in found:
            said = screening.describe_decisions(record)
            click.echo(f"{record.id}: {record.title[:80]}: {said}")
        click.echo(f"screen: {count(len(found), 'record')} to settle")
        return
    who = by or screening.find_screener(project)
    if way["export"]:
        waiting = screening.open_records(records, who)
        way["export"].write_text(screening.write_table(waiting), encoding="utf-8-sig", newline="")
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
        screening.keep_decisions(project, made)
        _show_decisions(project, who, len(made))
        return
    _screen_by_key(project, who)


def _show_decisions(project: Project, who: str, made: int) -> None:
    from builder.curate.review_flow import read_screening
    from builder.refresh.screening import open_records

    left = count(len(open_records(read_screening(project.root).records, who)), "record")
    click.echo(f"screen: {count(made, 'decision')} by {who}, {left} left to screen")


def _screen_by_key(project: Project, who: str) -> None:
    from builder.cli.console import read_key, read_line
    from builder.refresh import find_today
    from builder.refresh.screening import Session, find_words
    from builder.refresh.search import find_abstract

    session = Session(
        project, who, find_today(),
        show=click.echo,
        ask_key=read_key,
        ask_line=read_line,
        find_abstract=lambda record: find_abstract(project, record),
        words=find_words(project),
    )  # fmt: skip
    _show_decisions(project, who, session.run())


@command("include")
@click.argument("records", metavar="[RECORD]...", nargs=-1)
def include_records(project: Project, records: tuple[str, ...]) -> None:
    """Fetch included records into seeds/ and read them."""
    from builder.curate.reading import load_vocabulary
    from builder.refresh.include import include

    with Stages() as stages:
        done = include(project, load_vocabulary(project), records, notify=stages.notify)
    for kind, brought in (("full text", done.seeds), ("abstract", done.abstracts)):
        for record, seed in brought.items():
            found = count(done.findings.get(record, 0), "finding")
            click.echo(f"{record}: {kind}, seeds/{seed}, {found}")
    for record, why in done.missed.items():
        click.echo(f"{record}: not retrieved ({why})")
    finish(
        done.problems,
        f"include: {count(len(done.seeds), 'full text')}, "
        f"{count(len(done.abstracts), 'abstract')}, "
        f"{len(done.missed):,} not retrieved; {count(len(done.changed), 'file')} changed, "
        f"{stages.seconds}",
    )
