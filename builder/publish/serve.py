"""A preview that reloads the browser whenever a seed, a record or a template changes."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from builder.errors import Problem, has_errors
from builder.project import Project

Report = Callable[[str], None]
_PATIENCE = 60.0  # seconds in which another command should end
# The policy of a published page forbids inline scripts; the preview cannot live without one.
_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


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
        since = time.monotonic()
        problems = rebuild()
        while any(p.rule == "lock" for p in problems) and time.monotonic() - since < _PATIENCE:
            time.sleep(0.2)  # an extract or a release in another window
            problems = rebuild()
        wrong = [problem for problem in problems if problem.level != "note"]
        for problem in wrong:
            report(str(problem))
        done = "Not built" if has_errors(problems) else "Built again"
        found = f"{len(wrong)} problem{'s' * (len(wrong) > 1)}" if wrong else "no problems"
        report(f"{done}, {found}, {time.monotonic() - since:.1f} s")

    server = _reloading(LiveReloadServer)(
        builder=again, host=host, port=port, root=str(project.site), mount_path="/"
    )
    not_found = project.site / "404.html"
    server.error_handler = lambda code: not_found.read_bytes() if code == 404 else None  # noqa: PLR2004
    releases = project.root / "releases"
    for path in (project.seeds, project.content, project.templates, releases, project.config):
        if path.exists():
            server.watch(str(path))
    return server
