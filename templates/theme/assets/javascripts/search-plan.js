// How a query is read: each word as it stands, as the beginning of others, or mended.

import { findNumbers } from "./search-text.js";

const MOST_SPELLINGS = 3;
const LONG_QUERY = 5;
const MOST_RUN = 8;
const SHORTEST_STEM = 4;
const PLAIN = /^\p{L}\p{Ll}+$/u;
const MOST_TEXT_WORDS = 4; // of a long query the rarest are asked: each costs a file of the index

export function isLong(words, context) {
  return words.filter((word) => !context.has(word)).length > LONG_QUERY;
}

// For each word: as it is, or what it may have been meant to be; and the words that are nowhere.
// `found` are the terms found for the words as they stand, `exact` tells that one of them fits whole.
export async function makePlan({ terms, works, context, endings }, pieces, exact, growing) {
  const words = pieces.map(({ key }) => key);
  // A long query is mostly a title: its longest words choose, the others are checked in the title.
  const chosen = new Set(
    isLong(words, context)
      ? [...new Set(words)]
          .filter((w) => !context.has(w))
          .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
          .slice(0, LONG_QUERY)
      : words,
  );
  const last = words.length - 1;
  const spell = async (word, at) => {
    if (context.has(word)) return { keys: [word], how: "context" };
    if (!chosen.has(word)) return { keys: [word], how: "unread" };
    const spelling = await spellWord(terms, works, word, { growing: growing && at === last, exact });
    if (spelling.how !== "known") return spelling;
    return { ...spelling, kin: await findKin(works, word, endings) };
  };
  const spellings = await Promise.all(words.map(spell));
  const nowhere = words.filter((_, at) => !spellings[at].keys.length);
  const missing = exact ? [] : nowhere;
  const typed = pieces.map(({ text }) => text);
  return { words, typed, exact, spellings, missing, spared: isSpared(pieces, missing, context) };
}

// Tells whether the rest of a query may be answered without the words that are nowhere. They must be
// plain words, and no more than the others: what looks like the name of a molecule or a cell does not
// give way to its neighbours.
function isSpared(pieces, missing, context) {
  const lost = pieces.filter(({ key }) => missing.includes(key));
  const kept = pieces.filter(({ key }) => !missing.includes(key) && !context.has(key));
  return lost.length <= kept.length && lost.every(({ text }) => PLAIN.test(text));
}

// What a work must hold: `needed` words, each with its spellings, its weight and whether nothing can
// stand in for it; `spare` words only add. `wanted` are kinds of pages, `ranges` the numbers of theirs.
export function readNeeds(plan, { wanted: kinds, ranges }, terms) {
  const wanted = new Set(
    Object.keys(kinds).filter((kind) => plan.words.some((word) => kinds[kind].includes(word))),
  );
  const hints = new Set([...wanted].flatMap((kind) => kinds[kind]));
  const needed = [];
  const spare = new Set();
  plan.spellings.forEach(({ keys, kin = [], how }, at) => {
    const word = plan.words[at];
    if (how === "unread") return;
    if (how === "context" || (hints.has(word) && plan.words.length > 1)) spare.add(word);
    else needed.push({ keys: [...keys, ...kin], weight: terms.weigh([word]), must: /\p{N}/u.test(word) });
  });
  return { needed, spare: [...spare], wanted, ranges: [...wanted].map((kind) => ranges[kind]) };
}

// The words of the index that differ from this one by an ending alone: "hypoxic" of "hypoxia".
async function findKin(works, word, endings) {
  const found = new Set();
  for (const [one, other] of [...endings, ...endings.map(([a, b]) => [b, a])]) {
    const stem = word.slice(0, -one.length);
    if (word.endsWith(one) && stem.length >= SHORTEST_STEM) found.add(stem + other);
  }
  const known = await Promise.all([...found].map((kin) => works.look(kin)));
  return [...found].filter((_, at) => known[at].known);
}

