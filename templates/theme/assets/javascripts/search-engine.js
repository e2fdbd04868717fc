// The search itself, without a page: identifiers, then names, then the full text.
// Loaded only when a reader searches. Everything it fetches lies below search/ of the site.

import { createFold } from "./search-fold.js";
import { identify } from "./search-identify.js";
import { address, load, ROOT } from "./search-load.js";
import { isLong, makePlan, notice, planText, readAsJournal, readings, readNeeds } from "./search-plan.js";
import { BARE, CLOSE, EXACT, NEAR, PART, TermIndex, WITHIN } from "./search-terms.js";
import { searchText } from "./search-text.js";
import { WorkIndex } from "./search-works.js";

export { address, ROOT };

const MOST_LETTERS = 300;
const MOST_WORDS = 24;
const BEHIND = 0.05;
const CORRECTED = 0.4; // a name reached through a corrected word ranks behind one reached as typed
const TIERS = {
  exact: EXACT,
  bibliographic: 2,
  title: 2.9, // one of few that hold every word of the query
  close: CLOSE,
  begun: 3.2,
  within: WITHIN,
  works: 4.6,
  glossary: 4.8,
  part: PART,
};
const MOST_OF_TIER = { works: 6, within: 6, glossary: 3, part: 3, begun: 8 };
const MOST_WORKS_READ = 6; // each may cost a file
const MOST_LONG_READ = 16;
const MOST_BIBLIOGRAPHIC_READ = 24;
const FEW = 3;
const MANY = 3; // words of which a work may lack one
const SPARED = 1.9; // a name that is all of the query but for a word that is nowhere
const LAST_DEFINITION = 3; // the place by which a definition comes, however many trials measure it
const NOTHING = { names: [], text: null, notice: "" };

let starting = null;

// Returns the engine; a failure is not kept, so that a reader can try again.
export function start() {
  starting ??= load("manifest.json")
    .then((manifest) => new Engine(manifest))
    .catch((error) => {
      starting = null;
      throw error;
    });
  return starting;
}

class Engine {
  constructor(manifest) {
    this.manifest = manifest;
    this.day = manifest.day;
    this.fold = createFold(manifest.rules);
    this.context = new Set(manifest.context);
    this.terms = new TermIndex(manifest, this.context);
    this.endings = manifest.endings;
    this.works = new WorkIndex(manifest, load);
    this.kinds = new Map(manifest.kinds.map(([id, one, many]) => [id, { one, many }]));
  }

  // Returns {names, text, notice}: pages found by name, what to ask the full text (null for nothing),
  // and a sentence for the reader. `open` means that the last word may still grow; `early` is called
  // with the terms alone, which need no further file.
  async names(query, { open = false, early = null } = {}) {
    const asked = query.slice(0, MOST_LETTERS).normalize("NFC");
    const known = identify(asked, this.manifest);
    if (known) return this.#identifier(known);
    let pieces = this.fold(asked).slice(0, MOST_WORDS);
    if (!pieces.length) return NOTHING;
    const growing = open && /[\p{L}\p{N}]$/u.test(asked);
    const typed = pieces.map(({ key }) => key).join("");
    let direct = this.#read(pieces, growing);
    if (!isExact(direct) && pieces.some((piece) => piece.species)) {
      // The h of hBMSC tells the donor; it chooses no page unless a name has it.
      pieces = pieces.filter((piece) => !piece.species);
      direct = this.#read(pieces, growing);
    }
    pieces = this.terms.respell(pieces);
    const words = pieces.map(({ key }) => key);
    const strangers = this.terms.strangers(words, growing);
    if (early) early(this.#rank(this.#addTerms(new Map(), direct, growing, 0), strangers));
    let plan = await makePlan(this, pieces, isExact(direct), growing);
    plan = (!plan.exact && (await readAsJournal(this.works, plan))) || plan;
    const found = this.#findTerms(direct, plan, growing);
    await this.#addWorks(found, plan, typed);
    return {
      names: this.#cut(this.#rank(found, strangers), plan),
      text: planText(pieces, plan, this.terms),
      notice: notice(plan),
    };
  }

  #read(pieces, growing) {
    return this.terms.find(this.terms.respell(pieces).map(({ key }) => key), growing);
  }

