/* Two or three sources side by side, as the address asks: ?a=bmsc&b=adsc&c=ucmsc. What is compared of
   a source is in the index.json of its page. Without this script the page has a table of all. */

import { make } from "../atlas.js";

const form = document.querySelector("form[data-compare]");
const place = document.getElementById("comparison");
const state = document.getElementById("comparison-state");
const FIRST = 8; // of what one source alone has, before the rest is folded away

const link = ({ href, label }, more = {}) => (href ? make("a", { href, ...more, dir: "auto" }, label) : label);

/** What a source has of an entry: its count or note, directions, the highest design. */
function describe({ note, count, effects = [], level, mark }) {
  return [
    note ? make("small", {}, note) : make("b", {}, String(count)),
    ...effects.flatMap((e) => [" ", make("span", { class: `effect ${e.style}`, title: e.words }, String(e.count))]),
    ...(level ? [" ", make("small", { class: "level", "data-mark": mark }, level)] : []),
  ];
}

const cellOf = (entry) => make("td", {}, ...(entry ? describe(entry) : [make("span", { class: "absent" }, "none")]));
const listOf = (entries) => make("ul", { class: "terms" }, ...entries.map((e) => make("li", {}, link(e), " ", ...describe(e))));

/** What one source alone has, the first few in sight. */
function onlyOf(entries) {
  if (!entries.length) return cellOf(null);
  const rest = entries.slice(FIRST);
  const folded = rest.length ? [make("details", {}, make("summary", {}, `${rest.length} more`), listOf(rest))] : [];
  return make("td", {}, listOf(entries.slice(0, FIRST)), ...folded);
}

/** One group of all sources: rows by label; ranked ones by their sum over all sources. */
function rowsOf(groups) {
  const labels = new Set(groups.flatMap(({ entries }) => entries.map(({ label }) => label)));
  const cellsOf = (label) => groups.map(({ entries }) => entries.find((entry) => entry.label === label && entry.count));
  const rows = [...labels].map(cellsOf).map((cells) => ({ entry: cells.find(Boolean), cells })).filter(({ entry }) => entry);
  const sum = ({ cells }) => cells.reduce((sum, cell) => sum + (cell?.count ?? 0), 0);
  return groups[0].ranked ? rows.sort((x, y) => sum(y) - sum(x) || (x.entry.label < y.entry.label ? -1 : 1)) : rows;
}

/** The body of one group: what is shared row by row, then what each source alone has. */
function bodyOf(groups, sources) {
  const rows = rowsOf(groups);
  if (!rows.length) return [];
  const [{ ranked, label }] = groups;
  const alone = ({ cells }) => ranked && cells.filter(Boolean).length === 1;
  const shared = rows.filter((row) => !alone(row));
  const only = sources.map((_, n) => rows.filter(alone).map(({ cells }) => cells[n]).filter(Boolean));
  const counts = only.map((held, n) => held.length && `${held.length} only ${sources[n].label}`).filter(Boolean);
  const sizes = ranked ? [" ", make("small", {}, [`${shared.length} shared`, ...counts].join(" · "))] : [];
  return [make("tbody", {},
    make("tr", {}, make("th", { scope: "rowgroup", colspan: sources.length + 1 }, label, ...sizes)),
    ...shared.map(({ entry, cells }) => make("tr", {},
      make("th", { scope: "row", ...(!ranked && entry.mark && { "data-mark": entry.mark }) }, link(entry)), ...cells.map(cellOf))),
    ...(counts.length ? [make("tr", { class: "only" }, make("th", { scope: "row" }, "Only here"), ...only.map(onlyOf))] : []))];
}

function tableOf(sources) {
  const labels = sources.map(({ label }) => label);
  const caption = `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)} side by side; numbers count studies`;
  const heads = sources.map((source) => make("th", { scope: "col" }, link(source, { title: source.title })));
  return make("table", { class: `raw data compared of-${sources.length}` },
    make("caption", {}, caption), make("thead", {}, make("tr", {}, make("td", {}), ...heads)),
    ...sources[0].groups.flatMap((_, n) => bodyOf(sources.map(({ groups }) => groups[n]), sources)));
}

/** Shows the sources that the address asks for, each once; unknown ones are named, never guessed. */
async function show() {
  const selects = [...form.querySelectorAll("select")];
  const known = [...selects[0].options].map(({ value }) => value);
  const asked = new URLSearchParams(location.search);
  const values = selects.map(({ name }) => (asked.get(name) ?? "").toLowerCase()).filter(Boolean);
  const found = values.filter((value) => known.includes(value));
  const unknown = values.filter((value) => !known.includes(value));
  if (values.length) selects.forEach((select, n) => { select.value = found[n] ?? (n < 2 ? select.value : ""); });
  const chosen = [...new Set(values.length ? values : selects.map(({ value }) => value).filter(Boolean))];
  const fault = unknown.length ? `No statement names a source called ${unknown.join(", ")}.` : chosen.length < 2 ? "Choose two different sources." : "";
  state.textContent = fault || "Loading …";
  if (fault) return;
  const load = async (name) => (await (await fetch(`../sources/${encodeURIComponent(name)}/index.json`)).json()).compare;
  const sources = await Promise.all(chosen.map(load)).catch(() => null);
  state.textContent = sources ? "" : "The sources could not be loaded. Please reload the page.";
  if (sources) place.replaceChildren(tableOf(sources));
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.pushState(null, "", `?${new URLSearchParams([...new FormData(form)].filter(([, value]) => value))}`);
    show();
  });
  addEventListener("popstate", show);
  show();
}
