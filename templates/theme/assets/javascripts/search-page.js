// /search/?q=…: one list in rank order, facets, shareable address. See design.md for its contract:
// #search-results carries data-state="done" when complete.

import { address, search, start } from "./search-engine.js";

const STEP = 10;
const MOST_PLACES = 3;
const QUIET = 9; // the tier of names that no evidence names
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
  let rest = []; // those that are listed
  let shown = 0;

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const bdi = (text) => make("bdi", { textContent: text });

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
    let kept = results;
    for (const name of FACETS) {
      if (name === except || !filters[name].length) continue;
      const facet = await engine.facet(name);
      const sets = filters[name].map((value) => facet.get(value)).filter(Boolean);
      kept = kept.filter(({ id }) => sets.some((ids) => ids.has(id)));
    }
    return kept;
  }

  async function run() {
    const mine = ++turn;
    const { query, filters, active } = readAddress();
    list.dataset.state = "busy";
    more.hidden = true;
    try {
      if (!query.trim() && !active) return finish([], "Type a name, an identifier or any words.");
      const engine = await start();
      const { results, found } = await search(query, ({ names }) => {
        // Names need not wait for the full text and its excerpts.
        if (mine === turn && !active) list.replaceChildren(...names.slice(0, STEP).map((hit) => item(hit, null, engine)));
      });
      const kept = await narrow(engine, results, filters);
      if (mine !== turn) return null;
      [all, rest, shown] = [results, kept, 0];
      await showMore(engine, mine);
      if (mine !== turn) return null;
      finish(kept, describe(found, kept.filter(({ tier }) => !(tier >= QUIET)).length, query));
      if (wanted && folded.open) fillFacets(engine, filters).catch(() => {});
    } catch {
      if (mine === turn) fail();
    }
    return null;
  }

  function describe(found, count, query) {
    const pages = count === 1 ? "1 page" : `${count.toLocaleString("en")} pages`;
    const asked = query.trim() ? ` for “${query.trim().slice(0, 80)}”` : "";
    return count ? [`${pages}${asked}.`, found.notice].filter(Boolean).join(" ") : found.notice || `Nothing found${asked}.`;
  }

  function finish(results, text) {
    if (!results.length) list.replaceChildren();
    more.hidden = shown >= results.length;
    status.textContent = text;
    list.dataset.state = "done";
  }

  function fail() {
    [rest, shown] = [[], 0];
    list.replaceChildren();
    more.hidden = true;
    const again = make("button", { type: "button", textContent: "Try again" });
    again.addEventListener("click", run);
    status.replaceChildren("The search index could not be loaded. ", again, " Or use the lists of all pages below.");
    list.dataset.state = "failed";
  }

  async function showMore(engine, mine) {
    const items = await Promise.all(rest.slice(shown, shown + STEP).map(async (hit) => {
      const data = await hit.load?.().catch(() => null);
      return hit.path || data ? item({ ...data, ...hit }, data, engine) : null;
    }));
    if (mine !== turn) return;
    // Who has gone on to a result meanwhile stays there.
    const at = list.contains(document.activeElement) ? document.activeElement.href : "";
    list.replaceChildren(...(shown ? list.children : []), ...items.filter(Boolean));
    if (at) [...list.querySelectorAll("a")].find((link) => link.href === at)?.focus();
    shown += STEP;
  }

  function item(hit, data, engine) {
    const quiet = hit.tier >= QUIET;
    const kind = [engine.kinds.get(hit.kind)?.one, hit.detail].filter(Boolean).join(" · ");
    const about = make("small", { className: "kind-of", textContent: quiet ? "in the vocabulary, no evidence in the material read" : kind });
    const entry = make("li", { className: quiet ? "quiet" : "" }, make("a", { href: address(hit.path) }, bdi(hit.title)), " ", about);
    entry.append(...(data ? excerpts(data) : []));
    return entry;
  }

  // The places of a page that hold most of the words; a place with an anchor links to it.
  function excerpts({ path, places }) {
    const count = ({ excerpt }) => new Set(Array.from(excerpt.matchAll(/<mark>(.*?)<\/mark>/g), (m) => m[1].toLowerCase())).size;
    const best = places.filter(count).sort((a, b) => count(b) - count(a)).slice(0, MOST_PLACES);
    return best.map(({ anchor, title, excerpt }) => {
      const line = make("p", {});
      const href = address(`${path.split("#")[0]}#${anchor}`);
      if (anchor && !path.includes("#")) line.append(make("a", { href, className: "place" }, bdi(title)), " ");
      line.append(marked(excerpt));
      return line;
    });
  }

  // Pagefind marks words with <mark>; all else is text. The parser here makes an inert document, and
  // only text and marks are taken from it.
  function marked(html) {
    const nodes = [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
    return make("bdi", {}, ...nodes.map(({ nodeName, textContent }) => (nodeName === "MARK" ? make("mark", { textContent }) : textContent)));
  }

  // --- facets ------------------------------------------------------------------------------------

  async function fillFacets(engine, filters) {
    const labels = new Map(engine.terms.terms.map((term) => [term.path, term.title]));
    const name = (facet, value) => (facet === "kind" ? engine.kinds.get(value)?.many : labels.get(`${facet}s/${value}/`)) ?? value.replace("-", " ");
    for (const select of selects) {
      const facet = select.dataset.facet;
      const [current = ""] = filters[facet];
      const kept = await narrow(engine, all, filters, facet);
      const counted = [...(await engine.facet(facet))].map(([value, ids]) => [value, kept.filter(({ id }) => ids.has(id)).length]);
      const values = counted.filter(([value, count]) => count || value === current);
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
  let adding = false;
  more.addEventListener("click", async () => {
    if (adding) return; // a second click would add the same pages again
    adding = true;
    const from = list.children.length;
    await showMore(await start(), turn).catch(() => {});
    adding = false;
    more.hidden = shown >= rest.length;
    list.children[from]?.querySelector("a")?.focus();
  });
  window.addEventListener("popstate", restore);
  unfold();
  // On a slow network words are typed before this script has come.
  if (input.value.trim()) writeAddress(input.value.trim(), readAddress().filters, false);
  restore();
}
