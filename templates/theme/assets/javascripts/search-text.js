// The full text, by Pagefind: loaded only when names do not say it all.

const ROOT = new URL("../../", import.meta.url);
const BREAK = /\u200a/g; // parts words for Pagefind, see builder/search/fulltext.py
const SHORT = 5;
const FEW = 4;
const YEAR = /^(?:19|20)\d\d$/;

let engine = null;
let failures = 0;

function pagefind() {
  engine ??= (async () => {
    // A module that failed to start keeps its failure: another address makes a fresh one.
    const fresh = failures ? `?${failures}` : "";
    const found = await import(new URL(`search/pagefind/pagefind.js${fresh}`, ROOT).href);
    await found.options({ baseUrl: ROOT.pathname, excerptLength: 24, noWorker: true });
    await found.init();
    return found;
  })().catch(forget);
  return engine;
}

function forget(error) {
  engine = null;
  failures += 1;
  throw error;
}

// Returns the hits of the full text, [{id, score, load()}], best first. `asked` holds `queries`, each
// the whole query in one spelling, `wider` what to ask where few pages are found, and `numbers`: for
// each number or name with one the phrases of which a page must have one. null lists all pages.
export async function searchText(asked) {
  const found = await pagefind();
  // Pagefind starts even where its program could not be loaded; then the first search fails.
  const ask = async (words) => (await found.search(words).catch(forget)).results;
  if (!asked) return (await ask(null)).map(plain);
  const best = new Map();
  const add = (hits) => hits.forEach((hit) => { if (!(best.get(hit.id)?.score >= hit.score)) best.set(hit.id, hit); });
  for (const query of asked.queries) add(await ask(query));
  let hits = [...best.values()].sort((a, b) => b.score - a.score);
  for (const query of asked.wider ?? []) {
    if (hits.length >= FEW) break;
    hits.push(...(await ask(query)).filter(({ id }) => !best.has(id)));
    add(hits);
  }
  for (const phrases of asked.numbers) {
    if (!hits.length) break;
    const exact = new Set();
    for (const phrase of phrases) for (const { id } of await ask(`"${phrase}"`)) exact.add(id);
    hits = hits.filter(({ id }) => exact.has(id));
  }
  return hits.map(plain);
}

// A hit whose texts are as the pages have them; its page is loaded when it is wanted.
function plain(hit) {
  const whole = (text) => (text ?? "").replace(BREAK, "");
  let loading = null;
  const read = async () => {
    const { meta, content, sub_results: places } = await hit.data();
    return {
      ...meta,
      path: meta.url.slice(1),
      title: whole(meta.title),
      content: whole(content),
      places: places.map((place) => ({ anchor: place.url.split("#")[1] ?? "", title: whole(place.title), excerpt: whole(place.excerpt) })),
    };
  };
  return { id: hit.id, score: hit.score, load: () => (loading ??= read()) };
}

// Returns the phrases for each number in a query's words, [{text, gap, keys}]: Pagefind takes "IL 1"
// for the beginning of IL-10 and "126" for that of 1260. A number belongs to the short word before it
// ("miR-126", "IL 1") where a hyphen says so, or `isName` of the two words.
export function findNumbers(words, isName) {
  const isDash = (gap) => /^\p{Pd}$/u.test(gap);
  const found = [];
  for (let at = 0; at < words.length; at++) {
    if (!/\p{N}/u.test(words[at].text)) continue;
    const parts = [words[at].text];
    const before = words[at - 1];
    const isShort = before && /^\p{L}+$/u.test(before.text) && before.keys.at(-1).length <= SHORT;
    if (isShort && !YEAR.test(words[at].text) && (isDash(words[at].gap) || /^\p{N}{1,2}$/u.test(words[at].text) || (/^\p{N}/u.test(words[at].text) && isName(before, words[at])))) parts.unshift(before.text);
    while (words[at + 1] && isDash(words[at + 1].gap) && /\p{N}/u.test(words[at + 1].text)) parts.push(words[++at].text);
    const phrases = [parts.join(""), parts.join(" ")];
    if (parts.length > 2) phrases.push([parts.slice(0, -1).join(""), parts.at(-1)].join(" "));
    found.push([...new Set(phrases)]);
  }
  return found;
}
