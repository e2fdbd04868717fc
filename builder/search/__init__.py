"""The search: an index of names, a map of identifiers, and the full text by Pagefind.

All is made from the Library, written below ``search/`` of the site, and loaded by the browser in
small pieces, only when a reader searches.
"""

from builder.search.index import write_search

__all__ = ["write_search"]
