"""Lists that name the common part once: "MMP-3/13", "miR-29a/b", "TGF-β1, -β2 and -β3".

Each member is spelled out and looked up; nothing is guessed that the vocabulary does not hold.
Where cells share their noun and only the tissue stands ("MSCs from adipose and bone marrow"), its
stem cell is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from builder.extract.matcher import Mention
from builder.text.spelling import DASHES

_DASH = f"[{re.escape(DASHES)}]"
_GREEK = "α-ω"
_TAIL = re.compile(
    rf"(?P<link>\s?/\s?|\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*&\s*)(?P<dash>{_DASH}?)"
    rf"(?P<tail>[35]p|\d{{1,4}}[a-d{_GREEK}]?\d?(?:{_DASH}[35]p)?|[a-d{_GREEK}]\d?(?:{_DASH}[35]p)?|"
    rf"I{{1,3}}|I?VI{{0,3}}|I?X|XI)(?![\w{_GREEK}])"
)
_ENDS = re.compile(r"\s*(?:$|[,;.:)/]|and\b|or\b|via\b|in\b|by\b|expression|levels?|were|was)")
_ARM = re.compile(rf"{_DASH}[35]p$")
_NUMBER = re.compile(rf"{_DASH}?\s?\d+[a-z{_GREEK}]?(?:{_DASH}[35]p)?$")
_LETTER = re.compile(rf"[a-d{_GREEK}]\d?(?:{_DASH}[35]p)?$")
_ROMAN = re.compile(r"\b[IVX]+$|(?<=\s)\d$")
_MOST = 8  # members of one list


def find_elliptic(
    found: list[Mention], text: str, look_up: Callable[[str], tuple[str, str] | None]
) -> list[Mention]:
    """Return further members of lists whose first member is a mention.

    ``look_up`` gives the id and kind of a name.
    """
    members: list[Mention] = []
    taken = [(m.start, m.end) for m in found]
    for mention in found:
        head, at = mention.text, mention.end
        for _ in range(_MOST):
            tail = _TAIL.match(text, at)
            if not tail or any(s < tail.end() and tail.start("tail") < e for s, e in taken):
                break
            made = _spell_out(head, tail, text)
            known = look_up(made) if made else None
            if not made or not known or known[1] != mention.kind or known[0] == mention.term:
                break
            start = tail.start("dash") if tail["dash"] else tail.start("tail")
            members.append(
                replace(
                    mention,
                    term=known[0],
                    start=start,
                    end=tail.end(),
                    text=text[start : tail.end()],
                )
            )
            head, at = made, tail.end()
    return members


def _spell_out(head: str, tail: re.Match[str], text: str) -> str | None:
    """Return the whole name of a tail: "IL-1β" and "6" give IL-6."""
    last = tail["tail"]
    bare = "/" not in tail["link"] and not tail["dash"]
    if re.fullmatch(r"[35]p", last):
        return _ARM.sub("", head) + f"-{last}" if tail["dash"] or not bare else None
    if re.fullmatch(r"[IVX]+", last):
        return _ROMAN.sub(last, head) if _ROMAN.search(head) else None
    if last[0].isdigit():
        if bare and not _ENDS.match(text, tail.end()):
            return None  # "IL-6 and 10 patients"
        stem = _NUMBER.sub("", head)
        return f"{stem}-{last}" if stem != head and stem else None
    if bare and last.isascii():
        return None  # "and a"
    stem = _LETTER.sub("", head)
    return f"{stem}{last}" if stem != head and stem else None


_SHARED_LINK = re.compile(
    rf"[{re.escape(DASHES)}]?\s*(?:,|/|,?\s*(?:and|or|&|versus|vs\.?))\s*", re.IGNORECASE
)
_SHARED_NOUN = re.compile(r"mesenchymal|\bMSCs?\b|stem|stromal", re.IGNORECASE)
_SHARED_BEHIND = re.compile(r"\b(?:from|of)\b", re.IGNORECASE)


def share_nouns(
    found: list[Mention], text: str, find_cell: Callable[[str], str | None]
) -> list[Mention]:
    """Return mentions with each such tissue read as its stem cell.

    ``find_cell`` gives the source of a name such as ``bone marrow mesenchymal stem cell``.
    """
    read = list(found)
    for place in range(1, len(read)):  # the noun in front: MSCs from A and B
        if _is_cell(read[place - 1], behind=True) and _linked(read, place, text):
            read[place] = _as_cell(read[place], find_cell)
    for place in range(len(read) - 1, 0, -1):  # the noun behind: A- and B-derived MSCs
        if _is_cell(read[place], behind=False) and _linked(read, place, text):
            read[place - 1] = _as_cell(read[place - 1], find_cell)
    return read


def _is_cell(mention: Mention, *, behind: bool) -> bool:
    if mention.kind != "source":
        return False
    named_behind = bool(_SHARED_BEHIND.search(mention.text))
    return bool(_SHARED_NOUN.search(mention.text) or mention.shared) and (
        named_behind == behind or mention.shared
    )


def _linked(read: list[Mention], place: int, text: str) -> bool:
    return bool(_SHARED_LINK.fullmatch(text[read[place - 1].end : read[place].start]))


def _as_cell(mention: Mention, find_cell: Callable[[str], str | None]) -> Mention:
    if mention.kind != "tissue":
        return mention
    cell = find_cell(f"{mention.text} mesenchymal stem cell")
    return replace(mention, term=cell, kind="source", shared=True) if cell else mention
