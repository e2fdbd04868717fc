// /search/?q=…: one list in rank order, facets, shareable address. See design.md for its contract:
// #search-results carries data-state="done" when complete.

import { address, search, start } from "./search-engine.js";
import { countFacet, narrow } from "./search-facets.js";

const STEP = 10;
const MOST_PLACES = 3;
const FACETS = ["kind", "source", "condition", "evidence", "year"];

export function createPage() {
  const form = document.querySelector("form[data-search-page]");
  const input = form.querySelector("#search-query");
  const list = document.querySelector("#search-results");
  const status = document.querySelector("#search-status");
  const more = document.querySelector("#search-more");
  const folded = form.querySelector("#search-narrow");
  // Beside the results there is room: the facets are open, and filled when a reader turns to them.
  const wide = matchMedia("(min-width: 62.5em) and (hover: hover)");
  let wanted = false;
  let turn = 0;
  let timer = 0;
  let rest = [];
  let unnarrowed = [];
  let shown = 0;

  const selects = () => [...form.querySelectorAll("select[data-facet]")];

  function readAddress() {
    const params = new URLSearchParams(location.search);
    const filters = {};
    for (const name of FACETS) filters[name] = params.getAll(name).filter(Boolean).slice(0, 20);
    return { query: params.get("q") ?? "", filters };
  }

  function writeAddress(query, filters, push) {
    const params = new URLSearchParams();
    if (query) params.set("q", query);
    for (const name of FACETS) for (const value of filters[name] ?? []) params.append(name, value);
    const text = params.toString();
    const target = `${location.pathname}${text ? `?${text}` : ""}`;
    if (target === location.pathname + location.search) return;
    history[push ? "pushState" : "replaceState"](null, "", target);
  }

  function chosen() {
    const filters = Object.fromEntries(FACETS.map((name) => [name, []]));
    const current = readAddress().filters;
    for (const name of FACETS) filters[name] = current[name];
    for (const select of selects()) filters[select.dataset.facet] = select.value ? [select.value] : [];
    return filters;
  }

  async function run(query, filters) {
    const mine = ++turn;
    list.dataset.state = "busy";
    more.hidden = true;
    const active = FACETS.some((name) => filters[name].length);
    if (!query.trim() && !active) {
      finish([], "Type a name, an identifier or any words.");
      return;
    }
    try {
      const engine = await start();
      const { results: all, found } = await search(query, ({ names }) => {
        // Names need not wait for the full text and its excerpts.
        if (mine !== turn || active) return;
        list.replaceChildren(...names.slice(0, STEP).map((hit) => item(hit, null, engine)));
      });
      const results = active ? await narrow(all, filters) : all;
      if (mine !== turn) return;
      unnarrowed = all;
      rest = results;
      shown = 0;
      await showMore(engine, mine);
      if (mine !== turn) return;
      finish(results, sentence(found, results.length, query));
      if (wanted && folded.open) fillFacets(engine, filters).catch(() => {});
    } catch {
      if (mine === turn) fail(query);
    }
  }

  function sentence(found, count, query) {
    const pages = count === 1 ? "1 page" : `${count.toLocaleString("en")} pages`;
    const asked = query.trim() ? ` for “${query.trim().slice(0, 80)}”` : "";
    if (count) return [`${pages}${asked}.`, found.notice].filter(Boolean).join(" ");
    return found.notice || `Nothing found${asked}.`;
  }

  function finish(results, text) {
    if (!results.length) list.replaceChildren();
    more.hidden = shown >= results.length;
    status.textContent = text;
    list.dataset.state = "done";
  }

  function fail(query) {
    rest = [];
    shown = 0;
    list.replaceChildren();
    more.hidden = true;
    status.replaceChildren("The search index could not be loaded. ");
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Try again";
    again.addEventListener("click", () => run(query, chosen()));
    status.append(again, " Or use the lists of all pages below.");
    list.dataset.state = "failed";
  }

  async function showMore(engine, mine) {
    const next = rest.slice(shown, shown + STEP);
    const items = await Promise.all(
      next.map(async ({ name, text }) => {
        const data = text ? await text.data().catch(() => null) : null;
        return name || data ? item(name ?? fromData(data), data, engine) : null;
      }),
    );
    if (mine !== turn) return;
    const kept = items.filter(Boolean);
    if (shown) list.append(...kept);
    else replace(kept);
    shown += next.length;
  }

  // Who has gone on to a result meanwhile stays there.
  function replace(items) {
    const at = list.contains(document.activeElement) ? document.activeElement.href : "";
    list.replaceChildren(...items);
    if (at) [...list.querySelectorAll("a")].find((link) => link.href === at)?.focus();
  }

  function fromData(data) {
    return { title: data.meta.title, kind: data.meta.kind, detail: data.meta.detail, href: data.url };
  }

  function item(hit, data, engine) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = hit.href ?? address(hit.path);
    link.append(bdi(hit.title));
    const kind = document.createElement("small");
    kind.className = "kind-of";
    kind.textContent = [engine.kinds.get(hit.kind)?.one, hit.detail].filter(Boolean).join(" · ");
    entry.append(link, " ", kind);
    if (data) entry.append(...excerpts(data));
    return entry;
  }

  // The places of a page that hold most of the words; a place with an anchor links to it.
  function excerpts(data) {
    const words = (place) =>
      new Set(Array.from(place.excerpt.matchAll(/<mark>(.*?)<\/mark>/g), (m) => m[1].toLowerCase())).size;
    const places = data.places
      .map((place) => ({ place, count: words(place) }))
      .filter(({ count }) => count)
      .sort((a, b) => b.count - a.count)
      .slice(0, MOST_PLACES);
    return places.map(({ place }) => {
      const line = document.createElement("p");
      if (place.url.includes("#")) {
        const link = document.createElement("a");
        link.href = place.url;
        link.className = "place";
        link.append(bdi(place.title));
        line.append(link, " ");
      }
      line.append(marked(place.excerpt));
      return line;
    });
  }

  function bdi(text) {
    const element = document.createElement("bdi");
    element.textContent = text;
    return element;
  }

  // Pagefind marks words with <mark>; all else is text. The parser here makes an inert document, and
  // only text and marks are taken from it.
  function marked(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const line = document.createElement("bdi");
    for (const node of parsed.body.childNodes) {
      if (node.nodeName === "MARK") {
        const mark = document.createElement("mark");
        mark.textContent = node.textContent;
        line.append(mark);
      } else line.append(node.textContent ?? "");
    }
    return line;
  }

  // --- facets ------------------------------------------------------------------------------------

  async function fillFacets(engine, filters) {
    const labels = new Map(engine.terms.terms.map((term) => [term.path, term.title]));
    const name = (facet, value) =>
      facet === "kind"
        ? engine.kinds.get(value)?.many ?? value
        : labels.get(`${facet}s/${value}/`) ?? value;
    for (const select of selects()) {
      const facet = select.dataset.facet;
      const current = filters[facet][0] ?? "";
      const counted = await countFacet(facet, unnarrowed, filters);
      const values = counted.filter(([value, count]) => count || value === current);
      if (current && !values.some(([value]) => value === current)) values.push([current, 0]);
      values.sort((a, b) =>
        facet === "year" ? b[0] - a[0] : b[1] - a[1] || name(facet, a[0]).localeCompare(name(facet, b[0])),
      );
      select.replaceChildren(
        new Option("any", ""),
        ...values.map(([value, count]) => new Option(`${name(facet, value)} (${count})`, value)),
      );
      select.value = current;
    }
  }

  async function fillWanted() {
    if (!folded.open || (wanted && wide.matches)) return;
    wanted = true;
    const { query, filters } = readAddress();
    try {
      const engine = await start();
      if (!query.trim() && !unnarrowed.length) unnarrowed = (await search("")).results;
      await fillFacets(engine, filters);
    } catch {
      wanted = false;
      status.textContent = "The lists to narrow by could not be loaded.";
    }
  }

  // --- events ------------------------------------------------------------------------------------

  function go(push) {
    clearTimeout(timer);
    const filters = chosen();
    writeAddress(input.value.trim(), filters, push);
    return run(input.value, filters);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(true);
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => go(false), 150);
  });
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) go(true);
  });
  folded.addEventListener("toggle", () => {
    if (!wide.matches) fillWanted();
  });
  folded.addEventListener("pointerenter", fillWanted);
  folded.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLSelectElement) fillWanted();
  });
  function unfold() {
    if (wide.matches) folded.open = true;
    folded.querySelector("summary").tabIndex = wide.matches ? -1 : 0;
  }
  wide.addEventListener("change", unfold);
  unfold();
  let adding = false;
  more.addEventListener("click", async () => {
    if (adding) return; // a second click would add the same pages again
    adding = true;
    const from = shown;
    try {
      await showMore(await start(), turn);
    } finally {
      adding = false;
    }
    more.hidden = shown >= rest.length;
    list.children[from]?.querySelector("a")?.focus();
  });
  window.addEventListener("popstate", restore);

  function restore() {
    const { query, filters } = readAddress();
    input.value = query;
    const active = FACETS.some((name) => filters[name].length);
    if (active) folded.open = wanted = true;
    for (const select of selects()) {
      const value = filters[select.dataset.facet][0] ?? "";
      if (value && ![...select.options].some((option) => option.value === value)) {
        select.append(new Option(value, value));
      }
      select.value = value;
    }
    return run(query, filters);
  }

  // On a slow network words are typed before this script has come.
  if (input.value.trim()) writeAddress(input.value.trim(), readAddress().filters, false);
  restore();
}
