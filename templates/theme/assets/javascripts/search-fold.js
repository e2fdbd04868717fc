// Reads a query: folds it to the words that the index has, as builder/search/normalise.py does. The rules come
// with the index; a test runs both over the same strings.

const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}/gu;
const SHORT_PLURAL = /^(?:[A-Z0-9]{2,}s|[A-Za-z]?[A-Z]s)$/;
const VESICLE_TAIL = /(?<=[A-Z]{3})(?:Exos?|EXOs?|s?EVs?)$|(?<=[a-z])Exos?$/;
const POWER = /(\d+(?:\.\d+)?)\s*(?:[×x*·]\s*10\s*(?:\^\s*([0-9]+)|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))|e\+?(\d+))(?![\d.]\d)/giu;
const YEAR = /^(?:19|20)[0-9]{2}$/;
const SHORT = 5; // a word of so many letters takes a small number behind it
const EXACT = 4; // a word of so many letters is found whole

// Numbers with a power of ten are one word: "7 × 10^9" is "7e9".
export const joinPowers = (text) => text.replace(POWER, (_, number, ...powers) => `${number}e${powers.slice(0, 3).find(Boolean).normalize("NFKC")}`);

// A word as the full text has it: with a z where it must not begin another word.
export const markExact = ({ key, joined }) => (joined || key.length <= EXACT || /[0-9]/.test(key) ? `${key}z` : key);

export function createFold({ rules, context }) {
  const letters = new Map(Object.entries({ ...rules.greek, ...rules.letters }));
  const american = rules.american.map(([pattern, to]) => [new RegExp(pattern, "gu"), to.replace(/\\(\d)/g, "$$$1")]);
  const species = new RegExp(`^[${Object.keys(rules.species_prefixes).join("")}](?=[A-Z]{2,})`);
  const mirna = new RegExp(`^(?:${[...rules.mirna_words].sort((a, b) => b.length - a.length).join("|")})(?=\\p{Nd}|$)`, "u");
  const suffix = new RegExp(rules.suffix);
  const dash = new RegExp(`^[${rules.dashes}]$`);
  const [families, choosing] = [new Set(rules.families), new Set(context)];
  const known = new Map();

  function singular(word) {
    const low = word.toLowerCase();
    const size = [...word].length;
    const { shortest, keep } = rules.plural;
    if (!low.endsWith("s") || keep.some((end) => low.endsWith(end)) || (word.endsWith("S") && size < shortest + 1)) return word;
    if (size < shortest && !SHORT_PLURAL.test(word)) return word;
    if (low.endsWith("ies") && size > shortest) return `${word.slice(0, -3)}y`;
    return word.slice(0, /(?:sses|shes|ches|xes)$/.test(low) ? -2 : -1);
  }

  // Letters that only look like others: the ß of TGF-ß1 is a beta.
  function unify(word) {
    const greek = Array.from(word, (c) => rules.greek_looks[c] ?? c).join("").replace(/(?<![a-zà-öø-ÿ])ß/gu, "β");
    if (/[A-Za-z]/.test(greek)) return Array.from(greek, (c) => rules.latin_looks[c] ?? c).join("");
    return greek.replace(/κ[ΒВ]/gu, "κB");
  }

  function keyOf(part) {
    let word = singular(part.normalize("NFKC"));
    if (/[^\x00-\x7f]/.test(word)) word = Array.from(unify(word), (c) => letters.get(c) ?? rules.greek[c.toLowerCase()] ?? c).join("").normalize("NFKD").replace(MARKS, "");
    word = word.toLowerCase();
    for (const [pattern, to] of american) word = word.replace(pattern, to);
    return word.replace(mirna, "mir");
  }

  function split(word) {
    const cuts = [0];
    if (species.test(word)) cuts.push(1);
    const tail = VESICLE_TAIL.exec(word);
    if (tail && tail.index > cuts.at(-1)) cuts.push(tail.index);
    cuts.push(word.length);
    return cuts.slice(1).map((end, i) => keyOf(word.slice(cuts[i], end)));
  }

  function belongs(before, { key, gap }) {
    if (!suffix.test(key) || choosing.has(before.key)) return false;
    if (dash.test(gap) || (families.has(before.key) && !gap.trim() && !YEAR.test(key))) return true;
    if (gap !== " " || !/^\p{L}/u.test(before.key)) return false;
    if (!/^[0-9]/.test(key)) return before.key.length <= SHORT;
    return /^\p{L}+$/u.test(before.key) && before.key.length <= SHORT && key.length <= 2;
  }

  // Returns a text's words, [{key, text, at, end, joined, species}]: `text` is what stands from `at` to
  // `end`, `joined` a name with its number or Greek letter, `species` the letter of a cell's donor.
  return function fold(text) {
    const pieces = [];
    let last = 0;
    for (const { 0: word, index: at } of text.matchAll(WORD)) {
      const end = at + word.length;
      if (!known.has(word)) known.set(word, split(word));
      known.get(word).forEach((key, i) => pieces.push({ key, text: word, at, end, gap: i ? "" : text.slice(last, at), species: i === 0 && species.test(word) }));
      last = end;
    }
    const found = [];
    pieces.forEach((piece, i) => {
      const before = found.at(-1);
      if (Object.hasOwn(rules.mirna_species, piece.key) && pieces[i + 1]?.key.startsWith("mir")) return;
      if (before && belongs(before, piece)) Object.assign(before, { key: before.key + piece.key, text: text.slice(before.at, piece.end), end: piece.end, joined: true });
      else found.push({ ...piece });
    });
    return found;
  };
}