  #rank(found, strangers) {
    const names = [...found.values()]
      .filter((hit) => !strangers.length || hit.tier === EXACT || this.#has(hit, strangers))
      .sort((a, b) => a.tier - b.tier || b.score - a.score || (b.weight ?? 0) - (a.weight ?? 0));
    const definition = names.findIndex(({ kind, tier }) => kind === "glossary" && tier < CLOSE);
    if (definition > LAST_DEFINITION) names.splice(LAST_DEFINITION, 0, ...names.splice(definition, 1));
    return names;
  }

  // Tells whether a title has the very numbers that no term has.
  #has({ title }, strangers) {
    const whole = this.fold(title).map(({ key }) => key);
    return strangers.every((name) =>
      whole.some((_, at) => whole.slice(at, at + 2).join("") === name || whole[at] === name),
    );
  }

  async #identifier({ key, shown }) {
    const names = [];
    for (const target of await this.works.identifier(key)) {
      const page = await this.#target(target);
      names.push({ ...page, tier: 0, score: 0, why: shown });
    }
    const absent = names.length ? "" : `${shown} is not in this atlas as of ${this.day}.`;
    return { names, text: null, notice: absent };
  }

  async #target(target) {
    if (typeof target === "string") {
      const id = target.split("/")[1];
      return { path: target, kind: "finding", title: `Finding ${id}`, detail: "", id: "" };
    }
    if (target < 0) return { ...this.terms.terms[-1 - target] };
    return this.works.work(target);
  }

  #addTerms(found, hits, growing, penalty) {
    for (const [at, hit] of hits) {
      const term = this.terms.terms[at];
      let tier = hit.tier;
      if (tier === WITHIN && growing) tier = TIERS.begun;
      // An outcome has no page of its own: the trials that measure it lead, its definition follows.
      if (tier === EXACT && term.kind === "glossary") tier += BEHIND;
      else if (tier === NEAR && term.kind === "glossary") tier = CLOSE + BEHIND;
      else if (tier >= CLOSE && tier <= WITHIN && term.kind === "glossary") tier = TIERS.glossary;
      const held = found.get(term.path);
      const why = term.names[hit.n];
      const entry = { ...term, names: undefined, tier: tier + penalty, score: hit.score, why };
      if (!held || held.tier > entry.tier) found.set(term.path, entry);
    }
    return found;
  }

  #findTerms(direct, plan, growing) {
    const found = this.#addTerms(new Map(), direct, growing, 0);
    if (plan.exact) return found;
    for (const words of readings(plan, this.terms)) {
      this.#addTerms(found, this.terms.find(words, false), growing, CORRECTED);
    }
    if (plan.spellings.at(-1)?.how === "begun" && !growing) {
      this.#addTerms(found, this.terms.find(plan.words, true), growing, CORRECTED);
    }
    if (plan.missing.length) {
      // A word that is nowhere leaves only names that the rest of the query spells out.
      const digits = plan.missing.some((word) => /\p{N}/u.test(word));
      for (const [path, hit] of found) {
        if (digits || Math.floor(hit.tier) > CLOSE || hit.tier === TIERS.begun) found.delete(path);
      }
      const rest = plan.words.filter((word) => !plan.missing.includes(word));
      const whole = plan.spared ? [...this.terms.find(rest, false)].filter(([, { tier }]) => tier <= BARE) : [];
      this.#addTerms(found, whole, growing, SPARED);
    }
    return found;
  }

  // `typed` is the whole query without spaces, letters for donors included (the m of mRNA looks so).
  async #addWorks(found, plan, typed) {
    const asked = readNeeds(plan, this.manifest, this.terms);
    const { hits, partial } = await this.#findHits(plan, asked);
    const own = this.terms.subject(plan.words);
    // A title with every word says more than a name with some, and less than a name with all.
    const few = hits.length <= FEW && own.length > 1 && !partial &&
      ![...found.values()].some(({ tier }) => tier === TIERS.within || tier === TIERS.begun);
    const most = hits[0]?.bibliographic ? MOST_BIBLIOGRAPHIC_READ : MOST_WORKS_READ;
    const top = hits.slice(0, isLong(plan.words, this.context) && !partial ? MOST_LONG_READ : most);
    const works = await Promise.all(top.map(async (hit) => ({ ...hit, ...(await this.works.work(hit.number)) })));
    for (const work of works) {
      const tier = this.#tierOf(work, plan, { typed, own, few, partial, wanted: asked.wanted });
      if (!tier || (partial && found.has(work.path))) continue;
      const score = 1.1 + work.score / 1000 - work.number / 1e7;
      found.set(work.path, { ...work, tier, score, why: "", partial });
    }
  }

  // The works that hold every word; where none does, those with most; those of a wanted kind first.
  async #findHits(plan, { needed, spare, ranges }) {
    const keys = needed.map((need) => need.keys);
    let hits = plan.missing.length ? [] : plan.hits ?? (await this.works.find(keys, spare));
    if (!plan.missing.length && !hits.length && needed.length > 1) hits = await this.works.findAbbreviated(keys);
    const loose = !hits.length && !plan.exact && needed.length >= MANY && (!plan.missing.length || plan.spared);
    if (loose) hits = await this.works.findMost(needed);
    const isWanted = ({ number }) => ranges.some(([from, to]) => number >= from && number < to);
    return { hits: [...hits.filter(isWanted), ...hits.filter((hit) => !isWanted(hit))], partial: loose };
  }

  // The tier of a work, or 0 for one that is not meant.
  #tierOf(work, plan, { typed, own, few, partial, wanted }) {
    const title = this.fold(work.title).map((piece) => piece.key);
    if (title.join("") === typed || work.names.some((n) => n.replaceAll(" ", "") === typed)) return EXACT;
    if (isLong(plan.words, this.context) && !partial) {
      const held = new Set([...title, ...this.fold(work.detail).map((p) => p.key), String(work.year)]);
      const all = plan.words.every((word) => held.has(word) || this.context.has(word));
      if (!all && !work.bibliographic) return 0;
      if (all && ` ${title.join(" ")} `.includes(` ${plan.words.join(" ")} `)) return EXACT + 0.1;
    }
    const fits = few && own.every((word) => title.includes(word));
    let tier = work.bibliographic ? TIERS.bibliographic : fits ? TIERS.title : TIERS.works;
    if (wanted.has(work.kind)) tier = Math.min(tier, TIERS.bibliographic);
    return tier + (plan.spellings.some(({ how }) => how === "mended") ? CORRECTED : 0);
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
}

