// The only part of the search that every page loads: keys and focus. The rest comes on first use.

const form = document.querySelector("form[data-search]");
const input = form?.querySelector("input");
let box = null;

function wake() {
  box ??= import("./search-box.js").then((module) => module.createBox(form, input));
  box.catch(() => {
    box = null;
  });
}

function isTyping(target) {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

if (form && input) {
  input.addEventListener("focus", wake);
  input.addEventListener("input", wake, { once: true });
  if (document.activeElement === input) wake();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!["/", "s", "f"].includes(event.key) || isTyping(event.target)) return;
    event.preventDefault();
    const other = document.querySelector("#search-query");
    (other ?? input).focus();
    (other ?? input).select();
  });
}
if (document.querySelector("#search-results")) {
  import("./search-page.js").then((module) => module.createPage());
}
if (document.querySelector("[data-not-found]")) {
  import("./search-missing.js").then((module) => module.findHome());
}
