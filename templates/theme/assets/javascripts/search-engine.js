// The search itself, without a page: identifiers, then names, then the full text.
// Loaded only when a reader searches. Everything it fetches lies below search/ of the site.

import { begins, createFold, nearest } from "./search-fold.js";
import { identify } from "./search-identify.js";
import { BARE, CLOSE, EXACT, NEAR, PART, TermIndex, WITHIN } from "./search-terms.js";
import { findNumbers, searchText } from "./search-text.js";

export const ROOT = new URL("../../", import.meta.url);
export const address = (path) => new URL(path, ROOT).href;

const MOST_LETTERS = 300;
const MOST_WORDS = 24;
const MOST_TEXT_WORDS = 5; // of a long query the rarest are asked: each costs a file of the index
const MOST_READ = 12; // hits of the full text whose titles are looked at before they are ranked
const MOST_FILES = 6; // of the list of words, in which a misspelt one is looked for
const ENOUGH = 0.55; // of a query's weight, for a page that lacks some of its words
const FEW = 3;
const LAST_DEFINITION = 3; // the place by which a definition comes, however many trials measure it
const KNOWN = 2; // works by author, journal and year, and kinds of pages that the query asks for
const TITLE = 2.9; // one of few that hold every word of the query
const BEGUN = 3.2;
const TEXT = 4.6;
const GLOSSARY = 4.8;
const SOME = 4.95; // pages with some of the words
const QUIET = 9; // names that no evidence names
const FIXED = 0.4; // a name reached through a corrected word ranks behind one reached as typed
const MOST_OF_TIER = new Map([[WITHIN, 6], [BEGUN, 8], [GLOSSARY, 3], [PART, 3], [QUIET, 3], [QUIET + 1, 3]]);
const POWER = /(\d+(?:\.\d+)?)\s*(?:[×x*·]\s*10\s*(?:\^\s*([0-9]+)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))|e\+?(\d+))(?![\d.]\d)/giu;
const NAME = /^\p{Lu}\p{Ll}+$/u;
const YEAR = /^(?:19|20)\d\d$/;
const PLAIN = /^\p{L}\p{Ll}+$/u;

const files = new Map();
let starting = null;

