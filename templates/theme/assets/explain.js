/* Says what a short form means: on hover, on focus, and on the first tap. Without it the title of
   the link says the same, and it leads to the glossary. */
const EXPLAINED = ".md-content a[title], .md-content a[data-title]";
const GRACE = 200; // milliseconds for the way from the word to its explanation
const tip = Object.assign(document.createElement("div"), {
  id: "explanation", className: "explanation", popover: "manual", role: "tooltip",
});
let word = null; // the one that is explained
let tapped = false; // the first tap on a word explains it, the next follows the link
let leaving = 0;

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
  tip.textContent = word.dataset.title = word.title;
  word.removeAttribute("title"); // else the browser shows it too
  word.setAttribute("aria-describedby", tip.id);
  tip.showPopover();
  const at = word.getClientRects()[0] ?? word.getBoundingClientRect();
  const room = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const below = at.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(at.left, room)) + scrollX}px`;
  tip.style.top = `${(below ? at.bottom + 2 : at.top - tip.offsetHeight - 2) + scrollY}px`;
}

const find = (event) => event.target instanceof Element && event.target.closest(EXPLAINED);
const acts = {
  pointerover(event) {
    if (event.pointerType === "touch") return;
    if (find(event)) show(find(event));
    else if (tip.contains(event.target)) clearTimeout(leaving);
    else if (word && word !== document.activeElement) leaving = setTimeout(hide, GRACE);
  },
  pointerdown(event) {
    const next = find(event);
    tapped = event.pointerType === "touch" && next && next !== word && next.classList.contains("short");
    if (!next && !tip.contains(event.target)) hide();
  },
  click(event) {
    const next = tapped && find(event);
    tapped = false;
    if (!next) return;
    event.preventDefault();
    show(next);
  },
  focusin(event) {
    if (!find(event)) hide();
    else if (matchMedia("(hover: hover)").matches && find(event).matches(":focus-visible")) show(find(event));
  },
  keydown: (event) => event.key === "Escape" && hide(),
};
if (tip.showPopover) {
  document.body.append(tip);
  for (const [type, act] of Object.entries(acts)) document.addEventListener(type, act);
  // A frame that scrolls carries its words away from under the explanation.
  document.addEventListener("scroll", (event) => event.target !== document && hide(), true);
}
