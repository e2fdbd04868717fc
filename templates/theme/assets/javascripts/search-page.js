// /search/?q=…: one list in rank order, the best first and then by kind; facets; shareable address.
// #search-results carries data-state="done" when complete.

import { make } from "../atlas.js";
import { address, QUIET, search, start } from "./search-engine.js";

const BEST = 5; // results that stand first whatever their kind
const STEP = 3; // of each kind behind them, and more each time
const MOST_PLACES = 3;
const SPAN = 24; // words of an excerpt

export function createPage() {
  const form = document.querySelector("form[data-search-page]");
  const input = form.querySelector("#search-query");
  const list = document.querySelector("#search-results");
  const status = document.querySelector("#search-status");
  const more = document.querySelector("#search-more");
  const folded = form.querySelector("#search-narrow");
  const selects = [...form.querySelectorAll("select")];
  const facets = selects.map(({ name }) => name);
  let wanted = false; // the facets are filled when a reader turns to them
  let [turn, timer] = [0, 0];
  let all = []; // results before they are narrowed
  let kept = []; // those that are listed
  let [marks, room] = [new Set(), STEP]; // the words that excerpts mark; how many are shown of a kind

  function readAddress() {
    const params = new URLSearchParams(location.search);
    const filters = Object.fromEntries(facets.map((name) => [name, params.getAll(name).filter(Boolean).slice(0, 20)]));
    return { query: (params.get("q") ?? "").trim(), filters, active: facets.some((name) => filters[name].length) };
  }

  // The results that each chosen facet allows; of one facet's values any will do.
  async function narrow(engine, results, filters, except = "") {
    let found = results;
    for (const name of facets.filter((facet) => facet !== except && filters[facet].length)) {
      const facet = await engine.facet(name);
      const sets = filters[name].map((value) => facet.get(value)).filter(Boolean);
      found = found.filter(({ id }) => sets.some((ids) => ids.has(id)));
    }
    return found;
  }

  async function run() {
    const mine = ++turn;
    const { query, filters, active } = readAddress();
    list.dataset.state = "busy";
    more.hidden = true;
    marks = new Set();
    try {
      const engine = await start();
      // Names need not wait for the full text and its excerpts.
      const early = (names) => {
        if (mine === turn && !active) list.replaceChildren(...names.slice(0, BEST).map((hit) => item(hit, null, engine)));
      };
      const { results, found } = query || active ? await search(query, { early }) : { results: [], found: {} };
      const narrowed = await narrow(engine, results, filters);
      if (mine !== turn) return;
      [all, kept, marks, room] = [results, narrowed, found.marks, STEP];
      await show(engine, mine);
      if (mine !== turn) return;
      status.textContent = query || active ? describe(found.notice, query && ` for “${query.slice(0, 80)}”`) : "Type a name, an identifier or any words.";
      list.dataset.state = "done";
      if (wanted) fillFacets();
    } catch {
      if (mine === turn) fail();
    }
  }

  function describe(notice, asked) {
    const pages = kept.filter(({ tier }) => !(tier >= QUIET)).length;
    if (!pages) return notice || `Nothing found${asked}.`;
    return [`${pages === 1 ? "1 page" : `${pages.toLocaleString("en")} pages`}${asked}.`, notice].filter(Boolean).join(" ");
  }

  function fail() {
    list.replaceChildren();
    const again = make("button", { type: "button" }, "Try again");
    again.addEventListener("click", run);
    status.replaceChildren("The search index could not be loaded. ", again, " Or use the lists of all pages below.");
    list.dataset.state = "failed";
  }

  // The best results, then the others under the heading of their kind: [[hit, heading]].
  function arrange(engine) {
    const groups = [...Map.groupBy(kept.slice(BEST), ({ tier, kind }) => (tier >= QUIET ? "quiet" : kind))];
    more.hidden = groups.every(([, hits]) => hits.length <= room);
    const headed = ([kind, hits]) => hits.slice(0, room).map((hit, at) => [hit, at ? "" : `${engine.kinds.get(kind)?.many ?? "Without evidence"} (${hits.length})`]);
    return [...kept.slice(0, BEST).map((hit, at) => [hit, at || !groups.length ? "" : "Best matches"]), ...groups.flatMap(headed)];
  }

  async function show(engine, mine) {
    const items = await Promise.all(arrange(engine).map(async ([hit, heading]) => {
      const data = await hit.load?.().catch(() => null);
      if (!hit.title && !data) return null;
      const entry = item({ ...hit, ...data, kind: hit.kind }, data, engine);
      if (heading) entry.dataset.heading = heading;
      return entry;
    }));
    if (mine !== turn) return;
    // Who has gone on to a result meanwhile stays there.
    const at = list.contains(document.activeElement) ? document.activeElement.href : "";
    list.replaceChildren(...items.filter(Boolean));
    if (at) [...list.querySelectorAll("a")].find((link) => link.href === at)?.focus();
  }

  function item(hit, data, engine) {
    const quiet = hit.tier >= QUIET;
    const kind = [engine.kinds.get(hit.kind)?.one, hit.detail].filter(Boolean).join(" · ");
    const about = make("small", { class: "kind-of" }, quiet ? "in the vocabulary, no evidence in the material read" : kind);
    const title = make("bdi", {}, ...mark(hit.title, engine.fold(hit.title)));
    const places = data ? excerpts(data, engine) : [];
    return make("li", { class: quiet ? "quiet" : "" }, make("a", { href: address(hit.path) }, title), " ", about, ...places);
  }

  // How many of the words that were asked for are among some.
  const count = (words) => new Set(words.map(({ key }) => key).filter((key) => marks.has(key))).size;

  // The places of a page that hold most of the words, each from where most of them stand, behind the
  // result of a trial, whatever was asked; a place with an anchor links to it.
  function excerpts({ path, places }, engine) {
    const found = places.map(([anchor, heading, text]) => ({ anchor, heading, text, words: engine.fold(text) }));
    const worth = ({ heading, words }) => (heading === "Result" ? Infinity : count(words));
    const best = found.filter(worth).sort((a, b) => worth(b) - worth(a)).slice(0, MOST_PLACES);
    return best.map(({ anchor, heading, text, words }) => {
      const from = words.reduce((at, _, n) => (count(words.slice(n, n + SPAN)) > count(words.slice(at, at + SPAN)) ? n : at), 0);
      const shown = words.slice(Math.max(0, Math.min(from, words.length - SPAN))).slice(0, SPAN);
      const [start, end] = [shown[0] === words[0] ? 0 : shown[0].at, shown.at(-1) === words.at(-1) ? text.length : shown.at(-1).end];
      const link = make("a", { href: address(`${path}#${anchor}`), class: "place" }, make("bdi", {}, heading));
      const excerpt = make("bdi", {}, start ? "… " : "", ...mark(text, shown, start, end), end < text.length ? " …" : "");
      return make("p", {}, ...(anchor && !path.includes("#") ? [link, " "] : []), excerpt);
    });
  }

  // A stretch of a text as nodes, with the words that were asked for marked.
  function mark(text, words, start = 0, end = text.length) {
    const nodes = [];
    let last = start;
    for (const { key, at, end: after } of words) {
      if (!marks.has(key) || at < last) continue;
      nodes.push(text.slice(last, at), make("mark", {}, text.slice(at, after)));
      last = after;
    }
    return [...nodes, text.slice(last, end)];
  }

  async function fillFacets() {
    wanted = true;
    try {
      const engine = await start();
      const { query, filters } = readAddress();
      if (!query && !all.length) all = (await search("")).results;
      for (const select of selects) await fillFacet(select, engine, filters);
    } catch {
      wanted = false; // a reader may turn to them again
    }
  }

  async function fillFacet(select, engine, filters) {
    const facet = select.name;
    const labelOf = (value) => (facet === "kind" ? engine.kinds.get(value)?.many : engine.terms.terms.find(({ path }) => path === `${facet}s/${value}/`)?.title) ?? value.replace("-", " ");
    const [current = ""] = filters[facet];
    const possible = await narrow(engine, all, filters, facet);
    const counts = new Map([[current, 0]]);
    for (const [value, ids] of await engine.facet(facet)) counts.set(value, possible.filter(({ id }) => ids.has(id)).length);
    const values = [...counts].filter(([value, count]) => value && (count || value === current))
      .sort((a, b) => (facet === "year" ? b[0] - a[0] : b[1] - a[1] || labelOf(a[0]).localeCompare(labelOf(b[0]))));
    select.replaceChildren(new Option("any", ""), ...values.map(([value, count]) => new Option(`${labelOf(value)} (${count})`, value)));
    select.value = current;
  }

  function go(push = false) {
    clearTimeout(timer);
    const params = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    const target = params.size ? `?${params}` : "";
    if (target !== location.search) history[push ? "pushState" : "replaceState"](null, "", location.pathname + target);
    run();
  }

  function restore(typed) {
    const { query, filters, active } = readAddress();
    input.value = typed || query;
    if (active) wanted = folded.open = true;
    for (const select of selects) {
      const [value = ""] = filters[select.name];
      if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
      select.value = value;
    }
    if (typed) go();
    else run();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(true);
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(go, 150);
  });
  form.addEventListener("change", (event) => { if (event.target instanceof HTMLSelectElement) go(true); });
  for (const turned of ["toggle", "pointerenter", "focusin"]) folded.addEventListener(turned, () => wanted || fillFacets());
  more.addEventListener("click", async () => {
    const before = new Set([...list.children].map((entry) => entry.firstElementChild.href));
    room += 10;
    await show(await start(), turn).catch(() => {});
    [...list.querySelectorAll("li > a:first-child")].find(({ href }) => !before.has(href))?.focus();
  });
  window.addEventListener("popstate", () => restore(""));
  restore(input.value.trim()); // typed on a slow network before this script has come
}
