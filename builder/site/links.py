"""Pages, links, long lists and short forms, and what makes an outside address safe to print.

Every page knows how deep it lies below the site's root, so that each of its links is relative and
right at a domain root, under a sub-path and from a folder on disk. A short form is marked as a link
into the glossary whose title gives the meaning: so it explains itself without a script, a copied
quote stays verbatim, and a script can show the same on tap and focus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from builder.models import Ambiguity, Xref
from builder.store import Library
from builder.text import ids
from builder.text.ids import find_link
from builder.text.spelling import fold

View = dict[str, Any]

# What RFC 3986 lets stand in an address; everything else is escaped.
_URL_SAFE = "%:/?#@!$&'()*+,;=-._~"
_MAX_DESCRIPTION = 160


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address below the root, its template and all that the template prints."""

    path: str
    template: str
    title: str
    description: str
    kind: str
    view: View
    record: str = ""
    crumbs: tuple[tuple[str, str], ...] = ()  # (title, address below the root)
    extra: View = field(default_factory=dict)  # more front matter, for theme blocks
    wording: Wording | None = None  # the short forms that it explains
    data: View = field(default_factory=dict)  # more of its index.json: what scripts need
    gone: tuple[View, ...] = ()  # statements that stood here: id, reason or link

    @property
    def root(self) -> str:
        """The relative way from this page to the site's root."""
        return root_of(self.path)


def root_of(path: str) -> str:
    """Return the relative way from a page to the site's root: ``../../`` for ``a/b/``."""
    return "../" * path.count("/")


def href(root: str, path: str, fragment: str = "") -> str:
    """Return a relative address. ``root`` is that of the page which links."""
    address = f"{root}{path}" or "./"
    return f"{address}#{fragment}" if fragment else address


def page_href(root: str, kind: str, record: str, fragment: str = "") -> str:
    """Return the relative address of a record's page."""
    return href(root, ids.page_path(kind, record), fragment)


def narrowed_href(root: str, path: str, query: Mapping[str, str], fragment: str) -> str:
    """Return a relative address with a query, which narrows the table that it leads to."""
    words = urlencode(query, quote_via=quote)
    return f"{root}{path}?{words}#{fragment}"


def link(label: str, address: str | None) -> View:
    """Return a link as templates print it; without an address only its label is printed."""
    return {"label": label, "href": address or ""}


