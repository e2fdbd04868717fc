// Folds a query to the words that the index has, as builder/search/normalise.py does. The rules come
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
  for (const [from, to] of Object.entries(rules.greek)) if ([...from.toUpperCase()].length === 1) letters.set(from.toUpperCase(), to);
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
    if (/[^\x00-\x7f]/.test(word)) word = Array.from(unify(word), (c) => letters.get(c) ?? c).join("").normalize("NFKD").replace(MARKS, "");
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

  // Returns a text's words, [{key, text, at, end, joined, species}]: `text` is the word as typed, `at`
  // and `end` its place; `joined` says that a number or a Greek letter stands behind a name, `species`
  // that the key is a donor's letter before a cell's abbreviation.
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

// Optimal string alignment: one edit inserts, drops, changes a letter or swaps two neighbours.
function distance(a, b) {
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

// The words nearest to a misspelt one: all that share the smallest distance, of equals those that
// begin alike. A word with a digit is never guessed at.
export function nearest(word, words) {
  let most = /\p{N}/u.test(word) || word.length < 5 ? 0 : word.length < 12 ? 1 : 2;
  let found = [];
  if (!most) return found;
  for (const other of words) {
    if (other.length < 3 || Math.abs(other.length - word.length) > most) continue;
    const far = distance(word, other);
    if (far > most) continue;
    if (far < most) [most, found] = [far, []];
    found.push(other);
  }
  const alike = found.filter((other) => other[0] === word[0]);
  return alike.length ? alike : found;
}
