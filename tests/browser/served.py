"""Serve a built site as a plain web server would, at the root of a host or below a path."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from builder.project import Project


def run_builder(root: Path, project: Project, *words: str) -> str:
    """Run a command of the builder to its good end, and return what it printed.

    In a process of its own: the browser's event loop runs in this one.
    """
    ran = subprocess.run(
        [sys.executable, "-m", "builder", "--root", str(project.root), *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder below a prefix, and the site's own page for what is not there."""

    prefix = "/"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not path.startswith(self.prefix):
            self.send_error(404)
            return
        self.path = "/" + self.path[len(self.prefix) :]
        if Path(self.translate_path(self.path)).exists():
            super().do_GET()
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        path = urlsplit(self.path).path
        self.path = "/" + path.removeprefix(self.prefix) if path.startswith(self.prefix) else "/-"
        super().do_HEAD()

    def send_head(self):  # type: ignore[no-untyped-def]  # as the standard library has it
        # Its redirect to the address with a slash must keep the prefix.
        path = urlsplit(self.path).path
        if Path(self.translate_path(path)).is_dir() and not path.endswith("/"):
            self.send_response(301)
            self.send_header("Location", self.prefix + path.lstrip("/") + "/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return super().send_head()

    def log_message(self, *_: object) -> None:
        pass


def serve(folder: Path, prefix: str) -> ThreadingHTTPServer:
    handler = type("Handler", (_Handler,), {"prefix": prefix})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@dataclass(frozen=True)
class Served:
    """A site on the disk and the address that it is served at."""

    folder: Path
    url: str

    @property
    def pages(self) -> list[str]:
        """The address of each page below the site's root."""
        return sorted(
            path.relative_to(self.folder).as_posix().removesuffix("index.html")
            for path in self.folder.rglob("index.html")
        )

    def one_of_each_kind(self) -> list[str]:
        """The pages at the top, and the first and last page of each folder."""
        kinds: dict[str, list[str]] = {}
        for page in self.pages:
            steps = page.split("/")
            kinds.setdefault(steps[0] if len(steps) > 2 else page, []).append(page)
        return sorted({name for group in kinds.values() for name in (group[0], group[-1])})


def build_and_serve(root: Path, project: Project) -> Iterator[Served]:
    """Extract and build a project, and serve its site until the fixture ends."""
    run_builder(root, project, "extract")
    run_builder(root, project, "build")
    server = serve(project.site, "/")
    yield Served(project.site, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


@dataclass
class Watch:
    """What a page did that a reader would not want."""

    errors: list[str]
    hosts: set[str]


class Gate:
    """Holds back what a page asks for, until it is opened."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._held: list[Route] = []
        self._open = False
        page.route(pattern, self._handle)

    def _handle(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)

    def open(self) -> None:
        self._open = True
        while self._held:
            self._held.pop().continue_()
