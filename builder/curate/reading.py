"""Reading one paper: a pure function of its bytes and of what the atlas knows.

It does not look at the disk, so that it runs in this process, in another, or on another machine,
with the same result.
"""

from __future__ import annotations

import hashlib
import pickle
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from builder import models, store
from builder.addresses.outlines import Outline, outline_paper
from builder.curate.corrections import apply_corrections, find_lines, read_corrections
from builder.curate.id_collisions import Claim
from builder.curate.registry import join_titles
from builder.errors import Problem, ProblemError
from builder.extract import extract_paper
from builder.extract.vocabulary import Vocabulary, build_vocabulary
from builder.project import Project
from builder.readers import read_seed_bytes
from builder.readers.source import read_bytes
from builder.store import PaperBundle
from builder.store.hashes import hash_program, hash_text
from builder.store.library_cache import Recall, pack_records
from builder.text.genes import CONTENT


@dataclass(frozen=True, slots=True)
class Task:
    """A seed to be read: its name below the project's root, and its bytes.

    ``paper`` is the id that it bears where that is not the one made of its own words.
    """

    file: str
    data: bytes
    paper: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Knowledge:
    """All that a reading hangs on beside the seed, as data that can be sent anywhere.

    ``lines`` are the lines of each correction in its file, for messages, ``content`` the folder of
    the tables and word lists; a machine that has it not takes those of its own program.
    """

    terms: tuple[models.Term, ...]
    content: Path = CONTENT
    corrections: Mapping[str, list[models.Correction]] = field(default_factory=dict)
    lines: Mapping[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """What became of one seed. ``bundle`` and ``claim`` are absent where it could not be read."""

    file: str
    sha256: str = ""
    bundle: PaperBundle | None = None
    claim: Claim | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and time of a file when it was last seen to hold a text; saves reading it again."""

    size: int
    time: int


@dataclass(frozen=True)
class Reading:
    """What became of one seed, ready to be written.

    ``texts`` are the files of the paper's folder by name, without its trials, which are compared
    with those of all papers first; ``titles`` are those of the works that trials cite. ``paper``
    is empty where the seed could not be read, ``claim`` what it says of itself. ``digests`` are
    hashes of the texts, ``stamps`` are those of the files as last written. ``data`` is what the
    texts say as JSON, compressed, and ``outline`` what the ledger asks of them; both only where the
    seed was read anew, and no outline where there are trials.
    """

    file: str
    sha256: str
    paper: str = ""
    claim: Claim | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    trials: tuple[models.Trial, ...] = ()
    titles: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    outline: Outline | None = None


class VersionError(RuntimeError):
    """A worker's program is not the one that asks."""


def load_knowledge(project: Project) -> Knowledge:
    """Return what the atlas knows. Raises ProblemError where terms or corrections are broken."""
    folder = project.content / "corrections"
    corrections = read_corrections(folder, project.root)
    with Recall(project.build) as recall:
        terms = store.read_terms(project.content, project.root, recall)
    return Knowledge(
        tuple(terms),
        project.content,
        corrections,
        {name: find_lines(folder / f"{name}.yml") for name in corrections},
    )


def load_task(seed: Path, root: Path, paper: str = "") -> Task:
    """Return a seed as a task. Raises ProblemError where the file can't be read."""
    file = store.relative(seed, root)
    return Task(file, read_bytes(seed, file), paper)


def take_paper(task: Task, vocabulary: Vocabulary, knowledge: Knowledge) -> Taken:
    """Return the records of one seed, corrected. Never raises: what fails is a problem."""
    try:
        document = read_seed_bytes(task.data, task.file)
        extraction = extract_paper(document, vocabulary, task.file, task.paper)
        bundle = extraction.bundle
        name = bundle.paper.id
        claim = Claim(extraction.own, bundle.paper.csl.DOI or "", bundle.paper.csl.title)
        bundle, misfits = apply_corrections(
            bundle,
            knowledge.corrections.get(name, ()),
            f"content/corrections/{name}.yml",
            knowledge.lines.get(name, ()),
        )
    except ProblemError as error:
        return Taken(task.file, task.sha256, problems=error.problems)
    except Exception as error:
        return Taken(task.file, task.sha256, problems=[describe_crash(task.file, error)])
    problems = [*document.problems, *extraction.problems, *misfits]
    return Taken(task.file, task.sha256, bundle, claim, problems)


def describe_crash(file: str, error: BaseException) -> Problem:
    """Return an unforeseen failure as a problem that names the place in the program."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = " ".join(str(error).split())[:200]
    got = f"{type(error).__name__}{place}" + (f": {said}" if said else "")
    hint = "This is a defect of the atlas; please report it with the file."
    if isinstance(error, VersionError):
        got, hint = said, "Bring every worker to the same version, and try again."
    if type(error).__name__ in _LOST:
        hint = "Its worker was lost, not the paper: see to the worker's memory, and try again."
    return Problem(file, 0, "error", "seed-failed", "a paper that can be read", got, hint=hint)


# Errors of executors, by name: those of Dask are there only where it is installed.
_LOST = {"BrokenExecutor", "BrokenProcessPool", "CancelledError", "KilledWorker", "SilenceError"}


def read_papers(packed: bytes, tasks: Sequence[Task]) -> list[Reading]:
    """Return the readings of some seeds. ``packed`` is what pack_knowledge gives.

    Raises VersionError where unpack_knowledge does.
    """
    knowledge, vocabulary = unpack_knowledge(packed)
    return [render_reading(take_paper(task, vocabulary, knowledge)) for task in tasks]


def render_reading(taken: Taken) -> Reading:
    """Return what was taken from a seed as files, all but the trials."""
    bundle = taken.bundle
    if bundle is None:
        return Reading(taken.file, taken.sha256, problems=tuple(taken.problems))
    data = store.bundle_data(bundle)
    del data[TRIALS]
    texts = {name: store.dump_yaml(told) for name, told in data.items()}
    cited = {number for trial in bundle.trials for number in trial.references}
    titles = join_titles(c for c in bundle.references if c.number in cited)
    return Reading(
        taken.file,
        taken.sha256,
        bundle.paper.id,
        taken.claim,
        texts,
        {name: hash_text(text) for name, text in texts.items()},
        {},
        tuple(bundle.trials),
        titles,
        tuple(taken.problems),
        {name: pack_records(told) for name, told in data.items()},
        None if bundle.trials else outline_paper(bundle),
    )


TRIALS = "trials.yml"


def pack_knowledge(knowledge: Knowledge) -> bytes:
    """Return knowledge and its vocabulary as bytes, to be sent along with papers."""
    told = pickle.dumps(
        (knowledge, build_vocabulary(knowledge.terms, content=knowledge.content)), protocol=5
    )
    return pickle.dumps((reader_version(), told), protocol=5)


def unpack_knowledge(packed: bytes) -> tuple[Knowledge, Vocabulary]:
    """Return what was packed; a worker keeps it for all its papers.

    Raises VersionError on a machine whose program is another one than that which asks: its results
    would not be the same.
    """
    version, told = pickle.loads(packed)  # noqa: S301 (made by pack_knowledge)
    if version != reader_version():
        raise VersionError("the worker runs another version of the atlas")
    return _unpack(told)


@lru_cache(maxsize=2)
def _unpack(told: bytes) -> tuple[Knowledge, Vocabulary]:
    knowledge, vocabulary = pickle.loads(told)  # noqa: S301 (as above)
    return knowledge, vocabulary


# --- the program that reads ----------------------------------------------------------------------


def reader_version() -> str:
    """Return a hash of the program that reads: its source, its word lists, its libraries."""
    return hash_program()
