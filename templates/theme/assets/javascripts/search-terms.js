// The terms and all their names, in memory: exact names, names inside a query, beginnings of names.

import { begins, nearest, tolerance } from "./search-fold.js";

export const EXACT = 1;
// Exact but for words like "exosomes" and "derived", in the query or in the name.
export const BARE = 1.06;
// Nearly all of the query is a name; more than half of it; some of it.
export const NEAR = 2.8;
export const CLOSE = 3;
export const WITHIN = 4;
export const PART = 5;

// Terms without a page of their own come behind those with one.
const GLOSSARY = "glossary";
const YEAR = /^(?:19|20)\d\d$/;
const FAMILY = /^(\p{L}{2,5})\p{N}/u;
const MOST = 0.7;
const ENOUGH = 0.6;
const LEAST = 0.3;

export class TermIndex {
  constructor({ terms: rows, kinds, pages: [start, width, ids], rules }, context) {
    this.terms = rows.map(([path, kind, title, detail, weight, names], at) => {
      const id = ids.slice(at * width, (at + 1) * width).trim();
      const whole = [title, detail].map((text) => plain(text, " "));
      return {
        path: path.replace("*", plain(title, "-")),
        kind: kinds[kind][0],
        title,
        detail,
        weight,
        id: id && start + id,
        names: names.split("|").map((name, n) => name || whole[n]),
      };
    });
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
    this.families = new Set(); // short words that stand before numbers: mir, il, bmp
    this.greek = new Set(Object.values(rules.greek));
    this.lettered = new Set(); // words that stand before Greek letters: tnf, tgf, ppar
    for (const { words } of this.names) {
      words.forEach((word, i) => {
        const [, family] = FAMILY.exec(word + (/^\p{N}/u.test(words[i + 1] ?? "") ? "0" : "")) ?? [];
        if (family) this.families.add(family);
        if (this.greek.has(words[i + 1])) this.lettered.add(word);
      });
    }
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

  // The same of a query; of one like "where do exosomes come from" the words that are names.
  subject(words) {
    if (this.whole.has(words.join("")) || words.some((word) => !this.context.has(word))) {
      return this.essence(words);
    }
    const named = words.filter((word) => this.whole.has(word));
    const long = named.filter((word) => word.length > 2); // "do" is seldom a short form
    return [long, named, words].find((found) => found.length);
  }

  has(word) {
    return this.words.has(word);
  }

  // The pieces of a query with names written in one word taken apart as the names have them:
  // "miR126" gives "mir" and "126".
  respell(pieces) {
    return pieces.flatMap((piece) => {
      if (this.has(piece.key)) return [piece];
      const [whole] = this.whole.get(piece.key) ?? [];
      const [, family] = FAMILY.exec(piece.key) ?? [];
      const cut = family && this.families.has(family) ? [family, piece.key.slice(family.length)] : null;
      return (whole?.words ?? cut ?? [piece.key]).map((key) => ({ ...piece, key }));
    });
  }

  // How a term that has these words for its label or short form writes them, or "".
  labelOf(words) {
    for (const { term, words: held } of this.whole.get(words.join("")) ?? []) {
      const { title, detail, names } = this.terms[term];
      const name = held.join(" ");
      if (name === names[0]) return title;
      if (detail && name === names[1]) return detail;
    }
    return "";
  }

  // Tells whether words in this order are a name or a part of one; the last may still grow.
  knows(words, open = false) {
    if (this.whole.has(words.join(""))) return true;
    const last = words.length - 1;
    const names = open ? this.names : this.words.get(words[last]) ?? [];
    return names.some(({ words: held }) =>
      held.some((_, at) =>
        words.every((word, i) =>
          i === last && open ? begins(word, held[at + i] ?? "", true) : held[at + i] === word,
        ),
      ),
    );
  }

  // The names with a number or a Greek letter that the query has and no term: "BMP-12", "TNF-β".
  // Another number of the family is another molecule, and never stands in for it.
  strangers(words, open) {
    const found = this.strangeLetters(words).map((at) => words[at - 1] + words[at]);
    words.forEach((word, at) => {
      const before = words[at - 1];
      if (!this.families.has(before) || !/^\p{N}/u.test(word) || YEAR.test(word)) return;
      if (!this.knows([before, word], open && at === words.length - 1)) found.push(before + word);
    });
    return found;
  }

  // The places of Greek letters that no term has behind the word before.
  strangeLetters(words) {
    return [...words.keys()].filter(
      (at) =>
        this.greek.has(words[at]) &&
        this.lettered.has(words[at - 1]) &&
        !this.knows([words[at - 1], words[at]]),
    );
  }

  // The label of the only term that this word is a name of, if it is one word, or the word itself:
  // "osteoarthritis" for the French and the Spanish word.
  labelWord(word) {
    const owners = new Set((this.whole.get(word) ?? []).map(({ term }) => term));
    const [label] = owners.size === 1 ? this.terms[[...owners][0]].names : [word];
    return label.includes(" ") ? word : label;
  }

  // The label of the only term that has these words for a name, or "".
  soleLabel(words) {
    const owners = new Set((this.whole.get(words.join("")) ?? []).map(({ term }) => term));
    return owners.size === 1 ? this.terms[[...owners][0]].title : "";
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
    const own = this.subject(words);
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
        // "Exosomes from fat" and "fat exosome" say more than "fat" alone.
        const spare = entry.own.length < entry.words.length;
        offer(entry, bare || spare ? BARE : EXACT, bare && spare ? 1.6 : 1.2);
      }
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
      if (share >= ENOUGH) offer(entry, share >= MOST ? NEAR : CLOSE, share);
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
  #findAround(own, open, complete, offer) {
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
      const begun = open && last.length > 1 && held.some((word) => begins(last, word, !complete));
      if (!whole && !begun) continue;
      const share = Math.min(1, this.weigh(own.filter((w) => held.includes(w))) / (this.weigh(entry.own) || 1));
      const start = held[0].startsWith(own[0]) ? 0.2 : 0;
      offer(entry, WITHIN, share + start + (whole ? 0.3 : 0));
    }
  }

  count(word) {
    return this.words.get(word)?.length ?? 0;
  }
}

// As write.py leaves out what follows from a label.
function plain(text, joint) {
  const joined = text.toLowerCase().replace(/[^a-z0-9]+/g, joint);
  return joined.slice(joined.startsWith(joint) ? 1 : 0, joined.endsWith(joint) ? -1 : undefined);
}

function put(map, key, entry) {
  const held = map.get(key);
  if (held) held.push(entry);
  else map.set(key, [entry]);
}

function bag(words) {
  return [...new Set(words)].sort().join(" ");
}
