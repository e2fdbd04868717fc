"""Take the pictures of docs/screenshots.md anew, from the site that was built last.

Run it at the root of the project:

    PYTHONPATH=tests/browser:. .venv/bin/python docs/take_screenshots.py
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright
from served import serve

ROOT = Path(__file__).parent.parent
WIDE = (1280, 860)
PHONE = (390, 780)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page, the screen and its scheme, and a folded part to open."""

    name: str
    page: str
    screen: tuple[int, int] = WIDE
    scheme: Literal["light", "dark"] = "light"
    opened: str = ""


SHOTS = (
    Shot("home", ""),
    Shot("map", "map/"),
    Shot("source", "sources/bmsc/"),
    Shot("trials", "trials/"),
    Shot("trial", "trials/nct05060107/"),
    Shot("finding", "findings/{finding}/"),
    Shot("mechanism", "mechanisms/bone-regeneration/"),
    Shot("paper", "papers/sakthi-mohan-2025-exosomal-interventions-bone-osteochondral/"),
    Shot(
        "tables",
        "papers/sakthi-mohan-2025-exosomal-interventions-bone-osteochondral/#table-3",
        opened="Table 3 as printed and as read",
    ),
    Shot("findings", "sources/bmsc/#findings"),
    Shot("all-findings", "findings/"),
    Shot("compare", "compare/?a=bmsc&b=adsc"),
    Shot("search", "search/?q=cartilage+hydrogel"),
    Shot("sources-phone", "sources/", PHONE, "dark"),
    Shot("home-phone", "", PHONE),
)


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Write one picture."""
    width, height = shot.screen
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, color_scheme=shot.scheme)
    page = context.new_page()
    page.goto(address, wait_until="load")
    if shot.opened:
        opened = page.locator("summary", has_text=shot.opened)
        opened.click()
        opened.evaluate("part => scrollTo(0, part.getBoundingClientRect().top + scrollY - 70)")
    page.wait_for_load_state("networkidle")  # results and other sources come after the page
    page.screenshot(path=ROOT / "docs/images" / f"{shot.name}.png")
    context.close()


def main() -> None:
    """Take every picture."""
    server = serve(ROOT / "site", "/")
    base = f"http://127.0.0.1:{server.server_port}/"
    finding = min(path.parent.name for path in (ROOT / "site/findings").glob("f*/index.html"))
    with sync_playwright() as play:
        chromium = shutil.which("chromium")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for shot in SHOTS:
            take(browser, base + shot.page.format(finding=finding), shot)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
