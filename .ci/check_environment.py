"""Check that an environment holds what a lock names, whole, and that the lock fits pyproject.toml.

Usage: python -I .ci/check_environment.py LOCK FOLDER         prints a fault in one line, exits 1
       python -I .ci/check_environment.py --explain LOG LOCK  says in one line why pip failed

It runs inside the environment, with nothing but the standard library and pip. A fault begins with
``lock:`` where no install can help, ``broken:`` where the folder must be made anew, and
``missing:`` where an install completes it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

from pip._vendor.packaging.markers import default_environment
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
# Which groups of pyproject.toml a lock holds beside the project's own dependencies.
GROUPS = {"requirements.lock": [], "requirements-dev.lock": ["dev"]}
# What pip writes where the index does not answer; a page that is not there (404) is an answer.
UNREACHABLE = re.compile(
    r"Could not fetch URL (?!.*: 404)|Retrying \(Retry|Max retries exceeded|Read timed out"
)
# Before each line of a log of pip.
TIME = re.compile(r"^\d{4}-\d\d-\d\dT[\d:,.]+ ?", re.MULTILINE)


def read_lock(path: Path) -> dict[str, str]:
    """Return the version of each package that a lock names for this machine."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        words = line.partition(" --hash")[0].partition("#")[0].strip()
        if not words:
            continue
        wanted = Requirement(words)
        if wanted.marker is None or wanted.marker.evaluate():
            (pin,) = wanted.specifier
            found[canonicalize_name(wanted.name)] = pin.version
    return found


def read_wanted(lock: str) -> tuple[list[Requirement], set[str]]:
    """Return what pyproject.toml asks of a lock, and the packages that no lock holds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = project.get("tool", {}).get("exosome-atlas", {}).get("not-installed", [])
    if lock not in GROUPS:
        return [], set(own)
    groups = project.get("dependency-groups", {})
    names = project["project"]["dependencies"]
    for group in GROUPS[lock]:
        names = [*names, *read_group(groups, group)]
    return [Requirement(name) for name in names], {canonicalize_name(name) for name in own}


def read_group(groups: dict[str, Any], name: str) -> Iterator[str]:
    """Yield the requirements of a group, and of the groups that it includes."""
    for entry in groups.get(name, []):
        if isinstance(entry, str):
            yield entry
        else:
            yield from read_group(groups, entry["include-group"])


def find_fault(lock: Path, folder: Path) -> str:
    """Return what is wrong with an environment; an empty string where nothing is."""
    try:
        named = read_lock(lock)
    except (OSError, ValueError) as error:
        return f"lock: {lock} can't be read ({error}). Run: git checkout {lock}"
    wanted, left_out = read_wanted(lock.name)
    installed = {canonicalize_name(d.name): d for d in metadata.distributions() if d.name}
    faults = chain(
        find_unlocked(wanted, named, lock),
        find_uninstalled(named, installed, lock, folder),
        find_unmet(named, installed, left_out, lock),
    )
    return next(faults, "")


def find_unlocked(wanted: list[Requirement], named: dict[str, str], lock: Path) -> Iterator[str]:
    """Yield what pyproject.toml asks for and the lock does not name."""
    for need in wanted:
        version = named.get(canonicalize_name(need.name))
        if applies(need) and not fits(need, version):
            has = f"{need.name} {version}" if version else f"no {need.name}"
            yield f"lock: {lock} has {has}, pyproject.toml asks for {need}. Run: make lock"


def find_uninstalled(
    named: dict[str, str], installed: dict[str, metadata.Distribution], lock: Path, folder: Path
) -> Iterator[str]:
    """Yield what the lock names and the environment lacks, or holds in part."""
    for name, version in named.items():
        found = installed.get(name)
        if found is None:
            yield f"missing: {folder}/ lacks {name} {version}"
        elif found.version != version:
            yield f"missing: {folder}/ has {name} {found.version}, {lock} names {version}"
    for name in named:
        if gone := find_missing_file(installed[name]):
            yield f"broken: {name} lacks its file {gone}"
    if lock.name.startswith("requirements") and not (folder / "bin/exosome-atlas").is_file():
        yield f"missing: {folder}/ lacks the command exosome-atlas"


def find_unmet(
    named: dict[str, str],
    installed: dict[str, metadata.Distribution],
    left_out: set[str],
    lock: Path,
) -> Iterator[str]:
    """Yield what a locked package asks for and does not get, as ``pip check`` would."""
    for name in named:
        for text in installed[name].requires or []:
            need = Requirement(text)
            other = canonicalize_name(need.name)
            version = installed[other].version if other in installed else None
            if other not in left_out and applies(need) and not fits(need, version):
                has = version or "nothing"
                yield f"lock: {name} asks for {need}, {lock} brings {has}. Run: make lock"


def fits(need: Requirement, version: str | None) -> bool:
    """Return whether a version, None where there is none, is one that a requirement allows."""
    return version is not None and need.specifier.contains(version, prereleases=True)


def applies(need: Requirement) -> bool:
    """Return whether a requirement counts on this machine, without any extra."""
    return need.marker is None or need.marker.evaluate({**default_environment(), "extra": ""})


def find_missing_file(found: metadata.Distribution) -> str:
    """Return a file that a package brought and that is gone; an empty string where all are there.

    Byte code and the thousands of icons of the theme do not count.
    """
    record = found.read_text("RECORD")
    if record is None:
        return "RECORD"
    base = Path(str(found.locate_file("")))
    for line in record.splitlines():
        name = line.rsplit(",", 2)[0].strip('"')
        if name and not name.endswith((".pyc", ".svg")) and not (base / name).exists():
            return name
    return ""


def explain(log: Path, lock: str) -> str:
    """Return in one line why pip failed, from what it printed."""
    text = TIME.sub("", log.read_text(encoding="utf-8", errors="replace")) if log.exists() else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    reason = (errors or lines[-1:] or ["it gave no reason"])[0].removeprefix("ERROR:").strip()
    if "DO NOT MATCH THE HASHES" in text:
        return f"{lock}: the index serves a package with another hash than the lock's; see {log}"
    if UNREACHABLE.search(text):
        return (
            "The package index can't be reached. Connect this machine to the network, or set "
            f"PIP_INDEX_URL, and run make again; see {log}"
        )
    if "No matching distribution" in text:
        name = re.search(r"No matching distribution found for (\S+)", text)
        return (
            f"{lock} names {name[1] if name else 'a package'}, which the index does not offer for "
            f"Python {sys.version_info[0]}.{sys.version_info[1]} on this machine."
        )
    return f"pip failed: {reason} (see {log})"


def main(words: list[str]) -> int:
    """Print what was found, and return the exit code."""
    if words[0] == "--explain":
        said = explain(Path(words[1]), words[2])
    else:
        said = find_fault(Path(words[0]), Path(words[1]))
    if said:
        sys.stdout.write(said + "\n")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
