// The terms and all their names, in memory: exact names, names inside a query, beginnings of names.

import { nearest, tolerance } from "./search-fold.js";

export const EXACT = 1;
// Exact but for words like "exosomes" and "derived", in the query or in the name.
export const BARE = 1.06;
export const CLOSE = 3;
export const WITHIN = 4;
export const PART = 5;

// Terms without a page of their own come behind those with one.
const GLOSSARY = "glossary";
const ENOUGH = 0.6;
const LEAST = 0.3;

export class TermIndex {
  constructor(rows, kinds, context) {
    this.terms = rows.map(([path, kind, title, detail, weight, names, id]) => ({
      path,
      kind: kinds[kind][0],
      title,
      detail,
      weight,
      id,
      names: names.split("|"),
    }));
    this.context = context;
    this.whole = new Map(); // name without spaces -> [[term, number of the name]]
    this.bags = new Map(); // sorted words without context -> same
    this.words = new Map(); // word -> Set of names, as [term, number of the name]
    this.names = [];
    this.terms.forEach((term, at) => term.names.forEach((name, n) => this.#add(name, at, n)));
    const total = Math.log(this.names.length + 1);
    this.rarity = new Map();
    for (const [word, names] of this.words) {
      this.rarity.set(word, total - Math.log(names.length));
    }
    this.rarest = total;
    this.list = [...this.words.keys()];
  }

  #add(name, term, n) {
    const words = name.split(" ");
    const own = this.essence(words);
    const entry = { term, n, words, own };
    this.names.push(entry);
    put(this.whole, words.join(""), entry);
    put(this.bags, bag(own), entry);
    for (const word of new Set(words)) put(this.words, word, entry);
  }

  // The words that choose: all but context words, or all if there is nothing else.
  essence(words) {
    const own = words.filter((word) => !this.context.has(word));
    return own.length ? own : words;
  }

  has(word) {
    return this.words.has(word);
  }

  near(word) {
    return tolerance(word) ? nearest(word, this.list) : [];
  }

  weigh(words) {
    return words.reduce((sum, word) => sum + (this.rarity.get(word) ?? this.rarest), 0);
  }

  // Returns Map(term -> {tier, score, n}) for the folded words of a query.
  find(words, open) {
    const found = new Map();
    const own = this.essence(words);
    const offer = (entry, tier, score) => {
      const term = this.terms[entry.term];
      const total = score - Math.min(entry.n, 40) * 0.001 + (term.kind === GLOSSARY ? -0.3 : 0);
      const held = found.get(entry.term);
      if (!held || tier < held.tier || (tier === held.tier && total > held.score)) {
        found.set(entry.term, { tier, score: total, n: entry.n });
      }
    };
    const at = (joined, tier, score) => {
      for (const entry of this.whole.get(joined) ?? []) offer(entry, tier, score);
    };
    at(words.join(""), EXACT, 2);
    if (own.length) {
      const bare = own.length < words.length;
      at(own.join(""), bare ? BARE : EXACT, 1.5);
      for (const entry of this.bags.get(bag(own)) ?? []) {
        offer(entry, bare || entry.own.length < entry.words.length ? BARE : EXACT, 1.2);
      }
    }
    this.#findInside(own, offer);
    this.#findAround(own, open, offer);
    return found;
  }

  // Names all of whose words stand in the query.
  #findInside(own, offer) {
    const all = this.weigh(own) || 1;
    const rank = (entry, weight) => {
      const share = weight / all;
      if (share >= ENOUGH) offer(entry, CLOSE, share);
      else if (share >= LEAST) offer(entry, PART, share);
    };
    for (let from = 0; from < own.length; from++) {
      for (let to = from + 1; to <= Math.min(own.length, from + 8); to++) {
        const run = own.slice(from, to);
        for (const entry of this.whole.get(run.join("")) ?? []) rank(entry, this.weigh(run));
      }
    }
    const asked = new Set(own);
    const seen = new Set();
    for (const word of asked) {
      for (const entry of this.words.get(word) ?? []) {
        if (seen.has(entry)) continue;
        seen.add(entry);
        if (entry.own.every((w) => asked.has(w))) rank(entry, this.weigh([...new Set(entry.own)]));
      }
    }
  }

  // Names that hold every word of the query; the last may be only begun.
  #findAround(own, open, offer) {
    if (!own.length) return;
    const last = own[own.length - 1];
    const before = own.slice(0, -1);
    let names;
    if (before.length) {
      const rare = before.reduce((a, b) => (this.count(a) <= this.count(b) ? a : b));
      names = this.words.get(rare) ?? [];
    } else {
      names = this.words.get(last) ?? (open ? this.names : []);
      if (open && last.length > 1) names = this.names;
    }
    for (const entry of names) {
      const held = entry.words;
      if (!before.every((word) => held.includes(word))) continue;
      const whole = held.includes(last);
      if (!whole && !(open && last.length > 1 && held.some((word) => word.startsWith(last)))) continue;
      const share = Math.min(1, this.weigh(own.filter((w) => held.includes(w))) / (this.weigh(entry.own) || 1));
      const start = held[0].startsWith(own[0]) ? 0.2 : 0;
      offer(entry, WITHIN, share + start + (whole ? 0.3 : 0));
    }
  }

  count(word) {
    return this.words.get(word)?.length ?? 0;
  }
}

function put(map, key, entry) {
  const held = map.get(key);
  if (held) held.push(entry);
  else map.set(key, [entry]);
}

function bag(words) {
  return [...new Set(words)].sort().join(" ");
}
