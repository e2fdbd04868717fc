// The search itself, without a page: identifiers, then names, then the full text.
// Loaded only when a reader searches. Everything it fetches lies below search/ of the site.

import { createFold } from "./search-fold.js";
import { identify } from "./search-identify.js";
import { BARE, CLOSE, EXACT, PART, TermIndex, WITHIN } from "./search-terms.js";
import { WorkIndex } from "./search-works.js";

export const ROOT = new URL("../../", import.meta.url);
const MOST_LETTERS = 300;
const MOST_WORDS = 24;
const MOST_SPELLINGS = 3;
const LONG_QUERY = 5;
const BEHIND = 0.05;
const CORRECTED = 0.4; // a name reached through a corrected word ranks behind one reached as typed
const TIERS = {
  exact: EXACT,
  bibliographic: 2,
  close: CLOSE,
  begun: 3.2,
  within: WITHIN,
  works: 4.6,
  glossary: 4.8,
  part: PART,
};
const MOST_OF_TIER = { works: 6, within: 6, glossary: 3, part: 3, begun: 8 };
const MOST_WORKS_READ = 8;

const files = new Map();

async function fetchJson(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

function load(file) {
  if (!files.has(file)) {
    const loading = fetchJson(new URL(`search/index/${file}`, ROOT));
    loading.catch(() => files.delete(file));
    files.set(file, loading);
  }
  return files.get(file);
}

let starting = null;

// Returns the engine; a failure is not kept, so that a reader can try again.
export function start() {
  starting ??= createEngine().catch((error) => {
    starting = null;
    throw error;
  });
  return starting;
}

async function createEngine() {
  const manifest = await fetchJson(new URL("search/manifest.json", ROOT));
  const rows = await load(manifest.terms);
  return new Engine(manifest, rows);
}

export function address(path) {
  return new URL(path, ROOT).href;
}

class Engine {
  constructor(manifest, rows) {
    this.manifest = manifest;
    this.day = manifest.day;
    this.fold = createFold(manifest.rules);
    this.context = new Set(manifest.context);
    this.terms = new TermIndex(rows, manifest.kinds, this.context);
    this.works = new WorkIndex(manifest, load);
    this.kinds = new Map(manifest.kinds.map(([id, one, many]) => [id, { one, many }]));
  }

  // Returns {names, text, notice}: pages found by name, the words for the full text ("" for none),
  // and a sentence for the reader. `open` means that the last word may still grow.
  async names(query, { open = false } = {}) {
    const asked = query.slice(0, MOST_LETTERS).normalize("NFC");
    const known = identify(asked, this.manifest);
    if (known) return this.#identifier(known);
    let pieces = this.fold(asked).slice(0, MOST_WORDS);
    if (!pieces.length) return { names: [], text: "", notice: "" };
    const growing = open && /[\p{L}\p{N}]$/u.test(asked);
    let plan = await this.#plan(pieces.map((piece) => piece.key), growing);
    const typed = plan.words.join("");
    if (!plan.exact && pieces.some((piece) => piece.species)) {
      // The h of hBMSC tells the donor; it chooses no page unless a name has it.
      pieces = pieces.filter((piece) => !piece.species);
      plan = await this.#plan(pieces.map((piece) => piece.key), growing);
    }
    const found = new Map();
    this.#addTerms(found, plan, growing);
    if (!plan.missing.length) await this.#addWorks(found, plan, typed);
    const names = [...found.values()].sort(
      (a, b) => a.tier - b.tier || b.score - a.score || (b.weight ?? 0) - (a.weight ?? 0),
    );
    return {
      names: this.#cut(names, plan),
      text: plan.missing.length ? "" : this.#textQuery(pieces, plan),
      notice: this.#notice(plan),
    };
  }

  async #identifier({ key, shown }) {
    const names = [];
    for (const target of await this.works.identifier(key)) {
      const page = await this.#target(target);
      names.push({ ...page, tier: 0, score: 0, why: shown });
    }
    const notice = names.length ? "" : `${shown} is not in this atlas as of ${this.day}.`;
    return { names, text: "", notice, absent: !names.length };
  }

  async #target(target) {
    if (typeof target === "string") {
      const id = target.split("/")[1];
      return { path: target, kind: "finding", title: `Finding ${id}`, detail: "", id: "" };
    }
    if (target < 0) return { ...this.terms.terms[-1 - target] };
    return this.works.work(target);
  }

  // For each word: as it is, or what it may have been meant to be; and the words that are nowhere.
  async #plan(words, growing) {
    const direct = this.terms.find(words, growing);
    const exact = [...direct.values()].some((hit) => hit.tier <= BARE);
    const spellings = [];
    const missing = [];
    // A long query is mostly a title: its longest words choose, the others are checked in the title.
    const chosen = new Set(
      words.length > LONG_QUERY
        ? [...new Set(words)]
            .filter((w) => !this.context.has(w))
            .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
            .slice(0, LONG_QUERY)
        : words,
    );
    for (const [at, word] of words.entries()) {
      const last = at === words.length - 1;
      const found = await this.#spell(word, growing && last, chosen.has(word));
      spellings.push(found);
      if (!found.keys.length) missing.push(word);
    }
    return { words, direct, exact, spellings, missing: exact ? [] : missing, unknown: missing, chosen };
  }

  async #spell(word, growing, chosen) {
    if (this.context.has(word)) return { keys: [word], how: "context" };
    const inTerms = this.terms.has(word);
    if (!chosen) return { keys: [word], how: "unread" };
    const { known, printed, begun, near } = await this.works.look(word);
    if (known || inTerms) {
      const more = growing && word.length > 2 ? await begun() : [];
      const how = more.length > 1 ? "begun" : "known";
      return { keys: [...new Set([word, ...more])], how, nameOnly: !printed };
    }
    if (word.length > 2) {
      const starts = await begun();
      const terms = this.terms.list.filter((other) => other.startsWith(word));
      const all = [...new Set([...starts, ...terms])];
      if (all.length && (growing || word.length > 3)) return { keys: all, how: "begun" };
    }
    const mended = [...new Set([...this.terms.near(word), ...(await near())])];
    return { keys: mended.slice(0, MOST_SPELLINGS), how: mended.length ? "mended" : "missing" };
  }

  #addTerms(found, plan, growing) {
    const add = (hits, penalty) => {
      for (const [at, hit] of hits) {
        const term = this.terms.terms[at];
        let tier = hit.tier;
        if (tier === WITHIN && growing) tier = TIERS.begun;
        // An outcome has no page of its own: the trials that measure it lead, its definition follows.
        if (tier === EXACT && term.kind === "glossary") tier += BEHIND;
        else if (tier === WITHIN && term.kind === "glossary") tier = TIERS.glossary;
        const held = found.get(term.path);
        const entry = {
          ...term,
          names: undefined,
          tier: tier + penalty,
          score: hit.score,
          why: term.names[hit.n],
        };
        if (!held || held.tier > entry.tier) found.set(term.path, entry);
      }
    };
    add(plan.direct, 0);
    if (plan.exact) return;
    for (const words of this.#readings(plan)) add(this.terms.find(words, false), CORRECTED);
    if (plan.spellings.at(-1)?.how === "begun" && !growing) {
      add(this.terms.find(plan.words, true), CORRECTED);
    }
    if (plan.missing.length) {
      // A word that is nowhere leaves only names that the rest of the query spells out.
      const digits = plan.missing.some((word) => /\p{N}/u.test(word));
      for (const [path, hit] of found) {
        if (digits || Math.floor(hit.tier) > CLOSE || hit.tier === TIERS.begun) found.delete(path);
      }
    }
  }

  // The query with misspelt words mended: every choice, a few at most.
  *#readings(plan) {
    if (!plan.spellings.some(({ how }) => how === "mended")) return;
    let readings = [[]];
    plan.spellings.forEach(({ keys, how }, at) => {
      const options = how === "mended" ? keys.filter((k) => this.terms.has(k)) : [];
      const choices = options.length ? options : [plan.words[at]];
      readings = readings.flatMap((r) => choices.map((c) => [...r, c])).slice(0, 8);
    });
    yield* readings;
  }

  // `typed` is the whole query without spaces, letters for donors included (the m of mRNA looks so).
  async #addWorks(found, plan, typed) {
    const needed = [];
    const spare = [];
    const wanted = new Set();
    for (const [kind, words] of Object.entries(this.manifest.wanted)) {
      if (plan.words.some((word) => words.includes(word))) wanted.add(kind);
    }
    const hints = new Set([...wanted].flatMap((kind) => this.manifest.wanted[kind]));
    plan.spellings.forEach(({ keys, how }, at) => {
      if (how === "context" || how === "unread") {
        if (how === "context") spare.push(plan.words[at]);
      } else if (hints.has(plan.words[at]) && plan.words.length > 1) spare.push(plan.words[at]);
      else needed.push(keys);
    });
    const hits = await this.works.find(needed, [...new Set(spare)]);
    if (!hits.length && needed.length > 1) hits.push(...(await this.works.findAbbreviated(needed)));
    const mended = plan.spellings.some(({ how }) => how === "mended") ? CORRECTED : 0;
    const whole = plan.words.join(" ");
    const most = hits[0]?.bibliographic ? 3 * MOST_WORKS_READ : MOST_WORKS_READ;
    const top = hits.slice(0, plan.words.length > LONG_QUERY ? 2 * MOST_WORKS_READ : most);
    const works = await Promise.all(top.map(async (hit) => ({ ...hit, ...(await this.works.work(hit.number)) })));
    for (const work of works) {
      const title = this.fold(work.title).map((piece) => piece.key);
      let tier = work.bibliographic ? TIERS.bibliographic : TIERS.works;
      if (wanted.has(work.kind)) tier = Math.min(tier, TIERS.bibliographic);
      if (title.join("") === typed || work.names.some((n) => n.replaceAll(" ", "") === typed)) {
        tier = EXACT;
      } else if (plan.words.length > LONG_QUERY) {
        const held = new Set([...title, ...this.fold(work.detail).map((p) => p.key), String(work.year)]);
        if (!plan.words.every((w) => held.has(w) || this.context.has(w))) {
          if (!work.bibliographic) continue;
        } else if (` ${title.join(" ")} `.includes(` ${whole} `)) tier = EXACT + 0.1;
      }
      if (tier > EXACT + 0.1) tier += mended;
      const score = 1.1 + work.score / 1000 - work.number / 1e7;
      found.set(work.path, { ...work, tier, score, why: "" });
    }
  }

  // Confident names in full; of looser ones a few, for the full text lists them as well.
  #cut(names, plan) {
    const counts = {};
    const sure = names.some((hit) => hit.tier < TIERS.works);
    return names.filter((hit) => {
      const tier = Object.keys(TIERS).find((name) => TIERS[name] === hit.tier)
        ?? Object.keys(TIERS).find((name) => TIERS[name] + CORRECTED === hit.tier) ?? "exact";
      if (tier === "part" && sure && plan.exact) return false;
      counts[tier] = (counts[tier] ?? 0) + 1;
      return counts[tier] <= (MOST_OF_TIER[tier] ?? 60);
    });
  }

  // The words for the full text, or "" where one of them stands in names only: Pagefind would then
  // look for words that begin alike.
  #textQuery(pieces, plan) {
    if (plan.spellings.some(({ nameOnly }) => nameOnly)) return "";
    const kept = [];
    plan.spellings.forEach(({ keys, how }, at) => {
      if (how === "context") return;
      const word = how === "mended" ? keys[0] : pieces[at].text;
      if (kept.at(-1) !== word) kept.push(word);
    });
    return (kept.length ? kept : pieces.map((piece) => piece.text)).join(" ");
  }

  #notice(plan) {
    if (plan.missing.length) return `No page has the word “${plan.missing.join("”, “")}”.`;
    const mended = plan.spellings
      .map(({ keys, how }, at) => (how === "mended" ? `“${keys[0]}” for “${plan.words[at]}”` : ""))
      .filter(Boolean);
    return mended.length && !plan.exact ? `Read ${mended.join(", ")}.` : "";
  }
}

