// The terms and all their names, in memory: exact names, names inside a query, beginnings of names.

import { begins, nearest } from "./search-fold.js";

export const EXACT = 1;
// Exact but for words like "exosomes" and "derived", in the query or in the name.
export const BARE = 1.06;
// Nearly all of the query is a name; more than half of it; some of it.
export const NEAR = 2.8;
export const CLOSE = 3;
export const WITHIN = 4;
export const PART = 5;

const YEAR = /^(?:19|20)\d\d$/;
const FAMILY = /^(\p{L}{2,5})\p{N}/u;
const NUMBER = /^\p{N}/u;
const [MOST, ENOUGH, LEAST] = [0.7, 0.6, 0.3]; // shares of a query's weight that a name may be
const MOST_RUN = 8;

export class TermIndex {
  constructor({ terms: rows, kinds, rules }, context) {
    this.context = context;
    this.whole = new Map(); // name without spaces -> its entries
    this.bags = new Map(); // sorted words without context -> the same
    this.words = new Map(); // word -> the same
    this.names = []; // entries: {term, n, words, own}
    this.terms = rows.map(([path, kind, title, detail, weight, names, id], term) => {
      const whole = [title, detail].map((text) => text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).join(" "));
      const all = names.split("|").map((name, n) => name || whole[n]);
      all.forEach((name, n) => this.#add(name, term, n));
      return { path, kind: kinds[kind][0], title, detail, weight, id, names: all };
    });
    this.rarest = Math.log(this.names.length + 1);
    this.rarity = new Map([...this.words].map(([word, names]) => [word, this.rarest - Math.log(names.length)]));
    this.list = [...this.words.keys()];
    this.greek = new Set(Object.values(rules.greek));
    this.families = new Set(); // short words that stand before numbers: mir, il, bmp
    this.lettered = new Set(); // words that stand before Greek letters: tnf, tgf, ppar
    for (const { words } of this.names) {
      words.forEach((word, i) => {
        const [, family] = FAMILY.exec(word + (NUMBER.test(words[i + 1] ?? "") ? "0" : "")) ?? [];
        if (family) this.families.add(family);
        if (this.greek.has(words[i + 1])) this.lettered.add(word);
      });
    }
  }

