// The box in the header: an ARIA combobox with a list of pages
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). What it shows is set as text, never as HTML.

import { address, ROOT, start } from "./search-engine.js";
import { searchText } from "./search-text.js";

const MOST = 8;
const WAIT = 250; // ms of quiet before the full text is asked
const FEW = 3; // with more names than this the box does not ask the full text
const PATIENCE = 40; // ms after which the terms are shown without waiting for works

export function createBox(form, input) {
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  let active = -1;
  let turn = 0;
  let timer = 0;
  let shownFor = "";

  const options = () => [...list.querySelectorAll("[role=option]")];

  function activate(at) {
    const all = options();
    active = all.length ? (at + all.length) % all.length : -1;
    if (at < 0 && at !== -1) active = -1;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
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

  function option(hit, at, kinds) {
    const item = document.createElement("li");
    item.id = `${list.id}-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.href = hit.href;
    const title = document.createElement("b");
    const name = document.createElement("bdi");
    name.textContent = hit.title;
    title.append(name);
    item.append(title);
    const more = [kinds?.get(hit.kind)?.one ?? "", hit.detail].filter(Boolean).join(" · ");
    if (more) {
      const small = document.createElement("small");
      small.textContent = more;
      item.append(" ", small);
    }
    return item;
  }

  function all(query) {
    return {
      title: `All results for “${query.length > 60 ? `${query.slice(0, 60)}…` : query}”`,
      href: `${new URL("search/", ROOT).href}?q=${encodeURIComponent(query)}`,
    };
  }

  function show(query, hits, kinds, sentence) {
    const at = active >= 0 ? options()[active]?.dataset.href : "";
    const items = hits.map((hit, i) => option(hit, i, kinds));
    items.push(option(all(query), items.length));
    items[items.length - 1].classList.add("all");
    list.replaceChildren(...items);
    list.hidden = false;
    list.dataset.for = query;
    shownFor = query;
    input.setAttribute("aria-expanded", "true");
    active = -1;
    input.removeAttribute("aria-activedescendant");
    if (at) {
      const again = items.findIndex((item) => item.dataset.href === at);
      if (again >= 0) activate(again);
    }
    status.textContent = sentence;
  }

  function say(hits, notice) {
    const count = hits.length === 1 ? "1 page" : `${hits.length} pages`;
    return [notice, hits.length ? `${count}, use the arrow keys.` : notice ? "" : "No page found so far."]
      .filter(Boolean)
      .join(" ");
  }

  function link(names) {
    return names.slice(0, MOST).map((hit) => ({ ...hit, href: address(hit.path) }));
  }

  async function update() {
    const query = input.value.trim();
    if (!query) {
      close();
      status.textContent = "";
      return;
    }
    const mine = ++turn;
    clearTimeout(timer);
    try {
      const engine = await start();
      const early = (names) => {
        const hits = link(names);
        timer = setTimeout(() => show(query, hits, engine.kinds, ""), PATIENCE);
      };
      const found = await engine.names(input.value, {
        open: true,
        early: (names) => names.length && mine === turn && early(names),
      });
      if (mine !== turn) return;
      clearTimeout(timer);
      const hits = link(found.names);
      show(query, hits, engine.kinds, say(hits, found.notice));
      if (found.text && hits.length <= FEW) {
        timer = setTimeout(() => fill(query, mine, engine, hits, found).catch(fail), WAIT);
      }
    } catch {
      if (mine !== turn) return;
      clearTimeout(timer);
      fail();
    }
  }

  async function fill(query, mine, engine, names, found) {
    const hits = await searchText(found.text);
    const known = new Set(names.map((hit) => hit.id).filter(Boolean));
    const more = hits.filter((hit) => !known.has(hit.id)).slice(0, MOST - names.length);
    const data = await Promise.all(more.map((hit) => hit.data()));
    if (mine !== turn || !data.length) return;
    const pages = data.map(({ url, meta }) => ({
      title: meta.title,
      kind: meta.kind,
      detail: meta.detail,
      href: new URL(url, location.href).href,
    }));
    const all = [...names.filter((hit) => !hit.partial), ...pages, ...names.filter((hit) => hit.partial)];
    show(query, all, engine.kinds, say(all, found.notice));
  }

  function fail() {
    show(
      input.value.trim(),
      [{ title: "The search could not be loaded. See all pages by kind.", href: new URL("search/#by-kind", ROOT).href }],
      null,
      "The search could not be loaded.",
    );
  }

  function go(item, event) {
    const href = item?.dataset.href;
    if (!href) return;
    if (event.ctrlKey || event.metaKey) window.open(href, "_blank", "noopener");
    else location.assign(href);
  }

  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const count = options().length;
    const steps = { ArrowDown: active + 1, ArrowUp: active < 0 ? count - 1 : active - 1 };
    if (event.key in steps) {
      event.preventDefault();
      if (list.hidden) update();
      else activate(steps[event.key]);
    } else if ((event.key === "Home" || event.key === "End") && active >= 0) {
      event.preventDefault();
      activate(event.key === "Home" ? 0 : count - 1);
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
  form.addEventListener("submit", (event) => {
    if (!input.value.trim()) event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  input.addEventListener("focus", () => {
    if (input.value.trim() && shownFor !== input.value.trim()) update();
  });

  start().catch(() => {});
  if (input.value.trim()) update();
}
