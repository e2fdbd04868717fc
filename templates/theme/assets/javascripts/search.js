// The only part of the search that every page loads: keys and focus. The rest comes on first use.

const form = document.querySelector("form[data-search]");
const input = form?.querySelector("input");
let box = null;

// Asks for all that a first list needs at once, rather than one file after the other that names it.
function fetchAll() {
  const href = new URL("../../search/manifest.json", import.meta.url).href;
  document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href }));
  for (const name of ["engine", "fold", "terms"]) import(`./search-${name}.js`).catch(() => {});
}

function wake() {
  if (!box) fetchAll();
  box ??= import("./search-box.js").then((module) => module.createBox(form, input));
  box.catch(() => { box = null; });
}

if (form && input) {
  input.addEventListener("focus", wake);
  input.addEventListener("input", wake, { once: true });
  if (document.activeElement === input) wake();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !["/", "s", "f"].includes(event.key)) return;
    if (event.target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    const field = document.querySelector("#search-query") ?? input;
    field.focus();
    field.select();
  });
}
if (document.querySelector("#search-results")) {
  if (location.search) fetchAll();
  import("./search-page.js").then((module) => module.createPage());
}
if (document.querySelector("[data-not-found]")) import("./search-missing.js").then((module) => module.findPage());
