"""A package index on the disk, with tiny wheels that the tests make."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path


class LocalIndex:
    """An index in the form of PEP 503, at ``url``; pip reads it without any network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    @property
    def url(self) -> str:
        """What PIP_INDEX_URL is set to."""
        return self.folder.as_uri()

    def add(
        self, name: str, version: str, needs: Sequence[str] = (), extras: Sequence[str] = ()
    ) -> str:
        """Offer a release, and return its hash as a lock names it.

        ``needs`` are requirements as in the metadata of a wheel (``pydantic[email]>=2.12``), and
        ``extras`` names that others may put in brackets behind this package's.
        """
        shelf = self.folder / name
        shelf.mkdir(exist_ok=True)
        module = name.replace("-", "_").replace(".", "_")
        wheel = shelf / f"{module}-{version}-py3-none-any.whl"
        info = f"{module}-{version}.dist-info"
        files = {
            f"{module}.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": "\n".join(
                [
                    "Metadata-Version: 2.1",
                    f"Name: {name}",
                    f"Version: {version}",
                    *(f"Provides-Extra: {extra}" for extra in extras),
                    *(f"Requires-Dist: {need}" for need in needs),
                    "",
                ]
            ),
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\n"
            "Tag: py3-none-any\n",
        }
        record = [f"{path},{_digest(text)},{len(text)}" for path, text in files.items()]
        files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        links = [f'<a href="{path.name}">{path.name}</a>' for path in sorted(shelf.glob("*.whl"))]
        (shelf / "index.html").write_text("<!DOCTYPE html>\n" + "\n".join(links))
        return f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def _digest(text: str) -> str:
    found = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return f"sha256={found.rstrip(b'=').decode()}"
