// The box in the header: an ARIA combobox with a list of pages
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). What it shows is set as text, never as HTML.

import { make } from "../atlas.js";
import { address, openHits, search, start } from "./search-engine.js";

const MOST = 8;
const WAIT = 250; // ms of quiet before the full text is asked
const FEW = 3; // with more names than this the box does not ask the full text
const PATIENCE = 40; // ms after which the terms are shown without waiting for more

export function createBox(form, input) {
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  let [active, turn, timer, shownFor] = [-1, 0, 0, ""];

  function activate(at) {
    const all = [...list.children];
    active = (at + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-activedescendant", all[active]?.id ?? "");
    all[active]?.scrollIntoView({ block: "nearest" });
  }

  function fill(options, query, sentence) {
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    list.dataset.for = shownFor = query;
    status.textContent = sentence;
    active = -1;
  }

  function close() {
    clearTimeout(timer);
    turn++;
    fill([], "", "");
  }

  function show(query, hits, kinds, sentence) {
    const chosen = list.children[active]?.dataset.href;
    const all = { title: `All results for “${query.length > 60 ? `${query.slice(0, 60)}…` : query}”`, path: `search/?q=${encodeURIComponent(query)}` };
    const options = [...hits.slice(0, MOST), all].map(({ title, kind, detail, path }, at) => {
      const about = [kinds?.get(kind)?.one, detail].filter(Boolean).join(" · ");
      const role = { role: "option", "aria-selected": "false", "data-href": address(path), class: kind ? "" : "all" };
      return make("li", { id: `${list.id}-${at}`, ...role }, make("b", {}, make("bdi", {}, title)), " ", make("small", {}, about));
    });
    fill(options, query, sentence);
    const again = options.findIndex((option) => option.dataset.href === chosen);
    if (again >= 0) activate(again);
  }

  function describe(hits, notice) {
    const count = Math.min(hits.length, MOST);
    const found = count ? `${count === 1 ? "1 page" : `${count} pages`}, use the arrow keys.` : "";
    return [notice, found].filter(Boolean).join(" ") || "No page found so far.";
  }

  async function update() {
    const query = input.value.trim();
    const mine = ++turn;
    clearTimeout(timer);
    if (!query) return close();
    list.dataset.state = "busy";
    const later = (act, wait) => { timer = setTimeout(() => { if (mine === turn) act(); }, wait); };
    const fail = () => {
      const title = "The search could not be loaded. See all pages by kind.";
      if (mine === turn) show(query, [{ title, path: "search/#by-kind" }], null, "The search could not be loaded.");
    };
    const complete = async (kinds) => {
      const { results, found } = await search(query, { open: true });
      const hits = await openHits(results.slice(0, MOST));
      if (mine !== turn) return;
      if (hits.length) show(query, hits, kinds, describe(hits, found.notice));
      list.dataset.state = "done";
    };
    try {
      const engine = await start();
      const early = (hits) => { if (hits.length) later(() => show(query, hits, engine.kinds, ""), PATIENCE); };
      const { names, plan, notice } = await engine.names(input.value, { open: true, early });
      if (mine !== turn) return;
      clearTimeout(timer);
      show(query, names, engine.kinds, describe(names, notice));
      const more = plan && names.length <= FEW;
      list.dataset.state = more ? "busy" : "done";
      if (more) later(() => complete(engine.kinds).catch(fail), WAIT);
    } catch {
      fail();
    }
  }

  function go(item, event) {
    if (item && (event.ctrlKey || event.metaKey)) window.open(item.dataset.href, "_blank", "noopener");
    else if (item) location.assign(item.dataset.href);
  }

  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = list.children.length - 1;
    const step = (at) => (list.hidden ? update() : activate(at));
    const chosen = active >= 0 && { Home: () => step(0), End: () => step(last), Enter: () => go(list.children[active], event) };
    const acts = {
      ArrowDown: () => step(active + 1),
      ArrowUp: () => step(active < 0 ? last : active - 1),
      Escape: () => (!list.hidden ? close() : input.value ? (input.value = "") : input.blur()),
      ...chosen,
    };
    if (event.key === "Tab") close();
    if (!Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    acts[event.key]();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]"), event));
  form.addEventListener("submit", (event) => { if (!input.value.trim()) event.preventDefault(); });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  input.addEventListener("focus", () => { if (input.value.trim() && shownFor !== input.value.trim()) update(); });

  start().catch(() => {});
  if (input.value.trim()) update();
}
