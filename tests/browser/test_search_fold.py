"""The browser folds text as the builder does: both get the same strings."""

from __future__ import annotations

import random
import unicodedata

from playwright.sync_api import Page
from served import Served

from builder import store
from builder.project import Project
from builder.search.normalise import find_keys
from builder.text import spelling

_FOLD = """async ([module, rules, texts]) => {
  const { createFold } = await import(module);
  const fold = createFold(rules);
  return texts.map((text) => fold(text).map((piece) => piece.key));
}"""
BY_HAND = {
    "NF-κB": ["nf", "kappab"],
    "hsa-miRNA-126": ["mir", "126"],
    "microRNA126": ["mir126"],
    "hBMSCs": ["h", "bmsc"],
    "ADSCExos": ["adsc", "exo"],
    "tumours": ["tumor"],
    "Hyaluronsäure": ["hyaluronsaure"],
    "H₂S®": ["h2s"],
    "TGF-ß1": ["tgf", "beta1"],
    "NF-κΒ": ["nf", "kappab"],
    "Gelenkverschleiß": ["gelenkverschleiss"],
    "osteoarthritis bodies": ["osteoarthritis", "body"],
}


def in_browser(page: Page, placed: Served, texts: list[str]) -> list[list[str]]:
    page.goto(placed.url + "about/")
    module = placed.url + "assets/javascripts/search-fold.js"
    found: list[list[str]] = page.evaluate(_FOLD, [module, spelling.rules(), texts])
    return found


def test_by_hand(placed: Served, page: Page) -> None:
    assert dict(zip(BY_HAND, in_browser(page, placed, list(BY_HAND)), strict=True)) == BY_HAND
    assert {text: find_keys(text) for text in BY_HAND} == BY_HAND


def test_every_name_of_the_atlas_folds_alike(placed: Served, built: Project, page: Page) -> None:
    library = store.load_library(built.content, built.root)
    texts = [name for t in library.terms.values() for name in (t.label, *t.synonyms)]
    texts += [r.printed for r in library.references.values()]
    texts += [f.quote for f in library.findings()]
    assert in_browser(page, placed, texts) == [find_keys(text) for text in texts]


def test_chance_strings_fold_alike(placed: Served, page: Page) -> None:
    chance = random.Random(7)
    scripts = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x3FF), (0x2070, 0x218F), (0xFF01, 0xFF5E)]
    bits = ["miR", "Exos", "BMSC", "sEV", "ies", "isation", "our", "haem", "s", "S", "-", "κ"]

    def piece() -> str:
        if chance.random() < 0.4:
            return chance.choice(bits)
        low, high = chance.choice(scripts)
        return chr(chance.randint(low, high))

    texts = ["".join(piece() for _ in range(chance.randint(1, 12))) for _ in range(3000)]
    texts = [t for t in texts if all(unicodedata.category(c) != "Cn" for c in t)]
    pairs = zip(texts, in_browser(page, placed, texts), strict=True)
    assert [(t, js, find_keys(t)) for t, js in pairs if js != find_keys(t)] == []
