"""The elements of a citation by what they hold: the one place that lists them."""

from __future__ import annotations

NAMES = frozenset(["name", "string-name", "name-alternatives", "collab", "collab-alternatives"])
PEOPLE = NAMES | {"anonymous"}
# Titles of the work itself, the best first; of a book, of a journal, the source is the title.
HEADS = ("article-title", "chapter-title", "data-title", "part-title")
TITLES = frozenset([*HEADS, "source"])
DATES = frozenset(["year", "month", "day"])
PAGES = frozenset(["fpage", "lpage", "page-range", "elocation-id"])
# Fields that are nothing but their text.
TEXTS = PAGES | {
    "volume",
    "issue",
    "supplement",
    "publisher-name",
    "publisher-loc",
    "issn",
    "edition",
    "patent",
    "institution",
    "version",
}
IDENTIFIERS = frozenset(["pub-id", "object-id", "article-id"])
LINKS = frozenset(["ext-link", "uri"])
# Elements that hold one field; all others are wrappers and are looked into.
FIELDS = (
    PEOPLE
    | TITLES
    | DATES
    | TEXTS
    | IDENTIFIERS
    | LINKS
    | {
        "person-group",
        "etal",
        "label",
        "conf-name",
        "trans-title",
        "trans-source",
        "series",
        "string-date",
        "date-in-citation",
        "access-date",
        "isbn",
    }
)
# Fields and parts of names that are put apart in print where nothing stands between them.
SET_APART = TITLES | DATES | TEXTS | IDENTIFIERS | {"surname", "given-names", "etal"}
# Elements besides these, and links with a text, whose text is printed just as it stands.
PLAIN = frozenset(
    [
        "mixed-citation",
        "citation",
        "person-group",
        "name",
        "string-name",
        "italic",
        "bold",
        "comment",
        "conf-name",
        "collab",
    ]
)
# What stands in a citation that tags no field: looks, a label, a link.
MARKUP = LINKS | {
    "etal",
    "italic",
    "bold",
    "sup",
    "sub",
    "sc",
    "underline",
    "label",
    "styled-content",
    "named-content",
    "monospace",
    "break",
    "x",
    "roman",
    "sans-serif",
}
