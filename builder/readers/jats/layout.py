"""How the elements of running text are laid out in print."""

from __future__ import annotations

# Parts that are printed away from the line they are tagged in. The reader of the text finds them
# in ``Prose.floats``.
FLOATS = frozenset(
    [
        "fig",
        "fig-group",
        "table-wrap",
        "table-wrap-group",
        "supplementary-material",
        "media",
        "fn",
        "fn-group",
        "boxed-text",
        "chem-struct-wrap",
    ]
)
# Parts that begin on a new line: a space keeps their words apart.
APART = frozenset(
    [
        "p",
        "title",
        "label",
        "list",
        "list-item",
        "def-list",
        "def-item",
        "term",
        "def",
        "break",
        "disp-quote",
        "attrib",
        "institution",
        "addr-line",
        "td",
        "th",
        "tr",
        "sec",
        "hr",
        "line",
        "verse-line",
        "caption",
        "subtitle",
        "trans-title",
        "disp-formula-group",
    ]
)
# Parts that are not printed, or not as text.
SILENT = frozenset(
    [
        "index-term",
        "index-term-range-end",
        "processing-meta",
        "institution-id",
        "permissions",
        "fn-stub",
        "contrib-id",
        "milestone-start",
        "milestone-end",
        "target",
    ]
)
# Names, of whose parts PubMed Central takes out the spaces.
NAMES_WITH_SPACES = frozenset(["name", "string-name"])
# What a mark on a title refers to.
NOTES = frozenset(["fn", "author-notes", "corresp", "aff"])
