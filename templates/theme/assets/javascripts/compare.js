/* Two or three sources side by side, as the address asks: ?a=bmsc&b=adsc&c=ucmsc. What is compared of
   a source is in the index.json of its page. Without this script the page has a table of all. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-compare]");
  const place = document.getElementById("comparison");
  const state = document.getElementById("comparison-state");
  if (!form || !place || !state) return;
  const NAMES = ["a", "b", "c"];
  const FIRST = 8; // of what one source alone has, before the rest is folded away
  const known = new Set([...form.elements.a.options].map((option) => option.value));

  /** An element with attributes and children; strings become text, never markup. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const link = (item, more = {}) =>
    item.href ? make("a", { href: item.href, ...more, dir: "auto" }, item.label) : item.label;

  /** What a source has of an entry: its count or note, directions, the highest design. */
  function describe(entry) {
    const found = [entry.note ? make("small", {}, entry.note) : make("b", {}, String(entry.count))];
    for (const e of entry.effects ?? [])
      found.push(" ", make("span", { class: `effect effect-${e.style}`, "data-mark": e.mark, title: e.words }, String(e.count)));
    if (entry.level) found.push(" ", make("small", { class: "level", "data-mark": entry.mark }, entry.level));
    return found;
  }

  const cellOf = (entry) =>
    make("td", {}, ...(entry ? describe(entry) : [make("span", { class: "absent" }, "none")]));
  const listOf = (entries) =>
    make("ul", { class: "terms" }, ...entries.map((e) => make("li", {}, link(e), " ", ...describe(e))));

  /** What one source alone has, the first few in sight. */
  function onlyOf(entries) {
    if (!entries.length) return cellOf(null);
    const cell = make("td", {}, listOf(entries.slice(0, FIRST)));
    const rest = entries.slice(FIRST);
    if (rest.length) cell.append(make("details", {}, make("summary", {}, `${rest.length} more`), listOf(rest)));
    return cell;
  }

  /** One group of all sources: rows by label; ranked ones by their sum over all sources. */
  function rowsOf(groups) {
    const rows = new Map();
    groups.forEach((group, n) => group.entries.forEach((entry) => {
      if (!rows.has(entry.label)) rows.set(entry.label, { entry, cells: groups.map(() => null) });
      if (entry.count) rows.get(entry.label).cells[n] = entry;
    }));
    const kept = [...rows.values()].filter((row) => row.cells.some(Boolean));
    const sum = (row) => row.cells.reduce((all, cell) => all + (cell ? cell.count : 0), 0);
    return groups[0].ranked
      ? kept.sort((x, y) => sum(y) - sum(x) || (x.entry.label < y.entry.label ? -1 : 1)) : kept;
  }

  /** The body of one group: what is shared row by row, then what each source alone has. */
  function bodyOf(groups, sources) {
    const rows = rowsOf(groups);
    if (!rows.length) return [];
    const { ranked, label } = groups[0];
    const alone = (row) => ranked && row.cells.filter(Boolean).length === 1;
    const shared = rows.filter((row) => !alone(row));
    const only = sources.map((_, n) => rows.filter(alone).map((row) => row.cells[n]).filter(Boolean));
    const counts = only.map((held, n) => held.length && `${held.length} only ${sources[n].label}`);
    const title = make("th", { scope: "rowgroup", colspan: String(sources.length + 1) }, label);
    if (ranked) title.append(" ", make("small", {}, [`${shared.length} shared`, ...counts.filter(Boolean)].join(" · ")));
    const body = make("tbody", {}, make("tr", {}, title));
    for (const row of shared) {
      const mark = ranked || !row.entry.mark ? {} : { "data-mark": row.entry.mark };
      body.append(make("tr", {}, make("th", { scope: "row", ...mark }, link(row.entry)), ...row.cells.map(cellOf)));
    }
    if (only.some((held) => held.length))
      body.append(make("tr", { class: "only" }, make("th", { scope: "row" }, "Only here"), ...only.map(onlyOf)));
    return [body];
  }

  function tableOf(sources) {
    const labels = sources.map((source) => source.label);
    const head = make("tr", {}, make("td", {}), ...sources.map((s) => make("th", { scope: "col" }, link(s, { title: s.title }))));
    const caption = `${labels.slice(0, -1).join(", ")} and ${labels.at(-1)} side by side; numbers count studies`;
    return make("table", { class: `raw data compared of-${sources.length}` },
      make("caption", {}, caption), make("thead", {}, head),
      ...sources[0].groups.flatMap((_, n) => bodyOf(sources.map((s) => s.groups[n]), sources)));
  }

  async function load(name) {
    const answer = await fetch(`../sources/${encodeURIComponent(name)}/index.json`);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).compare;
  }

  async function show(chosen) {
    state.textContent = "Loading …";
    try {
      place.replaceChildren(tableOf(await Promise.all(chosen.map(load))));
      state.textContent = "";
    } catch {
      state.textContent = "The sources could not be loaded. Please reload the page.";
    }
  }

  /** The sources that the address asks for, each once; unknown ones are named, never guessed. */
  function readAddress() {
    const asked = new URLSearchParams(location.search);
    const values = NAMES.map((name) => (asked.get(name) || "").toLowerCase()).filter(Boolean);
    const unknown = values.filter((value) => !known.has(value));
    let chosen = [...new Set(values)].filter((value) => known.has(value));
    NAMES.forEach((name, n) => {
      if (values.length) form.elements[name].value = chosen[n] || (n === 2 ? "" : form.elements[name].value);
    });
    if (!values.length) chosen = [...new Set(NAMES.map((name) => form.elements[name].value).filter(Boolean))];
    if (unknown.length) state.textContent = `No statement names a source called ${unknown.join(", ")}.`;
    else if (chosen.length < 2) state.textContent = "Choose two different sources.";
    else show(chosen);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = new URLSearchParams();
    for (const name of NAMES) if (form.elements[name].value) chosen.set(name, form.elements[name].value);
    history.pushState(null, "", `?${chosen}`);
    state.textContent = "";
    readAddress();
  });
  addEventListener("popstate", readAddress);
  readAddress();
})();
