// Trials, papers and references by their words, in small files of which a query loads a few.

import { begins, nearest } from "./search-fold.js";

const AUTHOR = 2;
const FIRST = 4;
const JOURNAL = 8;
const YEAR = 16;
const NUMBER = 32;
const TITLE = 1;
const NAME = 128;
const GIVEN = 256;
const BIBLIOGRAPHIC = AUTHOR | FIRST | JOURNAL;
const WEIGHTS = [
  [NAME, 6],
  [FIRST, 6],
  [AUTHOR, 5],
  [JOURNAL, 4],
  [YEAR, 3],
  [NUMBER, 3],
  [TITLE, 3],
  [GIVEN, 2],
];
const MOST_SHARE = 0.6;
const MOST_FILES = 6;
const LONGEST_SHORT = 14; // letters: "Musculoskelet."
const MOST_BEGUN = 2; // files after the first that are read for words that begin alike
// Stands before the works of a word that no page prints, so that the full text is not asked for it.
const NAME_ONLY = -1;

export class WorkIndex {
  constructor(manifest, load) {
    this.manifest = manifest;
    this.load = load;
    this.lists = new Map(); // word -> decoded postings
  }

  // The number of the file that would hold a key, by binary search over the first keys.
  #file({ first }, key) {
    let low = 0;
    let high = first.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (first[middle] <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #load({ name }, number) {
    return this.load(`index/${name}.${number}.json`);
  }

  async identifier(key) {
    const shards = this.manifest.identifiers;
    if (!shards.first.length) return [];
    const file = await this.#load(shards, this.#file(shards, key));
    return Object.hasOwn(file, key) ? file[key] : [];
  }

  // Returns the words of the index that are this word, or begin with it, or are nearest to it.
  async look(word) {
    const shards = this.manifest.words;
    if (!shards.first.length) return { known: false, printed: false, begun: () => [], near: () => [] };
    const first = this.#file(shards, word);
    const file = await this.#load(shards, first);
    const known = Object.hasOwn(file, word);
    return {
      known,
      printed: known && file[word][0] !== NAME_ONLY,
      begun: async (open) => {
        const found = [];
        const last = Math.min(this.#file(shards, word + "\uffff"), first + MOST_BEGUN);
        for (let at = first; at <= last; at++) {
          const held = await this.#load(shards, at);
          for (const other of Object.keys(held)) if (begins(word, other, open)) found.push(other);
        }
        return found;
      },
      near: async () => {
        // Errors after the second letter: the files that begin alike, a few at most.
        const from = this.#file(shards, word.slice(0, 2));
        const to = this.#file(shards, word.slice(0, 2) + "\uffff");
        const words = [];
        for (let at = from; at <= Math.min(to, from + MOST_FILES - 1); at++) {
          words.push(...Object.keys(await this.#load(shards, at)));
        }
        return nearest(word, words);
      },
    };
  }

  async postings(word) {
    if (!this.lists.has(word)) {
      const shards = this.manifest.words;
      const file = await this.#load(shards, this.#file(shards, word));
      const held = Object.hasOwn(file, word) ? file[word] : [];
      const flat = held[0] === NAME_ONLY ? held.slice(1) : held;
      const list = new Map();
      let number = 0;
      for (let i = 0; i < flat.length; i += 2) {
        number += flat[i];
        list.set(number, flat[i + 1]);
      }
      this.lists.set(word, list);
    }
    return this.lists.get(word);
  }

  // Works that hold every needed word, each given as a list of spellings; `spare` words only add.
  // Returns [{number, score, bibliographic}], best first.
  async find(needed, spare) {
    const lists = [];
    for (const spellings of needed) {
      const merged = new Map();
      for (const word of spellings) {
        for (const [number, where] of await this.postings(word)) {
          merged.set(number, (merged.get(number) ?? 0) | where);
        }
      }
      lists.push(merged);
    }
    const extra = [];
    for (const word of spare) extra.push(await this.postings(word));
    let base = lists.filter((list) => list.size).sort((a, b) => a.size - b.size);
    let rest = extra;
    if (!lists.length) {
      base = extra.filter((list) => list.size).slice(0, 1);
      rest = extra.filter((list) => list !== base[0]);
    } else if (base.length < lists.length) return [];
    if (!base.length) return [];
    const found = [];
    for (const number of base[0].keys()) {
      if (!base.every((list) => list.has(number))) continue;
      const wheres = base.map((list) => list.get(number));
      for (const list of rest) if (list.has(number)) wheres.push(list.get(number));
      found.push({ number, ...rank(wheres) });
    }
    return found.sort(
      (a, b) => b.bibliographic - a.bibliographic || b.score - a.score || a.number - b.number,
    );
  }

  // Works that hold most of the words, where none holds all: [{keys, weight, must}] of them. What has
  // a digit must be there; of the rest two words at least, and the rarer ones.
  async findMost(needed) {
    const all = needed.reduce((sum, { weight }) => sum + weight, 0);
    const held = new Map();
    for (const { keys, weight, must } of needed) {
      const merged = new Map();
      for (const word of keys) {
        for (const [number, where] of await this.postings(word)) {
          merged.set(number, (merged.get(number) ?? 0) | where);
        }
      }
      for (const [number, where] of merged) {
        const hit = held.get(number) ?? { number, weight: 0, wheres: [], musts: 0 };
        hit.weight += weight;
        hit.wheres.push(where);
        if (must) hit.musts += 1;
        held.set(number, hit);
      }
    }
    const musts = needed.filter(({ must }) => must).length;
    return [...held.values()]
      .filter((hit) => hit.musts === musts && hit.wheres.length > 1 && hit.weight >= all * MOST_SHARE)
      .map(({ number, weight, wheres }) => ({ number, weight, ...rank(wheres), bibliographic: 0 }))
      .sort((a, b) => b.weight - a.weight || b.score - a.score || a.number - b.number);
  }

  // The same, where a journal is asked for by its full name and printed short: each word also counts
  // where a journal's word is its beginning ("Sciences": "Sci."; "Journal": "J.").
  async findAbbreviated(needed) {
    const wider = [];
    for (const [word, ...others] of needed) wider.push([word, ...others, ...(await this.shorts(word))]);
    const found = await this.find(wider, []);
    return found.filter((hit) => hit.bibliographic);
  }

  // The words by which journals abbreviate a word.
  async shorts(word) {
    const found = word === "journal" ? ["j"] : [];
    for (let size = 3; size < Math.min(word.length, LONGEST_SHORT); size++) {
      const short = word.slice(0, size);
      const list = await this.postings(short);
      if ([...list.values()].some((where) => where & JOURNAL)) found.push(short);
    }
    return found;
  }

  async work(number) {
    const { works } = this.manifest;
    const block = await this.#load(works, Math.floor(number / works.length));
    const [path, kind, title, detail, year, id, names] = block[number % works.length];
    return { path, kind: this.manifest.kinds[kind][0], title, detail, year, id, names };
  }
}

function rank(wheres) {
  let score = 0;
  let bibliographic = 0;
  for (const where of wheres) {
    score += WEIGHTS.find(([bit]) => where & bit)?.[1] ?? 1;
    if (where & BIBLIOGRAPHIC && !(where & TITLE)) bibliographic = 1;
  }
  return { score, bibliographic };
}
