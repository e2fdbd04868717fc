"""Named characters (``&alpha;``) without the DTD that declares them.

They are replaced from the HTML5 list, which holds nearly all of the ISO sets that JATS and the NLM
DTDs use (ISO 8879, ISO 9573-13).
"""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterator

from builder.errors import Problem

_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z_][\w.-]*);")
# In these an entity is plain text, or is left out by the parser together with them.
_CDATA = (b"<![CDATA[", b"]]>")
_HIDDEN = (_CDATA, (b"<!--", b"-->"), (b"<?", b"?>"))
# The Greek letters of ISOgrk1 and ISOgrk3 that HTML has under other names.
_NAMES = "a b g d e z ee th i k l m n x o p r sf s t u ph kh ps oh"
_LOWER = dict(zip(_NAMES.split(), "αβγδεζηθικλμνξοπρςστυφχψω", strict=True))
_GREEK = {
    "thetas": "θ",
    "Thetas": "Θ",
    "phis": "φ",
    **{f"{name}gr": letter for name, letter in _LOWER.items()},
    **{f"{name.upper()}gr": letter.upper() for name, letter in _LOWER.items()},
}


def has_named(text: bytes, start: int) -> bool:
    """Tell whether a named character stands in a text from a place on."""
    return _NAMED.search(text, start) is not None


def replace_named(clean: bytes, file: str, problems: list[Problem]) -> bytes:
    """Return a text with the characters that its named entities stand for; unknown ones stay."""
    unknown: set[bytes] = set()

    def character(match: re.Match[bytes]) -> bytes:
        name = match[1]
        found = _find_character(name.decode())
        if found is None:
            unknown.add(name)
            return b"&amp;" + name + b";"
        return html.escape(found, quote=False).encode()

    pieces: list[bytes] = []
    last = 0
    for start, end in _find_spans(clean, *_CDATA):
        pieces += [_NAMED.sub(character, clean[last:start]), clean[start:end]]
        last = end
    pieces.append(_NAMED.sub(character, clean[last:] if last else clean))
    if unknown:
        problems += _unknown_names(clean, unknown, file)
    return b"".join(pieces) if last else pieces[0]


def _find_character(name: str) -> str | None:
    """Return what a named character of HTML or ISO stands for; None for other names."""
    bare = name.removeprefix("b.")  # ISOgrk4: the same in bold
    return html.entities.html5.get(f"{bare};") or _GREEK.get(bare)


def _find_spans(clean: bytes, opening: bytes, closing: bytes) -> Iterator[tuple[int, int]]:
    start = clean.find(opening)
    while start >= 0:
        end = clean.find(closing, start)
        end = end + len(closing) if end >= 0 else len(clean)
        yield start, end
        start = clean.find(opening, end)


def _unknown_names(clean: bytes, unknown: set[bytes], file: str) -> list[Problem]:
    """Return a problem for each name that stands for no character, at its first place."""
    hidden = [span for marks in _HIDDEN for span in _find_spans(clean, *marks)]
    places: dict[bytes, int] = {}
    for match in _NAMED.finditer(clean):
        name, at = match[1], match.start()
        if name in unknown and not any(start < at < end for start, end in hidden):
            places.setdefault(name, at)
    return [
        Problem(
            file,
            clean.count(b"\n", 0, at) + 1,
            "warning",
            "jats-entity",
            "a named character of HTML or ISO",
            f"&{name.decode()};",
            hint="It is kept as written; entities that a file declares are never expanded.",
        )
        for name, at in places.items()
    ]
