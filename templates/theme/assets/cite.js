/* The cite box: copies a citation, and copies or saves BibTeX, RIS and CSL-JSON, which index.json
beside the page holds; the works behind the page it takes, by their ids, from the files of all works.
Without it the text can be marked, and the links lead to these files. */

import { flat, make, save } from "./atlas.js";

const FAILED = " Could not be made; mark the text, or open the JSON of this page.";
const FORMATS = {
  bib: ({ bibtex }, list) => bibtex[list],
  ris: ({ ris }, list) => ris[list],
  "csl.json": ({ cite }, list) => `${JSON.stringify(cite[list], null, 1)}\n`,
};

const WORKS = {
  bib: (text, works) => text.split(/^(?=@)/m).filter((entry) => works.has(entry.match(/^@\w+\{([^,]+),/)?.[1])).join(""),
  ris: (text, works) => text.split(/^(?=TY {2}- )/m).filter((entry) => works.has(entry.match(/^ID {2}- (.+)$/m)?.[1])).join(""),
  "csl.json": (text, works) => `${JSON.stringify(JSON.parse(text).filter(({ id }) => works.has(id)), null, 1)}\n`,
};

const load = (address) => fetch(address).then((answer) => (answer.ok ? answer : Promise.reject(new Error(answer.statusText))));

/* The text that a button copies, and the name under which a link saves it. */
async function read(source) {
  if (source.tagName !== "A") return [source.textContent.trim()];
  const [{ format }, { list }] = [source.dataset, source.parentElement.dataset];
  const page = await (await load("index.json")).json();
  const { cite, bibtex, ris, custom, ...work } = page; // which a page of a cited work is itself
  cite.original ??= [custom?.et_al ? { ...work, custom: { et_al: true } } : work];
  if (list !== "references") return [FORMATS[format](page, list), page.cite[list][0].id];
  const text = WORKS[format](await (await load(source.href)).text(), new Set(page.works));
  return [text, `${page.cite.cite[0].id}-references`];
}

function addButton(source, what) {
  let above = source.closest("p");
  while (above && above.tagName !== "H2") above = above.previousElementSibling;
  const label = `Copy ${what}: ${above?.textContent.trim() ?? ""}`;
  const button = make("button", { type: "button", class: "copy", "aria-label": label }, "Copy");
  const status = make("span", { role: "status" });
  button.addEventListener("click", () =>
    read(source)
      .then(([text]) => navigator.clipboard.writeText(text))
      .then(() => { status.textContent = " Copied."; }, () => { status.textContent = FAILED; }));
  source.after(" ", ...(navigator.clipboard ? [button] : []), status);
  return status;
}

for (const text of document.querySelectorAll(".cite .cite-text")) addButton(text, "the citation");
for (const file of document.querySelectorAll(".cite .cite-files a[data-format]")) {
  const status = addButton(file, file.textContent);
  file.addEventListener("click", (event) => {
    event.preventDefault();
    read(file).then(([text, name]) => save(`${name}.${file.dataset.format}`, text), () => { status.textContent = FAILED; });
  });
}

/* Each statement: a citation of its own, and a report that names it. */
const here = location.href.split(/[?#]/)[0];
for (const code of document.querySelectorAll("[data-address]")) code.textContent = here;
const report = document.querySelector(".atlas-footer .report a");
for (const entry of document.querySelectorAll(".statements > li")) {
  entry.querySelector("details")?.addEventListener("toggle", ({ target }) => {
    const quote = flat(entry.querySelector("blockquote").textContent);
    const page = flat(document.querySelector(".cite .cite-text")?.textContent ?? document.title);
    const citation = `“${quote}” ${page.replace(/https?:\S+$/, "")} ${here}#${entry.id}`;
    const source = make("p", { class: "statement-citation" }, citation);
    const to = report && new URL(report.href);
    const filled = { address: `${here}#${entry.id}`, shown: `${entry.id}: ${quote}` };
    if (to?.searchParams.has("template")) for (const [field, text] of Object.entries(filled)) to.searchParams.set(field, text);
    target.append(source, ...(to ? [make("a", { href: to, rel: report.rel }, "Report this statement")] : []));
    addButton(source, "the citation of this statement");
  }, { once: true });
}
