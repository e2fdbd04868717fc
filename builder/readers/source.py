"""Bytes of a seed to lines of text: encodings, line ends, control characters.

Nothing is guessed silently: whatever is not plain UTF-8 gives a Problem that says how it was read.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from builder.errors import Level, Problem, ProblemError
from builder.readers.words import looks, table
from builder.text import spelling

# The largest seeds in use (JATS with long reference lists) stay below 2 MB.
MAX_BYTES = 16_000_000
# A text holds next to no control characters; above this share a file is not text.
_MAX_CONTROL_SHARE = 0.002
_MIN_UTF16_SHARE = 0.3
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|!--|[A-Za-z])", re.IGNORECASE)
_HEAD = 2000
_LINE_END = re.compile(r"\r\n|\r|\n")
# All control characters but tab and the two line ends; C1 controls come from wrong decodings.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_REPLACEMENT = "\ufffd"
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_KNOWN_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"), (b"PK\x03\x04", "a ZIP or Office file"), (b"\x1f\x8b", "a gzip file"),
    (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A seed as text: NFC, lines without their ends. ``data`` are the bytes as received."""

    file: str
    data: bytes
    lines: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash of the seed's bytes, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def text(self) -> str:
        """The whole text with plain line ends."""
        return "\n".join(self.lines)


def read_source(path: Path, root: Path) -> Source:
    """Return a seed's text. Raises ProblemError for what is missing, empty, binary or too large."""
    file = _shown_path(path, root)
    return make_source(read_bytes(path, file), file)


def make_source(data: bytes, file: str) -> Source:
    """Return the text of a seed's bytes; ``file`` is its name in messages. Raises ProblemError."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        hint = "Fetch the paper again."
        raise refuse(file, "seed-empty", "a seed with text", "an empty file", hint)
    if is_markup(data):
        # XML states its own encoding, so that its reader decodes it: only the head is shown here.
        head = data[:_HEAD].decode("utf-8", errors="replace")
        shown = tuple(_LINE_END.split(head))
        return Source(file, data, shown)
    decoded, problems = _decode(data, file)
    text = unicodedata.normalize("NFC", decoded)
    lines = tuple(_LINE_END.split(text))
    return Source(
        file=file,
        data=data,
        lines=tuple(_CONTROL.sub(_REPLACEMENT, _without_markup(line)) for line in lines),
        problems=(*problems, *_control_problems(lines, file)),
    )


# Looks that are copied with a text from a page's source, and characters by name or number.
_LOOK = re.compile(
    r"<(?P<tag>i|b|u|em|strong|span|sup|sub)(?: [^<>]{0,80})?>(?P<inner>[^<>]*)</(?P=tag)>", re.I
)
_CHARACTER = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,30});")
_PUT = {"sup": spelling.raised_text, "sub": spelling.subscript}


def _without_markup(line: str) -> str:
    """Return a line that was copied from a page's source as the page shows it: ``10⁹`` of H₂O."""
    changed = "</" in line
    while changed:
        shown = _LOOK.sub(lambda m: _PUT.get(m["tag"].lower(), str)(m["inner"]), line)
        changed, line = shown != line, shown
    return _CHARACTER.sub(lambda m: unescape(m[0]), line) if "&" in line else line


def _shown_path(path: Path, root: Path) -> str:
    if ".." in path.parts or not path.is_relative_to(root):
        path, root = path.resolve(), root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def refuse(  # noqa: PLR0913, PLR0917 (the fields of a Problem)
    file: str, rule: str, expected: str, got: str, hint: str = "", line: int = 0
) -> ProblemError:
    """Return the error of a seed that can't be read."""
    return ProblemError(Problem(file, line, "error", rule, expected, got, hint=hint))


def _encoding_problem(file: str, line: int, level: Level, got: str) -> Problem:
    hint = "Save the seed as UTF-8 to be sure."
    return Problem(file, line, level, "seed-encoding", "UTF-8", got, hint=hint)


def is_markup(data: bytes) -> bool:
    """Return whether a seed's bytes are XML or HTML, of which a Source shows only the head."""
    return bool(_MARKUP.match(data))


