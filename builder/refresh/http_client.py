"""Asking web services: paced, with a cache, time limits, and retries that honour Retry-After.

What the services are and how politely they are asked comes first; then the client; at the end how
values are taken out of JSON whose shape is not ours to trust. httpx asks, hishel keeps the day's
answers.
"""

import contextlib
import email.utils
import html
import json
import logging
import os
import re
import time
import tomllib
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from hishel import SqliteStorage
from hishel.httpx import CacheTransport

# --- services ------------------------------------------------------------------------------------

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


# --- the client ----------------------------------------------------------------------------------

# The largest study record in use is below 5 MB.
MAX_BYTES = 20_000_000
# Answers that say: try again.
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_OFFLINE_ATTEMPTS = 2
_A_DAY = 86_400.0
_MOST_REDIRECTS = 5
# hishel goes on without a cache where it is broken, and would print a traceback about it.
logging.getLogger("hishel").addHandler(logging.NullHandler())


class ServiceError(Exception):
    """A question that got no usable answer; its text says why, in half a sentence."""


class OfflineError(ServiceError):
    """The service can't be reached at all."""


class UnknownError(ServiceError):
    """The service answers that it has no such record."""


class PassingError(ServiceError):
    """A failure that may pass; ``wait`` is what the service asks to wait, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object, and the address that gave it."""

    data: dict[str, Any]
    url: str


