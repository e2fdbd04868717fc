/* Filters, sorting and downloads for long tables and lists. Without it every page is complete. */
(() => {
  "use strict";

  const narrow = matchMedia("(max-width: 59.9375em)");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const flat = (text) => text.replace(/\s+/g, " ").trim();

  /** The parts of a table, of tables in groups, or of a list that can be hidden one by one. */
  const partsOf = (target) =>
    target.matches("table, .groups") ? [...target.querySelectorAll("tbody > tr")] : [...target.children];

  /** All that a part says, with the full names behind its abbreviations. */
  const wordsOf = (part) =>
    fold([part.textContent, ...[...part.querySelectorAll("[title]")].map((e) => e.title)].join(" "));

  function make(tag, props, ...children) {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  }

  const valuesOf = (part, facet) => (part.dataset[facet] ?? "").split("|").filter(Boolean);

  /** A list of all values of a facet with their counts; none where there is nothing to choose. */
  function makeChoice(facet, parts) {
    const counts = new Map();
    for (const part of parts)
      for (const value of valuesOf(part, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size === 0 || parts.length < 2) return null;
    const select = make("select", { name: facet }, make("option", { value: "" }, "any"));
    for (const [value, count] of [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)))
      select.append(make("option", { value }, `${value} (${count})`));
    return select;
  }

  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

  /** The rows that are shown, as CSV: what their cells say, with the whole of what is shortened. */
  function saveTable(table, parts, name) {
    const heads = [...table.tHead.rows[0].cells].map((cell) => flat(cell.textContent));
    const more = ["condition", "vehicle", "effect"].filter((facet) => parts.some((p) => p.dataset[facet]));
    const lines = [["id", "address", ...heads, ...more]];
    for (const row of parts.filter((part) => !part.hidden)) {
      const link = row.querySelector("a[href]");
      const said = [...row.cells].map((cell) =>
        flat((cell.cellIndex === 0 && link?.title) || cell.textContent));
      lines.push([row.dataset.id ?? row.id, link?.href ?? "", ...said,
        ...more.map((facet) => valuesOf(row, facet).join("; "))]);
    }
    const text = `${lines.map((line) => line.map(quoted).join(",")).join("\n")}\n`;
    const href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    make("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }

  /** Adds the rows that stand on further pages; their links stay right. */
  async function fetchRows(place, target) {
    const pages = place.dataset.more.split(" ").map((href) => new URL(href, location.href));
    const texts = await Promise.all(pages.map(async (page) => {
      const answer = await fetch(page);
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.text();
    }));
    texts.forEach((text, n) => {
      const held = new DOMParser().parseFromString(text, "text/html");
      for (const row of held.querySelectorAll("table:is(.findings, .index) > tbody > tr")) {
        for (const link of row.querySelectorAll("a[href]"))
          link.href = new URL(link.getAttribute("href"), pages[n]).href;
        const group = row.closest(".groups > section");
        const body = group ? document.getElementById(group.id)?.querySelector("tbody") : target.tBodies[0];
        if (body) body.append(document.adoptNode(row));
        else target.append(document.adoptNode(group));
      }
    });
    delete place.dataset.more;
  }

  /** Offers to fetch what stands on further pages; a filter over a part would mislead. */
  function offerRows(place, table) {
    const button = make("button", { type: "button" }, "Show all on this page, to filter and sort");
    const state = make("output");
    place.prepend(button, state);
    async function fetchAll() {
      button.disabled = true;
      state.textContent = "Loading …";
      try {
        await fetchRows(place, table);
        button.remove();
        state.remove();
        addFilter(place);
      } catch {
        button.disabled = false;
        state.textContent = "Could not load; the pages below hold the rest.";
      }
    }
    button.addEventListener("click", fetchAll);
    if (location.search) fetchAll();
  }

  /** Sorts where there is no head to click: on a phone, rows are cards. */
  function makeSorter(tables) {
    const select = make("select", { name: "sort" }, make("option", { value: "" }, "as listed"));
    const heads = [...tables[0].tHead.rows[0].cells];
    const listed = tables.map((table) => [...table.tBodies[0].rows]);
    heads.forEach((head, n) => select.append(make("option", { value: n }, flat(head.textContent))));
    select.addEventListener("change", () => tables.forEach((table, n) => {
      const head = table.tHead.rows[0].cells[select.value];
      if (select.value) sortBy(table, head, Number(select.value), !isNumber(head));
      else table.tBodies[0].append(...listed[n]);
    }));
    return make("label", { className: "sorter" }, "Sort by", select);
  }

  function addFilter(place) {
    const target = place.nextElementSibling;
    if (!target) return;
    if (place.dataset.more) {
      offerRows(place, target);
      return;
    }
    const parts = partsOf(target);
    let texts = null; // read when first asked for: long tables hold many words
    const input = make("input", { type: "search", autocomplete: "off" });
    const count = make("output");
    const facets = (place.dataset.facets ?? "").split(" ").filter(Boolean);
    const choices = facets.map((facet) => makeChoice(facet, parts)).filter(Boolean);
    const asked = new URLSearchParams(location.search);
    for (const select of choices) {
      const value = asked.get(select.name) ?? "";
      if ([...select.options].some((option) => option.value === value)) select.value = value;
    }
    let save = null;
    count.setAttribute("aria-live", "polite");

    function apply() {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      const wanted = choices.filter((select) => select.value);
      if (words.length > 0) texts ??= parts.map(wordsOf);
      let shown = 0;
      parts.forEach((part, n) => {
        const fits = words.every((word) => texts[n].includes(word)) &&
          wanted.every((select) => valuesOf(part, select.name).includes(select.value));
        part.hidden = !fits;
        if (fits) shown += 1;
      });
      for (const group of target.querySelectorAll(":scope > section"))
        group.hidden = !group.querySelector("tbody > tr:not([hidden])");
      const narrowed = words.length > 0 || wanted.length > 0;
      count.textContent = narrowed ? `${shown} of ${parts.length}` : "";
      if (save) save.textContent = `Download these ${shown} as CSV`;
    }

    const label = make("label", {}, place.dataset.label, input);
    const named = choices.map((select) =>
      make("label", {}, select.name[0].toUpperCase() + select.name.slice(1), select));
    if (place.dataset.sheet) {
      save = make("button", { type: "button", className: "sheet" });
      save.addEventListener("click", () => saveTable(target, parts, place.dataset.sheet));
    }
    const tables = [target, ...target.querySelectorAll("table.sortable")].filter(canSort);
    if (tables.length > 0) named.push(makeSorter(tables));
    place.prepend(label, ...named, count);
    if (save) place.append(save);
    place.addEventListener("input", apply);
    apply();
  }

  /** What a cell sorts by: its number where the column holds numbers, else its text. */
  function keyOf(row, column, numeric) {
    const cell = row.cells[column];
    // Behind a number may stand another, "with subtypes".
    const text = (numeric ? cell.firstChild ?? cell : cell).textContent.trim();
    return numeric ? Number.parseFloat(text.replace(/,/g, "")) || 0 : fold(text);
  }

  const isNumber = (header) => header.classList.contains("number");

  const canSort = (table) => table.matches("table.sortable") &&
    table.tHead.rows.length === 1 && table.tBodies[0].rows.length > 1;

  function sortBy(table, header, column, rising) {
    const numeric = isNumber(header);
    const body = table.tBodies[0];
    const keyed = [...body.rows].map((row, n) => [keyOf(row, column, numeric), n, row]);
    keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]) * (rising ? 1 : -1));
    body.append(...keyed.map((entry) => entry[2]));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", rising ? "ascending" : "descending");
  }

  function addSorting(table) {
    if (!canSort(table)) return;
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = make("button", { type: "button" }, ...header.childNodes);
      // The most of a number comes first, then the least.
      const first = isNumber(header) ? "descending" : "ascending";
      button.addEventListener("click", () => sortBy(
        table, header, column, (header.getAttribute("aria-sort") === first) === isNumber(header),
      ));
      header.append(button);
      // On a phone the head is out of sight, and must not take the focus.
      const reach = () => { button.tabIndex = narrow.matches ? -1 : 0; };
      narrow.addEventListener("change", reach);
      reach();
    });
  }

  /** Shows what the address points at: opens what it is folded in, or goes on to where it stands. */
  async function seekAnchor() {
    const name = decodeURIComponent(location.hash.slice(1));
    const found = name && document.getElementById(name);
    if (!name || found) {
      for (let fold = found?.closest?.("details"); fold; fold = fold.parentElement.closest("details"))
        fold.open = true;
      if (found) found.scrollIntoView();
      return;
    }
    if (!/^f[0-9a-f]+$/.test(name)) return;
    // A statement that stands on another part of the paper.
    const { addresses } = await (await fetch("index.json")).json();
    const root = document.querySelector(".atlas-brand")?.href;
    if (addresses?.[name] && root) location.replace(new URL(addresses[name], root));
  }

  document.querySelectorAll(".filter").forEach(addFilter);
  document.querySelectorAll("table.sortable").forEach(addSorting);
  // Last, for rows shown or hidden above may have moved what the address points at.
  seekAnchor();
  addEventListener("hashchange", seekAnchor);
})();
