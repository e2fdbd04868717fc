/* The cite box: copies a citation, and makes BibTeX, RIS and CSL-JSON of what index.json beside the
page holds. Without it the text can be marked, and the links lead to that file. */

const BIBTEX_TYPES = {
  "article-journal": "article", book: "book", chapter: "incollection", report: "techreport",
  "paper-conference": "inproceedings", thesis: "phdthesis",
};
const RIS_TYPES = {
  "article-journal": "JOUR", book: "BOOK", chapter: "CHAP", "paper-conference": "CPAPER",
  thesis: "THES", report: "RPRT", webpage: "ELEC", dataset: "DATA",
};
const ESCAPES = {
  "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
};
const dateOf = (day) => day?.["date-parts"]?.[0] ?? [];
const iso = (day, joint) => dateOf(day).map((part) => String(part).padStart(2, "0")).join(joint);
const escape = (text = "") => text.replace(/[\\{}&%#_$~^]/g, (sign) => ESCAPES[sign] ?? `\\${sign}`);
const bare = (text = "") => text.replace(/[{}\\]/g, (sign) => encodeURIComponent(sign));

function bibtexName({ literal, family, given, suffix }) {
  if (literal || !family) return `{${escape(literal ?? given)}}`;
  const last = escape(family);
  return [last.includes(" ") ? `{${last}}` : last, escape(suffix), escape(given)].filter(Boolean).join(", ");
}

export function toBibtex(items) {
  return items.map((item) => {
    const kind = BIBTEX_TYPES[item.type] ?? "misc";
    const people = (names = []) => names.map(bibtexName);
    const authors = people(item.author).concat(item.custom?.et_al ? ["others"] : []);
    const [year, month] = dateOf(item.issued);
    const fields = {
      author: authors.join(" and "),
      editor: people(item.editor).join(" and "),
      title: `{${escape(item.title)}}`,
      [{ article: "journal", misc: "howpublished" }[kind] ?? "booktitle"]: escape(item["container-title"]),
      year, month,
      volume: escape(item.volume),
      number: escape(item.issue ?? item.number),
      pages: escape(item.page).replace("–", "--"),
      edition: escape(item.edition),
      publisher: escape(item.publisher),
      address: escape(item["publisher-place"]),
      type: escape(item.genre),
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
    const [first, last] = (item.page ?? "").split("–");
    const issued = dateOf(item.issued);
    const fields = [
      ["TY", RIS_TYPES[item.type] ?? "GEN"], ["ID", item.id], ["TI", item.title],
      ...(item.author ?? []).map((person) => ["AU", name(person)]),
      ...(item.editor ?? []).map((person) => ["A2", name(person)]),
      ["T2", item["container-title"]], ["PY", issued[0]],
      ["DA", issued.length > 1 && iso(item.issued, "/")],
      ["VL", item.volume], ["IS", item.issue ?? item.number], ["ET", item.edition],
      ["CY", item["publisher-place"]], ["M3", item.genre], ["SP", first], ["EP", last],
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
