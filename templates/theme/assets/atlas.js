/* Filters, sorting and downloads for long tables and lists. Without it every page is complete. */

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
export const flat = (text) => text.replace(/\s+/g, " ").trim();

/** The parts of a table, of tables in groups, or of a list that can be hidden one by one. */
const partsOf = (target) => [...(target.matches("table, .groups") ? target.querySelectorAll("tbody > tr") : target.children)];

/** All that a part says, with the full names behind its abbreviations and what its facets hold. */
const wordsOf = (part) => fold([part.textContent, ...Array.from(part.querySelectorAll("[title]"), (e) => e.title), ...Object.values(part.dataset)].join(" "));

/** An element with attributes and children; strings become text, never markup. */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Saves a text as a file. */
export function save(name, text, type = "text/plain;charset=utf-8") {
  const href = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

/** A row bears only those facets that its cells do not show and that are not the usual ones. */
function readFacets(part, facets, usual) {
  const heads = Array.from(part.closest("table")?.tHead.rows[0].cells ?? [], (head) => flat(head.textContent).toLowerCase());
  for (const facet of facets.filter((name) => part.dataset[name] === undefined)) {
    const cell = part.cells?.[heads.indexOf(facet === "paper" ? "where" : facet)];
    const named = /design|paper/.test(facet) ? [cell] : cell?.querySelectorAll(/effect|result/.test(facet) ? ".effect" : "a");
    const said = (e) => (e.title || flat(e.textContent)).replaceAll("|", "/").split(facet === "paper" ? ": " : "|")[0];
    part.dataset[facet] = cell ? Array.from(named, said).join("|") : usual[facet] ?? "";
  }
}

const valuesOf = (part, facet) => (part.dataset[facet] ?? "").split("|").filter(Boolean);

/** A list of all values of a facet with their counts; none where there is nothing to choose. */
function makeChoice(facet, parts) {
  const counts = new Map();
  for (const value of parts.flatMap((part) => valuesOf(part, facet))) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size === 0 || parts.length < 2) return null;
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const asked = new URLSearchParams(location.search).get(facet);
  const options = sorted.map(([value, count]) => new Option(`${value} (${count})`, value, false, value === asked));
  return make("select", { name: facet }, new Option("any", ""), ...options);
}

/** The rows that are shown, as CSV: what their cells say, with the whole of what is shortened. */
function saveTable(table, parts, name) {
  // A cell that lists items, "Dose: 20 µg", is a column an item.
  const split = (cell, part, whole) => !cell.querySelector(".items") ? flat(whole)
    : Array.from(cell.querySelectorAll(".items > li"), (item) => flat(item.textContent).split(/: (.*)/)[part]);
  const heads = [...table.tHead.rows[0].cells].flatMap((cell, n) => split(parts[0].cells[n], 0, cell.textContent));
  const more = ["condition", "vehicle", "effect"].filter((facet) => parts.some((p) => p.dataset[facet]));
  const lines = [["id", "address", ...heads, ...more]];
  for (const row of parts.filter((part) => !part.hidden)) {
    const link = row.querySelector("a[href]");
    const said = [...row.cells].flatMap((cell) => split(cell, 1, (cell.cellIndex === 0 && link?.title) || cell.textContent));
    lines.push([row.id || link?.hash.slice(1), link?.href ?? "", ...said, ...more.map((facet) => valuesOf(row, facet).join("; "))]);
  }
  const quote = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  save(name, `${lines.map((line) => line.map(quote).join(",")).join("\n")}\n`, "text/csv");
}

/** Adds the rows that stand on further pages; their links stay right. */
async function fetchRows(place, target) {
  const pages = place.dataset.more.split(" ").map((href) => new URL(href, location.href));
  const answers = await Promise.all(pages.map((page) => fetch(page)));
  if (!answers.every(({ ok }) => ok)) throw new Error("a page is missing");
  for (const [n, page] of pages.entries()) {
    const held = new DOMParser().parseFromString(await answers[n].text(), "text/html");
    for (const link of held.querySelectorAll("table a[href]")) link.href = new URL(link.getAttribute("href"), page).href;
    for (const row of held.querySelectorAll("table:is(.findings, .index) > tbody > tr")) {
      const group = row.closest(".groups > section");
      const body = group ? document.getElementById(group.id)?.querySelector("tbody") : target.tBodies[0];
      (body ?? target).append(body ? row : group);
    }
  }
  delete place.dataset.more;
}

/** Offers to fetch what stands on further pages; a filter over a part would mislead. */
function offerRows(place, table) {
  const button = make("button", { type: "button" }, "Show all on this page, to filter and sort");
  const state = make("output", {});
  place.prepend(button, state);
  button.addEventListener("click", async () => {
    button.disabled = true;
    state.textContent = "Loading …";
    try {
      await fetchRows(place, table);
      place.replaceChildren();
      addFilter(place);
    } catch {
      button.disabled = false;
      state.textContent = "Could not load; the pages below hold the rest.";
    }
  });
  if (location.search) button.click();
}