// --- full text -----------------------------------------------------------------------------------

let engine = null;
let failures = 0;

async function pagefind() {
  engine ??= (async () => {
    // A module that failed to start keeps its failure: another address makes a fresh one.
    const fresh = failures ? `?${failures}` : "";
    const found = await import(new URL(`search/pagefind/pagefind.js${fresh}`, ROOT).href);
    await found.options({ baseUrl: ROOT.pathname, excerptLength: 24, noWorker: true });
    await found.init();
    return found;
  })().catch(forget);
  return engine;
}

function forget(error) {
  engine = null;
  failures += 1;
  throw error;
}

// Returns the hits of the full text, [{id, data()}]; `words` null lists all pages.
export async function searchText(words) {
  const found = await pagefind();
  // Pagefind starts even where its program could not be loaded; then the first search fails.
  const { results } = await found.search(words).catch(forget);
  return results;
}

// Returns {results: [{id, name?, text?}], found}: names first, then what the full text adds. `name`
// is a page found by its name, `text` a hit of the full text with its excerpts. A query of no words
// gives all pages.
export async function search(query) {
  const index = await start();
  const found = query.trim() ? await index.names(query) : { names: [], text: null, notice: "" };
  const hits = found.text === "" ? [] : await searchText(found.text);
  const byId = new Map(hits.map((hit) => [hit.id, hit]));
  const known = new Set(found.names.map((hit) => hit.id).filter(Boolean));
  const results = [
    ...found.names.map((hit) => ({ id: hit.id, name: hit, text: byId.get(hit.id) })),
    ...hits.filter((hit) => !known.has(hit.id)).map((hit) => ({ id: hit.id, text: hit })),
  ];
  return { results, found };
}

// --- facets --------------------------------------------------------------------------------------

// Returns Map(value -> Set of page ids) of a facet.
async function readFacet(name) {
  const { facets } = (await start()).manifest;
  const [pages, values] = await Promise.all([load(facets.pages), load(facets.files[name])]);
  return new Map(
    Object.entries(values).map(([value, steps]) => {
      let number = 0;
      return [value, new Set(steps.map((step) => pages[(number += step)]))];
    }),
  );
}

// Returns the results that each chosen facet allows; of one facet's values any will do.
export async function narrow(results, filters, except = "") {
  let kept = results;
  for (const [name, values] of Object.entries(filters)) {
    if (!values.length || name === except) continue;
    const facet = await readFacet(name);
    const sets = values.map((value) => facet.get(value)).filter(Boolean);
    kept = kept.filter(({ id }) => sets.some((set) => set.has(id)));
  }
  return kept;
}

// Returns [[value, count]] of a facet over results, those of its own choice included.
export async function countFacet(name, results, filters) {
  const kept = await narrow(results, filters, name);
  const facet = await readFacet(name);
  return [...facet].map(([value, ids]) => [value, kept.filter(({ id }) => ids.has(id)).length]);
}