// Whether words differ by so many edits at most: a letter more, less or other, or two neighbours swapped.
function isWithin(a, b, most) {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  const [x, y] = [a.slice(same), b.slice(same)];
  if (!x || !y || !most) return Math.max(x.length, y.length) <= most;
  return [[1, 1], [1, 0], [0, 1]].some(([i, j]) => isWithin(x.slice(i), y.slice(j), most - 1)) ||
    (x[0] === y[1] && x[1] === y[0] && isWithin(x.slice(2), y.slice(2), most - 1));
}

// The words nearest to a misspelt one; of equals those that begin alike. A word with a digit is never
// guessed at.
export function nearest(word, words) {
  const most = /\p{N}/u.test(word) || word.length < 5 ? 0 : word.length < 12 ? 1 : 2;
  for (let errors = 1; errors <= most; errors++) {
    const found = words.filter((other) => other.length > 2 && Math.abs(other.length - word.length) <= errors && isWithin(word, other, errors));
    const alike = found.filter((other) => other[0] === word[0]);
    if (found.length) return alike.length ? alike : found;
  }
  return [];
}

const ADDRESS = /^(?:https?:\/\/)?(?:www\.)?[a-z0-9.-]+\.[a-z]{2,}\/\S*$/i;

// Returns {key, shown} or null. `key` is what the list of identifiers holds (see normalise.py).
export function identify(query, patterns) {
  const text = decode(query.trim()).replace(/(10\.\d{4,9})\s*\/\s*(?=\S)/, "$1/");
  const steps = ADDRESS.test(text) ? text.split(/[/?#&=]+/).reverse() : [];
  for (const typed of [text, ...steps]) {
    const bare = typed.replace(/[\s\u00a0_–—-]+/g, "").replace(/[.,;]+$/, "");
    for (const [form, rules] of [[typed, patterns.typed], [bare, patterns.bare]]) {
      for (const [pattern, key, shown] of rules) {
        const look = new RegExp(pattern, "i");
        // miRBase's two series are one database.
        if (look.test(form)) return { key: form.replace(look, key).toLowerCase().replace("mirbase.mature:", "mirbase:"), shown: form.replace(look, shown) };
      }
    }
  }
  return null;
}

// Returns a text without the escapes of an address; broken ones stay as they are.
export const decode = (text) => new URLSearchParams(`text=${text.replace(/[&+]/g, encodeURIComponent)}`).get("text");
