"""Kill every command that writes at any moment: the next one finds the state before or after it.

Run as a program (``make fuzz``) it kills some hundred runs, at fault points between two writes and
after a random time; the tests take a few of each::

    python tests/fuzz/kill.py --kills 300 --seed 1
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

_TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(_TESTS), str(_TESTS / "refresh"), str(_TESTS.parent)]

from hand_made import DIGEST, DIGEST_PAPER  # noqa: E402 (its folder is known only now)
from local_service import QUICK, TODAY, LocalService, run_service  # noqa: E402
from review_answers import article, europe_pmc, full_text, trials  # noqa: E402

from builder.curate import changes  # noqa: E402
from builder.curate.changes import add_paper  # noqa: E402
from builder.curate.extraction import check, extract  # noqa: E402
from builder.curate.reading import load_vocabulary  # noqa: E402
from builder.curate.review_flow import read_screening  # noqa: E402
from builder.errors import ProblemError  # noqa: E402
from builder.project import Project  # noqa: E402
from builder.publish.release import write_release  # noqa: E402
from builder.refresh import Setting, refresh  # noqa: E402
from builder.refresh.http_client import VARIABLES  # noqa: E402
from builder.refresh.include import include  # noqa: E402
from builder.refresh.screening import apply_rule, keep_decisions  # noqa: E402
from builder.refresh.search import search  # noqa: E402
from builder.store.transaction import recover  # noqa: E402

CALLS = ("mkdir", "link", "symlink", "replace", "rename", "unlink", "rmdir", "fsync", "open")
HIP_PAPER = "poe-2024-exosomes-bone-marrow-stem"
Files = dict[str, bytes]


def make_project(root: Path) -> Project:
    """Return a small project that was extracted, with an inbox beside it."""
    project = Project(root / "atlas")
    sources = project.content / "terms/sources"
    sources.mkdir(parents=True)
    (sources / "msc.yml").write_text("id: msc\nlabel: Mesenchymal stem cell\nkind: source\n")
    (sources / "bmsc.yml").write_text(
        "id: bmsc\nlabel: Bone marrow MSC\nkind: source\nsynonyms:\n- BMSC\nparent: msc\n"
    )
    (sources / "odd.yml").write_text("id: odd\nlabel: Odd cell\nkind: source\nrelated: [bmsc]\n")
    project.seeds.mkdir()
    (project.seeds / "knee.txt").write_text(DIGEST, encoding="utf-8")
    other = DIGEST.replace("Ann Doe", "Cem Poe").replace("knee.1", "hip.2")
    (project.seeds / "hip.txt").write_text(other.replace("the knee", "the hip"), encoding="utf-8")
    (project.root / "pyproject.toml").write_text('version = "0.1.0"\n')
    (project.root / "mkdocs.yml").write_text("site_name: x\n")
    third = DIGEST.replace("Ann Doe", "Eva Coe").replace("knee.1", "ankle.3")
    (root / "new.txt").write_text(third.replace("the knee", "the ankle"), encoding="utf-8")
    extract(project)
    return project


def edit(project: Project) -> None:
    """Change what extract reads: a title, so that a paper gets another id, and a word."""
    seed = project.seeds / "knee.txt"
    text = seed.read_text().replace("bone marrow stem cells", "bone marrow stroma cells")
    os.truncate(seed, 0)
    seed.write_text(text.replace("in rats", "in mice"))


def take_out(project: Project) -> None:
    """Take a paper out by hand: its address waits to be withdrawn."""
    (project.seeds / "hip.txt").unlink()
    shutil.rmtree(project.content / "papers" / HIP_PAPER)


# --- a living review, with services on this machine ----------------------------------------------

ARTICLES = 20


def answer_all(service: LocalService) -> None:
    """Let a service know 20 open articles and a trial, under the addresses of every service."""
    said = {"isOpenAccess": "Y", "license": "cc by"}
    found = [article(n, pmcid=f"PMC700{n:04}", **said) for n in range(ARTICLES)]
    europe_pmc(service, found)
    for each in found:
        text = f"BMSC exosomes reduced inflammation in rats, {each['pmcid'][-2:]}."
        full_text(service, each["pmcid"], doi=each["doi"], title=each["title"], text=text)
    trials(service, ["NCT01234567"])
    for name in VARIABLES.values():
        os.environ[name] = service.base


def ask() -> Setting:
    """Return how the commands ask: without waiting between two questions."""
    return Setting(TODAY, QUICK, os.environ, lambda _: None)


def add_strategies(project: Project) -> None:
    """Keep two search strategies."""
    folder = project.content / "searches"
    folder.mkdir()
    for name, database in (("articles", "Europe PMC"), ("trials", "ClinicalTrials.gov")):
        text = f"id: {name}\npurpose: A test.\ndatabase: {database}\nquery: exosome\n"
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")


def searched(project: Project) -> None:
    """Search, so that there is something to screen."""
    add_strategies(project)
    search(project, (), ask())


def decide(project: Project, rule: str = "include: open access") -> None:
    """Include articles by a rule."""
    records = read_screening(project.root).records
    keep_decisions(project, apply_rule(rule, records, "ada", TODAY))


def screened(project: Project) -> None:
    """Search and screen, so that there are nine articles to include.

    With a dozen, extract starts workers, which a forked process had better not do.
    """
    searched(project)
    decide(project, 'include: open access AND NOT "number 1"')


def include_all(project: Project) -> None:
    """Fetch what was included; as the command does, with the vocabulary of the project."""
    include(project, load_vocabulary(project), (), ask())


COMMANDS: dict[str, tuple[Callable[[Project], object], Callable[[Project], object]]] = {
    "extract": (edit, extract),
    "add": (lambda _: None, lambda p: add_paper(p, p.root.parent / "new.txt")),
    "rename": (lambda _: None, lambda p: changes.rename(p, "bmsc", "bm-msc")),
    "remove": (lambda _: None, lambda p: changes.remove(p, DIGEST_PAPER, "retracted")),
    "release": (lambda _: None, lambda p: write_release(p, "1.0.0")),
    "retire": (take_out, lambda p: changes.retire(p, [f"papers/{HIP_PAPER}/"], "retracted")),
    "refresh": (lambda _: None, lambda p: refresh(p, setting=ask())),
    "search": (add_strategies, lambda p: search(p, (), ask())),
    "screen": (searched, decide),
    "include": (screened, include_all),
}


def read_files(project: Project) -> Files:
    """Return all files of a project but those that may be thrown away."""
    return {
        p.relative_to(project.root).as_posix(): p.read_bytes()
        for p in project.root.rglob("*")
        if p.is_file() and project.build not in p.parents
    }


def run_and_die(command: Callable[[Project], object], project: Project, left: int) -> int:
    """Run a command in a process that is killed before call ``left``; return its signal."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    count_down(left)
    command(project)
    os._exit(0)


