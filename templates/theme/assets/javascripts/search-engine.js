// The search itself, without a page: identifiers, then names, then the full text; all below search/.

import { createFold, identify, joinPowers, markExact, nearest } from "./search-fold.js";
import { BARE, CLOSE, EXACT, NEAR, PART, TermIndex, WITHIN } from "./search-terms.js";

export const ROOT = new URL("../../", import.meta.url);
export const address = (path) => new URL(path, ROOT).href;

const MOST_LETTERS = 300;
const MOST_WORDS = 24;
const MOST_TEXT_WORDS = 6; // of a long query the rarest are asked: each costs a file of the index
const MOST_READ = 10; // hits of the full text whose titles are looked at before they are ranked
const MOST_FILES = 6; // of the list of words, in which a misspelt one is looked for
const ENOUGH = 0.55; // of a query's weight, for a page that lacks some of its words
const FEW = 3;
const LAST_DEFINITION = 3; // the place by which a definition comes, however many trials measure it

// The order of results, beside that of names: see docs/search.md.
const KNOWN = 2; // works by author, journal and year, and kinds of pages that the query asks for
const TITLE = 2.9; // one of few that hold every word of the query
const BEGUN = 3.2;
const TEXT = 4.6;
const GLOSSARY = 4.8;
const SOME = 4.95; // pages with some of the words
const MENTION = 5.1; // reviews that mention all of it
export const QUIET = 9; // names that no evidence names
const FIXED = 0.4; // a name reached through a corrected word ranks behind one reached as typed
const TEXTS = ["trial", "paper", "reference", "finding"];
const PLAIN = /^\p{L}\p{Ll}+$/u;

const loaded = new Map();

// Does what is to be done once, and again after a failure: a reader can try again.
function once(name, act) {
  if (!loaded.has(name)) loaded.set(name, act().catch((error) => { loaded.delete(name); throw error; }));
  return loaded.get(name);
}

// Returns a JSON file below search/ of the site.
const load = (file) => once(file, () => fetch(address(`search/${file}`)).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(file)))));

export const start = () => once("engine", async () => new Engine(await load("manifest.json")));

class Engine {
  constructor(manifest) {
    this.settings = manifest;
    this.fold = createFold(manifest);
    this.terms = new TermIndex(manifest, this.fold);
    this.kinds = new Map(manifest.kinds.map(([id, one, many]) => [id, { one, many }]));
  }