function isExact(direct) {
  return [...direct.values()].some((hit) => hit.tier <= BARE);
}

// Returns {results: [{id, name?, text?}], found}: names first, then what the full text adds. `name`
// is a page found by its name, `text` a hit of the full text with its excerpts. A query of no words
// gives all pages. `early` is called with the names, before the full text is asked.
export async function search(query, early = null) {
  const index = await start();
  const asked = query.trim();
  const found = asked ? await index.names(query) : NOTHING;
  if (early && found.names.length && found.text) early(found);
  const hits = asked && !found.text ? [] : await searchText(found.text);
  const byId = new Map(hits.map((hit) => [hit.id, hit]));
  const known = new Set(found.names.map((hit) => hit.id).filter(Boolean));
  const named = found.names.map((hit) => ({ id: hit.id, name: hit, text: byId.get(hit.id) }));
  const more = hits.filter((hit) => !known.has(hit.id)).map((hit) => ({ id: hit.id, text: hit }));
  // Pages with every word come before works that lack one.
  const results = more.length
    ? [...named.filter(({ name }) => !name.partial), ...more, ...named.filter(({ name }) => name.partial)]
    : named;
  if (!found.notice && !hits.length && results.some(({ name }) => name?.partial)) {
    found.notice = "No page has all the words; those listed have some of them.";
  }
  return { results, found };
}