/** Sorts where there is no head to click: on a phone, rows are cards. */
function makeSorter(tables) {
  const heads = Array.from(tables[0].tHead.rows[0].cells, (head, n) => new Option(flat(head.textContent), n));
  const select = make("select", { name: "sort" }, new Option("as listed", ""), ...heads);
  const listed = tables.map((table) => [...table.tBodies[0].rows]);
  select.addEventListener("change", () => tables.forEach((table, n) => {
    const head = table.tHead.rows[0].cells[select.value];
    if (select.value) sortBy(table, head, !isNumber(head));
    else table.tBodies[0].append(...listed[n]);
  }));
  return make("label", { class: "sorter" }, "Sort by", select);
}

function addFilter(place) {
  const target = place.nextElementSibling;
  if (target && place.dataset.more) offerRows(place, target);
  if (!target || place.dataset.more) return;
  const parts = partsOf(target);
  let texts = null; // read when first asked for: long tables hold many words
  const input = make("input", { type: "search", autocomplete: "off" });
  const count = make("output", { "aria-live": "polite" });
  const sheet = make("button", { type: "button", class: "sheet" });
  const facets = (place.dataset.facets ?? "").split(" ").filter(Boolean);
  for (const part of parts) readFacets(part, facets, place.dataset);
  const choices = facets.map((facet) => makeChoice(facet, parts)).filter(Boolean);

  function apply() {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    const wanted = choices.filter((select) => select.value);
    if (words.length > 0) texts ??= parts.map(wordsOf);
    parts.forEach((part, n) => {
      part.hidden = !words.every((word) => texts[n].includes(word)) ||
        !wanted.every((select) => valuesOf(part, select.name).includes(select.value));
    });
    const shown = parts.filter((part) => !part.hidden).length;
    for (const group of target.querySelectorAll(":scope > section")) group.hidden = !group.querySelector("tbody > tr:not([hidden])");
    count.textContent = words.length > 0 || wanted.length > 0 ? `${shown} of ${parts.length}` : "";
    sheet.textContent = `Download these ${shown} as CSV`;
  }

  const label = make("label", {}, place.dataset.label, input);
  const named = choices.map((select) => make("label", {}, select.name[0].toUpperCase() + select.name.slice(1), select));
  sheet.addEventListener("click", () => saveTable(target, parts, place.dataset.sheet));
  const tables = [target, ...target.querySelectorAll("table.sortable")].filter(canSort);
  if (tables.length > 0) named.push(makeSorter(tables));
  place.prepend(label, ...named, count);
  if (place.dataset.sheet) place.append(sheet);
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
const canSort = (table) => table.matches("table.sortable") && table.tHead.rows.length === 1 && table.tBodies[0].rows.length > 1;

function sortBy(table, header, rising) {
  const keyed = Array.from(table.tBodies[0].rows, (row, n) => [keyOf(row, header.cellIndex, isNumber(header)), n, row]);
  keyed.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]) * (rising ? 1 : -1));
  table.tBodies[0].append(...keyed.map((entry) => entry[2]));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", rising ? "ascending" : "descending");
}

// Where rows are cards their head is out of sight: its words are read aloud, and are no buttons.
const cards = matchMedia("screen and (max-width: 59.9375em)");

function addSorting(table) {
  for (const header of table.tHead.rows[0].cells) {
    const button = make("button", { type: "button" });
    const words = [...header.childNodes];
    // The most of a number comes first, then the least.
    const before = () => header.getAttribute("aria-sort") ?? (isNumber(header) ? "ascending" : "descending");
    button.addEventListener("click", () => sortBy(table, header, before() === "descending"));
    const place = () => {
      button.append(...words);
      header.replaceChildren(...(cards.matches ? words : [button]));
    };
    cards.addEventListener("change", place);
    place();
  }
}

/** Shows what the address points at: opens what it is folded in, or goes on to where it stands. */
async function seekAnchor() {
  const name = decodeURIComponent(location.hash.slice(1));
  const found = document.getElementById(name);
  for (let open = found?.closest("details"); open; open = open.parentElement.closest("details")) open.open = true;
  found?.scrollIntoView();
  if (found || !/^f[0-9a-f]+$/.test(name)) return;
  // A statement that stands on another part of the paper.
  const { addresses } = await (await fetch("index.json")).json();
  if (addresses?.[name]) location.replace(new URL(`../${addresses[name]}`, import.meta.url));
}

for (const head of document.querySelectorAll(".md-typeset :is(h2, h3)[id]")) head.append(make("a", { class: "headerlink", href: `#${head.id}`, title: "Permanent link" }));
document.querySelectorAll(".filter").forEach(addFilter);
[...document.querySelectorAll("table.sortable")].filter(canSort).forEach(addSorting);
// Last, for rows shown or hidden above may have moved what the address points at.
seekAnchor();
addEventListener("hashchange", seekAnchor);
