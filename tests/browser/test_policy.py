"""Each page of the whole site stands under the strict policy, and holds nothing that it forbids."""

from __future__ import annotations

from pathlib import Path

from lxml import html

from builder.project import Project

DATA = {"application/ld+json", "application/json"}


def breaches(page: Path) -> list[str]:
    """Name all that a page holds against its policy: inline code, styles, other hosts' files."""
    tree = html.parse(str(page)).getroot()
    found = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        names = [str(name) for name in element.attrib]
        found += [f"{element.tag} {n}" for n in names if n.startswith("on") or n == "style"]
        if (element.get("href") or "").lstrip().startswith("javascript:"):
            found.append("javascript: link")
        source = element.get("src") or (element.get("href") if element.tag == "link" else "") or ""
        loads = element.tag != "link" or element.get("rel") in ("stylesheet", "preload", "icon")
        if loads and source.startswith(("http:", "https:", "//", "data:")):
            found.append(f"{element.tag} {source}")
    found += [
        "inline script"
        for script in tree.iter("script")
        if not script.get("src") and script.get("type") not in DATA
    ]
    found += ["style element" for _ in tree.iter("style")]
    return found


def test_no_page_holds_what_the_policy_forbids(built: Project) -> None:
    pages = sorted(built.site.rglob("*.html"))
    assert len(pages) > 200
    wrong = {page.relative_to(built.site).as_posix(): breaches(page) for page in pages}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_each_page_carries_the_same_policy_before_anything_it_loads(built: Project) -> None:
    policies = set()
    for page in built.site.rglob("*.html"):
        head = html.parse(str(page)).getroot().find("head")
        assert head is not None, page
        seen = [e for e in head if e.tag in ("script", "link", "meta")]
        at = next(n for n, e in enumerate(seen) if e.get("http-equiv") == "Content-Security-Policy")
        assert not [e for e in seen[:at] if e.tag == "script"], page
        policies.add(seen[at].get("content"))
    (policy,) = policies
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