def safe_url(url: str | None) -> str:
    """Return an outside address fit for a link, or nothing: only http and https pass.

    A seed may hold ``javascript:`` and worse; such an address is shown as text, never linked.
    """
    if not url or re.search(r"[\s\x00-\x1f\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    head, found, fragment = url.partition("#")
    safe = quote(head, safe=_URL_SAFE.replace("#", ""))
    safe = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", safe)
    return f"{safe}#{quote(fragment, safe=_URL_SAFE.replace('#', ''))}" if found else safe


def outside(label: str, url: str | None) -> View:
    """Return a link to another site, as text alone where the address is not safe."""
    return link(label, safe_url(url))


def one_line(text: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(text.split())


def shorten(text: str, length: int = _MAX_DESCRIPTION) -> str:
    """Return text cut at a word, with an ellipsis where something was cut."""
    flat = one_line(text)
    if len(flat) <= length:
        return flat
    return flat[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"


def plural(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: ``1 finding``, ``1,204 findings``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# --- long lists ----------------------------------------------------------------------------------

# Entries on a page of an index, and on each page that goes on.
ONE_PAGE = 150
_NEAR = 3  # parts before and after the one at hand that a page leads to
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Part(Generic[Entry]):
    """One page of a long list: its address, its label and its entries."""

    path: str
    label: str
    entries: Sequence[Entry]


def split_list(entries: Sequence[Entry], path: str, most: int = ONE_PAGE) -> list[Part[Entry]]:
    """Return a list as pages of ``most`` entries in its order, the first of them at ``path``.

    A list that one page holds has one part.
    """
    return [
        Part(
            path if number == 1 else f"{path}list/{number}/",
            f"{start + 1:,}–{min(start + most, len(entries)):,}",
            entries[start : start + most],
        )
        for number, start in enumerate(range(0, max(len(entries), 1), most), 1)
    ]


def view_steps(parts: Sequence[Part[Entry]], root: str, current: str) -> list[View]:
    """Return links to the first, the last and the neighbouring parts; gaps bear an ellipsis.

    However many parts there are, the links are few. A single part needs none.
    """
    if len(parts) < 2:  # noqa: PLR2004 (one page holds it all)
        return []
    here = next((n for n, part in enumerate(parts) if part.path == current), 0)
    near = [n for n in range(len(parts)) if n in (0, len(parts) - 1) or abs(n - here) <= _NEAR]
    steps: list[View] = []
    for before, number in zip([-1, *near], near, strict=False):
        if number > before + 1:
            steps.append({**link("…", ""), "gap": True})
        part = parts[number]
        address = "" if number == here else href(root, part.path)
        steps.append({**link(part.label, address), "gap": False})
    return steps


def view_list(
    entries: Sequence[Entry],
    path: str,
    head: tuple[str, str, str],
    view: Callable[[Sequence[Entry], str, str], View],
    most: int = ONE_PAGE,
) -> Iterator[Page]:
    """Yield the pages of a long list, the first at ``path``.

    ``head`` is title, description and template. ``view`` gets the entries of a page, the way to
    the site's root and the page's address; ``steps`` and ``more``, the addresses that follow, are
    added.
    """
    title, description, template = head
    parts = split_list(entries, path, most)
    for part in parts:
        root, first = root_of(part.path), part.path == path
        rest = " ".join(href(root, p.path) for p in parts[1:]) if first else ""
        steps = {"steps": view_steps(parts, root, part.path), "more": rest}
        yield Page(
            path=part.path,
            template=template,
            title=title if first else f"{title} {part.label}",
            description=description,
            kind="index",
            crumbs=() if first else ((title, path),),
            view={**steps, **view(part.entries, root, part.path)},
        )


# --- identifiers ---------------------------------------------------------------------------------


def curie_url(curie: str) -> str:
    """Return the address that a CURIE resolves to; empty where its prefix is not known."""
    found = find_link(curie) if ":" in curie else None
    return found.url if found else ""


def view_xref(xref: Xref) -> View:
    """Return a verified identifier: its CURIE as a link, the label there, how it matches."""
    return {
        "link": outside(xref.curie, curie_url(xref.curie)),
        "label": xref.label or "",
        "match": "" if xref.match == "exact" else xref.match,
    }


# --- short forms ---------------------------------------------------------------------------------

# A capital and the rest of its word; signs of forms such as BV/TV and NF-κB stand inside a word.
_CAPITAL = re.compile(r"[A-Z](?:[\w/-]*\w)?")
_HEAD = re.compile(r"[A-Z]\w*")
_JOINT = re.compile(r"([/-])")
# What holds no text to explain: links, headings, heads that sort a table, code, pictures, names
# of people, and what is marked as is.
_CLOSED = "a|h[1-6]|abbr|button|code|figure|i|label|nav|pre|select|summary|thead"
_MARKUP = re.compile(
    rf"(?:<(?:({_CLOSED})\b[^>]*>.*?</\1>|span class=\"authors\"[^>]*>.*?</span>"
    r"|(dl|p|td) class=\"[^\"]*\b(?:as-is|short-forms)\">.*?</\2>|[^>]*>)\s*|^\#.*?$)+",
    re.DOTALL | re.MULTILINE,
)
# Where the first use of a form counts anew: a row may be sorted away from the one before it.
_SECTION = re.compile(r"^#|<(?:h[1-6]|tr|section|details)\b", re.MULTILINE)
# Where a context begins, in which an ambiguous form is read.
_BLOCK = re.compile(r"<(?:p|li|dd|tr|h[1-6])\b")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term that a short form may stand for; ``ambiguity`` says in which contexts."""

    term: str
    label: str
    ambiguity: Ambiguity | None = None

    def fits(self, context: str) -> bool:
        """Return whether the form is read so in a context, by the rules of the vocabulary."""
        if self.ambiguity is None:
            return True
        near = context.casefold()
        when = self.ambiguity.when
        return (not when or any(word.casefold() in near for word in when)) and not any(
            word.casefold() in near for word in self.ambiguity.unless
        )


@dataclass(slots=True)
class ShortForms:
    """Every short form: what terms and papers mean by it, and its anchor in the glossary."""

    terms: dict[str, list[Meaning]] = field(default_factory=dict)
    papers: dict[str, dict[str, str]] = field(default_factory=dict)  # by form and paper
    anchors: dict[str, str] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)  # how they look from their first capital on
    odd: list[str] = field(default_factory=list)  # those that begin with a single capital

    def may_stand_in(self, body: str) -> bool:
        """Return quickly whether a form can stand in a text; where not, none does."""
        return not self.heads.isdisjoint(_HEAD.findall(body)) or any(s in body for s in self.odd)

    def explain(self, short: str, papers: Collection[str], context: str) -> str:
        """Return the meaning of a form for a reader; nothing where its context leaves it open.

        ``papers`` are those whose words may stand here. What a paper itself defines comes before
        the vocabulary. Several meanings are all given.
        """
        found = self.papers.get(short, {})
        longs = [found[paper] for paper in sorted(found) if paper in papers]
        if not longs or any(paper not in found for paper in papers):
            known = self.terms.get(short, ())
            longs = [meaning.label for meaning in known if meaning.fits(context)] + longs
        apart = list({fold(long): long for long in reversed(longs)}.values())[::-1]
        return f"may mean {' or '.join(apart)}" if len(apart) > 1 else "".join(apart)


def find_short_forms(library: Library) -> ShortForms:
    """Return the short forms of all terms and papers."""
    forms = ShortForms()
    for term in sorted(library.terms.values(), key=lambda t: (fold(t.label), t.id)):
        ambiguous = {ambiguity.text: ambiguity for ambiguity in term.ambiguous}
        shorts = dict.fromkeys([*ambiguous, term.abbreviation or ""])
        for short in shorts:
            if short and short != term.label and (short in ambiguous or short == term.abbreviation):
                meaning = Meaning(term.id, term.label, ambiguous.get(short))
                forms.terms.setdefault(short, []).append(meaning)
    for key in sorted(library.papers):
        for defined in library.papers[key].paper.abbreviations:
            forms.papers.setdefault(defined.short, {}).setdefault(key, defined.long)
    known = sorted({*forms.terms, *forms.papers})
    anchors = ids.unique_ids((f"short-{ids.slug(short)}", short) for short in known)
    forms.anchors = dict(zip(known, anchors, strict=True))
    for short in known:
        head = _HEAD.search(short)
        if head and len(head[0]) > 1:
            forms.heads |= {head[0], f"{head[0]}s"}
        else:
            forms.odd.append(short)
    return forms


@dataclass(frozen=True, slots=True)
class Wording:
    """How a page words things: the short forms known, and the papers that it quotes."""

    forms: ShortForms
    papers: Collection[str]


@dataclass(slots=True)
class Marker:
    """Marks the short forms of one page."""

    wording: Wording
    glossary: str  # its address from the page
    escape: Callable[[str], str]
    _body: str = ""
    _block: int = 0  # where the context begins
    _seen: set[str] = field(default_factory=set)

    def mark(self, body: str) -> str:
        """Return a page with the first use of each form in each section as a link.

        ``body`` is HTML between headings in Markdown. Headings, links, code, pictures and names of
        people stay as they are.
        """
        if not self.wording.forms.may_stand_in(body):
            return body
        found: list[str] = []
        end = 0
        self._body, self._block = body, 0
        self._seen.clear()
        for markup in _MARKUP.finditer(body):
            if end < markup.start():
                found.append(self._mark_text(body[end : markup.start()]))
            found.append(markup[0])
            if _SECTION.search(markup[0]):
                self._seen.clear()
            for block in _BLOCK.finditer(body, markup.start(), markup.end()):
                self._block = block.start()
            end = markup.end()
        found.append(self._mark_text(body[end:]))
        return "".join(found)

    def _mark_text(self, text: str) -> str:
        found: list[str] = []
        end = 0
        for capital in _CAPITAL.finditer(text):
            start = capital.start()
            while start > end and (text[start - 1].isalnum() or text[start - 1] in "-/"):
                start -= 1
            word = text[start : capital.end()]
            marked = self._mark_words(word)
            if marked != word:
                found += [text[end:start], marked]
                end = capital.end()
        return "".join(found) + text[end:] if found else text

    def _mark_words(self, word: str) -> str:
        if self._find_form(word) or not _JOINT.search(word):
            return self._mark_word(word)
        return "".join(self._mark_word(part) for part in _JOINT.split(word))

    def _mark_word(self, word: str) -> str:
        short = self._find_form(word)
        if not short or short in self._seen:
            return word
        meaning = self.wording.forms.explain(short, self.wording.papers, self._find_context())
        if not meaning:
            return word
        self._seen.add(short)
        address = f"{self.glossary}#{self.wording.forms.anchors[short]}"
        return f'<a class="short" href="{address}" title="{self.escape(meaning)}">{word}</a>'

    def _find_form(self, word: str) -> str:
        """Return the form that a word is, or is the plural of; else an empty string."""
        known = self.wording.forms.anchors
        if word in known:
            return word
        return word[:-1] if word[-1:] == "s" and word[:-1] in known else ""

    def _find_context(self) -> str:
        """Return the paragraph or the entry that is being marked, with its markup."""
        following = _BLOCK.search(self._body, self._block + 1)
        return self._body[self._block : following.start() if following else None]
