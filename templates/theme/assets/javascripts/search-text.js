// The full text, by Pagefind: loaded only when names do not say it all.

const ROOT = new URL("../../", import.meta.url);

let engine = null;
let failures = 0;

function pagefind() {
  engine ??= (async () => {
    // A module that failed to start keeps its failure: another address makes a fresh one.
    const fresh = failures ? `?${failures}` : "";
    const found = await import(new URL(`search/pagefind/pagefind.js${fresh}`, ROOT).href);
    await found.options({ baseUrl: ROOT.pathname, noWorker: true });
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

// Returns the pages that hold every word of one of some queries, [{id, score, load()}], best first.
// Words are those of search-fold.js. Without queries all pages are returned.
export async function searchText(queries = [null]) {
  const found = await pagefind();
  const best = new Map();
  for (const query of new Set(queries)) {
    // Pagefind starts even where its program could not be loaded; then the first search fails.
    const { results } = await found.search(query).catch(forget);
    for (const hit of results) if (!(best.get(hit.id)?.score >= hit.score)) best.set(hit.id, hit);
  }
  return [...best.values()].sort((a, b) => b.score - a.score).map(({ id, score, data }) => {
    let loading = null;
    return { id, score, load: () => (loading ??= data().then(read)) };
  });
}

const read = ({ meta }) => ({ ...meta, path: meta.url.slice(1), places: JSON.parse(meta.places) });