  // The names that a query has, what to ask the full text, and what to mark and say: {names, plan, marks,
  // notice}. With `open` the last word may still grow; `early` is called with what needs no further file.
  async names(query, { open = false, early = null } = {}) {
    const asked = joinPowers(query.slice(0, MOST_LETTERS).normalize("NFC"));
    const known = identify(asked, this.settings.patterns);
    if (known) return this.#identifier(known, open);
    const growing = open && /[\p{L}\p{N}]$/u.test(asked);
    const find = (found, open = false) => this.terms.find(found.map(({ key }) => key), open);
    const typed = this.terms.respell(this.fold(asked).slice(0, MOST_WORDS));
    // The h of hBMSC is the donor; it chooses no page unless a name has it.
    const words = isExact(find(typed)) ? typed : typed.filter(({ species }) => !species);
    const direct = find(words, growing);
    early?.(this.#rank(this.#tiers(new Map(), direct, growing), false));
    const spelt = await this.#spell(words, isExact(direct), growing);
    const found = this.#tiers(new Map(), direct, growing);
    const readings = this.#readings(spelt);
    for (const reading of readings) this.#tiers(found, find(reading), false, reading.some(({ fixed }) => fixed) ? FIXED : FIXED / 2);
    const read = (readings[0] ?? spelt.map(({ keys: [key = ""], ...word }) => ({ ...word, key }))).filter(({ key }) => key);
    const missing = isExact(direct) ? [] : words.filter((_, at) => !spelt[at].keys.length);
    // What looks like a name and is nowhere is not answered with a part of the query.
    const spared = missing.length * 3 <= words.length && missing.every(({ text }) => PLAIN.test(text)) && read.some(({ key }) => !this.terms.context.has(key));
    if (missing.length && spared) this.#tiers(found, find(read), false, 0.9);
    if (missing.length && !spared) for (const [at, { tier }] of found) if (tier >= NEAR) found.delete(at);
    const exact = [...found.values()].some(({ tier }) => tier <= BARE + FIXED || (tier >= QUIET && tier < QUIET + 1));
    const names = this.#rank(found, exact);
    const definition = names[0]?.kind === "glossary" && names[0].tier <= BARE;
    const all = { definition, words: read, typed: words.map(({ key }) => key).join(""), partial: missing.length > 0, exact };
    const plan = words.length && (spared || !missing.length) ? all : null;
    const fixed = isExact(direct) ? [] : read.filter((word) => word.fixed).map(({ key, text }) => `“${key}” for “${text}”`);
    const notice = missing.length ? `No page has the word “${missing.map(({ text }) => text).join("”, “")}”.` : fixed.length ? `Read ${fixed.join(", ")}.` : "";
    return { names, plan, marks: this.#marks(read), notice };
  }

  // The words that excerpts mark: those of the query, and of the terms in it.
  #marks(words) {
    const terms = this.terms.cut(words).flatMap(({ entries }) => entries.map(({ term }) => this.terms.terms[term]));
    const names = terms.flatMap(({ names: [label, ...others] }) => [...label.split(" "), ...others.filter((name) => !name.includes(" "))]);
    return new Set(this.terms.essence([...words.map(({ key }) => key), ...names]));
  }

  // A number of a register also leads to what names it; while it is typed, its beginning finds it.
  async #identifier({ key, shown }, open) {
    const { registers, day } = this.settings;
    const held = Object.assign({}, ...(await Promise.all(this.#pieces("identifiers", key, `${key}\uffff`))));
    const plan = registers.some((register) => key.startsWith(register)) ? { number: key } : null;
    const keys = Object.hasOwn(held, key) ? [key] : Object.keys(held).filter((other) => open && plan && other.startsWith(key));
    const names = keys.flatMap((found) => held[found]).map(([path, kind, title, detail]) => ({ path, kind, title, detail, tier: 0 }));
    return { names, plan, marks: new Set([key]), notice: names.length ? "" : `${shown} is not in this atlas as of ${day}.` };
  }

  // Each word with the `keys` that it may mean: as it is, what it begins, what it was meant to be.
  #spell(words, exact, growing) {
    return Promise.all(words.map(async (word, at) => {
      const { key, text } = word;
      if (this.terms.context.has(key) || this.terms.words.has(key) || (await this.#count(key))) return { ...word, keys: [key] };
      if (growing && at === words.length - 1 && key.length > 2) {
        const others = [...Object.keys(await this.#piece("words", key)), ...this.terms.list];
        if (others.some((other) => other.startsWith(key))) return { ...word, keys: [key], begun: true };
      }
      if (exact || word.joined) return { ...word, keys: [] };
      const alike = await this.#alike(key);
      const near = [key, text.toLowerCase()].flatMap((typed) => [...nearest(typed, this.terms.list), ...nearest(typed, alike)]);
      if (near.length) return { ...word, keys: [...new Set(near)].slice(0, FEW * 2), fixed: true };
      return { ...word, keys: PLAIN.test(text) && key.length > FEW ? this.terms.list.filter((other) => other.startsWith(key)).slice(0, FEW) : [] };
    }));
  }

  // How many texts have a word.
  async #count(key) {
    return Object.entries(await this.#piece("words", key)).find(([word]) => word === key)?.[1] ?? 0;
  }

  // The words of the index that begin as this one does.
  async #alike(word) {
    const pieces = this.#pieces("words", word.slice(0, 2), `${word.slice(0, 2)}\uffff`).slice(0, MOST_FILES);
    return (await Promise.all(pieces)).flatMap(Object.keys);
  }

  // The pieces of a sorted list that would hold the keys from one to another, and the one for a key.
  #pieces(name, from, to) {
    const pieces = this.settings[name];
    const [first, last] = [from, to].map((key) => Math.max(0, pieces.findLastIndex(([first]) => first <= key)));
    return pieces.slice(first, last + 1).map(([, hash]) => load(`index/${name}.${hash}.json`));
  }

  #piece(name, key) {
    return this.#pieces(name, key, key)[0];
  }

  // The query with misspelt words fixed, a few choices; where one is a whole name, only that.
  #readings(spelt) {
    if (!spelt.some(({ key, keys }) => keys.length && keys[0] !== key)) return [];
    let found = [[]];
    for (const { keys, ...word } of spelt) found = found.flatMap((reading) => (keys.length ? keys : [""]).map((key) => [...reading, { ...word, key }])).slice(0, 12);
    const whole = found.filter((reading) => isExact(this.terms.find(reading.map(({ key }) => key), false)));
    return whole.length ? whole : found;
  }

  #tiers(found, hits, growing, penalty = 0) {
    const silent = isExact(hits) && ![...hits].some(([at, { tier }]) => tier <= BARE && this.terms.terms[at].weight >= 0);
    for (const [at, hit] of hits) {
      const term = this.terms.terms[at];
      const glossary = term.kind === "glossary";
      let { tier } = hit;
      if (term.weight < 0) tier = tier < CLOSE || tier === PART ? QUIET + (tier > CLOSE) : Infinity;
      else if (tier === WITHIN && growing) tier = BEGUN;
      else if (tier === WITHIN && silent) tier = GLOSSARY; // pages that say the name lead
      else if (glossary && tier === EXACT) tier += 0.05; // the pages that use it lead, its definition follows
      else if (glossary && tier === NEAR) tier = CLOSE + 0.05;
      else if (glossary && tier >= CLOSE && tier <= WITHIN) tier = GLOSSARY;
      tier += penalty;
      if (tier < Infinity && !(found.get(at)?.tier <= tier)) found.set(at, { ...term, tier, score: hit.score });
    }
    return found;
  }

  // Where one name is the whole query, names that are a part of it say nothing.
  #rank(found, exact) {
    const counts = {};
    return [...found.values()]
      .filter(({ tier }) => !exact || tier < NEAR || tier > PART || (tier >= WITHIN && tier < PART))
      .sort((a, b) => a.tier - b.tier || b.score - a.score || b.weight - a.weight)
      .filter(({ tier }) => (counts[tier] = (counts[tier] ?? 0) + 1) <= (tier < BEGUN ? 60 : tier >= GLOSSARY ? 3 : 8));
  }