// Returns a JSON file below search/ of the site; each is loaded once, and again after a failure.
export function load(file) {
  if (!files.has(file)) {
    const loading = fetch(new URL(`search/${file}`, ROOT)).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${file}`);
      return answer.json();
    });
    loading.catch(() => files.delete(file));
    files.set(file, loading);
  }
  return files.get(file);
}

// Returns the engine; a failure is not kept, so that a reader can try again.
export function start() {
  starting ??= load("manifest.json").then((manifest) => new Engine(manifest));
  starting.catch(() => { starting = null; });
  return starting;
}

class Engine {
  constructor(manifest) {
    Object.assign(this, manifest);
    this.settings = manifest;
    this.fold = createFold(manifest.rules);
    this.context = new Set(manifest.context);
    this.terms = new TermIndex(manifest, this.context);
    this.kinds = new Map(manifest.kinds.map(([id, one, many]) => [id, { one, many }]));
  }

  // The names that a query has, and what to ask the full text: {names, plan, notice}. `open` means
  // that the last word may still grow; `early` is called with what needs no further file.
  async names(query, { open = false, early = null } = {}) {
    const asked = query.slice(0, MOST_LETTERS).normalize("NFC").replace(POWER, (_, number, ...powers) => `${number}e${powers.slice(0, 3).find(Boolean).normalize("NFKC")}`);
    const known = identify(asked, this.settings);
    if (known) return this.#identifier(known);
    let pieces = this.fold(asked).slice(0, MOST_WORDS);
    const typed = pieces.map(({ key }) => key).join("");
    const growing = open && /[\p{L}\p{N}]$/u.test(asked);
    const find = () => this.terms.find(this.terms.respell(pieces).map(({ key }) => key), growing);
    let direct = find();
    if (!isExact(direct) && pieces.some(({ species }) => species)) {
      // The h of hBMSC is the donor; it chooses no page unless a name has it.
      pieces = pieces.filter(({ species }) => !species);
      direct = find();
    }
    pieces = this.terms.respell(pieces);
    const words = pieces.map(({ key }) => key);
    const strangers = this.terms.strangers(words, growing);
    early?.(this.#rank(this.#tiers(new Map(), direct, growing, 0), strangers));
    const spellings = await this.#spell(pieces, isExact(direct), growing);
    const found = this.#tiers(new Map(), direct, growing, 0);
    for (const reading of this.#readings(words, spellings)) {
      const fixed = spellings.some(({ how }) => how === "fixed") ? FIXED : 0;
      this.#tiers(found, this.terms.find(reading, false), false, fixed || FIXED / 2);
    }
    const missing = isExact(direct) ? [] : pieces.filter((_, at) => !spellings[at].keys.length);
    const kept = pieces.filter((piece) => !missing.includes(piece)).map(({ key }) => key);
    const spared = isSpared(missing, pieces) && kept.some((word) => !this.context.has(word));
    if (missing.length && spared) this.#tiers(found, this.terms.find(kept, false), false, 0.9);
    // What looks like a name and is nowhere is not answered with a part of the query.
    if (missing.length && !spared) for (const [at, { tier }] of found) if (tier >= NEAR) found.delete(at);
    const exact = isExact(direct) || [...found.values()].some(({ tier }) => tier <= BARE + FIXED || (tier >= QUIET && tier < QUIET + 1));
    const names = this.#rank(found, strangers, exact);
    const definition = names[0]?.kind === "glossary" && names[0].tier < CLOSE;
    return {
      names,
      plan: words.length ? { definition, pieces, words, spellings, typed, missing, exact, strange: strangers.length > 0 } : null,
      notice: notice(pieces, spellings, missing, isExact(direct)),
    };
  }

  // A number of a register also leads to what names it.
  async #identifier({ key, shown }) {
    const { identifiers } = this.settings;
    const held = identifiers.first.length ? await load(shardOf(identifiers, key)) : {};
    const names = Object.hasOwn(held, key) ? held[key].map(([path, kind, title, detail]) => ({ path, kind, title, detail, tier: 0 })) : [];
    const number = this.registers.some((register) => key.startsWith(register)) ? shown : "";
    return { names, plan: number ? { phrase: number } : null, notice: names.length ? "" : `${shown} is not in this atlas as of ${this.day}.` };
  }

  // For each word: as it is, the words that it begins, or what it may have been meant to be.
  async #spell(pieces, exact, growing) {
    const last = pieces.length - 1;
    return Promise.all(pieces.map(async ({ key: word, text }, at) => {
      if (this.context.has(word)) return { keys: [word], how: "context" };
      const file = this.words.first.length ? await load(shardOf(this.words, word)) : {};
      const printed = Object.hasOwn(file, word);
      if (printed || this.terms.has(word)) return { keys: [word], how: "known", printed, kin: await this.#kin(word) };
      const open = growing && at === last;
      if (open ? word.length > 2 : word.length > 3 && !/\p{N}/u.test(word)) {
        const starts = [...Object.keys(file), ...this.terms.list].filter((other) => begins(word, other, open));
        if (open && starts.length) return { keys: [...new Set(starts)], how: "begun" };
      }
      const near = exact ? [] : [...new Set([...this.terms.near(word), ...nearest(word, await this.#alike(word))])].slice(0, FEW);
      if (near.length) return { keys: [...new Set([...near.map((key) => this.terms.labelWord(key)), ...near])], how: "fixed" };
      const shorts = last ? await this.#shorts(word) : [];
      if (shorts.length) return { keys: shorts, how: "short" };
      const starts = PLAIN.test(text) ? this.terms.list.filter((other) => other.startsWith(word)) : [];
      return { keys: starts, how: starts.length ? "begun" : "missing" };
    }));
  }

  // The words of the index that begin as this one does.
  async #alike(word) {
    const from = place(this.words, word.slice(0, 2));
    const to = Math.min(place(this.words, `${word.slice(0, 2)}\uffff`), from + MOST_FILES - 1);
    const held = await Promise.all(Array.from({ length: to - from + 1 }, (_, n) => load(fileOf(this.words, from + n))));
    return held.flatMap((words) => Object.keys(words));
  }

  // The words by which journals abbreviate a word ("Surgery": "Surg."); a file marks them with 1.
  async #shorts(word) {
    if (word.length < 5 || /\p{N}/u.test(word)) return [];
    const sizes = Array.from({ length: word.length - 3 }, (_, n) => word.slice(0, n + 3));
    const marked = await Promise.all(sizes.map(async (short) => (await load(shardOf(this.words, short)))[short]));
    return sizes.filter((_, n) => marked[n] === 1).slice(-1);
  }

  // The words that differ from this one by an ending alone: "hypoxic" of "hypoxia".
  async #kin(word) {
    const pairs = this.endings.flatMap(([a, b]) => [[a, b], [b, a]]);
    const found = new Set(pairs.filter(([end]) => word.endsWith(end) && word.length - end.length >= 4)
      .map(([end, other]) => word.slice(0, -end.length) + other));
    const known = await Promise.all([...found].map(async (kin) => Object.hasOwn(await load(shardOf(this.words, kin)), kin)));
    return [...found].filter((_, at) => known[at]);
  }

  // The query with misspelt words fixed, and with the kin of words that no name has: a few choices.
  #readings(words, spellings) {
    let found = [[]];
    let changed = false;
    spellings.forEach(({ keys, kin, how }, at) => {
      const options = (how === "fixed" ? keys : this.terms.has(words[at]) ? [] : (kin ?? [])).filter((key) => this.terms.has(key));
      changed ||= options.length > 0;
      found = found.flatMap((reading) => (options.length ? options : [words[at]]).map((key) => [...reading, key])).slice(0, 8);
    });
    return changed ? found : [];
  }

  #tiers(found, hits, growing, penalty) {
    for (const [at, hit] of hits) {
      const term = this.terms.terms[at];
      const glossary = term.kind === "glossary";
      let { tier } = hit;
      if (term.weight < 0) tier = tier < CLOSE || tier === PART ? QUIET + (tier > CLOSE) : Infinity;
      else if (tier === WITHIN && growing) tier = BEGUN;
      else if (glossary && tier === EXACT) tier += 0.05; // the pages that use it lead, its definition follows
      else if (glossary && tier === NEAR) tier = CLOSE + 0.05;
      else if (glossary && tier >= CLOSE && tier <= WITHIN) tier = GLOSSARY;
      tier += penalty;
      if (tier < Infinity && !(found.get(at)?.tier <= tier)) found.set(at, { ...term, tier, score: hit.score });
    }
    return found;
  }

  #rank(found, strangers, exact = false) {
    const counts = new Map();
    const names = [...found.values()]
      .filter(({ tier }) => tier === EXACT || (tier >= QUIET && tier < QUIET + 1) || (!strangers.length && (!exact || tier < NEAR || tier > PART || (tier >= WITHIN && tier < PART))))
      .sort((a, b) => a.tier - b.tier || b.score - a.score || b.weight - a.weight)
      .filter(({ tier }) => {
        counts.set(tier, (counts.get(tier) ?? 0) + 1);
        return counts.get(tier) <= (MOST_OF_TIER.get(tier) ?? 60);
      });
    return names;
  }

  // Pages of the full text, each with a tier: those with every word, else those with most of them.
  async text(plan, names) {
    if (plan.phrase) return this.#phrase(plan.phrase, names);
    if (plan.spellings.some(({ how, keys, printed }) => how === "known" && !printed && keys.length === 1) && plan.exact) return [];
    const wanted = plan.words.length > MOST_WORDS / 3 ? [] : Object.keys(this.wanted).filter((kind) => plan.words.some((word) => this.wanted[kind].includes(word)));
    const hints = new Set(wanted.flatMap((kind) => this.wanted[kind]));
    let words = this.#textWords(plan, (word) => plan.words.length > 1 && hints.has(word));
    if (!words.length) words = this.#textWords(plan, () => false);
    if (!words.length) return [];
    const lost = plan.missing.length > 0;
    const kept = words.filter(({ how }) => how !== "missing");
    let hits = lost ? [] : await this.#ask(words);
    if (!hits.length && !lost) hits = await this.#ask(await this.#shorten(words));
    let tier = TEXT;
    if (!hits.length && kept.length > 1 && isSpared(plan.missing, words) && !plan.exact && !plan.strange) {
      hits = await this.#askMost(kept);
      tier = SOME;
    }
    const first = wanted.length ? await Promise.all(wanted.map((kind) => this.facet("kind").then((held) => held.get(kind)))) : [];
    const isWanted = ({ id }) => first.some((ids) => ids?.has(id));
    hits = [...hits.filter(isWanted), ...hits.filter((hit) => !isWanted(hit))];
    return this.#judge(hits, plan, { tier, wanted, words });
  }

  // Map(value -> Set of the ids of its pages) of a facet.
  async facet(name) {
    const [pages, values] = await Promise.all([this.facets.pages, this.facets.files[name]].map((file) => load(`index/${file}`)));
    return new Map(Object.entries(values).map(([value, steps]) => {
      let number = 0;
      return [value, new Set(steps.map((step) => pages[(number += step)]))];
    }));
  }

  async #phrase(number, names) {
    const seen = new Set(names.map(({ path }) => path));
    const hits = (await searchText({ queries: [`"${number}"`], numbers: [] })).map((hit) => ({ ...hit, tier: TEXT }));
    const data = await Promise.all(hits.slice(0, MOST_READ).map((hit) => hit.load()));
    return hits.filter((_, at) => !data[at] || !seen.has(data[at].path));
  }

  // The words to ask: [{text, gap, keys, how}]; a name that was taken apart is one of them again.
  #textWords({ pieces, words, spellings }, isHint) {
    const found = [];
    const dated = pieces.some(({ text }) => YEAR.test(text)); // "An 2020" is a name
    spellings.forEach(({ keys, how }, at) => {
      const { text, at: place, gap } = pieces[at];
      if (isHint(words[at]) || (how === "context" && !(dated && NAME.test(text)))) return;
      if (found.at(-1)?.place !== place) found.push({ text: ["fixed", "short"].includes(how) ? keys[0] : text, place, gap, how, keys: [] });
      found.at(-1).keys.push(words[at]);
      found.at(-1).kin ??= spellings[at].kin?.[0];
    });
    if (dated) for (const word of found) word.exact = NAME.test(word.text) && word.text.length <= FEW;
    if (found.length <= MOST_TEXT_WORDS) return found;
    // So many words are a title; its rarest choose, and what else it has is seen when titles are compared.
    const plain = found.filter(({ text }) => !/\p{N}/u.test(text) || /^\d{4,}$/.test(text));
    const from = plain.length >= FEW ? plain : found;
    const rare = new Set([...from].sort((a, b) => this.terms.weigh(b.keys) - this.terms.weigh(a.keys)).slice(0, MOST_TEXT_WORDS));
    return found.filter((word) => rare.has(word));
  }

  #isName(before, number) {
    return this.terms.families.has(before.keys.at(-1)) || this.terms.knows([...before.keys, ...number.keys]);
  }

  // The words as journals abbreviate them.
  async #shorten(words) {
    const shorts = await Promise.all(words.map(({ keys }) => (keys[0] === "journal" ? ["j"] : this.#shorts(keys[0]))));
    return words.map((word, at) => ({ ...word, text: shorts[at][0] ?? word.text }));
  }

  // Asks for all words: as typed, and with names as their terms write them ("tnf alpha": "TNF-α").
  #ask(words) {
    const isName = this.#isName.bind(this);
    const labelled = this.terms.relabel(words);
    const join = (held) => held.map(({ text }) => text).join(" ");
    const typed = findNumbers(words, isName);
    const own = findNumbers(labelled, isName);
    const numbers = typed.length === own.length ? typed.map((phrases, at) => [...new Set([...phrases, ...own[at]])]) : typed;
    const letters = this.terms.strangeLetters(words.flatMap(({ keys }) => keys));
    const kin = words.map(({ text, kin: other }) => ({ text: other ?? text }));
    const full = words.map(({ text, keys }) => ({ text: (!/\p{N}/u.test(text) && this.terms.soleLabel(keys)) || text }));
    return searchText({
      queries: [...new Set([join(words), join(labelled)])],
      wider: [...new Set([join(kin), join(full)])].filter((query) => query !== join(words)),
      numbers: [
        ...numbers,
        ...letters.map(([a, b]) => [`${a}${b}`, `${a} ${b}`]),
        ...words.filter(({ exact }) => exact).map(({ text }) => [text]),
      ],
    });
  }

  // Asks for each word alone: the pages with most of the words by weight, and with every number.
  async #askMost(words) {
    const held = new Map();
    const groups = [];
    for (const word of words) {
      const before = groups.at(-1)?.at(-1);
      if (before && /\p{N}/u.test(word.text) && (/^\p{Pd}$/u.test(word.gap) || this.#isName(before, word))) groups.at(-1).push(word);
      else groups.push([word]);
    }
    // A small number alone says nothing without its name: "TGF beta 1" is not IL-1.
    if (groups.some(([word, more]) => !more && /^\p{N}{1,2}$/u.test(word.text))) return [];
    const weights = groups.map((group) => this.terms.weigh(group.flatMap(({ keys }) => keys.slice(-1))));
    const must = groups.map((group) => group.some(({ text }) => /\p{N}/u.test(text)));
    for (const [at, group] of groups.entries()) {
      for (const hit of await this.#ask(group)) {
        const known = held.get(hit.id) ?? { ...hit, weight: 0, count: 0, musts: 0 };
        held.set(hit.id, { ...known, weight: known.weight + weights[at], count: known.count + 1, musts: known.musts + must[at] });
      }
    }
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const musts = must.filter(Boolean).length;
    const least = groups.length > 2 ? 2 : 1;
    return [...held.values()]
      .filter((hit) => hit.musts === musts && hit.count >= least && hit.weight >= all * ENOUGH)
      .sort((a, b) => b.weight - a.weight || b.score - a.score);
  }

  // Gives each hit its tier by the title and the words of its page; only the first are read.
  async #judge(hits, plan, { tier, wanted, words }) {
    const read = await Promise.all(hits.slice(0, MOST_READ).map((hit) => hit.load()));
    const own = words.flatMap(({ keys }) => keys);
    const keysOf = (text) => this.fold(text).map(({ key }) => key);
    const titles = read.map(({ title }) => keysOf(title));
    const isAll = (keys) => own.every((word) => keys.includes(word));
    const isTitle = own.length > FEW || own.some((word) => /\p{N}/u.test(word));
    const few = hits.length <= FEW || (isTitle && titles.filter(isAll).length <= FEW);
    const judged = hits.map((hit, at) => {
      if (at >= read.length) return tier;
      const { kind, path, content, detail } = read[at];
      if (kind === "finding") return path.startsWith("references/") ? tier + 0.01 : tier; // its page says the same
      if (titles[at].join("") === plan.typed) return EXACT;
      if (wanted.includes(kind)) return tier === SOME ? TITLE : KNOWN;
      if (tier === SOME) return tier;
      if (isAll(titles[at])) return few ? TITLE : tier - 0.1;
      if (kind === "reference" && isAll(keysOf(content))) return KNOWN;
      if (kind === "paper") return isAll([...titles[at], ...keysOf(detail)]) ? KNOWN : PART + 0.1;
      if (kind === "trial") return plan.definition ? EXACT + 0.02 : tier; // it measures what is defined
      if (kind === "reference") return tier;
      return plan.exact ? Infinity : GLOSSARY; // a term that only mentions the words
    });
    const fixed = plan.spellings.some(({ how }) => how === "fixed") ? FIXED : 0;
    return hits.map((hit, at) => ({ ...hit, tier: judged[at] + fixed, page: read[at]?.path, partial: tier === SOME }));
  }
}

// Whether the rest of a query may be answered without the words that are nowhere: what looks like the
// name of a molecule or a cell does not give way to its neighbours.
const isSpared = (missing, words) => missing.length * 3 <= words.length && missing.every(({ text }) => PLAIN.test(text));
const isExact = (direct) => [...direct.values()].some((hit) => hit.tier <= BARE);
const fileOf = ({ name }, number) => `index/${name}.${number}.json`;
const shardOf = (shards, key) => fileOf(shards, place(shards, key));

// The number of the file that would hold a key, by binary search over the first keys.
function place({ first }, key) {
  let [low, high] = [0, first.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (first[middle] <= key) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}

function notice(pieces, spellings, missing, exact) {
  if (missing.length) return `No page has the word “${missing.map(({ text }) => text).join("”, “")}”.`;
  const fixed = spellings.map(({ keys, how }, at) => (how === "fixed" ? `“${keys[0]}” for “${pieces[at].text}”` : "")).filter(Boolean);
  return fixed.length && !exact ? `Read ${fixed.join(", ")}.` : "";
}

// Returns {results, found}: each result is {id, path?, title?, kind?, detail?, tier, load()}; what
// is found by name and in the full text stands once. A query of no words gives all pages. `early` is
// called with the names, before the full text is asked.
export async function search(query, early = null, options = {}) {
  const engine = await start();
  if (!query.trim()) return { results: await searchText(null), found: { names: [], notice: "" } };
  const found = await engine.names(query, options);
  if (early && found.names.length && found.plan) early(found);
  const hits = found.plan ? await engine.text(found.plan, found.names) : [];
  const byId = new Map(hits.map((hit) => [hit.id, hit]));
  const named = new Set(found.names.map(({ id }) => id).filter(Boolean));
  const names = found.names.map((hit) => ({ ...hit, load: byId.get(hit.id)?.load }));
  const seen = new Set();
  const results = [...names, ...hits.filter(({ id }) => !named.has(id))]
    .map((hit, at) => ({ ...hit, at }))
    .filter(({ tier }) => tier < Infinity)
    .sort((a, b) => a.tier - b.tier || a.at - b.at)
    // A statement whose page stands above says nothing new.
    .filter(({ path, page }) => {
      const own = path ?? page;
      const again = own && (seen.has(own) || (own.startsWith("references/") && seen.has(own.split("#")[0])));
      if (own) seen.add(own);
      return !again;
    });
  const definition = results.findIndex(({ kind, tier }) => kind === "glossary" && tier < CLOSE);
  if (definition > LAST_DEFINITION) results.splice(LAST_DEFINITION, 0, ...results.splice(definition, 1));
  if (!found.notice && results.some(({ partial }) => partial) && !results.some(({ tier, partial }) => tier < SOME && !partial)) {
    found.notice = "No page has all the words; those listed have some of them.";
  }
  return { results, found };
}