def count_down(left: int, names: Iterable[str] = CALLS) -> Callable[[], int]:
    """Let this process die before so many calls that change files; return what says how many."""

    def deadly(call: Callable[..., object]) -> Callable[..., object]:
        def die_or_call(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return die_or_call

    for name in names:
        setattr(os, name, deadly(getattr(os, name)))
    return lambda: left


def run_for(command: Callable[[Project], object], project: Project, seconds: float) -> int:
    """Run a command in a process that is killed after some time; return its signal."""
    child = os.fork()
    if not child:
        command(project)
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Stand:
    """One command, and the states of a project before and after it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        prepare, self.command = COMMANDS[name]
        self.template = folder / f"{name}-template"
        self.folder = folder
        self.template.mkdir()
        project = make_project(self.template)
        prepare(project)
        self.before = read_files(project)
        twin = self.copy(folder / f"{name}-after")
        begun = time.monotonic()
        self.command(twin)
        self.seconds = time.monotonic() - begun
        self.after = read_files(twin)
        assert self.after != self.before
        self.complaints = [str(p) for p in check(twin).problems if p.level == "error"]
        self.steps = self._count_steps()

    def copy(self, target: Path) -> Project:
        """Return a fresh copy of the project, hard links and all."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.template, target, symlinks=True)
        return Project(target / "atlas")

    def _count_steps(self) -> int:
        """Return how many calls that change files a whole run makes."""
        project = self.copy(self.folder / "counted")
        reported = self.folder / "calls"
        child = os.fork()
        if not child:
            report = reported.write_text
            calls = count_down(1 << 30)
            self.command(project)
            report(str((1 << 30) - calls()))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        return int(reported.read_text())

    def kill(self, chance: random.Random, *, timed: bool) -> str:
        """Kill one run; return the state that was found. Raises AssertionError."""
        project = self.copy(self.folder / "killed")
        if timed:
            where = chance.uniform(0, 1.2 * self.seconds)
            run_for(self.command, project, where)
        else:
            where = float(chance.randrange(self.steps))
            assert run_and_die(self.command, project, int(where)) == -signal.SIGKILL
        note = recover(project)
        found = read_files(project)
        reported = f"{self.name} killed at {where}"
        assert found in (self.before, self.after), reported
        state = "before" if found == self.before else "after"
        if note:
            assert f"as they were {state} it" in note.hint, reported
        if state == "before":
            self.command(project)
            assert read_files(project) == self.after, f"{reported}, then done again"
        else:
            try:
                self.command(project)
            except ProblemError:
                assert self.name in ("add", "rename", "remove", "release", "retire"), reported
        assert [str(p) for p in check(project).problems if p.level == "error"] == self.complaints
        return state


def main() -> None:
    """Kill many runs, and print how many of which command were found in which state."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=250)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1800000000")
    chance = random.Random(asked.seed)
    found: Counter[tuple[str, str, str]] = Counter()
    with tempfile.TemporaryDirectory() as name, run_service() as service:
        answer_all(service)
        stands = [Stand(command, Path(name)) for command in COMMANDS]
        for number in range(asked.kills):
            timed = number % 3 == 0
            stand = stands[number % len(stands)]
            state = stand.kill(chance, timed=timed)
            found[stand.name, "after a time" if timed else "between writes", state] += 1
    sys.stdout.write(f"seed {asked.seed}, {asked.kills} kills\n")
    for (command, moment, state), count in sorted(found.items()):
        sys.stdout.write(f"{command:10}{moment:16}{state:8}{count:5}\n")


if __name__ == "__main__":
    main()
