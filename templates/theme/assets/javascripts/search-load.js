// Where the site stands, and the files of its search: each is loaded once, and again after a failure.

export const ROOT = new URL("../../", import.meta.url);

const files = new Map();

async function fetchJson(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}

// Returns a JSON file below search/ of the site.
export function load(file) {
  if (!files.has(file)) {
    const loading = fetchJson(new URL(`search/${file}`, ROOT));
    loading.catch(() => files.delete(file));
    files.set(file, loading);
  }
  return files.get(file);
}

export function address(path) {
  return new URL(path, ROOT).href;
}