  // Pages of the full text, each with a tier: those with every word, else those with most of them.
  async text(plan) {
    if (plan.number) {
      const hits = (await this.#count(plan.number)) ? await this.hits([`${plan.number}z`]) : [];
      return Promise.all(hits.map(async (hit) => ({ ...hit, tier: TEXT, ...(await hit.load()) })));
    }
    const asked = Object.entries(plan.words.length > MOST_WORDS / 3 ? {} : this.settings.wanted)
      .filter(([, hints]) => plan.words.some(({ key }) => hints.includes(key)));
    const [wanted, hints] = [asked.map(([kind]) => kind), asked.flatMap(([, of]) => of)];
    const choosing = await this.#choose(plan.words);
    const other = choosing.filter(({ key }) => !hints.includes(key));
    const words = other.length ? other : choosing;
    if (!words.length) return [];
    // Kinds that are asked for first, pages of terms last: they only mention the words.
    const rank = ({ kind }) => (wanted.includes(kind) ? 0 : TEXTS.includes(kind) ? 1 : 2);
    const judge = (hits, tier) => this.#judge(hits.sort((a, b) => rank(a) - rank(b)), plan, { tier, wanted, words });
    const found = plan.partial ? [] : await judge(await this.#ask(words), TEXT);
    if (words.length < 2 || plan.exact || found.some(({ tier }) => tier < GLOSSARY)) return found;
    const held = new Set(found.map(({ id }) => id));
    return [...found, ...(await judge(await this.#askMost(words), SOME)).filter(({ id }) => !held.has(id))];
  }

  // Map(value -> Set of the numbers of its texts) of a facet.
  async facet(name) {
    return new Map(Object.entries(await load(`index/${this.settings.facets[name]}`)).map(([value, steps]) => {
      let number = 0;
      return [value, new Set(steps.map((step) => (number += step)))];
    }));
  }

  // Map(Pagefind's id -> {id, kind, load()}) of all texts, by number: `load` gives what is shown of one.
  async #places() {
    const [pieces, kinds] = await Promise.all([load(`index/${this.settings.texts}`), this.facet("kind")]);
    const kindOf = [];
    for (const [kind, ids] of kinds) for (const id of ids) kindOf[id] = kind;
    const read = async (hash, at) => {
      const [path, title, detail, imprint, reported, places] = (await load(`index/text.${hash}.json`))[at];
      return { path, title, detail, imprint, reported, places };
    };
    const hits = pieces.flatMap(([hash, ...hits]) => hits.map((hit, at) => [hit, () => read(hash, at)]));
    return new Map(hits.map(([hit, read], id) => [hit, { id, kind: kindOf[id], load: read }]));
  }

  // The texts that hold every word of one of some queries, best first, [{id, kind, score, load()}]; or all.
  async hits(queries) {
    const [found, places] = await Promise.all([searchText(queries), once("places", () => this.#places())]);
    return found.map(([hit, score]) => ({ ...places.get(hit), score }));
  }

  // The words to ask for, each with how many texts have it and its weight; of a title the rarest.
  async #choose(words) {
    const dated = words.some(({ key }) => /^(?:19|20)\d\d$/.test(key)); // "Bei 2023" is an author
    const own = words.filter(({ key, text }) => !this.terms.context.has(key) || (dated && /^\p{Lu}\p{Ll}+$/u.test(text)));
    const counted = await Promise.all(own.map(async (word) => {
      const count = await this.#count(word.key);
      return { ...word, count, weight: Math.log(this.settings.count / (count || 1)) + 0.1 };
    }));
    const rare = [...counted].sort((a, b) => b.weight - a.weight).slice(0, MOST_TEXT_WORDS);
    return counted.filter((word) => rare.includes(word));
  }

  // Asks for all words, as they are and with each name as its term. What is nowhere is not asked for:
  // Pagefind would answer with the beginning of it.
  async #ask(words) {
    const asWord = (word) => (word.count || word.begun ? markExact(word) : "");
    const named = this.terms.cut(words).flatMap(({ run, entries }) => {
      const [best] = entries.map(({ term }) => this.terms.terms[term]).filter(({ word }) => word).sort((a, b) => b.weight - a.weight);
      return best ? [best.word] : run.map(asWord);
    });
    const whole = [words.map(asWord), named].filter((query) => query.every(Boolean)).map((query) => query.join(" "));
    return whole.length ? this.hits(whole) : [];
  }

  // Asks for each word or name alone: the pages with most of them by weight, and with every number.
  async #askMost(words) {
    const held = new Map();
    const runs = this.terms.cut(words).map(({ run }) => ({
      run, weight: run.reduce((sum, word) => sum + word.weight, 0), number: run.some(({ key, joined }) => joined || /\p{N}/u.test(key)),
    }));
    for (const { run, weight, number } of runs) {
      for (const hit of await this.#ask(run)) {
        const known = held.get(hit.id) ?? { ...hit, weight: 0, numbers: 0 };
        held.set(hit.id, { ...known, weight: known.weight + weight, numbers: known.numbers + number });
      }
    }
    const all = runs.reduce((sum, { weight }) => sum + weight, 0);
    const numbers = runs.filter(({ number }) => number).length;
    return [...held.values()]
      .filter((hit) => hit.numbers === numbers && hit.weight >= all * ENOUGH)
      .sort((a, b) => b.weight - a.weight || b.score - a.score);
  }

  // Gives each hit its tier by the title and the imprint of its page; only the first are read.
  async #judge(hits, plan, { tier, wanted, words }) {
    const read = await Promise.all(hits.slice(0, MOST_READ).map((hit) => hit.load()));
    const keysOf = (text) => this.fold(text).map(({ key }) => key);
    const own = words.map(({ key }) => key);
    const isAll = (keys) => own.every((key) => keys.includes(key));
    const titles = read.map(({ title }) => keysOf(title));
    const few = hits.length < FEW || (own.length >= FEW && titles.filter(isAll).length <= FEW);
    const tierOf = ({ kind }, at) => {
      if (!TEXTS.includes(kind)) return plan.exact ? Infinity : MENTION;
      if (at >= read.length) return tier;
      const { path, imprint = "", reported } = read[at];
      const title = titles[at];
      if (kind === "finding") return path.startsWith("references/") ? tier + 0.01 : tier; // its page says the same
      if (title.join("") === plan.typed) return EXACT;
      if (wanted.includes(kind)) return tier === SOME ? TITLE : KNOWN;
      if (tier === SOME) return tier;
      if (isAll(title)) return few ? TITLE : tier - (title.join(" ").includes(own.join(" ")) ? 0.12 : 0.1);
      const by = keysOf(imprint);
      if (isAll(by)) return KNOWN;
      if (isAll([...title, ...by])) return KNOWN + 0.1;
      if (kind !== "trial") return kind === "paper" ? MENTION : tier;
      const later = reported ? 0 : 0.005; // a trial with a result leads
      if (plan.definition) return EXACT + 0.02 + later; // it measures what is defined
      return later + (few && own.length >= FEW ? TITLE - 0.02 : tier - 0.15);
    };
    const fixed = words.some((word) => word.fixed) ? FIXED : 0;
    return hits.map((hit, at) => {
      const { path } = read[at] ?? {};
      const given = tierOf(hit, at);
      const late = path?.includes("#ref-") && given > KNOWN + 0.1; // a work on which nothing rests
      return { ...hit, tier: Math.max(given, late ? TEXT + 0.05 : 0) + fixed, path, partial: tier === SOME };
    });
  }
}

const isExact = (direct) => [...direct.values()].some((hit) => hit.tier <= BARE);

// --- the full text, by Pagefind: loaded only when names do not say it all ---------------------------

let failures = 0;

async function startPagefind() {
  // A module that failed to start keeps its failure: another address makes a fresh one.
  const found = await import(address(`search/pagefind/pagefind.js${failures ? `?${failures}` : ""}`));
  await found.options({ baseUrl: ROOT.pathname, noWorker: true });
  await found.init();
  return found;
}

// Returns the hits of some queries, or all there are: [[Pagefind's id, score]], best first.
async function searchText(queries = [null]) {
  const best = new Map();
  try {
    const found = await once("pagefind", startPagefind);
    for (const query of new Set(queries)) {
      for (const { id, score } of (await found.search(query)).results) if (!(best.get(id) >= score)) best.set(id, score);
    }
  } catch (error) {
    loaded.delete("pagefind");
    failures += 1;
    throw error;
  }
  return [...best].sort(([, a], [, b]) => b - a);
}

// Returns hits with the titles and addresses of those of the full text.
export const openHits = (hits) => Promise.all(hits.map(async (hit) => (hit.title ? hit : { ...hit, ...(await hit.load()) })));

// Returns {results, found}: each result is {id, path?, title?, kind?, detail?, tier, load()}; what
// is found by name and in the full text stands once. A query of no words gives all pages.
export async function search(query, options = {}) {
  const engine = await start();
  if (!query.trim()) return { results: await engine.hits(), found: { marks: new Set() } };
  const found = await engine.names(query, options);
  const hits = found.plan ? await engine.text(found.plan) : [];
  const named = new Set(found.names.map(({ id }) => id));
  const names = found.names.map((hit) => ({ ...hit, load: hits.find(({ id }) => id === hit.id)?.load }));
  const seen = new Set();
  const results = [...names, ...hits.filter(({ id }) => !named.has(id))]
    .filter(({ tier }) => tier < Infinity)
    .sort((a, b) => a.tier - b.tier)
    // A statement whose page stands above says nothing new.
    .filter(({ path }) => !path || !(seen.has(path) || (path.startsWith("references/") && seen.has(path.split("#")[0]))) && seen.add(path));
  const definition = results.findIndex(({ kind, tier }) => kind === "glossary" && tier < CLOSE);
  if (definition > LAST_DEFINITION) results.splice(LAST_DEFINITION, 0, ...results.splice(definition, 1));
  if (!found.notice && results.some(({ partial }) => partial) && !results.some(({ tier, partial }) => tier < SOME && !partial)) {
    found.notice = "No page has all the words; those listed have some of them.";
  }
  return { results, found };
}
