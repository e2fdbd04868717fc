/* Filters and sorting for long tables and lists. Without it every page is complete. */
(() => {
  "use strict";

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  /** The parts of a table or a list that can be hidden one by one. */
  const partsOf = (target) =>
    target.tagName === "TABLE" ? [...target.tBodies[0].rows] : [...target.children];

  function addFilter(place) {
    const target = place.nextElementSibling;
    if (!target) return;
    const parts = partsOf(target);
    const texts = parts.map((part) => fold(part.textContent));
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("output");
    label.textContent = place.dataset.label;
    input.type = "search";
    input.autocomplete = "off";
    label.append(input);
    count.setAttribute("aria-live", "polite");
    input.addEventListener("input", () => {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      parts.forEach((part, n) => {
        const fits = words.every((word) => texts[n].includes(word));
        part.hidden = !fits;
        if (fits) shown += 1;
      });
      count.textContent = words.length ? `${shown} of ${parts.length}` : "";
    });
    place.append(label, count);
  }

  /** What a cell sorts by: its number where the column holds numbers, else its text. */
  function keyOf(row, column, numeric) {
    const text = row.cells[column].textContent.trim();
    return numeric ? Number(text.replace(/,/g, "")) || 0 : fold(text);
  }

  function sortBy(table, header, column) {
    const rising = header.getAttribute("aria-sort") !== "ascending";
    const numeric = header.classList.contains("number");
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row, n) => [keyOf(row, column, numeric), n, row]);
    keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]) * (rising ? 1 : -1));
    body.append(...keyed.map((entry) => entry[2]));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", rising ? "ascending" : "descending");
  }

  function addSorting(table) {
    if (table.tHead.rows.length !== 1 || table.tBodies[0].rows.length < 2) return;
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sortBy(table, header, column));
      header.append(button);
    });
  }

  document.querySelectorAll(".filter").forEach(addFilter);
  document.querySelectorAll("table.sortable").forEach(addSorting);
  // One page only needs more.
  if (document.querySelector("form[data-compare]")) import("./javascripts/compare.js");
})();
