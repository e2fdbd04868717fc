// On the page "not found": an address that is nearly right leads home, any other to the search.

import { address, ROOT, start } from "./search-engine.js";

const PLAIN = /^[a-z0-9/_.-]*$/;

async function stands(url) {
  try {
    const answer = await fetch(url, { method: "HEAD", redirect: "follow" });
    return answer.ok;
  } catch {
    return false;
  }
}

function* guesses(path) {
  const low = path.toLowerCase().replace(/(?:%20|\s|\+)+/g, "-").replace(/\/{2,}/g, "/");
  const bare = low.replace(/\/?(?:index\.html?)?$/, "").replace(/\.html?$/, "");
  yield `${bare}/`;
  // A registry number with spaces or dashes in it: "NCT 0506 0107".
  const squeezed = bare.replace(/[^/]*$/, (last) =>
    /^(?:nct|irct|isrctn|chictr)[-\d n]+$/.test(last) ? last.replace(/-/g, "") : last,
  );
  if (squeezed !== bare) yield `${squeezed}/`;
}

export async function findHome() {
  const root = ROOT.pathname;
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // Not decodable: taken as it is.
  }
  const below = path.startsWith(root) ? path.slice(root.length) : path.replace(/^\//, "");
  if (below === "404.html") return; // opened by its own name: nothing is missing
  for (const guess of guesses(below)) {
    if (!PLAIN.test(guess) || guess.includes("..") || guess === "/" || guess === below) continue;
    const url = address(guess);
    if (await stands(url)) {
      location.replace(url + location.search + location.hash);
      return;
    }
  }
  await offer(below);
}

async function offer(below) {
  const words = below.replace(/\.html?$/, "").split("/").filter(Boolean).pop() ?? "";
  const query = words.replace(/[-_+]+/g, " ").trim().slice(0, 200);
  const box = document.querySelector("[data-not-found]");
  const field = document.querySelector("form[data-search] input");
  if (!query) return;
  if (field) field.value = query;
  try {
    const engine = await start();
    const { names } = await engine.names(query);
    if (names.length === 1 && names[0].tier === 0) {
      location.replace(address(names[0].path));
      return;
    }
    if (names.length) box.append(list(names.slice(0, 5)));
  } catch {
    // Without the index the link to the search remains.
  }
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = `${address("search/")}?q=${encodeURIComponent(query)}`;
  link.textContent = `Search for “${query}”`;
  line.append(link);
  box.append(line);
}

function list(names) {
  const found = document.createElement("ul");
  for (const hit of names) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = address(hit.path);
    link.textContent = hit.title;
    entry.append(link);
    found.append(entry);
  }
  return found;
}
