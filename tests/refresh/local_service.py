"""A web service on this machine that answers as it is stated, for testing manners."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from builder.refresh.http_client import Desk, Manners

TODAY = date(2026, 11, 21)
QUICK = Manners(contact="curator@example.org", timeout=30, deadline=60, attempts=3)
IMPATIENT = Manners(timeout=0.4, deadline=60, attempts=1)  # for one that never answers
HASTY = Manners(timeout=30, deadline=0.8, attempts=1)  # for one whose answer takes too long
OpenDesk = Callable[..., Desk]


@dataclass
class Reply:
    """One answer. ``cut`` sends so many bytes and hangs up; ``delay`` keeps silent before."""

    body: Any = field(default_factory=dict)
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay: float = 0.0
    drip: float = 0.0

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False).encode()


@dataclass
class Asked:
    """A question as the service got it."""

    path: str
    query: dict[str, str]
    agent: str


class LocalService:
    """Replies by path; a list of replies is used up, its last one stays."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        # Paths whose reply hangs on the query: the query in, the reply out.
        self.answers: dict[str, Callable[[dict[str, str]], Reply]] = {}
        self.asked: list[Asked] = []
        self.base = ""

    def answer(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def take(self, path: str, query: dict[str, str] | None = None) -> Reply:
        if path in self.answers:
            return self.answers[path](query or {})
        waiting = self.replies.get(path)
        if not waiting:
            return Reply(b"Resource not found.", 404, "text/plain")
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class _Handler(BaseHTTPRequestHandler):
    service: LocalService

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.service.asked.append(Asked(path, query, self.headers.get("User-Agent", "")))
        reply = self.service.take(path, query)
        time.sleep(reply.delay)
        data = reply.data
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.drip:
                for byte in data:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.drip)
                return
            self.wfile.write(data[: reply.cut])
            self.wfile.flush()
        except OSError:
            return  # the asker has hung up
        if reply.cut is not None:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@contextmanager
def run_service() -> Iterator[LocalService]:
    service = LocalService()
    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    service.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
