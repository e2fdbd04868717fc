"""A paper's tables: what was printed beside what was read. Expectations are the paper's own words.

The paper is "Exosomal Interventions in Bone and Osteochondral Repair" (2025): its Table 1 has a
header of two lines, a cell of its Table 2 spans two rows, doses of its Table 3 lost a superscript.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from served import Served, Watch


def open_pairs(placed: Served, page: Page, table: str) -> Locator:
    """Return the folded part that sets a table as printed beside the table as read."""
    page.goto(placed.url + "papers/")
    page.get_by_role("link", name="Exosomal Interventions in Bone").click()
    part = page.locator("details").filter(has_text=f"{table} as printed and as read")
    part.locator("summary").click()
    return part


def find_cells(part: Locator, row: str, column: str) -> Locator:
    """Return the cells of a column beside each other, in one row of the paper's table."""
    body = part.locator("tbody").filter(has=part.page.get_by_role("link", name=row, exact=True))
    line = body.locator("tr").filter(has=part.page.locator("th", has_text=column))
    return line.locator("td")


def test_a_dose_that_lost_its_superscript_stands_beside_what_was_read(
    placed: Served, page: Page, watch: Watch
) -> None:
    part = open_pairs(placed, page, "Table 3")
    expect(part.locator("summary")).to_contain_text("2 of 42 cells differ")
    cells = find_cells(part, "Row 1", "Dosing and Route")
    expect(cells).to_have_count(2)
    expect(cells.nth(0)).to_have_text("Single IA dose (≈5 mL @ 7 × 109 particles/mL)")
    expect(cells.nth(1)).to_contain_text("Single IA dose (≈5 mL @ 7 × 10⁹ particles/mL)")
    expect(cells.nth(1)).to_contain_text("Why: '109' read as '10⁹'")
    assert cells.nth(0).locator("mark").all_inner_texts() == ["109"]
    assert cells.nth(1).locator("mark").all_inner_texts() == ["10⁹"]
    # Stated by a sign and a word, not by colour alone.
    expect(part.locator("tr.differs th")).to_have_text(["Dosing and Route ≠ differs"] * 2)
    both = find_cells(part, "Row 3", "Dosing and Route")
    assert both.nth(0).locator("mark").all_inner_texts() == ["109", "1010"]
    assert both.nth(1).locator("mark").all_inner_texts() == ["10⁹", "10¹⁰"]
    # What is alike stands once.
    expect(find_cells(part, "Row 1", "EV Source")).to_have_text(["Placental MSC-EVs"])
    assert watch.errors == []


def test_a_cell_that_spans_rows_says_that_nothing_was_printed_and_whence_it_was_read(
    placed: Served, page: Page
) -> None:
    part = open_pairs(placed, page, "Table 2")
    expect(part.locator("summary")).to_contain_text("1 of 50 cells differs")
    cells = find_cells(part, "Row 2", "Cell Target")
    expect(cells.nth(0)).to_have_text("nothing")
    expect(cells.nth(1)).to_contain_text("MSCs and vascular endothelial cells")
    expect(cells.nth(1)).to_contain_text("taken from the row above")
    expect(find_cells(part, "Row 2", "References")).to_have_text(["[118]"])
    expect(part.locator("caption")).to_contain_text("The other 9 rows stand above as printed")


def test_a_header_of_two_lines_stands_beside_the_names_that_were_read(
    placed: Served, page: Page
) -> None:
    part = open_pairs(placed, page, "Table 1")
    expect(part.locator("summary")).to_contain_text("the header differs")
    printed, read = part.locator("tr.differs td").all_inner_texts()
    assert printed.splitlines()[0].startswith("Exos Source | Delivery Vehicle | Tissue Targeting")
    assert printed.splitlines()[-1] == "In Vitro | In Vivo"
    assert "Exos Release / In Vitro | Exos Release / In Vivo" in read
    expect(part.locator("caption")).to_contain_text("Every row stands above as printed")


def test_on_a_phone_the_two_stand_below_each_other(placed: Served, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    cells = find_cells(open_pairs(placed, page, "Table 3"), "Row 1", "Dosing and Route")
    above, below = cells.nth(0).bounding_box(), cells.nth(1).bounding_box()
    assert above
    assert below
    assert below["y"] >= above["y"] + above["height"]
    assert below["x"] == above["x"]
