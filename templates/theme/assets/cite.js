/* Citations of the page from its index.json: BibTeX, RIS and CSL-JSON, to copy and to save; a button
   that cites each statement. Without it the plain citation can be marked. */
(() => {
  "use strict";

  const TEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  const BIBTEX = {
    "article-journal": "article", book: "book", chapter: "incollection",
    "paper-conference": "inproceedings", thesis: "phdthesis", report: "techreport",
  };
  const RIS = {
    "article-journal": "JOUR", book: "BOOK", chapter: "CHAP", "paper-conference": "CPAPER",
    thesis: "THES", report: "RPRT", webpage: "ELEC", dataset: "DATA",
  };
  const escape = (text) => String(text).replace(/[\\{}&%#_$~^]/g, (c) => TEX[c] ?? `\\${c}`);
  const parts = (day) => day?.["date-parts"]?.[0] ?? [];
  const two = (n) => String(n).padStart(2, "0");
  const flat = (text) => String(text).replace(/\s+/g, " ").trim();

  function nameBibtex(name) {
    if (name.literal || !name.family) return `{${escape(name.literal ?? name.given ?? "")}}`;
    const family = / /.test(name.family) ? `{${escape(name.family)}}` : escape(name.family);
    return [family, escape(name.suffix ?? ""), escape(name.given ?? "")].filter(Boolean).join(", ");
  }

  function toBibtex(item) {
    const kind = BIBTEX[item.type] ?? "misc";
    const holder = { article: "journal", misc: "howpublished" }[kind] ?? "booktitle";
    const url = (text) => (text ?? "").replace(/[{}\\]/g, (c) => ({ "{": "%7B", "}": "%7D", "\\": "%5C" })[c]);
    const authors = (item.author ?? []).map(nameBibtex);
    if (item["et-al"]) authors.push("others");
    const [year, month] = parts(item.issued);
    const fields = {
      author: authors.join(" and "),
      editor: (item.editor ?? []).map(nameBibtex).join(" and "),
      title: `{${escape(item.title)}}`,
      [holder]: escape(item["container-title"] ?? ""),
      year, month,
      volume: escape(item.volume ?? ""),
      number: escape(item.issue ?? item.number ?? ""),
      pages: escape(item.page ?? "").replace("–", "--"),
      edition: escape(item.edition ?? ""),
      publisher: escape(item.publisher ?? ""),
      address: escape(item["publisher-place"] ?? ""),
      type: escape(item.genre ?? ""),
      issn: item.ISSN, doi: url(item.DOI), pmid: item.PMID, pmcid: item.PMCID, url: url(item.URL),
      urldate: parts(item.accessed).map(two).join("-"),
      note: escape(item.status ?? ""),
    };
    const lines = Object.entries(fields).filter(([, v]) => v).map(([k, v]) => `  ${k} = {${v}}`);
    return `@${kind}{${item.id},\n${lines.join(",\n")}\n}\n`;
  }

  function toRis(item) {
    const name = (n) => n.literal || !n.family
      ? `${n.literal ?? n.given ?? ""},` : [n.family, n.given, n.suffix].filter(Boolean).join(", ");
    const [first, last] = (item.page ?? "").split("–");
    const issued = parts(item.issued);
    const lines = [
      ["TY", RIS[item.type] ?? "GEN"], ["ID", item.id], ["TI", item.title],
      ...(item.author ?? []).map((n) => ["AU", name(n)]),
      ...(item.editor ?? []).map((n) => ["A2", name(n)]),
      ["T2", item["container-title"]], ["PY", issued[0]],
      ["DA", issued.length > 1 ? issued.map(two).join("/") : ""], ["VL", item.volume],
      ["IS", item.issue ?? item.number], ["ET", item.edition], ["CY", item["publisher-place"]],
      ["M3", item.genre], ["SP", first], ["EP", last], ["PB", item.publisher], ["SN", item.ISSN],
      ["DO", item.DOI], ["UR", item.URL], ["Y2", parts(item.accessed).map(two).join("/")],
      ["AN", item.PMID], ["C2", item.PMCID], ["N1", item.status], ["N1", item["et-al"] ? "et al." : ""],
    ];
    return lines.filter(([, v]) => v).map(([k, v]) => `${k}  - ${flat(v)}\n`).join("") + "ER  - \n";
  }

  const FORMATS = {
    BibTeX: ["bib", "application/x-bibtex", (items) => items.map(toBibtex).join("\n")],
    RIS: ["ris", "application/x-research-info-systems", (items) => items.map(toRis).join("\n")],
    "CSL-JSON": ["csl.json", "application/json", (items) =>
      `${JSON.stringify(items.map(({ "et-al": _, ...item }) => item), null, 1)}\n`],
  };
  let page = null;

  async function read(list, format) {
    page ??= (await fetch("index.json")).json();
    // Without an address of its own the site doesn't know where it is; the browser does.
    const items = (await page).citations[list].map((item) => list === "page"
      ? { ...item, URL: location.href.split(/[?#]/)[0] } : item);
    return FORMATS[format][2](items);
  }

  function makeButton(label, text, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    button.setAttribute("aria-label", label);
    const state = document.createElement("span");
    state.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        state.textContent = (await act()) ?? "";
      } catch {
        state.textContent = " That did not work; please mark the text instead.";
      }
    });
    return [button, state];
  }

  const copy = async (text) => {
    await navigator.clipboard.writeText(text);
    return " Copied.";
  };

  function save(text, name, type) {
    const href = URL.createObjectURL(new Blob([text], { type }));
    Object.assign(document.createElement("a"), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }

  for (const place of document.querySelectorAll(".cite-files")) {
    const { cite, save: key } = place.dataset;
    const heading = place.parentElement.querySelector("h2")?.textContent ?? "";
    for (const [format, [ending, type]] of Object.entries(FORMATS)) {
      place.append(...makeButton(`Download ${format}: ${heading}`, format, async () =>
        save(await read(cite, format), `${key}.${ending}`, type)), " ");
      if (navigator.clipboard)
        place.append(...makeButton(`Copy ${format}: ${heading}`, "copy", async () => copy(await read(cite, format))), " ");
    }
  }
  for (const text of navigator.clipboard ? document.querySelectorAll(".cite-text") : [])
    text.append(" ", ...makeButton("Copy the citation", "Copy", () => copy(text.firstChild.textContent.trim())));
  for (const code of document.querySelectorAll("[data-address]")) code.textContent = location.href.split(/[?#]/)[0];

  /* Each statement: a citation of its own, and a report that names it. */
  const report = document.querySelector(".atlas-footer .report a");
  const words = document.querySelector(".cite-text")?.firstChild.textContent.trim() ?? document.title;
  for (const entry of document.querySelectorAll(".statements > li")) {
    const fold = entry.querySelector("details");
    fold?.addEventListener("toggle", () => {
      const address = `${location.href.split(/[?#]/)[0]}#${entry.id}`;
      const quote = flat(entry.querySelector("blockquote").textContent);
      const line = Object.assign(document.createElement("p"), { className: "statement-tools" });
      if (navigator.clipboard)
        line.append(...makeButton("Cite this statement", "Cite this statement", () => copy(`“${quote}” ${words} ${address}`)), " ");
      const link = report?.cloneNode(true);
      if (link) {
        link.textContent = "Report this statement";
        const to = new URL(link.href);
        if (to.searchParams.has("address")) {
          to.searchParams.set("address", address);
          to.searchParams.set("shown", `${entry.id}: ${quote}`);
          link.href = to.href;
        }
        line.append(link);
      }
      fold.append(line);
    }, { once: true });
  }
})();