def read_bytes(path: Path, file: str) -> bytes:
    """Return a seed's bytes. Raises ProblemError for what is missing or too large."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = f"a seed of at most {MAX_BYTES // 1_000_000} MB"
            raise refuse(file, "seed-size", limit, f"{size / 1_000_000:.0f} MB")
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Name a file that is there and that you may read; of a folder, the files in it."
        raise refuse(file, "seed-unreadable", "a file that can be read", reason, hint) from error


def _decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    for start, name in _KNOWN_BINARY:
        if data.startswith(start):
            raise refuse(file, "seed-binary", "a text file", name, "Save the paper's text instead.")
    encoding, length = find_encoding(data)
    if encoding:
        return _decode_as(data[length:], encoding, file)
    _refuse_binary(data, file)
    return _decode_as(data, "utf-8", file)


def _decode_as(data: bytes, encoding: str, file: str) -> tuple[str, list[Problem]]:
    name = encoding.upper()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise refuse(file, "seed-encoding", f"valid {name}", str(error)) from error
        return _decode_broken(data, file)
    noted = [_encoding_problem(file, 0, "note", name)] if encoding != "utf-8" else []
    return text, noted


def find_encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding that a file's first bytes show and how long its mark is, else ''."""
    marked = ((name, len(mark)) for mark, name in _MARKS if data.startswith(mark))
    return next(marked, (_silent_utf16(data), 0))


def _silent_utf16(data: bytes) -> str:
    """Name the UTF-16 of a file without a byte order mark: half its bytes are NUL."""
    head = data[:4096]
    half = max(len(head) // 2, 1)
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > _MIN_UTF16_SHARE and even < _MIN_UTF16_SHARE / 10:
        return "utf-16-le"
    if even > _MIN_UTF16_SHARE and odd < _MIN_UTF16_SHARE / 10:
        return "utf-16-be"
    return ""


def _refuse_binary(data: bytes, file: str) -> None:
    plain = bytes(b for b in range(32) if b not in b"\t\n\r\x0b\x0c")
    controls = len(data) - len(data.translate(None, plain))
    if controls / len(data) > _MAX_CONTROL_SHARE and controls > 1:
        got = f"{controls} control bytes"
        raise refuse(file, "seed-binary", "a text file", got, "Save the paper's text instead.")


def _decode_broken(data: bytes, file: str) -> tuple[str, list[Problem]]:
    """Decode what is not UTF-8: a Windows-1252 file, or UTF-8 with a few damaged bytes.

    Where most characters beyond ASCII are sound UTF-8, the rest is damage and is marked; else the
    file is in the old Western encoding.
    """
    marked = data.decode("utf-8", errors="replace")
    damaged = marked.count(_REPLACEMENT)
    sound = sum(1 for c in marked if c > "\x7f") - damaged
    if sound <= damaged:
        try:
            text = data.decode("cp1252")
            line = _first_line(text, _BEYOND_ASCII)
            got = "bytes of Windows-1252, and read as such"
            return text, [_encoding_problem(file, line, "warning", got)]
        except UnicodeDecodeError:
            pass
    line = _first_line(marked, re.compile(_REPLACEMENT))
    got = f"{damaged} damaged characters, shown as {_REPLACEMENT}"
    return marked, [_encoding_problem(file, line, "warning", got)]


def _first_line(text: str, wanted: re.Pattern[str]) -> int:
    found = wanted.search(text)
    return len(_LINE_END.findall(text, 0, found.start())) + 1 if found else 1


def _control_problems(lines: tuple[str, ...], file: str) -> list[Problem]:
    hit = [i for i, line in enumerate(lines, 1) if _CONTROL.search(line)]
    if not hit:
        return []
    got = f"control characters in {len(hit)} line(s), shown as {_REPLACEMENT}"
    return [Problem(file, hit[0], "warning", "seed-control", "printable characters", got)]


# --- what an unknown file looks like -------------------------------------------------------------

_GET_PAPER = "Get the paper itself: its XML (JATS), or its page saved as text."


def describe_text(text: str) -> tuple[str, str]:
    """Return what a text of no known layout looks like, and what to do about it."""
    for look in looks("looks"):
        if look.form.search(text[:20_000]):
            return look.looks, look.todo
    lines = [line for line in text.split("\n") if line.strip()]
    first = " ".join(lines[0].split())[:60] if lines else ""
    if len(lines) < 3:  # noqa: PLR2004 (a note)
        return f"a note of {len(lines)} line(s), {first!r}", _GET_PAPER
    hint = "Save the whole page with its headings, or add a reader for this layout."
    return f"plain text without the headings of a paper, beginning {first!r}", hint


def name_site(data: bytes) -> str:
    """Return the publisher's site that a saved page names most often, or an empty string."""
    sites = table("sites")
    counts = {name: data.count(host.encode()) for host, name in sites.items()}
    best = max(counts, key=lambda name: counts[name])
    head = data[:20_000].decode("utf-8", "replace")
    return best if counts[best] else next((n for n in sites.values() if n in head), "")
