// The terms and all their names, in memory. A name is found by its words, whatever their order.

export const EXACT = 1;
export const BARE = 1.06; // exact but for words like "exosomes" and "derived", in the query or in the name
export const NEAR = 2.8; // nearly all of the query is a name
export const CLOSE = 3; // more than half of it is
export const WITHIN = 4; // the query is a part of the name
export const PART = 5; // some of the query is a name

const [MOST, ENOUGH, LEAST] = [0.7, 0.6, 0.3]; // shares of a query's weight that a name may be
const MOST_RUN = 8;

export class TermIndex {
  constructor({ terms: rows, kinds, context }, fold) {
    this.context = new Set(context);
    this.whole = new Map(); // name without spaces -> its entries, {term, n, words, own}
    this.words = new Map(); // word -> the same
    const put = (map, key, entry) => (map.has(key) ? map.get(key).push(entry) : map.set(key, [entry]));
    this.terms = rows.map(([path, kind, title, detail, weight, joined, id, isNamed], term) => {
      const names = [fold(title).map(({ key }) => key).join(" "), ...joined.split("|")].filter(Boolean);
      const word = isNamed ? `${path.match(/([^/#]+)\/?$/)[1].replaceAll("-", "")}qz` : "";
      names.forEach((name, n) => {
        const words = name.split(" ");
        const entry = { term, n, words, own: this.essence(words) };
        put(this.whole, words.join(""), entry);
        for (const one of new Set(words)) put(this.words, one, entry);
      });
      return { path, kind: kinds[kind][0], title, detail, weight, id, names, word };
    });
    this.list = [...this.words.keys()];
    this.rarest = Math.log(this.whole.size + 1);
  }

  // The words that choose: all but context words, or all if there is nothing else.
  essence(words) {
    const own = words.filter((word) => !this.context.has(word));
    return own.length ? own : words;
  }

  // The same of a query; of one like "where do exosomes come from" the longest word that is a name.
  subject(words) {
    if (this.whole.has(words.join("")) || words.some((word) => !this.context.has(word))) return this.essence(words);
    return words.filter((word) => this.whole.has(word)).sort((a, b) => b.length - a.length).slice(0, 1);
  }

  weigh(words) {
    return words.reduce((sum, word) => sum + this.rarest - Math.log(this.words.get(word)?.length ?? 1), 0);
  }

  // Cuts a query into the longest runs that are names: [{run, entries}], `entries` of a name's owners.
  cut(words) {
    const found = [];
    for (let from = 0; from < words.length; from += found.at(-1).run.length) {
      let run = words.slice(from, from + MOST_RUN);
      const entriesOf = () => this.whole.get(run.map(({ key }) => key).join(""));
      while (run.length > 1 && !entriesOf()) run = run.slice(0, -1);
      found.push({ run, entries: entriesOf() ?? [] });
    }
    return found;
  }

  // The words of a query with names as the index has them: "NF kappa B" is one word.
  respell(words) {
    return this.cut(words).flatMap(({ run, entries }) => {
      if (!entries.length || run.every(({ key }) => this.words.has(key))) return run;
      return entries[0].words.map((key) => ({ ...run[0], key, text: run.map(({ text }) => text).join(" "), joined: true }));
    });
  }

  // Returns Map(term -> {tier, score}) for the words of a query; with `open` the last may still grow.
  find(words, open) {
    const found = new Map();
    if (!words.length) return found;
    const own = new Set(this.subject(words));
    const [typed, bare, last] = [words.join(""), [...own].join(""), words.at(-1)];
    const all = this.weigh([...own]) || 1;
    const grows = open && last.length > 1 && own.has(last);
    // A number that is all there grows into no other number: 126 is no beginning of 1260.
    const done = this.whole.has(typed) && /\p{N}$/u.test(last);
    const begun = (word) => grows && word.startsWith(last) && !(done && /^\p{N}/u.test(word.slice(last.length)));
    const offer = ({ term, n }, tier, value) => {
      const score = value - Math.min(n, 40) * 0.001 - (this.terms[term].kind === "glossary" ? 0.3 : 0);
      const held = found.get(term);
      if (!held || tier < held.tier || (tier === held.tier && score > held.score)) found.set(term, { tier, score });
    };
    const candidates = new Set([...own].flatMap((word) => this.words.get(word) ?? []));
    for (const word of grows ? this.list.filter(begun) : []) for (const entry of this.words.get(word)) candidates.add(entry);
    for (const joined of [typed, bare]) for (const entry of this.whole.get(joined) ?? []) candidates.add(entry);
    for (const entry of candidates) {
      const name = entry.words.join("");
      const inside = [...new Set(entry.own)].filter((word) => own.has(word));
      const share = this.weigh(inside) / all;
      const full = entry.own.every((word) => own.has(word));
      const around = [...own].every((word) => (word === last && grows ? entry.words.some(begun) : entry.words.includes(word)));
      const exact = own.size === words.length;
      if (name === typed) offer(entry, EXACT, 2);
      else if (name === bare) offer(entry, exact ? EXACT : BARE, 1.5);
      else if (full && inside.length === own.size) {
        // "Exosomes from fat" and "fat exosome" say more than "fat" alone.
        const spare = entry.own.length < entry.words.length;
        offer(entry, exact && !spare ? EXACT : BARE, exact || !spare ? 1.2 : 1.6);
      } else if (full && share >= LEAST) offer(entry, share >= MOST ? NEAR : share >= ENOUGH ? CLOSE : PART, share);
      else if (around) {
        const filled = Math.min(1, this.weigh(inside) / (this.weigh(entry.own) || 1));
        offer(entry, WITHIN, filled + (entry.words[0].startsWith(words[0]) ? 0.2 : 0) + (entry.words.includes(last) ? 0.3 : 0));
      }
    }
    return found;
  }
}
