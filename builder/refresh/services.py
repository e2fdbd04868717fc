"""The web services that the atlas asks, and how politely it asks them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Service:
    """A web service: its name for people, its base address, seconds between two questions."""

    name: str
    base: str
    pace: float


@dataclass(frozen=True, slots=True)
class Manners:
    """How questions are asked: who asks, how long to wait, how often to try again.

    Seconds throughout. ``longest_wait`` is the longest Retry-After that is honoured by waiting; a
    service that asks for more is not asked again in this run.
    """

    contact: str = ""
    timeout: float = 20.0
    deadline: float = 60.0
    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 120.0

    @property
    def agent(self) -> str:
        """The User-Agent header, in the form that Crossref asks for."""
        who = f"mailto:{self.contact}" if self.contact else "no contact address set"
        return f"exosome-atlas/{VERSION} ({who})"


# Paces keep well below the published limits: about 50 questions a minute at ClinicalTrials.gov, 5
# to 10 a second at Crossref and Europe PMC. The second name is the variable that sets another base.
CLINICAL_TRIALS = Service("ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", 1.3)
CROSSREF = Service("Crossref", "https://api.crossref.org", 0.4)
EUROPE_PMC = Service("Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", 0.4)
PUBMED = Service("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", 0.4)
VARIABLES: dict[str, str] = {
    CLINICAL_TRIALS.name: "ATLAS_CLINICALTRIALS_URL",
    CROSSREF.name: "ATLAS_CROSSREF_URL",
    EUROPE_PMC.name: "ATLAS_EUROPEPMC_URL",
    PUBMED.name: "ATLAS_PUBMED_URL",
}


def at(service: Service, environment: Mapping[str, str] = os.environ) -> Service:
    """Return the service at the base address that the environment sets: a mirror, or a test."""
    base = environment.get(VARIABLES[service.name], "").strip().rstrip("/")
    return replace(service, base=base) if base else service


def find_contact(root: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the address that services may write to; empty where none is set.

    ATLAS_CONTACT first, else the first author or maintainer with an address in pyproject.toml.
    """
    given = environment.get("ATLAS_CONTACT", "").strip()
    if given:
        return given
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8")).get("project", {})
    except (OSError, ValueError):
        return ""
    people = [*project.get("maintainers", ()), *project.get("authors", ())]
    return next((str(p["email"]) for p in people if isinstance(p, dict) and p.get("email")), "")
