"""The browser folds text as the builder does: both get the same strings."""

from __future__ import annotations

import json
import random
import unicodedata

from playwright.sync_api import Page
from served import Served

from builder import store
from builder.project import Project
from builder.search.normalise import Tokenizer

_FOLD = """async ([module, manifest, texts]) => {
  const { createFold, joinPowers } = await import(module);
  const fold = createFold(await (await fetch(manifest)).json());
  return texts.map((text) => fold(joinPowers(text)).map((word) => word.key));
}"""
BY_HAND = {
    "NF-κB": ["nfkappab"],
    "hsa-miRNA-126": ["mir126"],
    "microRNA126": ["mir126"],
    "miR 126": ["mir126"],
    "miR-29b-3p/FoxO3": ["mir29b3p", "foxo3"],
    "IL 1 beta and IL-1β": ["il1beta", "and", "il1beta"],
    "TNF-α, tnf alpha": ["tnfalpha", "tnfalpha"],
    "Phase 3 in 12 knees": ["phase3", "in", "12", "knee"],
    "Zhou 2020": ["zhou", "2020"],
    "7 × 10^9, 7e9 and 7x10⁹": ["7e9", "7e9", "and", "7e9"],
    "hBMSCs": ["h", "bmsc"],
    "ADSCExos": ["adsc", "exo"],
    "tumours": ["tumor"],
    "Hyaluronsäure": ["hyaluronsaure"],
    "H₂S®": ["h2s"],
    "TGF-ß1": ["tgfbeta1"],
    "NF-κΒ": ["nfkappab"],
    "Gelenkverschleiß": ["gelenkverschleiss"],
    "osteoarthritis bodies": ["osteoarthritis", "body"],
}


def in_browser(page: Page, placed: Served, texts: list[str]) -> list[list[str]]:
    page.goto(placed.url + "about/")
    module = placed.url + "assets/javascripts/search-fold.js"
    found: list[list[str]] = page.evaluate(
        _FOLD, [module, placed.url + "search/manifest.json", texts]
    )
    return found


def in_builder(placed: Served, texts: list[str]) -> list[list[str]]:
    manifest = json.loads((placed.folder / "search/manifest.json").read_text(encoding="utf-8"))
    families = frozenset(manifest["rules"]["families"])
    tokenizer = Tokenizer(frozenset(manifest["context"]), families)
    return [tokenizer.find_names(text) for text in texts]


def test_by_hand(placed: Served, page: Page) -> None:
    assert dict(zip(BY_HAND, in_browser(page, placed, list(BY_HAND)), strict=True)) == BY_HAND
    assert dict(zip(BY_HAND, in_builder(placed, list(BY_HAND)), strict=True)) == BY_HAND


def test_every_name_of_the_atlas_folds_alike(placed: Served, built: Project, page: Page) -> None:
    library = store.load_library(built.content, built.root)
    texts = [name for t in library.terms.values() for name in (t.label, *t.synonyms)]
    texts += [r.printed for r in library.references.values()]
    texts += [f.quote for f in library.findings()]
    assert in_browser(page, placed, texts) == in_builder(placed, texts)


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
    found = zip(texts, in_browser(page, placed, texts), in_builder(placed, texts), strict=True)
    assert [(text, js, py) for text, js, py in found if js != py] == []