  #add(name, term, n) {
    const words = name.split(" ");
    const entry = { term, n, words, own: this.essence(words) };
    this.names.push(entry);
    const put = (map, key) => (map.has(key) ? map.get(key).push(entry) : map.set(key, [entry]));
    put(this.whole, words.join(""));
    put(this.bags, bag(entry.own));
    for (const word of new Set(words)) put(this.words, word);
  }

  // The words that choose: all but context words, or all if there is nothing else.
  essence(words) {
    const own = words.filter((word) => !this.context.has(word));
    return own.length ? own : words;
  }

  // The same of a query; of one like "where do exosomes come from" the words that are names.
  subject(words) {
    if (this.whole.has(words.join("")) || words.some((word) => !this.context.has(word))) return this.essence(words);
    const named = words.filter((word) => this.whole.has(word));
    return [named.filter((word) => word.length > 2), named, words].find((found) => found.length);
  }

  has(word) {
    return this.words.has(word);
  }

  // The pieces of a query with names written in one word taken apart as the names have them:
  // "miR126" gives "mir" and "126".
  respell(pieces) {
    return pieces.flatMap((piece) => {
      if (this.has(piece.key)) return [piece];
      const [, family] = FAMILY.exec(piece.key) ?? [];
      const cut = this.families.has(family) ? [family, piece.key.slice(family.length)] : [piece.key];
      return (this.whole.get(piece.key)?.[0].words ?? cut).map((key) => ({ ...piece, key }));
    });
  }

  // The words of a query with names as their terms write them ("tnf alpha": "TNF-α").
  relabel(words) {
    const found = [];
    for (let from = 0; from < words.length; ) {
      let to = Math.min(words.length, from + MOST_RUN);
      let label = "";
      // The miR of miR-12 is not "microRNA", where no miR-12 is known.
      while (!label && to > from) {
        if (!NUMBER.test(words[to]?.text ?? "")) label = this.#label(words.slice(from, to).flatMap(({ keys }) => keys));
        if (!label) to -= 1;
      }
      const run = words.slice(from, Math.max(to, from + 1));
      const alike = isAlike(label, run.map(({ text }) => text).join(""));
      if (!label || alike) found.push(...run);
      else {
        for (const [, gap, text] of label.matchAll(/([^\p{L}\p{N}]*)([\p{L}\p{N}]+)/gu)) {
          found.push({ text, gap: gap || run[0].gap, keys: [text.toLowerCase()] });
        }
      }
      from += run.length;
    }
    return found;
  }

  // How the term that has these words for a name writes itself, or "": the one named most often.
  #label(words) {
    const known = this.whole.get(words.join("")) ?? [];
    const [best] = [...known].sort((a, b) => this.terms[b.term].weight - this.terms[a.term].weight);
    if (!best || (best.n > 1 && this.terms[best.term].weight < 1)) return "";
    const { title, detail } = this.terms[best.term];
    return best.n ? detail || title : title;
  }

  // The label of the only term that has these words for a name, or "".
  soleLabel(words) {
    const owners = new Set((this.whole.get(words.join("")) ?? []).map(({ term }) => term));
    return owners.size === 1 ? this.terms[[...owners][0]].title : "";
  }

  // The label in one word of the only term that this word is a name of ("Arthrose"), or the word.
  labelWord(word) {
    const owners = new Set((this.whole.get(word) ?? []).map(({ term }) => term));
    const [label] = owners.size === 1 ? this.terms[[...owners][0]].names : [word];
    return label.includes(" ") ? word : label;
  }

  // Whether words in this order are a name or a part of one; the last may still grow.
  knows(words, open = false) {
    if (this.whole.has(words.join(""))) return true;
    const last = words.length - 1;
    const fits = (word, other, i) => (i === last && open ? begins(word, other ?? "", true) : other === word);
    const names = open ? this.names : this.words.get(words[last]) ?? [];
    return names.some(({ words: held }) => held.some((_, at) => words.every((word, i) => fits(word, held[at + i], i))));
  }

  // Whether the query has a name with a number or a Greek letter that no term has: "BMP-12", "TNF-β".
  // Another number of the family is another molecule, and never stands in for it.
  strangers(words, open) {
    const numbers = words.filter((word, at) =>
      this.families.has(words[at - 1]) && NUMBER.test(word) && !YEAR.test(word) &&
      !this.knows([words[at - 1], word], open && at === words.length - 1));
    return [...numbers, ...this.strangeLetters(words)];
  }

  // The Greek letters that no term has behind the word before, each with that word.
  strangeLetters(words) {
    return words
      .map((word, at) => [words[at - 1], word])
      .filter(([before, letter]) => this.greek.has(letter) && this.lettered.has(before) && !this.knows([before, letter]));
  }

  near(word) {
    return nearest(word, this.list);
  }

  weigh(words) {
    return words.reduce((sum, word) => sum + (this.rarity.get(word) ?? this.rarest), 0);
  }

  // Returns Map(term -> {tier, score}) for the folded words of a query.
  find(words, open) {
    const found = new Map();
    if (!words.length) return found;
    const own = this.subject(words);
    const offer = ({ term, n }, tier, value) => {
      const score = value - Math.min(n, 40) * 0.001 - (this.terms[term].kind === "glossary" ? 0.3 : 0);
      const held = found.get(term);
      if (!held || tier < held.tier || (tier === held.tier && score > held.score)) found.set(term, { tier, score });
    };
    const bare = own.length < words.length;
    for (const entry of this.whole.get(words.join("")) ?? []) offer(entry, EXACT, 2);
    for (const entry of this.whole.get(own.join("")) ?? []) offer(entry, bare ? BARE : EXACT, 1.5);
    for (const entry of this.bags.get(bag(own)) ?? []) {
      // "Exosomes from fat" and "fat exosome" say more than "fat" alone.
      const spare = entry.own.length < entry.words.length;
      offer(entry, bare || spare ? BARE : EXACT, bare && spare ? 1.6 : 1.2);
    }
    this.#findInside(own, offer);
    // A number that completes a name does not grow into another name.
    this.#findAround(own, open, this.whole.has(words.join("")), offer);
    return found;
  }

  // Names all of whose words stand in the query.
  #findInside(own, offer) {
    const all = this.weigh(own) || 1;
    const rank = (entry, weight) => {
      const share = weight / all;
      if (share >= LEAST) offer(entry, share >= MOST ? NEAR : share >= ENOUGH ? CLOSE : PART, share);
    };
    for (let from = 0; from < own.length; from++) {
      for (let to = from + 1; to <= Math.min(own.length, from + MOST_RUN); to++) {
        const run = own.slice(from, to);
        for (const entry of this.whole.get(run.join("")) ?? []) rank(entry, this.weigh(run));
      }
    }
    const asked = new Set(own);
    for (const entry of new Set(own.flatMap((word) => this.words.get(word) ?? []))) {
      if (entry.own.every((word) => asked.has(word))) rank(entry, this.weigh([...new Set(entry.own)]));
    }
  }

  // Names that hold every word of the query; the last may be only begun.
  #findAround(own, open, complete, offer) {
    const last = own.at(-1);
    const before = own.slice(0, -1);
    const size = (word) => this.words.get(word)?.length ?? 0;
    const rare = before.length ? before.reduce((a, b) => (size(a) <= size(b) ? a : b)) : last;
    const grows = open && last.length > 1;
    for (const entry of grows && !before.length ? this.names : this.words.get(rare) ?? []) {
      const held = entry.words;
      const whole = held.includes(last);
      if (!before.every((word) => held.includes(word))) continue;
      if (!whole && !(grows && held.some((word) => begins(last, word, !complete)))) continue;
      const share = Math.min(1, this.weigh(own.filter((word) => held.includes(word))) / (this.weigh(entry.own) || 1));
      offer(entry, WITHIN, share + (held[0].startsWith(own[0]) ? 0.2 : 0) + (whole ? 0.3 : 0));
    }
  }
}

// Pagefind itself knows endings, so that a plural changes nothing.
function isAlike(a, b) {
  const [one, other] = [a, b].map((text) => text.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase());
  return one.startsWith(other) || other.startsWith(one);
}

function bag(words) {
  return [...new Set(words)].sort().join(" ");
}
