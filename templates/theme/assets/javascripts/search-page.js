// /search/?q=…: one list in rank order, the best first and then by kind; facets; shareable address.
// #search-results carries data-state="done" when complete.

import { address, make, QUIET, search, start } from "./search-engine.js";

const BEST = 5; // results that stand first whatever their kind
const STEP = 5; // of each kind behind them, and more each time
const MOST_PLACES = 3;
const SPAN = 24; // words of an excerpt
const FACETS = ["kind", "source", "condition", "evidence", "year"];

export function createPage() {
  const form = document.querySelector("form[data-search-page]");
  const input = form.querySelector("#search-query");
  const list = document.querySelector("#search-results");
  const status = document.querySelector("#search-status");
  const more = document.querySelector("#search-more");
  const folded = form.querySelector("#search-narrow");
  const selects = [...form.querySelectorAll("select[data-facet]")];
  // Beside the results there is room: the facets are open, and filled when a reader turns to them.
  const wide = matchMedia("(min-width: 62.5em) and (hover: hover)");
  let wanted = false;
  let turn = 0;
  let timer = 0;
  let all = []; // results before they are narrowed
  let kept = []; // those that are listed
  let marks = new Set();
  let room = STEP;

  function readAddress() {
    const params = new URLSearchParams(location.search);
    const filters = Object.fromEntries(FACETS.map((name) => [name, params.getAll(name).filter(Boolean).slice(0, 20)]));
    return { query: params.get("q") ?? "", filters, active: FACETS.some((name) => filters[name].length) };
  }

  function writeAddress(query, filters, push) {
    const params = new URLSearchParams(query ? { q: query } : {});
    for (const name of FACETS) for (const value of filters[name]) params.append(name, value);
    const target = `${location.pathname}${params.size ? `?${params}` : ""}`;
    if (target !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", target);
  }

  // The results that each chosen facet allows; of one facet's values any will do.
  async function narrow(engine, results, filters, except = "") {
    let found = results;
    for (const name of FACETS.filter((facet) => facet !== except && filters[facet].length)) {
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
    try {
      if (!query.trim() && !active) {
        kept = [];
        finish("Type a name, an identifier or any words.");
        return;
      }
      const engine = await start();
      // Names need not wait for the full text and its excerpts.
      const early = (names) => { if (mine === turn && !active) list.replaceChildren(...names.slice(0, BEST).map((hit) => item(hit, null, engine))); };
      const { results, found } = await search(query, { early });
      const narrowed = await narrow(engine, results, filters);
      if (mine !== turn) return;
      [all, kept, marks, room] = [results, narrowed, found.marks, STEP];
      await show(engine, mine);
      if (mine !== turn) return;
      finish(describe(found, kept.filter(({ tier }) => !(tier >= QUIET)).length, query));
      if (wanted && folded.open) fillFacets(engine, filters).catch(() => {});
    } catch {
      if (mine === turn) fail();
    }
  }

  function describe(found, count, query) {
    const pages = count === 1 ? "1 page" : `${count.toLocaleString("en")} pages`;
    const asked = query.trim() ? ` for “${query.trim().slice(0, 80)}”` : "";
    return count ? [`${pages}${asked}.`, found.notice].filter(Boolean).join(" ") : found.notice || `Nothing found${asked}.`;
  }

  function finish(text) {
    if (!kept.length) list.replaceChildren();
    status.textContent = text;
    list.dataset.state = "done";
  }

  function fail() {
    kept = [];
    list.replaceChildren();
    const again = make("button", { type: "button", textContent: "Try again" });
    again.addEventListener("click", run);
    status.replaceChildren("The search index could not be loaded. ", again, " Or use the lists of all pages below.");
    list.dataset.state = "failed";
  }

  // The best results, then the others under the heading of their kind: [[hit, heading]].
  async function arrange(engine) {
    const groups = new Map();
    const kinds = await engine.kindsById();
    for (const hit of kept.slice(BEST)) {
      const kind = hit.tier >= QUIET ? "" : hit.kind ?? kinds.get(hit.id);
      groups.set(kind, [...(groups.get(kind) ?? []), hit]);
    }
    const { "": quiet, ...named } = Object.fromEntries(groups);
    const others = [...Object.entries(named), ...(quiet ? [["", quiet]] : [])];
    more.hidden = !others.some(([, hits]) => hits.length > room);
    const headed = others.flatMap(([kind, hits]) => {
      const name = engine.kinds.get(kind)?.many ?? "Without evidence";
      const heading = hits.length > room ? `${name}, ${room} of ${hits.length}` : `${name} (${hits.length})`;
      return hits.slice(0, room).map((hit, at) => [hit, at ? "" : heading]);
    });
    return [...kept.slice(0, BEST).map((hit, at) => [hit, headed.length && !at ? "Best matches" : ""]), ...headed];
  }

  async function show(engine, mine) {
    const items = await Promise.all((await arrange(engine)).map(async ([hit, heading]) => {
      const data = await hit.load?.().catch(() => null);
      if (!hit.path && !data) return null;
      const entry = item({ ...data, ...hit }, data, engine);
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
    const about = make("small", { className: "kind-of", textContent: quiet ? "in the vocabulary, no evidence in the material read" : kind });
    const title = make("bdi", {}, ...mark(hit.title, engine.fold(hit.title)));
    const entry = make("li", { className: quiet ? "quiet" : "" }, make("a", { href: address(hit.path) }, title), " ", about);
    entry.append(...(data ? excerpts(data, engine) : []));
    return entry;
  }

  // The places of a page that hold most of the words; a place with an anchor links to it.
  function excerpts({ path, places }, engine) {
    const found = places.map(([anchor, heading, text]) => {
      const words = engine.fold(text);
      return { anchor, heading, text, words, count: new Set(words.map(({ key }) => key).filter((key) => marks.has(key))).size };
    });
    const best = found.filter(({ count }) => count).sort((a, b) => b.count - a.count).slice(0, MOST_PLACES);
    return best.map(({ anchor, heading, text, words }) => {
      const line = make("p", {});
      const href = address(`${path.split("#")[0]}#${anchor}`);
      if (anchor && !path.includes("#")) line.append(make("a", { href, className: "place" }, make("bdi", { textContent: heading })), " ");
      line.append(make("bdi", {}, ...cutOut(text, words)));
      return line;
    });
  }

  // As many words of a text as an excerpt holds, from where most of those asked for stand.
  function cutOut(text, words) {
    const count = (from) => new Set(words.slice(from, from + SPAN).map(({ key }) => key).filter((key) => marks.has(key))).size;
    const best = words.reduce((at, _, n) => (count(n) > count(at) ? n : at), 0);
    const from = words.length > SPAN ? Math.max(0, Math.min(best, words.length - SPAN)) : 0;
    const shown = words.slice(from, from + SPAN);
    const end = from + SPAN < words.length ? shown.at(-1).end : text.length;
    return [from ? "… " : "", ...mark(text, shown, from ? shown[0].at : 0, end), end < text.length ? " …" : ""];
  }

  // A stretch of a text as nodes, with the words that were asked for marked.
  function mark(text, words, start = 0, end = text.length) {
    const nodes = [];
    let last = start;
    for (const word of words.filter(({ key }) => marks.has(key))) {
      if (word.at < last) continue;
      nodes.push(text.slice(last, word.at), make("mark", { textContent: text.slice(word.at, word.end) }));
      last = word.end;
    }
    return [...nodes, text.slice(last, end)];
  }

  // --- facets ------------------------------------------------------------------------------------

  async function fillFacets(engine, filters) {
    const labels = new Map(engine.terms.terms.map((term) => [term.path, term.title]));
    const name = (facet, value) => (facet === "kind" ? engine.kinds.get(value)?.many : labels.get(`${facet}s/${value}/`)) ?? value.replace("-", " ");
    for (const select of selects) {
      const facet = select.dataset.facet;
      const [current = ""] = filters[facet];
      const possible = await narrow(engine, all, filters, facet);
      const values = [...(await engine.facet(facet))]
        .map(([value, ids]) => [value, possible.filter(({ id }) => ids.has(id)).length])
        .filter(([value, count]) => count || value === current);
      if (current && !values.some(([value]) => value === current)) values.push([current, 0]);
      values.sort((a, b) => (facet === "year" ? b[0] - a[0] : b[1] - a[1] || name(facet, a[0]).localeCompare(name(facet, b[0]))));
      select.replaceChildren(new Option("any", ""), ...values.map(([value, count]) => new Option(`${name(facet, value)} (${count})`, value)));
      select.value = current;
    }
  }

  async function fillWanted() {
    if (!folded.open || (wanted && wide.matches)) return;
    wanted = true;
    const { query, filters } = readAddress();
    try {
      const engine = await start();
      if (!query.trim() && !all.length) all = (await search("")).results;
      await fillFacets(engine, filters);
    } catch {
      wanted = false;
      status.textContent = "The lists to narrow by could not be loaded.";
    }
  }

  // --- events ------------------------------------------------------------------------------------

  function go(push) {
    clearTimeout(timer);
    const { filters } = readAddress();
    for (const select of selects) filters[select.dataset.facet] = select.value ? [select.value] : [];
    writeAddress(input.value.trim(), filters, push);
    run();
  }

  function restore() {
    const { query, filters, active } = readAddress();
    input.value = query;
    if (active) folded.open = wanted = true;
    for (const select of selects) {
      const [value = ""] = filters[select.dataset.facet];
      if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
      select.value = value;
    }
    run();
  }

  function unfold() {
    if (wide.matches) folded.open = true;
    folded.querySelector("summary").tabIndex = wide.matches ? -1 : 0;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(true);
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => go(false), 150);
  });
  form.addEventListener("change", (event) => { if (event.target instanceof HTMLSelectElement) go(true); });
  folded.addEventListener("toggle", () => { if (!wide.matches) fillWanted(); });
  folded.addEventListener("pointerenter", fillWanted);
  folded.addEventListener("focusin", (event) => { if (event.target instanceof HTMLSelectElement) fillWanted(); });
  wide.addEventListener("change", unfold);
  more.addEventListener("click", async () => {
    const before = new Set([...list.children].map((entry) => entry.firstElementChild.href));
    room += 2 * STEP;
    await show(await start(), turn).catch(() => {});
    [...list.querySelectorAll("li > a:first-child")].find(({ href }) => !before.has(href))?.focus();
  });
  window.addEventListener("popstate", restore);
  unfold();
  // On a slow network words are typed before this script has come.
  if (input.value.trim()) writeAddress(input.value.trim(), readAddress().filters, false);
  restore();
}
