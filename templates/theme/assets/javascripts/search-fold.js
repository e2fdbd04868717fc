// Folds a query as builder/text/spelling.py and builder/search/normalise.py fold names. The rules come with
// the index; a test runs both over the same strings.

const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}/gu;
const SHORT_PLURAL = /^(?:[A-Z0-9]{2,}s|[A-Za-z]?[A-Z]s)$/;
const VESICLE_TAIL = /(?<=[A-Z]{3})(?:Exos?|EXOs?|s?EVs?)$|(?<=[a-z])Exos?$/;
const ASCII = /^[\x00-\x7f]*$/;

export function createFold(rules) {
  const letters = new Map();
  for (const [from, to] of Object.entries({ ...rules.greek, ...rules.letters })) letters.set(from, to);
  for (const [from, to] of Object.entries(rules.greek)) {
    if ([...from.toUpperCase()].length === 1) letters.set(from.toUpperCase(), to);
  }
  const american = rules.american.map(([pattern, to]) => [
    new RegExp(pattern, "gu"),
    to.replace(/\\(\d)/g, "$$$1"),
  ]);
  const species = new RegExp(`^[${Object.keys(rules.species_prefixes).join("")}](?=[A-Z]{2,})`);
  const names = [...rules.mirna_words].sort((a, b) => b.length - a.length).join("|");
  const mirna = new RegExp(`^(?:${names})(?=\\p{Nd}|$)`, "u");
  const known = new Map();

  function singular(word) {
    const low = word.toLowerCase();
    const size = [...word].length;
    const shortest = rules.plural.shortest;
    if (!low.endsWith("s") || rules.plural.keep.some((end) => low.endsWith(end))) return word;
    if (word.endsWith("S") && size < shortest + 1) return word;
    if (size < shortest && !SHORT_PLURAL.test(word)) return word;
    if (low.endsWith("ies") && size > shortest) return word.slice(0, -3) + "y";
    if (/(?:sses|shes|ches|xes)$/.test(low)) return word.slice(0, -2);
    return word.slice(0, -1);
  }

  // Letters that only look like others: the ß of TGF-ß1 is a beta.
  function unify(word) {
    const greek = Array.from(word, (c) => rules.greek_looks[c] ?? c).join("").replace(/(?<![a-zà-öø-ÿ])ß/gu, "β");
    if (/[A-Za-z]/.test(greek)) return Array.from(greek, (c) => rules.latin_looks[c] ?? c).join("");
    return greek.replace(/κ[ΒВ]/gu, "κB");
  }

  function spellOut(word) {
    if (ASCII.test(word)) return word;
    const named = Array.from(unify(word), (c) => letters.get(c) ?? c).join("");
    return named.normalize("NFKD").replace(MARKS, "");
  }

  function key(part) {
    let word = spellOut(singular(part.normalize("NFKC"))).toLowerCase();
    for (const [pattern, to] of american) word = word.replace(pattern, to);
    return word.replace(mirna, "mir");
  }

  function split(word) {
    const cuts = [0];
    if (species.test(word)) cuts.push(1);
    const tail = VESICLE_TAIL.exec(word);
    if (tail && tail.index > cuts[cuts.length - 1]) cuts.push(tail.index);
    cuts.push(word.length);
    return cuts.slice(1).map((end, i) => key(word.slice(cuts[i], end)));
  }

  // Returns [{key, text, at, gap, species}] of a query's words; `text` is the word as typed, `at` its
  // place, `gap` what stands before it; `species` says that the key is a donor's letter before a
  // cell's abbreviation.
  return function fold(text) {
    const found = [];
    let end = 0;
    for (const match of text.matchAll(WORD)) {
      const [word] = match;
      const at = match.index;
      const gap = text.slice(end, at);
      end = at + word.length;
      if (!known.has(word)) known.set(word, split(word));
      known.get(word).forEach((k, i) => {
        found.push({ key: k, text: word, at, gap, species: i === 0 && species.test(word) });
      });
    }
    return found.filter(
      (piece, i) =>
        !(Object.hasOwn(rules.mirna_species, piece.key) && found[i + 1]?.key.startsWith("mir")),
    );
  };
}

// Returns whether a word is the beginning of another. A number that is all there grows into no other
// number: 126 is no beginning of 1260, unless `open` says that it is still being typed.
export function begins(word, other, open) {
  if (!other.startsWith(word)) return false;
  return open || !(/\p{N}$/u.test(word) && /^\p{N}/u.test(other.slice(word.length)));
}

// Optimal string alignment: one edit inserts, drops, changes a letter or swaps two neighbours.
// Returns most + 1 as soon as the distance is larger than `most`.
export function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2] + 1);
      }
      row.push(cost);
      if (cost < best) best = cost;
    }
    if (best > most) return most + 1;
    before = last;
    last = row;
  }
  return last[b.length];
}

// How many errors a word of this length may hold; a word with a digit is never guessed at.
export function tolerance(word) {
  if (/\p{N}/u.test(word) || word.length < 4) return 0;
  return word.length < 12 ? 1 : 2;
}

// The words nearest to a misspelt one: all that share the smallest distance.
export function nearest(word, words, mostErrors = tolerance(word)) {
  let most = mostErrors;
  let found = [];
  if (!most) return found;
  for (const other of words) {
    if (other.length < 3 || Math.abs(other.length - word.length) > most) continue;
    if (word.length < 5 && other[0] !== word[0]) continue;
    const d = distance(word, other, most);
    if (d > most) continue;
    if (d < most) {
      most = d;
      found = [];
    }
    found.push(other);
  }
  // Of equals, those that begin alike: errors in the first letter are rare.
  const alike = found.filter((other) => other[0] === word[0]);
  return alike.length ? alike : found;
}
