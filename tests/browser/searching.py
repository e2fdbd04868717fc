"""Ask the search of a built site many queries in one tab, through its own module."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Page
from served import Served

_ASK = """async ([module, queries, most]) => {
  const { search, address, ROOT } = await import(module);
  const answers = [];
  for (const query of queries) {
    const { results, found } = await search(query);
    const first = [];
    for (const hit of results.slice(0, most)) first.push(hit.path ?? (await hit.load()).path);
    answers.push({ pages: first.map(decodeURI), count: results.length, notice: found.notice });
  }
  return answers;
}"""


def ask(page: Page, site: Served, queries: Sequence[str], most: int = 5) -> list[list[str]]:
    """Return the first pages of each query, as addresses below the site's root."""
    if not page.url.startswith(site.url):
        page.goto(site.url + "about/")
    module = site.url + "assets/javascripts/search-engine.js"
    answers = page.evaluate(_ASK, [module, list(queries), most])
    return [answer["pages"] for answer in answers]
