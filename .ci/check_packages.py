"""Check the licences of the locked packages, and ask the OSV database for known vulnerabilities.

Usage: python .ci/check_packages.py LOCK [--strict]

A licence that is not accepted exits with 1. Vulnerabilities are listed, and exit with 1 under
--strict only: what is found out later must not stop a build that worked. Where the database can't
be reached, one line says so. It needs nothing but the standard library and pip.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
import urllib.request
from importlib import metadata
from pathlib import Path

from check_environment import ROOT, read_lock

OSV = os.environ.get("OSV_URL", "https://api.osv.dev/v1/querybatch")
SECONDS = 20
# Licences, as SPDX or the classifiers name them, under which a package may be used here.
ACCEPTED = re.compile(
    r"\b(?:0BSD|Apache|BSD|MIT|ISC|ISCL|MPL-2\.0|Mozilla Public License 2\.0|PSF-2\.0|Zlib|"
    r"CC0-1\.0|Public[ -]Domain|Artistic License)\b"
)


def find_licence(name: str) -> str:
    """Return the licence that an installed package states; empty where it states none."""
    stated = metadata.metadata(name)
    classifiers = stated.get_all("Classifier", [])
    named = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License :: ")]
    found = stated.get("License-Expression") or " OR ".join(named) or stated.get("License") or ""
    return str(found).strip().partition("\n")[0]


def is_accepted(licence: str) -> bool:
    """Return whether each part of a licence expression is accepted, or one of its choices."""
    parts = re.split(r"\s+and\s+", licence, flags=re.IGNORECASE)
    return all(any(map(ACCEPTED.search, re.split(r"\s+OR\s+", part))) for part in parts)


def check_licences(names: list[str], by_hand: dict[str, str]) -> list[str]:
    """Return a line for each package whose licence is not accepted, or not known."""
    faults = []
    for name in names:
        licence = by_hand.get(name) or find_licence(name)
        if not licence or not is_accepted(licence):
            fix = "Look it up, then name it in pyproject.toml under licences, or drop the package."
            faults.append(f"{name}: licence {licence or 'not stated'}. {fix}")
    return faults


def ask_vulnerabilities(packages: dict[str, str]) -> dict[str, list[str]]:
    """Return the ids of known vulnerabilities by package. Raises OSError, ValueError, KeyError."""
    queries = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version}
        for name, version in packages.items()
    ]
    asked = urllib.request.Request(  # noqa: S310 (https, or what a test sets)
        OSV, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
        results = json.load(answer)["results"]
    ids = [[found["id"] for found in result.get("vulns", [])] for result in results]
    return {name: known for name, known in zip(packages, ids, strict=True) if known}


def main(words: list[str]) -> int:
    """Print what was found, and return the exit code."""
    lock = Path(words[0])
    packages = read_lock(lock)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    by_hand = project.get("tool", {}).get("exosome-atlas", {}).get("licences", {})
    said = faults = check_licences(list(packages), by_hand)
    if not faults:
        said = [f"Licences of {len(packages)} packages: all accepted."]
    known: dict[str, list[str]] = {}
    try:
        known = ask_vulnerabilities(packages)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said.append(f"Known vulnerabilities: the database could not be asked ({error}).")
    else:
        said += [f"{name} {packages[name]}: {', '.join(ids)}" for name, ids in known.items()]
        said += [] if known else ["Known vulnerabilities: none."]
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if faults or (known and "--strict" in words) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
