/* The cite box: copies a citation, and makes BibTeX, RIS and CSL-JSON of what index.json beside the
page holds. Without it the text can be marked, and the links lead to that file. */

const BIBTEX_TYPES = {
  "article-journal": "article", book: "book", chapter: "incollection", report: "techreport",
  "paper-conference": "inproceedings", thesis: "phdthesis", "article-newspaper": "article",
  "article-magazine": "article", dataset: "dataset", software: "software", patent: "patent",
};
const BARE = ["misc", "dataset", "software", "patent"];
const PUBLISHERS = { phdthesis: "school", mastersthesis: "school", techreport: "institution" };
const GENRES = { article: "Preprint" };
const RIS_TYPES = {
  "article-journal": "JOUR", book: "BOOK", chapter: "CHAP", "paper-conference": "CPAPER",
  thesis: "THES", report: "RPRT", webpage: "ELEC", dataset: "DATA", software: "COMP",
  patent: "PAT", article: "UNPB", "article-newspaper": "NEWS", "article-magazine": "MGZN",
  standard: "STAND",
};
const ESCAPES = {
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
};
const dateOf = (day) => day?.["date-parts"]?.[0] ?? [];
const iso = (day, joint) => dateOf(day).map((part) => String(part).padStart(2, "0")).join(joint);
const escape = (text = "") => text.replace(/[\\{}&%#_$~^]/g, (sign) => ESCAPES[sign] ?? `\\${sign}`);
const bare = (text = "") => text.replace(/[{}\\]/g, (sign) => encodeURIComponent(sign));

/* First and last page of a range at either dash; an article number (e00370-18) is whole. */
function pagesOf(page = "") {
  const found = /^([A-Za-z]{0,4}\d[\w.:]*|[ivxlc]+)\s?([–−-])\s?([A-Za-z]{0,4}\d[\w.:]*|[ivxlc]+)$/.exec(page);
  if (!found) return [page, ""];
  const [, first, dash, last] = found;
  const [low, high] = [first, last].map((end) => /\d+/.exec(end)?.[0]);
  if (dash === "-" && low && high) {
    const short = String(Number(low)).length - String(Number(high)).length;
    const tens = 10 ** String(Number(high)).length;
    const end = Number(high) + (short > 0 ? Math.floor(low / tens) * tens : 0);
    const lettered = /^[A-Za-z]/.test(first) && !/^[A-Za-z]/.test(last);
    const odd = last.startsWith("0") || (lettered && short > 0);
    if (odd || end < Number(low) || end >= Number(low) + 3000) return [page, ""];
  }
  return [first, last];
}

function bibtexName({ literal, family, given, suffix }) {
  if (literal || !family) return `{${escape(literal ?? given)}}`;
  const last = escape(family);
  return [last.includes(" ") ? `{${last}}` : last, escape(suffix), escape(given)].filter(Boolean).join(", ");
}

export function toBibtex(items) {
  return items.map((item) => {
    let kind = BIBTEX_TYPES[item.type] ?? "misc";
    if (kind === "phdthesis" && /^(?:master|m\.?\s?(?:sc|a|d)\b)/i.test(item.genre ?? "")) kind = "mastersthesis";
    const holder = kind === "article" ? "journal" : BARE.includes(kind) ? "howpublished" : "booktitle";
    const people = (names = []) => names.map(bibtexName);
    const authors = people(item.author).concat(item.custom?.et_al ? ["others"] : []);
    const [year, month] = dateOf(item.issued);
    const fields = {
      author: authors.join(" and "),
      editor: people(item.editor).join(" and "),
      title: `{${escape(item.title)}}`,
      [holder]: escape(item["container-title"]),
      year, month,
      volume: escape(item.volume),
      number: escape(item.issue ?? item.number),
      pages: escape(pagesOf(item.page).filter(Boolean).join("--")),
      edition: escape(item.edition),
      [PUBLISHERS[kind] ?? "publisher"]: escape(item.publisher),
      address: escape(item["publisher-place"]),
      type: escape(item.genre ?? GENRES[item.type]),
      issn: item.ISSN,
      doi: bare(item.DOI),
      pmid: item.PMID,
      pmcid: item.PMCID,
      url: bare(item.URL),
      urldate: iso(item.accessed, "-"),
      note: escape(item.status),
    };
    const lines = Object.entries(fields).filter(([, value]) => value).map(([key, value]) => `  ${key} = {${value}}`);
    return `@${kind}{${item.id},\n${lines.join(",\n")}\n}\n`;
  }).join("\n\n");
}

export function toRis(items) {
  return items.map((item) => {
    const name = ({ literal, family, given, suffix }) =>
      literal || !family ? `${literal ?? given},` : [family, given, suffix].filter(Boolean).join(", ");
    const [first, last] = pagesOf(item.page);
    const issued = dateOf(item.issued);
    const fields = [
      ["TY", RIS_TYPES[item.type] ?? "GEN"], ["ID", item.id], ["TI", item.title],
      ...(item.author ?? []).map((person) => ["AU", name(person)]),
      ...(item.editor ?? []).map((person) => ["A2", name(person)]),
      ["T2", item["container-title"]], ["PY", issued[0]],
      ["DA", issued.length > 1 && iso(item.issued, "/")],
      ["VL", item.volume], ["IS", item.issue ?? item.number], ["ET", item.edition],
      ["CY", item["publisher-place"]], ["M3", item.genre ?? GENRES[item.type]], ["SP", first], ["EP", last],
      ["PB", item.publisher], ["SN", item.ISSN], ["DO", item.DOI], ["UR", item.URL],
      ["Y2", iso(item.accessed, "/")], ["AN", item.PMID], ["C2", item.PMCID],
      ["N1", item.status], ["N1", item.custom?.et_al && "et al."],
    ];
    const lines = fields.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${String(value).replace(/\s+/g, " ")}`);
    return `${lines.join("\n")}\nER  - \n`;
  }).join("\n");
}

const FORMATS = {
  bib: toBibtex,
  ris: toRis,
  "csl.json": (items) => `${JSON.stringify(items, null, 1)}\n`,
};

async function read(source) {
  if (source.tagName !== "A") return source.textContent.trim();
  const answer = await fetch(source.href);
  if (!answer.ok) throw new Error(answer.statusText);
  const { cite } = await answer.json();
  return FORMATS[source.dataset.format](cite[source.dataset.list]);
}

function fail(status, error) {
  status.textContent = " Could not be made; mark the text, or open the JSON of this page.";
  throw error;
}

function addButton(source, what) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  let above = source.closest("p");
  while (above && above.tagName !== "H2") above = above.previousElementSibling;
  button.setAttribute("aria-label", `Copy ${what}: ${above?.textContent.trim() ?? ""}`);
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  button.addEventListener("click", () =>
    read(source)
      .then((text) => navigator.clipboard.writeText(text))
      .then(() => { status.textContent = " Copied."; }, (error) => fail(status, error)));
  source.after(" ", ...(navigator.clipboard ? [button] : []), status);
  return status;
}

for (const text of document.querySelectorAll(".cite .cite-text")) addButton(text, "the citation");
for (const file of document.querySelectorAll(".cite .cite-files a[data-format]")) {
  const status = addButton(file, file.textContent);
  file.addEventListener("click", async (event) => {
    event.preventDefault();
    const text = await read(file).catch((error) => fail(status, error));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = file.dataset.save;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

/* Each statement: a citation of its own, and a report that names it. */
const here = location.href.split(/[?#]/)[0];
const flat = (text) => text.replace(/\s+/g, " ").trim();
for (const code of document.querySelectorAll("[data-address]")) code.textContent = here;
const report = document.querySelector(".atlas-footer .report a");
for (const entry of document.querySelectorAll(".statements > li")) {
  entry.querySelector("details")?.addEventListener("toggle", ({ target }) => {
    const quote = flat(entry.querySelector("blockquote").textContent);
    const source = document.createElement("p");
    source.className = "statement-citation";
    const page = flat(document.querySelector(".cite .cite-text")?.textContent ?? document.title);
    source.textContent = `“${quote}” ${page.replace(/https?:\S+$/, "")} ${here}#${entry.id}`;
    const link = report?.cloneNode(true);
    if (link) {
      link.textContent = "Report this statement";
      const to = new URL(link.href);
      to.searchParams.set("address", `${here}#${entry.id}`);
      to.searchParams.set("shown", `${entry.id}: ${quote}`);
      if (to.searchParams.has("template")) link.href = to.href;
    }
    target.append(source, ...(link ? [link] : []));
    addButton(source, "the citation of this statement");
  }, { once: true });
}
