"""Which edition of the atlas a site is: its address, data version and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# The knowledge base is offered under this licence; the papers stay under their own.
DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Edition:
    """The edition that a build publishes. ``site_url`` ends with a slash."""

    site_url: str
    version: str
    day: date

    def url(self, path: str) -> str:
        """Return the absolute address of a path below the site's root."""
        return self.site_url + path
