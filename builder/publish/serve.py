"""A preview that reloads the browser whenever a seed, a record or a template changes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from builder.errors import Problem
from builder.project import Project

Report = Callable[[str], None]
# The policy of a published page forbids inline scripts; the preview cannot live without one.
_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


def preview_project(project: Project) -> Project:
    """Return the project with its preview for a site, so that site/ stays as published."""
    return replace(project, out=project.build / "preview")


def _reloading(base: Any) -> Any:
    """Return the server's class with room for its reload script, which is inline and changes.

    It takes its port when it is made, so that the port can be 0, for any that is free.
    """

    class Preview(base):  # type: ignore[misc]
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            super().server_bind()
            super().server_activate()

        def server_bind(self) -> None:
            """Do nothing: the port was taken in the beginning."""

        server_activate = server_bind

        def _inject_js_into_html(self, content: bytes, epoch: int) -> Any:
            return super()._inject_js_into_html(_POLICY.sub(b"", content), epoch)

    return Preview


def make_server(
    project: Project, host: str, port: int, report: Report, rebuild: Callable[[], list[Problem]]
) -> Any:
    """Return a server of the preview that is ready to ``serve()``; it watches what is edited.

    A port of 0 is any that is free; ``server_port`` says which. Raises OSError where it is taken.
    """
    # Loaded here, for it takes a while and only this command needs it.
    from mkdocs.livereload import LiveReloadServer  # noqa: PLC0415

    # Its own log lines are for its own command line.
    logging.getLogger("mkdocs.livereload").setLevel(logging.CRITICAL)

    def again() -> None:
        problems = rebuild()
        for problem in problems:
            report(str(problem))
        report(f"Built again, {len(problems)} problems.")

    server = _reloading(LiveReloadServer)(
        builder=again, host=host, port=port, root=str(project.site), mount_path="/"
    )
    not_found = project.site / "404.html"
    server.error_handler = lambda code: not_found.read_bytes() if code == 404 else None  # noqa: PLR2004
    for path in (project.seeds, project.content, project.templates, project.config):
        if path.exists():
            server.watch(str(path))
    return server
