"""Licences and known vulnerabilities of the locked packages, against a database of this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

CLOSED = "http://127.0.0.1:9/"


class _Database(BaseHTTPRequestHandler):
    """OSV in its documented shape: one result a question, in order."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        bad = {"package": {"ecosystem": "PyPI", "name": "idna"}, "version": "3.20"}
        results = [{"vulns": [{"id": "GHSA-1"}]} if query == bad else {} for query in asked]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"results": results}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def database() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Database)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def check(root: Path, lock: Path, osv: str, *words: str) -> tuple[int, list[str]]:
    ran = subprocess.run(
        [sys.executable, ".ci/check_packages.py", str(lock), *words], cwd=root, text=True,
        env={**os.environ, "OSV_URL": osv}, capture_output=True, check=False,
    )  # fmt: skip
    assert not ran.stderr
    return ran.returncode, ran.stdout.splitlines()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "x.lock"
    path.write_text("click==8.5.1 \\\n    --hash=sha256:00\nidna==3.20\n")
    return path


def test_what_is_known_is_listed_and_stops_only_who_asks_for_it(
    root: Path, lock: Path, database: str
) -> None:
    said = ["Licences of 2 packages: all accepted.", "idna 3.20: GHSA-1"]
    assert check(root, lock, database) == (0, said)
    assert check(root, lock, database, "--strict") == (1, said)
    lock.write_text("click==8.5.1\n")
    assert check(root, lock, database)[1][1] == "Known vulnerabilities: none."


def test_offline_says_that_it_could_not_ask(root: Path, lock: Path) -> None:
    code, said = check(root, lock, CLOSED, "--strict")
    assert code == 0
    assert said[1].startswith("Known vulnerabilities: the database could not be asked")


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND Zlib", True),
        ("GPL-3.0-or-later", False),
        ("GNU General Public License v2 (GPLv2)", False),
        ("Artistic License OR GNU General Public License (GPL)", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_licences(
    root: Path, monkeypatch: pytest.MonkeyPatch, licence: str, accepted: bool
) -> None:
    monkeypatch.syspath_prepend(str(root / ".ci"))
    import check_packages  # noqa: PLC0415

    assert check_packages.is_accepted(licence) is accepted


def test_a_package_without_a_licence_is_a_fault(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root / ".ci"))
    import check_packages  # noqa: PLC0415

    (said,) = check_packages.check_licences(["resvg-py"], {})
    assert said.startswith("resvg-py: licence not stated.")
    assert check_packages.check_licences(["resvg-py"], {"resvg-py": "MIT"}) == []
