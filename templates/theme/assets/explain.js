/* Says what a short form means: on hover, on focus, and on the first tap. Without it the title of
   the link says the same, and it leads to the glossary. */
(() => {
  "use strict";

  if (!("popover" in HTMLElement.prototype)) return;
  const EXPLAINED = ".md-content a[title], .md-content a[data-title]";
  const GRACE = 200; // milliseconds for the way from the word to its explanation
  const canHover = matchMedia("(hover: hover)");
  const tip = Object.assign(document.createElement("div"), {
    id: "explanation",
    className: "explanation",
    popover: "manual",
    role: "tooltip",
  });
  let word = null;
  let tapped = false; // the first tap on a word explains it, the next follows the link
  let leaving = 0;

  function place() {
    const at = word.getClientRects()[0] ?? word.getBoundingClientRect();
    const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const below = at.bottom + tip.offsetHeight + 8 < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(at.left, room)) + scrollX}px`;
    tip.style.top = `${(below ? at.bottom + 2 : at.top - tip.offsetHeight - 2) + scrollY}px`;
  }

  function hide() {
    clearTimeout(leaving);
    if (!word) return;
    word.title = word.dataset.title;
    delete word.dataset.title;
    word.removeAttribute("aria-describedby");
    word = null;
    tip.hidePopover();
  }

  function show(next) {
    clearTimeout(leaving);
    if (next === word || !next.title) return;
    hide();
    word = next;
    word.dataset.title = word.title;
    word.removeAttribute("title"); // else the browser shows it too
    word.setAttribute("aria-describedby", tip.id);
    tip.textContent = word.dataset.title;
    tip.showPopover();
    place();
  }

  const at = (event) => event.target instanceof Element && event.target.closest(EXPLAINED);
  const on = (type, act) => document.addEventListener(type, act);

  document.body.append(tip);
  on("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (at(event)) show(at(event));
    else if (tip.contains(event.target)) clearTimeout(leaving);
    else if (word && word !== document.activeElement) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, GRACE);
    }
  });
  on("pointerdown", (event) => {
    const next = at(event);
    tapped = event.pointerType === "touch" && next && next !== word && next.classList.contains("short");
    if (!next && !tip.contains(event.target)) hide();
  });
  on("click", (event) => {
    if (!tapped || !at(event)) return;
    tapped = false;
    event.preventDefault();
    show(at(event));
  });
  on("focusin", (event) => {
    if (!at(event)) hide();
    else if (canHover.matches && at(event).matches(":focus-visible")) show(at(event));
  });
  on("keydown", (event) => event.key === "Escape" && hide());
  // A frame that scrolls carries its words away from under the explanation.
  document.addEventListener("scroll", (event) => event.target !== document && hide(), true);
})();