async function spellWord(terms, works, word, { growing, exact }) {
  const { known, printed, begun, near } = await works.look(word);
  if (known || terms.has(word)) {
    const more = growing && word.length > 2 ? await begun(!exact) : [];
    const how = more.length > 1 ? "begun" : "known";
    return { keys: [...new Set([word, ...more])], how, nameOnly: !printed };
  }
  const mayBegin = growing ? word.length > 2 : word.length > 3 && !/\p{N}/u.test(word);
  const starts = mayBegin
    ? [...(await begun(growing)), ...terms.list.filter((other) => other.startsWith(word))]
    : [];
  if (growing && starts.length) return { keys: [...new Set(starts)], how: "begun" };
  // A whole word that is unknown is rather misspelt ("stromel") than cut off.
  const mended = [...new Set([...terms.near(word), ...(await near())])].slice(0, MOST_SPELLINGS);
  if (!mended.length && starts.length) return { keys: [...new Set(starts)], how: "begun" };
  const keys = [...new Set([...mended.map((key) => terms.labelWord(key)), ...mended])];
  return { keys, how: keys.length ? "mended" : "missing" };
}

// A plan in which unknown words count as the full words of a journal's short ones, or null where no
// work is found so: "Frontiers in Surgery 2026" is "Front. Surg." The plan holds the works found.
export async function readAsJournal(works, plan) {
  const unread = ({ how }) => how === "missing" || how === "mended";
  if (plan.words.length < 2 || !plan.spellings.some(unread)) return null;
  const spellings = await Promise.all(
    plan.spellings.map(async (spelling, at) => {
      if (!unread(spelling)) return spelling;
      return { keys: await works.shorts(plan.words[at]), how: "known", nameOnly: true };
    }),
  );
  if (spellings.some(({ keys }) => !keys.length)) return null;
  const needed = spellings.filter(({ how }) => how !== "context").map(({ keys }) => keys);
  const hits = await works.findAbbreviated(needed);
  return hits.length ? { ...plan, spellings, missing: [], hits } : null;
}

// The query with misspelt words mended, and with the kin of words that no name has ("hemophilia":
// "hemophilic"): every choice, a few at most.
export function* readings(plan, terms) {
  const others = plan.spellings.map(({ keys, kin, how }, at) => {
    const options = how === "mended" ? keys : terms.has(plan.words[at]) ? [] : (kin ?? []);
    return options.filter((option) => terms.has(option));
  });
  if (!others.some((options) => options.length)) return;
  let found = [[]];
  others.forEach((options, at) => {
    const choices = options.length ? options : [plan.words[at]];
    found = found.flatMap((r) => choices.map((c) => [...r, c])).slice(0, 8);
  });
  yield* found;
}

// What to ask the full text, see searchText(); null where a word stands in names only: Pagefind would
// then look for words that begin alike.
export function planText(pieces, plan, terms) {
  if (plan.missing.length || plan.spellings.some(({ nameOnly }) => nameOnly)) return null;
  const words = [];
  plan.spellings.forEach(({ keys, how }, at) => {
    if (how === "context") return;
    const { text, at: place, gap } = pieces[at];
    if (words.at(-1)?.place !== place) {
      words.push({ text: how === "mended" ? keys[0] : text, place, gap, keys: [] });
    }
    words.at(-1).keys.push(plan.words[at]);
  });
  if (words.length > MOST_TEXT_WORDS) keepRare(words, terms);
  if (!words.length) {
    const subject = new Set(terms.subject(plan.words));
    const kept = pieces.filter(({ key }) => subject.has(key));
    words.push(...kept.map(({ text, gap, key }) => ({ text, gap, keys: [key] })));
  }
  const isName = (before, number) =>
    terms.families.has(before.keys.at(-1)) || terms.knows([...before.keys, ...number.keys]);
  const own = respellNames(words, terms);
  const readingsOf = own ? [words, own] : [words];
  const numbers = readingsOf.map((reading) => findNumbers(reading, isName));
  const letters = terms.strangeLetters(plan.words).map((at) => {
    const [before, letter] = [pieces[at - 1].text, pieces[at].text];
    return [`${before}${letter}`, `${before} ${letter}`];
  });
  const paired = numbers.length > 1 && numbers[0].length === numbers[1].length;
  return {
    queries: readingsOf.map((reading) => reading.map(({ text }) => text).join(" ")),
    wider: widen(words, plan, terms),
    numbers: [
      ...letters,
      ...(paired
        ? numbers[0].map((phrases, i) => [...new Set([...phrases, ...numbers[1][i]])])
        : numbers[0]),
    ],
  };
}

