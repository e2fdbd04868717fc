// The box in the header: an ARIA combobox with a list of pages
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). What it shows is set as text, never as HTML.

import { address, ROOT, search, start } from "./search-engine.js";

const MOST = 8;
const WAIT = 250; // ms of quiet before the full text is asked
const FEW = 3; // with more names than this the box does not ask the full text
const PATIENCE = 40; // ms after which the terms are shown without waiting for more

export function createBox(form, input) {
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  let active = -1;
  let turn = 0;
  let timer = 0;
  let shownFor = "";

  function activate(at) {
    const all = options();
    active = at < 0 && at !== -1 ? -1 : (at + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-activedescendant", all[active]?.id ?? "");
    all[active]?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    turn++;
    list.hidden = true;
    list.replaceChildren();
    shownFor = "";
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function makeOption({ title, kind, detail, href }, at, kinds) {
    const item = document.createElement("li");
    item.id = `${list.id}-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.href = href;
    const name = document.createElement("bdi");
    name.textContent = title;
    const bold = document.createElement("b");
    bold.append(name);
    const small = document.createElement("small");
    small.textContent = [kinds?.get(kind)?.one, detail].filter(Boolean).join(" · ");
    item.append(bold, ...(small.textContent ? [" ", small] : []));
    return item;
  }

  function show(query, hits, kinds, sentence) {
    const chosen = active >= 0 ? options()[active]?.dataset.href : "";
    const shown = query.length > 60 ? `${query.slice(0, 60)}…` : query;
    const all = { title: `All results for “${shown}”`, href: `${address("search/")}?q=${encodeURIComponent(query)}` };
    const items = [...hits, all].map((hit, at) => makeOption(hit, at, kinds));
    items.at(-1).classList.add("all");
    list.replaceChildren(...items);
    list.hidden = false;
    list.dataset.for = shownFor = query;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    active = -1;
    const again = items.findIndex((item) => item.dataset.href === chosen);
    if (chosen && again >= 0) activate(again);
    status.textContent = sentence;
  }

  function describe(hits, notice) {
    const count = hits.length === 1 ? "1 page" : `${hits.length} pages`;
    const found = hits.length ? `${count}, use the arrow keys.` : notice ? "" : "No page found so far.";
    return [notice, found].filter(Boolean).join(" ");
  }

  const link = (names) => names.slice(0, MOST).map((hit) => ({ ...hit, href: address(hit.path) }));

  async function update() {
    const query = input.value.trim();
    if (!query) {
      close();
      status.textContent = "";
      return;
    }
    const mine = ++turn;
    list.dataset.state = "busy";
    clearTimeout(timer);
    try {
      const engine = await start();
      const early = (names) => {
        if (!names.length || mine !== turn) return;
        timer = setTimeout(() => show(query, link(names), engine.kinds, ""), PATIENCE);
      };
      const found = await engine.names(input.value, { open: true, early });
      if (mine !== turn) return;
      clearTimeout(timer);
      const hits = link(found.names);
      show(query, hits, engine.kinds, describe(hits, found.notice));
      const more = found.plan && hits.length <= FEW;
      list.dataset.state = more ? "busy" : "done";
      if (more) timer = setTimeout(() => fill(query, mine, engine).catch(fail), WAIT);
    } catch {
      if (mine !== turn) return;
      clearTimeout(timer);
      fail();
    }
  }

  async function fill(query, mine, engine) {
    const { results, found } = await search(query, null, { open: true });
    const hits = await Promise.all(results.slice(0, MOST).map(async (hit) => ({ ...(hit.path ? hit : await hit.load()) })));
    if (mine !== turn) return;
    if (hits.length) show(query, link(hits), engine.kinds, describe(hits, found.notice));
    list.dataset.state = "done";
  }

  function fail() {
    const title = "The search could not be loaded. See all pages by kind.";
    show(input.value.trim(), [{ title, href: new URL("search/#by-kind", ROOT).href }], null, "The search could not be loaded.");
  }

  function go(item, event) {
    if (!item) return;
    if (event.ctrlKey || event.metaKey) window.open(item.dataset.href, "_blank", "noopener");
    else location.assign(item.dataset.href);
  }

  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = options().length - 1;
    const steps = { ArrowDown: active + 1, ArrowUp: active < 0 ? last : active - 1 };
    if (active >= 0) Object.assign(steps, { Home: 0, End: last });
    if (event.key in steps) {
      event.preventDefault();
      if (list.hidden) update();
      else activate(steps[event.key]);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      go(options()[active], event);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (!list.hidden) close();
      else if (input.value) input.value = "";
      else input.blur();
    } else if (event.key === "Tab") close();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]"), event));
  form.addEventListener("submit", (event) => { if (!input.value.trim()) event.preventDefault(); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  input.addEventListener("focus", () => { if (input.value.trim() && shownFor !== input.value.trim()) update(); });

  start().catch(() => {});
  if (input.value.trim()) update();
}
