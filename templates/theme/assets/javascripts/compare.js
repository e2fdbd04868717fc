/* Two or three cell sources side by side, as the address asks: ?a=bmsc&b=adsc&c=ucmsc.
   Each source is a small file beside its page. Without this script the page shows a fixed pair. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-compare]");
  const place = document.getElementById("comparison");
  const state = document.getElementById("comparison-state");
  if (!form || !place || !state) return;
  const names = ["a", "b", "c"];
  const first = 8; // of what one source alone has, before the rest is folded away
  const known = new Set([...form.elements.a.options].map((option) => option.value));

  /** An element with a class and children; strings become text, never markup. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const link = (item, more = {}) =>
    item.href ? make("a", { href: item.href, ...more, dir: "auto" }, item.label) : item.label;

  function effect(style, mark, words, count) {
    return make(
      "span",
      { class: `effect effect-${style}` },
      make("span", { "aria-hidden": "true" }, mark),
      make("span", { class: "hidden" }, words),
      ` ${count}`,
    );
  }

  /** What a source tells of an entry: its count or its note, directions, the strongest evidence. */
  function toldIn(entry) {
    const told = [entry.note ? make("small", {}, entry.note) : make("b", {}, String(entry.count))];
    for (const e of entry.effects) told.push(" ", effect(e.style, e.mark, e.words, e.count));
    const level = { class: "level", "data-mark": entry.mark };
    if (entry.level) told.push(" ", make("small", level, entry.level));
    return told;
  }

  const absent = (word) => make("span", { class: "absent" }, word);
  const cellOf = (entry) => make("td", {}, ...(entry ? toldIn(entry) : [absent("none")]));
  const listOf = (entries) =>
    make("ul", { class: "terms" }, ...entries.map((e) => make("li", {}, link(e), " ", ...toldIn(e))));

  /** What one source alone has, the first few in sight. */
  function onlyOf(entries) {
    if (!entries.length) return make("td", {}, absent("nothing"));
    const cell = make("td", {}, listOf(entries.slice(0, first)));
    const rest = entries.slice(first);
    const title = make("summary", {}, `${rest.length} more`);
    if (rest.length) cell.append(make("details", {}, title, listOf(rest)));
    return cell;
  }

  /** Rows of one group of all sources; the same rule as in builder/site/pages/compare.py. */
  function rowsOf(groups) {
    const rows = new Map();
    groups.forEach((group, n) => {
      for (const entry of group.entries) {
        if (!rows.has(entry.label)) rows.set(entry.label, { entry, cells: groups.map(() => null) });
        if (entry.count) rows.get(entry.label).cells[n] = entry;
      }
    });
    const kept = [...rows.values()].filter((row) => row.cells.some(Boolean));
    const sum = (row) => row.cells.reduce((all, cell) => all + (cell ? cell.count : 0), 0);
    const byWord = (x, y) => (x.entry.label < y.entry.label ? -1 : 1);
    return groups[0].ranked ? kept.sort((x, y) => sum(y) - sum(x) || byWord(x, y)) : kept;
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
    const told = [`${shared.length} shared`, ...counts.filter(Boolean)].join(" · ");
    const title = make("th", { scope: "rowgroup", colspan: String(sources.length + 1) }, label);
    if (ranked) title.append(" ", make("small", {}, told));
    const body = make("tbody", {}, make("tr", {}, title));
    for (const row of shared) {
      const mark = ranked || !row.entry.mark ? {} : { "data-mark": row.entry.mark };
      const name = make("th", { scope: "row", ...mark }, link(row.entry));
      body.append(make("tr", {}, name, ...row.cells.map(cellOf)));
    }
    const head = make("th", { scope: "row" }, "Only here");
    if (only.some((held) => held.length))
      body.append(make("tr", { class: "only" }, head, ...only.map(onlyOf)));
    return [body];
  }

  function tableOf(sources) {
    const labels = sources.map((source) => source.label);
    const head = make("tr", {}, make("td", {}));
    for (const source of sources)
      head.append(make("th", { scope: "col" }, link(source, { title: source.title })));
    const last = labels.pop();
    const words = `${labels.join(", ")} and ${last} side by side, in findings of the papers read`;
    const kind = `raw data compared of-${sources.length}`;
    const table = make("table", { class: kind }, make("caption", {}, words));
    table.append(make("thead", {}, head));
    sources[0].groups.forEach((_, n) =>
      table.append(...bodyOf(sources.map((source) => source.groups[n]), sources)));
    return table;
  }

  async function load(name) {
    const answer = await fetch(`../sources/${encodeURIComponent(name)}/index.json`);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).compare;
  }

  async function show(chosen) {
    state.textContent = "Loading …";
    try {
      const sources = await Promise.all(chosen.map(load));
      place.replaceChildren(tableOf(sources));
      state.textContent = "";
    } catch {
      state.textContent = "The sources could not be loaded. Please reload the page.";
    }
  }

  /** The sources that the address asks for, each once; unknown ones are told, never guessed. */
  function readAddress() {
    const asked = new URLSearchParams(location.search);
    const values = names.map((name) => (asked.get(name) || "").toLowerCase()).filter(Boolean);
    const chosen = [...new Set(values)].filter((value) => known.has(value));
    const unknown = values.filter((value) => !known.has(value));
    names.forEach((name, n) => {
      if (values.length) form.elements[name].value = chosen[n] || (n === 2 ? "" : form.elements[name].value);
    });
    if (unknown.length) state.textContent = `No finding names a cell source called ${unknown.join(", ")}.`;
    else if (values.length && chosen.length < 2) state.textContent = "Choose two different sources.";
    else if (chosen.length > 1) show(chosen);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = new URLSearchParams();
    for (const name of names) if (form.elements[name].value) chosen.set(name, form.elements[name].value);
    history.pushState(null, "", `?${chosen}`);
    state.textContent = "";
    readAddress();
  });
  addEventListener("popstate", readAddress);
  readAddress();
})();