// What to ask where hardly a page has the words as they are: their kin ("hypoxic" for "hypoxia"), and
// terms by their labels ("Platelet-rich plasma" for "PRP").
function widen(words, plan, terms) {
  const kin = new Map(plan.spellings.map((spelling, at) => [plan.words[at], spelling.kin?.[0]]));
  const other = words.map(({ text, keys }) => (keys.length === 1 && kin.get(keys[0])) || text);
  const labelled = words.map(({ text, keys }) => (/\p{N}/u.test(text) ? "" : terms.soleLabel(keys)) || text);
  const whole = words.map(({ text }) => text).join(" ");
  return [...new Set([other, labelled].map((reading) => reading.join(" ")))].filter(
    (query) => query.toLowerCase() !== whole.toLowerCase(),
  );
}

// Keeps the words that choose most, in their order; those with a number in any case.
function keepRare(words, terms) {
  const value = ({ text, keys }) => (/\p{N}/u.test(text) ? Infinity : Math.max(...keys.map((k) => terms.weigh([k]))));
  const kept = new Set([...words].sort((a, b) => value(b) - value(a)).slice(0, MOST_TEXT_WORDS));
  words.splice(0, words.length, ...words.filter((word) => kept.has(word) || value(word) === Infinity));
}

// The words with names as their terms write them ("tnf alpha": "TNF-α"), or null if nothing changes.
function respellNames(words, terms) {
  const found = [];
  let changed = false;
  for (let from = 0; from < words.length; ) {
    let to = Math.min(words.length, from + MOST_RUN);
    let label = "";
    for (; to > from && !label; to--) {
      // The miR of miR-12 is not "microRNA", where no miR-12 is known.
      if (/^\p{N}/u.test(words[to]?.text ?? "")) continue;
      label = terms.labelOf(words.slice(from, to).flatMap((w) => w.keys));
    }
    if (label) {
      const run = words.slice(from, to + 1);
      const typed = run.map(({ text }) => text).join("");
      if (!isAlike(squeeze(label), squeeze(typed))) {
        changed = true;
        found.push({ text: label, gap: run[0].gap, keys: [] });
      } else found.push(...run);
      from = to + 1;
    } else found.push(words[from++]);
  }
  return changed ? found.flatMap(split) : null;
}

function split(word) {
  if (word.keys.length) return [word];
  const parts = [...word.text.matchAll(/([^\p{L}\p{N}]*)([\p{L}\p{N}]+)/gu)];
  return parts.map(([, gap, text], i) => ({ text, gap: i ? gap : word.gap, keys: [text.toLowerCase()] }));
}

// Pagefind itself knows endings, so that a plural changes nothing.
function isAlike(a, b) {
  return a.startsWith(b) || b.startsWith(a);
}

function squeeze(text) {
  return text.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
}

export function notice(plan) {
  if (plan.missing.length) return `No page has the word “${plan.missing.join("”, “")}”.`;
  const mended = plan.spellings
    .map(({ keys, how }, at) => (how === "mended" ? `“${keys[0]}” for “${plan.typed[at]}”` : ""))
    .filter(Boolean);
  return mended.length && !plan.exact ? `Read ${mended.join(", ")}.` : "";
}