class PoliteTransport(httpx.BaseTransport):
    """Sends a request when its turn has come, and again where the failure may pass.

    It lies below the cache: what is in the cache costs no wait, and only whole, sound answers get
    there.
    """

    def __init__(
        self,
        wire: httpx.BaseTransport,
        pace: float,
        manners: Manners,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._wire = wire
        self._pace = pace
        self._manners = manners
        self._sleep = sleep
        self._next = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return a whole, sound answer. Raises ServiceError."""
        attempt, wait = 1, self._manners.first_wait
        while True:
            try:
                return self._send(request)
            except (PassingError, OfflineError) as error:
                offline = isinstance(error, OfflineError)
                if attempt >= (_OFFLINE_ATTEMPTS if offline else self._manners.attempts):
                    raise
                asked = error.wait if isinstance(error, PassingError) else None
            self._sleep(min(wait, self._manners.longest_wait) if asked is None else asked)
            attempt, wait = attempt + 1, wait * 2.0

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._pace
        try:
            answer = self._wire.handle_request(request)
            whole = _read_whole(answer, self._manners.deadline)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise OfflineError(f"can't be reached ({_reason(error)})") from error
        except httpx.TimeoutException as error:
            raise PassingError(f"no answer within {self._manners.timeout:g} s") from error
        except httpx.HTTPError as error:
            raise PassingError(f"a broken answer ({_reason(error)})") from error
        self._check(whole)
        return whole

    def _check(self, answer: httpx.Response) -> None:
        """Raise ServiceError unless an answer is JSON or XML, sound as far as can be seen."""
        status = answer.status_code
        if status in _BUSY:
            wait = parse_retry_after(answer.headers.get("Retry-After", ""))
            if wait is not None and wait > self._manners.longest_wait:
                raise ServiceError(f"asks to be left alone for {wait:,.0f} s; try again later")
            raise PassingError(f"is busy (status {status})", wait)
        if status in (404, 410):
            raise UnknownError("has no such record")
        if answer.is_redirect:
            return
        if status >= httpx.codes.BAD_REQUEST:
            raise ServiceError(f"refuses with status {status}")
        if _kind(answer) == "text/html":
            raise ServiceError("answers with a web page (text/html)")
        if not _kind(answer).endswith("xml"):
            _parse(answer)
        elif not answer.content.rstrip().endswith(b">"):
            raise PassingError("sent half an answer")


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _read_whole(answer: httpx.Response, deadline: float) -> httpx.Response:
    """Read an answer to its end, within bounds of time and of its size when unpacked."""
    end = time.monotonic() + deadline
    packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise ServiceError(f"packs its answer by {packing}, which was not asked for")
    # 32 on top of the window size: gzip or zlib, by the header.
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packing not in ("", "identity") else None
    parts, size = [], 0
    try:
        for part in answer.iter_raw():
            # One byte beyond the bound is enough to know: a bomb is never unpacked whole.
            whole = unpack.decompress(part, MAX_BYTES + 1 - size) if unpack else part
            parts.append(whole)
            size += len(whole)
            if size > MAX_BYTES or (unpack and unpack.unconsumed_tail):
                raise ServiceError(f"sends more than {MAX_BYTES // 1_000_000} MB")
            if time.monotonic() > end:
                raise PassingError(f"did not end its answer within {deadline:g} s")
    except zlib.error as error:
        raise PassingError(f"a broken answer ({_reason(error)})") from error
    finally:
        answer.close()
    if unpack and not unpack.eof:
        raise PassingError("a broken answer (its packing ends too early)")
    drop = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in drop]
    return httpx.Response(answer.status_code, headers=headers, content=b"".join(parts))


def _kind(answer: httpx.Response) -> str:
    said: str = answer.headers.get("Content-Type", "none")
    return said.partition(";")[0].strip().lower()


def _parse(answer: httpx.Response) -> dict[str, Any]:
    kind = _kind(answer)
    if kind != "application/json" and not kind.endswith("+json"):
        raise ServiceError(f"answers in {kind}, not JSON")
    try:
        data = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise PassingError("sent half an answer, or no JSON") from error
    if not isinstance(data, dict):
        raise ServiceError("answers with JSON that is no object")
    return data


def parse_retry_after(text: str) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110): a number or a date."""
    text = text.strip()
    if text.isdecimal():
        return float(text[:12])
    try:
        until = email.utils.parsedate_to_datetime(text)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        # No date, or one that no clock reaches: as if nothing were asked.
        return None


class Desk:
    """One service, open for questions. Close it after use."""

    def __init__(
        self,
        service: Service,
        manners: Manners,
        cache: Path,
        today: date,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.service = service
        self._today = today
        with contextlib.suppress(OSError):
            cache.parent.mkdir(parents=True, exist_ok=True)
        polite = PoliteTransport(_open_wire(service.base), service.pace, manners, sleep)
        # Only one thread asks, and it goes away with the process.
        storage = SqliteStorage(database_path=cache, default_ttl=_A_DAY)
        self._client = httpx.Client(
            transport=CacheTransport(polite, storage),
            headers={"User-Agent": manners.agent, "Accept-Encoding": "gzip, deflate"},
            timeout=manners.timeout,
        )

    def ask(self, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Return the JSON object that answers a question; the same question is asked once a day.

        ``path`` lies below the service's base and is quoted. Raises ServiceError.
        """
        answer, url = self._get(path, parameters, "application/json")
        return Answer(_parse(answer), url)

    def fetch(self, path: str) -> bytes:
        """Return the bytes of an XML document below the service's base. Raises ServiceError."""
        answer, _ = self._get(path, None, "application/xml")
        if not _kind(answer).endswith("xml"):
            raise ServiceError(f"answers in {_kind(answer)}, not XML")
        return answer.content

    def _get(
        self, path: str, parameters: Mapping[str, str] | None, accept: str
    ) -> tuple[httpx.Response, str]:
        try:
            url = httpx.URL(f"{self.service.base}/{path}", params=dict(parameters or {}) or None)
            first = url
            for _ in range(_MOST_REDIRECTS + 1):
                # The day is part of the key: no answer of yesterday bears today's date.
                key = {"caching": {"key": f"{self._today.isoformat()} {accept} {url}"}}
                answer = self._client.get(url, headers={"Accept": accept}, extensions=key)
                if not answer.is_redirect:
                    return answer, str(first)
                url = url.join(answer.headers.get("Location", ""))
                if (url.scheme, url.netloc) != (first.scheme, first.netloc):
                    # What another host says is not what the registry says.
                    raise ServiceError(f"leads to another host ({url.host or 'none'})")
        except OfflineError as error:
            raise OfflineError(f"{self.service.name} at {self.service.base} {error}") from error
        except httpx.HTTPError as error:
            raise ServiceError(f"a broken answer ({_reason(error)})") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ServiceError(f"has no valid address ({_reason(error)})") from error
        raise ServiceError(f"leads elsewhere more than {_MOST_REDIRECTS} times")

    def close(self) -> None:
        """Close connections and cache."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open_wire(base: str) -> httpx.HTTPTransport:
    """Return the connection to a service, through the proxy that the environment names for it."""
    parts = urlsplit(base)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if not proxy or urllib.request.proxy_bypass(parts.hostname or ""):
        return httpx.HTTPTransport()
    return httpx.HTTPTransport(proxy=proxy)


# --- values of JSON ------------------------------------------------------------------------------

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
LONG_YEAR = re.compile(r"[12]\d{3}")
_CONTROL = re.compile("[\x00-\x1f\x7f]+")


def find_value(data: Any, *path: str) -> Any:
    """Return the value at a path of keys; None where any step is missing or no object."""
    for key in path:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def find_text(data: Any, *path: str) -> str:
    """Return the text at a path, in one line and without markup; empty where there is none."""
    value = find_value(data, *path)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return plain_text(value) if isinstance(value, str) else ""


def find_list(data: Any, *path: str) -> list[Any]:
    """Return the list at a path; empty where there is none."""
    value = find_value(data, *path)
    return value if isinstance(value, list) else []


def find_texts(data: Any, *path: str) -> list[str]:
    """Return the texts of the list at a path."""
    return [plain_text(v) for v in find_list(data, *path) if isinstance(v, str) and v.strip()]


def plain_text(text: str) -> str:
    """Return a text without tags (titles come with <i> and <sub>) and with single spaces.

    Character references (``&amp;``) are resolved, and a lone surrogate, which no file can hold,
    becomes a question mark, as control characters become spaces.
    """
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_CONTROL.sub(" ", _TAG.sub("", html.unescape(sound))).split())


def find_year(data: Any, *path: str) -> int | None:
    """Return the year at a path, in digits or as the first of CSL's date parts."""
    value = find_value(data, *path)
    if isinstance(value, dict):
        parts = find_list(value, "date-parts")
        value = parts[0][0] if parts and isinstance(parts[0], list) and parts[0] else None
    found = LONG_YEAR.match(str(value)) if isinstance(value, int | str) else None
    return int(found.group()) if found else None


def find_total(data: Any, key: str) -> int:
    """Return how many records a service says it has; 0 where it does not say."""
    said = find_text(data, key)
    return int(said) if said.isdecimal() and len(said) < 10 else 0  # noqa: PLR2004


def find_records(data: Any, *path: str) -> list[Any]:
    """Return the list of records at a path. Raises ServiceError where there is no list."""
    value = find_value(data, *path)
    if not isinstance(value, list):
        raise ServiceError("answers with no list of records")
    return value
